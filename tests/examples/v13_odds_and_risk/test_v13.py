"""V13: however a study states its effect, the plan counts on the same fall in the rate."""

from __future__ import annotations

import pytest

from icbudget.engine.projection.effect import rate_reduction

WITH, WITHOUT = 0.43, 0.48
ODDS_RATIO = (WITH / (1 - WITH)) / (WITHOUT / (1 - WITHOUT))


def test_the_two_ratios_as_printed():
    assert round(ODDS_RATIO, 3) == 0.817
    assert round(1 - float(rate_reduction("odds_ratio", ODDS_RATIO, WITHOUT)), 3) == 0.896


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ("odds_ratio", ODDS_RATIO),
        ("risk_ratio", WITH / WITHOUT),
        ("absolute_risk_reduction", WITHOUT - WITH),
        ("rate_reduction", 1 - WITH / WITHOUT),
    ],
)
def test_every_measure_gives_ten_per_cent(measure, value):
    assert float(rate_reduction(measure, value, WITHOUT)) == pytest.approx(0.05 / 0.48)


def test_an_odds_ratio_read_as_a_risk_ratio_would_overstate_it():
    # 18.3 % against 10.4 %
    assert float(rate_reduction("risk_ratio", ODDS_RATIO)) > 1.7 * float(
        rate_reduction("odds_ratio", ODDS_RATIO, WITHOUT)
    )
