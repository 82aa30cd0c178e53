"""What is saved and released, as bounds of the model behind `optimise`.

Source: AP §5 option E, (7); model §6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from icbudget.engine.optimiser.milp import Model, Terms, added
from icbudget.engine.projection import contract
from icbudget.engine.projection.lines import Lines
from icbudget.engine.projection.projection import Projection
from icbudget.engine.projection.release import whole_blocks
from icbudget.engine.rounding import Floats
from icbudget.plan import Plan

Columns = Mapping[tuple[int, int], int]
"""(line, year) → column."""


@dataclass(frozen=True, eq=False, slots=True)
class Saving:
    """The contract saving K of one line and year.

    Never more than one line of terms, never less than any of the others.
    """

    most: tuple[Terms, float]
    least: tuple[tuple[Terms, float], ...]


def blocks(
    model: Model, plan: Plan, lines: Lines, avoided: Columns, years: int
) -> dict[tuple[int, int], int]:
    """Return the columns of the whole blocks that close.

    `Q B ≤ (1 − β) V` in each year that is held, and at most so many.

    Where a programme may do harm, so that V can be below zero, by so much more.
    """
    out: dict[tuple[int, int], int] = {}
    for k, row in enumerate(plan.acute_lines):
        for t in range(1 + row.hold, years):
            # What is all backfilled, or decided not to close, closes nothing.
            if row.block_size is None or row.backfill >= 1.0 or row.closes.get(plan.years[t]) == 0:
                continue
            held = [avoided[k, s] for s in range(t - row.hold, t + 1)]
            size = row.block_size / (1.0 - row.backfill)
            fit = float(whole_blocks(np.array(min(model.high[v] for v in held)), np.array(size)))
            if fit < 1:
                continue
            b = out[k, t] = model.column(high=fit, integer=True)
            for v in held:
                model.row({b: size, v: -1.0}, high=1e-9 * size - min(model.low[v], 0.0))
            if lines.most_blocks[t, k] < fit:
                most = float(lines.most_blocks[t, k])
                name = f"blocks of {row.id} in {plan.years[t]}"
                model.row({b: 1.0}, high=most, name=name, kind="blocks")
    return out


def releases(
    model: Model,
    plan: Plan,
    lines: Lines,
    base: Projection,
    avoided: Columns,
    closing: Columns,
    into: Mapping[tuple[int, int], tuple[Terms, Terms]],
    saved: Mapping[tuple[int, int], Saving],
    worth: Floats,
) -> dict[tuple[int, int], int]:
    """Return the columns of the net release G, each worth its present value.

    `G ≤ v·c·(1 − β)·V + s·c·Q·B + fixed release − c·U`, for V < 0 also without β. That the first
    three never exceed `c·V` is left to the engine: it cuts off only fixed release. U is at least
    what is moved in.
    """
    out: dict[tuple[int, int], int] = {}
    for (k, t), v in avoided.items():
        row, cost = plan.acute_lines[k], float(base.nothing.cost[0, t, k])
        if lines.market[k]:
            out[k, t] = _of_a_market(model, saved[k, t], float(worth[t]))
            continue
        # model §6.2: no more fixed cost can close than the line has.
        there = float(lines.fixed_cost[k]) * cost * float(base.nothing.activity[0, t, k])
        fixed = min(float(lines.fixed_release[t, k]), there)
        moved = into.get((k, t), ({}, {}))
        rest: Terms = added(moved[0], times=-cost)
        if (k, t) in closing:
            close = float(row.closes.get(plan.years[t], 1.0))
            of_a_block = row.semi_fixed_cost * cost * float(row.block_size or 0.0) * close
            rest = added(rest, {closing[k, t]: of_a_block})
        at_once = row.variable_cost * cost
        forms = [{**rest, v: rest.get(v, 0.0) + at_once * (1.0 - row.backfill)}]
        if model.low[v] < 0:
            forms.append({**rest, v: rest.get(v, 0.0) + at_once})
        least = at_once * min(model.low[v], 0.0) - cost * model.span(moved[1])[1]
        most = min(model.span(form)[1] for form in forms) + fixed
        g = out[k, t] = model.column(float(worth[t]), low=min(least, most), high=most)
        for form in forms:
            model.row({g: 1.0, **added(form, times=-1.0)}, high=fixed)
    return out


def _of_a_market(model: Model, saved: Saving, worth: float) -> int:
    """Return the column of what a market stops spending: at most what is no longer paid, K."""
    terms, constant = saved.most
    low, high = model.span(terms)
    column = model.column(worth, low=low + constant, high=high + constant)
    model.row({column: 1.0, **added(terms, times=-1.0)}, high=constant)
    return column


def savings(
    model: Model, lines: Lines, base: Projection, net: Columns
) -> dict[tuple[int, int], Saving]:
    """Return the contract saving of every line and year in terms of what is avoided, net.

    Net of what is moved in, of every year.

    By the engine's own contracts at both ends of each year's range. Every contract is a straight
    line in the activity of each year but `marginal`, whose saving is convex: below its chord, above
    its pieces of slope m·P and P.
    """
    nothing, years = base.nothing, base.activity.shape[1]
    count = nothing.activity.shape[2]
    ends = np.zeros((2, years, count))
    for (k, t), column in net.items():
        ends[:, t, k] = model.low[column], model.high[column]
    paths = np.repeat(nothing.activity[:1], 2 * years, axis=0)
    for s in range(years):
        paths[2 * s : 2 * s + 2, s] -= ends[:, s]
    saved = (base.pay_nothing[:1] - _paid(lines, base, paths)).reshape(years, 2, years, count)
    wide = ends[1] - ends[0]
    slope = np.divide(
        saved[:, 1] - saved[:, 0],
        wide[:, np.newaxis],
        out=np.zeros_like(saved[:, 0]),
        where=wide[:, np.newaxis] > 1e-9,
    )
    out: dict[tuple[int, int], Saving] = {}
    for k, t in net:
        terms: Terms = {net[k, s]: float(slope[s, t, k]) for s in range(1, years) if slope[s, t, k]}
        if k not in lines.by_contract[t].get("marginal", ()):
            out[k, t] = Saving((terms, 0.0), ((terms, 0.0),))
            continue
        price, (low, high) = float(nothing.price[0, t, k]), saved[t, :, t, k]
        charge = float(nothing.charge[0, t, k])  # lost with every unit, whatever the rate
        at = ends[:, t, k]
        steep = (price * float(lines.marginal_rate[t, k]) - charge, price - charge)
        pieces = tuple(
            ({net[k, t]: p}, float(end - p * x))
            for p, end, x in zip(steep, (low, high), at, strict=True)
        )
        out[k, t] = Saving((terms, float(low - slope[t, t, k] * at[0])), pieces)
    return out


def _paid(lines: Lines, base: Projection, paths: Floats) -> Floats:
    """Return what is paid on paths of activity, paths × years × lines."""
    nothing = base.nothing
    do_nothing = nothing.activity[:1].swapaxes(0, 1)
    prices = (nothing.price[:1], nothing.uplift[:1], nothing.charge[:1])
    payments, by_year = contract.payments(lines, *prices), paths.swapaxes(0, 1)
    paid = [payments.of_year(t, by_year, do_nothing) for t in range(len(by_year))]
    return np.stack(paid, axis=1)
