"""Faults that `icbudget.checks.capitation_rows` must find."""

from __future__ import annotations

import pytest

from icbudget.answers.capitated_contracts import capitations
from icbudget.answers.case import evaluate
from icbudget.plan.plan_text import from_document
from tests.checks.clean import YEARS, clean
from tests.checks.faults import Faults, findings_of

fault = Faults()
ROW = {
    "id": "frail",
    "commissioner": "icb",
    "holder": "trust",
    "covers": ["nel"],
    "price": 3_000,
    "people": {year: 10_000 for year in YEARS},
}


@fault("capitation.own-holder", "capitations", 0, "holder")
def paid_to_itself(d):
    d["capitations"] = [ROW | {"holder": "icb"}]


@fault("link.unknown", "capitations", 0, "holder")
def nobody_holds_it(d):
    d["capitations"] = [ROW | {"holder": "trus"}]


@fault("capitation.covers-nothing", "capitations", 0, "covers")
def no_line(d):
    d["capitations"] = [ROW | {"covers": []}]


@fault("capitation.other-commissioner", "capitations", 0, "covers")
def another_commissioners_line(d):
    d["capitations"] = [ROW | {"commissioner": "council"}]


@fault("capitation.line-twice", "capitations", 1, "covers")
def one_line_in_two_contracts(d):
    d["capitations"] = [ROW, ROW | {"id": "second", "people": {YEARS[1]: 10_000}}]


@fault("capitation.people-below-zero", "capitations", 0, "people")
def fewer_than_nobody(d):
    d["capitations"] = [ROW | {"people": {YEARS[0]: -1}}]


@fault("capitation.too-large", "capitations", 0, "price")
def a_sum_of_trillions(d):
    d["capitations"] = [ROW | {"price": 9e11}]


@fault("capitation.no-people", "capitations", 0, "people")
def nobody_on_the_list(d):
    d["capitations"] = [ROW | {"people": {}}]


@fault("capitation.pauses", "capitations", 0, "people")
def a_year_between_two_is_blank(d):
    d["capitations"] = [ROW | {"people": {"2025/26": 10_000, YEARS[1]: 10_000}}]


@fault("capitation.below-zero", "capitations", 0, "exclusions")
def more_is_excluded_than_there_is(d):
    d["capitations"] = [ROW | {"exclusions": 30_000_001}]


@fault("capitation.above-limit", "capitations", 0, "most_a_person")
def a_person_costs_more_than_agreed(d):
    d["capitations"] = [ROW | {"most_a_person": 2_999.99}]


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()


def test_a_contract_in_order_has_no_finding():
    document = clean() | {"capitations": [ROW | {"most_a_person": 3_000}]}
    assert [f for f in findings_of(document) if f.place.table == "capitations"] == []


def test_two_contracts_may_cover_a_line_one_after_the_other():
    first, second = ROW | {"people": {YEARS[0]: 1}}, ROW | {"id": "b", "people": {YEARS[1]: 1}}
    assert "capitation.line-twice" not in [
        f.id for f in findings_of(clean() | {"capitations": [first, second]})
    ]


def test_a_contract_that_cannot_be_worked_out_is_set_aside_and_the_rest_goes_on():
    document = clean() | {"capitations": [ROW | {"holder": "icb"}, ROW | {"id": "good"}]}
    document["capitations"][0]["covers"] = ["nel"]
    document["capitations"][0]["people"] = {}
    case = evaluate(from_document(document).plan)
    assert {row.labels[0] for row in capitations(case).rows} == {"good"}
