"""The whole template, recalculated by a real spreadsheet program with our functions plugged in.

Host: LibreOffice Calc, headless, over UNO; the functions are evaluated in this process. Nothing
here is Excel.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from icbudget import tasks
from icbudget.answers.block import Block
from icbudget.answers.case import evaluate
from icbudget.plan import Plan
from icbudget.workbook import layout
from icbudget.workbook.contents import EVERYTHING
from icbudget.workbook.writing.build import blank_plan, build
from tests.programs.calc import Calc
from tests.programs.calc_document import Document
from tests.rebuild import PLANS

pytestmark = pytest.mark.program("libreoffice")
BOROUGH = next(p for p in PLANS if p.stem == "illustrative-borough")


@pytest.fixture(scope="module")
def borough(calc, tmp_path_factory) -> Iterator[Document]:
    """Give the illustrative borough, opened once; whoever changes a cell puts back what stood."""
    plan = tasks.load(BOROUGH).plan
    document = opened(calc, tmp_path_factory.mktemp("borough"), workbook(plan))
    yield document
    document.close()


@contextmanager
def changed(document: Document, sheet: str, cell: str, value: object) -> Iterator[None]:
    """Put a value into a cell, and afterwards what stood there before."""
    before = document.value(sheet, cell)
    document.set(sheet, cell, value)
    try:
        yield
    finally:
        document.set(sheet, cell, before)


def workbook(plan: Plan) -> bytes:
    """Return a live workbook with a sheet for every answer, which else opens only when chosen."""
    case = evaluate(plan)
    return build(plan, tasks.answers(case), live=True, case=case, choice=EVERYTHING)


def opened(calc: Calc, folder: Path, content: bytes) -> Document:
    path = folder / "plan.xlsx"
    path.write_bytes(content)
    return calc.open(path)


def column(letter: str, steps: int) -> str:
    return chr(ord(letter) + steps)


def stored(document: Document, sheet: str, block: Block) -> list[list[float | str | None]]:
    """Return the block that stands on an answer sheet, found by its headings."""
    last = column("A", len(block.headings) - 1)
    top = document.values(sheet, f"A1:{last}200")
    heads = block.grid()[0]  # whole, since a chart's figures above may begin with the same word
    row = next(n for n, cells in enumerate(top, 1) if [*cells] == [*heads])
    if row + len(block.rows) <= len(top):
        return top[row - 1 : row + len(block.rows)]
    return document.values(sheet, f"A{row}:{last}{row + len(block.rows)}")


def same(found: float | str | None, expected: object) -> bool:
    if isinstance(expected, (int, float)) and isinstance(found, float):
        return abs(found - expected) <= 1e-9 * max(1.0, abs(expected))
    return (found or "") == (expected or "")


@pytest.mark.parametrize("path", PLANS, ids=lambda p: p.stem)
def test_every_formula_of_a_finished_plan_comes_out_as_the_library_says(
    calc, request, tmp_path, path
):
    plan = tasks.load(path).plan
    if path == BOROUGH:
        agrees(request.getfixturevalue("borough"), plan)
        return
    document = opened(calc, tmp_path, workbook(plan))
    try:
        agrees(document, plan)
    finally:
        document.close()


def agrees(document: Document, plan: Plan) -> None:
    assert document.errors() == []
    assert "differ" not in str(document.named(layout.MASTER_CHECK))
    for id, block in tasks.answers(evaluate(plan)).items():
        if id in ("checks", "checklist"):
            continue  # their places are those of the tables, as a function sees them
        found = stored(document, layout.ANSWER_SHEETS[id], block)
        expected = block.grid()
        assert all(
            same(f, e)
            for fs, es in zip(found, expected, strict=True)
            for f, e in zip(fs, es, strict=True)
        ), id


def test_the_blank_template_has_no_cell_in_error(calc, tmp_path):
    document = opened(calc, tmp_path, workbook(blank_plan()))
    try:
        assert document.errors() == []
    finally:
        document.close()


def test_changing_an_input_moves_the_answers_and_the_native_totals(borough):
    heads = borough.values("Funding", "A5:Z5")[0]
    at = column("A", heads.index("Base amount (£)"))
    before, income = float(borough.value("Funding", f"{at}6")), native_income(borough)
    year = tasks.load(BOROUGH).plan.setup.base_year
    answer = spilled_total(borough, year)
    with changed(borough, "Funding", f"{at}6", before + 1000):
        borough.recalculate()
        assert native_income(borough) == pytest.approx(income + 1000)
        assert spilled_total(borough, year) == pytest.approx(answer + 1000)
        assert borough.errors() == []
        assert "differ" not in str(borough.named(layout.MASTER_CHECK))


def native_income(document: Document) -> float:
    """Return the base-year income that the Checks sheet adds up from the Funding sheet with
    ordinary formulas.
    """
    rows = document.values(layout.CHECKS, "A1:F60")
    return next(float(r[5]) for r in rows if str(r[2]).startswith("Income of all pools"))


def spilled_total(document: Document, year: str) -> float:
    """Return the sum of a year's column of the spilled income block."""
    rows = document.values("Income", "A1:Z60")
    head = next(n for n, r in enumerate(rows) if year in r and r[0] == "Pool")
    at = rows[head].index(year)
    return sum(float(r[at]) for r in rows[head + 1 :] if isinstance(r[at], float))


