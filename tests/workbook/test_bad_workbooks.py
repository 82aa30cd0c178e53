"""What a person does to a workbook that is wrong: the cell says so, and so does Checks.

Host: LibreOffice Calc with our functions plugged in, one session for every case, and once without
them. Calc has no spill: what stands in its way is looked for by the formula alone.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from openpyxl.utils import get_column_letter

from icbudget import tasks
from icbudget.answers import catalogue
from icbudget.answers.block import Block
from icbudget.answers.case import evaluate_plan
from icbudget.answers.partner_positions import lines_of_findings
from icbudget.excel.plan_tables import draft_of, recognised
from icbudget.workbook import layout
from icbudget.workbook.contents import EVERYTHING
from icbudget.workbook.writing import stopped
from icbudget.workbook.writing.build import build
from icbudget.workbook.writing.checks_sheet import PLAN_ROW
from icbudget.workbook.writing.formulas import Area
from tests.excel.tables import as_arguments, handle_of_somebody_else, small_plan
from tests.programs.calc_document import Document

pytestmark = pytest.mark.program("libreoffice")
PLAN = f"B{PLAN_ROW + 1}"
"""Cell of Checks that is named Plan."""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A small plan with a shift, as the template writes it with its answers."""
    plan = draft_of(recognised(as_arguments(small_plan()))).plan
    return tasks.template(tmp_path_factory.mktemp("bad") / "plan.xlsx", plan)


@contextmanager
def opened(calc, path, **how):
    document = calc.open(path, **how)
    try:
        yield document
    finally:
        document.close()


def of_tables(*tables: str) -> Callable[[Document], None]:
    """Return what makes the plan of other tables."""

    def act(document: Document) -> None:
        document.set_values("Start", "J1:L2", [["Pool", "Name", "Host"], ["x", "X", "council"]])
        document.set_values("Start", "J4:K5", [["Telephone", "Room"], ["1", "2"]])
        document.set_formula(layout.CHECKS, PLAN, f"=ICB_PLAN({';'.join(tables)})")

    return act


def typed(sheet: str, cell: str, value: float | str) -> Callable[[Document], None]:
    return lambda document: document.set(sheet, cell, value)


def both(*acts: Callable[[Document], None]) -> Callable[[Document], None]:
    def act(document: Document) -> None:
        for one in acts:
            one(document)

    return act


def deleted(sheet: str) -> Callable[[Document], None]:
    return lambda document: document.delete_sheet(sheet)


@dataclass(frozen=True)
class Wrong:
    """Something wrong: what is done, a cell and what it then says, and what Checks says."""

    act: Callable[[Document], None]
    sheet: str
    cell: str
    says: str
    checks: str


