"""Switching values: what a figure would have to be for the plan just to break even in a view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from icbudget.engine.appraisal.net_benefit import (
    COMMISSIONER,
    PUBLIC,
    SYSTEM,
    Worth,
    worth,
)
from icbudget.engine.projection.effect import adjusted, reduction_of
from icbudget.engine.projection.projection import project
from icbudget.engine.rounding import Floats
from icbudget.engine.run import Result
from icbudget.plan.programme import Programme

POINTS = 51
"""Values tried in one run of the engine."""
CLOSER = 2
"""Further runs, each between the two values where the sign changes."""
LARGEST = 10.0
"""Times their effect beyond which programmes are not tried together."""
TRIED = 10
"""Programmes whose own effect is tried: those that cost the most."""
VIEWS = (COMMISSIONER, SYSTEM)
"""The views of cash whose net present value may change its sign."""
_AT_ONCE = 330_000
"""Values tried × years × lines in one run of the engine, so that it stays in the cache."""


@dataclass(frozen=True, slots=True)
class Switch:
    """Where a figure of the plan switches the sign of a view's net present value.

    `figure`: `effects` (all programmes, as a multiple), `costs` (as a multiple), `qaly` (£ for one)
    or the id of a programme (its effect as a reduction of the rate). `value` is None where no value
    that was tried does it.
    """

    view: str
    figure: str
    now: float
    value: float | None


def switches(result: Result) -> tuple[Switch, ...]:
    """Return the switching values of both views of cash, and of the £ for a QALY.

    The last is where public value breaks even.

    - cost of all programmes: `(PV(B) − PV(replacement)) / PV(programme cost)`, exact
    - £ for a QALY: `−NPV of system cash / PV_health(QALYs)`, exact
    - effects, together and each alone: the value nearest to the plan's at which the net present
      value has the other sign, found by running the whole engine over a range of values as draws,
      ever closer: since cost is released in blocks, there may be no value with a net present value
      of exactly nothing. Together from 0 to 10 times, alone from 0 to a fall of 100 %.

    Nothing where no programme costs anything. Source: model §10; Green Book 2026: the value at
    which the decision changes.
    """
    plan, run = result.plan, result.projection
    planned = worth(plan, run)
    if not (planned.cost > 0).any():
        return ()
    rows: list[Switch] = []
    for view in VIEWS:
        cash = planned.view(view)
        # Replacement activity costs what it does, however dear the programmes are.
        cost = float(planned.programme_cost[0])
        net_benefit = float(cash.npsv[0]) + cost
        multiple = net_benefit / cost if net_benefit > 0 else None
        rows.append(Switch(view, "costs", 1.0, multiple))
    effect = run.figures.effect[0]

    def all_times(tried: Floats) -> Floats:
        return np.asarray(tried[:, np.newaxis] * effect)

    tried_figures = [_Tried("effects", 1.0, LARGEST, all_times)]
    # The dearest programmes are tried: those whose effect can turn the answer.
    costly = np.argsort(-run.moves.paid[0].sum(axis=0), kind="stable")[:TRIED]
    for g in sorted(int(g) for g in costly if run.moves.paid[0, :, g].any()):
        row = plan.programmes[g]
        alone = partial(_with_reduction, effect, g, row)
        tried_figures.append(_Tried(row.id, reduction_of(row), 1.0, alone))
    rows += _searched(result, tried_figures)
    health = float(planned.health[0])
    if health > 0:
        cash = planned.view(SYSTEM)
        breaks_even = max(float(-cash.npsv[0]) / health, 0.0)
        rows.append(Switch(PUBLIC, "qaly", planned.qaly_value or 0.0, breaks_even))
    return tuple(rows)


def _with_reduction(effect: Floats, g: int, row: Programme, tried: Floats) -> Floats:
    """Return all effects with one programme's reduction of the rate tried, after deductions."""
    deductions = (row.deadweight, row.attribution, row.displacement, row.optimism_benefit)
    out = np.tile(effect, (tried.size, 1))
    out[:, g] = adjusted(tried, *deductions)
    return out


@dataclass(frozen=True, slots=True)
class _Tried:
    """A figure that is tried: what it is now, the most it could be, and the effects it makes."""

    figure: str
    now: float
    most: float
    effects: Callable[[Floats], Floats]

    @property
    def values(self) -> Floats:
        """Return the values tried first."""
        # With the plan's own value among them, so that its sign is known and not interpolated.
        return np.union1d(np.linspace(0.0, self.most, POINTS), [self.now])

    @property
    def at(self) -> int:
        """Return the place of what it is now among the values."""
        return int(np.searchsorted(self.values, self.now))


def _searched(result: Result, figures: Sequence[_Tried]) -> list[Switch]:
    """Return the switch of each view for each figure, all figures tried side by side as draws."""
    first = _break_even(result, [tried.effects(tried.values) for tried in figures])
    between: dict[tuple[int, str], tuple[float, float]] = {}
    for n, tried in enumerate(figures):
        at = tried.at
        for view in VIEWS:
            others = np.flatnonzero(first[n][view] != first[n][view][at])
            if others.size:
                # The nearest value at which the answer turns: what would have to be wrong least.
                far = int(others[np.argmin(np.abs(others - at))])
                # The neighbour on the plan's side still has the plan's sign: the change lies
                # between the two.
                near = far + (1 if far < at else -1)
                between[n, view] = float(tried.values[near]), float(tried.values[far])
    for _ in range(CLOSER if between else 0):
        closer = {key: np.linspace(*ends, POINTS) for key, ends in between.items()}
        effects = [figures[n].effects(values) for (n, _), values in closer.items()]
        turned = _break_even(result, effects)
        for ((n, view), values), good in zip(closer.items(), turned, strict=True):
            now = first[n][view][figures[n].at]
            crossed = np.flatnonzero(good[view] != now)
            last = int(crossed[0]) if crossed.size else POINTS - 1
            between[n, view] = float(values[max(last - 1, 0)]), float(values[last])
    rows: list[Switch] = []
    for n, tried in enumerate(figures):
        for view in VIEWS:
            _, value = between.get((n, view), (None, None))
            rows.append(Switch(view, tried.figure, tried.now, value))
    return rows


def _break_even(result: Result, effects: Sequence[Floats]) -> list[dict[str, NDArray[np.bool_]]]:
    """Return for each set of effects (draws × programmes) whether each view breaks even, draws."""
    every = np.concatenate(effects)
    size = result.projection.activity[0].size
    at_once = max(_AT_ONCE // max(size, 1), POINTS)
    parts: dict[str, list[NDArray[np.bool_]]] = {view: [] for view in VIEWS}
    for start in range(0, len(every), at_once):
        made = _worth_of(result, every[start : start + at_once])
        for view in VIEWS:
            parts[view].append(made.view(view).npsv >= 0)
    ends = np.cumsum([len(some) for some in effects])[:-1]
    by_view = {view: np.split(np.concatenate(parts[view]), ends) for view in VIEWS}
    return [{view: by_view[view][n] for view in VIEWS} for n in range(len(effects))]


def _worth_of(result: Result, effects: Floats) -> Worth:
    run = result.projection
    most = np.maximum(run.active[0].max(axis=0), run.figures.reach[0].max(axis=0))
    # An effect of 100 % of the reached would leave no activity, and a logarithm of nought.
    bounded = np.minimum(effects, 0.999 / np.maximum(most, 1.0))
    tried = project(run.structure, replace(run.figures, effect=bounded), result.rules)
    return worth(result.plan, tried)
