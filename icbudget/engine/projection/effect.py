"""What a study's effect means for a rate, and what is left of it for the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from icbudget.engine.rounding import Floats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from icbudget.plan.programme import Programme


def rate_reduction(measure: str, value: ArrayLike, base_risk: ArrayLike | None = None) -> Floats:
    """Return an effect as a proportional reduction of the rate; below zero when use goes up.

    - `rate_reduction`: E as it is
    - `risk_ratio`: `1 − RR`
    - `odds_ratio` with base risk r: `1 − OR / (1 − r + r·OR)`
    - `absolute_risk_reduction` with base risk r: `ARR / r`
    - `before_after`, the rate after over the rate before, with base r that ratio when nothing is
      done: `1 − ratio / r`; see `ratio_without_programme`

    Shape: that of `value` broadcast with `base_risk`. Raises `ValueError` for an unknown measure,
    or where the base risk that the measure needs is missing. Source: model §5; the odds ratio
    formula is Zhang and Yu's, JAMA 1998;280:1690.
    """
    stated = np.asarray(value, dtype=np.float64)
    if measure == "rate_reduction":
        return stated
    if measure == "risk_ratio":
        return 1.0 - stated
    if measure not in ("odds_ratio", "absolute_risk_reduction", "before_after"):
        raise ValueError(f"there is no effect measure {measure!r}")
    if base_risk is None:
        raise ValueError(f"the measure {measure} needs the risk without the programme")
    risk = np.asarray(base_risk, dtype=np.float64)
    if measure == "odds_ratio":
        return np.asarray(1.0 - stated / (1.0 - risk + risk * stated))
    if measure == "before_after":
        return np.asarray(1.0 - stated / risk)
    return np.asarray(stated / risk)


def adjusted(
    reduction: ArrayLike,
    deadweight: ArrayLike,
    attribution: ArrayLike,
    displacement: ArrayLike,
    optimism: ArrayLike,
) -> Floats:
    """Return the effect that the plan may count on, ε, a fraction of the rate.

    `ε = E (1 − deadweight)(1 − attribution)(1 − displacement)(1 − optimism bias)` for E ≥ 0; harm
    (E < 0) is taken in full. Shapes broadcast, draws first.
    """
    effect = np.asarray(reduction, dtype=np.float64)
    kept = (
        (1.0 - np.asarray(deadweight))
        * (1.0 - np.asarray(attribution))
        * (1.0 - np.asarray(displacement))
        * (1.0 - np.asarray(optimism))
    )
    # model §5.2: a deduction from harm would make the plan look better than the study
    return np.where(effect > 0.0, effect * kept, effect)


def rate_without_programme(mean: float, dispersion: float, observed: float) -> float:
    """Return the rate to expect next year, with nothing done, from somebody's events this year.

    `observed`: the events of this year.

    Regression to the mean for negative binomial counts (variance μ + μ²/k): `μ (k + y) / (k + μ)`.
    Example: μ = 0.2, k = 0.5, y = 3 gives 1.0, a fall of 67 % with no programme at all. Source:
    model §5, AP §4.5.
    """
    return mean * (dispersion + observed) / (dispersion + mean)


def ratio_without_programme(programme: Programme) -> float | None:
    """Return what the rate after over the rate before would be with nothing done.

    None where the programme does not tell. `μ (k + y) / (k + μ) / y`: people picked for a bad year
    have a better one after it. Source: AP §4.5.
    """
    mean = programme.population_rate
    dispersion = programme.dispersion
    observed = programme.rate_before
    if mean is None or dispersion is None or observed is None:
        return None
    return rate_without_programme(mean, dispersion, observed) / observed


def base_of(programme: Programme) -> float | None:
    """Return the base that the programme's measure needs.

    The ratio with nothing done for before_after, else the base risk.
    """
    if programme.effect_measure == "before_after":
        return ratio_without_programme(programme)
    return programme.base_risk


def reduction_of(programme: Programme) -> float:
    """Return the central estimate as a reduction of the rate, before anything is taken off.

    See `rate_reduction`.
    """
    return float(rate_reduction(programme.effect_measure, programme.effect, base_of(programme)))


def reach_in_service(people: Floats, cohort: Floats, max_reach: Floats) -> Floats:
    """Return the share reached by people in service: `ρ(t) = min(max reach, n(t) / C(t))`.

    Fractions, in the shape of the people and the cohort broadcast (draws × programmes, or with
    years); 0 where there is no cohort.
    """
    nobody = np.zeros(np.broadcast(people, cohort).shape)
    reached = np.divide(people, cohort, out=nobody, where=cohort > 0)
    return np.minimum(max_reach, reached)
