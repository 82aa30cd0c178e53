"""What people added to a workbook, written into the one that is made from its plan.

Sheets of their own come after the product's, with formulas, looks, widths and notes. A formula
behind a figure of the plan stands behind it again. Where a formula names a cell in which a figure
of the plan stands, it names the cell where that figure stands now.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from icbudget.plan import SETUP, TABLES
from icbudget.plan.headings import FORMER_LABELS, SETUP_HEADINGS, folded
from icbudget.plan.rows import path
from icbudget.workbook import layout
from icbudget.workbook.contents import Contents
from icbudget.workbook.layout import HEADING_ROW
from icbudget.workbook.reading.sheet_cells import ExcelError
from icbudget.workbook.reading.user_sheets import (
    OwnCell,
    OwnSheet,
    SheetRow,
    UserContent,
    own_figure,
)
from icbudget.workbook.reading.worksheet import address, column_number
from icbudget.workbook.writing.added_columns import own_columns_of
from icbudget.workbook.writing.input_sheets import headings_of, years_of
from icbudget.workbook.writing.validation import setting_cell

_TABLE = re.compile(r"([A-Za-z_]\w*)(\[.*\])")
"""A reference to columns of a table, such as Funding[Base amount (£)]."""
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})")


def write_carried(
    book: Any, sheets: Mapping[str, Any], contents: Contents, content: UserContent
) -> None:
    """Write somebody's own sheets, formulas and notes into a workbook in the making.

    `sheets` are the product's own by name, their cells written already.
    """
    places = figure_cells(contents)
    moved = _Moved(content, places)
    written = _Writer(book)
    taken = {name.casefold() for name in sheets}
    for own in content.sheets:
        # A sheet's name has at most 31 letters, and two sheets cannot share one.
        name = own.name if own.name.casefold() not in taken else f"{own.name[:25]} (own)"
        written.sheet(book.add_worksheet(name), own, moved)
    for name, meaning in content.names.items():
        book.define_name(name, f"={moved.formula(meaning, '')}")
    for of in content.columns:
        for sheet_row, cell in of.cells.items():
            figure = own_figure(of.place, sheet_row, folded(of.heading))
            if figure in places:
                sheet_name, row, column = places[figure]
                moved_cell = replace(cell, row=row + 1, column=column + 1, array="")
                written.cell(sheets[sheet_name], moved_cell, moved, sheet_name)
    for figure, formula in content.formulas.items():
        if figure in places:
            sheet_name, row, column = places[figure]
            _behind(sheets[sheet_name], row, column, moved.formula(formula, sheet_name))
    for figure, comment in content.comments.items():
        if figure in places:
            sheet_name, row, column = places[figure]
            sheets[sheet_name].write_comment(row, column, comment)


def figure_cells(contents: Contents) -> dict[str, tuple[str, int, int]]:
    """Return where each figure of a plan stands in the workbook built from it.

    By the figure's path: the sheet, and row and column counted from 0.
    """
    cells: dict[str, tuple[str, int, int]] = {}
    for name in SETUP.noun.model_fields:
        match = _CELL.fullmatch(setting_cell(contents, name))
        if match:
            row, column = int(match[2]) - 1, column_number(match[1]) - 1
            if row == HEADING_ROW:
                continue  # the setting has no row in this workbook
            cells[path(SETUP, "", name)] = (layout.SETUP_SHEET.sheet, row, column)
            beside = SheetRow("", name), row, len(SETUP_HEADINGS)
            cells |= _own_cells(layout.SETUP_SHEET, contents, *beside)
    plan = contents.plan
    for place in contents.table_sheets[1:]:
        rows = getattr(plan, place.table.field)
        if place.by_year:
            cells |= _companion_cells(place, contents)
            continue
        heads = headings_of(place, contents)
        for number, row in enumerate(rows, start=HEADING_ROW + 1):
            key = TABLES[place.table.field].key_of(row)
            for column, head in enumerate(heads):
                if head.column is not None:
                    figure = path(place.table, key, head.column.field, head.year or None)
                    cells[figure] = (place.sheet, number, column)
            cells |= _own_cells(place, contents, SheetRow(key), number, len(heads))
    return cells


def _own_cells(
    place: layout.TableSheet, contents: Contents, row: SheetRow, number: int, first: int
) -> dict[str, tuple[str, int, int]]:
    """Return where the cells of people's own columns stand in a row, right of the product's."""
    return {
        own_figure(place.name, row, folded(heading)): (place.sheet, number, column)
        for column, heading in enumerate(own_columns_of(place, contents), start=first)
    }


def _companion_cells(
    place: layout.TableSheet, contents: Contents
) -> dict[str, tuple[str, int, int]]:
    """Return where figures by year stand on a sheet of their own, one row for each that is used."""
    cells: dict[str, tuple[str, int, int]] = {}
    years = years_of(place, contents)
    first = len(place.table.key) + 1  # the key, then the name of the figure
    number = HEADING_ROW + 1
    for row in getattr(contents.plan, place.table.field):
        for column in layout.yearly(place):
            if not getattr(row, column.field):
                continue
            for at, year in enumerate(years, start=first):
                figure = path(place.table, place.table.key_of(row), column.field, year)
                cells[figure] = (place.sheet, number, at)
            sheet_row = SheetRow(place.table.key_of(row), column.field)
            cells |= _own_cells(place, contents, sheet_row, number, first + len(years))
            number += 1
    return cells


def _behind(sheet: Any, row: int, column: int, formula: str) -> None:
    """Put a formula behind the value that stands in a cell; value and format stay as they are."""
    # XlsxWriter has no public way to read back a cell; without it the value and format of every
    # figure would be worked out twice.
    held = sheet.table.get(row, {}).get(column)
    value = getattr(held, "number", None)
    if held is not None and value is not None:
        sheet.write_formula(row, column, formula, held.format, value)


def _called_now(table: str, columns: str) -> str:
    """Return a reference to a table's columns with the names that both have now."""
    now = layout.FORMER_NAMES.get(table, table)
    if now in layout.BY_NAME:
        for former, label in FORMER_LABELS.items():
            columns = columns.replace(f"[{former}]", f"[{label}]")
    return f"{now}{columns}"


