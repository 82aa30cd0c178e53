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
