"""The paper as a member of the board reads it: who pays and gains, on which basis, what is missing.

Each sentence is looked at in the papers of sample plans, where a figure that is missing, entered or
another body's would otherwise read as comfort.
"""

from __future__ import annotations

from functools import cache

import pytest

from icbudget import tasks
from icbudget.answers.case import evaluate
from icbudget.plan.plan_text import from_document
from icbudget.report.committee_paper import committee_document
from icbudget.report.document import Document, Table, paper_of
from icbudget.report.run_record import record_of
from icbudget.report.summary import in_short
from tests.places import WORKBOOKS

NEIGHBOURHOOD = "illustrative-neighbourhood"
ENGLAND = "england-better-care-fund-2015-16"
LANCASHIRE = "lancashire-south-cumbria-intermediate-care"


@cache
def case(name: str):
    return tasks.check(WORKBOOKS / f"{name}.yaml").case


@cache
def paper(name: str) -> Document:
    return committee_document(case(name), record_of(case(name), "a test"))


def section(name: str, id: str):
    return next(s for s in paper(name).sections if s.id == id)


def opening_of(name: str) -> str:
    return " ".join(paper(name).points)


def rows(name: str, id: str) -> dict[str, tuple[str, ...]]:
    table = next(
        part
        for s in paper(name).sections
        for part in s.parts
        if isinstance(part, Table) and part.id == id
    )
    return {line.heading: line.cells for group in table.groups for line in group.lines}


def test_what_nobody_has_entered_the_cost_of_is_named_beside_the_gain():
    """What was to bring the falls about, and at what cost, is not printed for England."""
    words = (
        "No row states what Fewer emergency admissions (local plans of the Fund) and Fewer delayed"
        " days (local plans of the Fund) cost: it would come off that."
    )
    assert f"better off than if nothing changed. {words}" in opening_of(ENGLAND)
    assert words in " ".join(in_short(paper_of(case(ENGLAND))))
    assert "No row states" not in opening_of(NEIGHBOURHOOD)


def test_goals_on_entered_values_are_not_told_as_what_the_plan_brings_about():
    on_entered = "on values that are entered and not worked out by the plan"
    # admissions are worked out and missed; the four others are typed by year
    assert (
        f"Four of five goals are met by the date set, {on_entered}; Metrics names the others."
        in opening_of(NEIGHBOURHOOD)
    )
    # beds and staff are typed, acute spending is worked out
    assert f"are met by the date set, two of them {on_entered}." in opening_of(LANCASHIRE)
    assert "Metrics names" not in opening_of(LANCASHIRE), "there is no other goal to name"
    verdicts = rows(NEIGHBOURHOOD, "goals-table")
    assert verdicts["Residential admissions"][-1] == "Met by 2028/29, as entered"
    assert rows(ENGLAND, "goals-table")["Emergency admissions"][-1] == "Met by 2015/16"


def test_care_that_councils_pay_for_is_not_called_acute():
    assert "less for activity" in opening_of(NEIGHBOURHOOD)
    assert "acute care" not in opening_of(NEIGHBOURHOOD)


def test_what_programmes_are_paid_names_who_bears_it():
    words = " ".join(section(NEIGHBOURHOOD, "decisions").points)
    assert (
        "agree to pay for Neighbourhood team for frail people: £147,211 in 2026/27 and £306,003 in"
        " 2028/29, borne by NHS Illustrative ICB;"
    ) in words


def test_risk_is_borne_by_the_partners_of_the_year_decided_about():
    """In 2026/27 the county puts in £400,000 of £1,197,393; its two successors begin in 2027/28.

    797,393 ÷ 1,197,393 = 66.6 %, 400,000 ÷ 1,197,393 = 33.4 %.
    """
    (words,) = section(NEIGHBOURHOOD, "risks").points
    assert "by what each puts in (2026/27): NHS Illustrative ICB 66.6%" in words
    assert "Illustrative County Council 33.4%." in words
    assert "East council" not in words


def test_a_line_of_a_scheme_with_another_name_is_another_thing():
    bought = rows(LANCASHIRE, "buys-table")
    assert bought["Intermediate care as it is"][0] == "43,000"
    assert bought["Intermediate care, expanded"][:2] == ("0", "2,316")
    assert bought["Total"][:2] == ("98,000", "104,257")


def test_evidence_is_counted_where_nothing_is_paid():
    """Good evidence of no effect, and one uncontrolled comparison: both are weak or none."""
    assert rows(ENGLAND, "evidence")["Of which on weak or no evidence"][-1] == "2 of 2 programmes"


def test_an_effect_of_which_nobody_says_how_sure_it_is_counts_as_weak():
    """A first plan types an effect of 20 % and no study: £400,000 a year rests on nothing shown."""
    document = {
        "setup": {"title": "First", "base_year": "2025/26", "horizon": 1},
        "partners": [
            {"id": "icb", "name": "ICB", "kind": "icb"},
            {"id": "council", "name": "Council", "kind": "council"},
            {"id": "trust", "name": "Trust", "kind": "nhs_provider"},
        ],
        "pools": [{"id": "bcf", "name": "Pool", "host": "council"}],
        "contributions": [
            {"pool": "bcf", "partner": "icb", "source": "NHS Minimum Contribution"}
            | {"base_amount": 1_000_000, "index": "flat"}
        ],
        "acute_lines": [
            {"id": "nel", "currency": "spell", "commissioner": "icb", "provider": "trust"}
            | {"demographic_index": "flat", "non_demographic_index": "flat"}
            | {"price_uplift": "flat", "price_efficiency": "flat", "contract": "activity"}
            | {"base_activity": 1_000, "unit_price": 1_000, "unit_cost": 1_000}
            | {"variable_cost": 1, "semi_fixed_cost": 0, "fixed_cost": 0}
        ],
        "segments": [{"acute_line": "nel", "id": "all", "share": 1, "programmes": ["falls"]}],
        "programmes": [
            {"id": "falls", "name": "Falls response", "pool": "bcf", "effect": 0.2, "grade": "C"}
            | {"source": "NHS Minimum Contribution", "cost_index": "flat"}
            | {"reach": {"2026/27": 0.1}, "fixed_cost": {"2026/27": 400_000}}
        ],
    }
    case = evaluate(from_document(document).plan)
    first = committee_document(case, record_of(case, "a test"))
    assert "The one programme at work rests on weak or no evidence." in first.points
    certain = next(s for s in first.sections if s.id == "certain")
    assert "Of which on weak or no evidence: £400,000 (100.0%)" in certain.points


@pytest.mark.parametrize("name", [NEIGHBOURHOOD, ENGLAND, LANCASHIRE])
def test_the_paper_says_nothing_of_excel_or_tests(name):
    said = [paper(name).made_by]
    for part in paper(name).sections:
        said += [part.heading, *part.paragraphs, *part.points]
    assert not [words for words in said if "Excel" in words or " tests" in words]
