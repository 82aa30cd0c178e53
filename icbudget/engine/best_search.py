"""The search for a best plan: the bounding model proposes, the engine judges, the model learns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from icbudget.engine.best_judge import Broken, Judge
from icbudget.engine.best_model import Bounding, in_any_part
from icbudget.engine.choices import Option, bought, resized
from icbudget.engine.linear import Clock
from icbudget.engine.rounding import Floats
from icbudget.plan import Plan

Chosen = tuple[float, tuple[Option, ...], Plan]
"""Worth, what is bought, and the plan that buys it."""
_PARTS = 0.6
"""Part of the time in which plans of the parts tried are looked for, where parts between them can be bought as well."""
_LEARN = 20
"""Most times that the model learns from its own way out of a conflict."""
_DEARER = 1.05
"""How many times as much a programme counts at the least where it counted too little; nearer than that is near enough."""
_ROUGHLY = 0.01
"""Gap within which a plan that may only be a start is sought."""
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
        """Look for the best plan of the parts tried, then of every part between, until nothing is better or the time is up.

        What is looked for must be worth more than buying nothing, where that breaks no limit.

        The bound is the least of those there are: with every choice allowed in part (quick, and of every plan); of the model in
        which the parts between are allowed; and, where nothing can be bought in such parts, of the parts tried.
        """
        nothing = bought(self.judge.plan, (), {})
        value, broken = self.judge.hears(nothing, ())
        self.best = None if broken else (value, (), nothing)
        kept = self.seconds_left() * (1.0 - _PARTS if self.between else 0.05)
        bound = self._in_parts_tried(lambda: self.seconds_left() - kept)
        relaxed, self.duals = self.made.model.duals(self.seconds_left) if self.seconds_left() > 0 else (np.inf, {})
        self.bound = relaxed + self._off if self.between else min(bound, relaxed + self._off)
        if self.best:
            self.best = self._finer(self.best)
        if self.between and self.seconds_left() > 0:
            self._in_any_part()

    def conflicts(self) -> tuple[tuple[tuple[str, float], ...], tuple[str, ...]]:
        """Return why there is no plan: limits in conflict and by how much at the least, and what is asked for against them.

        What the model's way out would really avoid is learnt from it, until by how much it is short no longer grows. Where the
        model has a solution and the engine allowed none of those proposed: what the nearest of them broke.
        """
        told: list[tuple[str, float]] = []
        for _ in range(_LEARN):
            model = in_any_part(self.made, self.fixed)
            found, x = model.conflicts(lambda: max(self.seconds_left(), 1.0))
            if x is None or found == told:
                break
            told = found
            taken = {self.made.options[n].programme: n for n in np.argsort(x[: len(self.made.options)]) if x[n] > _TIE}
            self.made.no_less(sorted(taken.values()))
        if not told:
            return tuple(sorted(self.nearest.items())), ()
        return tuple(told), tuple(model.asked(self.seconds_left))

    def closed(self, candidate: Plan) -> dict[int, set[str]]:
        """Return the years in which a plan closes blocks of each line that the plan sought from leaves open."""
        both = zip(candidate.acute_lines, self.judge.plan.acute_lines, strict=True)
        return {k: set(now.closes) - set(was.closes) for k, (now, was) in enumerate(both)}

    def _in_parts_tried(self, seconds_left: Clock) -> float:
        """Look for the best plan of the options themselves; return what none of them can exceed."""
        made, bound, seen = self.made, np.inf, set[tuple[int, ...]]()
        while seconds_left() > 0:
            found = made.model.solve(seconds_left)
            if found.status == 2:
                self.finished = True
                return self.best[0] if self.best else -np.inf
            if getattr(found, "mip_dual_bound", None) is not None:
                bound = min(bound, -float(found.mip_dual_bound) + self._off)
            self.finished = self._no_better(bound)
            if self.finished or found.x is None:
                return bound
            picked = tuple(int(n) for n in np.flatnonzero(found.x[: len(made.options)] > 0.5))
            chosen = tuple(made.options[n] for n in picked)
            value, broken = self._hears(chosen, found.x)
            self.finished = self._no_better(bound)
            if self.finished:
                return bound
            told = -float(found.fun) + sum(_TIE * n for n in picked)
            if broken or picked in seen or abs(told - value) < 0.01:
                made.set_aside(picked, found.x)
            seen.add(picked)
            made.tangents(x=found.x)
            if broken:
                made.no_less(picked)
            if self.tried == 1 and self.judge.lacking(bought(self.judge.plan, chosen, self._closing(found.x))):
                self._with_a_margin(seconds_left)
        return bound

    def _no_better(self, bound: float) -> bool:
        return self.best is not None and bound <= self.best[0] + max(0.01, 1e-7 * abs(self.best[0]))

    def _with_a_margin(self, seconds_left: Clock) -> None:
        """Look for a plan that pools can pay for with the chance asked for, to have one: it tells nothing of the bound.

        Programmes count as so much dearer in the money of a pool that what the draws of the plan before lacked is left over, each
        time more; once a plan keeps the chance, half way back to what was too little.
        """
        options, kept = self.made.options, seconds_left() / 2.0
        short, enough, factors = dict[str, float](), dict[str, float](), dict[str, float]()
        for time in range(1, _LEARN):
            found = self.made.model.dearer(factors, len(options)).solve(lambda: seconds_left() - kept, _ROUGHLY)
            if found.x is None or seconds_left() <= kept:
                return
            chosen = tuple(options[n] for n in np.flatnonzero(found.x[: len(options)] > 0.5))
            _, broken = self._hears(chosen, found.x)
            lacking = self.judge.lacking(bought(self.judge.plan, chosen, self._closing(found.x))) if broken else {}
            if lacking:
                short = factors
            elif factors:
                enough = factors
            else:
                return
            if enough:
                factors = {name: (short.get(name, 1.0) + most) / 2.0 for name, most in enough.items()}
                if max(most / factors[name] for name, most in enough.items()) < _DEARER:
                    return
                continue
            left, factors = self.made.model.left(found.x, len(options)), {**factors}
            for name in lacking.keys() & left.keys():
                over, taken = left[name]
                if taken > 0:
                    factors[name] = max(1.0 + time * (over + lacking[name]) / taken, factors.get(name, 1.0) * _DEARER)
            self.made.tangents(x=found.x)

    def _hears(self, chosen: tuple[Option, ...], x: Floats) -> tuple[float, Broken]:
        """Let the engine judge what the model proposes, and keep it where it is the best so far."""
        self.tried += 1
        candidate = bought(self.judge.plan, chosen, self._closing(x))
        value, broken = self.judge.hears(candidate, chosen)
        if not broken and (self.best is None or value > self.best[0] + 0.005):
            self.best = value, chosen, candidate
        if broken and (not self.nearest or _near(broken) < _near(self.nearest)):
            self.nearest = broken
        return value, broken

    def _closing(self, x: Floats) -> dict[int, set[str]]:
        """Return the years in which blocks of each line close that the plan leaves open: wherever the model closes one."""
        plan, out = self.judge.plan, dict[int, set[str]]()
        for (k, t), column in self.made.blocks.items():
            if x[column] > 0.5 and plan.years[t] not in plan.acute_lines[k].closes:
                out.setdefault(k, set()).add(plan.years[t])
        return out

    def _in_any_part(self) -> None:
        """Bound plans of every part, and look whether the best of them, its parts rounded to hundredths, is better."""
        found = in_any_part(self.made, self.fixed).solve(self.seconds_left)
        if getattr(found, "mip_dual_bound", None) is not None:
            self.bound = min(self.bound, -float(found.mip_dual_bound) + self._off)
        if found.x is None:
            return
        for chosen in in_parts(self.judge.plan, self.made.options, found.x, self.fixed):
            before = self.best
            self._hears(chosen, found.x)
            if self.best is not before and self.best:
                self.best = self._finer(self.best)

    def _finer(self, best: Chosen) -> Chosen:
        """Return the best plan with the part bought of each programme refined to hundredths, one after another, by the engine.

        No part below a quarter. Steps of ten, five and one hundredth, each as long as the plan is worth more and breaks nothing.
        """
        plan, closed = self.judge.plan, self.closed(best[2])
        for step in (10, 5, 1):
            for at, way in product(range(len(best[1])), (step, -step)):
                while best[1][at].programme not in self.fixed and self.seconds_left() > 0:
                    level = round(best[1][at].level * 100) + way
                    if not 25 <= level <= 100:
                        break
                    chosen = (*best[1][:at], resized(plan, best[1][at], level / 100), *best[1][at + 1 :])
                    candidate = bought(plan, chosen, closed)
                    value, broken = self.judge.hears(candidate, chosen)
                    if broken or value <= best[0] + 0.005:
                        break
                    best = value, chosen, candidate
        return best


def _near(broken: Broken) -> tuple[int, float]:
    return len(broken), sum(broken.values())


def stepwise(plan: Plan, options: Sequence[Option]) -> set[int]:
    """Return the programmes that are bought only in the parts tried.

    Indivisible ones, those with a smallest size, and those whose cost or effect is not in proportion to the part, as where what
    can be served holds a larger part back.
    """
    whole = {(o.programme, o.start, o.source): o for o in options if o.level == 1.0}
    found = {g for g, row in enumerate(plan.programmes) if not row.divisible or row.smallest is not None}
    for o in options:
        of = whole.get((o.programme, o.start, o.source))
        if of is None or not (
            np.allclose(o.effect, o.level * of.effect, rtol=1e-12, atol=1e-15)
            and np.allclose(o.cost, o.level * of.cost, rtol=1e-9, atol=0.05)
        ):
            found.add(o.programme)
    return found


def in_parts(plan: Plan, options: Sequence[Option], x: Floats, fixed: set[int]) -> Iterator[tuple[Option, ...]]:
    """Yield the options of a solution that may mix parts, parts rounded to hundredths, down and then up, none below a quarter."""
    found: dict[tuple[int, str, str], tuple[Option, float]] = {}
    for o, taken in zip(options, x, strict=False):
        if taken > _TIE:
            key = (o.programme, o.start, o.source)
            found[key] = o, found.get(key, (o, 0.0))[1] + float(taken) * o.level
    for up in (_TIE, 1.0 - _TIE):
        parts = ((o, min(max(int(level * 100 + up), 25), 100) / 100) for o, level in found.values())
        yield tuple(o if o.programme in fixed else resized(plan, o, level) for o, level in parts)
