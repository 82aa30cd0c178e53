"""The best plan within the money, staff and limits there are: found by a bounding model, proven by the engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from icbudget.engine.appraise import discount_factors, price_level
from icbudget.engine.best_limits import Need
from icbudget.engine.best_model import Bounding, bounding
from icbudget.engine.bridge import SYSTEM, bridges
from icbudget.engine.choices import Option, bought, changes, options_of
from icbudget.engine.effect import rate_reduction
from icbudget.engine.fund import funds
from icbudget.engine.projection import project
from icbudget.engine.rounding import Floats, to_pence
from icbudget.engine.run import Result, run
from icbudget.engine.structure import Figures, structure_of
from icbudget.engine.worth import qalys
from icbudget.plan import Plan
from icbudget.plan.programme import Programme

A_QUARTER = 0.674490 / 1.281552
"""How far the 25th percentile lies from the middle towards the 10th, of a normal distribution."""
Draw = Callable[[Plan], Figures]
Broken = dict[str, float]
"""Limits a plan breaks, by name, and by how much (£, wte, activity, or chance)."""


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
    least = min(ends, key=lambda end: float(rate_reduction(row.effect_measure, end, row.base_risk)))
    if rate_reduction(row.effect_measure, least, row.base_risk) >= rate_reduction(row.effect_measure, row.effect, row.base_risk):
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
    best: tuple[float, tuple[Option, ...], Plan] | None = None
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
    value, chosen, candidate = best
    duals = made.model.duals()
    pounds = [sum(w for (kind, name), w in duals.items() if kind == "money" and name[-7:] >= y) for y in plan.years]
    found_plan = bought(plan, chosen, {k: set(_closed(plan, candidate, k)) for k in range(len(plan.acute_lines))})
    names = tuple(name for _, name in duals)
    return Best(
        found_plan, tuple(changes(plan, found_plan)), chosen, run(candidate), value, max(bound, value), names, tuple(pounds), (),
        finished, tried, blank,
    )  # fmt: skip


def _set_aside(made: Bounding, picked: Sequence[int], options: int) -> None:
    """Let the model propose this choice no more."""
    terms = {n: 1.0 if n in picked else -1.0 for n in range(options)}
    made.model.row(terms, high=len(picked) - 1.0)


def _closing(plan: Plan, made: Bounding, x: Floats) -> dict[int, set[str]]:
    """Return the years in which blocks of each line close that the plan leaves open: wherever the model closes one."""
    out: dict[int, set[str]] = {}
    for (k, t), column in made.blocks.items():
        if x[column] > 0.5 and plan.years[t] not in plan.acute_lines[k].closes:
            out.setdefault(k, set()).add(plan.years[t])
    return out


def _closed(plan: Plan, candidate: Plan, k: int) -> list[str]:
    return [y for y in candidate.acute_lines[k].closes if y not in plan.acute_lines[k].closes]


def worthwhile(plan: Plan, *, health: bool = False) -> tuple[Option, ...]:
    """Return the options of a plan.

    A programme that avoids nothing in any year (and, where health counts, gains no QALY) is none, unless it must be done or a
    scheme pays for it that a minimum may count.
    """
    paid = {row.programme for row in plan.schemes} if plan.minimums else set()
    must = {g for g, row in enumerate(plan.programmes) if row.must_do or row.id in paid}
    return tuple(o for o in options_of(plan) if o.programme in must or o.effect.max() > 0 or (health and o.qalys.max() > 0))


class Judge:
    """The engine as the judge of a choice: what it is worth, and which limits it breaks."""

    def __init__(
        self,
        plan: Plan,
        own: Plan,
        confidence: float | None = None,
        draw: Draw | None = None,
        also: Callable[[Result], Broken] | None = None,
        meet_goals: bool = False,
        public_value: bool = False,
    ) -> None:
        self.plan, self.own, self.confidence, self.draw, self.also = plan, own, confidence, draw, also
        self.structure = structure_of(plan)
        self.base = run(bought(plan, (), {}))
        level = price_level(plan)[0]
        self.discount = discount_factors(plan.setup.horizon, "standard", plan.setup.discount_set) / level
        self.limits = {"staff": self._by_year("staff")} if any(row.measure == "staff" for row in plan.limits) else {}
        self.allowed = also(run(plan)) if also else {}
        value = plan.setup.qaly_value if public_value else None
        rates = discount_factors(plan.setup.horizon, "health", plan.setup.discount_set)
        self.health = None if value is None else rates * float(value)
        at = {row.id: k for k, row in enumerate(plan.acute_lines)}
        self.goals = [
            (goal, at[goal.acute_line], plan.years.index(goal.target_year))
            for goal in plan.goals
            if meet_goals and goal.acute_line and goal.good == "lower" and goal.target_year in plan.years[1:]
        ]

    def _by_year(self, measure: str, partner: str = "") -> Floats:
        rows = [row for row in self.plan.limits if row.measure == measure and row.partner == partner]
        return np.array([min((row.most[y] for row in rows if y in row.most), default=np.inf) for y in self.plan.years])

    def hears(self, candidate: Plan, chosen: Sequence[Option]) -> tuple[float, Broken]:
        """Return the present value of a choice and the limits that it breaks."""
        result = run(candidate)
        moves = result.projection.moves
        cash = result.projection.released()[0].sum(axis=-1) - moves.paid[0].sum(axis=-1) / 100.0
        broken = {**self._money(result), **self._floors(result), **self._partners(result), **self._chance(candidate, result)}
        for t, most in enumerate(self.limits.get("staff", ())):
            over = sum(float(o.staff[t]) for o in chosen) - most
            if t and over > 1e-6:
                broken[f"staff in {self.plan.years[t]}"] = over
        for goal, k, t in self.goals:
            over = float(result.projection.activity[0, t, k]) - goal.target
            if over > 1e-6:
                broken[f"goal {goal.id} by {goal.target_year}"] = over
        if self.also:
            told = self.also(result)
            broken |= {name: short for name, short in told.items() if short > self.allowed.get(name, 0.0) + 0.005}
        gained = 0.0 if self.health is None else float(qalys(candidate, result.projection)[0] @ self.health)
        return float(cash @ self.discount) + gained, broken

    def _money(self, result: Result) -> Broken:
        moves, run_ = result.projection.moves, result.projection
        full = to_pence(run_.running_cost + run_.figures.double_running + run_.figures.exit_cost)
        short = (full - moves.paid)[0].sum(axis=-1)
        out = {f"money for programmes in {y}": short[t] / 100.0 for t, y in enumerate(result.years) if t and short[t] > 0.5}
        before = dict(zip(self.base.rules.accounts, self.base.projection.moves.close[0].T, strict=True))
        for a, account in enumerate(result.rules.accounts):
            allowed = np.minimum(before.get(account, np.zeros(len(result.years))), 0.0)
            for t in np.flatnonzero(moves.close[0, :, a] < allowed - 0.5):
                name = f"{account[1]} of {account[0]} in {result.years[t]}"
                out[name] = float(allowed[t] - moves.close[0, t, a]) / 100.0
        for fund in funds(moves, result.rules):
            for t in np.flatnonzero(fund.below_floor[0] > 0.5):
                out[f"floor of fund {result.plan.shifts[fund.shift].id} in {result.years[t]}"] = (
                    float(fund.below_floor[0, t]) / 100.0
                )
        return out

    def _floors(self, result: Result) -> Broken:
        out: Broken = {}
        for k, row in enumerate(result.plan.acute_lines):
            if row.floor is not None:
                short = np.minimum(row.floor, result.projection.nothing.activity[0, :, k]) - result.projection.activity[0, :, k]
                out |= {f"floor of {row.id} in {result.years[t]}": float(short[t]) for t in np.flatnonzero(short > 1e-6)}
        return out

    def _partners(self, result: Result) -> Broken:
        if not any(row.measure == "loss" for row in self.plan.limits):
            return {}
        out: Broken = {}
        for b in bridges(result):
            limit = self._by_year("loss", b.partner) if b.partner != SYSTEM else np.full(len(result.years), np.inf)
            lost = np.cumsum(np.array(b.steps["Plan"]) - np.array(b.steps["Do nothing"])) / 100.0
            out |= {
                f"loss of {b.partner} by {result.years[t]}": float(lost[t] - limit[t])
                for t in np.flatnonzero(lost > limit + 0.005)
            }
        return out

    def _chance(self, candidate: Plan, result: Result) -> Broken:
        """Return the years in which the pools can pay for everything with less than the chance asked for."""
        if self.confidence is None or self.draw is None:
            return {}
        own = zip(candidate.programmes, self.own.programmes, strict=True)
        drawn = candidate.model_copy(update={"programmes": tuple(c.model_copy(update={"effect": o.effect}) for c, o in own)})
        figures = self.draw(drawn)
        rules = replace(result.rules, buyers=tuple(replace(b, waits=False) for b in result.rules.buyers))
        moves = project(structure_of(candidate), figures, rules).moves
        pools = np.stack([moves.close[:, :, rules.pool_of == p].sum(axis=-1) for p in range(len(rules.pools))], axis=-1)
        base = self.base.projection.moves.close
        allowed = np.stack(
            [np.minimum(base[0][:, rules.pool_of == p].sum(axis=-1), 0.0) for p in range(len(rules.pools))], axis=-1
        )
        chance = (pools >= allowed - 0.5).all(axis=-1).mean(axis=0)
        short = {
            y: self.confidence - float(chance[t]) for t, y in enumerate(result.years) if t and chance[t] < self.confidence - 1e-12
        }
        return {f"chance that the pools can pay in {y}": by for y, by in short.items()}
