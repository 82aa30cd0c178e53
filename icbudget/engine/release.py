"""What an avoided admission really releases at the provider: at once, in whole blocks, by decision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from icbudget.engine.rounding import Floats
from icbudget.engine.structure import Lines


@dataclass(frozen=True, slots=True)
class Release:
    """System release of one year in its parts: draws × lines, £ (blocks: whole blocks times the decision to close)."""

    variable: Floats
    blocks: Floats
    semi_fixed: Floats
    fixed: Floats
    moved_in: Floats
    """Cost of activity moved in, taken off the release."""
    total: Floats


def whole_blocks(units: Floats, size: Floats) -> Floats:
    """Return how many whole blocks fit, `⌊units / size⌋`, forgiving a billionth of a block of binary noise."""
    return np.floor(np.round(units / size, 9))


def blocks_released(lines: Lines, avoided: Floats, close: Floats, backfill: Floats, t: int) -> Floats:
    """Return the blocks released in year t, draws × lines.

    `B(t) = min(⌊(1 − β) · min_{τ ∈ [t−h, t]} max(V(τ), 0) / Q⌋, largest number of blocks(t)) × close(t)`, with V = 0 before
    year 1; none where the line has no block size. `avoided`: draws × (years to t) × lines. Source: model §6, AP §5 option E (7).
    """
    lowest = np.maximum(avoided[:, t], 0.0)
    for back in range(1, int(lines.hold.max(initial=0)) + 1):
        earlier = np.maximum(avoided[:, t - back], 0.0) if t - back >= 1 else 0.0
        lowest = np.where(lines.hold >= back, np.minimum(lowest, earlier), lowest)
    sized = ~np.isnan(lines.block_size)
    blocks = whole_blocks((1.0 - backfill) * lowest, np.where(sized, lines.block_size, 1.0))
    return np.where(sized, np.minimum(blocks, lines.most_blocks[t]) * close, 0.0)


def release(lines: Lines, avoided: Floats, moved_in: Floats, cost: Floats, close: Floats, backfill: Floats, t: int) -> Release:
    """Return the system release of year t.

    `G = v·c·(1 − β)·V + s·c·Q·B + fixed release − c·U`. For V < 0 the first term is `v·c·V` without β. The first three
    together never exceed `c·V` when V > 0; what is over is taken off the fixed, then the semi-fixed, then the variable part.
    Where nothing is avoided a decision to release fixed cost counts whole: it is the provider's own saving, and a finding.
    `avoided` V: draws × (years to t) × lines; `moved_in` U, unit `cost` c, `close` and `backfill` β: draws ×
    lines. Source: model §6.
    """
    v = avoided[:, t]
    variable = lines.variable_cost * cost * np.where(v > 0, (1.0 - backfill) * v, v)
    blocks = blocks_released(lines, avoided, close, backfill, t)
    size = np.where(np.isnan(lines.block_size), 0.0, lines.block_size)
    semi_fixed = lines.semi_fixed_cost * cost * size * blocks
    fixed = np.broadcast_to(lines.fixed_release[t], v.shape)
    room = np.where(v > 1e-9, cost * v, np.inf)  # activity that only binary noise avoids is none
    variable = np.minimum(variable, room)
    semi_fixed = np.minimum(semi_fixed, room - variable)
    fixed = np.minimum(fixed, room - variable - semi_fixed)
    moved = cost * moved_in
    return Release(variable, blocks, semi_fixed, fixed, moved, variable + semi_fixed + fixed - moved)
