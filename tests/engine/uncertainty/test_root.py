"""Where a function comes to nought: SciPy's numbers to the last bit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import brentq

from icbudget.engine.uncertainty.distributions import _pert_quantile, _triangular_quantile
from icbudget.engine.uncertainty.root import root

TAILS = np.array([0.1, 0.9])
FUNCTIONS = {
    "line": lambda x, at: x - at,
    "steep": lambda x, at: math.tanh(200.0 * (x - at)),
    "curved": lambda x, at: math.exp(3.0 * x) - math.exp(3.0 * at),
    "step": lambda x, at: -1.0 if x < at else 2.0,
    "nearly level": lambda x, at: (x - at) ** 9 + 1e-9 * (x - at),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_root_is_scipys_to_the_last_bit(name):
    function = FUNCTIONS[name]
    for n in range(200):
        at = (n + 0.5) / 200 + 1e-5 * math.sin(n)
        for within in (1e-13, 1e-6):
            expected = brentq(function, 0.0, 1.0, args=(at,), xtol=within)
            assert root(lambda x, at=at: function(x, at), 0.0, 1.0, within) == expected


@pytest.mark.parametrize("shape", [_pert_quantile, _triangular_quantile])
def test_limits_of_percentiles_are_found_as_scipy_finds_them(shape):
    def off(s, wanted):
        first, last = shape(s, TAILS)
        return float((s - first) / (last - first)) - wanted

    for n in range(101):
        expected = brentq(off, 0.0, 1.0, args=(n / 100,), xtol=1e-13)
        assert root(lambda s, wanted=n / 100: off(s, wanted), 0.0, 1.0, 1e-13) == expected


def test_an_end_that_is_the_root_is_returned():
    assert root(lambda x: x, 0.0, 1.0, 1e-13) == 0.0
    assert root(lambda x: x - 1.0, 0.0, 1.0, 1e-13) == 1.0


def test_one_sign_at_both_ends_is_refused():
    with pytest.raises(ValueError, match="same sign"):
        root(lambda x: x + 1.0, 0.0, 1.0, 1e-13)


def test_a_function_that_is_too_level_is_refused():
    with pytest.raises(ValueError, match="steps"):
        root(lambda x: (x - 0.3) ** 3, 0.0, 1.0, 1e-13)
