"""Bodies that end: shares that make no whole, what still stands in their name, changes not told."""

from __future__ import annotations

from collections.abc import Iterator

from icbudget import years
from icbudget.checks.plan_places import at
from icbudget.engine.accounts.successors import Heirs, ending_in
from icbudget.engine.run import Result
from icbudget.engine.unusable import HUNDREDTH_OF_A_BASIS_POINT
from icbudget.findings import Finding, error, note, percentage, warning
from icbudget.money import in_words
from icbudget.plan import Plan
from icbudget.plan.partner import Partner
from icbudget.plan.succession import Succession
from icbudget.reference.known_areas import body_changes

_COUNTY = "E10"
"""How the ONS codes of county councils with districts begin."""


def shares(plan: Plan) -> list[Finding]:
    """Return errors where an old partner's shares, year or successors cannot be used.

    Source: model §15.1. Findings: `body.before-the-plan`, `body.own-successor`, `body.shares`,
    `body.years`.
    """
    by_old: dict[str, list[Succession]] = {}
    for row in plan.successions:
        by_old.setdefault(row.old, []).append(row)
    findings: list[Finding] = []
    for old, rows in by_old.items():
        first = rows[0]
        total = sum(row.share for row in rows)
        if any(row.new == old for row in rows):
            message = f"“{old}” is named as its own successor."
            fix = "Name the partner that follows, a row of Partners."
            own = next(row for row in rows if row.new == old)
            place = at("successions", own, "new")
            findings.append(error("body.own-successor", message, fix, place))
        elif len({row.year for row in rows}) > 1:
            message = f"The successors of “{old}” begin in different years."
            fix = "Give all its rows the one year in which they follow it."
            findings.append(error("body.years", message, fix, at("successions", first, "year")))
        elif abs(total - 1.0) > HUNDREDTH_OF_A_BASIS_POINT:
            added_up = percentage(total, 2)
            message = f"The shares of the successors of “{old}” add up to {added_up}, not 100%."
            fix = "Change them so that they add up to 100%; leave out successors that get nothing."
            findings.append(error("body.shares", message, fix, at("successions", first, "share")))
        # What the base year holds is typed in the names of those who are there in it.
        if first.year <= plan.setup.base_year:
            message = (
                f"“{old}” ended on 31 March {years.start(first.year)}, before the plan's second"
                " year: the row changes nothing."
            )
            fix = "Clear it, and name its successors where it stands."
            place = at("successions", first, "year")
            findings.append(warning("body.before-the-plan", message, fix, place))
    return findings


def without_successor(plan: Plan) -> list[Finding]:
    """Return a note for every body that is known to end and has no successor in the plan.

    Such are ICBs and councils that end in the years of the plan, and the districts of a county that
    does. Findings: `body.ends`.
    """
    planned = {row.old for row in plan.successions}
    findings: list[Finding] = []
    for partner in plan.partners:
        if partner.id in planned:
            continue
        if partner.kind == "district":
            findings.extend(_district_that_ends(plan, partner))
            continue
        changes = ending_in(plan, partner) if partner.kind in ("icb", "council") else ()
        if changes:
            first = changes[0]
            standing = {"in force": "ended", "in law": "ends"}.get(first.standing, "is to end")
            names = " and ".join(change.new_name for change in changes)
            message = (
                f"{first.old_name} {standing} on 31 March {years.start(first.first_year)};"
                f" {names} follow{'s' if len(changes) == 1 else ''} ({first.standing})."
            )
            fix = "Run icbudget succeed, or enter Successions and the successors' funding."
            findings.append(note("body.ends", message, fix, at("partners", partner, "name")))
    return findings


def _district_that_ends(plan: Plan, district: Partner) -> Iterator[Finding]:
    """Yield the note on a district whose county is divided into unitary councils.

    Reorganisation replaces both tiers at once. Which council follows a district, no table has.
    """
    for change in body_changes("council"):
        county = change.old_code.startswith(_COUNTY) and change.old_code == plan.setup.ons_code
        if county and change.first_year in plan.years[1:]:
            message = (
                f"“{district.name}” is a district of {change.old_name}, whose county and districts"
                f" are replaced from 1 April {years.start(change.first_year)} on"
                f" ({change.standing})."
            )
            fix = "Enter Successions and the successors' funding, with the shares the order gives."
            yield note("body.ends", message, fix, at("partners", district, "name"))
            return


