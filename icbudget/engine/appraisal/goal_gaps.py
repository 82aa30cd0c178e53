"""What would close the gap of a goal, worked out by running the plan again.

The same programmes larger, or paid in full. What is tried is tried together: each trial is one draw
of one run of the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from icbudget import money
from icbudget.engine.appraisal.trajectory import lines_of, over_draws, reached, trajectory
from icbudget.engine.cached_view import cached_view
from icbudget.engine.projection.draw_inputs import stated_by_year
from icbudget.engine.projection.effect import reduction_of
from icbudget.engine.projection.programme_cost import running_cost
from icbudget.engine.projection.projection import Projection, project
from icbudget.engine.projection.rank import ranked
from icbudget.engine.projection.structure import Figures, structure_of
from icbudget.engine.projection.wiring import Rules, payer, rules_of
from icbudget.engine.rounding import Floats
from icbudget.engine.run import Result, figures
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
_AHEAD = 3
"""Halvings of a search that are tried at once, of which one way is taken: more draws, fewer runs of
the engine. Of 2, 3, 4 and 5 it was the quickest for the illustrative borough.
"""
_AT_ONCE = 330_000
"""Trials × years × lines that are worked out at once, so that memory has a bound."""


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
    programmes being paid in full; double running and exit cost stay as they are: they are the price
    of the change, not of its size. The least s that meets the goal is found by bisection over whole
    engine runs, in hundredths: a larger programme never avoids less, so the search is over a rising
    function. Where being paid in full is enough, the least money a year is found in the same way.
    Source: model §10.3.
    """
    return _closings(result).get(goal.id, ())


class _Trial(NamedTuple):
    """What is tried to close a gap.

    The named programmes are so many hundredths of their size, and every pool that pays for
    programmes has so many thousand pounds a year more; None: all are paid in full.
    """

    programmes: tuple[str, ...]
    hundredths: int
    thousands: int | None


_IN_FULL = _Trial((), STEP, None)


@dataclass(frozen=True, slots=True)
class _Tried:
    """What a trial comes to: each goal in its target year, and what prevention is paid, pence."""

    values: dict[str, float | None]
    paid: int

    def meets(self, goal: Goal) -> bool:
        """Return whether a goal is met; one without a value has nothing to miss."""
        value = self.values[goal.id]
        return value is None or reached(goal, value, goal.target)


_Search = Generator[Iterable[_Trial], None, Closing]
"""A search that says what it wants to have tried before it goes on."""


@cached_view
def _closings(result: Result) -> dict[str, tuple[Closing, ...]]:
    """Return the ways to close the gap of each goal that has one, by goal."""
    missed = [goal for goal in result.plan.goals if _is_missed(result, goal)]
    reaching = [(goal, _reaching(result.plan, goal)) for goal in missed]
    # What no programme reaches no programme can close.
    wanted = [(goal, programmes) for goal, programmes in reaching if programmes]
    if not wanted:
        return {}
    trials = _Trials(result, [goal for goal, _ in wanted])
    trials.run([_IN_FULL])
    searches: dict[tuple[str, tuple[str, ...]], _Search] = {}
    for goal, programmes in wanted:
        ways = [tuple(programmes)]
        # Where money alone is enough there is one answer for all programmes, and none of each
        # alone.
        if not trials.known[_IN_FULL].meets(goal) and len(programmes) > 1:
            ways += [(name,) for name in programmes]
        searches |= {(goal.id, names): _closing(trials, goal, names) for names in ways}
    by_goal: dict[str, list[Closing]] = {goal.id: [] for goal, _ in wanted}
    for (goal_id, _), way in _closings_of(trials, searches).items():
        by_goal[goal_id].append(way)
    return {goal_id: tuple(ways) for goal_id, ways in by_goal.items()}


def _is_missed(result: Result, goal: Goal) -> bool:
    """Return whether a goal that is worked out misses its target in a year of the plan."""
    if goal.measured_by not in COMPUTED or goal.target_year not in result.years[1:]:
        return False
    value = trajectory(result, goal)[result.years.index(goal.target_year)]
    return value is not None and not reached(goal, value, goal.target)


def _closings_of(
    trials: _Trials, searches: dict[tuple[str, tuple[str, ...]], _Search]
) -> dict[tuple[str, tuple[str, ...]], Closing]:
    """Return what searches find, in their order; what all of them want is tried in one run."""
    closings: dict[tuple[str, tuple[str, ...]], Closing] = {}
    going = dict(searches)
    while going:
        asked: list[_Trial] = []
        for key, search in searches.items():
            if key in going:
                try:
                    asked += next(search)
                except StopIteration as end:
                    closings[key] = end.value
                    del going[key]
        trials.run(asked)
    return {key: closings[key] for key in searches}


