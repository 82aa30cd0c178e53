"""The cells and the Excel Tables of a workbook, as they stand in the file.

Values are raw, nothing stripped, nothing guessed.

One walk both checks the sheets and reads them. Why our own reader: the walk that guards a reader
must see every cell anyway; openpyxl needs two passes to know both a formula and its stored value,
and takes five times as long; the fast readers turn `#REF!` into a blank, which in a budget is
zero. The tests read the same files with openpyxl and compare cell by cell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import product
from pathlib import Path
from typing import NamedTuple

from icbudget.findings import Finding, error, has_errors, warning
from icbudget.workbook.reading.container import Container, Refused
from icbudget.workbook.reading.preflight import Book, SheetPart, open_book, walk_sheets
from icbudget.workbook.reading.rich_errors import rich_errors
from icbudget.workbook.reading.stored_values import (
    NO_VALUE,
    ExcelError,
    Value,
    Values,
    date_styles,
    plain_text,
    shared_strings,
)
from icbudget.workbook.reading.worksheet import (
    FORMULA,
    MAX_COLUMNS,
    MAX_ROWS,
    SHARED,
    Cell,
    Range,
    TakeRow,
    address,
    position,
)
from icbudget.workbook.reading.xml_parts import elements, relations

__all__ = ["NO_VALUE", "ExcelError", "Sheet", "Table", "Value", "read_cells"]


FUNCTION_PREFIX = "ICB_"
"""How every function of icbudget begins, whatever a host writes before it."""


class Table(NamedTuple):
    """An Excel Table.

    It has its name, its range, how many of its first and last rows are headings and totals, and its
    columns' names.
    """

    name: str
    first_row: int
    first_column: int
    last_row: int
    last_column: int
    heading_rows: int
    total_rows: int
    columns: tuple[str, ...]


@dataclass(slots=True)
class Sheet:
    """A worksheet: its populated cells by row and column (A is 1), and its tables.

    A merged range holds what its cells hold, which is the first cell alone in what Excel writes. A
    formula saved without its result is `NO_VALUE`; so is one whose result was saved as a blank of
    no kind. Numbers are what the file says.
    """

    name: str
    rows: dict[int, dict[int, Value]] = field(default_factory=dict)
    tables: tuple[Table, ...] = ()
    merged: tuple[Range, ...] = ()
    functions: dict[tuple[int, int], str] = field(default_factory=dict)
    """The formulas that call a function of icbudget, by row and column."""
    names: dict[tuple[int, int], str] = field(default_factory=dict)
    """What cells are called by a name of the workbook."""

    @property
    def width(self) -> int:
        """Return the number of the last column in which any row has a value; 0 of a blank sheet."""
        return max((max(cells) for cells in self.rows.values() if cells), default=0)

    def value(self, row: int, column: int) -> Value | None:
        """Return what a cell holds; nothing when it is blank."""
        return self.rows.get(row, {}).get(column)

    def stretch(self, row: int, first_column: int, last_column: int) -> list[Value | None]:
        """Return what the cells of a row hold, from one column to another."""
        held = self.rows.get(row, {})
        return [held.get(column) for column in range(first_column, last_column + 1)]


def read_cells(path: Path) -> tuple[dict[str, Sheet] | None, list[Finding]]:
    """Return the sheets of a workbook by name, in the order of its tabs.

    With them stand the findings of the look before.

    No sheets when any finding is an error: see `preflight.scan`; also a cell whose value cannot be,
    and tables that are twice there or off the sheet. Warning: a table with formulas that were saved
    without their results.
    """
    book, findings = open_book(path)
    if book is None:
        return None, findings
    sheets = {sheet.name: Sheet(sheet.name) for sheet in book.sheets}
    try:
        values = _values(book)
        add_names(book.names, sheets)
        _, more = walk_sheets(book, _taker(values, sheets), _merge_taker(sheets))
        findings += more
        if not has_errors(more):
            findings += _add_tables(book, sheets)
    except Refused as why:
        findings.append(why.finding)
    for sheet in sheets.values():
        for table in sheet.tables:
            findings += _without_value(book.box, sheet, table)
    return (None if has_errors(findings) else sheets), findings


def _values(book: Book) -> Values:
    parts = {
        link.kind: link.target for link in book.links.values() if link.target in book.box.parts
    }
    strings = shared_strings(book.box, parts["sharedStrings"]) if "sharedStrings" in parts else []
    dates = date_styles(book.box, parts["styles"]) if "styles" in parts else frozenset()
    rich = cache(partial(rich_errors, book.box, parts))
    return Values(book.box, strings, dates, book.from_1904, rich)


def _taker(values: Values, sheets: dict[str, Sheet]) -> Callable[[SheetPart], TakeRow]:
    def for_sheet(part: SheetPart) -> TakeRow:
        sheet = sheets[part.name]
        shared: dict[str, str] = {}

        def take(row: int, cells: dict[int, Cell]) -> None:
            sheet.rows[row] = values.of_row(sheet.name, row, cells)
            for column, cell in cells.items():
                if FORMULA in cell and (formula := _call_in(cell, shared)):
                    sheet.functions[row, column] = formula

        return take

    return for_sheet


def _call_in(cell: Cell, shared: dict[str, str]) -> str:
    """Return the formula of a cell that calls a function of icbudget; blank for any other.

    The formula that cells share stands in the first of them alone; `shared` keeps it.
    """
    formula = cell[FORMULA]
    if not formula and SHARED in cell:
        return shared.get(cell[SHARED], "")
    if FUNCTION_PREFIX not in formula.upper():
        return ""
    if SHARED in cell:
        shared[cell[SHARED]] = formula
    return formula


def add_names(names: Mapping[str, str], sheets: Mapping[str, Sheet]) -> None:
    """Give each sheet the names of a workbook that stand for single cells of it."""
    for name, meant in names.items():
        sheet, _, cell = meant.rpartition("!")
        at = position(cell.replace("$", ""))
        named = sheets.get(sheet.strip("'").replace("''", "'"))
        if at is not None and named is not None:
            named.names[at] = name


def _merge_taker(sheets: dict[str, Sheet]) -> Callable[[SheetPart, tuple[Range, ...]], None]:
    def take(part: SheetPart, merged: tuple[Range, ...]) -> None:
        sheets[part.name].merged = merged

    return take


def _without_value(box: Container, sheet: Sheet, table: Table) -> list[Finding]:
    rows = (row for row in sheet.rows if table.first_row <= row <= table.last_row)
    columns = range(table.first_column, table.last_column + 1)
    bare = [cell for cell in product(rows, columns) if sheet.value(*cell) is NO_VALUE]
    if not bare:
        return []
    count = f"{len(bare):,} formula{'s' if len(bare) > 1 else ''}"
    message = (
        f"The table {table.name} holds {count} without a stored value, so icbudget cannot see the"
        " result."
    )
    fix = "Open the workbook in Excel or LibreOffice, let it recalculate and save it."
    return [
        warning(
            "workbook.formula-without-value", message, fix, box.place(sheet.name, address(*bare[0]))
        )
    ]


def _add_tables(book: Book, sheets: dict[str, Sheet]) -> list[Finding]:
    findings: list[Finding] = []
    names: set[str] = set()
    read: set[str] = set()
    for part in book.sheets:
        tables: list[Table] = []
        for link in relations(book.box, part.part).values():
            if link.kind != "table":
                continue
            # One part used by two sheets would give its rows to both, and their £ twice.
            if link.target in read:
                raise book.box.unsafe(f"its part {link.target} is two tables at once")
            read.add(link.target)
            table = _table(book.box, link.target) if link.target in book.box.parts else None
            if table is None:
                message = f"A table has no range of at most {MAX_ROWS:,} rows on its sheet."
                fix = "Resize the table to its rows."
                place = book.box.place(part.name)
                findings.append(error("workbook.table-range", message, fix, place))
            elif table.name.casefold() in names:
                message = f"Two tables are named {table.name}."
                fix = "Rename one under Table Design > Table Name."
                place = book.box.place(part.name)
                findings.append(error("workbook.table-twice", message, fix, place))
            else:
                tables.append(table)
                names.add(table.name.casefold())
        sheets[part.name].tables = tuple(tables)
    return findings


def _table(box: Container, part: str) -> Table | None:
    parts = elements(box, part)
    head = next((e.attributes for e in parts if e.name == "table"), {})
    first, _, last = head.get("ref", "").partition(":")
    start, end = position(first), position(last or first)
    name = head.get("displayName") or head.get("name", "")
    counts = head.get("headerRowCount", "1"), head.get("totalsRowCount", "0")
    if start is None or end is None or not name or not all(c in ("0", "1") for c in counts):
        return None
    if end[0] > MAX_ROWS or end[1] > MAX_COLUMNS or end[0] < start[0] or end[1] < start[1]:
        return None
    names = (e.attributes.get("name", "") for e in parts if e.name == "tableColumn")
    columns = tuple(plain_text(name) for name in names)
    return Table(name, *start, *end, int(counts[0]), int(counts[1]), columns)


WHY_IT_MATTERS = {
    "workbook.formula-without-value": (
        "What the formula comes to is not in the file, so the amount is not known."
    ),
    "workbook.table-range": (
        "Where the table begins and ends is not known, so its rows cannot be read."
    ),
    "workbook.table-twice": (
        "Two tables of one name: which of them holds the plan's figures is not known."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
