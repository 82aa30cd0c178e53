"""explain knows every figure of every answer, by the words of its row."""

from __future__ import annotations

import re

import pytest

from icbudget import tasks
from icbudget.answers.answer_cell import AnswerCell
from icbudget.answers.answered import kept
from icbudget.answers.case import evaluate_plan
from icbudget.answers.catalogue import ANSWERS
from icbudget.answers.explain import explain, explanation_block
from icbudget.answers.headlines import HEADLINES
from icbudget.answers.named_figures import cells_called, figure
from icbudget.answers.names import names_of
from tests.places import WORKBOOKS
from tests.workbook.opened import with_sheets
from tests.workbook.plans import rich_blocks, rich_case

SAMPLES = sorted(path.stem for path in WORKBOOKS.glob("*.yaml"))
WITH_FIGURES = [answer for answer in ANSWERS if rich_blocks()[answer.id].columns]


def cells_of(answer):
    """Return every cell of an answer that holds something."""
    block = rich_blocks()[answer.id]
    return [
        AnswerCell(answer.title, block, row, column)
        for row in block.rows
        for column, value in zip(block.columns, row.values, strict=True)
        if value is not None
    ]


@pytest.mark.parametrize("answer", WITH_FIGURES, ids=lambda answer: answer.id)
def test_every_figure_of_an_answer_is_explained(answer):
    """All 6,000 figures of a plan that has every module, not a choice of them."""
    cells = cells_of(answer)
    for cell in cells:
        explanation = explain(rich_case(), cell.name, {})
        assert not explanation.unknown, cell.name
        same = [c for c in explanation.cells if c.name == cell.name]
        assert cell.value in [c.value for c in same], cell.name
        assert all(c.meaning for c in same), cell.name


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_figure_and_headline_of_every_sample_is_explained(sample):
    """All 30,000 figures: other plans have other names, such as a pool dfg of a source DFG.

    Each is found by its name; the first of each row, which has its words, is explained in full.
    """
    case = evaluate_plan(tasks.load(WORKBOOKS / f"{sample}.yaml").plan)
    missed = []
    for answer in ANSWERS:
        block = kept(case, answer)
        for row in block.rows:
            filled = [AnswerCell(answer.title, block, row, column) for column in block.columns]
            filled = [cell for cell in filled if cell.value is not None]
            missed += [c.name for c in filled if c not in cells_called(case, c.name)]
            for cell in filled[:1]:
                found = [c for c in explain(case, cell.name, {}).cells if c.name == cell.name]
                if cell.value not in [c.value for c in found] or not all(c.meaning for c in found):
                    missed.append(cell.name)
    missed += [name for name in HEADLINES if not explain(case, name, {}).explains_anything]
    assert missed == []


@pytest.mark.parametrize(
    "name",
    [
        "Balances / dfg / DFG / Closing balance / 2025/26",
        "Balances / Disabled Facilities Grant / DFG / Closing balance / 2025/26",
        "balances / DFG / dfg / closing balance / 2025/26",
    ],
)
def test_a_pool_and_a_source_of_one_word_are_told_apart_by_the_whole_name(borough, name):
    """By hand, from Funding and Schemes of the borough: what is put in is spent, so 0 is left."""
    (cell,) = explain(borough, name, {}).cells
    assert cell.value == figure(borough, name).value


def test_the_walk_has_every_figure_there_is():
    assert sum(len(cells_of(answer)) for answer in WITH_FIGURES) > 6_000


def test_what_stands_beside_a_figure_is_of_the_same_thing_and_year():
    name = "Balances / bcf / NHS Minimum Contribution / Closing balance / 2026/27"
    (cell,) = explain(rich_case(), name, {}).cells
    beside = dict(cell.beside)
    # open + income + transfers in + reinvested − spend − transfers out = close (model §7)
    came = sum(beside[label] for label in ("Open", "Income", "Transfers in", "Reinvested"))
    went = beside["Spend"] + beside["Transfers out"]
    assert cell.value == pytest.approx(came - went, abs=0.005)


@pytest.fixture(scope="module")
def borough():
    return evaluate_plan(tasks.load(WORKBOOKS / "illustrative-borough.xlsx").plan)


