"""Faults that `icbudget.checks.in_year_rows` must find."""

from __future__ import annotations

import pytest

from icbudget.answers.case import evaluate
from icbudget.findings import Severity
from icbudget.plan.plan_text import from_document
from tests.checks.changes import vired
from tests.checks.clean import LA, YEARS, clean
from tests.checks.faults import Faults, ids_of

fault = Faults()


@fault("profile.built-in", "profiles", 0, "id")
def profile_with_a_name_that_is_taken(d):
    d["profiles"] = [{"id": "annual", "july": 1}]


@fault("profile.no-weight", "profiles", 0, "april")
def profile_without_a_month(d):
    d["profiles"] = [{"id": "winter"}]


@fault("virement.not-counted", "virements", 0, "approved_by")
def virement_nobody_approved(d):
    vired(d, approved_by=None)


@fault("virement.not-counted", "virements", 0, "to_scheme")
def virement_to_a_scheme_that_is_not_there(d):
    vired(d, to_scheme="22")


@fault("virement.not-counted", "virements", 0, "from_line")
def virement_from_a_line_that_is_not_there(d):
    vired(d, from_line=2)


@fault("virement.not-counted", "virements", 0, "from_scheme")
def virement_from_nowhere_to_nowhere(d):
    vired(d, from_scheme=None, to_scheme=None)


@fault("virement.not-counted", "virements", 0, "to_scheme")
def virement_to_itself(d):
    vired(d, to_scheme="1")


@fault("virement.not-counted", "virements", 0, "year")
def virement_of_another_year(d):
    vired(d, year="2019/20")


@fault("virement.not-counted", "virements", 0, "partner")
def virement_from_outside_without_a_partner(d):
    vired(d, from_scheme=None)


@fault("virement.not-counted", "virements", 0, "month")
def virement_into_a_closed_pool(d):
    d["pools"].append(
        {
            "id": "old",
            "name": "Old pool",
            "host": "council",
            "closed_on": "2025-06-30",
            "risk_share": "agreed",
        }
    )
    d["contributions"].append(
        {"pool": "old", "partner": "council", "source": LA, "base_amount": 5000, "recurrent": False}
    )
    d["schemes"].append(
        {
            "id": "9",
            "name": "Old",
            "pool": "old",
            "source": LA,
            "base_amount": 5000,
            "recurrent": False,
        }
    )
    vired(d, to_scheme="9", partner="council", authority="all_partners")


@fault("virement.not-counted", "virements", 0, "capital_permission")
def virement_from_revenue_to_capital(d):
    d["pools"].append(
        {
            "id": "dfg",
            "name": "DFG",
            "host": "council",
            "money_kind": "capital",
            "risk_share": "agreed",
        }
    )
    d["contributions"].append(
        {"pool": "dfg", "partner": "council", "source": "DFG", "base_amount": 5000, "index": "flat"}
    )
    d["schemes"].append(
        {
            "id": "9",
            "name": "Adaptations",
            "pool": "dfg",
            "source": "DFG",
            "base_amount": 5000,
            "index": "flat",
        }
    )
    vired(d, to_scheme="9", partner="council", authority="all_partners")


@fault("virement.no-authority", "virements", 0, "authority")
def virement_on_nobodys_authority(d):
    vired(d, authority=None)


@fault("virement.above-limit", "virements", 0, "authority")
def virement_above_the_limit(d):
    d["setup"]["limit_partnership_board"] = 9_999.99
    vired(d)


@fault("virement.leaves-pool", "virements", 0, "authority")
def virement_out_of_the_pool_by_the_board_alone(d):
    vired(d, to_scheme=None, partner="icb")


@fault("virement.one-off-full-year", "virements", 0, "full_year")
def one_off_virement_with_a_full_year(d):
    vired(d, full_year=40_000)


@fault("virement.no-base", "virements", 0, "recurrent")
def recurrent_virement_to_a_one_off_scheme(d):
    d["schemes"][1] |= {"recurrent": False, "amounts": dict.fromkeys(YEARS, 300_000)}
    vired(d, recurrent=True)


