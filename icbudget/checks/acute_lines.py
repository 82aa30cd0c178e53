"""Activity lines have prices in their own currency, and whole costs, contracts and segments."""

from __future__ import annotations

from collections.abc import Container, Iterator

from icbudget.checks.plan_places import at
from icbudget.engine.projection.wiring import PUMP_PRIME, RELEASING
from icbudget.findings import Finding, error, percentage, warning
from icbudget.money import in_words, to_pence
from icbudget.plan import Plan
from icbudget.plan.acute_line import BED_DAY, AcuteLine
from icbudget.plan.client_lines import base_of
from icbudget.plan.contract_change import terms_by_year
from icbudget.plan.contract_terms import ContractTerms
from icbudget.plan.segment import Segment
from icbudget.plan.shift import Shift

_SHARES_MEET = 1e-9
"""How far typed shares may be off the whole: what adding binary fractions costs, and no more."""


def currencies_and_price_years(plan: Plan) -> list[Finding]:
    """Return a finding where a price or cost has another unit or price year than its line.

    Findings: `activity.currency`, `price-year.differs`.
    """
    findings: list[Finding] = []
    for row in plan.acute_lines:
        for what in ("price", "cost"):
            currency = getattr(row, f"{what}_currency")
            if currency and currency != row.currency:
                message = (
                    f"The activity of “{row.id}” counts in {row.currency}s, but its {what} is for"
                    f" one {currency}."
                )
                fix = (
                    f"Use a {what} for one {row.currency}, or count the activity in {currency}s:"
                    " the two are not the same."
                )
                place = at("acute_lines", row, f"{what}_currency")
                findings.append(error("activity.currency", message, fix, place))
    for table in ("acute_lines", "programmes"):
        for line in getattr(plan, table):
            if line.price_year and line.price_year != plan.setup.base_year:
                message = (
                    f"The prices of “{line.id}” are of {line.price_year}, the plan's base year is"
                    f" {plan.setup.base_year}."
                )
                fix = "Bring them to the base year first, with ICB_UPLIFT or ICB_DEFLATE."
                place = at(table, line, "price_year")
                findings.append(error("price-year.differs", message, fix, place))
    return findings


def cost_behaviour(plan: Plan) -> list[Finding]:
    """Return a finding where shares of cost do not make 100 %, or blocks have no size.

    The shares are variable, semi-fixed and fixed cost. Findings: `activity.close-decision`,
    `activity.cost-split`, `activity.hold-beyond-horizon`, `activity.no-block-size`.
    """
    findings: list[Finding] = []
    for row in plan.acute_lines:
        total = row.variable_cost + row.semi_fixed_cost + (row.fixed_cost or 0.0)
        if abs(total - 1.0) > _SHARES_MEET:
            added_up = percentage(total)
            message = (
                f"Variable, semi-fixed and fixed cost of “{row.id}” add up to {added_up}, not 100%."
            )
            fix = "Change them so that they add up to 100%."
            place = at("acute_lines", row, "variable_cost")
            findings.append(error("activity.cost-split", message, fix, place))
        if row.block_size is None and any(row.closes.values()):
            message = f"Blocks of “{row.id}” are to close, but the block size is blank."
            fix = "Type how many units one ward or team serves in a year."
            place = at("acute_lines", row, "block_size")
            findings.append(error("activity.no-block-size", message, fix, place))
        if plan.setup.horizon and row.hold >= plan.setup.horizon and any(row.closes.values()):
            message = (
                f"Demand of “{row.id}” must stay down for {row.hold} years more, and the plan has"
                f" {plan.setup.horizon}."
            )
            fix = (
                "Shorten the hold, or lengthen the horizon in Setup: as it is, no block can close"
                " within the plan."
            )
            place = at("acute_lines", row, "hold")
            findings.append(warning("activity.hold-beyond-horizon", message, fix, place))
        for year, decision in row.closes.items():
            if not 0 <= decision <= 1:
                message = f"The decision to close blocks of “{row.id}” in {year} is {decision:g}."
                fix = "Type 1 (100%) for yes, 0 for no."
                place = at("acute_lines", row, "closes", year)
                findings.append(error("activity.close-decision", message, fix, place))
    return findings


