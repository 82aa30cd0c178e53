"""The search for a best plan: the bounding model proposes, the engine judges, the model learns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from icbudget.engine.optimiser.judge import Broken, Judge
from icbudget.engine.optimiser.milp import Clock
from icbudget.engine.optimiser.model import Bounding, in_any_part
from icbudget.engine.optimiser.programme_options import Option, bought, resized
from icbudget.engine.rounding import Floats
from icbudget.plan import Plan

Chosen = tuple[float, tuple[Option, ...], Plan]
"""Worth, what is bought, and the plan that buys it."""
_PARTS = 0.6
"""Part of the time for plans of the parts tried, where parts between can be bought too."""
_LEARN = 20
"""Most times that the model learns from its own way out of a conflict."""
_TIE = 1e-6
"""What the model takes off an option for each place in the order, so that ties go to the first."""


class Search:
    """One search: its best plan so far, and what no plan can exceed."""

    def __init__(self, judge: Judge, made: Bounding, seconds_left: Clock) -> None:
        self.judge, self.made, self.seconds_left = judge, made, seconds_left
        self.best: Chosen | None = None
        self.bound, self.tried, self.finished = np.inf, 0, False
        self.duals: dict[tuple[str, str], float] = {}
        self.nearest: Broken = {}
        """Limits that the plan broke that broke fewest of them, by the least."""
        self.fixed = stepwise(judge.plan, made.options)
        self.between = any(o.programme not in self.fixed for o in made.options)
        self._off = _TIE * len(made.options) ** 2

    def to_the_end(self) -> None:
        """Look for the best plan until nothing is better or the time is up.

        Of the parts tried first, then of every part between.

        What is looked for must be worth more than buying nothing, where that breaks no limit.

        The bound is the least of those there are: with every choice allowed in part (quick, and of
        every plan); of the model in which the parts between are allowed; and, where nothing can be
        bought in such parts, of the parts tried.
        """
        seconds = self.seconds_left()
        # A fifth of the time at most: a first plan is only there to be beaten.
        self._start(lambda: self.seconds_left() - 0.8 * seconds)
        relaxed, self.duals = self.made.model.duals(self.seconds_left)
        kept = seconds * (1.0 - _PARTS if self.between else 0.05)
        bound = self._in_parts_tried(lambda: self.seconds_left() - kept)
        if self.seconds_left() > 0:
            again, duals = self.made.model.duals(self.seconds_left)
            relaxed, self.duals = min(relaxed, again), duals or self.duals
        # The order of ties took something off each option: the bound gives it back.
        self.bound = relaxed + self._off if self.between else min(bound, relaxed + self._off)
        if self.best:
            self.best = self._finer(self.best)
        if self.between:
            self.finished &= self.seconds_left() > 0 and self._in_any_part()

    def conflicts(self) -> tuple[tuple[tuple[str, float], ...], tuple[str, ...]]:
        """Return why there is no plan.

        Limits in conflict and by how much at the least, and what is asked for against them.

        What the model's way out would really avoid is learnt from it, until by how much it is short
        no longer grows. Where the model has a solution and the engine allowed none of those
        proposed: what the nearest of them broke.
        """
        limits: list[tuple[str, float]] = []
        for _ in range(_LEARN):
            model = in_any_part(self.made, self.fixed)
            in_conflict, x = model.conflicts(lambda: max(self.seconds_left(), 1.0))
            if x is None or in_conflict == limits:
                break
            limits = in_conflict
            taken = {
                self.made.options[n].programme: n
                for n in np.argsort(x[: len(self.made.options)])
                if x[n] > _TIE
            }
            self.made.no_less(sorted(taken.values()))
        if not limits:
            return tuple(sorted(self.nearest.items())), ()
        return tuple(limits), tuple(model.asked(self.seconds_left))

    def closed(self, candidate: Plan) -> dict[int, set[str]]:
        """Return by line the years in which a plan closes blocks that the first leaves open."""
        both = zip(candidate.acute_lines, self.judge.plan.acute_lines, strict=True)
        return {k: set(now.closes) - set(was.closes) for k, (now, was) in enumerate(both)}

    def _start(self, seconds_left: Clock) -> None:
        """Start from nothing bought, or from all programmes in their first way, repaired."""
        x, first = np.ones(len(self.made.model.objective)), dict[int, Option]()
        for o in self.made.options:
            first.setdefault(o.programme, o)
        # Buying nothing is the plan to beat, so it is judged first.
        self._verdict((), x * 0.0)
        if self._verdict(tuple(first.values()), x)[1]:
            self._repair(tuple(first.values()), x, seconds_left)

    def _in_parts_tried(self, seconds_left: Clock) -> float:
        """Look for the best plan of the options themselves; return what none of them can exceed."""
        made, bound, proposed = self.made, np.inf, set[tuple[int, ...]]()
        while seconds_left() > 0:
            solution = made.model.solve(seconds_left)
            # 2: nothing satisfies the rows, so all choices are set aside and the best of them is
            # the best.
            if solution.status == 2:
                self.finished = True
                return self.best[0] if self.best else -np.inf
            if getattr(solution, "mip_dual_bound", None) is not None:
                bound = min(bound, -float(solution.mip_dual_bound) + self._off)
            self.finished = self._no_better(bound)
            if self.finished or solution.x is None:
                return bound
            picked = tuple(int(n) for n in np.flatnonzero(solution.x[: len(made.options)] > 0.5))
            chosen = tuple(made.options[n] for n in picked)
            value, broken = self._verdict(chosen, solution.x)
            self.tried += 1
            self.finished = self._no_better(bound)
            if self.finished:
                return bound
            promised = -float(solution.fun) + sum(_TIE * n for n in picked)
            # What the engine refuses, or values as the model does, has nothing more to tell.
            if broken or picked in proposed or abs(promised - value) < 0.01:
                made.set_aside(picked, solution.x)
            proposed.add(picked)
            made.tangents(x=solution.x)
            if broken:
                made.no_less(picked)
                self.nearest = min(self.nearest or broken, broken, key=_near)
                if self.tried == 1:
                    self._repair(chosen, solution.x, _half(seconds_left))
        return bound

    def _no_better(self, bound: float) -> bool:
        return self.best is not None and bound <= self.best[0] + max(0.01, 1e-7 * abs(self.best[0]))

    def _repair(self, chosen: tuple[Option, ...], x: Floats, seconds_left: Clock) -> None:
        """Look for a plan that keeps every limit near one that does not, to have a good one soon.

        It tells nothing about the bound.

        What releases least for its cost goes first, as few as need be (by halves); then each that
        went is tried again, the best first, whole, in part and later, and stays where the plan is
        worth more with it and breaks nothing.
        """

        def last_to_go(option: Option) -> tuple[bool, float]:
            return self.judge.plan.programmes[option.programme].must_do, self._alone(option)

        ordered = sorted(chosen, key=last_to_go)
        few, many = 0, len(ordered)
        while many - few > 1 and seconds_left() > 0:
            gone = (few + many) // 2
            few, many = (gone, many) if self._verdict(tuple(ordered[gone:]), x)[1] else (few, gone)
        kept = tuple(ordered[many:])
        value, broken = self._verdict(kept, x)
        for o in reversed(ordered[:many]):
            for tried in self._instead(o):
                if seconds_left() <= 0:
                    return
                more, why = self._verdict((*kept, tried), x)
                if not why and (broken or more > value):
                    kept, value, broken = (*kept, tried), more, why
                    break

    def _instead(self, option: Option) -> list[Option]:
        """Return an option, then smaller parts of it, then the same part begun later."""
        whose = (option.programme, option.source)
        same = [o for o in self.made.options if (o.programme, o.source) == whose]
        smaller = [o for o in same if o.start == option.start and o.level < option.level]
        later = [o for o in same if o.start > option.start and o.level == option.level]
        return [option, *smaller, *later]

    def _alone(self, option: Option) -> float:
        """Return what an option would release alone for each £ of its cost, in present values.

        Blocks count in parts.
        """
        judge, lines = self.judge, self.judge.structure.lines
        in_blocks = np.where(np.isnan(lines.block_size), 0.0, lines.semi_fixed_cost)
        rate = lines.variable_cost + in_blocks
        cost = judge.base.projection.nothing.cost[0] * self.made.activity
        worth = cost * rate * judge.discount[:, np.newaxis]
        shares = [self.made.share_of([option], t) for t in range(1, len(worth))]
        released = sum(float(worth[t] @ share) for t, share in enumerate(shares, 1))
        # At least £1 of cost, so that what is free is put first and not divided by nothing.
        return released / max(float(option.cost @ judge.discount), 1.0)

    def _verdict(self, chosen: tuple[Option, ...], x: Floats) -> tuple[float, Broken]:
        """Let the engine judge a choice, and keep it where it is the best so far.

        Its blocks close as in the solution.
        """
        candidate = bought(self.judge.plan, chosen, self._closing(x))
        value, broken = self.judge.verdict(candidate, chosen)
        # Half a penny better is rounding, and the first of two alike stays.
        if not broken and (self.best is None or value > self.best[0] + 0.005):
            self.best = value, chosen, candidate
        return value, broken

    def _closing(self, x: Floats) -> dict[int, set[str]]:
        """Return the years in which blocks of each line close that the plan leaves open.

        Wherever the model closes one.
        """
        plan, out = self.judge.plan, dict[int, set[str]]()
        for (k, t), column in self.made.blocks.items():
            if x[column] > 0.5 and plan.years[t] not in plan.acute_lines[k].closes:
                out.setdefault(k, set()).add(plan.years[t])
        return out

    def _in_any_part(self) -> bool:
        """Bound plans of every part, and look whether the best of them is better.

        Its parts are rounded to hundredths.

        Whether that was done to the end is returned.
        """
        solution = in_any_part(self.made, self.fixed).solve(self.seconds_left)
        if getattr(solution, "mip_dual_bound", None) is not None:
            self.bound = min(self.bound, -float(solution.mip_dual_bound) + self._off)
        if solution.x is None:
            return bool(solution.status == 2)
        for chosen in in_parts(self.judge.plan, self.made.options, solution.x, self.fixed):
            before = self.best
            _, broken = self._verdict(chosen, solution.x)
            if broken:
                self._repair(chosen, solution.x, self.seconds_left)
            if self.best is not before and self.best:
                self.best = self._finer(self.best)
        return bool(solution.status == 0)

    def _finer(self, best: Chosen) -> Chosen:
        """Return the best plan with each part bought refined to hundredths, by the engine.

        One programme after another.

        No part below a quarter. Steps of ten, five and one hundredth, each as long as the plan is
        worth more and breaks nothing.
        """
        plan, closed = self.judge.plan, self.closed(best[2])
        for step in (10, 5, 1):
            for at, way in product(range(len(best[1])), (step, -step)):
                while best[1][at].programme not in self.fixed and self.seconds_left() > 0:
                    level = round(best[1][at].level * 100) + way
                    if not 25 <= level <= 100:
                        break
                    other = resized(plan, best[1][at], level / 100)
                    chosen = (*best[1][:at], other, *best[1][at + 1 :])
                    candidate = bought(plan, chosen, closed)
                    value, broken = self.judge.verdict(candidate, chosen)
                    if broken or value <= best[0] + 0.005:
                        break
                    best = value, chosen, candidate
        return best


def _half(seconds_left: Clock) -> Clock:
    half = seconds_left() / 2.0
    return lambda: seconds_left() - half


def _near(broken: Broken) -> tuple[int, float]:
    return len(broken), sum(broken.values())


def stepwise(plan: Plan, options: Sequence[Option]) -> set[int]:
    """Return the programmes that are bought only in the parts tried.

    Indivisible ones, those with a smallest size, and those whose cost or effect is not in
    proportion to the part, as where what can be served holds a larger part back.
    """
    in_full = {(o.programme, o.start, o.source): o for o in options if o.level == 1.0}
    in_steps = {
        g for g, row in enumerate(plan.programmes) if not row.divisible or row.smallest is not None
    }
    for o in options:
        of = in_full.get((o.programme, o.start, o.source))
        if of is None:
            in_steps.add(o.programme)
            continue
        effect = np.allclose(o.effect, o.level * of.effect, rtol=1e-12, atol=1e-15)
        # Parts of a typed cost are whole pence, so a few pence off is still in proportion.
        cost = np.allclose(o.cost, o.level * of.cost, rtol=1e-9, atol=0.05)
        if not (effect and cost):
            in_steps.add(o.programme)
    return in_steps


def in_parts(
    plan: Plan, options: Sequence[Option], x: Floats, fixed: set[int]
) -> Iterator[tuple[Option, ...]]:
    """Yield the options of a solution that may mix parts, parts rounded to hundredths.

    Down and then up, none below a quarter.
    """
    bought_parts: dict[tuple[int, str, str], tuple[Option, float]] = {}
    for o, taken in zip(options, x, strict=False):
        if taken > _TIE:
            key = (o.programme, o.start, o.source)
            _, so_far = bought_parts.get(key, (o, 0.0))
            bought_parts[key] = o, so_far + float(taken) * o.level
    for up in (_TIE, 1.0 - _TIE):
        chosen = []
        for o, level in bought_parts.values():
            # Whole hundredths, none below a quarter: nobody plans for less than that.
            hundredths = min(max(int(level * 100 + up), 25), 100)
            chosen.append(o if o.programme in fixed else resized(plan, o, hundredths / 100))
        yield tuple(chosen)
