"""A figure in the paper or the report is the one that the answers have under its label (model §1.8).

Both are read from the pages as they were written, tables and sentences alike.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from random import Random

import pytest

from icbudget import glossary, tasks
from icbudget.answers.answered import answered, answers_of
from icbudget.answers.block import Block
from icbudget.answers.case import Case, evaluate_draft
from icbudget.answers.catalogue import ANSWERS
from icbudget.answers.headlines import headline
from icbudget.engine.projection.wiring import REINVESTED
from icbudget.plan.plan_text import from_document
from icbudget.report.committee_paper import committee_document
from icbudget.report.document import paper_of
from icbudget.report.html_page import html, write_report
from icbudget.report.pool_sections import pooled_income
from icbudget.report.proposal import proposed
from icbudget.report.report_figures import pounds
from icbudget.report.run_record import record_of
from icbudget.report.summary import in_short
from tests.answers.labelled import OVER_PLAN, labelled_figures
from tests.answers.test_labels import RUN_AGAIN
from tests.engine.plans import random_document
from tests.guide import test_worked_example
from tests.places import WORKBOOKS
from tests.report.document_figures import PLAN_LESS_NOTHING, Stated, of_sentences, of_tables
from tests.report.pages import Element, parsed
from tests.workbook.plans import rich_case

SAMPLES = sorted(path.stem for path in WORKBOOKS.glob("*.yaml"))
LOOKED_AT = {"illustrative-borough": 130, "england-better-care-fund-2015-16": 30}
"""Amounts that stand under a label of the answers, at least, in the documents of a sample."""
SUMMED = {
    "cash-released": (
        glossary.CONTRACT_SAVING_NET,
        glossary.NET_RELEASE,
        glossary.PROVIDERS_LOSE,
        glossary.STRANDED_COST,
        glossary.GROSS_TARIFF,
    ),
    "activity": (glossary.DO_NOTHING_PAYMENT, glossary.PLAN_PAYMENT),
    "reallocation": (glossary.PAID, glossary.MOVED_INTO_POOL),
}
"""Figures of lines, programmes and shifts that sentences add up over all of them."""
Known = Mapping[tuple[str, str, str], list[float]]


@dataclass(frozen=True)
class Written:
    """A plan's paper and report as pages, and what its answers have under each label."""

    case: Case
    paper: str
    report: str
    known: Known

    def pages(self) -> tuple[Element, Element]:
        return parsed(self.paper), parsed(self.report)


def written(case: Case, blocks: Mapping[str, Block]) -> Written:
    record = record_of(case, "a test")
    paper = html(committee_document(case, record))
    return Written(case, paper, write_report(case, record), known(case, blocks))


def known(case: Case, blocks: Mapping[str, Block]) -> Known:
    """The figures of the answers in £ by label, whose they are, and year or over the plan."""
    years, values = case.plan.years, defaultdict(list)
    for figure in labelled_figures(case.plan, blocks):
        whose = {word for _, word in figure.of}
        if len(whose) <= 1 and figure.unit == "£":
            values[figure.label, next(iter(whose), ""), figure.column].append(figure.value)
    for id, labels in SUMMED.items():
        for label in labels if id in blocks else ():
            rows = blocks[id].where(figure=label)
            for at, year in enumerate(blocks[id].columns):
                if year in years and rows:
                    values[label, "", year].append(sum(row.values[at] for row in rows))
    tracker = blocks.get("goal-tracker")
    for row in tracker.rows if tracker else ():
        goal, _, figure = row.labels
        for year, value in zip(tracker.columns, row.values, strict=True):
            if figure in (glossary.EXPECTED, glossary.TARGET) and isinstance(value, (int, float)):
                values[figure, goal, year].append(value)
    for label, whose in {key[:2] for key in values}:
        by_year = [values.get((label, whose, year)) for year in years]
        if all(by_year) and (label, whose, OVER_PLAN) not in values:
            values[label, whose, OVER_PLAN].append(sum(year[0] for year in by_year))
    for label in (glossary.INCOME_OF_POOLS, glossary.INCOME_WITH_ALIGNED):
        for since in years:
            for until in years:
                if values.get((label, "", since)) and values.get((label, "", until)):
                    more = values[label, "", until][0] - values[label, "", since][0]
                    values[f"{label}, {since} to", "", until].append(more)
    for year in years:
        nothing = values.get((glossary.DO_NOTHING_PAYMENT, "", year))
        plan = values.get((glossary.PLAN_PAYMENT, "", year))
        if nothing and plan:
            values[PLAN_LESS_NOTHING, "", year].append(plan[0] - nothing[0])
    return values


