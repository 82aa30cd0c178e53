"""What would close the gap of a goal, worked out by running the plan again.

The same programmes larger, or paid in full.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from icbudget import money
from icbudget.engine.appraisal.trajectory import Path, lines_of, reached, trajectory
from icbudget.engine.cached_view import cached_view
from icbudget.engine.projection.effect import reduction_of
from icbudget.engine.projection.programme_cost import running_cost
from icbudget.engine.projection.structure import Figures
from icbudget.engine.projection.wiring import payer
from icbudget.engine.run import Result, figures, run
from icbudget.plan import Plan
from icbudget.plan.columns import ByYear
from icbudget.plan.contribution import Contribution
from icbudget.plan.goal import COMPUTED, Goal
from icbudget.plan.programme import Programme

LARGEST = 10
"""Times its planned size beyond which nobody would believe a programme."""
STEP = 100
"""Sizes are tried in hundredths."""
POUNDS = 1000
"""Money is tried in steps of so many pounds a year."""


@dataclass(frozen=True, slots=True)
class Closing:
    """One way to close a goal's gap.

    Which programmes, how many times their planned size, and what the goal then comes to.

    `size` is None where not even `LARGEST` times the size closes it; 1 where the programmes only
    need their money. `a_year` is the least extra money a year, in pence, that pays for them as
    planned. `more` is what is paid for prevention over the plan beyond the plan's own payments,
    pence.
    """

    programmes: tuple[str, ...]
    size: float | None
    value: float
    a_year: int | None
    more: int


def closings(result: Result, goal: Goal) -> tuple[Closing, ...]:
    """Return what would bring a goal to its target by its year.

    All programmes together first, then each alone.

    Nothing where the goal is met, its trajectory is entered, or its year is not in the plan. A size
    s means s times the people, the reach (never above the maximum) and the cost of every year, all
    programmes being paid in full. The least s that meets the goal is found by bisection over whole
    engine runs, in hundredths: a larger programme never avoids less, so the search is over a rising
    function. Where being paid in full is enough, the least money a year is found in the same way.
    """
    if goal.measured_by not in COMPUTED or goal.target_year not in result.years[1:]:
        return ()
    at = result.years.index(goal.target_year)
    wanted = _reaching(result.plan, goal)
    if not wanted or _met(trajectory(result, goal), goal, at):
        return ()
    together = _closing(result, goal, at, tuple(wanted))
    if together.size == 1.0 or len(wanted) == 1:
        return (together,)
    return (together, *(_closing(result, goal, at, (name,)) for name in wanted))


def _met(path: Path, goal: Goal, at: int) -> bool:
    value = path[at]
    return value is None or reached(goal, value, goal.target)


def _closing(result: Result, goal: Goal, at: int, names: tuple[str, ...]) -> Closing:
    def met(tried: _Tried) -> bool:
        return _met(tried.paths[goal.id], goal, at)

    def way(tried: _Tried, size: float | None, a_year: int | None = None) -> Closing:
        return Closing(
            names, size, tried.paths[goal.id][at] or 0.0, a_year, tried.paid - _tried(result).paid
        )

    if met(_larger(result, (), STEP)):
        least = _least(
            lambda n: met(_richer(result, n)), 0, -(-_in_full(result.projection.figures) // POUNDS)
        )
        return way(_richer(result, least), 1.0, least * POUNDS * 100)
    if not met(_larger(result, names, LARGEST * STEP)):
        # Not even the largest size closes it: what it then comes to is shown.
        return way(_larger(result, names, LARGEST * STEP), None)
    least = _least(lambda n: met(_larger(result, names, n)), STEP, LARGEST * STEP)
    return way(_larger(result, names, least), least / STEP)


@dataclass(frozen=True, slots=True)
class _Tried:
    """What a plan comes to that was tried.

    The trajectory of each goal that is worked out, and what prevention is paid, pence.
    """

    paths: dict[str, Path]
    paid: int


@cached_view
def _larger(result: Result, names: tuple[str, ...], hundredths: int) -> _Tried:
    """Return what comes of the named programmes so many hundredths of their size.

    Every programme is paid in full.
    """
    plan = resized(result.plan, names, hundredths / STEP)
    return _tried(run(with_money(plan, _in_full(figures(plan)))))


@cached_view
def _richer(result: Result, thousands: int) -> _Tried:
    """Return what comes of the plan with so many thousand pounds a year more.

    The steps are of `POUNDS`.
    """
    return _tried(run(with_money(result.plan, thousands * POUNDS)))


def _tried(result: Result) -> _Tried:
    paths = {
        goal.id: trajectory(result, goal)
        for goal in result.plan.goals
        if goal.measured_by in COMPUTED
    }
    return _Tried(paths, round(float(result.projection.moves.paid[0].sum())))


def _least(met: Callable[[int], bool], low: int, high: int) -> int:
    """Return the least whole number above `low` for which `met` holds.

    It holds at `high`, and once it holds it goes on to hold.
    """
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if met(middle) else (middle, high)
    return high


def _in_full(of: Figures) -> int:
    """Return the largest cost of a year of all programmes in full, whole pounds rounded up."""
    cost = running_cost(of)[0] + of.double_running[0] + of.exit_cost[0]
    return math.ceil(float(cost.sum(axis=-1).max(initial=0.0)))


def _reaching(plan: Plan, goal: Goal) -> list[str]:
    """Return the programmes with an effect that reaches the goal's lines.

    That is: works on them, on the lines these follow, or moves activity to them.
    """
    lines = {plan.acute_lines[k].id for k in lines_of(plan, goal)}
    parent = {row.id: row.parent for row in plan.acute_lines}
    above = set(lines)
    # A line that follows a parent falls with it, so the parent's programmes work on it too.
    while more := {parent[k] for k in above if parent.get(k)} - above:
        above |= more
    names = {move.programme for move in plan.moves if move.to_line in lines}
    for segment in plan.segments:
        if segment.acute_line in above:
            names.update(segment.programmes)
    every = goal.measured_by == "prevention_share"
    return [row.id for row in plan.programmes if every or (row.id in names and _helps(row))]


def _helps(row: Programme) -> bool:
    return reduction_of(row) > 0


def resized(plan: Plan, names: Sequence[str], size: float) -> Plan:
    """Return the plan with the named programmes so many times as large.

    People, reach up to the maximum, and fixed cost.

    Double running and exit cost stay as they are: they are the price of the change, not of its
    size.
    """
    rows = tuple(_resized(row, size) if row.id in names else row for row in plan.programmes)
    return plan.model_copy(update={"programmes": rows})


def _resized(row: Programme, size: float) -> Programme:
    part = {year: _growth(row, year, size) for year in {*row.people, *row.reach, *row.fixed_cost}}
    return row.model_copy(
        update={
            "people": ByYear({year: n * part[year] for year, n in row.people.items()}),
            "reach": ByYear({year: r * part[year] for year, r in row.reach.items()}),
            "fixed_cost": ByYear(
                {
                    y: money.to_pounds(money.to_pence(c * Decimal(part[y])))
                    for y, c in row.fixed_cost.items()
                }
            ),
        }
    )


def _growth(row: Programme, year: str, size: float) -> float:
    """Return how much a programme can grow in a year: no further than its maximum reach."""
    if row.reach_basis == "direct":
        now, most = row.reach.get(year, 0.0), row.max_reach
    elif row.reach_basis == "in_service":
        now, most = row.people.get(year, 0.0), row.max_reach * row.cohort.get(year, 0.0)
    else:
        return size
    return max(1.0, min(size, most / now)) if now > 0 else size


def with_money(plan: Plan, a_year: int) -> Plan:
    """Return the plan with so many more pounds a year in each pool that pays for programmes.

    From the year after the base year.
    """
    hosts = {pool.id: pool.host for pool in plan.pools}
    accounts: dict[str, str] = {}
    for row in plan.programmes:
        account = payer(plan, row.id)
        # A programme that a partner pays outside the pools needs no money of a pool.
        if account is not None:
            pool, source = account
            accounts[pool] = source
    amounts = ByYear(dict.fromkeys(plan.years[1:], Decimal(a_year)))
    last = max((row.line for row in plan.contributions), default=0)
    rows = [
        Contribution(
            pool=pool,
            partner=hosts[pool],
            source=source,
            line=last + 1,
            base_amount=Decimal(0),
            amounts=amounts,
        )
        for pool, source in accounts.items()
    ]
    return plan.model_copy(update={"contributions": (*plan.contributions, *rows)})