@pytest.mark.parametrize(
    "asked",
    [
        "bcf / 2027/28 / council",
        "hospital_at_home / 2027/28",
        "2027/28 / Contract saving",
        "2027/28 / moved in",
        *HEADLINES,
    ],
)
def test_people_read_names_where_the_plan_has_them(borough, asked):
    explanation = explain(borough, asked, {})
    assert explanation.explains_anything
    tables = ("partners", "pools", "programmes", "acute_lines", "shifts", "goals")
    every = [row.id for table in tables for row in getattr(borough.plan, table)]
    # An id that a shift and a programme share stands for itself, as in the answers.
    ids = {id for id in every if every.count(id) == 1}
    for part, what, _ in (row.labels for row in explanation_block(explanation).rows):
        if part != "Kind":
            assert not ids & set(re.split(r" / |, ", what)), what
    made_of = [figure for cell in explanation.cells for figure in cell.made_of]
    assert not ids & {word for figure in made_of for word in figure.called.split(" / ")}


def test_rows_that_share_a_name_keep_their_ids_behind_it(borough):
    first, second, *others = borough.plan.pools
    alike = (first, second.model_copy(update={"name": first.name}), *others)
    names = names_of(borough.plan.model_copy(update={"pools": alike}), "pools")
    assert [names[first.id], names[second.id]] == [
        f"{first.name} ({first.id})",
        f"{first.name} ({second.id})",
    ]
    assert names[others[0].id] == others[0].name


def test_a_word_that_nothing_is_called_is_still_refused():
    assert explain(rich_case(), "bcf / Closing time", {}).unknown


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("bcff / 2026/27", "bcff (did you mean BCF?)"),
        ("falls / Contract savings", "Contract savings (did you mean Contract saving?)"),
        ("bcf / 2027/28 / contributoin", "contributoin (did you mean contribution?)"),
    ],
)
def test_a_mistyped_name_has_the_nearest_beside_it(asked, meant):
    assert meant in explain(rich_case(), asked, {}).unknown


@pytest.mark.parametrize("words", HEADLINES)
def test_every_headline_of_the_dashboard_is_explained_by_its_words(words):
    explanation = explain(rich_case(), words.upper(), {})
    (cell,) = explanation.cells
    assert explanation.explains_anything and not explanation.unknown
    assert cell.name == words and cell.meaning and cell.made_of, words


@pytest.mark.parametrize("words", HEADLINES)
def test_a_figure_is_named_by_the_words_of_a_headline_as_it_is_explained(words):
    case = rich_case()
    named = figure(case, words.upper())
    (cell,) = explain(case, words, {}).cells
    assert (named.name, named.value, named.unit) == (cell.name, cell.value, cell.unit)
    # each says the same period and basis
    basis = named.where.removeprefix("the Dashboard, ")
    assert basis.casefold() in cell.meaning.casefold()
    assert "as planned" in basis or "settle" in basis


@pytest.mark.parametrize(
    ("words", "basis"),
    [
        ("Income of the pools", "in 2025/26, as planned"),
        ("Left in the pools", "at the end of 2028/29, as planned, before settlement"),
        ("Net release", "over 2025/26 to 2028/29, as planned"),
        ("Most that a partner bears", "in 2028/29, as settled"),
    ],
)
def test_a_headline_says_its_period_and_basis(words, basis):
    assert figure(rich_case(), words).where == f"the Dashboard, {basis}"


def test_money_in_the_pools_adds_up_income_of_pooled_funds_alone():
    """By hand, from the lines of the plan: every cash contribution of the base year to a pool that
    is pooled, deductions taken off.
    """
    case = rich_case()
    pooled = {pool.id for pool in case.plan.pools if pool.pooling_status == "pooled"}
    paid_in = sum(
        (-1 if row.kind == "deduction" else 1) * (row.base_amount or 0)
        for row in case.plan.contributions
        if row.pool in pooled and not row.in_kind
    )
    (cell,) = explain(case, "Income of the pools", {}).cells
    assert cell.value == pytest.approx(float(paid_in), abs=0.005)
    assert sum(part.value for part in cell.made_of) == pytest.approx(cell.value, abs=0.005)


@pytest.mark.parametrize("name", ["illustrative-borough", "north-tyneside-better-care-fund"])
def test_every_headline_on_a_dashboard_is_explained_with_its_value(name):
    """The Dashboard's values come from its formulas, the explanation's from the answers."""
    path = WORKBOOKS / f"{name}.xlsx"
    case = evaluate_plan(tasks.load(path).plan)
    dashboard = with_sheets(path, "Dashboard", values=True)["Dashboard"]
    cards = {}
    for row in dashboard.iter_rows(min_row=1, max_row=12):
        if any(cell.value == "Income of the pools" for cell in row):
            cards = {cell.value: cell.offset(1).value for cell in row if cell.value}
    assert len(cards) >= 4
    for words, value in cards.items():
        (cell,) = explain(case, words, {}).cells
        expected = value if isinstance(value, str) else pytest.approx(value, abs=0.005)
        assert cell.value == expected, words
