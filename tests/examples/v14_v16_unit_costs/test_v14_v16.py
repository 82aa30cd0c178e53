"""V14 and V16: national average costs and the deflator, from the tables that the product ships."""

from __future__ import annotations

import math

import pytest

from icbudget import reference


def _long_and_short():
    found = [
        c
        for c in reference.unit_costs()
        if c.price_year == "2024/25" and c.activity in (4_599_401, 6_605_591)
    ]
    assert len(found) == 2
    return found


def test_v14_the_two_kinds_of_stay_make_the_average():
    both = _long_and_short()
    activity = sum(c.activity for c in both)
    total = sum(c.activity * float(c.unit_cost) for c in both)
    assert activity == 11_204_992
    assert round(total / activity, 2) == 2711.36
    assert round(total / 1e9, 3) == 30.381


def test_v14_an_episode_is_not_a_spell():
    assert {c.currency for c in _long_and_short()} == {"episode"}


@pytest.mark.parametrize(("last", "printed"), [(2024, 1_992), (2025, 2_050)])
def test_v16_the_price_of_an_admission_in_later_money(last, printed):
    growth = reference.gdp_deflator()
    years = [f"{y}/{(y + 1) % 100:02d}" for y in range(2016, last + 1)]
    assert round(1490 * math.prod(1 + growth[y] for y in years)) == printed
