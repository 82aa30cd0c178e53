"""V5: the chance that hospital at home saves, from its trial's interval."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from icbudget.engine.uncertainty.distributions import fit


@pytest.mark.parametrize(
    ("low", "cost", "high", "error", "saves"),
    [(-4279, -2265, -252, 1027.3, 0.986), (-4977, -2458, 61, 1285.2, 0.972)],
)
def test_chance_that_it_saves(low, cost, high, error, saves):
    d = fit("normal", low, cost, high, "p2.5_p97.5")
    assert round(d.sd, 1) == error
    scores = np.linspace(-4, 4, 800_001)
    assert round(float(stats.norm.cdf(scores[d.at(scores) < 0].max())), 3) == saves
