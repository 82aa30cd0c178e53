"""Equal labels are equal numbers, and one concept has one label (model §1.8)."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import combinations
from random import Random

import pytest

from icbudget import glossary, tasks
from icbudget.answers.answered import answered, answers_of
from icbudget.answers.case import evaluate_draft
from icbudget.plan import Plan
from icbudget.plan.plan_text import from_document
from tests.answers.labelled import OVER_PLAN, labelled_figures
from tests.engine.plans import random_document
from tests.places import WORKBOOKS
from tests.workbook.odd import ODD, odd_blocks, odd_case
from tests.workbook.plans import rich, rich_blocks

SAMPLES = sorted(WORKBOOKS.glob("*.yaml"))
RUN_AGAIN = {"goal-gaps", "side-by-side", "simulation", "tornado", "rule-tests"}
"""Answers that run the plan again: the samples have them."""
PENNY = 0.0051
"""Two figures of one label may each be rounded to the penny from the same exact sum."""


@cache
def sample(path):
    case = tasks.check(path).case
    return case.plan, tasks.answers(case)


def faults(plan: Plan, blocks) -> list[str]:
    """Return every label under which two numbers stand, with where they stand."""
    by_key = defaultdict(list)
    for figure in labelled_figures(plan, blocks):
        by_key[figure.key].append(figure)
    apart = []
    for (label, unit, of, column), figures in by_key.items():
        values = [figure.value for figure in figures]
        if max(values) - min(values) > PENNY:
            stand = "; ".join(f"{figure.where}: {figure.value:,.2f}" for figure in figures)
            things = ", ".join(sorted(word for _, word in of))
            apart.append(f"{label} ({unit}), {things}, {column}: {stand}")
    return apart


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_equal_labels_are_equal_numbers_in_every_sample_plan(path):
    assert faults(*sample(path)) == []


def test_equal_labels_are_equal_numbers_in_a_plan_that_fills_every_table():
    assert faults(rich(), rich_blocks()) == []


@pytest.mark.parametrize("name", sorted(ODD))
def test_equal_labels_are_equal_numbers_in_odd_plans(name):
    assert faults(odd_case(name).plan, odd_blocks(name)) == []


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_what_a_label_comes_to_over_the_plan_is_the_sum_of_its_years(path):
    """The figures that side by side and the simulation give over the plan, against totals by year."""
    plan, blocks = sample(path)
    figures = [f for f in labelled_figures(plan, blocks) if not f.of and f.unit == "£"]
    over_plan = {f.label: f for f in figures if f.column == OVER_PLAN}
    by_year = defaultdict(dict)
    for figure in figures:
        if figure.column in plan.years:
            by_year[figure.label, figure.where][figure.column] = figure.value
    flows = {
        glossary.CONTRACT_SAVING_NET,
        glossary.GROSS_RELEASE,
        glossary.REPLACEMENT_COST,
        glossary.NET_RELEASE,
    }
    for (label, where), years in by_year.items():
        if label in flows & set(over_plan) and len(years) == len(plan.years):
            said = over_plan[label]
            assert sum(years.values()) == pytest.approx(said.value, abs=0.01), (label, where)


def test_no_two_labels_mean_the_same():
    meanings = [words.casefold() for words in glossary.MEANINGS.values()]
    assert len(set(meanings)) == len(meanings)


@cache
def generated(seed):
    case = evaluate_draft(from_document(random_document(Random(seed))))
    assert case is not None and case.has_answers
    return case.plan, {a.id: answered(case, a) for a in answers_of(case) if a.id not in RUN_AGAIN}


@pytest.mark.parametrize("seed", range(12))
def test_equal_labels_are_equal_numbers_in_generated_plans(seed):
    assert faults(*generated(seed)) == []


COINCIDE = {
    # An identity of the model or of a form: two concepts that are one number by arithmetic.
    frozenset({glossary.DO_NOTHING, glossary.FUNDING}): "where no envelope is stated",
    frozenset({glossary.GAP_OF_YEAR, glossary.GAP_OF_YEAR_ADDED}): "where no envelope is stated",
    frozenset({glossary.GAP_TO_DATE, glossary.GAP_TO_DATE_ADDED}): "where no envelope is stated",
    frozenset({glossary.POSITION_ACTIVITY, glossary.NET_RELEASE}): "of the whole system",
    frozenset({glossary.INCOME, glossary.INCOME_WITH_ALIGNED}): "the total of every row of Income",
    frozenset({glossary.MOVED_INTO_POOL, glossary.SET_BY_RULE}): "where the line has the money",
    frozenset({glossary.PUT_INTO_POOLS, "Instalments"}): "the same money by the day it is due",
    frozenset({glossary.POSITION_SETTLED, "This partner's share"}): "the annual return of a pool",
    frozenset({glossary.AVOIDED_IN_ALL, glossary.CAPACITY_RELEASED}): "one is split by programme",
    frozenset({glossary.CAPACITY_RELEASED, glossary.BED_DAYS_RELEASED}): "of lines in bed days",
    frozenset({glossary.NET_WITH_BALANCE, "Total shared"}): "rows of the memorandum account",
    frozenset({glossary.NET_WITH_BALANCE, "Balance carried forward"}): "rows of that account",
    frozenset({"Total shared", "Balance carried forward"}): "rows of that account",
    frozenset({"Due to it (from it, negative)", glossary.RECEIVED}): "where no cap holds back",
    frozenset({glossary.STRANDED_COST, glossary.PROVIDERS_LOSE}): "where no line has a margin",
    frozenset({"Cost before VAT", "Gross expenditure"}): "where no VAT stays with the partner",
}
"""Labels that are the same number in every plan looked at, and why they are not one concept."""
SEEN_OFTEN = 6
"""Figures of two labels that are equal, each time, before they are taken for one concept."""


def test_no_two_labels_stand_for_one_concept():
    """Of one thing in one year, two labels that are the same number in every plan are suspects."""
    seen: dict[frozenset[str], list[bool]] = defaultdict(list)
    for plan, blocks in (*map(sample, SAMPLES), *map(generated, range(6))):
        by_thing = defaultdict(dict)
        for figure in labelled_figures(plan, blocks):
            label = figure.label.removeprefix("Of it: ")
            if label in CONCEPTS:
                by_thing[figure.of, figure.unit, figure.column].setdefault(label, figure.value)
        for values in by_thing.values():
            for (one, left), (other, right) in combinations(values.items(), 2):
                if abs(left) > PENNY or abs(right) > PENNY:
                    seen[frozenset({one, other})].append(abs(left - right) <= PENNY)
    always = {pair for pair, equal in seen.items() if all(equal) and len(equal) >= SEEN_OFTEN}
    assert always - set(COINCIDE) == set()


CONCEPTS = set(glossary.MEANINGS) | {label for pair in COINCIDE for label in pair}
