"""A figure in the paper or the report is the one that the answers have under its label (model §1.8)."""

from __future__ import annotations

import re
from functools import cache
from random import Random

import pytest

from icbudget import tasks
from icbudget.answers.case import evaluate_draft
from icbudget.answers.headlines import headline
from icbudget.glossary import ALL_POOLS, INCOME_OF_POOLS, MEANINGS, SYSTEM
from icbudget.plan.plan_text import from_document
from icbudget.report import html_page
from icbudget.report.committee_paper import committee_document
from icbudget.report.document import Table, paper_of
from icbudget.report.partial_documents import known_section
from icbudget.report.pool_sections import pooled_income
from icbudget.report.proposal import proposed
from icbudget.report.report_figures import pounds
from icbudget.report.run_record import record_of
from icbudget.report.summary import in_short
from tests.answers.labelled import labelled_figures
from tests.engine.plans import random_document
from tests.guide import test_worked_example
from tests.places import WORKBOOKS

SCALES = {"£": 1.0, "£000": 1e3, "£m": 1e6}
SCALE = re.compile(r"(£000|£m|£)(?=[,;:]|$)")
NAMED = ("partners", "pools")
SAMPLES = sorted(path.stem for path in WORKBOOKS.glob("*.yaml"))
LOOKED_AT = {"illustrative-borough": 100, "england-better-care-fund-2015-16": 10}
"""Amounts that stand under a label of the answers, at least, in the documents of a sample."""


def figures_of(table, plan):
    """Yield the amounts of a table that stand under a label: (label, whose, year, £, rounding)."""
    ids = {row.name: row.id for name in NAMED for row in getattr(plan, name)} | {
        SYSTEM: "",
        ALL_POOLS: "",
    }
    scale = SCALE.search(table.caption)
    if not scale:
        return
    by = SCALES[scale[1]]
    # half a unit of the last digit that is shown
    half = by / 2 if scale[1] != "£m" else by / 20
    years_named = [year for year in plan.years if year in table.caption]
    # a group of rows is of one thing, such as a pool: its figures are not those of all together
    for group, line in ((group, line) for group in table.groups for line in group.lines):
        if group.heading and group.heading not in ids:
            continue
        of_group = ids.get(group.heading, "")
        for heading, cell in zip(table.headings[1:], line.cells, strict=True):
            amount = _amount(cell)
            if amount is None:
                continue
            if heading in plan.years and line.heading in MEANINGS:
                yield line.heading, of_group, heading, amount * by, half
            elif heading in MEANINGS and line.heading in ids and len(years_named) == 1:
                yield heading, ids[line.heading], years_named[0], amount * by, half
            elif line.heading in MEANINGS and heading in ids and len(years_named) == 1:
                yield line.heading, ids[heading], years_named[0], amount * by, half


def _amount(cell):
    negative = cell.startswith(("−", "("))
    digits = cell.strip("−()").replace(",", "")
    if not re.fullmatch(r"[0-9]+([.][0-9]+)?", digits):
        return None
    return -float(digits) if negative else float(digits)


@cache
def sample(name):
    return tasks.check(WORKBOOKS / f"{name}.yaml").case


@cache
def generated(seed):
    case = evaluate_draft(from_document(random_document(Random(seed))))
    assert case is not None and case.has_answers
    return case


def tables_of(case):
    """Every table of the committee paper and of the report."""
    paper = paper_of(case)
    report = (known_section(builder, paper) for builder in html_page.BUILDERS)
    sections = (*committee_document(case, record_of(case, "a test")).sections, *report)
    return [part for s in sections if s for part in s.parts if isinstance(part, Table)]


def faults(case, blocks):
    """Return how many amounts were looked at, and those that are not the answers'."""
    known = {}
    for figure in labelled_figures(case.plan, blocks):
        whose = {word for _, word in figure.of}
        if len(whose) <= 1 and figure.unit == "£":
            key = figure.label, next(iter(whose), ""), figure.column
            known.setdefault(key, []).append(figure.value)
    looked_at, apart = 0, []
    for table in tables_of(case):
        for label, whose, year, amount, half in figures_of(table, case.plan):
            values = known.get((label, whose, year))
            if values is None:
                continue
            looked_at += 1
            if all(abs(value - amount) > half + 0.01 for value in values):
                apart.append(f"{table.caption}: {label}, {whose}, {year}: {amount} is not {values}")
    return looked_at, apart


@pytest.mark.parametrize("name", SAMPLES)
def test_every_amount_under_a_label_is_the_answers_amount_under_it(name):
    case = sample(name)
    looked_at, apart = faults(case, tasks.answers(case))
    assert apart == [] and looked_at >= LOOKED_AT.get(name, 0)


@pytest.mark.parametrize("name", ["plan", "outturn"])
def test_so_is_it_in_the_documents_of_the_worked_example(name):
    case = test_worked_example.case(name)
    looked_at, apart = faults(case, tasks.answers(case))
    assert apart == [] and looked_at >= 60


@pytest.mark.parametrize("seed", range(4))
def test_so_is_it_in_the_documents_of_generated_plans(seed):
    case = generated(seed)
    _, apart = faults(case, tasks.answers(case))
    assert apart == []


@pytest.mark.parametrize("name", SAMPLES)
def test_dashboard_report_and_paper_state_one_income_of_the_pools(name):
    """Without what stands beside the pools, and without acute money that is reinvested."""
    case = sample(name)
    income = headline(case, INCOME_OF_POOLS).value
    paper = paper_of(case)
    of_report, of_paper = in_short(paper)[0], proposed(paper)[0]
    first, decided = paper.years[0], paper.years[paper.decided]
    if not any(pool.pooling_status == "pooled" for pool in case.plan.pools):
        assert income == 0 and "budget" in of_report and "not pooled" in of_paper
        return
    assert f" {pounds(income)} in {first}" in of_report
    by_year = pooled_income(paper)
    assert f"{pounds(by_year[paper.decided])} in {decided}" in of_paper
    assert by_year[0] == pytest.approx(income)