def client_charges(plan: Plan) -> list[Finding]:
    """Return findings for clients and charges that cannot be.

    Clients that do not come to the base activity; charges above the fee, where a partner provides,
    or where the NHS pays.

    Source: model §15.3; NHS care is free at the point of use (NHS Act 2006, section 1(4)).
    Findings: `activity.charge-above-fee`, `activity.charge-nhs`, `activity.charge-provider`,
    `activity.clients`, `activity.clients-half`.
    """
    icbs = {partner.id for partner in plan.partners if partner.kind == "icb"}
    findings: list[Finding] = []
    for row in plan.acute_lines:
        findings += _clients(row)
        if row.client_charge:
            findings += _charge(row, icbs)
    return findings


def _clients(row: AcuteLine) -> Iterator[Finding]:
    """Yield where clients × units a client do not make the line's activity."""
    if (row.clients is None) != (row.units_a_client is None):
        field = "clients" if row.clients is None else "units_a_client"
        message = f"“{row.id}” has only one of clients and units a client."
        fix = "Fill in both, or clear both and type the base activity."
        yield error("activity.clients-half", message, fix, at("acute_lines", row, field))
    base = base_of(row)
    if base is not None and abs(base - row.base_activity) > _SHARES_MEET * max(base, 1.0):
        message = (
            f"“{row.id}” has {row.clients:,.6g} clients × {row.units_a_client:,.6g} ="
            f" {base:,.6g}, but a base activity of {row.base_activity:,.6g}."
        )
        fix = "Clear the base activity: it follows from the clients."
        yield error("activity.clients", message, fix, at("acute_lines", row, "base_activity"))


def _charge(row: AcuteLine, icbs: Container[str]) -> Iterator[Finding]:
    """Yield what speaks against the charge that clients of a line pay."""
    place = at("acute_lines", row, "client_charge")
    fee = row.unit_price * row.market_forces_factor
    if row.client_charge > fee:
        charge, of_fee = (in_words(to_pence(amount)) for amount in (row.client_charge, fee))
        message = f"Clients of “{row.id}” pay {charge} of a fee of {of_fee}."
        fix = "Type what they pay on average after means tests, at most the fee."
        yield error("activity.charge-above-fee", message, fix, place)
    if row.provider:
        message = (
            f"“{row.id}” has client charges, and “{row.provider}” provides it: whose income"
            " they are is not known."
        )
        fix = "Clear the provider where the council buys from a market, or clear the charge."
        yield error("activity.charge-provider", message, fix, place)
    if row.commissioner in icbs:
        message = f"“{row.id}” is paid for by the NHS and has client charges; NHS care is free."
        fix = "Name the council as commissioner, or clear the charge."
        yield warning("activity.charge-nhs", message, fix, place)


def contract_terms(plan: Plan) -> list[Finding]:
    """Return a finding for every term that a line's contract needs and the row does not have.

    Findings: `activity.contract-term`, `activity.rebase-unused`.
    """
    needed = {"marginal": ("marginal_rate", "baseline_value"), "aligned": ("variable_share",)}
    words = {
        "marginal_rate": "marginal rate",
        "baseline_value": "baseline value",
        "variable_share": "variable share",
    }
    stated: list[tuple[str, ContractTerms, str]] = [
        ("acute_lines", row, row.id) for row in plan.acute_lines
    ]
    stated += [
        ("contract_changes", row, f"{row.acute_line}, from {row.year}")
        for row in plan.contract_changes
    ]
    findings: list[Finding] = []
    for table, terms, name in stated:
        for field in needed.get(terms.contract, ()):
            if getattr(terms, field) is None:
                message = f"“{name}” has the contract {terms.contract} without a {words[field]}."
                fix = f"Type the {words[field]} of the contract on Activity lines."
                findings.append(
                    error("activity.contract-term", message, fix, at(table, terms, field))
                )
    for row in plan.acute_lines:
        in_year = dict(
            zip(plan.years, terms_by_year(row, plan.contract_changes, plan.years), strict=True)
        )
        # Only a block or an aligned contract has a sum that could be reset.
        unused = [
            year
            for year in row.rebase_years
            if year in in_year and in_year[year].contract not in ("block", "aligned")
        ]
        if unused:
            kind = in_year[unused[0]].contract
            message = (
                f"“{row.id}” is to be rebased in {unused[0]}, which a contract of kind {kind} is"
                " not."
            )
            fix = "Clear the rebase year, or change the contract."
            place = at("acute_lines", row, "rebase_years")
            findings.append(warning("activity.rebase-unused", message, fix, place))
    return findings