def still_there(plan: Plan, result: Result) -> list[Finding]:
    """Return a warning for every partner with amounts of its own in a year after it has ended.

    Such are contributions, envelopes, income booked, and a virement that changes its contribution.
    Findings: `body.still-there`.
    """
    findings: list[Finding] = []
    for row in _first_rows(plan):
        doing = list(_doing(plan, result, row))
        if doing:
            message = (
                f"“{row.old}” ends on 31 March {years.start(row.year)} and still"
                f" {'; '.join(doing)}."
            )
            fix = "Run icbudget succeed, or enter its successors there from that year on."
            place = at("successions", row, "old")
            findings.append(warning("body.still-there", message, fix, place))
    return findings


def followed(plan: Plan) -> list[Finding]:
    """Return a note on what goes on under the successors of a partner that ends, by their shares.

    Activity, programmes and agreements stand in its name and count as theirs (model §15.1).
    Findings: `body.followed`.
    """
    findings: list[Finding] = []
    for row in _first_rows(plan):
        going_on = list(_going_on(plan, row.old))
        if going_on:
            rows = [one for one in plan.successions if one.old == row.old]
            parts = " and ".join(f"{one.new} {percentage(one.share, 2)}" for one in rows)
            t = plan.years.index(row.year)
            hosted = [pool for pool in plan.pools if pool.host == row.old]
            host = f" {Heirs(plan).host(hosted[0], t)} hosts from then on." if hosted else ""
            message = (
                f"What “{row.old}” has here counts from {row.year} on as that of {parts}:"
                f" {'; '.join(going_on)}.{host}"
            )
            fix = "Leave it, unless the successors agree otherwise line by line."
            findings.append(note("body.followed", message, fix, at("successions", row, "share")))
    return findings


def _first_rows(plan: Plan) -> list[Succession]:
    """Return one row of every partner that ends in a year of the plan after its base year."""
    rows = {row.old: row for row in reversed(plan.successions)}.values()
    return [row for row in reversed(rows) if row.year in plan.years[1:]]


def _doing(plan: Plan, result: Result, row: Succession) -> Iterator[str]:
    since = plan.years.index(row.year)
    paid = sum(
        abs(float(result.projection.figures.contributions[0, since:, n].sum()))
        for n, line in enumerate(plan.contributions)
        if line.partner == row.old
    )
    if paid:
        yield f"pays in {in_words(round(paid))} from {row.year} on"
    for what, table in (
        ("has an envelope", plan.envelopes),
        ("has income booked", [one for one in plan.actuals if one.kind == "income"]),
        ("has income forecast", plan.forecasts),
        ("has a virement", plan.virements),
    ):
        late = sorted(
            {one.year for one in table if one.partner == row.old and one.year >= row.year}
        )
        if late:
            yield f"{what} in {', '.join(late)}"


def _going_on(plan: Plan, old: str) -> Iterator[str]:
    for what, table, fields in (
        ("pools hosted", plan.pools, ("host",)),
        ("activity paid for", plan.acute_lines, ("commissioner",)),
        ("activity provided", plan.acute_lines, ("provider",)),
        ("programmes paid for", plan.programmes, ("partner",)),
        ("parts of risk shares", plan.risk_shares, ("partner",)),
        ("parts of gain shares", plan.gain_shares, ("partner",)),
        ("capitations", plan.capitations, ("commissioner", "holder")),
    ):
        named = [one.id for one in table if any(getattr(one, field) == old for field in fields)]
        if named:
            yield f"{what} ({', '.join(dict.fromkeys(named))})"


WHY_IT_MATTERS = {
    "body.before-the-plan": (
        "What was settled before the plan begins changes none of its figures. The row is for"
        " another plan."
    ),
    "body.ends": (
        "From that day the old body neither pays nor holds money. Its contributions have to be"
        " somebody's."
    ),
    "body.followed": (
        "From the year in which a body ends its rows are its successors'. The split is by"
        " people, to the penny; what they really agree may differ."
    ),
    "body.own-successor": (
        "A body that follows itself leaves its money where it was, in accounts that no longer"
        " exist."
    ),
    "body.shares": (
        "What is missing from 100% of a balance would be nobody's; what is beyond it would be"
        " paid out twice."
    ),
    "body.still-there": (
        "A body that has ended cannot pay or decide. Its figures from that year on are a"
        " commitment of nobody."
    ),
    "body.years": (
        "A body ends once. With two dates its money would be counted in both years, or in neither."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
