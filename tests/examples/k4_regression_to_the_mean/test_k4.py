"""K4: regression to the mean."""

from __future__ import annotations

import pytest
from scipy import stats

from icbudget.engine.effect import rate_without_programme


def test_three_admissions_become_one():
    assert rate_without_programme(mean=0.2, dispersion=0.5, observed=3) == pytest.approx(1.0)


def test_the_average_person_stays_at_the_mean():
    # Σ_y P(y) × (rate expected of someone with y) is the mean again: nothing was done to anybody
    mean, k = 0.2, 0.5
    chance = stats.nbinom(k, k / (k + mean))
    assert sum(chance.pmf(y) * rate_without_programme(mean, k, y) for y in range(200)) == pytest.approx(mean)
