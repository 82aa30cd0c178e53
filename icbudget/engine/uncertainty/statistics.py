"""Statistics of draws.

Percentiles as Excel's PERCENTILE.INC, the worst tenth, chances, sampling errors.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from icbudget.engine.rounding import Floats

A_POUND = 100.0
"""Pence within which nothing counts as more or less.

What is split to the penny may leave as much.
"""


def percentiles(draws: Floats, *shares: float) -> Floats:
    """Return percentiles of draws (the last axis), as Excel's PERCENTILE.INC.

    Straight between the two draws beside it.

    The p-th of n sorted draws is at place `1 + p (n − 1)`. Shape: shares × the other axes.
    """
    # As `np.quantile` has it, which takes five times as long: it parts every row around each share.
    ordered = np.sort(draws, axis=-1)
    most = draws.shape[-1] - 1
    out = []
    for share in shares:
        below = math.floor(share * most)
        low, high = ordered[..., below], ordered[..., min(below + 1, most)]
        part = share * most - below
        # From the nearer of the two, so that rounding leaves neither behind.
        between = low + (high - low) * part if part < 0.5 else high - (high - low) * (1.0 - part)
        # NaN, which is sorted last, is no number among others.
        out.append(np.where(np.isnan(ordered[..., -1]), np.nan, between))
    return np.stack(out)


def worst_tenth(draws: Floats, good: str = "higher") -> Floats:
    """Return the expected shortfall.

    The mean of the worst tenth of draws (last axis), of ⌈n / 10⌉ draws, in their unit.

    The worst are the lowest; of what is good when `lower` (a cost, what is borne of an overspend)
    they are the highest.
    """
    if good == "lower":
        return -worst_tenth(-draws)
    # Rounded up, so that few draws still have a worst one.
    count = -(-draws.shape[-1] // 10)
    return np.asarray(np.partition(draws, count - 1, axis=-1)[..., :count].mean(axis=-1))


def chance(happens: NDArray[np.bool_]) -> Floats:
    """Return the share of draws (last axis) in which something happens."""
    return np.asarray(np.mean(happens, axis=-1))


def not_below(pence: Floats) -> Floats:
    """Return the share of draws (last axis) in which a balance is not below zero by £1 or more.

    What several partners bear is split to the penny line by line, which may leave one of them
    pennies short of zero.
    """
    return chance(pence > -A_POUND)


def ranks(values: NDArray[Any]) -> Floats:
    """Return ranks from 1, one for each value, equal values sharing their mean (RANK.AVG)."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - (count - 1) / 2.0)[place])


def about_their_mean(values: Floats) -> Floats:
    """Return values less their mean, in their shape and of length 1; all 0 where they never change.

    The inner product of two of them is Pearson's correlation, of ranks Spearman's.
    """
    if (values == values[0]).all():
        return np.zeros(values.shape)
    around = values - values.mean()
    return np.asarray(around / np.sqrt(around @ around))


def quantile_error(draws: Floats, share: float) -> float:
    """Return the standard error of a percentile, free of any shape.

    From the draws one binomial standard deviation either side.

    Half of `x(⌈np + √(np(1−p))⌉) − x(⌊np − √(np(1−p))⌋)` of the sorted draws.
    """
    ordered, n = np.sort(draws), draws.size
    spread = math.sqrt(n * share * (1.0 - share))
    # Ranks count from 1 and arrays from 0.
    low = max(math.floor(n * share - spread) - 1, 0)
    high = min(math.ceil(n * share + spread) - 1, n - 1)
    return float(ordered[high] - ordered[low]) / 2.0


def gross_error(net: Floats, paid: Floats, released: Floats) -> float:
    """Return the standard error of the median of net cash as a share of gross.

    The median of what is paid plus what is released.

    0 where there is neither.
    """
    gross = float(np.median(np.abs(paid) + np.abs(released)))
    return quantile_error(net, 0.5) / gross if gross else 0.0
