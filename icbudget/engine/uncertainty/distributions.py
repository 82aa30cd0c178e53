"""Distributions of uncertain figures, as functions of a standard normal score.

A distribution is a figure `x(z) = F⁻¹(Φ(z))` at every score z. Scores carry the correlation between
figures; tables of `x` carry the shapes. SciPy's special functions do the statistics, and are loaded
only where a table is made.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from icbudget.engine.rounding import Floats

BETWEEN_P10_AND_P90 = 2.563103
"""Standard deviations of a normal distribution between its 10th and its 90th percentile."""
SCORES = {"p10_p90": 1.2815515655446004, "p2.5_p97.5": 1.959963984540054}
"""Standard deviations from the mean of a normal distribution to the upper end of an interval."""
TAIL = {"p10_p90": 0.1, "p2.5_p97.5": 0.025}
_FINEST = 10**15
"""Steps from 0 to 1: fifteen decimals, all that a float is sure to hold."""
_STEP = 3.0 / 256.0
_GRID = np.linspace(-6.0, 6.0, 1025)
"""Scores, a step apart, at which a table holds a distribution.

Between them it is straight, exact within 0.00002 of its spread.

Beyond ±6, where two draws in a thousand million are, it stays level.
"""


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

    `α = 1 + 4 (m − a) / (b − a)`, `β = 1 + 4 (b − m) / (b − a)`, mean `μ = (a + 4m + b) / 6`,
    variance `(μ − a)(b − μ) / 7`. The ends are the least and the most that can be, not percentiles.
    Example: 0, 0.10, 0.25 gives α 2.6, β 3.4, mean 0.108333. Raises `ValueError` unless low ≤ mode
    ≤ high and low < high. Source: AP §7.
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

    Mean `(a + m + b) / 3`, variance `(a² + m² + b² − am − ab − mb) / 18`. Raises `ValueError` as
    `pert` does.
    """
    _in_order(low, mode, high)
    variance = (low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18.0
    return Spread((low + mode + high) / 3.0, math.sqrt(variance))


def normal(p10: float, p90: float) -> Spread:
    """Return the normal distribution whose 10th and 90th percentiles are given.

    `sd = (P90 − P10) / 2.563103`.

    Raises `ValueError` when P90 is below P10. Source: AP §7, the New Hospital Programme demand
    model.
    """
    if not p10 <= p90:
        raise ValueError("the 10th percentile must not be above the 90th")
    return Spread((p10 + p90) / 2.0, (p90 - p10) / BETWEEN_P10_AND_P90)


def _in_order(low: float, mode: float, high: float) -> None:
    if not (low <= mode <= high and low < high):
        raise ValueError("the values must be in order: low, likeliest, high")


@dataclass(frozen=True, eq=False, slots=True)
class Distribution:
    """A distribution as the figure at every score.

    Straight between the points of its table, or a step (it happens or not).
    """

    values: Floats
    """The figure at the scores of the grid, rising."""
    step: float | None = None
    """Where the figure is the first value up to a score and the last above it, that score."""

    def __post_init__(self) -> None:
        """Let nobody write into what many may share."""
        self.values.flags.writeable = False

    def at(self, scores: Floats) -> Floats:
        """Return the figure at standard normal scores, in their shape."""
        if self.step is not None:
            either: Floats = np.where(scores > self.step, self.values[-1], self.values[0])
            return either
        scores = np.minimum(np.maximum(scores, _GRID[0]), _GRID[-1])
        left = np.minimum(((scores - _GRID[0]) / _STEP).astype(np.int64), _GRID.size - 2)
        slopes = np.diff(self.values) / _STEP
        return np.asarray(slopes[left] * (scores - _GRID[left]) + self.values[left])

    @property
    def mean(self) -> float:
        """Return the mean: `∫ x(z) φ(z) dz`, on a grid fine enough for any shape here."""
        return _moments(self).mean

    @property
    def sd(self) -> float:
        """Return the standard deviation."""
        return _moments(self).sd


_KEPT = 256
"""Distributions of each kind that are kept, of 8 kB each: plans that differ in other figures have
the same ones, and fitting them takes longer than a small plan takes to be worked out.
"""


@lru_cache(maxsize=_KEPT)
def _moments(distribution: Distribution) -> Spread:
    fine, weight = _fine()
    figure = distribution.at(fine)
    mean = float((figure * weight).sum() / weight.sum())
    variance = float((np.square(figure - mean) * weight).sum() / weight.sum())
    return Spread(mean, math.sqrt(max(variance, 0.0)))


@cache
def _fine() -> tuple[Floats, Floats]:
    """Return a fine grid of scores and the weight of each, `exp(−z²/2)`."""
    fine = np.linspace(-8.0, 8.0, 65_537)
    return fine, np.exp(-0.5 * fine**2)


@lru_cache(maxsize=_KEPT)
def fit(name: str, low: float, mode: float, high: float, interval: str = "p10_p90") -> Distribution:
    """Return the distribution of a name that fits low, central value and high.

    - `pert`, `triangular`: mode as entered; the limits as entered, or solved for so that low and
      high are the interval's percentiles
    - `lognormal`: median as entered, `σ = (ln high − ln low) / 2z`, z of the interval (1.281552 or
      1.959964)
    - `normal`: mean as entered, `sd = (high − low) / 2z`
    - `beta`: mean μ as entered and sd as for `normal`: `α = μ·c`, `β = (1 − μ)·c`,
      `c = μ(1 − μ)/sd² − 1`
    - `gamma`: mean μ as entered and sd as for `normal`: `k = (μ/sd)²`, `θ = sd²/μ`

    Raises `ValueError`, in words for the person who entered them, where nothing fits. Source: AP
    §7.
    """
    wrong = unfit(name, low, mode, high, interval)
    if wrong:
        raise ValueError(wrong)
    if name in ("pert", "triangular"):
        return _with_limits(name, low, mode, high, interval)
    z = SCORES[interval]
    if name == "lognormal":
        return Distribution(mode * np.exp(_GRID * math.log(high / low) / (2.0 * z)))
    sd = (high - low) / (2.0 * z)
    if name == "normal":
        return Distribution(mode + sd * _GRID)
    return _beta(mode, sd) if name == "beta" else _gamma(mode, sd)


def unfit(name: str, low: float, mode: float, high: float, interval: str) -> str:
    """Return why a distribution cannot have these values, for the person who entered them.

    Blank where it can.
    """
    if low > high:
        return f"low ({low:g}) is above high ({high:g})"
    if low == high:
        return f"low and high are both {low:g}, so there is no spread to fit"
    if not low <= mode <= high:
        return f"the central value {mode:g} is not between low ({low:g}) and high ({high:g})"
    if name in ("pert", "triangular"):
        return ""
    if interval == "limits":
        return f"{name} has no least and most; say which percentiles low and high are, or use pert"
    if name in ("lognormal", "gamma") and low <= 0:
        return f"a {name} figure is above zero, and low is {low:g}"
    sd = (high - low) / (2.0 * SCORES[interval])
    if name == "beta" and (not 0.0 < mode < 1.0 or sd**2 >= mode * (1.0 - mode)):
        return "a beta figure is a share between 0 and 1, and this interval is too wide for one"
    return ""


def _with_limits(name: str, low: float, mode: float, high: float, interval: str) -> Distribution:
    """Return a PERT or triangular distribution.

    Where low and high are percentiles its limits are solved for.

    In units of its own width the shape hangs on one number, `s = (mode − a) / (b − a)`; the s whose
    percentiles stand to the mode as low and high do always exists. How high the mode stands between
    the percentiles rises with s, so s is found by halving, to fifteen decimals.
    """
    shape = _pert_quantile if name == "pert" else _triangular_quantile
    # Limits are what they say; percentiles leave some of the shape beyond them.
    a, b = low, high
    if interval != "limits":
        tail = np.array([TAIL[interval], 1.0 - TAIL[interval]])
        wanted = (mode - low) / (high - low)

        def standing(step: int) -> float:
            """Return where the mode stands between the percentiles: 0 on low, 1 on high."""
            s = step / _FINEST
            first, last = shape(s, tail)
            return float((s - first) / (last - first))

        s = bisect_left(range(_FINEST + 1), wanted, key=standing) / _FINEST
        first, last = shape(s, tail)
        width = (high - low) / float(last - first)
        a = low - float(first) * width
        b = a + width
        mode = a + s * width
    # To twelve decimals, so that shapes which differ by binary noise share one table.
    return Distribution(a + (b - a) * _unit_shape(name, round((mode - a) / (b - a), 12)))


@lru_cache(maxsize=_KEPT)
def _unit_shape(name: str, s: float) -> Floats:
    """Return a PERT or triangular distribution from 0 to 1 at the scores of the grid."""
    shape = _pert_quantile if name == "pert" else _triangular_quantile
    values = _table(lambda p: shape(s, p)).values
    values.flags.writeable = False
    return values


def _pert_quantile(s: float, p: Floats) -> Floats:
    from scipy.special import betaincinv

    return np.asarray(betaincinv(1.0 + 4.0 * s, 5.0 - 4.0 * s, p))


def _triangular_quantile(s: float, p: Floats) -> Floats:
    return np.where(p < s, np.sqrt(p * s), 1.0 - np.sqrt((1.0 - p) * (1.0 - s)))


def _beta(mean: float, sd: float) -> Distribution:
    from scipy.special import betaincinv

    common = mean * (1.0 - mean) / sd**2 - 1.0
    return _table(lambda p: np.asarray(betaincinv(mean * common, (1.0 - mean) * common, p)))


def _gamma(mean: float, sd: float) -> Distribution:
    from scipy.special import gammaincinv

    return _table(lambda p: np.asarray(gammaincinv((mean / sd) ** 2, p)) * sd**2 / mean)


def _table(quantile: Callable[[Floats], Floats]) -> Distribution:
    from scipy.special import ndtr

    # Never quite 0 or 1, where a distribution without an end has no value.
    chances = np.clip(ndtr(_GRID), 1e-300, 1.0 - 1e-16)
    # The inverse of a distribution function never falls, whatever binary noise of SciPy's says.
    return Distribution(np.maximum.accumulate(quantile(chances)))


def happens(chance: float, no: float = 0.0, yes: float = 1.0) -> Distribution:
    """Return the distribution of what happens with a chance (a high score) or does not.

    `yes` or `no`.

    Raises `ValueError` unless the chance is between 0 and 1.
    """
    from scipy.special import ndtri

    if not 0.0 <= chance <= 1.0:
        raise ValueError("a chance is between 0 % and 100 %")
    return Distribution(np.array([no, yes]), step=float(-ndtri(chance)))


@lru_cache(maxsize=_KEPT)
def flipped(distribution: Distribution) -> Distribution:
    """Return the distribution of `1 − x`.

    A reduction of the rate from a ratio of rates, a high score being a great effect.
    """
    # Turned round, so that the values rise again.
    return Distribution(1.0 - distribution.values[::-1])


@lru_cache(maxsize=_KEPT)
def scaled(distribution: Distribution, factor: float) -> Distribution:
    """Return the distribution of `factor · x`, the factor above zero."""
    return Distribution(distribution.values * factor, distribution.step)


@lru_cache(maxsize=_KEPT)
def ratio_after(gain: Distribution, nothing: float) -> Distribution:
    """Return the distribution of `(1 − gain) · nothing`, the ratio of rates that a gain leaves.

    `nothing`: the ratio with nothing done. A high score is still a great gain, so the ratio falls.
    """
    return Distribution((1.0 - gain.values) * nothing)


@lru_cache(maxsize=_KEPT)
def or_nothing(distribution: Distribution, chance: float, sd: float) -> Distribution:
    """Return the mixture of a figure that may be nothing.

    With a chance N(0, sd²), which may be below zero, else as it was fitted.

    `F(x) = π Φ(x / sd) + (1 − π) F₁(x)`, inverted on a table. Source: AP §7.
    """
    from scipy.special import ndtr, ndtri

    if chance == 0.0 or sd == 0.0:
        return distribution
    x = np.unique(np.concatenate([distribution.values, sd * _GRID]))
    scores = np.interp(x, *_rising(distribution.values))
    inside = (x >= distribution.values[0]) & (x <= distribution.values[-1])
    # ±40: a chance of 0 or 1 to any float, for what the fitted figure never is.
    scores = np.where(inside, scores, np.where(x < distribution.values[0], -40.0, 40.0))
    # From both ends: near 1 a float cannot tell one chance from the next.
    below = chance * ndtr(x / sd) + (1.0 - chance) * ndtr(scores)
    above = chance * ndtr(-x / sd) + (1.0 - chance) * ndtr(-scores)
    from_below = ndtri(np.clip(below, 1e-300, 1.0))
    from_above = -ndtri(np.clip(above, 1e-300, 1.0))
    mixed = np.where(below < 0.5, from_below, from_above)
    return Distribution(np.interp(_GRID, mixed, x))


def _rising(values: Floats) -> tuple[Floats, Floats]:
    """Return (values, scores) where the values rise, so that they can be read backwards."""
    keep = np.concatenate([[True], np.diff(values) > 0])
    return values[keep], _GRID[keep]


@lru_cache(maxsize=_KEPT)
def truncated(distribution: Distribution, least: float, most: float) -> Distribution:
    """Return a distribution cut off at its bounds by its inverse CDF.

    So nothing piles up on a bound.

    `x(z) = F⁻¹(F(least) + Φ(z) (F(most) − F(least)))`. Raises `ValueError` where hardly anything
    lies between the bounds.
    """
    from scipy.special import ndtr, ndtri

    values = distribution.values
    if distribution.step is not None or (values[0] >= least and values[-1] <= most):
        return distribution
    ends = np.interp([least, most], *_rising(values))
    ends = np.where([values[0] >= least, values[-1] <= most], [-40.0, 40.0], ends)
    first, last = ndtr(ends)
    # With less than a thousandth left the cut shape would say nothing that was entered.
    if last - first < 1e-3:
        raise ValueError("hardly anything of it lies where the figure can be")
    scores = ndtri(np.clip(first + ndtr(_GRID) * (last - first), 1e-300, 1.0 - 1e-16))
    return Distribution(np.clip(distribution.at(scores), least, most))
