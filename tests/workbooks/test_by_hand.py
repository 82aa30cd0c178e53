"""Figures of three sample plans worked out by hand from what stands in their rows.

Only inputs and arithmetic stand here; each figure is one that a committee or an auditor would quote.
"""

from __future__ import annotations

import pytest

from icbudget import glossary
from tests.workbooks.published import opened, value
from tests.workbooks.test_england_2015_16 import under

BOROUGH, TYNESIDE = "illustrative-borough", "north-tyneside-better-care-fund"
PENNY = 0.0051


@pytest.fixture(scope="module")
def borough():
    return opened(BOROUGH)


@pytest.fixture(scope="module")
def tyneside():
    return opened(TYNESIDE)


def test_what_counts_for_adult_social_care_is_3_percent_more_of_four_schemes(borough):
    """Home care 4,600,000, reablement 3,900,000, carers 950,000 and social work 2,000,000 make
    11,450,000; × 1.03 = 11,793,500. Least: 11,390,000 × 1.03 = 11,731,700. Between: 61,800.
    """
    of = {"rule": "adult social care", "source": "NHS Minimum Contribution"}
    assert value(borough, "minimum-spend", "2026/27", **of, figure="Value") == 11_793_500
    assert value(borough, "minimum-spend", "2026/27", **of, figure="Limit") == 11_731_700
    assert value(borough, "minimum-spend", "2026/27", **of, figure="Gap") == 61_800


def test_what_the_council_puts_into_all_pools_in_the_base_year(borough):
    """Grant 13,391,000, added 1,500,000 and for equipment 900,000, DFG 3,606,000: 19,397,000."""
    council = [13_391_000, 1_500_000, 900_000, 3_606_000]
    put = {"partner": "council", "figure": "Put into pools, in kind included"}
    assert value(borough, "partner-positions", "2025/26", **put) == sum(council)


def test_the_gain_share_pays_85_of_100_of_a_common_loss(borough):
    """The ICB loses 1,298,651.34 and the trust 30,271.42: 1,328,922.76 together, of which 85 % is
    1,129,584.35. The ICB bears so much and no more: the trust pays it 169,066.99.
    """
    of = {"partner": "icb_main", "figure": "Received (paid over, negative)"}
    received = value(borough, "gain-shared", "2026/27", **of)
    assert received == pytest.approx(0.85 * -1_328_922.76 + 1_298_651.34, abs=PENNY)


def test_four_steps_make_the_position_of_the_icb(borough):
    # −77,281.99 − 1,207,398.35 − 30,412.65 + 169,066.99 = −1,146,026.00
    of = {"partner": "icb_main", "figure": glossary.GAIN}
    assert value(borough, "partner-positions", "2026/27", **of) == pytest.approx(
        -1_146_026.00, abs=PENNY
    )


def test_a_fifth_of_a_released_bed_is_filled_by_other_patients(borough):
    # 140.629459 episodes × 20 % = 28.125892
    of = {"acute_line": "nel_75", "figure": "Of it filled by other patients"}
    assert value(borough, "cash-released", "2026/27", **of) == pytest.approx(28.125892, abs=1e-6)


def test_both_years_of_north_tyneside(tyneside):
    """11,651,150 + 12,310,605 = 23,961,755; 17,805,947 + 18,463,402 = 36,269,349."""
    in_all = {"ccg": 23_961_755, "not_named": 36_269_349}
    for partner, pounds in in_all.items():
        years = [
            value(tyneside, "partner-positions", year, partner=partner, figure="Plan")
            for year in tyneside.plan.years
        ]
        assert sum(years) == pounds


def test_the_pool_of_north_tyneside_grows_by_1_316_910(tyneside):
    # 30,774,007 − 29,457,097
    now, before = (value(tyneside, "income", year) for year in ("2022/23", "2021/22"))
    assert now - before == 1_316_910


def test_what_came_in_england_cost_commissioners_197_million_more_than_the_year_before():
    """87,000 × 171,000,000 ÷ 106,000 = 140,349,056.60; 185,000 × 90,000,000 ÷ 293,000 =
    56,825,938.57; together 197,174,995.17. Against the plan it is 261,000,000 more: 458,174,995.17.
    """
    came = under("As it came")
    of = {"partner": "ccgs", "figure": glossary.GAIN}
    loss = value(came, "partner-positions", "2015/16", **of)
    assert loss == pytest.approx(-197_174_995.17, abs=0.02)


def test_counted_as_the_plans_did_nothing_is_stranded_in_england():
    """All of 171,000,000 + 90,000,000 = 261,000,000 is cash, and 511,000,000 is still not met."""
    counted = under("Counted as the plans did")
    of = {"figure": glossary.NET_RELEASE}
    assert value(counted, "cash-released", "2015/16", **of) == pytest.approx(261_000_000, abs=0.02)
    stranded = {"figure": glossary.STRANDED_COST}
    assert value(counted, "cash-released", "2015/16", **stranded) == pytest.approx(0, abs=0.02)
