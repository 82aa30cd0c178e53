"""A new user's hour, in a real spreadsheet program: from Start alone to a first answer and its paper.

Host: LibreOffice Calc with our functions plugged in. Each cell is typed as a person would, where
Start says that the next one is; every cell that is typed is counted.
"""

from __future__ import annotations

import io

import pypdf
import pytest

from icbudget import tasks
from icbudget.plan.modules import POOL
from icbudget.workbook import layout
from icbudget.workbook.contents import Choice
from tests.guide.test_start_here import tables, value
from tests.workbook.opened import with_sheets

pytestmark = pytest.mark.program("libreoffice")
NEXT_CELL = "C4"


class Person:
    """Somebody with a workbook and the tables of the page Start here."""

    def __init__(self, document):
        self.document = document
        self.typed = 0
        self.sheets = set()
        self.rows_of = {}

    def next_cell(self):
        """Return the sheet, the cell and the heading that Start leads to."""
        place, _, heading = str(self.document.value(layout.START, NEXT_CELL)).partition(": ")
        sheet, _, cell = place.partition("!")
        return sheet, cell, heading

    def type_row(self, sheet, at, row):
        """Type a row of a sheet's table, counted from 1: first what Start asks for, then the rest."""
        headings = self.document.values(sheet, "A5:Z5")[0]
        left = dict(row)
        number = 5 + at
        while self.next_cell()[0] == sheet:
            _, cell, heading = self.next_cell()
            if cell.strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != str(number) or heading not in left:
                break
            self.put(sheet, cell, left.pop(heading))
        for heading, text in left.items():
            self.put(sheet, f"{chr(ord('A') + headings.index(heading))}{number}", text)

    def put(self, sheet, cell, text):
        self.document.set(sheet, cell, value(text))
        self.typed += 1
        self.sheets.add(sheet)


def fill(person, given):
    """Type tables of the page; return the cell that Start led to before each sheet's first row."""
    led = {}
    for sheet, rows in given:
        for row in rows:
            led.setdefault(sheet, person.next_cell())
            person.rows_of[sheet] = person.rows_of.get(sheet, 0) + 1
            person.type_row(sheet, person.rows_of[sheet], row)
    return led


def paper_of(path, folder):
    """Return how many pages the paper of a saved workbook has, and its findings that are errors."""
    opened, paths = tasks.report(path, folder, paper=True)
    pdf = next(p for p in paths if p.name.endswith("-paper.pdf"))
    pages = len(pypdf.PdfReader(io.BytesIO(pdf.read_bytes())).pages)
    return pages, [f.message for f in opened.findings if str(f.severity) == "error"]


def step_of(document, name):
    """The row of Start of a step."""
    return next(row for row in document.values(layout.START, "A7:G20") if row[1] == name)


def state_of(document, name):
    return step_of(document, name)[5]


def test_a_pool_takes_48_cells_on_two_sheets(calc, tmp_path):
    """Funding 2 rows × 4 cells and Schemes 8 × 5: 48. Money in the pool: 50 + 25 million."""
    path = tmp_path / "pool.xlsx"
    tasks.new(path, "Sheffield", "2025/26", 5, choice=Choice(frozenset({POOL})))
    document = calc.open(path)
    try:
        person = Person(document)
        led = fill(person, tables()[:2])
        assert led["Funding"] == ("Funding", "A6", "Pool")
        assert led["Schemes"] == ("Schemes", "A6", "Scheme")
        assert person.next_cell() == ("Pools", "F6", "Risk share")
        assert (person.typed, person.sheets) == (48, {"Funding", "Schemes"})

        document.recalculate()
        assert document.errors() == []
        states = {row[1]: row[5] for row in document.values(layout.START, "A7:F12")}
        assert states["Who pays in"] == states["What it buys"] == "✓ Done"
        document.save_as(tmp_path / "saved.xlsx")
    finally:
        document.close()
    assert paper_of(tmp_path / "saved.xlsx", tmp_path / "paper") == (2, [])
    # Calc leaves a block the size it was written with: the Dashboard is looked at in the results.
    tasks.run(tmp_path / "saved.xlsx", tmp_path / "results")
    results = tmp_path / "results" / "saved-results.xlsx"
    dashboard = with_sheets(results, layout.DASHBOARD, values=True)[layout.DASHBOARD]
    assert dashboard["A6"].value == 75_000_000


def test_a_pool_with_a_shift_takes_71_cells_on_four_sheets(calc, tmp_path):
    """48 cells of the pool, a line of activity 12, a programme 6, the scheme that pays for it 5.

    The hospital stands on Partners from the start, so cost that stays behind is tested too.
    """
    path = tmp_path / "shift.xlsx"
    tasks.new(path, "Sheffield", "2025/26", 5, hospital="Sheffield hospitals")
    document = calc.open(path)
    try:
        person = Person(document)
        sheets = {"Funding", "Schemes", "Activity lines", "Prevention"}
        *before, prevention, paid_by = [t for t in tables() if t[0] in sheets]
        assert (prevention[0], paid_by[0]) == ("Prevention", "Schemes")
        fill(person, before)
        # A programme that reaches no line, or nobody, or that nobody pays for, is not done.
        document.set("Prevention", "A6", "falls")
        assert state_of(document, "Prevention") == "Cells to fill: 4"
        fill(person, [prevention])
        # Now stands at the one step that the next cell is of.
        assert person.next_cell() == ("Pools", "F6", "Risk share")
        assert state_of(document, "Who bears risk") == "▶ Now: cells to fill: 1"
        assert state_of(document, "Prevention") == "✓ Done"
        assert state_of(document, "Who pays for it") == "Cells to fill: 1"
        # Rows 6 to 13 of Schemes are filled in.
        assert step_of(document, "Who pays for it")[6] == "Schemes!I14: Programme"
        fill(person, [paid_by])
        assert state_of(document, "Who pays for it") == "✓ Done"
        assert (person.typed, person.sheets) == (71, sheets)

        document.recalculate()
        assert document.errors() == []
        untested = {row[1]: row[2] for row in document.values(layout.START, "A18:C30")}
        assert untested["Cost that stays behind"].startswith("Tested:")
        assert untested["What effects rest on"] == "Tested: every programme names its evidence."
        assert document.value(layout.DASHBOARD, "E5") == "Net release"
        document.save_as(tmp_path / "saved.xlsx")
    finally:
        document.close()
    assert paper_of(tmp_path / "saved.xlsx", tmp_path / "paper") == (2, [])
