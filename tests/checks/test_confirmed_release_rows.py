"""Faults that `icbudget.checks.confirmed_release_rows` must find."""

from __future__ import annotations

import pytest

from icbudget.answers.case import evaluate
from icbudget.findings import Severity
from icbudget.plan.plan_text import from_document
from tests.checks.clean import YEARS, clean
from tests.checks.faults import Faults, findings_of, ids_of

fault = Faults()
CONFIRMED = {
    "programme": "falls",
    "partner": "icb",
    "year": YEARS[0],
    "month": 3,
    "amount": 1_000,
    "kind": "contract_saving",
    "evidence": "Ledger 4410",
    "owner": "Head of community care",
    "claimed_by": "A Ahmed",
    "confirmed_by": "B Brown",
    "status": "confirmed",
}


def released(d, *rows, month=6, basis="contract"):
    """Enter releases, each a confirmed one with what is said otherwise, as at a month of 2026/27."""
    d["setup"] |= {
        "monitored_year": YEARS[0],
        "monitored_month": month,
        "reinvest_basis": basis,
    }
    d["confirmed_releases"] = [CONFIRMED | row for row in rows]


@fault("benefit.not-counted", "confirmed_releases", 0, "programme")
def release_of_nothing(d):
    released(d, {"programme": ""})


@fault("benefit.not-counted", "confirmed_releases", 0, "year")
def release_of_the_base_year(d):
    released(d, {"year": "2025/26"})


@fault("benefit.not-counted", "confirmed_releases", 0, "acute_line")
def release_of_a_line_that_the_programme_does_not_reach(d):
    d["acute_lines"].append(d["acute_lines"][0] | {"id": "elective", "cohort": "Elective"})
    released(d, {"acute_line": "elective"})


@fault("benefit.not-counted", "confirmed_releases", 1, "programme")
def release_of_a_line_and_of_its_programme(d):
    released(d, {"programme": "", "acute_line": "nel"}, {"evidence": "Contract note"})


@fault("benefit.not-counted", "confirmed_releases", 0, "acute_line")
def release_of_two_shifts_without_a_line(d):
    d["acute_lines"].append(
        d["acute_lines"][0] | {"id": "home", "provider": "", "cohort": "Home care"}
    )
    d["segments"].append({"acute_line": "home", "id": "all", "share": 1, "programmes": ["falls"]})
    released(d, {})


@fault("benefit.not-counted", "confirmed_releases", 0, "partner")
def release_of_a_partner_who_pays_for_nothing(d):
    released(d, {"partner": "council"})


@fault("benefit.not-counted", "confirmed_releases", 0, "replaces")
def release_that_replaces_what_is_not_there(d):
    released(d, {"line": 2, "replaces": 1})


@fault("benefit.not-counted", "confirmed_releases", 1, "replaces")
def release_that_replaces_a_later_one(d):
    released(d, {"line": 2, "amount": 5}, {"line": 1, "replaces": 2})


@fault("benefit.not-counted", "confirmed_releases", 2, "replaces")
def release_that_replaces_what_is_replaced(d):
    released(
        d,
        {},
        {"line": 2, "replaces": 1, "amount": 900},
        {"line": 3, "replaces": 1, "amount": 800},
    )


@fault("benefit.not-counted", "confirmed_releases", 1, "amount")
def release_confirmed_twice(d):
    released(d, {}, {"line": 2, "evidence": "ledger  4410"})


@fault("benefit.not-counted", "confirmed_releases", 0, "reason")
def own_forecast_without_a_reason(d):
    released(d, {"status": "forecast"})


@fault("benefit.not-cash", "confirmed_releases", 0, "kind")
def capacity_that_is_confirmed(d):
    released(d, {"kind": "capacity"})


@fault("benefit.not-cash", "confirmed_releases", 0, "kind")
def avoided_cost_that_is_claimed(d):
    released(d, {"kind": "avoided_cost", "status": "claimed"})


@fault("benefit.no-owner", "confirmed_releases", 0, "owner")
def release_that_nobody_owns(d):
    released(d, {"owner": ""})


@fault("benefit.own-claim", "confirmed_releases", 0, "confirmed_by")
def release_confirmed_by_its_claimant(d):
    released(d, {"confirmed_by": "a  ahmed"})


