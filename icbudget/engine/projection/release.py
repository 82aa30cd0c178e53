"""What an avoided admission really releases at the provider.

At once, in whole blocks, by decision.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from icbudget.engine.projection.structure import Lines
from icbudget.engine.rounding import Floats, by_year


@dataclass(frozen=True, slots=True)
class Release:
    """Net release in its parts.

    Draws × years × lines, £ (blocks: whole blocks times the decision to close).
    """

    variable: Floats
    blocks: Floats
    semi_fixed: Floats
    fixed: Floats
    moved_in: Floats
    """Cost of activity moved in, taken off the release."""
    total: Floats


def no_release(draws: int, years: int, lines: int) -> Release:
    """Return a release of nothing so far, to be filled year by year; see `release`."""
    return Release(*(by_year(draws, years, lines) for _ in fields(Release)))


def whole_blocks(units: Floats, size: Floats) -> Floats:
    """Return how many whole blocks fit, `⌊units / size⌋`.

    In the shape of the two broadcast. A billionth of a block of binary noise is forgiven.
    """
    blocks = np.asarray(np.round(units / size, 9))
    return np.asarray(np.floor(blocks, out=blocks))


def blocks_released(
    lines: Lines, avoided: Floats, close: Floats, backfill: Floats, t: int
) -> Floats:
    """Return the blocks released in year t, draws × lines.

    `B(t) = min(⌊(1 − β) · min_{τ ∈ [t−h, t]} max(V(τ), 0) / Q⌋, largest number of blocks(t)) ×
    close(t)`, with V = 0 before year 1; none where the line has no block size. `avoided`: draws ×
    (years to t) × lines. Source: model §6, AP §5 option E (7).
    """
    lowest = np.array(avoided[:, t])
    for back in range(1, lines.longest_hold + 1):
        avoided_then = avoided[:, t - back] if t - back >= 1 else 0.0
        np.minimum(lowest, avoided_then, out=lowest, where=lines.hold >= back)
    # A year in which activity rose breaks the run: no block stands empty for long enough.
    np.maximum(lowest, 0.0, out=lowest)
    blocks = whole_blocks((1.0 - backfill) * lowest, lines.divisors)
    blocks = np.minimum(blocks, lines.most_blocks[t], out=blocks) * close
    blocks[:, ~lines.in_blocks] = 0.0
    return np.asarray(blocks)


def release(
    filled: Release,
    lines: Lines,
    avoided: Floats,
    moved_in: Floats,
    activity: Floats,
    cost: Floats,
    saving: Floats,
    close: Floats,
    backfill: Floats,
    t: int,
) -> None:
    """Fill the net release of year t.

    `G = v·c·(1 − β)·V + s·c·Q·B + fixed release − c·U`. For V < 0 the first term is `v·c·V` without
    β. The fixed release is at most `f·c·A_dn`, and nothing where V ≤ 0: closing fixed cost without
    less activity is the provider's efficiency, and a finding. The first three terms together never
    exceed `c·V` when V > 0; what is over is taken off the fixed, then the semi-fixed part. Where
    the provider is a market, no partner of the plan, it stops spending what it is no longer paid:
    `G = K`. `avoided` V: draws × (years to t) × lines; `moved_in` U, do-nothing `activity` A_dn,
    unit `cost` c, `saving` K, `close` and `backfill` β: draws × lines. Source: model §6.
    """
    v = avoided[:, t]
    freed = v > 1e-9  # activity that only binary noise avoids is none
    variable, semi_fixed, total = filled.variable[:, t], filled.semi_fixed[:, t], filled.total[:, t]
    filled.blocks[:, t] = blocks_released(lines, avoided, close, backfill, t)
    # model §6.2: the three parts never exceed what the avoided activity costs, and the cap cuts
    # fixed release first, then blocks; so variable cost takes its room first.
    room = np.where(freed, cost * v, np.inf)
    # Harm is not backfilled: what comes on top costs in full.
    not_backfilled = np.where(v > 0, (1.0 - backfill) * v, v)
    np.minimum(lines.variable_cost * cost * not_backfilled, room, out=variable)
    room -= variable
    # A line without a block size has no blocks (`blocks_released`), so its size does not matter.
    of_blocks = lines.semi_fixed_cost * cost * lines.sizes * filled.blocks[:, t]
    np.minimum(of_blocks, room, out=semi_fixed)
    np.add(variable, semi_fixed, out=total)
    if lines.fixed_release[t].any():
        room -= semi_fixed
        # model §6: no more fixed cost can close than the line has, and none without less activity
        there = np.where(freed, lines.fixed_cost * cost * activity, 0.0)
        decided = np.minimum(lines.fixed_release[t], there)
        total += np.minimum(decided, room, out=filled.fixed[:, t])
    if moved_in.any():
        total -= np.multiply(cost, moved_in, out=filled.moved_in[:, t])
    if lines.market.any():
        _of_a_market(filled, lines.market, saving, t)


def _of_a_market(filled: Release, market: NDArray[np.bool_], saving: Floats, t: int) -> None:
    """Let the lines that a market provides release what is no longer paid for them, K, at once."""
    # A market has no blocks to close and no cost of its own that the plan knows of (model §6.2).
    for part in (filled.semi_fixed, filled.fixed, filled.moved_in, filled.blocks):
        part[:, t, market] = 0.0
    filled.variable[:, t, market] = saving[:, market]
    filled.total[:, t, market] = saving[:, market]
