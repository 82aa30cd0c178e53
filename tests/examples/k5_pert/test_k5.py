"""K5: PERT and triangular distributions of an expert's three values."""

from __future__ import annotations

import pytest
from scipy import stats

from icbudget.engine.uncertainty.distributions import normal, pert, triangular


def test_pert_as_printed():
    d = pert(0, 0.10, 0.25)
    assert (round(d.alpha, 6), round(d.beta, 6)) == (2.6, 3.4)
    assert (round(d.mean, 6), round(d.sd, 6)) == (0.108333, 0.046824)


def test_triangular_as_printed():
    d = triangular(0, 0.10, 0.25)
    assert (round(d.mean, 6), round(d.sd, 6)) == (0.116667, 0.051370)


@pytest.mark.parametrize("values", [(0, 0.10, 0.25), (-0.03, 0.03, 0.1), (5, 5, 9), (1, 7, 7)])
def test_against_the_distributions_themselves(values):
    low, mode, high = values
    d, t = pert(*values), triangular(*values)
    beta = stats.beta(d.alpha, d.beta, loc=low, scale=high - low)
    assert (d.mean, d.sd) == pytest.approx((beta.mean(), beta.std()))
    triangle = stats.triang((mode - low) / (high - low), loc=low, scale=high - low)
    assert (t.mean, t.sd) == pytest.approx((triangle.mean(), triangle.std()))


@pytest.mark.parametrize("values", [(0.2, 0.1, 0.3), (0, 0.5, 0.3), (1, 1, 1)])
def test_values_out_of_order_are_refused(values):
    for distribution in (pert, triangular):
        with pytest.raises(ValueError):
            distribution(*values)
    with pytest.raises(ValueError):
        normal(0.9, 0.8)
