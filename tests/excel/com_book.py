"""A workbook file as the few of Excel's objects that xlwings on Windows reaches when a button is
pressed: a named fake of COM.

Real: the file, its sheets, tables and values, and all of xlwings' own code between a button and
these objects. Fake: the objects, which answer only what that code asks, with values as Excel gives
them over COM: tuples of rows, floats, times, error numbers.
"""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
from openpyxl.utils.cell import range_boundaries

from tests.programs.classic import ERRORS


class ComBook:
    """A workbook."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.Name, self.FullName = path.name, str(path)
        self.Worksheets = ComSheets(self)
        self.Application = SimpleNamespace(Hwnd=1)
        self.Names = ComNames(self)

    @cached_property
    def file(self) -> Any:
        """The file with the values that its formulas gave, opened once something in it is asked."""
        return openpyxl.load_workbook(self.path, data_only=True)

    @cached_property
    def active(self) -> str:
        """The name of the sheet that is shown; a sheet that is activated is put in its place."""
        return self.file.active.title

    @cached_property
    def stored(self) -> Any:
        """The file with its formulas, opened once: no button of a fake Excel saves it."""
        return openpyxl.load_workbook(self.path)


class ComNames:
    """The names that a workbook gives to cells; counted from 1."""

    def __init__(self, book: ComBook) -> None:
        self.book = book

    def __iter__(self) -> Any:
        return iter([ComName(self.book, name) for name in self.book.file.defined_names.values()])

    def __call__(self, at: int | str) -> ComName:
        names = list(self)
        return names[at - 1] if isinstance(at, int) else {n.Name: n for n in names}[at]

    @property
    def Count(self) -> int:
        return len(self.book.file.defined_names)


class ComName:
    """A name for a cell or a range."""

    def __init__(self, book: ComBook, name: Any) -> None:
        self.book, self.Name, self.RefersTo = book, name.name, f"={name.attr_text}"

    @property
    def RefersToRange(self) -> ComRange:
        sheet, _, address = self.RefersTo[1:].rpartition("!")
        return self.book.Worksheets(sheet.strip("'")).Range(address.replace("$", ""))


class ComSheets:
    """The sheets of a workbook; counted from 1."""

    def __init__(self, book: ComBook) -> None:
        self.book = book

    def __iter__(self) -> Any:
        return iter([ComSheet(self.book, title) for title in self.book.file.sheetnames])

    def __call__(self, at: int | str) -> ComSheet:
        return ComSheet(self.book, self.book.file.sheetnames[at - 1] if isinstance(at, int) else at)

    @property
    def Count(self) -> int:
        return len(self.book.file.sheetnames)

    def Add(self, Before: ComSheet) -> ComSheet:
        made = self.book.file.create_sheet("Sheet999", self.book.file.sheetnames.index(Before.Name))
        return ComSheet(self.book, made.title)


class ComSheet:
    """A sheet, known by its place in the file."""

    def __init__(self, book: ComBook, title: str) -> None:
        self.book, self.sheet = book, book.file[title]

    @property
    def Name(self) -> str:
        return self.sheet.title

    @Name.setter
    def Name(self, title: str) -> None:
        self.sheet.title = title

    @property
    def Index(self) -> int:
        return self.book.file.index(self.sheet) + 1

    @property
    def Parent(self) -> ComBook:
        return self.book

    @property
    def ListObjects(self) -> list[Any]:
        return [
            SimpleNamespace(
                Name=table.displayName,
                Range=ComRange(self, *range_boundaries(table.ref)),
                ShowHeaders=bool(table.headerRowCount),
                ShowTotals=bool(table.totalsRowCount),
                ListColumns=[SimpleNamespace(Name=column.name) for column in table.tableColumns],
            )
            for table in self.sheet.tables.values()
        ]

    @property
    def UsedRange(self) -> ComRange:
        return ComRange(self, 1, 1, self.sheet.max_column, self.sheet.max_row)

    @property
    def Cells(self) -> ComRange:
        return ComRange(self, 1, 1, 16384, 1048576)

    def Range(self, first: Any, last: Any = None) -> ComRange:
        if isinstance(first, str):
            return ComRange(self, *range_boundaries(first))
        last = last or first
        return ComRange(self, first.Column, first.Row, last.right, last.bottom)

    def Move(self, Before: ComSheet) -> None:
        self.book.file.move_sheet(self.sheet, Before.Index - self.Index)

    def Activate(self) -> None:
        self.book.active = self.Name


class ComRange:
    """A rectangle of cells."""

    def __init__(self, sheet: ComSheet, left: int, top: int, right: int, bottom: int) -> None:
        self.Worksheet, self.Column, self.Row, self.right, self.bottom = (
            sheet,
            left,
            top,
            right,
            bottom,
        )
        self.Rows, self.Columns = (
            SimpleNamespace(Count=bottom - top + 1),
            SimpleNamespace(Count=right - left + 1),
        )

    def __call__(self, row: int, column: int) -> ComRange:
        left, top = self.Column + column - 1, self.Row + row - 1
        return ComRange(self.Worksheet, left, top, left, top)

    @property
    def Formula(self) -> Any:
        book = self.Worksheet.book
        if self.Worksheet.Name not in book.stored.sheetnames:  # a button made it
            return self.Value
        cells = book.stored[self.Worksheet.Name].iter_rows(
            self.Row, self.bottom, self.Column, self.right
        )
        rows = tuple(
            tuple(getattr(cell.value, "text", cell.value) for cell in row) for row in cells
        )
        return rows if len(rows) > 1 or len(rows[0]) > 1 else rows[0][0]

    @property
    def Value(self) -> Any:
        cells = self._cells(self.right, self.bottom)
        rows = tuple(tuple(_as_com(cell.value) for cell in row) for row in cells)
        return rows if len(rows) > 1 or len(rows[0]) > 1 else rows[0][0]

    @Value.setter
    def Value(self, data: Any) -> None:
        rows = (
            data
            if isinstance(data, (list, tuple))
            else [[data] * self.Columns.Count] * self.Rows.Count
        )
        assert (len(rows), len(rows[0])) == (
            self.Rows.Count,
            self.Columns.Count,
        ), "Excel would write a part, or repeat it"
        for cells, values in zip(self._cells(self.right, self.bottom), rows, strict=True):
            for cell, value in zip(cells, values, strict=True):
                cell.value = value

    def ClearContents(self) -> None:
        sheet = self.Worksheet.sheet
        for row in self._cells(min(self.right, sheet.max_column), min(self.bottom, sheet.max_row)):
            for cell in row:
                cell.value = None

    Clear = ClearContents

    def _cells(self, right: int, bottom: int) -> Any:
        return self.Worksheet.sheet.iter_rows(self.Row, bottom, self.Column, right)


def _as_com(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return float(value)
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=dt.UTC)
    return ERRORS.get(value, value) if isinstance(value, str) else value
