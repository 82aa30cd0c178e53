"""Staff that programmes need against those in post: who is missing, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass

from icbudget import money
from icbudget.plan import Plan
from icbudget.plan.staff import Staff

MONTHS = 12


@dataclass(frozen=True, slots=True)
class StaffOfYear:
    """A row of Staff worked out: whole-time equivalents, and costs in pence; None is not known.

    `gap = max(0, needed − in post)`. In the first year with a gap recruits come after the months
    that it takes, so `agency = gap × min(months, 12) ÷ 12`; who is still missing in later years is
    agency all year. `premium = agency × pay × agency premium`; double running, in the first year,
    is `gap × pay × months beside the old service ÷ 12`. Source: model §15.7.
    """

    row: Staff
    needed: float | None
    gap: float | None
    agency: float | None
    premium: int | None
    double_running: int | None


def staff_of(plan: Plan) -> tuple[StaffOfYear, ...]:
    """Return every row of Staff worked out, in the order of the table."""
    with_gaps = [(row, gap_of(plan, row)) for row in plan.staff]
    # Recruiting begins once, with the first gap of a role, wherever its row stands in the table.
    first_year: dict[tuple[str, str], str] = {}
    for row, gap in sorted(with_gaps, key=lambda pair: pair[0].year):
        if gap:
            first_year.setdefault((row.programme, row.role), row.year)
    worked_out: list[StaffOfYear] = []
    for row, gap in with_gaps:
        is_first = first_year.get((row.programme, row.role)) == row.year
        worked_out.append(_worked_out(plan, row, gap, first=is_first))
    return tuple(worked_out)


def needed_of(plan: Plan, row: Staff) -> float | None:
    """Return what a row needs: as typed, else by person × the programme's people of the year."""
    if row.needed is not None:
        return row.needed
    people = next((p.people.get(row.year) for p in plan.programmes if p.id == row.programme), None)
    return None if row.a_person is None or people is None else row.a_person * people


def gap_of(plan: Plan, row: Staff) -> float | None:
    """Return how many a row is missing."""
    needed = needed_of(plan, row)
    return None if needed is None else max(0.0, needed - row.in_post)


def _worked_out(plan: Plan, row: Staff, gap: float | None, *, first: bool) -> StaffOfYear:
    agency = _agency(row, gap, first=first)
    beside = row.months_beside if first else 0.0
    return StaffOfYear(
        row,
        needed_of(plan, row),
        gap,
        agency,
        None if agency is None else money.to_pence(agency * row.pay * row.agency_premium),
        None if gap is None else money.to_pence(gap * row.pay * beside / MONTHS),
    )


def _agency(row: Staff, gap: float | None, *, first: bool) -> float | None:
    if not gap or not first:
        return gap
    months = row.months_to_recruit
    # model §15.7: later than twelve months is agency all year, and the next year begins as agency.
    return None if months is None else gap * min(months, MONTHS) / MONTHS
