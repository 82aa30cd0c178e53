"""Faults that `icbudget.checks.double_counting` must find."""

from __future__ import annotations

import pytest

from tests.checks.changes import BEDS
from tests.checks.clean import YEARS
from tests.checks.faults import Faults

fault = Faults()


@fault("double.lines", "acute_lines", 1, "cohort")
def same_admissions_on_two_lines(d):
    d["acute_lines"].append({**d["acute_lines"][0], "id": "nel_again"})


@fault("double.mechanism", "programmes", 1, "family")
def two_programmes_of_one_evidence_row_and_no_family(d):
    row = d["programmes"][0]
    row |= {
        "library": "home-safety",
        "effect": 0.08,
        "effect_low": 0.0,
        "effect_high": 0.2,
        "lag": 0.25,
    }
    d["programmes"].append({**row, "id": "more_falls"})
    d["segments"][0]["programmes"].append("more_falls")


@fault("double.bed-days", "acute_lines", 1, "unit_cost")
def admissions_and_their_bed_days_both_with_a_price(d):
    d["acute_lines"].append({**d["acute_lines"][0], **BEDS, "parent": "nel"})


@fault("double.follower", "acute_lines", 1, "parent")
def programme_on_a_line_and_on_the_one_that_follows_it(d):
    d["acute_lines"].append(
        {
            **d["acute_lines"][0],
            **BEDS,
            "parent": "nel",
            "unit_price": 0,
            "unit_cost": 0,
            "closes": {},
        }
    )
    d["segments"].append({"acute_line": "beds", "id": "all", "share": 1, "programmes": ["falls"]})


@fault("double.attendance", "acute_lines", 1, "parent")
def admissions_and_their_attendances(d):
    visits = {
        "id": "ae",
        "currency": "attendance",
        "point_of_delivery": "A&E attendance",
        "floor": None,
        "closes": {},
    }
    d["acute_lines"].append({**d["acute_lines"][0], **visits})
    d["segments"].append({"acute_line": "ae", "id": "all", "share": 1, "programmes": ["falls"]})


@fault("double.inflation", "acute_lines", 0, "non_demographic_index")
def prices_that_make_activity_grow(d):
    d["acute_lines"][0]["non_demographic_index"] = "prices"


@fault("double.efficiency", "acute_lines", 0, "closes")
def ward_that_efficiency_and_a_decision_may_both_close(d):
    d["indices"].append({"id": "efficiency", "rates": dict.fromkeys(YEARS, 0.011)})
    d["acute_lines"][0]["price_efficiency"] = "efficiency"


@fault("double.money", "contributions", 2, "base_amount")
def grant_that_stands_in_two_pools(d):
    d["pools"].append(
        {"id": "other", "name": "Other pool", "host": "council", "risk_share": "agreed"}
    )
    d["contributions"].append({**d["contributions"][1], "pool": "other"})


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()
