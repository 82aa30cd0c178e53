"""Virements, actuals and forecasts: a wrong row is set aside and the rest is answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from icbudget import money
from icbudget.checks.plan_places import at
from icbudget.checks.references import suggestion
from icbudget.engine.accounts.monitored_lines import Monitored, MonitorLine, monitored
from icbudget.engine.accounts.phasing import MONTHS
from icbudget.engine.accounts.virements import REFUSALS, Standing, contribution_changes, standing
from icbudget.engine.run import Result
from icbudget.findings import Finding, Place, error, note, warning
from icbudget.plan import TABLES, Plan
from icbudget.plan.profile import BUILT_IN
from icbudget.plan.scheme import Scheme

_FIXES = {
    "unknown-scheme": "Name a scheme and line of the Schemes sheet.",
    "no-scheme": "Name the scheme that gives the budget up, the one that gets it, or both.",
    "itself": "Name two different lines.",
    "outside-plan": "Correct the year, or change the base year or horizon in Setup.",
    "not-approved": "Say who approved it, or leave it in the log until somebody has.",
    "no-partner": "Name the partner whose contribution changes.",
    "closed-pool": "Name a pool that is open, or correct the month.",
    "capital-revenue": "Name the document that allows it, or take the money from the same kind.",
}
_FIELDS = {
    "unknown-scheme": "to_scheme",
    "no-scheme": "from_scheme",
    "itself": "to_scheme",
    "outside-plan": "year",
    "not-approved": "approved_by",
    "no-partner": "partner",
    "closed-pool": "month",
    "capital-revenue": "capital_permission",
}
_LIMITS = {
    "pool_manager": "limit_pool_manager",
    "joint_officer_group": "limit_joint_officer_group",
    "partnership_board": "limit_partnership_board",
}
STALE_MONTHS = 3
"""An override older than this is asked about."""


def profiles(plan: Plan) -> list[Finding]:
    """Return a finding for a profile without any weight, and for one whose name is built in.

    Findings: `profile.built-in`, `profile.no-weight`.
    """
    findings: list[Finding] = []
    for row in plan.profiles:
        if row.id in BUILT_IN:
            message = (
                f"The profile {row.id} is built in; the weights of a row with that name would not"
                " be used."
            )
            fix = "Give this profile another name."
            place = at("profiles", row, "id")
            findings.append(error("profile.built-in", message, fix, place))
        if not any(row.weights):
            message = f"Profile “{row.id}” has no weight in any month."
            fix = "Type a weight for each month with money."
            findings.append(error("profile.no-weight", message, fix, at("profiles", row, "april")))
    return findings


def virements(plan: Plan) -> list[Finding]:
    """Return a finding for every virement that does not count or exceeds its authority.

    A virement beyond its authority counts all the same: the log says what was done. Money that
    leaves a pool needs the agreement of all partners. Source: PB §5.3-5.4. Findings:
    `virement.above-limit`, `virement.leaves-pool`, `virement.no-authority`, `virement.no-base`,
    `virement.no-contribution`, `virement.not-counted`, `virement.one-off-full-year`.
    """
    findings: list[Finding] = []
    for row in standing(plan):
        if row.refusal:
            findings.append(_refused(plan, row))
            continue
        findings.extend(_beyond_authority(plan, row))
        if row.virement.full_year is not None and not row.virement.recurrent:
            message = (
                f"Virement {row.virement.id} has a full-year effect but is one-off, so it changes"
                " no later year."
            )
            fix = "Mark it as recurrent, or clear the full-year effect."
            place = at("virements", row.virement, "full_year")
            findings.append(warning("virement.one-off-full-year", message, fix, place))
        if row.base_pence:
            findings.extend(_bases_without_a_row(plan, row))
    return findings


def _refused(plan: Plan, row: Standing) -> Finding:
    field, fix = _FIELDS[row.refusal], _FIXES[row.refusal]
    if row.refusal == "unknown-scheme":
        known = {scheme.id for scheme in plan.schemes}
        giving = bool(row.virement.from_scheme) and row.giver is None
        name = row.virement.from_scheme if giving else row.virement.to_scheme
        field = ("from_" if giving else "to_") + ("line" if name in known else "scheme")
        fix = fix if name in known else suggestion(name, known, "schemes")
    message = f"Virement {row.virement.id} does not change the budget: {REFUSALS[row.refusal]}."
    return warning(
        "virement.not-counted", message, fix, at("virements", row.virement, field), row.pence
    )


def _beyond_authority(plan: Plan, row: Standing) -> Iterable[Finding]:
    authority, place = row.virement.authority, at("virements", row.virement, "authority")
    if authority is None:
        message = f"Virement {row.virement.id} does not say on whose authority it was made."
        fix = "Choose who may decide it."
        yield warning("virement.no-authority", message, fix, place, row.pence)
        return
    leaves = row.giver is not None and (row.taker is None or row.taker.pool != row.giver.pool)
    if leaves and authority != "all_partners":
        message = (
            f"Virement {row.virement.id} takes money out of a pool on the authority of"
            f" {authority.replace('_', ' ')} alone."
        )
        fix = "Record the agreement of all partners."
        yield warning("virement.leaves-pool", message, fix, place, row.pence)
    limit = getattr(plan.setup, _LIMITS[authority]) if authority in _LIMITS else None
    if limit is not None and row.pence > money.to_pence(limit):
        limit_in_pounds = money.display(money.to_pence(limit), pounds_only=True)
        message = (
            f"Virement {row.virement.id} is above the limit of {authority.replace('_', ' ')},"
            f" {limit_in_pounds}."
        )
        over = row.pence - money.to_pence(limit)
        fix = "Have it approved by who may decide so much."
        yield warning("virement.above-limit", message, fix, place, over)


def _bases_without_a_row(plan: Plan, row: Standing) -> Iterable[Finding]:
    """Yield findings where a recurrent virement has nothing to roll forward.

    The line is one-off or a programme, or there is no contribution.
    """
    for scheme, _ in row.lines:
        if not scheme.recurrent or scheme.programme:
            why = "pays for a programme" if scheme.programme else "is one-off"
            message = (
                f"Virement {row.virement.id} is recurrent, but scheme {scheme.id} {why}: next year"
                " does not follow."
            )
            fix = "Mark the virement as one-off, or change the scheme."
            place = at("virements", row.virement, "recurrent")
            yield warning("virement.no-base", message, fix, place, row.base_pence)
    known = {
        (c.pool, c.partner, c.source)
        for c in plan.contributions
        if c.recurrent and c.kind == "contribution"
    }
    for pool, partner, source, _ in contribution_changes(row):
        if (pool, partner, source) not in known:
            message = (
                f"Virement {row.virement.id} is recurrent, but {partner} has no recurrent"
                f" contribution under {source} in {pool}."
            )
            fix = (
                "Add the contribution to Funding with a base amount of 0, so that next year's"
                " income follows."
            )
            place = at("virements", row.virement, "partner")
            yield warning("virement.no-contribution", message, fix, place, row.base_pence)


def actuals(plan: Plan) -> list[Finding]:
    """Return a finding for actuals of a line or account that the plan does not have.

    They are kept. They stand in the monitoring table with no budget. Actuals of years outside the
    plan are told once a year: they have no budget to be compared with. Findings:
    `actual.outside-plan`, `actual.unknown-scheme`, `actual.unknown-source`.
    """
    lines, schemes = {(row.id, row.line) for row in plan.schemes}, {row.id for row in plan.schemes}
    accounts = {(row.pool, row.source) for row in plan.contributions}
    findings: list[Finding] = []
    outside: Counter[str] = Counter()
    for row in plan.actuals:
        pence = money.to_pence(row.amount) + money.to_pence(row.accrual)
        if row.year not in plan.years:
            outside[row.year] += 1
        elif row.kind == "expenditure" and (row.scheme, row.line) not in lines:
            name = f"scheme {row.scheme}, line {row.line}" if row.scheme else "no scheme"
            message = (
                f"Spending of month {row.month} names {name}, which is not in the plan; it is shown"
                " without a budget."
            )
            fix, place = _another_line("actuals", row, schemes)
            findings.append(warning("actual.unknown-scheme", message, fix, place, pence))
        elif row.kind == "income" and (row.pool, row.source) not in accounts:
            name = f"{row.pool or 'no pool'}, {row.source or 'no source'}"
            message = (
                f"Income of month {row.month} names {name}, which nobody contributes to; it is"
                " shown without a budget."
            )
            fix = "Name the pool and the source of a contribution."
            place = at("actuals", row, "source")
            findings.append(warning("actual.unknown-source", message, fix, place, pence))
    for year, count in outside.items():
        first = next(row for row in plan.actuals if row.year == year)
        rows = "1 row of Actuals is" if count == 1 else f"{count} rows of Actuals are"
        message = (
            f"{rows} for {year}, which the plan does not cover"
            f" ({plan.years[0]} to {plan.years[-1]})."
        )
        fix = "Correct Year if it is mistyped; else leave them: they are kept, without a budget."
        place = at("actuals", first, "year")
        findings.append(note("actual.outside-plan", message, fix, place))
    return findings


def forecasts(plan: Plan) -> list[Finding]:
    """Return a finding for forecasts and ICB closes of lines that the plan does not have.

    Findings: `forecast.unknown-scheme`, `forecast.unknown-source`.
    """
    lines, schemes = {(row.id, row.line) for row in plan.schemes}, {row.id for row in plan.schemes}
    funded: set[tuple[str, str, str]] = set()
    for contribution in plan.contributions:
        account = (contribution.pool, contribution.source)
        # a forecast of income may name its partner, or be of all who give to the source
        funded |= {(*account, contribution.partner), (*account, "")}
    findings: list[Finding] = []
    for table in ("forecasts", "closes"):
        for row in getattr(plan, table):
            if table == "forecasts" and not row.scheme:
                if (row.pool, row.source, row.partner) not in funded:
                    named = [part for part in (row.pool, row.source, row.partner) if part]
                    whose = ", ".join(named) or "neither scheme nor income"
                    message = (
                        f"Forecasts names {whose}, which no row of Funding gives; it is not used."
                    )
                    fix = "Name a scheme line, or the pool, source and partner of a contribution."
                    place = at(table, row, "source" if row.pool else "pool")
                    findings.append(warning("forecast.unknown-source", message, fix, place))
            elif (row.scheme, row.line) not in lines:
                message = (
                    f"{TABLES[table].label} names scheme {row.scheme}, line {row.line}, which is"
                    " not in the plan; it is not used."
                )
                fix, place = _another_line(table, row, schemes)
                findings.append(warning("forecast.unknown-scheme", message, fix, place))
    return findings


def _another_line(table: str, row: Any, schemes: set[str]) -> tuple[str, Place]:
    """Return the fix and place of a row whose scheme has no such line, or is not there at all."""
    if row.scheme in schemes:
        return "Name a scheme line of the plan.", at(table, row, "line")
    return suggestion(row.scheme, schemes, "schemes"), at(table, row, "scheme")


def month_monitored(plan: Plan) -> list[Finding]:
    """Return a finding where the year monitored is not in the plan.

    Nothing can then be monitored. Findings: `monitor.outside-plan`.
    """
    year = plan.setup.monitored_year
    if year is None or year in plan.years:
        return []
    message = (
        f"The year monitored is {year}, which the plan does not cover ({plan.years[0]} to"
        f" {plan.years[-1]})."
    )
    fix = "Name a year of the plan, or leave it blank."
    return [warning("monitor.outside-plan", message, fix, at("setup", None, "monitored_year"))]


def _scheme_lines(plan: Plan, result: Result) -> list[tuple[Scheme, MonitorLine, Monitored]]:
    """Return every scheme row with its line of the monitoring table.

    There are none where nothing is monitored.
    """
    months = monitored(result)
    if months is None:
        return []
    return [(row, line, months) for row, line in zip(plan.schemes, months.lines, strict=False)]


def budgets_below_zero(plan: Plan, result: Result) -> list[Finding]:
    """Return a finding for every scheme line that has given up more budget than it had.

    Findings: `virement.more-than-budget`.
    """
    fix = "Check the virements that take from it."
    return [
        warning(
            "virement.more-than-budget",
            f"Scheme {row.id}, line {row.line} has given up more budget than it had in"
            f" {months.year}.",
            fix,
            at("schemes", row, "base_amount"),
            -line.revised,
        )
        for row, line, months in _scheme_lines(plan, result)
        if line.revised < 0
    ]


def nothing_booked(plan: Plan, result: Result) -> list[Finding]:
    """Return one note for the lines with a budget to date and nothing booked.

    Their calculated forecast is too low. Findings: `actual.nothing-booked`.
    """
    bare = [
        (row, line, months)
        for row, line, months in _scheme_lines(plan, result)
        if months.month
        and line.profile_to_date > 0
        and line.override is None
        and not any((*line.actuals, *line.accruals))
    ]
    if not bare:
        return []
    row, _, months = bare[0]
    names = "; ".join(f"{row.id}, line {row.line}" for row, *_ in bare[:6]) + (
        "; …" if len(bare) > 6 else ""
    )
    due = sum(line.profile_to_date for _, line, _ in bare)
    message = (
        f"{len(bare)} scheme lines have nothing booked by month {months.month}, with a profile of"
        f" {money.in_words(due)}: {names}."
    )
    fix = "Add their actuals, accruals or a forecast; until then they seem to underspend."
    return [note("actual.nothing-booked", message, fix, at("schemes", row, "id"))]


def old_forecasts(plan: Plan, result: Result) -> list[Finding]:
    """Return a note for every override that has stood for longer than three months.

    Findings: `forecast.old`.
    """
    findings: list[Finding] = []
    for row, line, months in _scheme_lines(plan, result):
        made = [
            f
            for f in plan.forecasts
            if (f.year, f.scheme, f.line, f.basis) == (months.year, *line.key, "override")
        ]
        last = max(
            (f for f in made if f.month <= months.month), key=lambda f: f.month, default=None
        )
        if (
            last is not None
            and last.outturn is not None
            and months.month - last.month > STALE_MONTHS
            and months.month < MONTHS
        ):
            message = (
                f"The forecast of scheme {row.id}, line {row.line} was made in month {last.month}"
                " and still stands."
            )
            fix = (
                "Confirm it with a row for this month, or go back to the calculated forecast with a"
                " blank outturn."
            )
            findings.append(note("forecast.old", message, fix, at("forecasts", last, "outturn")))
    return findings


WHY_IT_MATTERS = {
    "actual.nothing-booked": (
        "A scheme with nothing booked looks like an underspend. Somebody may then offer that"
        " money elsewhere, and the bill comes a month later."
    ),
    "actual.outside-plan": (
        "Spending of a year that has no budget cannot be an over- or underspend. It is kept, so"
        " that the total still agrees with the ledger."
    ),
    "actual.unknown-scheme": (
        "The money was spent, but no budget stands against it, so the forecast of the right"
        " scheme is too low by as much."
    ),
    "actual.unknown-source": (
        "Income that nobody promised has no budget to be held against. If its name is only"
        " mistyped, the real contribution looks unpaid."
    ),
    "forecast.old": (
        "An old forecast stands for the whole year though money has been booked since. The"
        " outturn may be wrong by months of spending."
    ),
    "forecast.unknown-scheme": (
        "The forecast is not used, so the outturn of the right scheme is the calculated one."
    ),
    "forecast.unknown-source": (
        "The forecast of income is not used, so the pool's outturn counts on what was budgeted."
    ),
    "monitor.outside-plan": (
        "There is no budget for that year, so every pound spent would look like an overspend."
    ),
    "profile.built-in": (
        "The name has a fixed meaning. Weights typed under it are not used, and the months are"
        " budgeted another way."
    ),
    "profile.no-weight": (
        "The year's money falls into no month, so every month would look overspent."
    ),
    "virement.above-limit": (
        "Money was moved by somebody who may not move as much, and the decision may be undone."
    ),
    "virement.leaves-pool": "Money leaves the pool without the agreement of those who paid it in.",
    "virement.more-than-budget": (
        "The money was not there to give. Whoever got it counts on it, and somebody has to make"
        " it good."
    ),
    "virement.no-authority": (
        "Nobody has decided it, so the budget of both lines is open to dispute."
    ),
    "virement.no-base": (
        "This year's move should hold in later years and has nothing to act on there, so next"
        " year's budget is wrong."
    ),
    "virement.no-contribution": (
        "Next year's income does not follow the move, so the pool is short of it."
    ),
    "virement.not-counted": (
        "The move is recorded and changes no budget. Both lines still have their old ones."
    ),
    "virement.one-off-full-year": (
        "A full-year effect means later years, and one-off means none. The later years are not"
        " changed."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
