"""A plan under the bodies of its years: who ends, who follows, and funding split between them."""

from __future__ import annotations

import re
from decimal import Decimal

from icbudget import money, reference, years
from icbudget.engine.accounts.successors import Ending, ending_in, endings
from icbudget.engine.projection import funding
from icbudget.findings import Finding, Place, error, note, percentage, warning
from icbudget.plan import TABLES, Plan
from icbudget.plan.actual import Actual
from icbudget.plan.contribution import Contribution
from icbudget.plan.envelope import Envelope
from icbudget.plan.forecast import Forecast
from icbudget.plan.index import FLAT
from icbudget.plan.partner import Partner
from icbudget.plan.succession import Succession
from icbudget.plan.virement import Virement
from icbudget.reference import Area, BodyChange

SMALLEST = 0.01
"""An ICB with a smaller share of an area's people is left out of its plan (model §15.1)."""
DECIDED = ("in force", "in law")
"""Standing of changes that a plan is put under; one that is only reported has a finding."""
_DECIMALS = 6
"""Of a share, as a person types it. The last is what the others leave, so that all come to one."""


def under_successors(plan: Plan) -> tuple[Plan, list[Finding]]:
    """Return the plan with the bodies of its years, and what was changed and could not be.

    Partners that are known to end get their successors as partners and rows of Successions; rows
    that are there already are kept. Then what an old partner would pay in from its successors'
    first year on is split among them to the penny, amount by amount, and so are its envelopes, its
    virements and its income booked or forecast in these years. Nothing of the years before changes.
    Activity, programmes and agreements keep their rows: they count as the successors' from then on.
    Source: model §15.1.
    """
    plan, findings = with_known_successors(plan)
    for ending in endings(plan):
        plan, notes = _funding_split(plan, ending)
        findings += notes
        for table in ("envelopes", "actuals", "forecasts"):
            plan, notes = _rows_split(plan, ending, table)
            findings += notes
        plan, notes = _virements_split(plan, ending)
        findings += notes
    if not plan.successions:
        message = "No ICB or council of the plan is known to end in its years."
        findings.append(note("body.none", message, "Keep the plan: nothing was changed."))
    return plan, findings


def area_faults(area: Area, base_year: str) -> list[Finding]:
    """Return an error where the council of an area has not begun, or has ended, by the base year.

    A change that is only reported ends no council.
    """
    place = Place(table="setup", column="base_year")
    for change in reference.body_changes("council"):
        # A council that has not begun has no ONS code yet.
        begins = change.new_name == area.name and not area.ons_code
        if begins and base_year < change.first_year:
            message = f"{area.name} begins in {change.first_year}; the base year is {base_year}."
            fix = f"Use {change.first_year} or later, or plan for {change.old_name}."
            return [error("area.not-yet", message, fix, place)]
        ended = change.old_code == area.ons_code and change.standing in DECIDED
        if ended and base_year >= change.first_year:
            followers = [
                c.new_name for c in reference.body_changes("council") if c.old_code == area.ons_code
            ]
            message = f"{area.name} ends on 31 March {years.start(change.first_year)}."
            fix = f"Plan for {' or '.join(followers)}, or use an earlier base year."
            return [error("area.ended", message, fix, place)]
    if not reference.area_icbs(area.key, base_year):
        message = f"No source gives the ICBs of {area.name}: its boundary was not public."
        fix = "Start from the council that it follows, or enter the plan by hand."
        return [error("area.no-icb", message, fix, place)]
    return []


def with_known_successors(plan: Plan) -> tuple[Plan, list[Finding]]:
    """Return the plan with partners and rows of Successions for every change that is decided.

    A change that is only reported, or whose shares no source gives, is a warning and is not made.
    """
    findings: list[Finding] = []
    for partner in plan.partners:
        changes = ending_in(plan, partner)
        if not changes or any(row.old == partner.id for row in plan.successions):
            continue
        first = changes[0]
        if first.standing not in DECIDED:
            findings.append(_only_reported(first, changes))
            continue
        shares = _shares(plan, changes, findings)
        plan = _with_rows(plan, partner, shares)
        followed = " and ".join(
            f"{change.new_name} {percentage(share, 2)}" for change, share in shares
        )
        message = (
            f"{first.old_name} ends on 31 March {years.start(first.first_year)}, followed by"
            f" {followed}: balances, and contributions from then on, go by these shares of the"
            f" people registered with GPs ({first.status}; shares derived)."
        )
        fix = "Replace the shares by what the partners or the order agree."
        place = Place(
            table="successions",
            row=f"{partner.id}|{plan.successions[-len(shares)].new}",
            column="share",
        )
        findings.append(note("body.succession", message, fix, place))
    return plan, list(dict.fromkeys(findings))


def _only_reported(first: BodyChange, changes: tuple[BodyChange, ...]) -> Finding:
    names = ", ".join(change.new_name for change in changes)
    message = (
        f"{first.old_name} is to be followed by {names} from {first.first_year}"
        f" ({first.standing}). {first.note}. The plan stays with {first.old_name}."
    )
    fix = "Enter Partners and Successions once the order is made, with the shares it gives."
    return warning("body.only-reported", message, fix, Place(table="partners"))


