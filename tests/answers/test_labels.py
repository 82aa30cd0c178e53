"""Equal labels are equal numbers, and one concept has one label (model §1.8)."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
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


@pytest.mark.parametrize("seed", range(12))
def test_equal_labels_are_equal_numbers_in_generated_plans(seed):
    draft = from_document(random_document(Random(seed)))
    case = evaluate_draft(draft)
    assert case is not None and case.has_answers
    quick = {a.id: answered(case, a) for a in answers_of(case) if a.id not in RUN_AGAIN}
    assert faults(case.plan, quick) == []
