"""The open workbook as xlwings gives it, on either host.

It holds plan tables and answer sheets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import Any

from icbudget.answers.block import Block
from icbudget.excel import coerce
from icbudget.excel.coerce import InputProblem
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
    """Return the tables that the formula of the cell named Plan takes, in its order.

    It is None where a workbook has no such cell.

    Raises `InputProblem` for a table with more cells than one can hold, before they are read.
    """
    named = next((name for name in book.names if name.name == layout.PLAN), None)
    if named is None:
        return []
    wanted = _TABLE_ARGUMENT.findall(str(named.refers_to_range.formula))
    every_table = chain.from_iterable(sheet.tables for sheet in book.sheets)
    tables = {table.name: table for table in every_table}
    grids: list[coerce.Cells] = []
    for name in wanted:
        if name in tables:
            coerce.within_limit(name, *tables[name].range.shape)
            values = tables[name].range.options(ndim=2, err_to_str=True).value
            grids.append(coerce.grid(name, values))
    return grids


def write_named(book: Any, wanted: str, text: str) -> None:
    """Write a text over the formula of the cell of a name, if there is one."""
    for name in book.names:
        if name.name == wanted:
            name.refers_to_range.value = text


@dataclass(frozen=True, slots=True)
class BlockPlace:
    """Where a block of values goes on a sheet.

    It is the row of its headings, and the last row of what stands there now, both counted from 1.
    """

    sheet: Any
    grid: list[list[Any]]
    row: int
    last: int

    def write(self) -> None:
        """Write the values over the formula, or the earlier values; what is below stays."""
        width = len(self.grid[0])
        self.sheet.range((self.row, 1), (self.last, width)).clear_contents()
        self.sheet.range((self.row, 1)).value = self.grid


def place_of_answer(sheet: Any, block: Block) -> BlockPlace:
    """Return where an answer goes on its sheet. Raises `InputProblem` as `block_place`."""
    column = [
        cell for (cell,) in sheet.range((1, 1), (200, 1)).options(ndim=2, err_to_str=True).value
    ]
    heads = [
        at for at, cell in enumerate(column) if cell in ANSWER_HEADS or cell == block.headings[0]
    ]
    row = TOTALS_ROW if not heads else heads[-1] + (column[heads[-1]] in ANSWER_HEADS)
    return block_place(sheet, row + 1, block.grid())


def block_place(sheet: Any, row: int, grid: list[list[Any]]) -> BlockPlace:
    """Return where a block goes whose headings stand in a row, counted from 1.

    What stands there now ends above the first row without anything. Raises `InputProblem` where
    more rows come than there are and something further below is in their way.
    """
    used = sheet.used_range.last_cell
    until = max(used.row, row + len(grid)) + 1
    across = max(len(grid[0]), used.column)
    cells = sheet.range((row, 1), (until, across)).options(ndim=2, err_to_str=True).value
    blank = (n for n, line in enumerate(cells) if all(cell in (None, "") for cell in line))
    rows = next(blank, len(cells))
    for n in range(rows, len(grid)):
        if any(cell not in (None, "") for cell in cells[n][: len(grid[0])]):
            raise InputProblem(
                f"{sheet.name}, row {row + n}: something stands where the answer's rows go; nothing"
                " was written. Fix: Move it to a sheet of your own."
            )
    return BlockPlace(sheet, grid, row, row + max(rows, 1) - 1)


def free_name(path: Path, ending: str) -> Path:
    """Return a path beside a file, its name with an ending, and a number where that is taken."""
    names = (f"{path.stem}{ending}{'' if n == 1 else f'-{n}'}{path.suffix}" for n in count(1))
    return next(free for name in names if not (free := path.with_name(name)).exists())


def fresh_sheet(book: Any, name: str) -> Any:
    """Return a sheet of our own, emptied if it is there already; it stands after all others."""
    mine: Mapping[str, Any] = {sheet.name: sheet for sheet in book.sheets}
    if name in mine:
        mine[name].clear()
        return mine[name]
    return book.sheets.add(name, after=book.sheets[len(mine) - 1])
