"""What a blank cell means, and what is typed once: against the same plan typed in full."""

from __future__ import annotations

import copy

import pytest

from icbudget.answers.case import evaluate
from icbudget.answers.catalogue import ANSWERS
from icbudget.plan.blanks import filled_in
from icbudget.plan.identity import plan_hash
from icbudget.plan.plan_text import from_document
from tests.checks.clean import clean


def plan(document):
    draft = from_document(document)
    assert draft.sound, [str(f) for f in draft.findings]
    return draft.plan


def answers(document):
    case = evaluate(plan(document))
    assert case.result is not None, [str(f) for f in case.findings]
    return {a.id: a.build(case) for a in ANSWERS if a.id != "checks" and not a.runs_again}


def changed(*changes):
    document = copy.deepcopy(clean())
    for change in changes:
        change(document)
    return document


def test_a_plan_without_blanks_is_filled_in_as_itself():
    whole = plan(clean())
    assert filled_in(whole) is whole


SHORT_AND_FULL = {
    "price indices from Setup": (
        lambda d: (
            d["setup"].update(price_uplift="prices", price_efficiency="flat"),
            d["acute_lines"][0].update(price_uplift="", price_efficiency=""),
        ),
        lambda d: d["setup"].update(price_uplift="prices", price_efficiency="flat"),
    ),
    "a line's own index goes before Setup's": (
        lambda d: d["setup"].update(price_uplift="flat"),
        lambda d: None,
    ),
    "growth that is flat": (
        lambda d: d["acute_lines"][0].update(demographic_index="", non_demographic_index=""),
        lambda d: d["acute_lines"][0].update(
            demographic_index="flat", non_demographic_index="flat"
        ),
    ),
    "the unit price as the unit cost": (
        lambda d: d["acute_lines"][0].update(unit_cost=None),
        lambda d: d["acute_lines"][0].update(unit_cost=3_000),
    ),
    # 100 % − 18 % − 50 % = 32 %
    "the rest of the cost is fixed": (
        lambda d: d["acute_lines"][0].update(fixed_cost=None),
        lambda d: d["acute_lines"][0].update(fixed_cost=0.32),
    ),
    "a cost index that is flat": (
        lambda d: d["programmes"][0].update(cost_index=""),
        lambda d: d["programmes"][0].update(cost_index="flat"),
    ),
    "reach and cost typed once, from the year after the base year": (
        lambda d: d["programmes"][0].update(
            reach={}, steady_reach=0.2, fixed_cost={}, yearly_cost=90_000
        ),
        lambda d: d["programmes"][0].update(
            reach={"2026/27": 0.2, "2027/28": 0.2},
            fixed_cost={"2026/27": 90_000, "2027/28": 90_000},
        ),
    ),
    "reach typed once, from the year it starts": (
        lambda d: d["programmes"][0].update(reach={}, steady_reach=0.2, starts="2027/28"),
        lambda d: d["programmes"][0].update(reach={"2027/28": 0.2}),
    ),
    "a year that is typed goes before what is typed once": (
        lambda d: d["programmes"][0].update(reach={"2026/27": 0.05}, steady_reach=0.2),
        lambda d: d["programmes"][0].update(reach={"2026/27": 0.05, "2027/28": 0.2}),
    ),
    "a built-in rule by contribution": (
        lambda d: (d["pools"][0].update(risk_share="by contribution"), d.pop("risk_shares")),
        lambda d: (
            d["pools"][0].update(risk_share="by contribution"),
            d.update(
                risk_shares=[
                    {"id": "by contribution", "basis": "contributions", "clause": "built in"}
                ]
            ),
        ),
    ),
    "a built-in rule by which the host bears it": (
        lambda d: (d["pools"][0].update(risk_share="host bears it"), d.pop("risk_shares")),
        lambda d: (
            d["pools"][0].update(risk_share="host bears it"),
            d.update(risk_shares=[{"id": "host bears it", "basis": "host", "clause": "built in"}]),
        ),
    ),
}


@pytest.mark.parametrize("short", SHORT_AND_FULL)
def test_what_is_short_gives_the_same_answers_as_what_is_typed_in_full(short):
    brief, full = SHORT_AND_FULL[short]
    assert answers(changed(brief)) == answers(changed(full))


def test_a_programme_that_reaches_a_whole_line_needs_no_segments():
    def short(d):
        d["segments"] = []
        d["programmes"][0]["reaches"] = ["nel"]

    def full(d):
        d["segments"] = [
            {"acute_line": "nel", "id": "all", "share": 1, "programmes": [d["programmes"][0]["id"]]}
        ]

    assert answers(changed(short)) == answers(changed(full))


def test_a_programme_that_reaches_a_whole_line_reaches_every_segment_of_it():
    first = clean()["programmes"][0]["id"]

    def short(d):
        for segment in d["segments"]:
            segment["programmes"] = []
        d["programmes"][0]["reaches"] = ["nel"]

    def full(d):
        for segment in d["segments"]:
            segment["programmes"] = [first]

    assert answers(changed(short)) == answers(changed(full))


def test_a_plan_is_kept_as_it_was_typed():
    typed = plan(changed(SHORT_AND_FULL["reach typed once, from the year it starts"][0]))
    before = plan_hash(typed)
    case = evaluate(typed)
    assert case.before_scenario == typed and plan_hash(typed) == before
    assert not typed.programmes[0].reach and case.plan.programmes[0].reach == {"2027/28": 0.2}


def test_a_scenario_may_change_one_year_of_what_is_typed_once():
    def short(d):
        d["programmes"][0].update(reach={}, steady_reach=0.2)
        path = f"programmes/{d['programmes'][0]['id']}/reach[2026/27]"
        change = {"scenario": "Slow", "order": 1, "path": path, "value": "0.1"}
        d["scenarios"] = [change]
        d["setup"]["active_scenario"] = "Slow"

    case = evaluate(plan(changed(short)))
    assert case.plan.programmes[0].reach == {"2026/27": 0.1, "2027/28": 0.2}


def test_a_blank_line_is_the_next_number_of_its_key_in_row_order():
    document = clean()
    first = {**document["contributions"][0]}
    document["contributions"] = [
        {**first, "base_amount": 100},
        {**first, "base_amount": 200, "line": 2},
        {**first, "base_amount": 300},
        document["contributions"][1],
    ]
    lines = [row.line for row in plan(document).contributions]
    # Number 2 of the first key is typed, so the third row is the next free one, 3.
    assert lines == [1, 2, 3, 1]
