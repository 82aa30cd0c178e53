"""V4: benefit-cost ratio and net present social value of a published case."""

from __future__ import annotations

import numpy as np
import pytest

from icbudget.engine.appraisal.discounting import appraise, discount_factors


def test_ratio_and_net_value_as_printed():
    acres = 39 * (200_000 - 30_659)
    assert acres == 6_604_299
    years = np.zeros((1, 3))
    benefit, cost = years.copy(), years.copy()
    benefit[0, 0], cost[0, 0] = acres + 1_400_000, 10_000_000
    found = appraise(benefit, cost, np.ones((1, 3)), discount_factors(2))
    assert round(float(found.bcr[0]), 2) == 0.80
    assert float(found.npsv[0]) == pytest.approx(-2_000_000, abs=50_000)
    assert np.isnan(found.payback[0])
