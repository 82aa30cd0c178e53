"""Faults that `icbudget.checks.improbable_figures` must find."""

from __future__ import annotations

import pytest

from tests.checks.clean import YEARS
from tests.checks.faults import Faults
from tests.checks.test_capacity_rows import ROW as CAPACITY
from tests.checks.test_staff_rows import ROW as STAFF

fault = Faults()


@fault("index.flat", "indices", 1, "id")
def index_of_ones_own_called_flat(d):
    d["indices"].append({"id": "flat", "rates": dict.fromkeys(YEARS, 0.05)})


@fault("index.unusual", "indices", 0, "rates")
def rate_of_half_instead_of_half_a_per_cent(d):
    d["indices"][0]["rates"]["2027/28"] = 0.5


@fault("activity.nothing-left", "acute_lines", 0, "price_efficiency")
def efficiency_of_a_hundred_per_cent(d):
    d["indices"].append({"id": "efficiency", "rates": dict.fromkeys(YEARS, 1)})
    d["acute_lines"][0] |= {"price_uplift": "flat", "price_efficiency": "efficiency"}


@fault("amount.too-large", "acute_lines", 0, "base_activity")
def activity_worth_more_than_there_is(d):
    d["acute_lines"][0]["base_activity"] = 5e9


@fault("amount.too-large", "acute_lines", 0, "base_activity")
def harm_that_multiplies_activity_beyond_all_there_is(d):
    d["programmes"][0] |= {"effect_measure": "risk_ratio", "effect": 1e9, "grade": "D"}


@fault("amount.too-large", "capacity", 0, "demand")
def intermediate_care_for_more_than_there_is(d):
    d["capacity"] = [CAPACITY | {"demand": 9e11, "capacity": 9e11}]


@fault("amount.too-large", "staff", 0, "pay")
def staff_paid_more_than_there_is(d):
    d["programmes"][0]["people"] = {YEARS[0]: 9e11}
    d["staff"] = [STAFF | {"needed": None, "a_person": 9e11, "pay": 9e11, "in_post": 9e11}]


@fault("amount.too-large", "contributions", 0, "base_amount")
def contribution_that_doubles_every_year_from_the_largest(d):
    d["indices"].append({"id": "steep", "rates": dict.fromkeys(YEARS, 1.0)})
    d["contributions"][0] |= {"base_amount": 5e12, "index": "steep"}


@fault("amount.too-large", "programmes", 0, "unit_cost")
def programme_dearer_than_there_is_money(d):
    d["programmes"][0] |= {"unit_cost": 1e9, "people": dict.fromkeys(YEARS, 1e6)}


@fault("amount.thousands", "minimums", 0, "base_amount")
def minimum_in_thousands(d):
    # £700 of a source with £1,000,000
    d["minimums"][0]["base_amount"] = 700


@fault("amount.thousands", "contributions", 1, "base_amount")
def contribution_in_thousands(d):
    # £400 put in for schemes of £400,000
    d["contributions"][1]["base_amount"] = 400


@fault("year.base-year", "programmes", 0, "fixed_cost")
def cost_of_a_programme_in_the_base_year(d):
    d["programmes"][0]["fixed_cost"]["2025/26"] = 5_000


@fault("amount.two-base-amounts", "contributions", 0, "amounts")
def two_amounts_for_the_base_year(d):
    d["contributions"][0]["amounts"] = {"2025/26": 999_999}


@fault("shift.into-capital", "shifts", 0, "pool")
def acute_money_into_a_capital_pool(d):
    d["pools"].append(
        {"id": "capital", "name": "Capital", "host": "council", "money_kind": "capital"}
    )
    d["shifts"] = [{"id": "s", "lines": ["nel"], "pool": "capital"}]


@fault("shift.figure-unused", "shifts", 0, "rule")
def amounts_that_the_rule_does_not_use(d):
    d["shifts"] = [
        {"id": "s", "lines": ["nel"], "pool": "bcf", "amounts": dict.fromkeys(YEARS, 10)}
    ]


@fault("sum.too-large", "setup", None, "")
def sums_that_would_not_be_exact_to_the_penny(d):
    # ten lines of £4tn in each of three years: £120tn, above the £90tn that stay exact
    for number in range(50, 60):
        line = {"line": number, "base_amount": 4e12, "index": "flat"}
        d["contributions"].append({**d["contributions"][0], **line})


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()
