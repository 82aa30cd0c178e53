"""The projection: year by year, what is moved, bought, avoided, saved and released.

The years must be taken one after another: what may be invested in a year hangs on what was released
the year before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from icbudget.engine.projection import avoided as avoid
from icbudget.engine.projection import reallocate
from icbudget.engine.projection.attribution import asked_of, moving, units_of
from icbudget.engine.projection.before_money import BeforeMoney, before_money
from icbudget.engine.projection.do_nothing import DoNothing
from icbudget.engine.projection.release import Release, no_release
from icbudget.engine.projection.structure import Figures, Structure
from icbudget.engine.projection.wiring import Rules
from icbudget.engine.rounding import Floats, by_year, from_year_1
from icbudget.engine.rounding import nothing as no_units


@dataclass(slots=True)
class Projection:
    """Results by year.

    Axes: draws × years × lines (or programmes); activity in units, amounts in £ unless said.
    """

    structure: Structure
    figures: Figures
    before: BeforeMoney
    nothing: DoNothing
    pay_nothing: Floats
    acute_budget: Floats
    """The commissioner's budget for each line before anything is moved."""
    avoided: Floats
    moved_in: Floats
    activity: Floats
    """Planned activity: do nothing less avoided plus moved in."""
    pay_plan: Floats
    reach: Floats
    """draws × years × programmes, before the lag."""
    active: Floats
    """draws × years × programmes: the share of its segments where each programme works in the year,
    after the lag.
    """
    running_cost: Floats
    """Running cost in full, before scaling to the money."""
    moves: reallocate.Moves
    release: Release
    of_nothing: dict[str, Any]
    """What others worked out of the figures of the lines and of do nothing, by its name.

    Projections that are alike in these share it, whatever is bought.
    """

    @property
    def contract_saving(self) -> Floats:
        """Return K, what commissioners stop paying, client charges lost taken off.

        `Pay_dn − Pay_plan`.
        """
        return self.pay_nothing - self.pay_plan

    def released(self, part: str = "total") -> Floats:
        """Return a part of the net release for every year, draws × years × lines.

        Year 0 is nothing.
        """
        amounts: Floats = getattr(self.release, part)
        return amounts

    @property
    def charges_nothing(self) -> Floats:
        """Return what clients pay if nothing changes, draws × years × lines, £."""
        charges: Floats = self.nothing.charge * self.nothing.activity
        return charges

    @property
    def charges_plan(self) -> Floats:
        """Return what clients pay in the plan, draws × years × lines, £."""
        charges: Floats = self.nothing.charge * self.activity
        return charges

    @property
    def gross_release(self) -> Floats:
        """Return what lines of which less is done stop spending, draws × years × lines, £."""
        at_once = np.maximum(self.release.variable, 0.0)
        return at_once + self.release.semi_fixed + self.release.fixed

    @property
    def replacement_cost(self) -> Floats:
        """Return what activity moved in, and lines of which more is done, cost, £.

        Draws × years × lines. Net release = gross release − replacement cost (model §6).
        """
        return self.release.moved_in + np.maximum(-self.release.variable, 0.0)

    @property
    def stranded(self) -> Floats:
        """Return stranded cost, `K − G`: what the provider loses in income and still spends."""
        return self.contract_saving - self.released()


def project(
    structure: Structure, figures: Figures, rules: Rules, like: Projection | None = None
) -> Projection:
    """Return the projection of every draw. Source: model §4-7; the order of steps is AP §4.2.

    `like`: one with the same figures but those of the pools' money, whose years if nothing changes
    are not worked out again.
    """
    before = before_money(structure, figures) if like is None else like.before
    lines, costs = before.lines, before.programmes
    nothing, budget = lines.nothing, lines.acute_budget
    shape = nothing.activity.shape
    programmes = (*shape[:2], len(structure.programmes))
    money = reallocate.open_pools(rules, figures, costs.bill, programmes, budget[:, 0])
    run = Projection(
        structure=structure,
        figures=figures,
        before=before,
        nothing=nothing,
        pay_nothing=lines.pay_nothing,
        acute_budget=budget,
        avoided=from_year_1(*shape),
        moved_in=by_year(*shape) if structure.moves else no_units(*shape),
        activity=from_year_1(*shape),
        pay_plan=from_year_1(*shape),
        reach=from_year_1(*programmes),
        active=from_year_1(*programmes),
        running_cost=costs.running_cost,
        moves=money.moves,
        release=no_release(structure.lines, shape, moves=bool(structure.moves)),
        of_nothing=lines.of_nothing,
    )
    run.activity[:, 0] = nothing.activity[:, 0]
    years = _Years(run)
    years.pay(0)
    at_once = _at_once(rules, run)
    if at_once:
        years.fill_all()
    last: tuple[Floats, Floats] | None = None
    for t in range(1, shape[1]):
        # Money first: what the year before released decides what can be bought now.
        money.fund(t, last, budget[:, t - 1])
        if not at_once:
            years.fill(t)
        # Last: a fund is paid back by the release of its own year, known only now.
        last = worth(run, t)
        money.repay(t, last)
    return run


_AT_ONCE = 2**14
"""Draws × years × lines that are worked out together at most; more are faster year by year."""


def _at_once(rules: Rules, run: Projection) -> bool:
    """Return whether all years can be worked out together: where nothing waits for money."""
    return not rules.waits and max(run.activity.size, run.reach.size) <= _AT_ONCE


