"""The best plan within the money, staff and limits there are.

Found by a bounding model, proven by the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from icbudget.engine.optimiser.judge import Broken, Draw, Judge
from icbudget.engine.optimiser.milp import Clock
from icbudget.engine.optimiser.model import bounding
from icbudget.engine.optimiser.money_limits import Need
from icbudget.engine.optimiser.programme_options import Option, bought, changes, options_of
from icbudget.engine.optimiser.search import Search
from icbudget.engine.projection.effect import base_of, rate_reduction
from icbudget.engine.run import Result, run
from icbudget.plan import Plan
from icbudget.plan.programme import Programme

A_QUARTER = 0.674490 / 1.281552
"""How far the 25th percentile lies from the middle towards the 10th, of a normal distribution."""


@dataclass(frozen=True, eq=False, slots=True)
class Best:
    """The best plan found.

    `plan` is None where nothing keeps every limit, and `conflicts` says why.
    """

    plan: Plan | None
    changes: tuple[tuple[str, str, str], ...]
    chosen: tuple[Option, ...]
    cautious: Result | None
    """The plan found under the cautious effects it was sought with."""
    worth: float
    """Present value of net release less programme cost, £, by the engine.

    Cautious effects; with health where it counts.
    """
    bound: float
    """What no plan can exceed, whatever part it buys of each programme, £.

    Infinite where time was up before any was known.
    """
    binding: tuple[tuple[str, float], ...]
    """What binds, and what one more unit of it would add to the worth.

    Were every choice allowed in part.
    """
    a_pound_more: tuple[float, ...]
    """By year, what £1 more in the pools would add to the present value.

    Were every choice allowed in part.
    """
    conflicts: tuple[tuple[str, float], ...]
    """Limits in conflict, and by how much each would have to give way at the least."""
    finished: bool
    tried: int
    central_only: tuple[str, ...]
    """Programmes without an interval: their central effect was used."""
    chances: tuple[tuple[float, ...], ...] = ()
    """Chance by year that every pool can pay for everything, of the plan and of the best plan.

    None where none was asked for.
    """
    asked: tuple[str, ...] = ()
    """What is asked for against the limits in conflict.

    Each, dropped alone, would let the rest be kept.
    """

    @property
    def gap(self) -> float:
        """Return the proven gap, £: how much better any other plan could be at the most."""
        return max(self.bound - self.worth, 0.0)


def cautious(plan: Plan) -> tuple[Plan, tuple[str, ...]]:
    """Return the plan on cautious effects, and the programmes whose interval is not stated.

    The cautious end of an interval (the end that avoids less) is read as its 10th percentile: `P25
    = central − 0.5263 (central − cautious end)`, in the study's own measure. Seeking a best plan on
    central effects picks the most hopeful guesses.
    """
    rows = tuple(_cautious(row) for row in plan.programmes)
    blank = tuple(
        row.id for row in plan.programmes if row.effect_low is None and row.effect_high is None
    )
    return plan.model_copy(update={"programmes": rows}), blank


def _cautious(row: Programme) -> Programme:
    ends = [end for end in (row.effect_low, row.effect_high) if end is not None]
    if not ends:
        return row
    base = base_of(row)

    def reduction(effect: float) -> float:
        return float(rate_reduction(row.effect_measure, effect, base))

    least = min(ends, key=reduction)
    # Only the hopeful end is stated: nothing says how much less it could be.
    if reduction(least) >= reduction(row.effect):
        return row
    return row.model_copy(update={"effect": row.effect - A_QUARTER * (row.effect - least)})


def best_plan(
    plan: Plan,
    seconds_left: Clock,
    *,
    confidence: float | None = None,
    draw: Draw | None = None,
    also: Callable[[Result], Broken] | None = None,
    needs: Callable[[Result, Broken], Sequence[Need]] | None = None,
    meet_goals: bool = False,
    public_value: bool = False,
) -> Best:
    """Return the choice with the greatest present value that breaks no limit.

    What is chosen: starts, parts, sources and blocks to close.

    `max Σ_t D(t)/I(t) [Σ_k G − Σ_p cost]` on cautious effects. The bounding model is never below
    the engine: it proposes a plan, the engine works that plan out in full and says whether it
    holds, the model learns from it (tangents of what is avoided; how much less that could be
    without one of its programmes; a plan that breaks a limit, or was worth less than proposed, is
    set aside), and so on until nothing can be better or the time is up. See
    `icbudget.engine.optimiser.search`.

    With `confidence`, in every year every pool must be able to pay for everything with at least
    that chance over the draws. That is no part of the model, which so bounds plans that keep it and
    plans that do not: the engine draws each plan proposed and sets aside those that fall short, so
    the plan found keeps it and the bound stays one. (No straight line over the draws helps it: the
    mean of the best four in five lies above the 25th percentile that is sought on.) Where no plan
    keeps it before the time is up, or at all, `conflicts` says of the one that came nearest in
    which years by how much it falls short.

    `also` names further limits (such as minimum spending), which must be kept as far as the plan
    itself keeps them, and `needs` tells the model of them. `meet_goals`: goals to bring an acute
    line's activity down by a date are limits too. `public_value`: what QALYs are worth (Setup's
    value λ, discounted at the health rate) is added to what is sought, and nothing else of it to
    any balance. Deterministic, as long as the time is enough; ties go to the lower id.
    """
    sought, blank = cautious(plan)
    judge = Judge(sought, plan, confidence, draw, also, meet_goals, public_value)
    options = worthwhile(sought, health=judge.health is not None)
    search = Search(
        judge,
        bounding(judge, options, needs(judge.base, judge.allowed) if needs else ()),
        seconds_left,
    )
    search.to_the_end()
    if search.best is None:
        conflicts, asked = search.conflicts()
        return Best(
            plan=None,
            changes=(),
            chosen=(),
            cautious=None,
            worth=0.0,
            bound=search.bound,
            binding=(),
            a_pound_more=(),
            conflicts=conflicts,
            finished=search.finished,
            tried=search.tried,
            central_only=blank,
            asked=asked,
        )
    value, chosen, candidate = search.best
    worth_more = tuple(_a_pound_more(search, year) for year in plan.years)
    best = bought(plan, chosen, search.closed(candidate))
    binding = tuple((name, w) for (_, name), w in search.duals.items())
    chances: tuple[tuple[float, ...], ...] = ()
    if confidence is not None:
        chances = (_chances(judge, plan), _chances(judge, candidate))
    return Best(
        plan=best,
        changes=tuple(changes(plan, best)),
        chosen=chosen,
        cautious=run(candidate),
        worth=value,
        # The engine's own worth of a plan that exists is a bound too, where the solver's is a hair
        # below.
        bound=max(search.bound, value),
        binding=binding,
        a_pound_more=worth_more,
        conflicts=(),
        finished=search.finished,
        tried=search.tried,
        central_only=blank,
        chances=chances,
    )


def _a_pound_more(search: Search, year: str) -> float:
    """Return what £1 more from a year on adds.

    It eases every limit on money by that year or later.
    """
    return sum(
        worth
        for (kind, name), worth in search.duals.items()
        if kind == "money" and name[-7:] >= year
    )


def _chances(judge: Judge, plan: Plan) -> tuple[float, ...]:
    return tuple(float(share) for share in judge.can_pay(plan, run(plan)).all(axis=-1).mean(axis=0))


def worthwhile(plan: Plan, *, health: bool = False) -> tuple[Option, ...]:
    """Return the options of a plan.

    A programme that avoids nothing in any year (and, where health counts, gains no QALY) is none,
    unless it must be done, a scheme pays for it that a minimum may count, or at least so many
    programmes are asked for.
    """
    paid = {row.programme for row in plan.schemes} if plan.minimums else set()
    every = any(row.measure.startswith("least_") for row in plan.limits)
    # What is asked for is chosen although it releases nothing, so it must be among the choices.
    must = {g for g, row in enumerate(plan.programmes) if every or row.must_do or row.id in paid}
    return tuple(
        o
        for o in options_of(plan)
        if o.programme in must or o.effect.max() > 0 or (health and o.qalys.max() > 0)
    )
