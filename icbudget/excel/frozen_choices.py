"""What the sheets show on which a person chooses, as values: What-if and Any answer.

Each cell that holds a function gets what that function comes to now, worked out from the tables and
not copied from the screen, which may be older. What a person typed there stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from icbudget.answers.catalogue import HEADLINE_FIGURES
from icbudget.excel import coerce, plan_functions
from icbudget.excel.coerce import InputProblem
from icbudget.excel.workbook_tables import BlockPlace, block_place
from icbudget.workbook.writing.any_answer_sheet import BLOCK_ROW, CHOICE_ROW
from icbudget.workbook.writing.what_if_sheet import FIRST, OUTCOMES, ROWS

MISSING = "#N/A"
"""What stands where a function could not answer; no total skips it."""
_NAME, _IN_PLAN, _TRY, _USED = 0, 2, 3, 4
# More than the sheet is written with, since a person may add lines of their own.
_MOST_OUTCOMES = 40


@dataclass(frozen=True, slots=True)
class Column:
    """Values for cells below one another: the first cell's row and column, counted from 1."""

    sheet: Any
    row: int
    column: int
    values: list[Any]

    def write(self) -> None:
        """Write the values over what stands there."""
        last = self.row + len(self.values) - 1
        cells = self.sheet.range((self.row, self.column), (last, self.column))
        cells.value = [[value] for value in self.values]


def any_answer_values(sheet: Any, handle: str) -> BlockPlace:
    """Return the block that is chosen on Any answer, and where it goes.

    Raises `InputProblem` where something stands in its way.
    """
    chosen = sheet.range((CHOICE_ROW + 1, 2), (CHOICE_ROW + 2, 2)).options(ndim=2).value
    title, less = ("" if coerce.is_nothing(cell) else str(cell) for (cell,) in chosen)
    try:
        rows = [list(row) for row in plan_functions.table(handle, title, less)]
    except InputProblem:
        rows = [[MISSING]]
    return block_place(sheet, BLOCK_ROW + 1, rows)


def what_if_values(sheet: Any, handle: str) -> list[Column]:
    """Return what each function of the sheet What-if comes to, and where it goes."""
    last = FIRST + ROWS + _MOST_OUTCOMES
    cells = sheet.range((1, 1), (last, _USED + 1)).options(ndim=2, err_to_str=True).value
    figures = cells[FIRST : FIRST + ROWS]
    named = [str(row[_NAME]) for row in figures if not coerce.is_nothing(row[_NAME])]
    of_plan = {name: _figure(handle, name) for name in named}
    in_plan = [of_plan.get(str(row[_NAME]), 0) for row in figures]
    used = {
        str(row[_NAME]): of_plan[str(row[_NAME])] if row[_TRY] in (None, "") else row[_TRY]
        for row in figures
        if str(row[_NAME]) in of_plan
    }
    tried = _tried(handle, used)
    first, outcomes = _outcomes(cells, last)
    columns = [
        Column(sheet, FIRST + 1, _IN_PLAN + 1, in_plan),
        Column(sheet, FIRST + ROWS + 1, _NAME + 1, [tried]),
    ]
    if outcomes:
        for column, of in ((_IN_PLAN, handle), (_TRY, tried)):
            values = [_figure(of, name, HEADLINE_FIGURES.title) for name in outcomes]
            columns.append(Column(sheet, first + 1, column + 1, values))
    return columns


def _outcomes(cells: Sequence[Sequence[Any]], last: int) -> tuple[int, list[str]]:
    """Return the row of the first outcome on the sheet, and the names of all of them."""
    heads = (at for at, row in enumerate(cells) if row[_NAME] == OUTCOMES[0])
    first = next(heads, last) + 1
    names: list[str] = []
    for row in cells[first:]:
        # A line has a name and its unit; what stands below them is somebody's own.
        if coerce.is_nothing(row[_NAME]) or coerce.is_nothing(row[_NAME + 1]):
            break
        names.append(str(row[_NAME]))
    return first, names


def _figure(handle: str, *words: str) -> Any:
    if handle == MISSING:
        return MISSING
    name, *labels = words
    try:
        return plan_functions.one_figure(handle, name, *(((label,),) for label in labels))[0][0]
    except InputProblem:
        return MISSING


def _tried(handle: str, used: Mapping[str, Any]) -> str:
    names, values = (tuple((part,) for part in parts) for parts in (used.keys(), used.values()))
    if not used:
        return handle
    try:
        return str(plan_functions.with_figures(handle, names, values)[0][0])
    except InputProblem:
        return MISSING
