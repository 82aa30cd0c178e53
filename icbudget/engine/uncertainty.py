"""Distributions of uncertain figures, by what is told about them."""

from __future__ import annotations

import math
from dataclasses import dataclass

BETWEEN_P10_AND_P90 = 2.563103
"""Standard deviations of a normal distribution between its 10th and its 90th percentile."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean and standard deviation of a distribution, in the unit of the figure."""

    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class Pert(Spread):
    """A PERT distribution: a beta distribution with shapes α and β stretched from low to high."""

    alpha: float
    beta: float


def pert(low: float, mode: float, high: float) -> Pert:
    """Return the PERT distribution of an expert's lowest, likeliest and highest value.

    `α = 1 + 4 (m − a) / (b − a)`, `β = 1 + 4 (b − m) / (b − a)`, mean `μ = (a + 4m + b) / 6`, variance `(μ − a)(b − μ) / 7`.
    The ends are the least and the most that can be, not percentiles. Example: 0, 0.10, 0.25 gives α 2.6, β 3.4, mean 0.108333.
    Raises `ValueError` unless low ≤ mode ≤ high and low < high. Source: AP §7.
    """
    _in_order(low, mode, high)
    mean = (low + 4.0 * mode + high) / 6.0
    return Pert(
        mean=mean,
        sd=math.sqrt((mean - low) * (high - mean) / 7.0),
        alpha=1.0 + 4.0 * (mode - low) / (high - low),
        beta=1.0 + 4.0 * (high - mode) / (high - low),
    )


def triangular(low: float, mode: float, high: float) -> Spread:
    """Return mean and spread of a triangular distribution.

    Mean `(a + m + b) / 3`, variance `(a² + m² + b² − am − ab − mb) / 18`. Raises `ValueError` as `pert` does.
    """
    _in_order(low, mode, high)
    variance = (low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18.0
    return Spread((low + mode + high) / 3.0, math.sqrt(variance))


def normal(p10: float, p90: float) -> Spread:
    """Return the normal distribution whose 10th and 90th percentiles are given: `sd = (P90 − P10) / 2.563103`.

    Raises `ValueError` when P90 is below P10. Source: AP §7, the New Hospital Programme demand model.
    """
    if not p10 <= p90:
        raise ValueError("the 10th percentile must not be above the 90th")
    return Spread((p10 + p90) / 2.0, (p90 - p10) / BETWEEN_P10_AND_P90)


def _in_order(low: float, mode: float, high: float) -> None:
    if not (low <= mode <= high and low < high):
        raise ValueError("the values must be in order: low, likeliest, high")
