"""The engine as the judge of a choice.

What it is worth, and which limits it breaks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from icbudget.engine.accounts.bridge import BY_THE_PLAN, SYSTEM, bridges
from icbudget.engine.appraisal.discounting import discount_factors, price_level
from icbudget.engine.appraisal.net_benefit import qalys
from icbudget.engine.optimiser.combinations import counted, limit_name
from icbudget.engine.optimiser.programme_options import Option, bought
from icbudget.engine.projection.projection import project
from icbudget.engine.projection.pump_prime import funds
from icbudget.engine.projection.structure import Figures, structure_of
from icbudget.engine.projection.wiring import payer
from icbudget.engine.rounding import Floats, to_pence
from icbudget.engine.run import Result, run
from icbudget.plan import Plan
from icbudget.plan.goal import Goal
from icbudget.plan.limit import OF_PARTNER

Draw = Callable[[Plan], Figures]
Broken = dict[str, float]
"""Limits a plan breaks, by name, and by how much (£, wte, activity, or chance)."""


def _goals_to_meet(plan: Plan) -> list[tuple[Goal, int, int]]:
    """Return the goals to bring a line's activity down by a date: (goal, line, year).

    Others (to raise something, of several lines, of what nobody works out) bound no single line.
    """
    at = {row.id: k for k, row in enumerate(plan.acute_lines)}
    goals: list[tuple[Goal, int, int]] = []
    for goal in plan.goals:
        in_plan = goal.target_year in plan.years[1:]
        if goal.acute_line and goal.good == "lower" and in_plan:
            goals.append((goal, at[goal.acute_line], plan.years.index(goal.target_year)))
    return goals


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
        self.plan, self.own = plan, own
        self.confidence, self.draw, self.also = confidence, draw, also
        self.structure = structure_of(plan)
        # What the pools fall short of with nothing bought is no fault of a choice.
        self.base = run(bought(plan, (), {}))
        level = price_level(plan)[0]
        chosen = plan.setup.discount_set
        # Model §10: deflated first, then discounted at the real rate.
        self.discount = discount_factors(plan.setup.horizon, "standard", chosen) / level
        measures = dict.fromkeys(
            str(row.measure) for row in plan.limits if row.measure not in OF_PARTNER
        )
        self.limits = {measure: self.by_year(measure) for measure in measures}
        self.allowed = also(run(plan)) if also else {}
        value = plan.setup.qaly_value if public_value else None
        rates = discount_factors(plan.setup.horizon, "health", chosen)
        self.health = None if value is None else rates * float(value)
        self.goals = _goals_to_meet(plan) if meet_goals else []

    def by_year(self, measure: str, partner: str = "") -> Floats:
        """Return a limit by year, infinite where there is none."""
        rows = [
            row for row in self.plan.limits if row.measure == measure and row.partner == partner
        ]
        # Of several rows the strictest holds: each was agreed by somebody.
        limits: list[float] = []
        for year in self.plan.years:
            stated = [row.most[year] for row in rows if year in row.most]
            limits.append(float(min(stated, default=np.inf)))
        return np.array(limits)

    def account_of(self, option: Option) -> tuple[str, str] | None:
        """Return the pool and source that pay for an option.

        None where a partner pays outside the pools.
        """
        own = payer(self.plan, self.plan.programmes[option.programme].id)
        return None if own is None else (own[0], option.source)

    def verdict(self, candidate: Plan, chosen: Sequence[Option]) -> tuple[float, Broken]:
        """Return the present value of a choice and the limits that it breaks."""
        result = run(candidate)
        moves = result.projection.moves
        cash = result.projection.released()[0].sum(axis=-1) - moves.paid[0].sum(axis=-1) / 100.0
        broken = self._money(result)
        broken |= self._floors(result)
        broken |= self._partners(result)
        broken |= self._chance(candidate, result)
        broken |= self._counts(chosen)
        for goal, k, t in self.goals:
            over = float(result.projection.activity[0, t, k]) - goal.target
            if over > 1e-6:
                broken[f"goal {goal.id} by {goal.target_year}"] = over
        if self.also:
            for name, short in self.also(result).items():
                # What the plan itself falls short of is no fault of the choice; half a penny is
                # rounding.
                if short > self.allowed.get(name, 0.0) + 0.005:
                    broken[name] = short
        value = float(cash @ self.discount)
        if self.health is not None:
            value += float(qalys(candidate, result.projection)[0] @ self.health)
        return value, broken

    def _counts(self, chosen: Sequence[Option]) -> Broken:
        ids = {self.plan.programmes[o.programme].id for o in chosen}
        out: Broken = {
            f"{row.id} must be done": 1.0
            for row in self.plan.programmes
            if row.must_do and row.id not in ids
        }
        for row in self.plan.programmes:
            for other in row.excludes:
                if {row.id, other} <= ids:
                    out[f"{row.id} or {other}, not both"] = 1.0
        for measure, by_year in self.limits.items():
            for t, year in enumerate(self.plan.years):
                over = sum(counted(measure, o, year, t) for o in chosen) - by_year[t]
                over = -over if measure.startswith("least_") else over
                if t and np.isfinite(over) and over > 1e-6:
                    out[limit_name(measure, year)] = over
        return out

    def _money(self, result: Result) -> Broken:
        moves, run_ = result.projection.moves, result.projection
        full = to_pence(run_.running_cost + run_.figures.double_running + run_.figures.exit_cost)
        short = (full - moves.paid)[0].sum(axis=-1)
        out: Broken = {}
        for t, year in enumerate(result.years):
            # Less than a penny is rounding.
            if t and short[t] > 0.5:
                out[f"money for programmes in {year}"] = short[t] / 100.0
        closes = self.base.projection.moves.close[0].T
        before = dict(zip(self.base.rules.accounts, closes, strict=True))
        for a, account in enumerate(result.rules.accounts):
            # A source may be as short as it is with nothing bought, and not a penny more.
            allowed = np.minimum(before.get(account, np.zeros(len(result.years))), 0.0)
            for t in np.flatnonzero(moves.close[0, :, a] < allowed - 0.5).tolist():
                name = f"{account[1]} of {account[0]} in {result.years[t]}"
                out[name] = float(allowed[t] - moves.close[0, t, a]) / 100.0
        for fund in funds(moves, result.rules):
            for t in np.flatnonzero(fund.below_floor[0] > 0.5).tolist():
                name = f"floor of fund {result.plan.shifts[fund.shift].id} in {result.years[t]}"
                out[name] = float(fund.below_floor[0, t]) / 100.0
        return out

    def _floors(self, result: Result) -> Broken:
        out: Broken = {}
        for k, row in enumerate(result.plan.acute_lines):
            if row.floor is None:
                continue
            # Where do nothing is below the floor already, staying there is no fault of the choice.
            least = np.minimum(row.floor, result.projection.nothing.activity[0, :, k])
            short = least - result.projection.activity[0, :, k]
            for t in np.flatnonzero(short > 1e-6):
                out[f"floor of {row.id} in {result.years[t]}"] = float(short[t])
        return out

    def _partners(self, result: Result) -> Broken:
        limited = {row.partner for row in self.plan.limits if row.measure in OF_PARTNER}
        out: Broken = {}
        for b in bridges(result) if limited else ():
            if b.partner not in limited or b.partner == SYSTEM:
                continue
            # Before anything of the pools is settled: a choice is judged by what it does itself.
            worse = np.sum([b.steps[step] for step in BY_THE_PLAN], axis=0)
            lost = np.cumsum(worse) / 100.0
            paid = np.array(b.steps["Transfers"]) / 100.0
            for measure, figures, words in (
                ("loss", lost, "loss of {} by {}"),
                ("transfer", paid, "paid over by {} in {}"),
            ):
                over = figures - self.by_year(measure, b.partner)
                for t in np.flatnonzero(over > 0.005):
                    if t > 0:
                        out[words.format(b.partner, result.years[t])] = float(over[t])
        return out

    def _chance(self, candidate: Plan, result: Result) -> Broken:
        """Return the years in which the pools can pay with less than the chance asked for.

        And which pool can the least.
        """
        if self.confidence is None:
            return {}
        paid = self.can_pay(candidate, result)
        # Every pool at once in a draw: two pools that each pay in 80 % may both pay in 60 % only.
        short = self.confidence - paid.all(axis=-1).mean(axis=0)
        least = paid.mean(axis=0).argmin(axis=-1)
        return {
            f"chance that the pools can pay in {year}, "
            f"least of all {result.rules.pools[least[t]]}": float(short[t])
            for t, year in enumerate(result.years)
            if t and short[t] > 1e-12
        }

    def can_pay(self, candidate: Plan, result: Result) -> NDArray[np.bool_]:
        """Return whether each pool can pay for all that a choice buys, draws × years × pools.

        What a pool lacks in the same draw with no programme bought at all is no fault of the
        choice.
        """
        lacked_before = np.minimum(self._without, 0.0)
        can: NDArray[np.bool_] = self._pools(candidate, result) >= lacked_before - 0.5
        return can

    @cached_property
    def _without(self) -> Floats:
        return self._pools(self.base.plan, self.base)

    def _pools(self, plan: Plan, result: Result) -> Floats:
        """Return what each pool closes with in every draw, draws × years × pools, pence.

        Draws of the plan's own uncertainty.
        """
        assert self.draw is not None
        # The draws are of the plan's own effects, not of the cautious ones a choice is sought with.
        both = zip(plan.programmes, self.own.programmes, strict=True)
        programmes = [row.model_copy(update={"effect": own.effect}) for row, own in both]
        drawn = plan.model_copy(update={"programmes": tuple(programmes)})
        # Programmes do not wait for money here: the question is whether a pool can pay for them.
        buyers = tuple(replace(buyer, waits=False) for buyer in result.rules.buyers)
        rules = replace(result.rules, buyers=buyers)
        close = project(structure_of(plan), self.draw(drawn), rules).moves.close
        by_pool = [close[:, :, rules.pool_of == p].sum(axis=-1) for p in range(len(rules.pools))]
        return np.stack(by_pool, axis=-1)
