"""What an avoided admission really releases at the provider.

At once, in whole blocks, by decision.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from icbudget.engine.projection.structure import Lines
from icbudget.engine.rounding import Floats, by_year


@dataclass(frozen=True, slots=True)
class Release:
    """System release in its parts.

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

    A billionth of a block of binary noise is forgiven.
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
    for back in range(1, int(lines.hold.max(initial=0)) + 1):
        np.minimum(
            lowest,
            avoided[:, t - back] if t - back >= 1 else 0.0,
            out=lowest,
            where=lines.hold >= back,
        )
    np.maximum(lowest, 0.0, out=lowest)
    sized = ~np.isnan(lines.block_size)
    blocks = whole_blocks((1.0 - backfill) * lowest, np.where(sized, lines.block_size, 1.0))
    blocks = np.minimum(blocks, lines.most_blocks[t], out=blocks) * close
    blocks[:, ~sized] = 0.0
    return np.asarray(blocks)


def release(
    filled: Release,
    lines: Lines,
    avoided: Floats,
    moved_in: Floats,
    cost: Floats,
    close: Floats,
    backfill: Floats,
    t: int,
) -> None:
    """Fill the system release of year t.

    `G = v·c·(1 − β)·V + s·c·Q·B + fixed release − c·U`. For V < 0 the first term is `v·c·V` without
    β. The first three together never exceed `c·V` when V > 0; what is over is taken off the fixed,
    then the semi-fixed, then the variable part. Where nothing is avoided a decision to release
    fixed cost counts whole: it is the provider's own saving, and a finding. `avoided` V: draws ×
    (years to t) × lines; `moved_in` U, unit `cost` c, `close` and `backfill` β: draws × lines.
    Source: model §6.
    """
    v = avoided[:, t]
    variable, semi_fixed, total = filled.variable[:, t], filled.semi_fixed[:, t], filled.total[:, t]
    filled.blocks[:, t] = blocks_released(lines, avoided, close, backfill, t)
    size = np.where(np.isnan(lines.block_size), 0.0, lines.block_size)
    room = np.where(v > 1e-9, cost * v, np.inf)  # activity that only binary noise avoids is none
    np.minimum(
        lines.variable_cost * cost * np.where(v > 0, (1.0 - backfill) * v, v), room, out=variable
    )
    room -= variable
    np.minimum(lines.semi_fixed_cost * cost * size * filled.blocks[:, t], room, out=semi_fixed)
    np.add(variable, semi_fixed, out=total)
    if lines.fixed_release[t].any():
        room -= semi_fixed
        total += np.minimum(lines.fixed_release[t], room, out=filled.fixed[:, t])
    if moved_in.any():
        total -= np.multiply(cost, moved_in, out=filled.moved_in[:, t])
