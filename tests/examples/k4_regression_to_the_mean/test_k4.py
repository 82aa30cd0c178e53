"""K4: regression to the mean."""

from __future__ import annotations

import pytest
from scipy import stats

from icbudget.engine.projection.effect import rate_without_programme
from icbudget.engine.run import effect_of
from icbudget.plan.programme import Programme


def test_three_admissions_become_one():
    assert rate_without_programme(mean=0.2, dispersion=0.5, observed=3) == pytest.approx(1.0)


def test_the_average_person_stays_at_the_mean():
    # Σ_y P(y) × (rate expected of someone with y) is the mean again: nothing was done to anybody
    mean, k = 0.2, 0.5
    chance = stats.nbinom(k, k / (k + mean))
    assert sum(
        chance.pmf(y) * rate_without_programme(mean, k, y) for y in range(200)
    ) == pytest.approx(mean)


@pytest.mark.parametrize(("after", "effect"), [(1.0, 0.0), (0.9, 0.10), (1.2, -0.20)])
def test_a_plan_counts_only_on_what_did_not_come_by_itself(after, effect):
    told = {
        "rate_before": 3,
        "population_rate": 0.2,
        "dispersion": 0.5,
        "effect_measure": "before_after",
        "effect": after / 3,
    }
    programme = Programme(id="p", grade="D", cost_index="flat", **told)
    assert float(effect_of(programme)) == pytest.approx(effect, abs=1e-12)