OTHER_POOLS, NO_TABLE = "$Start.$J$1:$L$2", "$Start.$J$4:$K$5"
WRONG = {
    "two tables of one kind": Wrong(
        of_tables("Settings", "Pools", OTHER_POOLS), "Checks", PLAN, "#VALUE!", stopped.NOT_TAKEN
    ),
    "a table twice": Wrong(
        of_tables("Settings", "Pools", "Pools"), "Checks", PLAN, "#VALUE!", stopped.NOT_TAKEN
    ),
    "an unknown table": Wrong(
        of_tables("Settings", NO_TABLE), "Checks", PLAN, "#VALUE!", stopped.NOT_TAKEN
    ),
    "a table deleted": Wrong(
        deleted("Schemes"), "Balances", "", "#NAME?", "The table Schemes was deleted"
    ),
    "a sheet of a module deleted": Wrong(
        deleted("Prevention"), "Balances", "", "#NAME?", "The table Prevention was deleted"
    ),
    "a handle typed by hand": Wrong(
        typed("Checks", PLAN, "plan 0123456789ab"), "Balances", "", "#VALUE!", stopped.NOT_KEPT
    ),
    "a text that is no handle": Wrong(
        typed("Checks", PLAN, "my plan"), "Balances", "", "#VALUE!", stopped.NO_PLAN
    ),
    "a name that is no answer": Wrong(
        typed("Any answer", "B5", "Balance sheet"),
        "Any answer",
        "A7",
        "✗ “Balance sheet” is no answer",
        "“Balance sheet” is no answer: choose one",
    ),
    "a path that is not there": Wrong(
        typed("What-if", "A6", "falls / Efect"),
        "What-if",
        "A14",
        "✗ “falls / Efect” names no figure of the plan, or several",
        "“falls / Efect” names no figure of the plan, or several",
    ),
    "a label that fits several cells": Wrong(
        typed("What-if", "A6", "Base amount"),
        "What-if",
        "A14",
        "✗ “Base amount” names no figure of the plan, or several",
        "“Base amount” names no figure of the plan, or several",
    ),
    "a handle of somebody else": Wrong(
        lambda document: document.set("Checks", PLAN, handle_of_somebody_else()),
        "Balances",
        "",
        "#VALUE!",
        stopped.NOT_KEPT,
    ),
    "a value that a figure cannot have": Wrong(
        both(typed("What-if", "A6", "nel / Variable cost"), typed("What-if", "D6", 3.0)),
        "What-if",
        "A14",
        "✗ A value under Try is one that its figure cannot have",
        "A value under Try",
    ),
    "a heading typed twice": Wrong(
        typed("Pools", "D5", "Name"), "Balances", "", "#VALUE!", "The column Name is there twice."
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_the_cell_says_what_is_wrong_and_so_does_checks(calc, path, kind):
    wrong = WRONG[kind]
    with opened(calc, path) as document:
        assert document.errors() == [], "sound before"
        wrong.act(document)
        document.recalculate()
        cell = wrong.cell or corner(document, wrong.sheet)
        assert str(document.value(wrong.sheet, cell)).startswith(wrong.says)
        master = str(document.named(layout.MASTER_CHECK))
        checks = "\n".join(str(c) for row in document.values("Checks", "A1:D80") for c in row)
        assert wrong.checks in checks
        if document.named(layout.STOPPED):
            assert master.startswith(f"✗ {wrong.checks}"), "what stops the answers leads"
            assert document.value("Dashboard", "A6") == stopped.NOT_THERE
            assert wrong.checks in str(document.value("Dashboard", "A7"))
        else:
            in_error = "1 error" in master or "What-if or Any answer: see Checks" in master
            assert in_error and not master.startswith("✗")


def corner(document: Document, sheet: str) -> str:
    """Return the cell of an answer's first heading, below its totals."""
    column = [row[0] for row in document.values(sheet, "A1:A200")]
    return f"A{column.index('The answer, row by row') + 2}"


def test_start_and_the_dashboard_stay_readable_when_sheets_are_deleted(calc, path):
    with opened(calc, path) as document:
        document.delete_sheet("Cash released")
        cards = document.values("Dashboard", "A5:I7")
        at = cards[0].index("Net release")
        assert (cards[1][at], cards[2][at]) == (stopped.NOT_THERE, stopped.ERRORS_STOP)
        assert not str(document.named(layout.MASTER_CHECK)).startswith("✗")
        document.delete_sheet("Goals")
        states = {row[1]: row[5] for row in document.values("Start", "A8:F20")}
        assert states["Who pays in"] == "✓ Done"
        assert str(document.value("Start", "C3")).startswith("✗ The table Goals was deleted")
        assert document.value("Start", "C4") == "Pools!F6: Risk share"


def test_where_icbudget_is_not_there_no_error_is_seen_and_a_sentence_says_what_to_do(calc, path):
    """Everything is worked out anew without our functions, as after an edit on such a machine."""
    with opened(calc, path, connected=False) as document:
        raw = {error.sheet for error in document.errors()}
        assert {"Start", "Dashboard", "What-if"}.isdisjoint(raw)
        assert document.named(layout.STOPPED) == stopped.NO_FUNCTIONS
        assert document.named(layout.MASTER_CHECK) == f"✗ {stopped.NO_FUNCTIONS}"
        assert document.value("Start", "C3") == f"✗ {stopped.NO_FUNCTIONS}"
        assert document.value("Dashboard", "A6") == stopped.NOT_THERE
        assert document.value("Dashboard", "A7") == stopped.NO_FUNCTIONS
        assert document.value("What-if", "A14") == f"✗ {stopped.NO_FUNCTIONS}"
        assert document.value("What-if", "C6") == stopped.NOT_THERE
        outcomes = [row for row in document.values("What-if", "A17:E40") if row[0] and row[1]]
        assert outcomes
        assert {cell for row in outcomes for cell in row[2:]} == {stopped.NOT_THERE}
        assert document.value("What-if", "B6") in ("", None)
        totals = document.values("Balances", "A8:K9")
        assert not [cell for row in totals for cell in row if cell == 0.0], "no nought for a figure"


def spilled_away(document: Document, sheet: str, block: Block) -> None:
    """Leave an answer its corner alone, as Excel does with a block in error; Calc fills them all."""
    column = [row[0] for row in document.values(sheet, "A1:A900")]
    last = max(at for at, cell in enumerate(column, 1) if cell == "#NAME?")
    first = last
    while column[first - 2] == "#NAME?":
        first -= 1
    cells = f"A{first}:{get_column_letter(len(block.headings))}{last}"
    document.set_values(sheet, cells, [[None] * len(block.headings)] * (last - first + 1))
    document.set_formula(sheet, f"A{first}", "=ICB_NOT_HERE(Plan;$A$1)")


def noughts(document: Document, blocks: dict[str, Block]) -> list[str]:
    """Return the cells above the blocks of answers that show 0; what a chart hides is typed as 0."""
    cells: list[str] = []
    for sheet in {layout.ANSWER_SHEETS[id] for id in blocks} - {layout.CHECKS}:
        for row, values in enumerate(document.values(sheet, "A7:P60"), 7):
            at = [f"{get_column_letter(n)}{row}" for n, value in enumerate(values, 1) if value == 0]
            cells += [f"{sheet}!{cell}" for cell in at if document.formula(sheet, cell) != "=0"]
    return cells


@pytest.fixture(scope="module")
def every_module(tmp_path_factory):
    """A template of every module, with a sheet for every answer, and its answers."""
    plan = draft_of(recognised(as_arguments(small_plan()))).plan
    path = tmp_path_factory.mktemp("every") / "plan.xlsx"
    case = evaluate_plan(plan)
    blocks = tasks.answers(case)
    path.write_bytes(build(plan, blocks, live=True, case=case, choice=EVERYTHING))
    return path, blocks


def test_without_icbudget_no_sheet_of_any_module_shows_an_error_that_it_does_not_explain(
    calc, every_module
):
    """`#N/A` is a figure that is not known. `#NAME?` is left to the plan and the corners of blocks,
    on sheets that say at their top what it means.
    """
    path, blocks = every_module
    with opened(calc, path, connected=False) as document:
        assert len(blocks) > 30
        for id, block in blocks.items():
            spilled_away(document, layout.ANSWER_SHEETS[id], block)
        document.recalculate()
        errors = document.errors()
        shown = {(e.sheet, e.cell): str(document.value(e.sheet, e.cell)) for e in errors}
        unexplained = [e for e in errors if shown[e.sheet, e.cell] != "#N/A"]
        assert {e.formula.strip("{}=")[:4].lower() for e in unexplained} == {"icb_"}
        for sheet in {e.sheet for e in errors}:
            top = "\n".join(str(c) for row in document.values(sheet, "A1:C6") for c in row if c)
            assert f"✗ {stopped.NO_FUNCTIONS}" in top, sheet
        assert noughts(document, blocks) == [], "a nought reads like a figure"
        results = [row[0] for row in document.values(layout.CHECKS, "A19:A60")]
        assert {"CHECK", "SCENARIO"}.isdisjoint(results)


def test_what_stands_in_a_spills_way_is_named_by_its_cell(calc):
    """Excel leaves an answer that cannot spill with its corner alone; a note stands at C14."""
    block = catalogue.CHECKS.block(lines_of_findings([]))
    area = Area("Sheet1", block, 9)
    document = calc.new()
    try:
        document.set("Sheet1", "A10", "#SPILL!")
        document.set("Sheet1", "C14", "my note")
        document.set_formula(
            "Sheet1", "J1", f"={stopped.in_the_way(area)}".replace("Sheet1!", "").replace(",", ";")
        )
        assert document.value("Sheet1", "J1") == "C14"
        document.set("Sheet1", "B10", "nearer")
        assert document.value("Sheet1", "J1") == "B10"
    finally:
        document.close()
