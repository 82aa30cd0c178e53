"""A year's money falls into months without losing a penny."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icbudget.engine.phasing import instalments, to_date, weights_of
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
        ("winter", [0] * 6 + [1666, 1666, 3333, 3335, 0, 0]),  # sixths: 1,666.67 twice, 3,333.33, the last takes 3,335
    ],
)
def test_a_hundred_pounds(profile, parts):
    assert instalments(10_000, weights_of(PLAN, profile)) == tuple(parts)


def test_the_last_instalment_takes_the_pence_even_where_no_money_follows_it():
    assert instalments(10, weights_of(PLAN, "quarterly")) == (2, 0, 0, 2, 0, 0, 2, 0, 0, 4, 0, 0)


def test_to_date_is_what_has_fallen_due():
    parts = instalments(120_000, weights_of(PLAN, "quarterly"))
    assert [to_date(parts, month) for month in (0, 1, 3, 4, 12)] == [0, 30_000, 30_000, 60_000, 120_000]


@given(st.integers(-(10**13), 10**13), st.lists(st.floats(0, 1e6), min_size=12, max_size=12).filter(any))
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
