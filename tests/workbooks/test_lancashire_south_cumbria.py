"""Lancashire and South Cumbria: what the review printed, in £m, with its rounding."""

from __future__ import annotations

import pytest

from tests.workbooks.published import answer, ids, opened, value

NOW, THEN = "2019/20", "2029/30"


@pytest.fixture(scope="module")
def case():
    return opened("lancashire-south-cumbria-intermediate-care")


def whole(case, step, year):
    return value(case, "bridge", year, partner="Whole system", step=step)


@pytest.mark.parametrize(
    ("step", "year", "printed"),
    [
        ("Base", NOW, 456),
        ("Do nothing", NOW, 456),
        ("Plan", NOW, 456),
        ("Do nothing", THEN, 571),
        ("Plan", THEN, 484),
    ],
)
def test_the_whole_system_is_as_printed(case, step, year, printed):
    assert whole(case, step, year) / 1e6 == pytest.approx(printed, abs=0.0001)


@pytest.mark.parametrize(("year", "printed"), [(NOW, 358), (THEN, 321)])
def test_acute_care_falls_as_printed(case, year, printed):
    assert value(
        case, "activity", year, acute_line="acute", figure="Plan cost"
    ) / 1e6 == pytest.approx(printed, abs=0.0001)
    assert value(
        case, "activity", year, acute_line="acute", figure="Plan payment"
    ) / 1e6 == pytest.approx(printed, abs=0.0001)


@pytest.mark.parametrize(
    ("scheme", "year", "stated"),
    [("IC", NOW, 43), ("IC", THEN, 77), ("OTHER", NOW, 55), ("OTHER", THEN, 86)],
)
def test_intermediate_care_rises_as_printed_and_the_rest_as_it_follows(case, scheme, year, stated):
    assert value(case, "spending", year, scheme=scheme) / 1e6 == pytest.approx(stated, abs=0.0001)


def test_the_saving_is_87_which_the_source_prints_as_88(case):
    saving = (whole(case, "Do nothing", THEN) - whole(case, "Plan", THEN)) / 1e6
    assert saving == pytest.approx(87, abs=0.0001)  # 571 − 484
    assert abs(saving - 88) <= 1  # each of the two figures is rounded to £1m
    growth = (whole(case, "Do nothing", THEN) - whole(case, "Base", THEN)) / 1e6
    assert growth == pytest.approx(115, abs=0.0001)
    assert 100 * saving / growth == pytest.approx(75.65, abs=0.005)  # "three quarters"
    assert (whole(case, "Plan", THEN) - whole(case, "Base", THEN)) / 1e6 == pytest.approx(
        28, abs=0.0001
    )


def test_do_nothing_grows_by_2_27_percent_a_year(case):
    for year, before in (("2020/21", NOW), (THEN, "2028/29")):
        growth = whole(case, "Do nothing", year) / whole(case, "Do nothing", before) - 1
        assert 100 * growth == pytest.approx(2.27, abs=0.02)


def test_money_does_not_simply_move_from_acute_to_intermediate_care(case):
    """Acute care falls by £37m and intermediate care rises by £34m: the two do not meet."""
    fell = value(case, "activity", NOW, figure="Plan cost") - value(
        case, "activity", THEN, figure="Plan cost"
    )
    rose = value(case, "spending", THEN, scheme="IC") - value(case, "spending", NOW, scheme="IC")
    assert (fell / 1e6, rose / 1e6) == pytest.approx((37, 34), abs=0.0001)
    assert 87 / (rose / 1e6) == pytest.approx(
        2.59, abs=0.05
    )  # saving for each extra £1; 88 ÷ 34 = 2.59 in the source


def test_what_acute_care_is_spared_pays_for_the_expansion_and_leaves_the_saving(case):
    """Activity budget 358 × 571/456 = 448.285 less 321 is 127.285; the expansions take 23.156 and
    17.129; 87 is left.
    """
    moved = value(
        case, "reallocation", THEN, thing="acute_to_community", figure="Moved into the pool"
    )
    assert moved / 1e6 == pytest.approx(40.285, abs=0.0005)
    gap = value(
        case,
        "reallocation",
        THEN,
        thing="acute_to_community",
        figure="Unfunded gap on activity",
    )
    assert gap / 1e6 == pytest.approx(-87, abs=0.0001)
    closes = [
        v for row in answer(case, "balances").where(figure="Closing balance") for v in row.values
    ]
    assert closes and set(closes) == {0}


def test_the_plan_says_what_is_printed_what_is_derived_and_where(case):
    plan = case.plan
    assert (
        "571 − 484 = 87" in plan.setup.notes
        and "prints 88" in plan.setup.notes
        and "hsj.co.uk" in plan.setup.notes
    )
    statuses = {(row.id, row.line): row.status for row in plan.schemes}
    assert statuses == {
        ("IC", 1): "published",
        ("IC", 2): "derived",
        ("OTHER", 1): "derived",
        ("OTHER", 2): "derived",
    }
    assert plan.indices[0].status == "derived" and plan.acute_lines[0].status == "derived"
    assert {goal.id: (goal.baseline, goal.target) for goal in plan.goals} == {
        "beds": (445, 550),
        "staff": (790, 1770),
        "acute": (None, 321e6),
    }


def test_experience_says_what_the_source_leaves_out(case):
    """No error. Warnings: nothing off a weak effect, cash at once, an expansion not named, nobody
    asks patients. No deflator.
    """
    warned = [
        "evidence.nothing-off",
        "guard.cash-year-1",
        "guard.experience",
        "programme.no-segment",
    ]
    assert sorted(ids(case)) == [*warned, "setup.no-deflator"]
