"""Faults that `icbudget.checks.staff_rows` must find, and the example of model §15.7."""

from __future__ import annotations

import pytest

from icbudget.answers.case import evaluate
from icbudget.answers.workforce import workforce
from icbudget.engine.appraisal.staff_gap import staff_of
from icbudget.plan.plan_text import from_document
from tests.checks.clean import YEARS, clean
from tests.checks.faults import Faults, findings_of

fault = Faults()
ROW = {
    "programme": "falls",
    "role": "Nurse",
    "year": YEARS[0],
    "needed": 10,
    "in_post": 6,
    "pay": 45_000,
    "months_to_recruit": 9,
    "agency_premium": 0.3,
    "months_beside": 3,
}
BESIDE = {YEARS[0]: 45_000}
"""Double running that the programme states: 4 wte × £45,000 × 3/12."""


def plan_with(*rows):
    document = clean() | {"staff": list(rows)}
    document["programmes"][0]["double_running"] = BESIDE
    return document


@fault("staff.needed-unknown", "staff", 0, "needed")
def people_of_the_year_are_not_known(d):
    d["staff"] = [ROW | {"needed": None, "a_person": 0.02}]


@fault("staff.no-months", "staff", 0, "months_to_recruit")
def a_gap_and_no_time_to_recruit(d):
    d["staff"] = [ROW | {"months_to_recruit": None}]


@fault("staff.double-running", "programmes", 0, "double_running")
def double_running_is_another(d):
    d["staff"] = [ROW]
    d["programmes"][0]["double_running"] = {YEARS[0]: 44_999.99}


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()


def test_double_running_that_agrees_and_a_role_in_full_have_no_finding():
    full = ROW | {"role": "Therapist", "in_post": 10, "months_to_recruit": None}
    findings = findings_of(plan_with(ROW, full))
    assert [f.id for f in findings if f.id.startswith("staff.")] == []


def test_the_example_by_hand():
    (one,) = staff_of(from_document(plan_with(ROW)).plan)
    # 10 − 6; 4 × 9/12; 3 × 45,000 × 30 %; 4 × 45,000 × 3/12
    assert (one.gap, one.agency, one.premium, one.double_running) == (
        4.0,
        3.0,
        4_050_000,
        4_500_000,
    )


def test_who_is_still_missing_later_is_agency_all_year():
    later = ROW | {"year": YEARS[1], "in_post": 9}
    _, second = staff_of(from_document(plan_with(ROW, later)).plan)
    # 1 × 45,000 × 30 %; the old service ended in the first year of the need
    assert (second.agency, second.premium, second.double_running) == (1.0, 1_350_000, 0)


def test_the_first_year_is_the_first_with_a_gap_whatever_the_order_of_rows():
    before = ROW | {"needed": 6}
    later = ROW | {"year": YEARS[1]}
    second, first = staff_of(from_document(plan_with(later, before)).plan)
    assert (first.agency, second.agency) == (0.0, 3.0)


@pytest.mark.parametrize(("months", "agency"), [(0, 0.0), (12, 4.0), (18, 4.0)])
def test_recruiting_never_takes_more_than_the_year(months, agency):
    (one,) = staff_of(from_document(plan_with(ROW | {"months_to_recruit": months})).plan)
    assert one.agency == agency


def test_needed_by_person_follows_the_programmes_people():
    document = plan_with(ROW | {"needed": None, "a_person": 0.02})
    document["programmes"][0]["people"] = {YEARS[0]: 400}
    (one,) = staff_of(from_document(document).plan)
    assert (one.needed, one.gap) == (8.0, 2.0)


def test_the_answer_leaves_blank_what_is_not_known():
    case = evaluate(from_document(plan_with(ROW | {"months_to_recruit": None})).plan)
    figures = {row.labels[2]: row.values for row in workforce(case).rows}
    assert figures["Staff missing"] == (None, 4.0, None)
    assert figures["Agency premium"] == (None, None, None)
