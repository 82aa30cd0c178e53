"""The cells and Excel Tables of a workbook that is open, as `sheet_cells` gives a file's.

It is open in Excel, an `xlwings.Book` of any engine, or in memory, an `openpyxl.Workbook`.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from icbudget.findings import Finding, Place, error
from icbudget.plan.cell_values import COM_ERRORS, ERROR_VALUES
from icbudget.workbook.reading.sheet_cells import (
    FUNCTION_PREFIX,
    ExcelError,
    Sheet,
    Table,
    Value,
    add_names,
    read_cells,
)
from icbudget.workbook.reading.table_finder import NEVER_READ
from icbudget.workbook.reading.worksheet import MAX_BLANKS, address


def cells_in_excel(book: Any) -> tuple[dict[str, Sheet] | None, list[Finding]]:
    """Return the sheets of an `xlwings.Book` by name, in the order of its tabs.

    With them stand the findings of the look before. No sheets when one of these is an error: a
    sheet whose used cells reach further than anybody could want to have read. Sheets that icbudget
    writes beside the plan are listed and not looked into.

    Merged cells are not looked for: Excel allows none in a table.
    """
    sheets: dict[str, Sheet] = {}
    findings: list[Finding] = []
    for open_sheet in book.sheets:
        sheet = Sheet(open_sheet.name)
        sheets[sheet.name] = sheet
        if sheet.name in NEVER_READ:
            continue
        last = open_sheet.used_range.last_cell
        if last.row * last.column > MAX_BLANKS:
            findings.append(_far_cell(sheet.name, address(last.row, last.column), book.name))
            continue
        _read_rows(sheet, open_sheet, last.row, last.column)
        sheet.tables = tuple(_table(table) for table in open_sheet.tables)
    return (None if findings else sheets), findings


def functions_in_excel(book: Any) -> dict[str, Sheet]:
    """Return the sheets of an `xlwings.Book` on which a function of icbudget is called.

    None where the host sends no formulas, as an add-in does with what a button needs.
    """
    sheets: dict[str, Sheet] = {}
    for open_sheet in book.sheets:
        last = open_sheet.used_range.last_cell
        if last.row * last.column > MAX_BLANKS:
            continue
        sheet = Sheet(open_sheet.name)
        try:
            formulas = open_sheet.range((1, 1), (last.row, last.column)).formula
        except NotImplementedError:
            return {}
        # One cell alone comes bare.
        grid = formulas if isinstance(formulas, (list, tuple)) else [[formulas]]
        for row, cells in enumerate(grid, 1):
            for column, formula in enumerate(cells, 1):
                if isinstance(formula, str) and FUNCTION_PREFIX in formula.upper():
                    sheet.functions[row, column] = formula.removeprefix("=")
        if sheet.functions:
            _read_rows(sheet, open_sheet, last.row, last.column)
            sheets[sheet.name] = sheet
    add_names({name.name: name.refers_to.removeprefix("=") for name in book.names}, sheets)
    return sheets


def cells_in_memory(book: Any, name: str) -> tuple[dict[str, Sheet] | None, list[Finding]]:
    """Return the sheets of an `openpyxl.Workbook` by name, as of the file that it is saved as.

    `name` is what the file is called in findings; see `sheet_cells.read_cells`. Formulas have no
    results in memory, unless the workbook was loaded with `data_only=True`.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        book.save(path)
        sheets, findings = read_cells(path)
    for sheet in (sheets or {}).values():
        _take_every_digit(sheet, book[sheet.name])
    return sheets, findings


def _take_every_digit(sheet: Sheet, in_memory: Any) -> None:
    """Put the numbers of memory in place of those saved: openpyxl saves 16 digits of up to 17."""
    for row, cells in sheet.rows.items():
        for column, saved in cells.items():
            number = in_memory.cell(row, column).value
            if isinstance(saved, float) and isinstance(number, float):
                cells[column] = number


def _read_rows(sheet: Sheet, open_sheet: Any, rows: int, columns: int) -> None:
    """Put the populated cells of a sheet into its rows."""
    area = open_sheet.range((1, 1), (rows, columns))
    for number, cells in enumerate(area.options(ndim=2, err_to_str=True).value, 1):
        held = {at: _value(raw) for at, raw in enumerate(cells, 1) if raw is not None}
        if held:
            sheet.rows[number] = held


def _value(raw: Any) -> Value:
    if isinstance(raw, (int, float)) and raw in COM_ERRORS:
        return ExcelError(COM_ERRORS[int(raw)])
    return ExcelError(raw) if isinstance(raw, str) and raw in ERROR_VALUES else raw


def _table(table: Any) -> Table:
    area = table.range
    last = area.last_cell
    # Names of columns stand in the heading row. Where it is off only Excel knows them, and gives
    # them through xlwings from 0.37; without them the first row is read as headings, and refused.
    hidden_names = () if table.show_headers else getattr(table, "columns", ())
    return Table(
        table.name,
        area.row,
        area.column,
        last.row,
        last.column,
        heading_rows=int(table.show_headers),
        total_rows=int(table.show_totals),
        columns=tuple(column.name for column in hidden_names),
    )


def _far_cell(sheet: str, cell: str, workbook: str) -> Finding:
    return error(
        "workbook.far-cell",
        f"The sheet is used as far as {cell}, by a figure or by a format alone.",
        "Delete the rows and columns beyond the figures and save.",
        Place(workbook=workbook, sheet=sheet, cell=cell),
    )