def _shares(
    plan: Plan, changes: tuple[BodyChange, ...], findings: list[Finding]
) -> list[tuple[BodyChange, float]]:
    """Return each successor with its share: in an area, of the people there; else of them all."""
    people: dict[str, int] = {}
    if plan.setup.ons_code and changes[0].kind == "icb":
        here = reference.area_icbs(plan.setup.ons_code, changes[0].first_year)
        for icb in here:
            if icb.share < SMALLEST:
                findings.append(left_out(plan.setup.area, icb))
            else:
                people[icb.icb_code] = icb.people
    inside = [change for change in changes if change.new_code in people] or list(changes)
    # One that follows alone takes all, whatever its part of the old body's people.
    weights = [
        people.get(change.new_code) or change.share or 0.0 if len(inside) > 1 else 1.0
        for change in inside
    ]
    parts = [round(weight / sum(weights), _DECIMALS) for weight in weights]
    parts[-1] = round(1.0 - sum(parts[:-1]), _DECIMALS)
    return list(zip(inside, parts, strict=True))


def left_out(area: str, icb: reference.AreaIcb) -> Finding:
    """Return the note that an ICB with under 1 % of an area's people is no partner of its plan."""
    message = (
        f"{icb.icb_name} has {percentage(icb.share, 2)} of the people of {area} and was left out."
        f"{f' {icb.note}.' if icb.note else ''}"
    )
    return note("area.icb-left-out", message, "Add it to Partners if it takes part.")


def _id(change: BodyChange) -> str:
    if change.kind == "icb":
        return f"icb_{change.new_code.lower()}"
    words = re.findall(r"[a-z]+", change.new_name.lower())
    return "_".join((*words, "council"))


def _with_rows(plan: Plan, old: Partner, shares: list[tuple[BodyChange, float]]) -> Plan:
    partners, successions = list(plan.partners), list(plan.successions)
    by_name = {partner.name.casefold(): partner.id for partner in partners}
    for change, share in shares:
        name = change.new_name if change.kind == "icb" else f"{change.new_name} council"
        new = by_name.get(name.casefold())
        if new is None:
            new = _id(change)
            partners.append(old.model_copy(update={"id": new, "name": name}))
            by_name[name.casefold()] = new
        successions.append(
            Succession(
                old=old.id,
                new=new,
                year=change.first_year,
                share=share,
                evidence=str(change.source),
                status="derived",
            )
        )
    return plan.model_copy(update={"partners": tuple(partners), "successions": tuple(successions)})


def _funding_split(plan: Plan, ending: Ending) -> tuple[Plan, list[Finding]]:
    """Return the plan with what the old partner pays in from its end on as its successors' rows."""
    later = plan.years[ending.t :]
    figures = funding.contributions(plan)[0]
    rows: list[Contribution] = []
    added: list[Contribution] = []
    keys = {TABLES["contributions"].key_of(row) for row in plan.contributions}
    total = 0
    for n, row in enumerate(plan.contributions):
        # A deduction is below zero in the figures and typed above it.
        pence = [abs(round(float(figures[t, n]))) for t in range(ending.t, len(plan.years))]
        if row.partner != ending.old or not any(pence):
            rows.append(row)
            continue
        total += sum(pence)
        before = {year: pounds for year, pounds in row.amounts.items() if year not in later}
        # Zero, not blank: a blank year would be rolled forward from the year before.
        nothing = {year: Decimal(0) for year in later}
        rows.append(row.model_copy(update={"amounts": {**before, **nothing}}))
        parts = [money.split(amount, ending.weights) for amount in pence]
        for at, successor in enumerate(ending.rows):
            amounts = {
                year: money.to_pounds(part[at]) for year, part in zip(later, parts, strict=True)
            }
            added.append(_of_successor(row, successor, amounts, keys))
    if not added:
        return plan, []
    message = (
        f"{money.in_words(total)} that “{ending.old}” would have paid in from {later[0]} on is now"
        f" in {len(added)} rows of its successors, to the penny."
    )
    fix = "Replace the amounts by the allocations of the new bodies once they are published."
    place = Place(table="contributions")
    return (
        plan.model_copy(update={"contributions": (*rows, *added)}),
        [note("body.funding-split", message, fix, place)],
    )


_SPLIT = {
    "envelopes": ("amount",),
    "actuals": ("amount", "accrual"),
    "forecasts": ("outturn", "recovery"),
}
"""Amounts of rows that stand for one partner and one year."""


