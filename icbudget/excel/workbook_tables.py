"""The open workbook as xlwings gives it, on either host: the plan tables it holds, and its answer
sheets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from icbudget.answers.block import Block
from icbudget.excel import coerce
from icbudget.workbook import layout
from icbudget.workbook.writing.answer_sheets import TOTALS_ROW

_TABLE_ARGUMENT = re.compile(r"([A-Za-z_][\w.]*)\[(?:#All|\[#All\])\]")
"""A whole table in a formula: `Funding[#All]`, or as a file holds it `Funding[[#All]]`."""
INPUT_SHEETS = tuple(place.sheet for place in (layout.SETUP_SHEET, *layout.TABLE_SHEETS))
ANSWER_HEADS = ("The answer, row by row", "Findings")
"""What stands in column A right above an answer's headings."""


def tables_of(book: Any) -> list[coerce.Cells]:
    """Return the cells of every plan table that a workbook has, headings included.

    A table is found by its Excel name on the sheet where the template has it. Raises `InputProblem`
    for one with more cells than a table can hold, before they are read.
    """
    grids: list[coerce.Cells] = []
    there = {sheet.name: sheet for sheet in book.sheets if sheet.name in INPUT_SHEETS}
    for place in (layout.SETUP_SHEET, *layout.TABLE_SHEETS):
        sheet = there.get(place.sheet)
        for table in sheet.tables if sheet is not None else ():
            if table.name == place.name:
                coerce.within_limit(place.name, *table.range.shape)
                values = table.range.options(ndim=2, err_to_str=True).value
                grids.append(coerce.grid(place.name, values))
    return grids


def tables_of_plan(book: Any) -> list[coerce.Cells]:
    """Return the tables that the formula of the cell named Plan takes, in its order; none where a
    workbook has no such cell.

    Raises `InputProblem` for a table with more cells than one can hold, before they are read.
    """
    named = next((name for name in book.names if name.name == layout.PLAN), None)
    if named is None:
        return []
    wanted = _TABLE_ARGUMENT.findall(str(named.refers_to_range.formula))
    tables = {table.name: table for sheet in book.sheets for table in sheet.tables}
    grids: list[coerce.Cells] = []
    for name in wanted:
        if name in tables:
            coerce.within_limit(name, *tables[name].range.shape)
            values = tables[name].range.options(ndim=2, err_to_str=True).value
            grids.append(coerce.grid(name, values))
    return grids


def write_plan(book: Any, handle: str) -> None:
    """Write the plan's handle as text over the formula of the cell named Plan, if there is one."""
    for name in book.names:
        if name.name == layout.PLAN:
            name.refers_to_range.value = handle


def write_values(sheet: Any, block: Block) -> int:
    """Write an answer's values over the formula, or the earlier values, on its sheet; return how
    many rows it has.

    Raises `ValueError` where the sheet has no place for the answer.
    """
    column = [
        cell for (cell,) in sheet.range((1, 1), (200, 1)).options(ndim=2, err_to_str=True).value
    ]
    heads = [
        at for at, cell in enumerate(column) if cell in ANSWER_HEADS or cell == block.headings[0]
    ]
    row = TOTALS_ROW if not heads else heads[-1] + (column[heads[-1]] in ANSWER_HEADS)
    grid, width = block.grid(), len(block.headings)
    last = max(sheet.used_range.last_cell.row, row + len(grid))
    sheet.range((row + 1, 1), (last, width)).clear_contents()
    sheet.range((row + 1, 1)).value = grid
    return len(block.rows)


def fresh_sheet(book: Any, name: str) -> Any:
    """Return a sheet of our own, emptied if it is there already; it stands after all others."""
    mine: Mapping[str, Any] = {sheet.name: sheet for sheet in book.sheets}
    if name in mine:
        mine[name].clear()
        return mine[name]
    return book.sheets.add(name, after=book.sheets[len(mine) - 1])