def test_a_wrong_input_turns_answers_into_error_values_and_checks_names_it(borough):
    heads = borough.values("Funding", "A5:Z5")[0]
    at = column("A", heads.index("Base amount (£)"))
    with changed(borough, "Funding", f"{at}6", "n/a"):
        borough.recalculate()
        found = borough.errors()
        assert "Income" in {e.sheet for e in found}
        assert layout.CHECKS not in {e.sheet for e in found if "checks" in e.formula}
        told = [
            cell
            for row in borough.values(layout.CHECKS, "A1:D200")
            for cell in row
            if isinstance(cell, str)
        ]
        assert any("text “n/a”, not a number" in cell for cell in told)
        # Of a total without its answer nobody can say whether it differs.
        assert "totals are not known" in str(borough.named(layout.MASTER_CHECK))


def test_what_is_tried_on_what_if_moves_its_outcomes_and_not_the_plan(calc, borough):
    """Only what depends on the cell is called: neither the plan is made anew nor its tables read."""
    plan = tasks.load(BOROUGH).plan

    with changed(borough, layout.WHAT_IF, "D6", None):
        handle = borough.named(layout.PLAN)
        assert borough.named(layout.TRIED) == handle
        before = outcomes(borough)
        assert all(row[4] == 0 for row in before)
        effect = next(p for p in plan.programmes if p.id == plan.programmes[0].id)
        calc.calls.clear()
        borough.set(layout.WHAT_IF, "D6", 0.9)
        name = f"{effect.id} / Effect"
        assert borough.named(layout.TRIED) == f"{handle} with {name} = 0.9"
        after = outcomes(borough)
        assert {call.name for call in calc.calls} == {"ICB_WITH", "ICB_FIGURE"}
        row = effect.model_copy(update={"effect": 0.9})
        other = plan.model_copy(update={"programmes": (row, *plan.programmes[1:])})
        headlines = tasks.answers(evaluate(other))["headline-figures"]
        expected = {
            " / ".join(r.labels[:1]) + f" / {who(other, r.labels[1])}": r.values[0]
            for r in headlines.rows
        }
        for label, _, in_plan, tried, difference, _ in after:
            assert tried == pytest.approx(expected[label])
            assert difference == pytest.approx(tried - in_plan)
        assert [row[2] for row in after] == [row[2] for row in before]
        assert any(row[4] for row in after)
        borough.set(layout.WHAT_IF, "D6", 0.0)  # 0 is a figure, a blank is none
        assert borough.named(layout.TRIED) == f"{handle} with {name} = 0"
        assert borough.errors() == []


def test_an_outcome_that_is_none_is_a_dash_in_its_own_line(calc, borough):
    """All outcomes are two calls, one for the plan and one for what is tried."""
    before = outcomes(borough)
    calc.calls.clear()
    with changed(borough, layout.WHAT_IF, "A18", "No such figure"):
        after = outcomes(borough)
        assert [call.name for call in calc.calls].count("ICB_FIGURE") == 2
        assert after[1][2:5] == ["–", "–", "–"]
        assert after[:1] + after[2:] == before[:1] + before[2:]
    with changed(borough, layout.WHAT_IF, "A18", None):
        assert outcomes(borough)[1][2:4] == ["", ""]
    assert outcomes(borough) == before


def test_outcomes_with_something_in_their_way_have_no_difference(calc, borough):
    """Excel shows an error in the first cell then, and blanks below, which count as nought."""
    differences = [row[4] for row in outcomes(borough)]
    last = 16 + len(differences)
    before = borough.formula(layout.WHAT_IF, "C17").strip("{}")
    cells = f"C17:C{last}"
    borough.set_formula(layout.WHAT_IF, cells, f"=IF(ROW({cells})=17;NA();0)")
    assert {row[4] for row in outcomes(borough)} == {"–"}
    borough.set_formula(layout.WHAT_IF, cells, before.replace(",", ";"))
    assert [row[4] for row in outcomes(borough)] == differences


def who(plan, id):
    return next((p.name for p in plan.partners if p.id == id), id)


def outcomes(document: Document) -> list[list[float | str | None]]:
    """Return the lines of What-if below its second headings."""
    rows = document.values(layout.WHAT_IF, "A1:F60")
    start = next(n for n, row in enumerate(rows) if row[0] == "What it comes to")
    return [row for row in rows[start + 1 : start + 20] if row[1]]


def test_any_answer_gives_the_one_that_is_chosen(borough):
    with changed(borough, layout.ANY_ANSWER, "B5", "Spending"):
        assert borough.value(layout.ANY_ANSWER, "A9") == "Scheme"
        borough.set(layout.ANY_ANSWER, "B5", "No such answer")
        assert borough.value(layout.ANY_ANSWER, "A9") == "#VALUE!"
