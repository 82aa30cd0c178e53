"""Goals by hand: 1,000 spells at £2,000 that do not grow; a programme reaches 10 % of them and
halves their rate, so it avoids 50 a year and costs £100,000 a year.
"""

from __future__ import annotations

import copy
from decimal import Decimal

import pytest

from icbudget import money
from icbudget.answers import catalogue
from icbudget.answers.case import evaluate
from icbudget.engine.appraisal.goal_gaps import closings
from icbudget.engine.appraisal.trajectory import trajectory
from icbudget.engine.run import run
from icbudget.plan.columns import ByYear
from tests.engine.plans import read

YEARS = ["2025/26", "2026/27", "2027/28", "2028/29"]
LINE = {
    "id": "nel",
    "point_of_delivery": "Non-elective admission",
    "currency": "spell",
    "commissioner": "icb",
    "provider": "trust",
    "base_activity": 1000,
    "demographic_index": "flat",
    "non_demographic_index": "flat",
    "unit_price": 2000,
    "unit_cost": 2000,
    "price_uplift": "flat",
    "price_efficiency": "flat",
    "contract": "activity",
    "variable_cost": 0.2,
    "semi_fixed_cost": 0.3,
    "fixed_cost": 0.5,
}
DAYS = LINE | {
    "id": "days",
    "point_of_delivery": "Bed days",
    "currency": "bed day",
    "base_activity": 5000,
    "parent": "nel",
    "unit_price": 0,
    "unit_cost": 0,
}
PLAN = {
    "setup": {"title": "By hand", "base_year": "2024/25", "horizon": 4},
    "partners": [
        {"id": id, "name": id, "kind": kind}
        for id, kind in (("icb", "icb"), ("council", "council"), ("trust", "nhs_provider"))
    ],
    "pools": [{"id": "bcf", "name": "BCF", "host": "council"}],
    "contributions": [
        {
            "pool": "bcf",
            "partner": "icb",
            "source": "NHS Minimum Contribution",
            "base_amount": 100_000,
            "index": "flat",
        }
    ],
    "acute_lines": [LINE, DAYS],
    "segments": [{"acute_line": "nel", "id": "all", "share": 1, "programmes": ["falls"]}],
    "programmes": [
        {
            "id": "falls",
            "name": "Falls service",
            "pool": "bcf",
            "source": "NHS Minimum Contribution",
            "effect": 0.5,
            "grade": "A",
            "cost_index": "flat",
            "reach": dict.fromkeys(YEARS, 0.1),
            "fixed_cost": dict.fromkeys(YEARS, 100_000),
        }
    ],
}
NEL = {
    "id": "g",
    "measure": "Admissions",
    "good": "lower",
    "kind": "admissions",
    "target": 920,
    "target_year": "2028/29",
}


def plan(goal=None, programme=None, **tables):
    document = copy.deepcopy(PLAN) | tables
    document["programmes"][0] |= programme or {}
    document["goals"] = [NEL | (goal or {})]
    return read(document)


def told(*args, **tables):
    return {
        row.labels[2]: row.values
        for row in catalogue.GOAL_TRACKER.build(evaluate(plan(*args, **tables))).rows
    }


def ways(*args, **tables):
    made = plan(*args, **tables)
    return closings(run(made), made.goals[0])


def test_on_track_is_on_the_straight_line_from_baseline_to_target():
    # 1,000 to 920 in four years: 980, 960, 940, 920; the plan has 950 throughout
    rows = told()
    assert rows["Expected"] == (1000, 950, 950, 950, 950)
    assert rows["Needed to be on track"] == (None, 980, 960, 940, 920)
    assert rows["On track"] == (None, "yes", "yes", "no", "no")
    assert "Not met by 2028/29: 30.0 above the target" in rows
    assert "Not met by 2028/29: 30.0 spells above the target" in told({"unit": "spells"})


def test_what_is_missed_by_little_is_not_missed_by_nothing():
    """A share of 5 % (100,000 of 2,000,000) against targets: 8 − 5 = 3; 5.15 − 5 = 0.15, which one
    decimal would call 0.2; 5.004 − 5 = 0.004, which two would call 0.
    """
    for target, off in ((8, "3"), (5.15, "0.15"), (5.004, "0.004")):
        rows = told({"kind": "prevention_share", "good": "higher", "target": target})
        assert f"Not met by 2028/29: {off} percentage points below the target" in rows


