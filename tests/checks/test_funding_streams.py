"""Faults that `icbudget.checks.funding_streams` must find."""

from __future__ import annotations

import pytest

from tests.checks.changes import districts
from tests.checks.clean import LA, NHS, clean
from tests.checks.faults import Faults, findings_of

fault = Faults()


@fault("funding.wrong-partner", "contributions", 1, "partner")
def council_money_from_the_icb(d):
    d["contributions"][1]["partner"] = "icb"


@fault("funding.indicative", "contributions", 0, "status")
def contribution_not_confirmed(d):
    d["contributions"][0]["status"] = "indicative"


def carried(d, **more):
    line = {
        "pool": "bcf",
        "partner": "council",
        "source": LA,
        "line": 2,
        "base_amount": 50,
        "recurrent": False,
    }
    d["contributions"].append({**line, "carry_forward": True, **more})


@fault("carry-forward.not-additional", "contributions", 2, "source")
def underspend_entered_as_the_new_minimum(d):
    carried(d, partner="icb", source=NHS)


@fault("carry-forward.recurrent", "contributions", 2, "recurrent")
def underspend_that_comes_every_year(d):
    carried(d, recurrent=True, index="flat")


@fault("carry-forward.icb", "contributions", 2, "carry_forward")
def underspend_of_an_icb(d):
    carried(d, partner="icb", source="Additional NHS Contribution")


@fault("passed-down.not-a-district", "pass_downs", 1, "district")
def grant_passed_down_to_the_hospital(d):
    districts(d)
    d["pass_downs"].append({**d["pass_downs"][0], "district": "trust", "base_amount": 0})


@fault("passed-down.other-source", "pass_downs", 1, "source")
def additional_money_passed_down(d):
    districts(d)
    d["pass_downs"].append({**d["pass_downs"][0], "pool": "bcf", "source": LA, "base_amount": 1})


@fault("passed-down.no-consent", "pass_downs", 1, "consent")
def grant_kept_without_consent(d):
    districts(d)
    d["pass_downs"][0]["base_amount"] = 800
    d["pass_downs"].append({**d["pass_downs"][0], "kind": "kept by consent", "base_amount": 100})


@fault("passed-down.missing", "contributions", 2, "source")
def grant_of_a_county_with_no_word_on_its_districts(d):
    districts(d)
    d["pass_downs"] = []


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()


def test_a_grant_that_goes_on_to_districts_in_full_raises_nothing():
    document = clean()
    districts(document)
    assert [f.id for f in findings_of(document)] == ["blank.risk-share"]
