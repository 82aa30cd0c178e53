"""What is tried on the sheet What-if, kept as a scenario of the plan with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from icbudget.answers.case import Case
from icbudget.answers.named_figures import figures_of_plan
from icbudget.excel import coerce
from icbudget.excel.coerce import InputProblem
from icbudget.plan.figure_names import FigureNameProblem, input_figure, shortest
from icbudget.workbook import layout
from icbudget.workbook.writing.what_if_sheet import FIRST, ROWS

SCENARIOS = layout.main_table("scenarios")
_NAME, _TRY = 0, 3


def tried_changes(sheet: Any, case: Case) -> list[tuple[str, str]]:
    """Return what is tried on What-if, as the path of each figure and its value in words.

    Raises `InputProblem` where nothing is tried, or a name means no figure of the plan.
    """
    cells = sheet.range((FIRST + 1, 1), (FIRST + ROWS, _TRY + 1))
    changes: list[tuple[str, str]] = []
    for row in cells.options(ndim=2, err_to_str=True).value:
        if coerce.is_nothing(row[_NAME]) or row[_TRY] in (None, ""):
            continue
        try:
            figure = input_figure(figures_of_plan(case), str(row[_NAME]))
        except FigureNameProblem as problem:
            raise InputProblem(str(problem)) from None
        if row[_TRY] != figure.value:
            changes.append((figure.path, shortest(row[_TRY])))
    if not changes:
        raise InputProblem("Nothing is tried: type into the column Try of What-if first.")
    return changes


def keep_scenario(book: Any, name: str, changes: Sequence[tuple[str, str, str]]) -> None:
    """Write a scenario into the table Scenarios, into its blank rows: path, value and reason.

    Raises `InputProblem` where there is no such table, it has no room, or a scenario of that name
    is there; then nothing is written.
    """
    sheet = next((s for s in book.sheets if s.name == SCENARIOS.sheet), None)
    table = next((t for t in sheet.tables if t.name == SCENARIOS.name), None) if sheet else None
    if table is None:
        raise InputProblem("The workbook has no sheet Scenarios. Fix: Press Add sheets: Scenarios.")
    heads, *rows = table.range.options(ndim=2, err_to_str=True).value
    at = {heading: column for column, heading in enumerate(heads)}
    if any(str(row[at["Scenario"]]).casefold() == name.casefold() for row in rows):
        raise InputProblem(f"There is a scenario {name} already. Fix: Choose another name.")
    blank = [n for n, row in enumerate(rows, 1) if all(cell in (None, "") for cell in row)]
    if len(blank) < len(changes):
        raise InputProblem(
            f"Scenarios has {len(blank)} blank rows and {len(changes)} are needed. Fix: Drag the"
            " table's corner down."
        )
    first = table.range[0, 0]
    for order, (row, (path, value, reason)) in enumerate(zip(blank, changes, strict=False), 1):
        line = {"Scenario": name, "Order": order, "Path": path, "Value": value, "Reason": reason}
        for heading, cell_value in line.items():
            first.offset(row, at[heading]).value = cell_value