def _closing(trials: _Trials, goal: Goal, names: tuple[str, ...]) -> _Search:
    """Search what closes a goal's gap with the named programmes."""

    def way(trial: _Trial, size: float | None, a_year: int | None = None) -> Closing:
        tried = trials.known[trial]
        more = tried.paid - trials.paid_as_planned
        return Closing(names, size, tried.values[goal.id] or 0.0, a_year, more)

    def larger(hundredths: int) -> _Trial:
        return _Trial(names, hundredths, None)

    def richer(thousands: int) -> _Trial:
        return _Trial((), STEP, thousands)

    if trials.known[_IN_FULL].meets(goal):
        # All programmes in full need no more than this, so the search has an end.
        enough = -(-trials.in_full // POUNDS)
        least = yield from _least(trials, goal, richer, 0, enough)
        yield [richer(least)]
        return way(richer(least), 1.0, least * POUNDS * 100)
    largest = larger(LARGEST * STEP)
    yield [largest]
    if not trials.known[largest].meets(goal):
        # Not even the largest size closes it: what it then comes to is shown.
        return way(largest, None)
    least = yield from _least(trials, goal, larger, STEP, LARGEST * STEP)
    yield [larger(least)]
    return way(larger(least), least / STEP)


def _least(
    trials: _Trials, goal: Goal, trial: Callable[[int], _Trial], low: int, high: int
) -> Generator[Iterable[_Trial], None, int]:
    """Search the least whole number above `low` whose trial meets the goal.

    It meets it at `high`, and once it does it goes on to do so.
    """
    # Bisection: a larger programme never avoids less, so what meets the goal goes on to meet it.
    while high - low > 1:
        middle = (low + high) // 2
        if trial(middle) not in trials.known:
            yield [trial(n) for n in _middles(low, high, _AHEAD)]
        low, high = (low, middle) if trials.known[trial(middle)].meets(goal) else (middle, high)
    return high


def _middles(low: int, high: int, halvings: int) -> Iterator[int]:
    """Yield every number that so many halvings of what lies between may look at."""
    if high - low > 1 and halvings:
        middle = (low + high) // 2
        yield middle
        yield from _middles(low, middle, halvings - 1)
        yield from _middles(middle, high, halvings - 1)


class _Trials:
    """What was tried of a plan, and what is needed to try more."""

    def __init__(self, result: Result, goals: list[Goal]) -> None:
        self.known: dict[_Trial, _Tried] = {}
        self.paid_as_planned = round(float(result.projection.moves.paid[0].sum()))
        self.in_full = int(_in_full(result.projection.figures)[0])
        self._goals = goals
        self._plan, self._accounts = with_a_pound(result.plan)
        self._structure = structure_of(self._plan)
        self._rules = rules_of(self._plan)
        self._figures = figures(self._plan)
        self._room = _Room(self._plan)

    def run(self, trials: Iterable[_Trial]) -> None:
        """Try what was not tried yet."""
        new = [trial for trial in dict.fromkeys(trials) if trial not in self.known]
        size = len(self._plan.years) * max(len(self._plan.acute_lines), len(self._plan.programmes))
        at_once = max(_AT_ONCE // size, 1)
        for first in range(0, len(new), at_once):
            some = new[first : first + at_once]
            tried = self._figures_of(some)
            for rules, at in self._by_rules(tried, len(some)):
                run = project(self._structure, tried.of_draws(at), rules)
                trials_done = self._trials_done(rules, run)
                self.known |= {some[n]: what for n, what in zip(at, trials_done, strict=True)}

    def _by_rules(self, tried: Figures, count: int) -> Iterator[tuple[Rules, list[int]]]:
        """Yield the rules of trials, and which trials have them.

        They differ only where a pool ranks its programmes, by what each is worth in the trial.
        """
        grouped: dict[tuple[bytes, ...], tuple[Rules, list[int]]] = {}
        for n in range(count):
            one = tried.of_draws([n])
            rules = ranked(self._plan, self._rules, self._structure, one)
            # No pool ranks its programmes: all trials have one order, and one run does for all.
            if rules is self._rules:
                yield rules, list(range(count))
                return
            order = tuple(buyer.members.tobytes() for buyer in rules.buyers)
            grouped.setdefault(order, (rules, []))[1].append(n)
        yield from grouped.values()

    def _figures_of(self, trials: list[_Trial]) -> Figures:
        """Return the figures of trials, each of them one draw."""
        own = self._figures
        rows = self._plan.programmes
        growth = np.ones((len(trials), len(self._plan.years), len(rows)))
        for n, trial in enumerate(trials):
            size = trial.hundredths / STEP
            named = [g for g, row in enumerate(rows) if row.id in trial.programmes]
            growth[n][:, named] = self._room.grown(size)[:, named]
        # People, reach and cost grow together: nobody is reached for nothing.
        larger = replace(
            own,
            people=own.people * growth,
            reach=own.reach * growth,
            fixed_cost=_cost_of(own.fixed_cost, growth),
        )
        # £1 a year more in each account stands in the plan, in the years in which its pool is open.
        pounds = [
            int(full) if trial.thousands is None else trial.thousands * POUNDS
            for trial, full in zip(trials, _in_full(larger), strict=True)
        ]
        contributions = np.repeat(own.contributions, len(trials), axis=0)
        first = contributions.shape[-1] - self._accounts
        contributions[:, :, first:] *= np.array(pounds, dtype=np.float64)[:, np.newaxis, np.newaxis]
        return replace(larger, contributions=contributions)

    def _trials_done(self, rules: Rules, run: Projection) -> Iterator[_Tried]:
        """Yield what each trial of a run comes to."""
        paid = run.moves.paid.sum(axis=(1, 2))
        values: dict[str, Floats] = {}
        for goal in self._goals:
            path = over_draws(self._plan, rules, run, goal)
            if path is not None:
                values[goal.id] = path[:, self._plan.years.index(goal.target_year)]
        for n in range(paid.size):
            of_trial: dict[str, float | None] = {}
            for goal in self._goals:
                path = values.get(goal.id)
                of_trial[goal.id] = None if path is None else _number(path[n])
            yield _Tried(of_trial, round(float(paid[n])))


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _in_full(of: Figures) -> Floats:
    """Return the largest cost of a year of all programmes in full, by draw: whole pounds, up."""
    cost = running_cost(of) + of.double_running + of.exit_cost
    largest: Floats = cost.sum(axis=-1).max(axis=-1, initial=0.0)
    return np.ceil(largest)


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


class _Room:
    """How far programmes can grow by year, years × programmes: to their maximum reach."""

    def __init__(self, plan: Plan) -> None:
        rows = plan.programmes
        reach, people, cohort = (
            stated_by_year(plan, rows, field)[0] for field in ("reach", "people", "cohort")
        )
        most_reach = np.array([row.max_reach for row in rows], dtype=np.float64)
        direct = np.array([row.reach_basis == "direct" for row in rows], dtype=bool)
        in_service = np.array([row.reach_basis == "in_service" for row in rows], dtype=bool)
        now = np.where(direct, reach, people)
        most = np.where(direct, most_reach, most_reach * cohort)
        self._bounded = (direct | in_service) & (now > 0)
        self._times = np.divide(most, now, out=np.full_like(now, np.inf), where=self._bounded)

    def grown(self, size: float) -> Floats:
        """Return how many times as large programmes are by year that are to be so many times."""
        # What is larger than its reach allows already stays as it is, and is not made smaller.
        within: Floats = np.maximum(np.minimum(size, self._times), 1.0)
        return np.where(self._bounded, within, size)


def _cost_of(cost: Floats, growth: Floats) -> Floats:
    """Return costs times their growth in whole pence, £: half-up, as `icbudget.money` rounds."""
    pence = np.rint(cost * 100.0)
    exact = np.abs(pence * growth)
    rounded_cost = np.floor(exact + 0.5)
    # What is next to half a penny is worked out exactly: as a float it may lie on either side.
    near = np.abs(exact - np.floor(exact) - 0.5) <= 1e-6 + 1e-15 * exact
    for at in zip(*np.nonzero(near), strict=True):
        pounds = money.to_pounds(int(np.broadcast_to(np.abs(pence), near.shape)[at]))
        rounded_cost[at] = money.to_pence(pounds * Decimal(float(growth[at])))
    return np.copysign(rounded_cost, pence) / 100.0 + 0.0


def with_a_pound(plan: Plan) -> tuple[Plan, int]:
    """Return the plan with £1 a year more in each account that pays for programmes.

    It is from the year after the base year; beside it stands how many rows of funding that is: the
    last ones.
    """
    hosts = {pool.id: pool.host for pool in plan.pools}
    accounts: dict[str, str] = {}
    for row in plan.programmes:
        account = payer(plan, row.id)
        # A programme that a partner pays outside the pools needs no money of a pool.
        if account is not None:
            pool, source = account
            accounts[pool] = source
    amounts = ByYear(dict.fromkeys(plan.years[1:], Decimal(1)))
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
    return plan.model_copy(update={"contributions": (*plan.contributions, *rows)}), len(rows)
