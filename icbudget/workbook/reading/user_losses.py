"""What people added to a workbook that cannot be carried into a new one, in words.

It is named before anything is written, so that nobody finds out afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from icbudget.workbook import layout
from icbudget.workbook.reading.sheet_cells import ExcelError
from icbudget.workbook.reading.table_finder import BookTable, own_headings
from icbudget.workbook.reading.worksheet import address


def losses(
    book: Any, own: Sequence[str], tables: Mapping[str, BookTable], figures: Iterable[str]
) -> list[str]:
    """Return in words what cannot be carried over.

    `own`: the names of somebody's own sheets; `figures`: the addresses, sheet!cell, of the plan's
    figures, whose notes and formulas are carried.
    """
    hosts = {table.sheet.name for table in tables.values()}
    at_figures = frozenset(figures)
    lost = [f"the chart sheet {sheet.title}" for sheet in book.chartsheets]
    for sheet in book:
        kinds = {
            "pictures": len(getattr(sheet, "_images", ())),
            "pivot tables": len(getattr(sheet, "_pivots", ())),
        }
        if sheet.title in own:
            kinds |= _of_own_sheet(sheet)
        elif sheet.title in hosts:
            of_sheet = [table for table in tables.values() if table.sheet.name == sheet.title]
            kinds |= _of_input_sheet(sheet, of_sheet, at_figures)
        else:
            kinds |= _of_answer_sheet(sheet)
        lost += [f"{n} {kind} on the sheet {sheet.title}" for kind, n in kinds.items() if n]
        if sheet.protection.sheet:
            lost.append(f"the protection of the sheet {sheet.title}")
    for table in tables.values():
        beside = _beside(table, [t for t in tables.values() if t.sheet is table.sheet])
        if beside:
            lost.append(f"cells beside the table {table.place.name} ({beside})")
    return lost


def _of_own_sheet(sheet: Any) -> dict[str, int]:
    cells = _cells(sheet)
    return {
        "charts": len(getattr(sheet, "_charts", ())),
        "colours by rule": len(sheet.conditional_formatting),
        "drop-downs": len(sheet.data_validations.dataValidation),
        "links on a figure": sum(
            cell.hyperlink is not None and not leads_from_a_text(cell) for cell in cells
        ),
        "settings for printing": sum(map(bool, (sheet.print_area, sheet.print_title_rows))),
    }


def _of_input_sheet(
    sheet: Any, tables: Sequence[BookTable], at_figures: frozenset[str]
) -> dict[str, int]:
    """Return what of somebody's own stands on a sheet of a plan table."""
    own_columns = {t.first_column + at for t in tables for at in own_headings(t).values()}
    heading_rows = {table.rows[0] for table in tables}
    rules = sheet.data_validations.dataValidation
    commented = [cell for cell in _cells(sheet) if cell.comment]
    notes = [
        cell
        for cell in commented
        if cell.row not in heading_rows and cell.column not in own_columns
    ]
    return {
        "charts": len(getattr(sheet, "_charts", ())),
        # By year, a figure's own number format is a rule of the product's.
        "colours by rule": 0
        if any(table.place.by_year for table in tables)
        else len(sheet.conditional_formatting),
        "drop-downs of a column of your own": sum(
            any(own_columns & {*range(area.min_col, area.max_col + 1)} for area in rule.sqref)
            for rule in rules
        ),
        "notes at no figure of the plan": sum(
            f"{sheet.title}!{cell.coordinate}" not in at_figures for cell in notes
        ),
        "hidden rows or columns": sum(
            bool(of.hidden)
            for of in (*sheet.column_dimensions.values(), *sheet.row_dimensions.values())
        ),
    }


def _of_answer_sheet(sheet: Any) -> dict[str, int]:
    """Return how many cells somebody typed on a sheet that icbudget writes.

    Every cell that icbudget writes stands at the top of its row; a block that grew over cells of
    nobody's is not typed.
    """
    from openpyxl.worksheet.cell_range import CellRange

    filled = [cell for cell in _cells(sheet) if cell.value is not None]
    blocks = [CellRange(ref).bounds for cell in filled if (ref := getattr(cell.value, "ref", ""))]
    # Most cells are in a block; how a cell is aligned takes openpyxl longer to say.
    typed = [
        cell
        for cell in filled
        if not any(map(partial(_is_in, cell), blocks)) and cell.alignment.vertical is None
    ]
    return {"cells that you typed": len(typed)}


def _is_in(cell: Any, bounds: tuple[int, int, int, int]) -> bool:
    first_column, first_row, last_column, last_row = bounds
    in_rows: bool = first_row <= cell.row <= last_row
    return in_rows and first_column <= cell.column <= last_column


def _cells(sheet: Any) -> list[Any]:
    """Return the cells that there are; `iter_rows` would make all those between them too."""
    return list(sheet._cells.values())


def leads_from_a_text(cell: Any) -> bool:
    """Return whether a text leads somewhere; XlsxWriter puts a link on a text alone."""
    is_text = isinstance(cell.value, str) and cell.data_type != "f"
    return cell.hyperlink is not None and is_text


def _beside(table: BookTable, of_sheet: list[BookTable]) -> str:
    """Return the range of cells on a plan table's sheet that are somebody's own; blank if none.

    What stands above the headings is icbudget's; below and beside the tables it writes nothing.
    """
    top = table.rows[0]

    def in_a_table(row: int, column: int) -> bool:
        return any(
            t.first_column <= column <= t.last_column and t.rows[0] <= row <= t.last
            for t in of_sheet
        )

    stray: list[tuple[int, int]] = []
    for row, cells in table.sheet.rows.items():
        for column, value in cells.items():
            is_value = not isinstance(value, ExcelError)
            if row >= top and is_value and not in_a_table(row, column):
                stray.append((row, column))
    if not stray:
        return ""
    rows, columns = [row for row, _ in stray], [column for _, column in stray]
    return f"{address(min(rows), min(columns))}:{address(max(rows), max(columns))}"


def is_somebodys(name: str) -> bool:
    """Return whether a name of a workbook is one that somebody gave, none of the product's."""
    return not name.startswith(("_xlnm", "lst")) and name not in layout.NAMES
