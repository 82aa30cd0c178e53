"""What report and paper say of people and of capitated contracts, with figures by hand."""

from __future__ import annotations

from functools import cache

from icbudget import glossary
from icbudget.answers.case import evaluate
from icbudget.plan.plan_text import from_document
from icbudget.report.document import paper_of
from icbudget.report.paper_sections import section_metrics
from icbudget.report.people_sections import section_contracts, section_people
from tests.checks.clean import YEARS, clean
from tests.checks.test_capacity_rows import ROW as CAPACITY
from tests.checks.test_goal_checks import FIFTH
from tests.checks.test_staff_rows import ROW as STAFF
from tests.examples.capitation.test_capitation import CASE as CAPITATED

GROUP = {"measure": "Admissions a 1,000", "good": "lower", "target_year": YEARS[1]}


@cache
def paper():
    document = clean() | {"capacity": [CAPACITY], "staff": [STAFF], "group_reaches": [FIFTH]}
    document["goals"] += [
        GROUP | {"id": "poorest", "group": "Most deprived fifth", "compared_with": "rest",
                 "baseline": 180, "target": 171, "expected": {YEARS[0]: 176, YEARS[1]: 171}},
        GROUP | {"id": "rest", "baseline": 90, "target": 80,
                 "expected": {YEARS[0]: 85, YEARS[1]: 80}},
        {"id": "say", "measure": "Felt supported", "kind": "experience", "unit": "%",
         "good": "higher", "baseline": 62, "target": 66, "target_year": YEARS[1],
         "expected": {YEARS[0]: 64, YEARS[1]: 66}},
    ]  # fmt: skip
    return paper_of(evaluate(from_document(document).plan))


def lines(parts, id):
    (table,) = [part for part in parts if part.id == id]
    return {line.heading: line.cells for group in table.groups for line in group.lines}


def test_experience_stands_beside_the_money():
    rows = lines(section_people(paper()).parts, "money-and-experience")
    assert rows["Felt supported: expected"] == ("%", "62", "64", "66")
    # £1,000 of fixed cost, prices 2 % a year
    assert rows[glossary.PAID] == ("£", "0", "1,020", "1,040")


def test_a_gap_that_widens_is_shown():
    rows = lines(section_people(paper()).parts, "gaps-between-groups")
    assert rows["Admissions a 1,000, Most deprived fifth: gap to the others (larger is worse)"] == (
        *("–", "90", "91", "91"),
    )


def test_the_year_of_intermediate_care_and_of_staff():
    parts = section_people(paper()).parts
    care = lines(parts, "intermediate-care")
    assert care["Reablement beds, 2026/27: cost of spot places"] == ("£", "63,000")
    assert care["Reablement beds, 2026/27: waiting"] == ("people", "5")
    assert lines(parts, "workforce")["falls, Nurse: agency premium"] == ("£", "–", "40,500", "–")


def test_the_paper_has_them_under_metrics():
    assert [part.id for part in section_metrics(paper()).parts] == [
        "goals-table",
        "money-and-experience",
        "gaps-between-groups",
        "reach-of-groups",
        "intermediate-care",
        "workforce",
    ]


def test_a_plan_without_such_rows_has_no_section():
    plain = paper_of(evaluate(from_document(clean()).plan))
    assert section_people(plain) is None and section_contracts(plain) is None


def test_capitated_contracts_and_what_forms_reward():
    parts = section_contracts(paper_of(CAPITATED)).parts
    assert lines(parts, "capitation")["frail: the holder ends with"] == ("£", "–", "230,000")
    forms = lines(parts, "forms")
    assert forms["frail, paid for each unit: the holder's gain"] == ("£", "–", "−410,000")


def test_whom_programmes_reach_stands_in_per_cent():
    # the clean plan reaches 50 %: 0.5 × 0.15 ÷ 0.2 and 0.5 × 0.85 ÷ 0.8
    (section,) = [section_people(paper())]
    reach = lines(section.parts, "reach-of-groups")
    of_group = next(cells for heading, cells in reach.items() if "reach of the group" in heading)
    others = next(cells for heading, cells in reach.items() if "everyone else" in heading)
    assert "37.5%" in of_group and "53.1%" in others
