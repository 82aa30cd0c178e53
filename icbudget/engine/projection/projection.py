"""The projection: year by year, what is moved, bought, avoided, saved and released.

The years must be taken one after another: what may be invested in a year hangs on what was released
the year before.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from icbudget.engine.projection import avoided as avoid
from icbudget.engine.projection import contract, programme_cost, reallocate
from icbudget.engine.projection.do_nothing import DoNothing, do_nothing
from icbudget.engine.projection.release import Release, no_release, release
from icbudget.engine.projection.structure import Figures, Structure
from icbudget.engine.projection.wiring import Rules
from icbudget.engine.rounding import Floats, by_year


@dataclass(slots=True)
class Projection:
    """Results by year.

    Axes: draws × years × lines (or programmes); activity in units, amounts in £ unless said.
    """

    structure: Structure
    figures: Figures
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
    of_nothing: dict[str, Any] = field(default_factory=dict)
    """What others worked out of the figures and of do nothing, by its name.

    Projections that are alike in these share it, whatever their money buys.
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
    if like is None:
        every = (figures.draws, len(structure.years), len(structure.lines.ids))
        nothing = _in_every_draw(do_nothing(structure, figures), every)
        pay_nothing = _pay_path(structure, nothing)
        acute_budget = reallocate.acute_budget(pay_nothing, figures.budget_growth)
        running_cost = programme_cost.running_cost(figures)
    else:
        nothing, pay_nothing = like.nothing, like.pay_nothing
        acute_budget, running_cost = like.acute_budget, like.running_cost
    shape = nothing.activity.shape
    programmes = (*shape[:2], len(structure.programmes))
    run = Projection(
        structure=structure,
        figures=figures,
        nothing=nothing,
        pay_nothing=pay_nothing,
        acute_budget=acute_budget,
        avoided=by_year(*shape),
        moved_in=by_year(*shape),
        activity=np.array(nothing.activity),
        pay_plan=by_year(*shape),
        reach=by_year(*programmes),
        active=by_year(*programmes),
        running_cost=running_cost,
        moves=reallocate.opening(rules, *programmes),
        release=no_release(*shape),
        of_nothing={} if like is None else like.of_nothing,
    )
    state = contract.opening_state(structure.lines, nothing.activity[:, 0], nothing.price[:, 0])
    run.pay_plan[:, 0] = contract.net_pay(
        structure.lines,
        0,
        run.activity,
        nothing.activity,
        nothing.price[:, 0],
        nothing.uplift[:, 0],
        nothing.charge[:, 0],
        state,
    )
    reallocate.open_pools(run.moves, rules, figures, run.acute_budget[:, 0])
    for t in range(1, shape[1]):
        _year(run, rules, state, t)
    return run


def _in_every_draw(nothing: DoNothing, shape: tuple[int, int, int]) -> DoNothing:
    """Return do nothing with all draws in every figure; what is not drawn is not copied."""
    return DoNothing(
        activity=np.broadcast_to(nothing.activity, shape),
        price=np.broadcast_to(nothing.price, shape),
        uplift=np.broadcast_to(nothing.uplift, shape),
        cost=np.broadcast_to(nothing.cost, shape),
        charge=np.broadcast_to(nothing.charge, shape),
    )


def _pay_path(structure: Structure, nothing: DoNothing) -> Floats:
    """Return the payment on the do-nothing path, draws × years × lines."""
    state = contract.opening_state(structure.lines, nothing.activity[:, 0], nothing.price[:, 0])
    a = nothing.activity
    paid = by_year(*a.shape)
    for t in range(a.shape[1]):
        paid[:, t] = contract.net_pay(
            structure.lines,
            t,
            a,
            a,
            nothing.price[:, t],
            nothing.uplift[:, t],
            nothing.charge[:, t],
            state,
        )
    return paid


