"""Every distribution against SciPy's own: quantiles, mean and spread."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from icbudget.engine.uncertainty import distributions
from icbudget.engine.uncertainty.distributions import (
    SCORES,
    fit,
    flipped,
    happens,
    or_nothing,
    truncated,
)

P = np.array([0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999])
Z10 = SCORES["p10_p90"]
MEAN, SD = 0.3, 0.1
COMMON = MEAN * (1 - MEAN) / SD**2 - 1
CASES = {
    "normal": (("normal", 1.0, 2.0, 3.0, "p10_p90"), stats.norm(2, 1 / Z10)),
    "lognormal": (
        ("lognormal", 0.42, 0.6, 0.86, "p2.5_p97.5"),
        stats.lognorm(np.log(0.86 / 0.42) / (2 * stats.norm.ppf(0.975)), scale=0.6),
    ),
    "pert": (("pert", 0.0, 0.1, 0.25, "limits"), stats.beta(2.6, 3.4, scale=0.25)),
    "triangular": (("triangular", 0.0, 0.1, 0.25, "limits"), stats.triang(0.4, scale=0.25)),
    "beta": (
        ("beta", MEAN - Z10 * SD, MEAN, MEAN + Z10 * SD, "p10_p90"),
        stats.beta(MEAN * COMMON, (1 - MEAN) * COMMON),
    ),
    "gamma": (
        ("gamma", 100 - Z10 * 30, 100.0, 100 + Z10 * 30, "p10_p90"),
        stats.gamma((100 / 30) ** 2, scale=900 / 100),
    ),
}


@pytest.mark.parametrize(("told", "theirs"), CASES.values(), ids=CASES)
def test_quantiles_mean_and_spread(told, theirs):
    mine = fit(*told)
    np.testing.assert_allclose(mine.at(stats.norm.ppf(P)), theirs.ppf(P), atol=1e-4 * theirs.std())
    assert (mine.mean, mine.sd) == pytest.approx((theirs.mean(), theirs.std()), rel=1e-4)


@pytest.mark.parametrize("name", ["pert", "triangular"])
@pytest.mark.parametrize(
    ("low", "mode", "high"),
    [(0, 0.1, 0.25), (-0.05, 0.0, 0.03), (2, 2, 3), (2, 3, 3), (1, 1.01, 9)],
)
@pytest.mark.parametrize(("interval", "tail"), [("p10_p90", 0.1), ("p2.5_p97.5", 0.025)])
def test_low_and_high_are_the_percentiles_they_are_said_to_be(
    name, low, mode, high, interval, tail
):
    d = fit(name, low, mode, high, interval)
    np.testing.assert_allclose(
        d.at(stats.norm.ppf([tail, 1 - tail])), [low, high], atol=2e-4 * (high - low)
    )


def test_the_limits_solved_for_are_those_of_an_independent_solver():
    def off(ends):
        a, b = ends
        d = stats.beta(1 + 4 * (0.1 - a) / (b - a), 1 + 4 * (b - 0.1) / (b - a), loc=a, scale=b - a)
        return d.cdf(0.05) - 0.1, d.cdf(0.2) - 0.9

    a, b = optimize.fsolve(off, (0.0, 0.3))
    theirs = stats.beta(
        1 + 4 * (0.1 - a) / (b - a), 1 + 4 * (b - 0.1) / (b - a), loc=a, scale=b - a
    )
    mine = fit("pert", 0.05, 0.1, 0.2)
    np.testing.assert_allclose(mine.at(stats.norm.ppf(P)), theirs.ppf(P), atol=2e-5)


def test_cut_off_by_the_inverse_and_nothing_piles_up():
    sd = 2 / Z10
    mine, theirs = (
        truncated(fit("normal", -1, 1, 3), 0.0, 2.0),
        stats.truncnorm(-1 / sd, 1 / sd, loc=1, scale=sd),
    )
    np.testing.assert_allclose(mine.at(stats.norm.ppf(P)), theirs.ppf(P), atol=1e-4)
    draws = mine.at(np.random.default_rng(1).standard_normal(100_000))
    assert (draws >= 0).all() and (draws <= 2).all() and len(np.unique(draws)) > 99_000


def test_a_mixture_with_nothing():
    main, chance, sd = fit("pert", 0.05, 0.1, 0.2, "limits"), 0.35, 0.03
    mixed = or_nothing(main, chance, sd)
    beta = stats.beta(1 + 4 * 0.05 / 0.15, 1 + 4 * 0.1 / 0.15, loc=0.05, scale=0.15)
    at = np.linspace(-0.06, 0.19, 26)
    theirs = chance * stats.norm(0, sd).cdf(at) + (1 - chance) * beta.cdf(at)
    np.testing.assert_allclose(mixed.at(stats.norm.ppf(theirs)), at, atol=2e-4)
    assert mixed.mean == pytest.approx((1 - chance) * beta.mean(), rel=1e-3)
    variance = chance * sd**2 + (1 - chance) * (beta.var() + beta.mean() ** 2) - mixed.mean**2
    assert mixed.sd == pytest.approx(np.sqrt(variance), rel=1e-3)


def test_what_happens_or_does_not():
    z = np.random.default_rng(2).standard_normal(200_000)
    assert happens(0.3).at(z).mean() == pytest.approx(0.3, abs=4 * np.sqrt(0.21 / 200_000))
    assert set(happens(0.3).at(z)) == {0.0, 1.0}
    assert not happens(0.0).at(z).any() and happens(1.0).at(z).all()
    with pytest.raises(ValueError):
        happens(1.2)


def test_a_reduction_is_one_less_the_ratio():
    ratio = fit("lognormal", 0.42, 0.6, 0.86)
    np.testing.assert_allclose(
        flipped(ratio).at(stats.norm.ppf(P)), 1 - ratio.at(stats.norm.ppf(1 - P)), atol=1e-9
    )


WRONG = [
    ("pert", 0.3, 0.2, 0.1, "p10_p90", "above high"),
    ("pert", 0.1, 0.1, 0.1, "p10_p90", "no spread"),
    ("pert", 0.1, 0.5, 0.2, "p10_p90", "not between"),
    ("lognormal", -0.1, 0.5, 0.9, "p10_p90", "above zero"),
    ("gamma", -1, 2, 5, "p10_p90", "above zero"),
    ("beta", 0, 0.5, 9, "p10_p90", "share"),
    ("beta", 0.9, 1.1, 1.2, "p10_p90", "share"),
    ("normal", 1, 2, 3, "limits", "least and most"),
]


@pytest.mark.parametrize(("name", "low", "mode", "high", "interval", "words"), WRONG)
def test_what_cannot_be_fitted_is_said_in_words(name, low, mode, high, interval, words):
    with pytest.raises(ValueError, match=words):
        fit(name, low, mode, high, interval)
    assert words in distributions.unfit(name, low, mode, high, interval)
