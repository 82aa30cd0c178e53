"""The whole template, recalculated by a real spreadsheet program with our functions plugged in.

Host: LibreOffice Calc, headless, over UNO; the functions are evaluated in this process. Nothing
here is Excel.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from icbudget import tasks
from icbudget.answers.block import Block
from icbudget.answers.case import evaluate
from icbudget.workbook import layout
from icbudget.workbook.writing.build import blank_plan
from tests.programs.calc import Calc
from tests.programs.calc_document import Document
from tests.rebuild import PLANS, workbook

pytestmark = pytest.mark.program("libreoffice")
BOROUGH = next(p for p in PLANS if p.stem == "illustrative-borough")


def opened(calc: Calc, folder: Path, content: bytes) -> Document:
    path = folder / "plan.xlsx"
    path.write_bytes(content)
    return calc.open(path)


def column(letter: str, steps: int) -> str:
    return chr(ord(letter) + steps)


def stored(document: Document, sheet: str, block: Block) -> list[list[float | str | None]]:
    """Return the block that stands on an answer sheet, found by its headings."""
    top = document.values(sheet, "A1:A60")
    row = next(n for n, (cell,) in enumerate(top, 1) if cell == block.headings[0])
    last = column("A", len(block.headings) - 1)
    return document.values(sheet, f"A{row}:{last}{row + len(block.rows)}")


def same(found: float | str | None, expected: object) -> bool:
    if isinstance(expected, (int, float)) and isinstance(found, float):
        return abs(found - expected) <= 1e-9 * max(1.0, abs(expected))
    return (found or "") == (expected or "")


@pytest.mark.parametrize("path", PLANS, ids=lambda p: p.stem)
def test_every_formula_of_a_finished_plan_comes_out_as_the_library_says(calc, tmp_path, path):
    plan = tasks.load(path).plan
    document = opened(calc, tmp_path, workbook(plan))
    try:
        assert document.errors() == []
        assert document.named(layout.MASTER_CHECK) == "OK"
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
    finally:
        document.close()


def test_the_blank_template_has_no_cell_in_error(calc, tmp_path):
    document = opened(calc, tmp_path, workbook(blank_plan()))
    try:
        assert document.errors() == []
    finally:
        document.close()


def test_changing_an_input_moves_the_answers_and_the_native_totals(calc, tmp_path):
    plan = tasks.load(BOROUGH).plan
    document = opened(calc, tmp_path, workbook(plan))
    try:
        heads = document.values("Funding", "A5:Z5")[0]
        at = column("A", heads.index("Base amount (£)"))
        before, income = float(document.value("Funding", f"{at}6")), native_income(document)
        year = plan.setup.base_year
        answer = spilled_total(document, year)
        document.set("Funding", f"{at}6", before + 1000)
        document.recalculate()
        assert native_income(document) == pytest.approx(income + 1000)
        assert spilled_total(document, year) == pytest.approx(answer + 1000)
        assert document.errors() == []
        assert document.named(layout.MASTER_CHECK) == "OK"
    finally:
        document.close()


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


def test_a_wrong_input_turns_answers_into_error_values_and_checks_names_it(calc, tmp_path):
    plan = tasks.load(BOROUGH).plan
    document = opened(calc, tmp_path, workbook(plan))
    try:
        heads = document.values("Funding", "A5:Z5")[0]
        at = column("A", heads.index("Base amount (£)"))
        document.set("Funding", f"{at}6", "n/a")
        document.recalculate()
        found = {e.sheet for e in document.errors()}
        assert "Income" in found and layout.CHECKS not in {
            e.sheet for e in document.errors() if "checks" in e.formula
        }
        told = [
            cell
            for row in document.values(layout.CHECKS, "A1:D200")
            for cell in row
            if isinstance(cell, str)
        ]
        assert any("text “n/a”, not a number" in cell for cell in told)
        assert document.named(layout.MASTER_CHECK) == "CHECK"
    finally:
        document.close()
