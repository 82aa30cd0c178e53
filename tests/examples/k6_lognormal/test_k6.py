"""K6: a lognormal distribution from a risk ratio and its 95 % interval."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from icbudget.engine.uncertainty.distributions import fit


@pytest.mark.parametrize(
    ("low", "ratio", "high", "mu", "sigma"),
    [(0.91, 1.20, 1.59, 0.1823, 0.1424), (0.42, 0.60, 0.86, -0.5108, 0.1828)],
)
def test_mu_and_sigma_as_printed(low, ratio, high, mu, sigma):
    d = fit("lognormal", low, ratio, high, "p2.5_p97.5")
    median, one_up = np.log(d.at(np.array([0.0, 1.0])))
    assert (round(float(median), 4), round(float(one_up - median), 4)) == (mu, sigma)


def test_one_chance_in_ten_that_it_helps():
    d = fit("lognormal", 0.91, 1.20, 1.59, "p2.5_p97.5")
    scores = np.linspace(-3, 3, 600_001)
    last_below_one = scores[d.at(scores) < 1].max()
    assert round(float(stats.norm.cdf(last_below_one)), 3) == 0.100
    assert d.mean == pytest.approx(math.exp(math.log(1.2) + 0.1424**2 / 2), rel=1e-4)
