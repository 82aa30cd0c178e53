"""Faults that `icbudget.checks.year_end_records` must find."""

from __future__ import annotations

import pytest

from icbudget.answers import catalogue
from icbudget.answers.case import evaluate_draft
from icbudget.findings import Severity
from icbudget.plan.plan_text import from_document
from tests.checks.clean import clean
from tests.checks.faults import Faults, ids_of

fault = Faults()


def _records(d, **other):
    one = {
        "year": "2025/26",
        "pool": "bcf",
        "partner": "council",
        "counterparty": "icb",
        "kind": "income",
        "amount": 100,
    }
    d["partner_records"] = [
        one,
        one | {"partner": "icb", "counterparty": "council", "kind": "expenditure"} | other,
    ]


@fault("balance.differs", "partner_records", 0, "amount")
def two_sides_that_differ(d):
    _records(d, amount=90)


@fault("balance.one-sided", "partner_records", 1, "amount")
def record_that_only_one_side_has(d):
    _records(d, kind="payable")


@fault("balance.own", "partner_records", 1, "counterparty")
def record_with_oneself(d):
    _records(d, counterparty="icb")


@fault("vat.no-regime", "schemes", 2, "vat_rate")
def vat_of_a_partner_without_a_regime(d):
    d["schemes"][2]["vat_rate"] = 0.2


@fault("books.no-basis", "schemes", 0, "accounting_basis")
def lines_whose_books_are_not_settled_beside_one_that_is(d):
    d["schemes"][2]["accounting_basis"] = "joint_operation"


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()


def test_a_wrong_record_or_sign_off_never_stops_the_answers():
    document = clean()
    record = {
        "year": "2025/26",
        "pool": "bcf",
        "partner": "icb",
        "counterparty": "council",
        "kind": "payable",
        "amount": "£2.%",
    }
    later = record | {"year": "2031/32", "amount": 5}
    document["partner_records"] = [
        record,
        later,
        record | {"pool": "bcff", "partner": "icb", "amount": 5},
    ]
    document["sign_offs"] = [{"partner": "icb", "role": "Chief executive", "date": "soon"}]
    case = evaluate_draft(from_document(document))
    assert case.result is not None and not [
        f for f in case.findings if f.severity is Severity.ERROR
    ]
    assert {"cell.text-in-number", "cell.not-a-date", "year.outside-plan", "link.unknown"} <= set(
        ids_of(case.findings)
    )
    assert len(catalogue.AGREEMENT_OF_BALANCES.build(case).rows) == 2