def contract_changes(plan: Plan) -> list[Finding]:
    """Return a finding for a contract change without effect.

    It comes too early, changes nothing, or states a sum that its own year resets. Findings:
    `contract.base-year`, `contract.reset-at-once`.
    """
    findings: list[Finding] = []
    rebased = {(row.id, year) for row in plan.acute_lines for year in row.rebase_years}
    for row in plan.contract_changes:
        if row.year == plan.setup.base_year:
            message = (
                f"The contract of “{row.acute_line}” changes in {row.year}, the base year, so the"
                " change is not used."
            )
            fix = (
                "Type the base year's contract on Activity lines, and changes from the year"
                " after on."
            )
            place = at("contract_changes", row, "year")
            findings.append(warning("contract.base-year", message, fix, place))
        if (
            row.block_value is not None
            and row.contract == "block"
            and (row.acute_line, row.year) in rebased
        ):
            message = (
                f"The block of “{row.acute_line}” begins in {row.year} with a value, and is reset"
                " in the same year."
            )
            fix = "Clear the rebase year of the line, or the block value: the reset counts."
            place = at("contract_changes", row, "block_value")
            findings.append(warning("contract.reset-at-once", message, fix, place))
    return findings


def capacity(plan: Plan) -> list[Finding]:
    """Return a finding where beds would be counted twice.

    A line of bed days must not have a length of stay, nor stand under a line that has one.
    Findings: `activity.bed-days`.
    """
    lines = {row.id: row for row in plan.acute_lines}
    fix = "Clear the bed days a unit of one of them."
    findings: list[Finding] = []
    for row in plan.acute_lines:
        if row.currency != BED_DAY:
            continue
        # A parent with bed days a unit already counts the days that this line is made of.
        for stay in (row, lines.get(row.parent)):
            if stay is not None and stay.bed_days is not None:
                message = (
                    f"“{row.id}” counts bed days, and so does the length of stay of “{stay.id}”:"
                    " the same beds would be counted twice."
                )
                place = at("acute_lines", stay, "bed_days")
                findings.append(error("activity.bed-days", message, fix, place))
    return findings


def segment_shares(plan: Plan) -> list[Finding]:
    """Return a finding for every line whose segments do not make the whole of its activity.

    Findings: `segment.not-100`.
    """
    findings: list[Finding] = []
    by_line: dict[str, list[Segment]] = {}
    for segment in plan.segments:
        by_line.setdefault(segment.acute_line, []).append(segment)
    for row in plan.acute_lines:
        segments = by_line.get(row.id, [])
        total = sum(s.share for s in segments)
        # A line without segments is reached by nobody, which is a plan and no mistake.
        if segments and abs(total - 1.0) > _SHARES_MEET:
            message = (
                f"The segments of “{row.id}” add up to {percentage(total, 6)} of its activity,"
                " not 100%."
            )
            fix = "Change the shares, or add a segment that no programme reaches for the rest."
            place = at("segments", segments[-1], "share")
            findings.append(error("segment.not-100", message, fix, place))
    return findings


def moves(plan: Plan) -> list[Finding]:
    """Return a finding for activity moved to the line it comes from.

    It would be avoided and not avoided. Findings: `move.same-line`.
    """
    return [
        error(
            "move.same-line",
            f"“{row.programme}” moves activity of “{row.from_line}” to itself.",
            "Name another line.",
            at("moves", row, "to_line"),
        )
        for row in plan.moves
        if row.from_line == row.to_line
    ]


_RELEASES = (*RELEASING, PUMP_PRIME)
FIGURES_OF = {
    "fixed_amount": ("amounts",),
    "fixed_percent": ("percents",),
    PUMP_PRIME: ("amounts", "percents"),
}
"""The figures by year that each rule of a shift uses; the others move what is released."""


def shifts(plan: Plan) -> list[Finding]:
    """Return a finding where a release is drawn on twice, or a shift's rule has no figure.

    Findings: `shift.line-shared`, `shift.line-twice`, `shift.negative`, `shift.no-figure`,
    `shift.percent`.
    """
    findings: list[Finding] = []
    drawn: dict[str, Shift] = {}
    for row in plan.shifts:
        for line in row.lines:
            first = drawn.setdefault(line, row)
            if first is not row:
                findings += _drawn_twice(first, row, line)
        findings += _figures(row)
    return findings


def _drawn_twice(first: Shift, row: Shift, line: str) -> Iterator[Finding]:
    """Yield where two shifts move money of one line, of which at least one moves its release.

    Two fixed sums may be parts of one budget, so they are none.
    """
    releases = sum(shift.rule in _RELEASES for shift in (first, row))
    place = at("shifts", row, "lines")
    if releases == 2:
        message = (
            f"The release of “{line}” is moved by “{first.id}” and by “{row.id}”: a pound would be"
            " spent twice."
        )
        fix = "Name each line in one release shift only."
        yield error("shift.line-twice", message, fix, place)
    elif releases == 1:
        message = (
            f"“{first.id}” and “{row.id}” both move money of “{line}”, one a fixed sum and one its"
            " release."
        )
        fix = "Make sure that no pound is counted in both."
        yield warning("shift.line-shared", message, fix, place)


