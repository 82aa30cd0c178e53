"""What an avoided admission really releases at the provider.

At once, in whole blocks, by decision.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np

from icbudget.engine.projection.lines import Lines
from icbudget.engine.rounding import Floats, by_year, from_year_1, nothing, years_before


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

    @property
    def by_year(self) -> Release:
        """Return the same with the years first, years × draws × lines, to be filled."""
        return Release(*(getattr(self, name).swapaxes(0, 1) for name in _PARTS))


_PARTS = tuple(field.name for field in fields(Release))


def no_release(lines: Lines, shape: tuple[int, int, int], *, moves: bool) -> Release:
    """Return a release to be filled from year 1 on: draws × years × lines.

    Parts that no line has take no memory. `moves`: whether activity moves between lines.
    """
    parts = {part: from_year_1(*shape) for part in ("variable", "blocks", "semi_fixed", "total")}
    for part, filled in (("fixed", lines.releases_fixed), ("moved_in", moves)):
        if filled:
            parts[part] = from_year_1(*shape)
        else:
            # What a market releases has no parts, so each is set to nothing for its lines.
            parts[part] = by_year(*shape) if lines.any_market else nothing(*shape)
    return Release(**parts)


def whole_blocks(units: Floats, size: Floats) -> Floats:
    """Return how many whole blocks fit, `⌊units / size⌋`.

    In the shape of the two broadcast. A billionth of a block of binary noise is forgiven.
    """
    blocks = np.asarray(units / size)
    np.round(blocks, 9, out=blocks)
    return np.asarray(np.floor(blocks, out=blocks))


class Releasing(NamedTuple):
    """What lines release by year for what they avoid; see `of_years`.

    Years × draws × lines unless said.
    """

    lines: Lines
    cost: Floats
    """Unit cost c."""
    variable: Floats
    """v·c."""
    block: Floats
    """s·c·Q: what closing one block releases."""
    there: Floats
    """f·c·A_dn: the fixed cost that is there to close."""
    close: Floats
    """Which part of the blocks is closed; 0 where the line has none."""
    kept: Floats | None
    """1 − β, draws × lines; None where nothing is backfilled."""
    most_blocks: Floats
    """years × 1 × lines; so is `fixed_release`."""
    fixed_release: Floats

    def of_years(
        self, parts: Release, t: int | slice, avoided: Floats, moved_in: Floats | None
    ) -> None:
        """Fill the net release of year t, or of several years, but for what a market releases.

        `parts`: see `Release.by_year`.

        `G = v·c·(1 − β)·V + s·c·Q·B + fixed release − c·U`. For V < 0 the first term is `v·c·V`
        without β. The fixed release is at most `f·c·A_dn`, and nothing where V ≤ 0: closing fixed
        cost without less activity is the provider's efficiency, and a finding. The first three
        terms together never exceed `c·V` when V > 0; what is over is taken off the fixed, then the
        semi-fixed part. `avoided` V: (years to t) × draws × lines; `moved_in` U: draws × lines of
        the years, None where nothing moves. Source: model §6.
        """
        v, cost = avoided[t], self.cost[t]
        freed = v > 1e-9  # activity that only binary noise avoids is none
        blocks = self._fill_blocks(parts.blocks[t], t, avoided)
        # model §6.2: the three parts never exceed what the avoided activity costs, and the cap cuts
        # fixed release first, then blocks; so variable cost takes its room first.
        room = np.where(freed, cost * v, np.inf)
        # Harm is not backfilled: what comes on top costs in full.
        not_backfilled = v if self.kept is None else np.where(v > 0, self.kept * v, v)
        variable = np.minimum(self.variable[t] * not_backfilled, room, out=parts.variable[t])
        room -= variable
        semi_fixed = np.minimum(self.block[t] * blocks, room, out=parts.semi_fixed[t])
        total = np.add(variable, semi_fixed, out=parts.total[t])
        if self.lines.releases_fixed:
            room -= semi_fixed
            # model §6: no more fixed cost can close than the line has, none without less activity
            decided = np.minimum(self.fixed_release[t], np.where(freed, self.there[t], 0.0))
            total += np.minimum(decided, room, out=parts.fixed[t])
        if moved_in is not None:
            total -= np.multiply(cost, moved_in, out=parts.moved_in[t])

    def _fill_blocks(self, filled: Floats, t: int | slice, avoided: Floats) -> Floats:
        """Fill the blocks released in year t, or several, draws × lines of them; return them.

        `B(t) = min(⌊(1 − β) · min_{τ ∈ [t−h, t]} max(V(τ), 0) / Q⌋, largest number of blocks(t)) ×
        close(t)`, with V = 0 before year 1; none where the line has no block size. Source: model
        §6, AP §5 option E (7).
        """
        lowest = np.array(avoided[t])
        for back, counts in enumerate(self.lines.held, 1):
            # Nothing is avoided in the base year, nor before it.
            then = years_before(t, back, len(avoided))
            np.minimum(lowest, avoided[then], out=lowest, where=counts)
        # A year in which activity rose breaks the run: no block stands empty for long enough.
        np.maximum(lowest, 0.0, out=lowest)
        if self.kept is not None:
            lowest *= self.kept
        blocks = whole_blocks(lowest, self.lines.divisors)
        np.minimum(blocks, self.most_blocks[t], out=blocks)
        return np.multiply(blocks, self.close[t], out=filled)

    def of_markets(self, parts: Release, t: int | slice, saving: Floats) -> None:
        """Let the lines that a market provides release what is no longer paid for them, K, at once.

        Where the provider is a market, no partner of the plan, it stops spending what it is no
        longer paid: `G = K`. `saving` K: draws × lines of the years.
        """
        market = self.lines.market
        # A market has no blocks to close and no cost of its own that the plan knows (model §6.2).
        for part in (parts.semi_fixed, parts.fixed, parts.moved_in, parts.blocks):
            part[t][..., market] = 0.0
        parts.variable[t][..., market] = saving[..., market]
        parts.total[t][..., market] = saving[..., market]


def releasing(
    lines: Lines, activity: Floats, cost: Floats, close: Floats, backfill: Floats
) -> Releasing:
    """Return what lines release for what they avoid, all that no year changes worked out once.

    Do-nothing `activity` A_dn, unit `cost` c and `close`: draws × years × lines; `backfill` β:
    draws × lines.
    """
    costs, closing = cost.swapaxes(0, 1), close.swapaxes(0, 1)
    fixed = lines.fixed_cost * costs * activity.swapaxes(0, 1) if lines.releases_fixed else costs
    return Releasing(
        lines=lines,
        cost=costs,
        variable=lines.variable_cost * costs,
        # A line without a block size has no blocks, so its size does not matter.
        block=lines.semi_fixed_cost * costs * lines.sizes,
        there=fixed,
        close=closing if lines.in_blocks.all() else closing * lines.in_blocks,
        kept=1.0 - backfill if backfill.any() else None,
        most_blocks=lines.most_blocks[:, np.newaxis],
        fixed_release=lines.fixed_release[:, np.newaxis],
    )
