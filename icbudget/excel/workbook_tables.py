"""The open workbook as xlwings gives it, on either host: the plan tables it holds, and its answer
sheets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from icbudget.answers.block import Block
from icbudget.excel import coerce
from icbudget.excel.answer_functions import EVERY_TABLE, arguments_of
from icbudget.workbook import layout
from icbudget.workbook.writing.answer_sheets import TOTALS_ROW

INPUT_SHEETS = tuple(place.sheet for place in (layout.SETUP_SHEET, *layout.TABLE_SHEETS))
ANSWER_HEADS = ("The answer, row by row", "Findings")
"""What stands in column A right above an answer's headings."""


def tables_of(book: Any) -> dict[str, Any]:
    """Return the cells of every plan table of a workbook by the name of the argument that takes it;
    None where it is not there.

    A table is found by its Excel name on the sheet where the template has it, headings included.
    Raises `InputProblem` for one with more cells than a table can hold, before they are read.
    """
    given: dict[str, Any] = {}
    there = {sheet.name: sheet for sheet in book.sheets if sheet.name in INPUT_SHEETS}
    for argument, place in zip(arguments_of(EVERY_TABLE), places(), strict=True):
        sheet = there.get(place.sheet)
        found = [t for t in sheet.tables if t.name == place.name] if sheet is not None else []
        if found:
            coerce.within_limit(place.name, *found[0].range.shape)
        given[argument.name] = (
            found[0].range.options(ndim=2, err_to_str=True).value if found else None
        )
    return given


def places() -> list[layout.TableSheet]:
    """Return where each argument of an answer's function stands in the template, in the order of
    the arguments.
    """
    return [layout.BY_NAME[reference.split("[")[0]] for reference in layout.arguments(EVERY_TABLE)]


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