class _Moved:
    """Formulas whose references to figures of the plan follow them to where they stand now."""

    def __init__(self, content: UserContent, places: Mapping[str, tuple[str, int, int]]) -> None:
        self.cells, self.places = content.cells, places
        self.now_called = {was: now for now, was in content.sheets_of.items()}
        self.was_called = dict(content.sheets_of)

    def formula(self, formula: str, sheet: str) -> str:
        """Return a formula of a sheet, named as it is called now, with references that moved."""
        from openpyxl.formula.tokenizer import Token, Tokenizer

        text = formula if formula.startswith("=") else f"={formula}"
        tokens = Tokenizer(text)
        for token in tokens.items:
            if token.type == Token.OPERAND and token.subtype == Token.RANGE:
                token.value = self._reference(token.value, sheet)
        moved = "".join(token.value for token in tokens.items)
        return f"={moved}" if formula.startswith("=") else moved

    def _reference(self, reference: str, sheet: str) -> str:
        named_table = _TABLE.fullmatch(reference)
        if named_table:
            return _called_now(named_table[1], named_table[2])
        prefix, _, cells = reference.rpartition("!")
        named = prefix.strip("'").replace("''", "'") if prefix else ""
        before = named or self.was_called.get(sheet, sheet)
        now = self.now_called.get(before, before)
        ends = [self._cell(end, before, now) for end in cells.split(":")]
        if not prefix:
            return ":".join(ends)
        return f"{layout.quoted(now) if now != named else prefix}!{':'.join(ends)}"

    def _cell(self, cell: str, before: str, now: str) -> str:
        """Return a cell's address, moved with the figure that stands there; dollars stay."""
        match = _CELL.fullmatch(cell)
        figure = self.cells.get((before, f"{match[1]}{match[2]}")) if match else None
        place = self.places.get(figure) if figure else None
        if match is None or place is None or place[0] != now:
            return cell
        target = _CELL.fullmatch(address(place[1] + 1, place[2] + 1))
        assert target is not None
        column_fixed = "$" if cell.startswith("$") else ""
        row_fixed = "$" if "$" in cell[1:] else ""
        return f"{column_fixed}{target[1]}{row_fixed}{target[2]}"