def _figures(row: Shift) -> Iterator[Finding]:
    """Yield the figures by year of a shift that its rule lacks, or that cannot be."""
    fields = FIGURES_OF.get(row.rule)
    if fields and not any(getattr(row, field) for field in fields):
        field = " or ".join(fields)
        message = f"Shift “{row.id}” has the rule {row.rule} and no {field} by year."
        fix = f"Type the {field} by year."
        yield error("shift.no-figure", message, fix, at("shifts", row, "rule"))
    for year, share in row.percents.items():
        if not 0 <= share <= 1:
            message = f"Shift “{row.id}” moves {percentage(share, 2)} in {year}."
            fix = "Type a percentage between 0% and 100%."
            yield error("shift.percent", message, fix, at("shifts", row, "percents", year))
    for year, amount in row.amounts.items():
        if amount < 0:
            message = f"Shift “{row.id}” moves a negative amount in {year}."
            fix = "Type an amount of zero or more."
            yield error("shift.negative", message, fix, at("shifts", row, "amounts", year))


WHY_IT_MATTERS = {
    "activity.bed-days": (
        "The saving of one empty bed would be paid for twice: once as a bed day of this line"
        " and once in the length of stay of the other."
    ),
    "activity.charge-above-fee": (
        "Nobody pays more than the fee. The council would seem to make a profit on each client,"
        " and its need for money would be too low."
    ),
    "activity.charge-nhs": (
        "NHS care is free when it is used. Income from charges would be planned that nobody may"
        " collect."
    ),
    "activity.charge-provider": (
        "When a client leaves, the income from the charge is lost too. Whose loss it is decides"
        " who gains from the shift."
    ),
    "activity.clients": (
        "Two figures of one thing give two budgets. The plan would cost the line by one and"
        " show people by the other."
    ),
    "activity.clients-half": (
        "Without both, the activity cannot be worked out from the clients, and a change in the"
        " number of people would change no money."
    ),
    "activity.close-decision": (
        "Semi-fixed cost is released only when somebody decides to close a ward or a team. A"
        " half decision would release money that is still being spent."
    ),
    "activity.contract-term": (
        "The contract decides what the commissioner pays when activity falls. Without its term"
        " the saving cannot be worked out, and it is not guessed."
    ),
    "activity.cost-split": (
        "What is missing from 100% would never be released, and what is beyond it would be"
        " released twice."
    ),
    "activity.currency": (
        "A spell holds several episodes or bed days. A price of one on a count of the other can"
        " be wrong by a factor of three or more."
    ),
    "activity.hold-beyond-horizon": (
        "Beds close once demand has stayed down for so long. The plan ends before that, so the"
        " semi-fixed cost is never released."
    ),
    "activity.no-block-size": (
        "Without the size of a block nobody can say how many beds must stay empty before one"
        " closes, so no semi-fixed cost can be released."
    ),
    "activity.rebase-unused": (
        "Rebasing resets the value of a block contract. On another contract it does nothing,"
        " and a saving that somebody expects of it does not come."
    ),
    "contract.base-year": (
        "The terms of the base year stand with the line. A change in that year is not used, and"
        " the old terms stay in the plan."
    ),
    "contract.reset-at-once": (
        "Both a value and a reset for one year: the reset counts, and the value that somebody"
        " negotiated is not used."
    ),
    "move.same-line": "Activity that moves to where it came from saves nothing and costs nothing.",
    "price-year.differs": (
        "Prices of two years are compared as if they were of one, so inflation looks like a"
        " saving or a cost."
    ),
    "segment.not-100": (
        "Patients in no segment can never be reached, and those in two are counted twice."
    ),
    "shift.line-shared": (
        "A pound is moved once as a fixed sum and once when it is released, so it is spent twice."
    ),
    "shift.line-twice": "One release pays into two pools, so each of its pounds is promised twice.",
    "shift.negative": (
        "Less than nothing would move money back to hospital without anybody having decided it."
    ),
    "shift.no-figure": (
        "Without its amounts the shift moves nothing, and what it should pay for has no money."
    ),
    "shift.percent": (
        "More than all of a budget cannot be moved, and less than none is a shift the other way."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
