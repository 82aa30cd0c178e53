"""What the buttons do, on every host: each reads the plan tables of the workbook it is given, and touches no other one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from icbudget.answers.block import Block
from icbudget.excel.answers import CHECKS, answered_blocks
from icbudget.excel.coerce import InputProblem
from icbudget.excel.workbook_tables import fresh_sheet, tables_of, write_values
from icbudget.workbook import layout

CHECK_SHEET = "Check list"


def check(book: Any) -> str:
    """List every finding on the sheet “Check list”, which is made anew each time; return how many there are."""
    findings = answered_blocks(tables_of(book))[CHECKS]
    sheet = fresh_sheet(book, CHECK_SHEET)
    sheet["A1"].value = "Check list"
    sheet["A2"].value = "Made by the button Check; the sheet is made anew each time."
    sheet["A4"].value = findings.grid()
    sheet.activate()
    return _count(findings)


def run_and_freeze(book: Any) -> str:
    """Work every answer out and write it as values in place of the formulas; return what was written.

    Raises `InputProblem`, before anything is written, where errors stop the plan or an answer sheet is missing.
    """
    blocks = answered_blocks(tables_of(book))
    errors = [row for row in blocks[CHECKS].rows if row.labels[0] == "Error"]
    if len(blocks) == 1:
        many = "1 error stops" if len(errors) == 1 else f"{len(errors)} errors stop"
        raise InputProblem(f"{many} the plan; nothing was written. See Checks.")
    there = {sheet.name: sheet for sheet in book.sheets}
    missing = [name for id in blocks if (name := layout.ANSWER_SHEETS[id]) not in there]
    if missing:
        raise InputProblem(f"The workbook has no sheet {', '.join(missing)}; nothing was written. Start from the template.")
    for id, block in blocks.items():
        write_values(there[layout.ANSWER_SHEETS[id]], block)
    return f"{len(blocks)} answers stand as values. {_count(blocks[CHECKS])}"


def _count(findings: Block) -> str:
    told = [str(row.labels[0]) for row in findings.rows]
    counts = [f"{told.count(name)} {name.lower()}{'' if told.count(name) == 1 else 's'}" for name in dict.fromkeys(told)]
    return f"{', '.join(counts)}." if counts else "No findings: the plan is clean."


BUTTONS: dict[str, Callable[[Any], str]] = {press.__name__: press for press in (check, run_and_freeze)}
"""Every button by its name."""
CAPTIONS = {"check": "Check", "run_and_freeze": "Run and freeze as values"}
"""What stands on each button."""