class _Writer:
    """Writes somebody's own sheets; cells that look the same share one format."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def sheet(self, sheet: Any, own: OwnSheet, moved: _Moved) -> None:
        """Write one of them: layout first, then tables, then the cells over their headings."""
        for letters, width in own.widths.items():
            hidden = {"hidden": True} if letters in own.hidden_columns else None
            sheet.set_column(letters, width, None, hidden)
        for letters in set(own.hidden_columns) - set(own.widths):
            sheet.set_column(letters, None, None, {"hidden": True})
        for row, height in own.heights.items():
            sheet.set_row(row - 1, height)
        for row in own.hidden_rows:
            sheet.set_row(row - 1, own.heights.get(row), None, {"hidden": True})
        for table in own.tables:
            options = {
                "name": table.name,
                "columns": [{"header": heading} for heading in table.columns],
                "header_row": table.heading_row,
                "style": table.style or None,
            }
            sheet.add_table(table.range, options)
        for merged in own.merged:
            sheet.merge_range(merged, "")
        # Cells come last: merging and tables write blanks and headings of their own.
        for cell in own.cells:
            self.cell(sheet, cell, moved, "")
            link = own.links.get((cell.row, cell.column))
            if link:
                self._link(sheet, cell, link)
        if own.filtered:
            sheet.autofilter(own.filtered)
        if own.frozen:
            match = _CELL.fullmatch(own.frozen)
            if match:
                sheet.freeze_panes(int(match[2]) - 1, column_number(match[1]) - 1)
        if own.tab_colour:
            sheet.set_tab_color(own.tab_colour)
        if own.hidden:
            sheet.hide()

    def cell(self, sheet: Any, cell: OwnCell, moved: _Moved, of_sheet: str) -> None:
        """Write one cell; `of_sheet` is the product's sheet it is on, blank on one's own."""
        at, look = (cell.row - 1, cell.column - 1), self._format(cell.look)
        value = cell.value
        if cell.formula:
            formula = moved.formula(cell.formula, of_sheet)
            result = value.isoformat() if isinstance(value, datetime) else value
            result = "" if result is None else result
            if cell.array:
                sheet.write_array_formula(cell.array, formula, look, result)
            else:
                sheet.write_formula(*at, formula, look, result)
        elif value is None:
            sheet.write_blank(*at, None, look)
        # An error value is written as the formula that gives it: XlsxWriter has no error cells.
        elif isinstance(value, ExcelError):
            sheet.write_formula(*at, f"={value}", look, str(value))
        elif isinstance(value, bool):
            sheet.write_boolean(*at, value, look)
        elif isinstance(value, (int, float)):
            sheet.write_number(*at, value, look)
        elif isinstance(value, datetime):
            sheet.write_datetime(*at, value, look)
        else:
            sheet.write_string(*at, value, look)
        if cell.comment:
            sheet.write_comment(*at, cell.comment)

    def _link(self, sheet: Any, cell: OwnCell, link: str) -> None:
        place = f"internal:{link[1:]}" if link.startswith("#") else link
        look = self._format(cell.look)
        sheet.write_url(cell.row - 1, cell.column - 1, place, look, str(cell.value))

    def _format(self, look: Mapping[str, Any]) -> Any:
        if not look:
            return None
        key = tuple(sorted(look.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(dict(look))
        return self.formats[key]