def test_bed_days_of_admissions_are_no_admissions():
    days = DAYS | {"point_of_delivery": "Non-elective excess bed days"}
    assert told(acute_lines=[LINE, days])["Expected"] == (1000, 950, 950, 950, 950)
    assert told({"kind": "bed_days"}, acute_lines=[LINE, days])["Expected"] == (
        5000,
        4750,
        4750,
        4750,
        4750,
    )


def test_a_target_before_the_end_must_be_kept_afterwards():
    rows = told({"target": 950, "target_year": "2026/27"})
    assert rows["Needed to be on track"] == (None, 975, 950, 950, 950)
    assert rows["On track"] == (None, "yes", "yes", "yes", "yes")
    assert "Met by 2026/27" in rows


def test_a_target_beyond_the_plan_still_has_a_line_and_no_verdict():
    # 80 fewer in eight years: 10 a year
    rows = told({"target_year": "2032/33"})
    assert rows["Needed to be on track"] == (None, 990, 980, 970, 960)
    assert rows["On track"] == (None, "yes", "yes", "yes", "yes")
    assert "Target year 2032/33 is outside the plan" in rows


@pytest.mark.parametrize("year", ["2024/25", "2020/21"])
def test_a_target_not_after_the_base_year_has_no_line(year):
    assert set(told({"target_year": year})["Needed to be on track"]) == {None}
    assert ways({"target_year": year}) == ()


def test_bed_days_follow_the_spells():
    assert told({"kind": "bed_days", "target": 4600})["Expected"] == (5000, 4750, 4750, 4750, 4750)


def test_share_of_spending_on_prevention():
    # 100,000 of 950 × £2,000 + 100,000 = 2,000,000
    rows = told({"kind": "prevention_share", "good": "higher", "target": 8})
    assert rows["Expected"] == pytest.approx((0, 5, 5, 5, 5))


def test_a_programme_that_a_partner_pays_itself_counts_as_prevention():
    rows = told(
        {"kind": "prevention_share", "good": "higher", "target": 8},
        {"pool": "", "source": "", "partner": "icb"},
    )
    assert rows["Expected"] == pytest.approx((0, 5, 5, 5, 5))


def test_schemes_tagged_as_prevention_count_and_what_pays_for_a_programme_counts_once():
    # base year 40,000 of 1,000 × £2,000 + 40,000 + 60,000; then 100,000 + 40,000 of 950 × £2,000 +
    # 200,000
    scheme = {"pool": "bcf", "source": "NHS Minimum Contribution", "index": "flat"}
    schemes = [
        scheme | {"id": "warm", "name": "Warm homes", "base_amount": 40_000, "prevention": True},
        scheme | {"id": "beds", "name": "Step-down beds", "base_amount": 60_000},
        {
            **scheme,
            "index": "",
            "id": "pays",
            "name": "Pays",
            "programme": "falls",
            "prevention": True,
        },
    ]
    rows = told(
        {"kind": "prevention_share", "good": "higher", "target": 8},
        {"pool": "", "source": ""},
        schemes=schemes,
    )
    assert rows["Expected"] == pytest.approx((100 * 40 / 2_100, *[100 * 140 / 2_100] * 4))


def test_old_goals_read_as_they_did():
    assert told({"kind": None, "acute_line": "nel"})["Expected"] == (1000, 950, 950, 950, 950)
    entered = {
        "kind": None,
        "acute_line": "",
        "baseline": 66,
        "expected": {"2026/27": 68},
        "good": "higher",
    }
    assert told(entered)["Expected"] == (66, None, 68, None, None)
    assert told(entered)["On track"] == (None, None, "no", None, None)


def test_what_closes_the_gap_of_admissions():
    # 1,000 × (1 − 0.05 s) ≤ 920: s = 1.6; 60,000 more a year for four years
    (way,) = ways()
    assert (way.size, way.value, way.more) == (1.6, pytest.approx(920), 24_000_000)
    (row,) = catalogue.GOAL_GAPS.build(evaluate(plan())).rows
    assert (
        row.labels[2]
        == "1.60 times the planned size, every programme paid in full: it comes to 920.0 in"
        " 2028/29."
    )
    assert row.values == (240_000.0,)


def test_what_closes_the_gap_of_the_share_on_prevention():
    # what is spent more on the programme is spent less on spells, 50 s × £2,000 = 100,000 s: the
    # share is 5 s %
    (way,) = ways({"kind": "prevention_share", "good": "higher", "target": 8})
    assert (way.size, way.value) == (1.6, pytest.approx(8))