def faults(w: Written) -> tuple[int, list[str]]:
    """Return how many amounts were looked at, and those that are not the answers'."""
    stated: list[Stated] = []
    apart: list[str] = []
    for page in w.pages():
        stated += of_tables(page, w.case.plan)
        said, unread = of_sentences(page, w.case.plan)
        stated += said
        apart += [f"no label is known of {amount}" for amount in unread]
    looked_at = 0
    for one in stated:
        values = w.known.get((one.label, one.whose, one.column))
        if values is None:
            continue
        looked_at += 1
        if all(abs(value - one.value) > one.half + 0.01 for value in values):
            of = f"{one.label}, {one.whose}, {one.column}"
            apart.append(f"{one.where}: {of}: {one.value} is not {values}")
    return looked_at, apart


@cache
def sample(name: str) -> Written:
    case = tasks.check(WORKBOOKS / f"{name}.yaml").case
    return written(case, tasks.answers(case))


@cache
def generated(seed: int) -> Written:
    case = evaluate_draft(from_document(random_document(Random(seed))))
    assert case is not None and case.has_answers
    blocks = {a.id: answered(case, a) for a in answers_of(case) if a.id not in RUN_AGAIN}
    return written(case, blocks)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_amount_under_a_label_is_the_answers_amount_under_it(name):
    looked_at, apart = faults(sample(name))
    assert apart == [] and looked_at >= LOOKED_AT.get(name, 0)


@pytest.mark.parametrize("name", ["plan", "outturn"])
def test_so_is_it_in_the_documents_of_the_worked_example(name):
    case = test_worked_example.case(name)
    looked_at, apart = faults(written(case, tasks.answers(case)))
    assert apart == [] and looked_at >= 60


@pytest.mark.parametrize("seed", range(6))
def test_so_is_it_in_the_documents_of_generated_plans(seed):
    _, apart = faults(generated(seed))
    assert apart == []


# A fault of each kind, planted in a page, is caught

AMOUNT = re.compile(r"£[0-9][0-9,.]*[0-9]")


def _other_cell(page: str, table: str, label: str) -> str:
    """The page with 9 before the last amount in a row of a table."""
    start = page.index(f'<table id="{table}"')
    row = page.index(f'<th scope="row">{label}</th>', start)
    end = page.index("</tr>", row)
    *_, last = re.finditer(r'<td class="figure">−?([0-9])', page[row:end])
    at = row + last.start(1)
    return f"{page[:at]}9{page[at:]}"


def _other_amount(page: str, words: str) -> str:
    """The page with another amount behind some words."""
    at = page.index(words) + len(words)
    return page[:at] + AMOUNT.sub("£987.6", page[at:], count=1)


def _renamed(page: str, words: str, others: str) -> str:
    assert words in page
    return page.replace(words, others, 1)


