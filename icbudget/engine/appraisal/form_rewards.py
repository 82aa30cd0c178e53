"""What each form of contract rewards: the same plan, paid in four ways."""

from __future__ import annotations

from dataclasses import dataclass

from icbudget import money
from icbudget.engine.appraisal.year_of_care import YearOfCare, capitation, covered_lines
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.run import Result
from icbudget.plan.capitation import Capitation

AS_PLANNED, BY_UNIT, BLOCK, CAPITATED = (
    "Contracts as planned",
    "Paid for each unit",
    "Block",
    "Capitation",
)
PAYMENTS = (AS_PLANNED, BY_UNIT, BLOCK, CAPITATED)


@dataclass(frozen=True, slots=True)
class Reward:
    """What the plan is worth against do nothing under one form of contract, pence by year.

    None in a year in which the capitation is not in force. Activity is that of the plan in all
    four, and what others than the holder are paid for covered lines is as planned, so holder and
    commissioner together have the same in each.
    """

    payment: str
    holder: tuple[int | None, ...]
    commissioner: tuple[int | None, ...]


def rewards(result: Result, row: Capitation) -> tuple[Reward, ...]:
    """Return what holder and commissioner of a capitation gain by the plan, in four ways.

    With G what the holder's own lines stop costing, K what the commissioner stops paying for them
    and O what it stops paying for the lines of others:

    - contracts as planned: holder `G − K`, commissioner `K + O`
    - paid for each unit: K is `units fewer × price − charges lost`
    - block: K is `−charges lost`
    - capitation: the change of what each ends with; the holder has G and O, less what goes back

    What prevention costs is the same in each and left out. Source: model §15.4.
    """
    years = capitation(result, row)
    moved = [_changes(result, row, t) for t in range(len(years))]
    made: list[Reward] = []
    for payment in PAYMENTS:
        pairs = [
            None if year is None else _pair(payment, year, *moved[t])
            for t, year in enumerate(years)
        ]
        holder = tuple(None if pair is None else pair[0] for pair in pairs)
        commissioner = tuple(None if pair is None else pair[1] for pair in pairs)
        made.append(Reward(payment, holder, commissioner))
    return tuple(made)


def _pair(
    payment: str,
    year: YearOfCare,
    released: int,
    planned: int,
    by_unit: int,
    block: int,
    others: int,
) -> tuple[int, int]:
    if payment == CAPITATED:
        return year.plan.kept - year.nothing.kept, year.plan.back - year.nothing.back
    saved = {AS_PLANNED: planned, BY_UNIT: by_unit, BLOCK: block}[payment]
    return released - saved, saved + others


def _changes(result: Result, row: Capitation, t: int) -> tuple[int, int, int, int, int]:
    """Return what the plan changes in a year at the covered lines, pence.

    Of the holder's own lines: what they stop costing, what is stopped being paid under the plan's
    contracts, for each unit, and under a block; then what is stopped being paid to others.
    """
    run, amounts = result.projection, AcuteAmounts(result.projection)
    released = planned = by_unit = block = others = 0
    for k in covered_lines(result.plan, row):
        saving = round(float(amounts.saving[0, t, k]))
        if result.plan.acute_lines[k].provider != row.holder:
            # What others are paid is as planned in all four ways, so it only adds to the
            # commissioner.
            others += saving
            continue
        fewer = float(run.nothing.activity[0, t, k] - run.activity[0, t, k])
        value = money.to_pence(float(run.nothing.price[0, t, k]) * fewer)
        charges = round(float(amounts.charges_nothing[0, t, k] - amounts.charges_plan[0, t, k]))
        released += round(float(amounts.release[0, t, k]))
        planned += saving
        by_unit += value - charges
        # Under a block the sum does not change with activity, and clients still pay less.
        block -= charges
    return released, planned, by_unit, block, others
