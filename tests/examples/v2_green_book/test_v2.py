"""V2: discount factors and annuities to the printed digits."""

from __future__ import annotations

import numpy as np
import pytest

from icbudget.engine.appraisal.discounting import discount_factor, discount_factors, present_value

STANDARD = {
    0: 1.0000,
    1: 0.9662,
    2: 0.9335,
    3: 0.9019,
    4: 0.8714,
    5: 0.8420,
    6: 0.8135,
    7: 0.7860,
    8: 0.7594,
    9: 0.7337,
    10: 0.7089,
    15: 0.5969,
    20: 0.5026,
    25: 0.4231,
    30: 0.3563,
    31: 0.3459,
    40: 0.2651,
}
HEALTH = {
    0: 1.0,
    1: 0.9852,
    2: 0.9707,
    3: 0.9563,
    4: 0.9422,
    5: 0.9283,
    10: 0.8617,
    30: 0.6398,
    31: 0.6316,
}


@pytest.mark.parametrize(("kind", "printed"), [("standard", STANDARD), ("health", HEALTH)])
def test_factors_as_printed(kind, printed):
    factors = discount_factors(40, kind)
    assert {t: round(float(factors[t]), 4) for t in printed} == printed
    assert {t: round(discount_factor(t, kind), 4) for t in printed} == printed


@pytest.mark.parametrize(("first", "printed"), [(0, 8.6077), (1, 8.3166)])
def test_annuities_of_ten_years(first, printed):
    flow = np.zeros((1, 11))
    flow[0, first : first + 10] = 1.0
    assert (
        round(float(present_value(flow, np.ones((1, 11)), discount_factors(10))[0]), 4) == printed
    )


def test_the_rate_is_its_three_parts():
    # pure time preference 0.5 %, catastrophic risk 1 %, growth 2 % at elasticity 1
    assert 1 / discount_factor(1) - 1 == pytest.approx(0.005 + 0.01 + 1 * 0.02)
