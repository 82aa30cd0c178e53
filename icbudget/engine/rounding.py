"""Whole pence for arrays: the same half-up rule as `icbudget.money`, draw by draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Floats: TypeAlias = "NDArray[np.float64]"
_NOISE = 6
"""Decimals kept before rounding, so that 52.5 held as 52.49999999999999 is rounded up like 52.5."""


def half_up(amount: Floats | float, unit: float = 1.0) -> Floats:
    """Return amounts rounded half-up (away from zero) to a multiple of `unit`, in the amounts' own unit.

    `sign(x) · ⌊|x| / unit + ½⌋ · unit`, after taking off binary noise beyond the sixth decimal of `x / unit`.
    """
    steps = np.round(np.asarray(amount, dtype=np.float64) / unit, _NOISE)
    rounded: Floats = np.copysign(np.floor(np.abs(steps) + 0.5), steps) * unit
    return rounded + 0.0


def cumulative(factors: Floats) -> Floats:
    """Return the running product of yearly factors along the year axis: draws × years × lines."""
    product: Floats = np.cumprod(factors, axis=1, dtype=np.float64)
    return product


def to_pence(pounds: Floats | float) -> Floats:
    """Return amounts in pounds as whole pence, half-up, held as floats (exact below £90 trillion)."""
    return half_up(np.asarray(pounds, dtype=np.float64) * 100.0)


def split(pence: Floats, weights: NDArray[np.int64]) -> Floats:
    """Return amounts divided in proportion to whole-number weights along a new last axis, to the penny, by largest remainder.

    The rule of `icbudget.money.split` for arrays: `pence` has the leading axes of `weights`, whose last axis are the parts;
    ties go to the earlier part; parts sum to the amount; below zero they mirror. Where all weights are zero nothing is given.
    Exact below £10 trillion with weights below 2⁵³: the remainder `pence × w − part × Σw` is small, so that 64-bit arithmetic
    that wraps round still gives it exactly, and it puts right the part that was worked out as a float.
    """
    amount = np.abs(np.asarray(pence)).astype(np.int64)[..., np.newaxis]
    total = weights.sum(axis=-1, keepdims=True)
    whole = np.maximum(total, 1)
    part = np.floor(amount * (weights / whole)).astype(np.int64)
    rest = amount * weights - part * whole
    over = rest // whole
    part, rest = part + over, rest - over * whole
    missing = np.where(total > 0, amount - part.sum(axis=-1, keepdims=True), 0)
    rank = np.argsort(np.argsort(-rest, axis=-1, kind="stable"), axis=-1, kind="stable")
    part = np.where(total > 0, part + (rank < missing), 0)
    shared: Floats = np.copysign(part.astype(np.float64), np.asarray(pence)[..., np.newaxis]) + 0.0
    return shared