def test_reach_never_passes_its_maximum_and_then_nothing_is_enough():
    # 15 % at most: 1,000 × (1 − 0.15 × 0.5) = 925
    (way,) = ways(programme={"max_reach": 0.15})
    assert (way.size, way.value) == (None, pytest.approx(925))
    (row,) = catalogue.GOAL_GAPS.build(evaluate(plan(programme={"max_reach": 0.15}))).rows
    assert (
        "Not even 10 times the planned size, or the most it can reach, is enough: 925.0 in 2028/29"
        in row.labels[2]
        and row.values == (None,)
    )


def test_where_only_the_money_is_short_it_says_how_much_a_year():
    # £40,000 a year buys 0.4 of the service, which avoids 20; for 960 it takes 0.8 of it, £40,000
    # more
    short = {
        "acute_lines": [LINE | {"contract": "block"}],
        "shifts": [{"id": "s", "lines": ["nel"], "pool": "bcf"}],
        "contributions": [
            PLAN["contributions"][0] | {"base_amount": 0, "amounts": dict.fromkeys(YEARS, 40_000)}
        ],
    }
    rows = told({"target": 960}, **short)
    assert rows["Expected"] == pytest.approx((1000, 980, 980, 980, 980))
    (way,) = ways({"target": 960}, **short)
    assert (way.size, way.a_year, way.more, way.value) == (
        1.0,
        4_000_000,
        16_000_000,
        pytest.approx(960),
    )


def test_each_programme_is_tried_alone_too():
    second = PLAN["programmes"][0] | {"id": "homes", "effect": 0.1}
    harm = PLAN["programmes"][0] | {"id": "harm", "effect": -0.01}
    tables = {
        "programmes": [copy.deepcopy(PLAN["programmes"][0]), second, harm],
        "segments": [
            {"acute_line": "nel", "id": "a", "share": 0.5, "programmes": ["falls"]},
            {"acute_line": "nel", "id": "b", "share": 0.5, "programmes": ["homes", "harm"]},
        ],
    }
    # 500 (1 − 0.05 s) + 500 (1 − 0.01 s) × 1.001 ≤ 940: together s = 2.0163; falls alone 500 (1 −
    # 0.05 s) + 495.495, s = 2.2198;
    # homes alone 475 + 500.5 (1 − 0.01 s), s = 7.093; each rounded up to a hundredth
    both, falls, homes = ways({"target": 940}, **tables)
    assert [way.programmes for way in (both, falls, homes)] == [
        ("falls", "homes"),
        ("falls",),
        ("homes",),
    ]
    assert [way.size for way in (both, falls, homes)] == [2.02, 2.22, 7.1]


def resized(made, size):
    """The plan with its only programme so many times as large, its cost in whole pence, half-up,
    and £10 million more in the pool, which pays for any size.
    """
    row = made.programmes[0]
    cost = {
        year: money.to_pounds(money.to_pence(pounds * Decimal(size)))
        for year, pounds in row.fixed_cost.items()
    }
    reach = {year: share * size for year, share in row.reach.items()}
    larger = row.model_copy(update={"reach": ByYear(reach), "fixed_cost": ByYear(cost)})
    funding = made.contributions[0].model_copy(update={"base_amount": Decimal(10_000_000)})
    return made.model_copy(update={"programmes": (larger,), "contributions": (funding,)})


@pytest.mark.parametrize("target", [949, 930, 900, 871.3, 800])
def test_no_smaller_size_would_do(target):
    made = plan({"target": target})
    (way,) = closings(run(made), made.goals[0])
    value = {
        s: trajectory(run(resized(made, s)), made.goals[0])[4] for s in (way.size, way.size - 0.01)
    }
    paid = run(resized(made, way.size)).projection.moves.paid.sum()
    assert way.more == paid - run(made).projection.moves.paid.sum()
    assert value[way.size] <= target + 1e-6 < value[way.size - 0.01]


def test_nothing_is_sought_where_the_goal_is_met_or_entered():
    assert ways({"target": 960}) == ()
    assert (
        ways(
            {
                "kind": "experience",
                "good": "higher",
                "baseline": 60,
                "target": 70,
                "expected": {"2028/29": 65},
            }
        )
        == ()
    )
    (row,) = catalogue.GOAL_GAPS.build(evaluate(plan({"target": 960}))).rows
    assert row.labels[2] == "Met by 2028/29: nothing more is needed."
    (row,) = catalogue.GOAL_GAPS.build(
        evaluate(plan({"kind": "experience", "expected": {"2028/29": 965}}))
    ).rows
    assert row.labels[2].endswith("Its values are entered: nothing else in the plan moves them.")
