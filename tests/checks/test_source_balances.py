"""Faults that `icbudget.checks.source_balances` must find."""

from __future__ import annotations

import pytest

from tests.checks.clean import clean
from tests.checks.faults import Faults, findings_of, only

fault = Faults()


@fault("balance.over-committed", "contributions", 0, "source")
def scheme_beyond_the_money_of_its_source(d):
    # the pool as a whole still balances: 10,000 more from the NHS source, 10,000 less from the
    # council's
    d["schemes"][0]["base_amount"] += 10_000
    d["schemes"][2]["base_amount"] -= 10_000


@fault("balance.unallocated", "contributions", 1, "source")
def money_that_no_scheme_spends(d):
    d["contributions"][1]["base_amount"] += 10_000


@fault("minimum.not-met", "minimums", 0, "base_amount")
def social_care_below_its_minimum(d):
    d["minimums"][0]["base_amount"] = 700_000.01


@fault("minimum.not-met", "minimums", 1, "base_amount")
def out_of_hospital_below_its_minimum(d):
    # of the joint scheme only the NHS share counts: 300,000 × 75 % = 225,000; the council's scheme
    # does not
    d["minimums"][1] |= {"base_amount": 225_001, "applies": "yes"}


@fault("minimum.not-stated", "contributions", 0, "source")
def social_care_minimum_that_no_row_states(d):
    d["minimums"] = [row for row in d["minimums"] if row["rule"] != "adult_social_care"]


@fault("minimum.off", "minimums", 1, "applies")
def out_of_hospital_below_a_minimum_that_the_rules_no_longer_set(d):
    d["minimums"][1]["base_amount"] = 225_001


@fault("minimum.not-met", "minimums", 2, "base_amount")
def less_put_in_than_the_published_allocation(d):
    d["minimums"][2]["base_amount"] = 1_000_001


@fault("minimum.not-met", "minimums", 0, "base_amount")
def minimum_that_grows_while_spending_does_not(d):
    d["minimums"][0]["index"] = "prices"


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()


def test_a_shortfall_carries_its_worth():
    document = clean()
    scheme_beyond_the_money_of_its_source(document)
    short = only([f for f in findings_of(document) if f.id == "balance.over-committed"])
    # 10,000 short in each of three years, carried forward
    assert short.effect_pence == 30_000_00


def test_the_worth_of_a_missed_minimum_is_its_worst_gap():
    document = clean()
    minimum_that_grows_while_spending_does_not(document)
    (missed,) = [f for f in findings_of(document) if f.id == "minimum.not-met"]
    # 700,000 → 714,000 → 728,280, spending stays at 700,000
    assert missed.effect_pence == 28_280_00


def test_money_idle_in_one_year_is_said_though_another_is_over_committed():
    document = clean()
    # 400,000 a year comes in. 2025/26 spends 390,000: 10,000 idle at its end. 2026/27 spends
    # 430,000: 20,000 short. 2027/28 spends what comes: the 20,000 stay short
    document["schemes"][2] |= {
        "base_amount": 390_000,
        "amounts": {"2026/27": 430_000, "2027/28": 400_000},
    }
    findings = [f for f in findings_of(document) if f.id.startswith("balance.")]
    assert {f.id: f.effect_pence for f in findings} == {
        "balance.over-committed": 20_000_00,
        "balance.unallocated": None,
    }
    idle = only([f for f in findings if f.id == "balance.unallocated"])
    # A closing balance is what is left at the end of a year, not what a year spends.
    left = "left in the pool, not spent by any scheme: £10,000 at the end of 2025/26."
    assert idle.message.endswith(left)