PLANTED = {
    "a table of the paper": lambda w: replace(
        w, paper=_other_cell(w.paper, "cash-years", glossary.NET_RELEASE)
    ),
    "a table of the report": lambda w: replace(
        w, report=_other_cell(w.report, "cash-years", glossary.NET_RELEASE)
    ),
    "a position in the paper": lambda w: replace(
        w, paper=_other_amount(w.paper, "Over the plan the whole system is ")
    ),
    "a sentence of the paper": lambda w: replace(
        w, paper=_other_amount(w.paper, "Prevention costs ")
    ),
    "a decision of the paper": lambda w: replace(w, paper=_other_amount(w.paper, "note that ")),
    "the headline of the report": lambda w: replace(
        w, report=_other_amount(w.report, "the whole system is ")
    ),
    "the income that leads the report": lambda w: replace(
        w, report=_other_amount(w.report, "The pooled fund takes in ")
    ),
    "an amount under words that nobody knows": lambda w: replace(
        w, paper=_renamed(w.paper, "Prevention costs", "Prevention comes to")
    ),
    "a net amount under the label of the gross": lambda w: replace(
        w,
        report=_renamed(
            w.report,
            f'<th scope="row">{glossary.NET_RELEASE}</th>',
            f'<th scope="row">{glossary.GROSS_RELEASE}</th>',
        ),
    ),
    "a year under another year": lambda w: replace(
        w, paper=_renamed(w.paper, " in 2026/27 and £", " in 2027/28 and £")
    ),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_fault_that_is_planted_in_a_document_is_caught(kind):
    w = sample("illustrative-neighbourhood")
    assert faults(PLANTED[kind](w))[1], kind


# One concept, one label; one answer, one section

OUR_WORDS = {
    # A table whose caption has the label, and whose rows say which path it is.
    "If nothing changes": "rows under the caption What commissioners pay for activity",
    "In the plan": "rows under the caption What commissioners pay for activity",
    "All programmes": "the total under the caption Paid for prevention",
    REINVESTED: "the name of a source of funding, which the shift pays into",
}


def test_every_row_of_money_is_a_label_of_the_glossary_or_a_thing_of_the_plan():
    """A row whose figures are those of a label in every plan may not be called otherwise."""
    same: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for name in SAMPLES:
        w = sample(name)
        labels = {label for label, whose, _ in w.known if not whose and label in glossary.MEANINGS}
        things = {row.name for table in ("partners", "pools", "schemes", "programmes")
                  for row in getattr(w.case.plan, table)}  # fmt: skip
        for heading, cells, half in _rows_by_year(w):
            if heading in glossary.MEANINGS or heading in things or not any(cells.values()):
                continue
            for label in labels:
                of_label = [w.known.get((label, "", year)) for year in cells]
                if all(of_label):
                    pairs = zip(cells.values(), of_label, strict=True)
                    equal = all(abs(cell - v[0]) <= half + 0.01 for cell, v in pairs)
                    same[heading, label].append(equal)
    suspects = {
        heading
        for (heading, _), equal in same.items()
        if all(equal) and len(equal) > 1 and heading not in OUR_WORDS
    }
    assert suspects == set()


def _rows_by_year(w: Written):
    from tests.report.document_figures import SCALE, SCALES, _cell

    for page in w.pages():
        for table in page.every("table"):
            caption = table.every("caption")[0].text()
            scale = SCALE.search(caption)
            headings, *rows = table.rows()
            if not scale or not set(headings) & set(w.case.plan.years):
                continue
            by = SCALES[scale[1]]
            for heading, *cells in rows:
                amounts = {
                    year: amount * by
                    for year, cell in zip(headings[1:], cells, strict=False)
                    if year in w.case.plan.years and (amount := _cell(cell)) is not None
                }
                if amounts:
                    yield heading, amounts, by / 20 if scale[1] == "£m" else by / 2


def test_the_section_that_an_answer_names_is_one_of_the_report():
    """Where every answer stands says so by the id: one that no report has would be silent."""
    ids: set[str] = set()
    record = record_of(rich_case(), "a test")
    pages = [sample(name).report for name in SAMPLES] + [write_report(rich_case(), record)]
    for page in pages:
        ids |= {section.attributes.get("id", "") for section in parsed(page).every("section")}
    named = {answer.report for answer in ANSWERS if answer.report}
    assert named - ids == set()


@pytest.mark.parametrize("name", SAMPLES)
def test_dashboard_report_and_paper_state_one_income_of_the_pools(name):
    """Without what stands beside the pools, and without acute money that is reinvested."""
    case = sample(name).case
    income = headline(case, glossary.INCOME_OF_POOLS).value
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