def _rows_split(plan: Plan, ending: Ending, table: str) -> tuple[Plan, list[Finding]]:
    """Return the plan with rows of an old partner after its end as its successors' rows.

    To the penny. Spending booked is in the books of whose ledger holds it and stays.
    """
    rows: list[Envelope | Actual | Forecast] = []
    total, added = 0, 0
    for row in getattr(plan, table):
        spending = isinstance(row, Actual) and row.kind == "expenditure"
        late = row.year in plan.years[ending.t :]
        if row.partner != ending.old or not late or spending:
            rows.append(row)
            continue
        parts: list[dict[str, Decimal]] = [{} for _ in ending.rows]
        for field in _SPLIT[table]:
            amount = getattr(row, field)
            if amount is None:
                continue
            pence = money.split(money.to_pence(amount), ending.weights)
            total += abs(money.to_pence(amount))
            for part, of_it in zip(parts, pence, strict=True):
                part[field] = money.to_pounds(of_it)
        for successor, part in zip(ending.rows, parts, strict=True):
            rows.append(row.model_copy(update={"partner": successor.new, **part}))
            added += 1
    if not added:
        return plan, []
    message = (
        f"{money.in_words(total)} of “{ending.old}” on {TABLES[table].label} from"
        f" {plan.years[ending.t]} on is now in {added} rows of its successors, to the penny."
    )
    fix = "Replace the amounts by the new bodies' own once they are known."
    split = plan.model_copy(update={table: tuple(rows)})
    return split, [note("body.rows-split", message, fix, Place(table=table))]


def _virements_split(plan: Plan, ending: Ending) -> tuple[Plan, list[Finding]]:
    """Return the plan with virements that change an old partner's contribution as its successors'.

    Those that take effect after its end, to the penny. Each part is a virement of its own, since it
    changes one partner's contribution; its reason names the one that was approved.
    """
    rows: list[Virement] = []
    total, added = 0, 0
    ids = {row.id for row in plan.virements}
    for row in plan.virements:
        if row.partner != ending.old or row.year not in plan.years[ending.t :]:
            rows.append(row)
            continue
        pence = money.to_pence(row.amount)
        amounts = money.split(pence, ending.weights)
        full_years: tuple[int | None, ...] = (None,) * len(ending.rows)
        if row.full_year is not None:
            full_years = tuple(money.split(money.to_pence(row.full_year), ending.weights))
        total += pence
        for successor, part, full_year in zip(ending.rows, amounts, full_years, strict=True):
            # The log takes no virement of nothing.
            if not part:
                continue
            of_whole = (
                f"{percentage(successor.share, 2)} of {row.id}, approved as {money.in_words(pence)}"
            )
            update = {
                "id": _free_id(f"{row.id} {successor.new}", ids),
                "partner": successor.new,
                "amount": money.to_pounds(part),
                "full_year": None if full_year is None else money.to_pounds(full_year),
                "reason": f"{row.reason}; {of_whole}" if row.reason else of_whole,
            }
            rows.append(row.model_copy(update=update))
            added += 1
    if not added:
        return plan, []
    message = (
        f"{money.in_words(total)} of “{ending.old}” on {TABLES['virements'].label} from"
        f" {plan.years[ending.t]} on is now in {added} rows of its successors, to the penny."
    )
    fix = "Check that what was approved for the old body binds the new ones."
    split = plan.model_copy(update={"virements": tuple(rows)})
    return split, [note("body.rows-split", message, fix, Place(table="virements"))]


def _free_id(wanted: str, ids: set[str]) -> str:
    """Return an id that no virement has yet, and count it as used."""
    free = wanted
    number = 2
    while free in ids:
        free = f"{wanted} {number}"
        number += 1
    ids.add(free)
    return free


def _of_successor(
    row: Contribution, successor: Succession, amounts: dict[str, Decimal], keys: set[str]
) -> Contribution:
    """Return a successor's part of a contribution, under the first line that is free."""
    share = f"{percentage(successor.share, 2)} of what {row.partner} would have paid in"
    update = {
        "partner": successor.new,
        "base_amount": Decimal(0),
        "index": FLAT,
        "amounts": amounts,
        "evidence": f"{row.evidence}; {share}" if row.evidence else share,
        "status": "derived",
    }
    table = TABLES["contributions"]
    for line in range(1, len(keys) + 2):
        copy = row.model_copy(update={**update, "line": line})
        if table.key_of(copy) not in keys:
            keys.add(table.key_of(copy))
            return copy
    raise AssertionError("there is always a free line")  # one line more than there are rows


WHY_IT_MATTERS = {
    "area.ended": (
        "A council that has been abolished pays nothing. Its money is that of its successor."
    ),
    "area.icb-left-out": (
        "A small part of the area's people is with another ICB. Its contribution may be missing"
        " from the pool."
    ),
    "area.no-icb": (
        "Without the ICB nobody knows who pays the NHS minimum contribution, which is the"
        " larger part of most pools."
    ),
    "area.not-yet": (
        "The new body has no budget before its first day. A plan of earlier years is that of"
        " the bodies before it."
    ),
    "body.funding-split": (
        "The split is arithmetic by people, to the penny; the allocations of the new bodies"
        " will differ from it."
    ),
    "body.none": (
        "No partner ends within the plan's years, so no contribution has to find a new payer."
    ),
    "body.only-reported": (
        "A merger that is only expected may not come, or come at another date. The plan does"
        " not move money on a rumour."
    ),
    "body.rows-split": (
        "A row of the old body became several, one for each successor. What they agree may not"
        " follow the same shares."
    ),
    "body.succession": (
        "By these shares each successor pays in and takes over balances. One percentage point"
        " of a large pool is a great deal of money."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