def _year(run: Projection, rules: Rules, state: contract.PathState, t: int) -> None:
    structure, figures, nothing = run.structure, run.figures, run.nothing
    # Money first: what the year before released decides what can be bought now.
    last = worth(run, t - 1) if t > 1 else None
    reallocate.fund_year(
        run.moves, rules, figures, t, last, run.acute_budget[:, t - 1], run.running_cost[:, t]
    )
    run.reach[:, t] = avoid.reach_of_year(structure, figures, t, run.moves.scale)
    run.active[:, t] = avoid.lagged(run.reach, t, figures.lag)
    effects = run.active[:, t] * figures.effect
    log_q = avoid.log_survival(effects, structure.reaching, structure.overlap)
    reduction = avoid.reduction(log_q, structure.reaching)
    run.avoided[:, t] = avoided_units(structure, nothing.activity[:, t], reduction)
    if structure.moves:
        # Only what moves is attributed here: to do so is most of the work of a year.
        moving = {g for g, *_ in structure.moves}
        by_line = _units_of(
            structure, effects, log_q, nothing.activity[:, t], _moved_lines(structure), moving
        )
        for g, source, target, units in structure.moves:
            run.moved_in[:, t, target] += units * by_line[source][:, g]
    # What is avoided in one place may come in another, and is paid for there.
    run.activity[:, t] = nothing.activity[:, t] - run.avoided[:, t] + run.moved_in[:, t]
    run.pay_plan[:, t] = contract.net_pay(
        structure.lines,
        t,
        run.activity,
        nothing.activity,
        nothing.price[:, t],
        nothing.uplift[:, t],
        nothing.charge[:, t],
        state,
    )
    saving = run.pay_nothing[:, t] - run.pay_plan[:, t]
    release(
        run.release,
        structure.lines,
        run.avoided,
        run.moved_in[:, t],
        nothing.activity[:, t],
        nothing.cost[:, t],
        saving,
        figures.close[:, t],
        figures.backfill,
        t,
    )
    # Last: a fund is paid back by the release of its own year, known only now.
    reallocate.repay_funds(run.moves, rules, t, worth(run, t))


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
        above = parent[generation]
        still = activity[:, above] - avoided[:, above]
        # A parent with no activity has none to lose: f = 1.
        unchanged, has_activity = np.ones_like(still), activity[:, above] != 0
        f = np.divide(still, activity[:, above], out=unchanged, where=has_activity)
        share = (1.0 - f) + f * reduction[:, generation]
        avoided[:, generation] = activity[:, generation] * share
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
    by_line = _units_of(structure, effects, log_q, activity, range(lines))
    units = np.zeros((draws, years, programmes, lines))
    for k, of_line in by_line.items():
        units[..., k] = of_line.reshape(draws, years, programmes)
    # model §5.3: nothing is reached before year 1.
    units[:, 0] = 0.0
    return units


def _moved_lines(structure: Structure) -> list[int]:
    """Return the lines whose activity moves to another, and those that they follow."""
    wanted = {source for _, source, _, _ in structure.moves}
    above = wanted
    while above := {int(structure.lines.parent[k]) for k in above} - wanted - {-1}:
        wanted |= above
    return sorted(wanted)


def _units_of(
    structure: Structure,
    effects: Floats,
    log_q: Floats,
    activity: Floats,
    lines: Collection[int],
    programmes: Collection[int] | None = None,
) -> dict[int, Floats]:
    """Return the units each programme avoids of each line that is asked for, draws × programmes.

    `lines` has every line that one of them follows. With `programmes` only those need be there.
    """
    if any(structure.lines.parent[k] >= 0 for k in lines):
        programmes = None  # what a line's parent still has hangs on every programme
    share = {k: avoid.attribute(effects, log_q, structure, k, programmes) for k in lines}
    units = {k: share[k] * activity[:, k, np.newaxis] for k in lines}
    for generation in structure.lines.order[1:]:
        for k in set(lines).intersection(generation.tolist()):
            above = structure.lines.parent[k]
            # ∞: of a parent with no activity nothing is gone.
            base = np.where(activity[:, above] != 0, activity[:, above], np.inf)[:, np.newaxis]
            gone = units[above] / base
            kept = 1.0 - gone.sum(axis=1, keepdims=True)
            # model §5.5, §5.6: what follows the parent is attributed as the parent's V is
            units[k] = activity[:, k, np.newaxis] * (gone + kept * share[k])
    return units