@fault("benefit.stays-claimed", "confirmed_releases", 0, "evidence")
def release_without_evidence(d):
    released(d, {"evidence": ""})


@fault("benefit.stays-claimed", "confirmed_releases", 0, "confirmed_by")
def release_confirmed_by_nobody(d):
    released(d, {"confirmed_by": ""})


@fault("benefit.stays-claimed", "confirmed_releases", 0, "month")
def release_of_a_month_to_come(d):
    released(d, {"month": 9})


@fault("benefit.no-month", "setup", None, "monitored_year")
def releases_of_a_plan_that_reports_on_no_month(d):
    d["confirmed_releases"] = [CONFIRMED]


@fault("benefit.claimed-twice", "confirmed_releases", 1, "evidence")
def release_that_two_programmes_show_by_the_same_ledger_code(d):
    two_programmes(d)
    released(d, {"amount": 10}, {"programme": "frail", "amount": 10})


@fault("benefit.claimed-twice", "confirmed_releases", 1, "amount")
def releases_on_one_line_beyond_what_it_falls_by(d):
    two_programmes(d)
    # 255 spells less at £3,060, of which 15 % is variable: the line falls by £117,045
    released(
        d,
        {"acute_line": "nel", "amount": 60_000},
        {"programme": "frail", "acute_line": "nel", "amount": 60_000, "evidence": "Contract note"},
    )


def two_programmes(d):
    d["programmes"].append(d["programmes"][0] | {"id": "frail"})
    d["segments"][1]["programmes"] = ["frail"]


@fault("benefit.beyond-the-line", "confirmed_releases", 0, "amount")
def release_larger_than_all_that_the_line_costs(d):
    # 10,200 spells at £3,060 are £31,212,000
    released(d, {"amount": 31_212_001})


@fault("benefit.above-plan", "programmes", 0, "id")
def release_far_above_its_plan(d):
    released(d, {"amount": 20_000})


@fault("benefit.overdue", "programmes", 0, "id")
def quarter_that_nobody_decided(d):
    released(d, {"month": 6}, month=9)


@fault("benefit.one-off", "confirmed_releases", 0, "recurrent")
def one_off_release_called_recurrent(d):
    d["programmes"][0]["reach"] = {YEARS[0]: 0.5, YEARS[1]: 0}
    released(d, {"recurrent": True})


@fault("benefit.one-off", "confirmed_releases", 0, "recurrent")
def recurrent_release_that_did_not_come_again(d):
    released(d, {"recurrent": True}, {"year": YEARS[1], "amount": 0, "evidence": "Ledger"})
    d["setup"] |= {"monitored_year": YEARS[1]}


@fault("benefit.one-of-two", "programmes", 0, "id")
def only_the_commissioner_confirmed(d):
    released(d, {}, basis="lower")


@pytest.mark.parametrize("fault", fault.params)
def test_fault_leads_to_its_finding(fault):
    fault.assert_finding()


def test_a_release_as_it_should_be_raises_nothing():
    d = clean()
    released(d, {"amount": 2_900}, month=6)
    assert not [id for id in ids_of(findings_of(d)) if id.startswith("benefit.")]


def test_two_programmes_on_one_line_within_its_fall_are_not_one_release():
    d = clean()
    two_programmes(d)
    frail = {"programme": "frail", "acute_line": "nel", "amount": 100, "evidence": "Other"}
    released(d, {"acute_line": "nel", "amount": 100}, frail)
    assert "benefit.claimed-twice" not in ids_of(findings_of(d))


def test_a_row_that_does_not_count_stops_no_answer():
    d = clean()
    released(d, {"programme": "fals"}, {"month": 13}, {"kind": "money"}, {})
    draft = from_document(d)
    case = evaluate(draft.plan, read=tuple(draft.findings))
    assert case.result is not None
    assert Severity.ERROR not in {finding.severity for finding in case.findings}
    about = [f.id for f in case.findings if f.place.table == "confirmed_releases"]
    assert sorted(about) == sorted(set(about)), "one finding a cause"
    assert len(case.result.benefits.rows) == 2, "the two that cannot be read are left out"


def test_a_name_that_is_not_there_is_told_once():
    d = clean()
    released(d, {"programme": "fals"})
    about = [f for f in findings_of(d) if f.place.table == "confirmed_releases"]
    assert [finding.id for finding in about] == ["link.unknown"]
    assert "falls" in about[0].fix
