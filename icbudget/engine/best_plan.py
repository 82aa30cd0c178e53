"""The best plan within the money, staff and limits there are: found by a bounding model, proven by the engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from icbudget.engine.best_judge import Broken, Draw, Judge
from icbudget.engine.best_limits import Need
from icbudget.engine.best_model import ASIDE, Bounding, bounding, in_any_part
from icbudget.engine.choices import Option, bought, changes, options_of, resized
from icbudget.engine.effect import base_of, rate_reduction
from icbudget.engine.rounding import Floats
from icbudget.engine.run import Result, run
from icbudget.plan import Plan
from icbudget.plan.programme import Programme

A_QUARTER = 0.674490 / 1.281552
"""How far the 25th percentile lies from the middle towards the 10th, of a normal distribution."""


@dataclass(frozen=True, eq=False, slots=True)
class Best:
    """The best plan found; `plan` is None where nothing satisfies every limit, and `conflicts` says why."""

    plan: Plan | None
    changes: tuple[tuple[str, str, str], ...]
    chosen: tuple[Option, ...]
    cautious: Result | None
    """The plan found under the cautious effects it was sought with."""
    worth: float
    """Present value of system release less programme cost, and of health where it counts, cautious effects, £, by the engine."""
    bound: float
    """What no plan can exceed, £."""
    binding: tuple[str, ...]
    a_pound_more: tuple[float, ...]
    """By year: what £1 more in the pools would add to the present value, were every choice allowed in part."""
    conflicts: tuple[tuple[str, float], ...]
    finished: bool
    tried: int
    central_only: tuple[str, ...]
    """Programmes without an interval: their central effect was used."""
    quarters: bool = False
    """Whether the bound is only of plans that buy quarters: time was up before the parts between were looked into."""

    @property
    def gap(self) -> float:
        """Return the proven gap, £: how much better any other plan could be at the most."""
        return max(self.bound - self.worth, 0.0)


def cautious(plan: Plan) -> tuple[Plan, tuple[str, ...]]:
    """Return the plan with the 25th percentile of every effect, and the programmes whose interval is not stated.

    The cautious end of an interval (the end that avoids less) is read as its 10th percentile: `P25 = central − 0.5263 (central
    − cautious end)`, in the study's own measure. Seeking a best plan on central effects picks the most hopeful guesses.
    """
    rows = tuple(_cautious(row) for row in plan.programmes)
    blank = tuple(row.id for row in plan.programmes if row.effect_low is None and row.effect_high is None)
    return plan.model_copy(update={"programmes": rows}), blank


def _cautious(row: Programme) -> Programme:
    ends = [end for end in (row.effect_low, row.effect_high) if end is not None]
    if not ends:
        return row
    base = base_of(row)
    least = min(ends, key=lambda end: float(rate_reduction(row.effect_measure, end, base)))
    if rate_reduction(row.effect_measure, least, base) >= rate_reduction(row.effect_measure, row.effect, base):
        return row
    return row.model_copy(update={"effect": row.effect - A_QUARTER * (row.effect - least)})


def best_plan(
    plan: Plan,
    seconds_left: Callable[[], float],
    *,
    confidence: float | None = None,
    draw: Draw | None = None,
    also: Callable[[Result], Broken] | None = None,
    needs: Callable[[Result, Broken], Sequence[Need]] | None = None,
    meet_goals: bool = False,
    public_value: bool = False,
) -> Best:
    """Return the choice of starts, parts and blocks to close with the greatest present value that breaks no limit.

    `max Σ_t D(t)/I(t) [Σ_k G − Σ_p cost]` on cautious effects. The bounding model is never below the engine: it proposes a
    plan, the engine works that plan out in full and says whether it holds, the model learns from it (tangents of what is
    avoided; a plan that breaks a limit, or was worth less than proposed, is set aside), and so on until nothing can be better or
    the time is up. With `confidence`, in every year every pool must be able to pay for everything with at least that chance
    over the draws. `also` names further limits (such as minimum spending), which must be kept as far as the plan itself keeps
    them, and `needs` tells the model of them. `meet_goals`: goals to bring an acute line's activity down by a date are limits
    too. `public_value`: what QALYs are worth (Setup's value λ, discounted at the health rate) is added to what is sought, and
    nothing else of it to any balance. Deterministic; ties go to the lower id.
    """
    sought, blank = cautious(plan)
    judge = Judge(sought, plan, confidence, draw, also, meet_goals, public_value)
    options = worthwhile(sought, health=judge.health is not None)
    made = bounding(
        sought, judge.structure, judge.base.rules, judge.base.projection, options, judge.discount, judge.limits, judge.goals,
        needs(judge.base, judge.allowed) if needs else (), judge.health,
    )  # fmt: skip
    best: Chosen | None = None
    bound, tried, finished, seen = np.inf, 0, False, set[tuple[int, ...]]()
    worst: Broken = {}
    while seconds_left() > 0:
        found = made.model.solve(seconds_left())
        if found.status == 2:
            bound = best[0] if best else -np.inf
            finished = True
            break
        if getattr(found, "mip_dual_bound", None) is not None:
            bound = min(bound, -float(found.mip_dual_bound) + 1e-6 * len(options) ** 2)
        if found.x is None:
            break
        if best and bound <= best[0] + max(0.01, 1e-7 * abs(best[0])):
            finished = True
            break
        picked = tuple(int(n) for n in np.flatnonzero(found.x[: len(options)] > 0.5))
        chosen = tuple(options[n] for n in picked)
        tried += 1
        closes = _closing(sought, made, found.x)
        candidate = bought(sought, chosen, closes)
        value, broken = judge.hears(candidate, chosen)
        if not broken and (best is None or value > best[0] + 0.005):
            best = value, chosen, candidate
        worst = worst or broken
        told = -float(found.fun) + sum(1e-6 * n for n in picked)
        if broken or picked in seen or abs(told - value) < 0.01:
            _set_aside(made, picked, len(options))
        seen.add(picked)
        made.tangents(x=found.x)
    if best is None:
        conflicts = made.model.conflicts(max(seconds_left(), 1.0)) if not tried else []
        why = tuple(conflicts) or tuple(sorted(worst.items()))
        return Best(None, (), (), None, 0.0, bound, (), (), why, finished, tried, blank)
    fixed = stepwise(sought, options)
    best = finer(sought, judge, best, fixed, seconds_left)
    parts = any(o.programme not in fixed for o in options)
    if parts and seconds_left() > 0:
        between = in_any_part(made, fixed).solve(seconds_left())
        if between.status == 0:
            bound, parts = max(bound, -float(between.mip_dual_bound) + 1e-6 * len(options) ** 2), False
        if between.x is not None:
            chosen = in_parts(sought, options, between.x, fixed)
            candidate = bought(sought, chosen, _closing(sought, made, between.x))
            value, broken = judge.hears(candidate, chosen)
            if not broken:
                best = max(best, finer(sought, judge, (value, chosen, candidate), fixed, seconds_left), key=lambda told: told[0])
    value, chosen, candidate = best
    duals = made.model.duals()
    pounds = [sum(w for (kind, name), w in duals.items() if kind == "money" and name[-7:] >= y) for y in plan.years]
    found_plan = bought(plan, chosen, {k: set(_closed(plan, candidate, k)) for k in range(len(plan.acute_lines))})
    names = tuple(name for _, name in duals)
    return Best(
        found_plan, tuple(changes(plan, found_plan)), chosen, run(candidate), value, max(bound, value), names, tuple(pounds), (),
        finished, tried, blank, parts,
    )  # fmt: skip


def _set_aside(made: Bounding, picked: Sequence[int], options: int) -> None:
    """Let the model propose this choice no more."""
    terms = {n: 1.0 if n in picked else -1.0 for n in range(options)}
    made.model.row(terms, high=len(picked) - 1.0, kind=ASIDE)


def _closing(plan: Plan, made: Bounding, x: Floats) -> dict[int, set[str]]:
    """Return the years in which blocks of each line close that the plan leaves open: wherever the model closes one."""
    out: dict[int, set[str]] = {}
    for (k, t), column in made.blocks.items():
        if x[column] > 0.5 and plan.years[t] not in plan.acute_lines[k].closes:
            out.setdefault(k, set()).add(plan.years[t])
    return out


def _closed(plan: Plan, candidate: Plan, k: int) -> list[str]:
    return [y for y in candidate.acute_lines[k].closes if y not in plan.acute_lines[k].closes]


def stepwise(plan: Plan, options: Sequence[Option]) -> set[int]:
    """Return the programmes that are bought only in the parts tried: indivisible ones, and those whose effect is not linear."""
    whole = {(o.programme, o.start, o.source): o for o in options if o.level == 1.0}
    found = {g for g, row in enumerate(plan.programmes) if not row.divisible or row.largest_step is not None}
    for o in options:
        of = whole.get((o.programme, o.start, o.source))
        if of is None or not np.allclose(o.effect, o.level * of.effect, rtol=1e-12, atol=1e-15):
            found.add(o.programme)
    return found


def in_parts(plan: Plan, options: Sequence[Option], x: Floats, fixed: set[int]) -> tuple[Option, ...]:
    """Return the options of a solution that may mix parts, each part rounded down to hundredths, none below a quarter."""
    found: dict[tuple[int, str, str], tuple[Option, float]] = {}
    for o, taken in zip(options, x, strict=False):
        if taken > 1e-6:
            key = (o.programme, o.start, o.source)
            found[key] = o, found.get(key, (o, 0.0))[1] + float(taken) * o.level
    parts = ((o, max(int(level * 100 + 1e-6), 25) / 100) for o, level in found.values())
    return tuple(o if o.programme in fixed else resized(plan, o, level) for o, level in parts)


Chosen = tuple[float, tuple[Option, ...], Plan]


def finer(plan: Plan, judge: Judge, best: Chosen, fixed: set[int], seconds_left: Callable[[], float]) -> Chosen:
    """Return the best plan with the part bought of each programme refined to hundredths, one after another, by the engine.

    No part below a quarter. Steps of ten, five and one hundredth, each as long as the plan is worth more and breaks nothing.
    """
    closed = {k: set(row.closes) - set(plan.acute_lines[k].closes) for k, row in enumerate(best[2].acute_lines)}
    for step in (10, 5, 1):
        for at, way in product(range(len(best[1])), (step, -step)):
            while best[1][at].programme not in fixed and seconds_left() > 0:
                level = round(best[1][at].level * 100) + way
                if not 25 <= level <= 100:
                    break
                chosen = (*best[1][:at], resized(plan, best[1][at], level / 100), *best[1][at + 1 :])
                candidate = bought(plan, chosen, closed)
                value, broken = judge.hears(candidate, chosen)
                if broken or value <= best[0] + 0.005:
                    break
                best = value, chosen, candidate
    return best


def worthwhile(plan: Plan, *, health: bool = False) -> tuple[Option, ...]:
    """Return the options of a plan.

    A programme that avoids nothing in any year (and, where health counts, gains no QALY) is none, unless it must be done or a
    scheme pays for it that a minimum may count.
    """
    paid = {row.programme for row in plan.schemes} if plan.minimums else set()
    must = {g for g, row in enumerate(plan.programmes) if row.must_do or row.id in paid}
    return tuple(o for o in options_of(plan) if o.programme in must or o.effect.max() > 0 or (health and o.qalys.max() > 0))