class _Years:
    """The acute side of a projection, years first, filled year by year or all years together."""

    def __init__(self, run: Projection) -> None:
        self.run, self.before = run, run.before
        self.nothing = run.nothing.activity.swapaxes(0, 1)
        self.pay_nothing = run.pay_nothing.swapaxes(0, 1)
        self.avoided = run.avoided.swapaxes(0, 1)
        self.moved_in = run.moved_in.swapaxes(0, 1)
        self.activity = run.activity.swapaxes(0, 1)
        self.pay_plan = run.pay_plan.swapaxes(0, 1)
        self.reach = run.reach.swapaxes(0, 1)
        self.active = run.active.swapaxes(0, 1)
        self.release = run.release.by_year

    def fill(self, t: int) -> None:
        """Fill year t, once it is known what is bought in it."""
        self._reach(t)
        self._avoid(t)
        self.pay(t)
        self._release(t)

    def fill_all(self) -> None:
        """Fill every year after the base year, where all is bought in full."""
        later = range(1, len(self.reach))
        for t in later:
            self._reach(t)
        self._avoid(slice(1, None))
        for t in later:
            self.pay(t)
        self._release(slice(1, None))

    def pay(self, t: int) -> None:
        """Fill what commissioners pay in year t, draws × lines, £."""
        payments = self.before.lines.payments
        payments.of_year(t, self.activity, self.nothing, out=self.pay_plan[t])

    def _reach(self, t: int) -> None:
        run = self.run
        self.reach[t] = avoid.reach_of_year(run.structure, run.figures, t, run.moves.scale)
        self.active[t] = self.before.programmes.lags.of_year(self.reach, t)

    def _avoid(self, t: int | slice) -> None:
        """Fill what is avoided and moved in, and the activity that is left."""
        structure, nothing = self.run.structure, self.nothing[t]
        effects = self.active[t] * self.run.figures.effect
        log_q = avoid.log_survival(effects, structure.reaching, structure.overlap)
        avoided = avoided_units(structure, nothing, avoid.reduction(log_q, structure.reaching))
        self.avoided[t] = avoided
        left = nothing - avoided
        if structure.moves:
            left += self._move_in(t, effects, log_q)
        # What is avoided in one place may come in another, and is paid for there.
        self.activity[t] = left

    def _move_in(self, t: int | slice, effects: Floats, log_q: Floats) -> Floats:
        """Return what comes in of what is avoided elsewhere, draws × lines of the years."""
        # Only what moves is attributed here. Years are worked out together, as if they were draws.
        structure, nothing = self.run.structure, self.nothing[t]
        rows = math.prod(nothing.shape[:-1])
        of_effects, of_segments, of_lines = (
            a.reshape(rows, a.shape[-1]) for a in (effects, log_q, nothing)
        )
        units = units_of(structure, of_effects, of_segments, of_lines, moving(structure))
        moved_in = self.moved_in[t]
        for g, source, target, each in structure.moves:
            moved_in[..., target] += each * units[source][:, g].reshape(nothing.shape[:-1])
        return moved_in

    def _release(self, t: int | slice) -> None:
        moved_in = self.moved_in[t] if self.run.structure.moves else None
        releasing = self.before.lines.releasing
        releasing.of_years(self.release, t, self.avoided, moved_in)
        if releasing.lines.any_market:
            saving = self.pay_nothing[t] - self.pay_plan[t]
            releasing.of_markets(self.release, t, saving)


def worth(run: Projection, t: int) -> tuple[Floats, Floats]:
    """Return contract saving K and net release G of year t, draws × lines, £."""
    return run.pay_nothing[:, t] - run.pay_plan[:, t], run.release.total[:, t]


def avoided_units(structure: Structure, activity: Floats, reduction: Floats) -> Floats:
    """Return V, draws × lines.

    `A_dn [(1 − f) + f·Σ σ (1 − q)]`, f the part of the parent's activity that still comes.
    """
    avoided = activity * reduction
    parent = structure.lines.parent
    # Parents before their children, whose fall begins from what is left of the parent (model §5.5).
    for generation in structure.lines.order[1:]:
        above = activity[..., parent[generation]]
        still = above - avoided[..., parent[generation]]
        # A parent with no activity has none to lose: f = 1.
        f = np.divide(still, above, out=np.ones_like(still), where=above != 0)
        share = (1.0 - f) + f * reduction[..., generation]
        avoided[..., generation] = activity[..., generation] * share
    return avoided


def units_of_years(run: Projection) -> Floats:
    """Return the units each programme avoids, draws × years × programmes × lines.

    Summed over programmes they are V. What a line avoids because its parent does goes to programmes
    as the parent's avoided units do. Nothing is avoided in the base year.
    """
    structure, active = run.structure, run.active
    draws, years, programmes = active.shape
    lines = len(structure.lines.ids)
    # Years are worked out together, as if they were draws.
    effects = (active * run.figures.effect[:, np.newaxis]).reshape(draws * years, programmes)
    log_q = avoid.log_survival(effects, structure.reaching, structure.overlap)
    activity = np.reshape(run.nothing.activity, (draws * years, lines))
    every = asked_of(structure, tuple(range(lines)))
    by_line = units_of(structure, effects, log_q, activity, every)
    units = np.zeros((draws, years, programmes, lines))
    for k, of_line in by_line.items():
        units[..., k] = of_line.reshape(draws, years, programmes)
    # model §5.3: nothing is reached before year 1.
    units[:, 0] = 0.0
    return units
