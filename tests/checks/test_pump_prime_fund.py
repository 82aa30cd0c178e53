"""Faults that `icbudget.checks.pump_prime_fund` must find."""

from __future__ import annotations

import pytest

from tests.checks.changes import primed, shift
from tests.checks.clean import LA, NHS, clean
from tests.checks.faults import Faults, findings_of

fault = Faults()


@fault("shift.figure-unused", "shifts", 0, "rule")
def terms_of_a_fund_where_there_is_none(d):
    shift(d, fund_floor=5)


@fault("fund.two", "shifts", 0, "pool")
def two_funds_in_one_pool(d):
    primed(d)
    d["acute_lines"].append(
        d["acute_lines"][0] | {"id": "ae", "point_of_delivery": "A&E attendance"}
    )
    d["shifts"].append(d["shifts"][0] | {"id": "second", "lines": ["ae"]})


@fault("fund.and-release", "shifts", 0, "pool")
def pool_with_a_fund_and_a_release(d):
    primed(d)
    d["acute_lines"].append(
        d["acute_lines"][0] | {"id": "ae", "point_of_delivery": "A&E attendance"}
    )
    d["shifts"].append({"id": "release", "lines": ["ae"], "pool": "bcf"})


@fault("fund.no-source", "shifts", 0, "source")
def fund_from_a_source_nobody_pays_into(d):
    primed(d)
    del d["contributions"][-1]


@fault("fund.from-minimum", "shifts", 0, "source")
def fund_from_the_minimum_contribution(d):
    primed(d, source=NHS)


@fault("fund.recurrent", "shifts", 0, "source")
def fund_from_recurrent_money(d):
    primed(d, source=LA)


@fault("fund.below-floor", "shifts", 0, "fund_floor")
def fund_that_is_spent(d):
    primed(d, fund_floor=1_000_000)


@fault("fund.not-self-funding", "shifts", 0, "rule")
def fund_that_never_gets_enough_back(d):
    primed(d, amounts={"2025/26": 5})
    d["programmes"][0]["fixed_cost"] = {"2026/27": 1_000, "2027/28": 1_000_000}


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()


def test_a_fund_below_its_floor_names_the_money_of_its_pool_that_lies_idle():
    document = clean()
    primed(document, fund_floor=1_000_000)
    idle = {"pool": "bcf", "partner": "council", "source": "Other LA money", "base_amount": 50_000}
    document["contributions"].append(idle | {"index": "flat"})
    (finding,) = [f for f in findings_of(document) if f.id == "fund.below-floor"]
    assert "lies idle meanwhile: Other LA money £" in finding.message
    assert finding.fix.startswith("Put idle money of the pool into it.")