@fault("virement.no-contribution", "virements", 0, "partner")
def recurrent_money_from_a_partner_who_gives_nothing(d):
    vired(d, recurrent=True, from_scheme=None, partner="trust", authority="all_partners")


@fault("virement.more-than-budget", "schemes", 0, "base_amount")
def virement_of_more_than_there_is(d):
    vired(d, amount=700_001)


@fault("actual.unknown-scheme", "actuals", 0, "scheme")
def actual_of_a_scheme_that_is_not_there(d):
    d["actuals"] = [
        {"year": "2025/26", "month": 1, "kind": "expenditure", "scheme": "Reablment", "amount": 50}
    ]


@fault("actual.unknown-scheme", "actuals", 0, "line")
def actual_of_a_line_that_is_not_there(d):
    d["actuals"] = [
        {
            "year": "2025/26",
            "month": 1,
            "kind": "expenditure",
            "scheme": "1",
            "line": 4,
            "amount": 50,
        }
    ]


@fault("actual.unknown-source", "actuals", 0, "source")
def income_nobody_gives(d):
    d["actuals"] = [
        {
            "year": "2025/26",
            "month": 1,
            "kind": "income",
            "pool": "bcf",
            "source": "DFG",
            "amount": 50,
        }
    ]


@fault("actual.outside-plan", "actuals", 0, "year")
def actual_of_last_year(d):
    d["actuals"] = [
        {"year": "2024/25", "month": 12, "kind": "expenditure", "scheme": "1", "amount": 50}
    ]


@fault("actual.nothing-booked", "schemes", 1, "id")
def one_scheme_booked_and_the_others_not(d):
    d["actuals"] = [{"year": "2025/26", "month": 1, "scheme": "1", "amount": 50}]


@fault("forecast.unknown-scheme", "forecasts", 0, "scheme")
def forecast_of_a_scheme_that_is_not_there(d):
    d["forecasts"] = [{"year": "2025/26", "month": 1, "scheme": "44", "outturn": 50}]


@fault("forecast.unknown-source", "forecasts", 0, "source")
def forecast_of_income_that_nobody_gives(d):
    d["forecasts"] = [
        {
            "year": "2025/26",
            "month": 1,
            "pool": "bcf",
            "source": LA,
            "partner": "icb",
            "outturn": 50,
        }
    ]


@fault("forecast.old", "forecasts", 0, "outturn")
def forecast_that_has_stood_for_half_a_year(d):
    d["forecasts"] = [{"year": "2025/26", "month": 3, "scheme": "1", "outturn": 710_000}]
    d["actuals"] = [
        {"year": "2025/26", "month": 9, "scheme": str(n), "amount": 50} for n in (1, 2, 3)
    ]


@fault("monitor.outside-plan", "setup", None, "monitored_year")
def year_monitored_before_the_plan(d):
    d["setup"]["monitored_year"] = "2024/25"


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()


def test_what_is_wrong_in_the_year_never_stops_the_answers():
    document = clean()
    for change in (virement_to_a_scheme_that_is_not_there, actual_of_a_scheme_that_is_not_there):
        change(document)
    document["virements"][0]["partner"] = "nobody"
    document["actuals"].append({"year": "2025/26", "month": 13, "scheme": "1", "amount": 50})
    document["actuals"].append({"year": "2025/26", "month": 2, "scheme": "1", "amount": "£2.%"})
    draft = from_document(document)
    assert [
        (f.id, f.severity, f.place.table, f.place.row, f.place.column) for f in draft.findings
    ] == [
        ("cell.out-of-range", "warning", "Actuals", "2", "month"),
        ("cell.text-in-number", "warning", "Actuals", "3", "amount"),
    ]
    assert all("set aside" in f.message for f in draft.findings)
    case = evaluate(draft.plan)
    assert case.result is not None and not [
        f for f in case.findings if f.severity is Severity.ERROR
    ]
    assert {"virement.not-counted", "actual.unknown-scheme", "link.unknown"} <= set(
        ids_of(case.findings)
    )
