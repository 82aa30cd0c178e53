"""Faults that `icbudget.checks.list_values` must find."""

from __future__ import annotations

import pytest

from icbudget.findings import Severity
from tests.checks.clean import NHS, clean
from tests.checks.faults import Faults, findings_of

fault = Faults()


@fault("list.unknown-value", "contributions", 0, "source")
def funding_source_of_another_year(d):
    d["contributions"][0]["source"] = "iBCF"


@fault("list.own-value", "schemes", 0, "area_of_spend")
def area_of_spend_nobody_lists(d):
    d["schemes"][0]["area_of_spend"] = "Socal Care"


@fault("list.unknown-value", "schemes", 0, "source")
def source_that_nobody_gives(d):
    d["schemes"][0]["source"] = "Transformation Fund"


@fault("list.rules-year", "setup", None, "rules_year")
def rules_year_without_lists(d):
    d["setup"]["rules_year"] = "1999-00"


@fault("rules.other-years", "setup", None, "rules_year")
def rules_of_years_long_past(d):
    """Words of 2019-20 under a plan that begins in 2025/26."""
    d["setup"]["rules_year"] = "2019-20"
    for row in (*d["contributions"], *d["schemes"], *d["minimums"]):
        row["source"] = row["source"].replace(NHS, "Minimum CCG Contribution")


@fault("list.unknown-value", "programmes", 0, "library")
def evidence_row_that_is_not_there(d):
    d["programmes"][0]["library"] = "falls-exercises"


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()


def test_a_value_that_is_not_listed_comes_with_what_is_allowed():
    document = clean()
    area_of_spend_nobody_lists(document)
    (finding,) = [f for f in findings_of(document) if f.id == "list.own-value"]
    assert finding.severity is Severity.WARNING
    assert (
        "Write “Social Care” if that is meant." in finding.fix and "Community Health" in finding.fix
    )


def test_an_entry_of_ones_own_is_kept_and_named_once():
    document = clean()
    for row in document["schemes"]:
        row["provider"], row["sub_type"] = (
            "Alliance of GP practices",
            "Reablement at home (step up and step down)",
        )
    document["schemes"][1]["provider"] = "Care co-operative"
    (finding,) = findings_of(document)
    assert (finding.id, finding.severity) == ("list.own-value", Severity.NOTE)
    expected = (
        "Provider: “Alliance of GP practices”; “Care co-operative” are entries of your own, not in"
        " the list of 2025-26."
    )
    assert finding.message == expected
    assert "Hospice" in finding.fix and "not confirmed" in finding.fix


def test_a_word_of_another_year_comes_with_its_year():
    document = clean()
    document["schemes"][0]["scheme_type"] = "Residential Placements"
    (finding,) = [f for f in findings_of(document) if f.id == "list.own-value"]
    assert (
        finding.severity is Severity.WARNING
        and "Change it if it was taken from 2023-25." in finding.fix
    )
    document["contributions"][0]["source"] = document["schemes"][0]["source"] = "iBCF"
    findings = [f for f in findings_of(document) if f.id == "list.unknown-value"]
    assert [f.place.table for f in findings] == ["contributions", "schemes"]
    assert all(
        "is a name of 2023-25" in f.message
        and "Write “Local Authority Better Care Grant”, its name of now." in f.fix
        for f in findings
    )


def test_a_funding_source_of_ones_own_is_one_that_funding_gives():
    document = clean()
    document["contributions"].append(
        {**document["contributions"][0], "source": "Transformation Fund", "base_amount": 50_000}
    )
    document["schemes"].append(
        {
            **document["schemes"][0],
            "id": "9",
            "source": "Transformation Fund",
            "base_amount": 50_000,
        }
    )
    findings = [f for f in findings_of(document) if f.id.startswith("list.")]
    assert [(f.id, f.severity, f.place.table) for f in findings] == [
        ("list.own-value", Severity.NOTE, "contributions")
    ]
    assert "additional money of the side that gives it" in findings[0].message
