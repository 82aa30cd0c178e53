"""Thirty-six figures of sample plans, worked out by hand from what stands in their input cells.

Only inputs and arithmetic stand here: no figure rests on one that the program worked out. Each is
one that a committee or an auditor would quote.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import pytest

from icbudget import glossary
from tests.workbooks.published import opened, value
from tests.workbooks.test_england_2015_16 import under

BOROUGH, TYNESIDE = "illustrative-borough", "north-tyneside-better-care-fund"
NOTTINGHAM, NORFOLK = "nottingham-city-pool-2015-16", "norfolk-disabled-facilities-grant"
LANCASHIRE = "lancashire-south-cumbria-intermediate-care"
YEAR = "2026/27"
PENNY = 0.0051

# Prices of acute care rise by 2.5 % − 2 % = 0.5 %.
PRICE, COST_OF_ATTENDANCE = 3_781.90 * 1.005, 288.42 * 1.005
# Of 16,000 episodes × 1.018643 × 0.9986 = 16,275.4704 that come if nothing changes:
NOTHING = 16_000 * 1.018643 * (1 - 0.0014)
# care homes reach 400 ÷ 2,000 × half a year, by 10 %; hospital at home 3 %, by 75 %; falls response
# 15 % × three quarters of a year, by 8 %; safer homes 600 ÷ 9,000 × half a year, by 8 % less 10 %
# that would have happened and 15 % optimism; the two of falls overlap by half
CARE_HOMES, AT_HOME = 0.2 * 0.5 * 0.1, 0.03 * 0.75
FALLS, SAFER = 0.15 * 0.75 * 0.08, 600 / 9_000 * 0.5 * 0.08 * 0.9 * 0.85
BOTH_OF_FALLS = FALLS + 0.5 * (1 - FALLS) * SAFER
ALL_THREE = 1 - (1 - AT_HOME) * (1 - BOTH_OF_FALLS)
# segments: 8.75 % in care homes, 22 % frail, 12 % after a fall, 5 % both; 140.629459 are avoided
PART = 0.0875 * CARE_HOMES + 0.22 * AT_HOME + 0.12 * BOTH_OF_FALLS + 0.05 * ALL_THREE
AVOIDED = NOTHING * PART

PREVENTION = (
    400 * 350 * 1.022299,  # care homes: 143,121.86
    220_000 * 1.022299 + 150_000,  # hospital at home with double running: 374,905.78
    280_000 * 1.022299,  # falls response: 286,243.72
    600 * 300 * 1.022299 * 1.1,  # safer homes, 10 % optimism on cost: 202,415.20
    120_000 * 1.022299,  # social prescribing: 122,675.88
    90_000 * 1.022299,  # case management: 92,006.91
)
PAID = 1_221_369.35
# Equipment: 1,100,000 and 900,000, 3.5 % more spent; 1,100,000 × 1.022299 and 900,000 × 1.02 put in
EQUIPMENT = 1_138_500 + 931_500 - 1_124_529 - 918_000  # 27,471 over
# Better Care Fund: of 4 × 50,000 on performance 60 % and 30 % are achieved twice, so 20,000 and
# 35,000 are not earned; 1,250,000 − 1,221,369.35 of the prevention money offsets it
OVER = 20_000 + 35_000 - (1_250_000 - PAID)  # 26,369.35
# Every amount becomes pence once. 15,000 of it by 55, 5 and 40 %, the rest by what each puts in: 28,032,189, 2,328,797, 14,921,000
PUT_IN = 28_032_189 + 2_328_797 + 14_921_000
ICB_BEARS = 8_250 + round((OVER - 15_000) * 28_032_189 / PUT_IN, 2)
ICB_BEARS += round(EQUIPMENT * 1_124_529 / 2_042_529, 2)
OTHER_BEARS = 750 + round((OVER - 15_000) * 2_328_797 / PUT_IN, 2)
COUNCIL_BEARS = OVER + EQUIPMENT - ICB_BEARS - OTHER_BEARS
# A care home week costs 956 × 1.0315 less a charge of 310 × 1.022299; 12 % are after a fall
WEEKS = 19_760 * 1.00759536
HOMES = WEEKS * 0.12 * BOTH_OF_FALLS * (956 * 1.0315 - 310 * 1.022299)  # 16,005.93
# Of what three programmes avoid together each has its part by ln(1 − e): hospital at home's episodes
# (98.232046) come back as so many of its own, at 1,900 × 1.005, and as 3 hours of home care each
MOVED = 98.232045826
HOSPITAL_AT_HOME = MOVED * 1_900 * 1.005  # 187,574.09
HOME_CARE = MOVED * 3 * (25.05 * 1.0315 - 4 * 1.022299)  # 6,409.61
# A&E: 1.6 % of 120,700 × 1.00833963 × 1.0131 from care homes, 3 % after a fall, 5 % frequent
# attenders (10 % × half a year × 1 % × 0.75 × 0.75)
SOCIAL = 0.1 * 0.5 * 0.01 * 0.75 * 0.75
ATTENDANCES = (
    120_700 * 1.00833963 * 1.0131 * (0.016 * CARE_HOMES + 0.03 * BOTH_OF_FALLS + 0.05 * SOCIAL)
)  # 58.49238
# 20 % of the price of what is avoided is not paid; 18 % of its cost is not spent, and of the beds a
# fifth is filled again; 140.6 × 0.8 episodes close no bay of 288
SAVED = 0.2 * (AVOIDED * PRICE + ATTENDANCES * COST_OF_ATTENDANCE)  # 110,292.10
RELEASED = 0.18 * (AVOIDED * PRICE * 0.8 + ATTENDANCES * COST_OF_ATTENDANCE)  # 80,020.68
ICB_ACTIVITY = round(SAVED - HOSPITAL_AT_HOME, 2)  # −77,281.99
TRUST_ACTIVITY = round(RELEASED - SAVED, 2)  # −30,271.42
COUNCIL_ACTIVITY = round(HOMES - HOME_CARE, 2)  # 9,596.32
# ICB and trust lose together; the ICB bears 85 % of it and the trust pays it the rest
RECEIVED = round(
    PAID - ICB_ACTIVITY - 0.85 * (PAID - ICB_ACTIVITY - TRUST_ACTIVITY), 2
)  # 169,066.99
# What was not earned stays with the ICBs, by all they have paid in to date
ICB_KEEPS = round(OVER * 54_630_189 / (54_630_189 + 4_606_797), 2)  # 24,318.63
ICB_POOLS = -PAID + (1_138_500 - 1_124_529) + ICB_KEEPS  # −1,183,079.72
ICB_GAIN = ICB_ACTIVITY + ICB_POOLS - ICB_BEARS + RECEIVED  # −1,121,707.37
COUNCIL_GAIN = COUNCIL_ACTIVITY + (931_500 - 918_000) - COUNCIL_BEARS  # 1,003.33
# Council: net fees of 380 clients × 52 weeks and 620 × 728 hours, grant, added money, equipment, DFG
COUNCIL_NOTHING = (
    round(WEEKS * (956 * 1.0315 - 310 * 1.022299), 2)
    + round(451_360 * 1.018643 * (25.05 * 1.0315 - 4 * 1.022299), 2)
    + 13_391_000
    + 1_530_000
    + 931_500
    + 3_606_000
)  # 42,782,398.69


def lancashire_ratio():
    """£358m grows 2.2744 % a year; a tenth more of 28.3938 % is avoided each year, at full cost.
    Cost: a tenth more of 23,155,701.76 and 17,129,385.96 each year. Both at 3.5 % a year.
    """
    growth = 1.02274443849166219
    benefits = sum(358e6 * growth**t * 0.2839378136954671 * t / 10 / 1.035**t for t in range(1, 11))
    costs = sum((23_155_701.76 + 17_129_385.96) * t / 10 / 1.035**t for t in range(1, 11))
    return benefits / costs


class ByHand(NamedTuple):
    """A figure: the plan, the answer, its column, its labels, what it is by hand."""

    plan: str
    answer: str
    column: str
    labels: dict[str, str]
    amount: float
    within: float = PENNY


def minimum(figure, amount):
    of = {"rule": "adult social care", "source": "NHS Minimum Contribution", "figure": figure}
    return ByHand(BOROUGH, "minimum-spend", YEAR, of, amount)


def position(partner, figure, amount, year=YEAR):
    of = {"partner": partner, "figure": figure}
    return ByHand(BOROUGH, "partner-positions", year, of, amount)


def cash(line, figure, amount, within=PENNY):
    of = {"acute_line": line, "figure": figure} if line else {"figure": figure}
    return ByHand(BOROUGH, "cash-released", YEAR, of, amount, within)


def gap(step, amount):
    return ByHand(BOROUGH, "bridge", YEAR, {"partner": "council", "step": step}, amount)


def form(name, amount):
    of = {"form": name, "partner": "council", "figure": "Bears of over- (+) or underspend (−)"}
    return ByHand(BOROUGH, "forms-of-integration", YEAR, of, amount)


MEMORANDUM = {"pool": "bcf", "view": "£", "section": "Net"}
EQUIPMENT_SHARED = {"pool": "equipment", "view": "£", "section": "Shared"}
FIGURES = {
    # Home care 4,600,000, reablement 3,900,000, carers 950,000 and social work 2,000,000 make
    # 11,450,000; × 1.03 = 11,793,500. Least: 11,390,000 × 1.03 = 11,731,700
    "adult social care": minimum("Value", 11_793_500),
    "its minimum": minimum("Limit", 11_731_700),
    "beyond its minimum": minimum("Gap", 61_800),
    # 8,092,000 × 1.022299 = 8,272,443.51, rolled forward to the pound
    "minimum out of hospital": ByHand(
        BOROUGH,
        "minimum-spend",
        YEAR,
        {"rule": "nhs out of hospital", "figure": "Limit"},
        8_272_444,
    ),
    # 26,198,000 × 1.022299 = 26,782,189 and 2,278,000 × 1.022299 = 2,328,797
    "income of the NHS minimum": ByHand(
        BOROUGH,
        "balances",
        YEAR,
        {"pool": "bcf", "source": "NHS Minimum Contribution", "figure": "Income"},
        26_782_189 + 2_328_797,
    ),
    # Grant 13,391,000, added 1,500,000 and for equipment 900,000, DFG 3,606,000
    "put in by the council": position("council", glossary.PUT_INTO_POOLS, 19_397_000, "2025/26"),
    # by the same and 12,764,960 + 9,501,128 net of charges: 19,760 × 646 and 451,360 × 21.05
    "do nothing of the council": position(
        "council", glossary.DO_NOTHING, 19_397_000 + 12_764_960 + 9_501_128, "2025/26"
    ),
    "episodes avoided": cash("nel_75", "Capacity released", 140.629459, 1e-6),
    # a fifth of the beds
    "filled by others": cash("nel_75", "Of it filled by other patients", 28.125892, 1e-6),
    # 140.629459 × 3,800.81 × 20 %
    "contract saving": cash("nel_75", glossary.CONTRACT_SAVING, 106_901.16),
    # 18 % of cost, of four fifths of them
    "gross release of the beds": cash("nel_75", glossary.GROSS_RELEASE, 76_968.83),
    "paid in its place": cash("hospital_at_home", glossary.CONTRACT_SAVING, -187_574.09),
    # 76,968.83 + 3,051.85 of A&E + 16,005.93 of care homes, a market
    "gross release": cash("", glossary.GROSS_RELEASE, RELEASED + HOMES),
    "replacement cost": cash("", glossary.REPLACEMENT_COST, HOSPITAL_AT_HOME + HOME_CARE),
    "net release": cash("", glossary.NET_RELEASE, 96_026.61 - 193_983.70),
    "paid for prevention": position("Whole system", glossary.PAID, sum(PREVENTION)),
    "activity of the ICB": position("icb_main", glossary.POSITION_ACTIVITY, ICB_ACTIVITY),
    "activity of the council": position("council", glossary.POSITION_ACTIVITY, COUNCIL_ACTIVITY),
    "activity of the trust": position("trust", glossary.POSITION_ACTIVITY, TRUST_ACTIVITY),
    "equipment over": ByHand(
        BOROUGH,
        "risk-shared",
        YEAR,
        {"pool": "equipment", "figure": "Variance (overspend positive)"},
        EQUIPMENT,
    ),
    "settled by the ICB": position("icb_main", glossary.POSITION_SETTLED, -ICB_BEARS),
    "settled by its neighbour": position("icb_other", glossary.POSITION_SETTLED, -OTHER_BEARS),
    "settled by the council": position("council", glossary.POSITION_SETTLED, -COUNCIL_BEARS),
    "received by the ICB": ByHand(
        BOROUGH,
        "gain-shared",
        YEAR,
        {"partner": "icb_main", "figure": glossary.RECEIVED},
        RECEIVED,
    ),
    "the ICB after settlement": position("icb_main", glossary.GAIN, ICB_GAIN),
    "the council after settlement": position("council", glossary.GAIN, COUNCIL_GAIN),
    # against an envelope of 42,500,000
    "gap there": gap(glossary.GAP_OF_YEAR_THERE, COUNCIL_NOTHING - 42_500_000),
    "gap of the year": gap(glossary.GAP_OF_YEAR, COUNCIL_NOTHING - COUNCIL_GAIN - 42_500_000),
    # the host of both pools bears all: 26,369.35 + 27,471
    "the host bears": form("Lead commissioning", OVER + EQUIPMENT),
    # its own equipment line 13,500 and, as host, the 55,000 that performance does not earn
    "each bears its own": form("Aligned budgets", 13_500 + 55_000),
    # 16,275.4704 − 140.6295 episodes
    "the goal for admissions": ByHand(
        BOROUGH,
        "goal-tracker",
        YEAR,
        {"goal": "nel", "figure": glossary.EXPECTED},
        NOTHING - AVOIDED,
        1e-5,
    ),
    # booked 283,000 + 288,800 + 294,500 + 288,700 and 231,500 + 236,200 + 241,000 + 236,300 =
    # 2,100,000, 100,000 beyond 1,100,000 + 900,000: the ICB bears 11 of 20
    "equipment at the year end": ByHand(
        BOROUGH,
        "memorandum-account",
        "2025/26",
        {**EQUIPMENT_SHARED, "line": "NHS Illustrative ICB"},
        -55_000,
    ),
    # 10,711 − 153 + 916 + 507 + 432 + 358 − 1 = 12,770; 4,916 + 507 + 432 + 357 + 5,476 = 11,688
    "Nottingham's year end": ByHand(
        NOTTINGHAM,
        "memorandum-account",
        "2015/16",
        {**MEMORANDUM, "line": glossary.NET_OF_YEAR},
        1_082_000,
    ),
    # 9,956,890 − 1,938,375
    "Norfolk's other districts": ByHand(
        NORFOLK, "spending", "2023/24", {"scheme": "SIX"}, 8_018_515
    ),
    # 11,651,150 × 1.0566 = 12,310,605.09
    "North Tyneside's adult social care": ByHand(
        TYNESIDE, "income", "2022/23", {"partner": "ccg"}, 12_310_605
    ),
    "ratio of Lancashire": ByHand(
        LANCASHIRE,
        "appraisal",
        "Value",
        {"view": glossary.SYSTEM_CASH, "measure": "Benefit-cost ratio"},
        lancashire_ratio(),
        1e-6,
    ),
}


@cache
def plan(name):
    return opened(name)


def test_there_are_more_than_twenty_five():
    assert len(FIGURES) == 36


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_what_it_is_by_hand(name):
    case, answer, column, labels, amount, within = FIGURES[name]
    assert value(plan(case), answer, column, **labels) == pytest.approx(amount, abs=within)


def test_both_years_of_north_tyneside():
    """11,651,150 + 12,310,605 = 23,961,755; 17,805,947 + 18,463,402 = 36,269,349."""
    in_all = {"ccg": 23_961_755, "not_named": 36_269_349}
    for partner, pounds in in_all.items():
        years = [
            value(plan(TYNESIDE), "partner-positions", year, partner=partner, figure="Plan")
            for year in plan(TYNESIDE).plan.years
        ]
        assert sum(years) == pounds


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
