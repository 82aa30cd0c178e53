"""A year's money falls into months without losing a penny."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icbudget.engine.accounts.phasing import (
    due,
    instalments,
    paid_from,
    quarters,
    to_date,
    weights_of,
)
from icbudget.plan import Plan
from icbudget.plan.profile import BUILT_IN, Profile
from icbudget.plan.setup import Setup

PLAN = Plan(
    setup=Setup(title="Phasing", base_year="2025/26", horizon=0),
    profiles=(Profile(id="winter", october=1, november=1, december=2, january=2),),
)


@pytest.mark.parametrize(
    ("profile", "parts"),
    [
        ("", [833] * 11 + [837]),  # 10,000 / 12 = 833.33: eleven of £8.33 and the rest, £8.37
        ("monthly", [833] * 11 + [837]),
        ("quarterly", [2500, 0, 0] * 4),
        ("four_equal", [0, 0, 2500] * 4),
        ("annual", [10_000] + [0] * 11),
        (
            "winter",
            [0] * 6 + [1666, 1666, 3333, 3335, 0, 0],
        ),  # sixths: 1,666.67 twice, 3,333.33, the last takes 3,335
    ],
)
def test_a_hundred_pounds(profile, parts):
    assert instalments(10_000, weights_of(PLAN, profile)) == tuple(parts)


def test_the_last_instalment_takes_the_pence_even_where_no_money_follows_it():
    assert instalments(10, weights_of(PLAN, "quarterly")) == (2, 0, 0, 2, 0, 0, 2, 0, 0, 4, 0, 0)


def test_to_date_is_what_has_fallen_due():
    parts = instalments(120_000, weights_of(PLAN, "quarterly"))
    assert [to_date(parts, month) for month in (0, 1, 3, 4, 12)] == [
        0,
        30_000,
        30_000,
        60_000,
        120_000,
    ]


@given(
    st.integers(-(10**13), 10**13),
    st.lists(st.floats(0, 1e6), min_size=12, max_size=12).filter(any),
)
def test_parts_sum_to_the_year_and_are_never_of_the_other_sign(pence, weights):
    parts = instalments(pence, weights)
    assert sum(parts) == pence and len(parts) == 12
    assert all(part * pence >= 0 for part in parts)
    assert instalments(-pence, weights) == tuple(-part for part in parts)


@pytest.mark.parametrize("weights", [[0.0] * 12, [1.0] * 11 + [-1.0]])
def test_weights_that_cannot_be(weights):
    with pytest.raises(ValueError, match="weights"):
        instalments(100, weights)


def test_every_built_in_profile_is_known():
    assert all(sum(weights_of(PLAN, name)) > 0 for name in BUILT_IN)


def test_a_grant_determination_paid_monthly():
    # Birmingham's iBCF of 2023-24, £67,918,344, paid in monthly instalments (Determination
    # 31/6644): £5,659,862 × 12 exactly
    assert instalments(6_791_834_400, weights_of(PLAN, "monthly")) == (565_986_200,) * 12


@given(st.integers(-(10**13), 10**13), st.sampled_from(BUILT_IN))
def test_four_quarters_are_the_year(pence, profile):
    parts = instalments(pence, weights_of(PLAN, profile))
    assert sum(quarters(parts)) == pence and quarters(parts)[3] == sum(parts[9:])


def test_an_in_year_tranche_is_paid_over_what_is_left_of_the_year():
    # £86 from October in twelfths: five months of £14.33 and £14.35
    monthly = paid_from(weights_of(PLAN, "monthly"), "2025/26", "2025-10-15")
    assert instalments(8_600, monthly) == (0,) * 6 + (1433,) * 5 + (1435,)


@pytest.mark.parametrize(
    ("start", "month"),
    [
        ("", 0),
        ("2025-04-30", 0),
        ("2024-12-01", 0),
        ("2025-11-20", 7),
        ("2026-01-31", 9),
        ("2026-03-01", 11),
        ("2027-01-01", 11),
    ],
)
def test_money_due_at_once_in_april_is_due_when_it_comes(start, month):
    assert paid_from(weights_of(PLAN, "annual"), "2025/26", start) == tuple(
        float(m == month) for m in range(12)
    )


def test_the_day_an_instalment_is_due():
    def days(profile):
        return [
            due(profile, month) for month, weight in enumerate(weights_of(PLAN, profile)) if weight
        ]

    assert days("quarterly") == ["1 Apr", "1 Jul", "1 Oct", "1 Jan"]
    assert days("four_equal") == ["30 Jun", "30 Sep", "31 Dec", "31 Mar"]
    assert days("annual") == ["1 Apr"] and days("winter")[0] == "1 Oct"
