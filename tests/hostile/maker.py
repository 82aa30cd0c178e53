"""Makes spoiled workbooks from a sound one, each with the finding it must lead to.

The sound workbook holds the input sheets of a plan. Every kind of fault is put into every table it
can meet, so one plan gives some two hundred files. Nothing here asks the product what is right: a
file is either as good as the sound one (`SAME`), or it must lead to the finding that is named.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter, range_boundaries

from icbudget.workbook.layout import IN_EVERY_WORKBOOK, SETUP_SHEET, TABLE_SHEETS
from tests.workbook.opened import with_only
from tests.workbook.xml_book import Book

SAME = "same"
"""The file holds the same plan, however it looks."""


@dataclass(frozen=True)
class Hostile:
    """One spoiled file: what was done to it, its bytes, and what must come of it.

    `expected`: `SAME`, or the ids of which at least one must be a finding.
    """

    name: str
    content: bytes
    expected: tuple[str, ...]


class Sheet:
    """A plan table on its sheet, for those who spoil it."""

    def __init__(self, book: Book, name: str) -> None:
        self.sheet = next(s for s in book if name in s.tables)
        self.name = name
        self.table = self.sheet.tables[name]
        self.first, self.top, self.last, self.end = range_boundaries(self.table.ref)

    @property
    def rows(self) -> list[int]:
        """The rows that hold figures."""
        rows = range(self.top + 1, self.end + 1)
        return [row for row in rows if self.sheet.cell(row, self.first).value is not None]

    def headings(self) -> list[str]:
        return [str(self.sheet.cell(self.top, c).value) for c in range(self.first, self.last + 1)]

    def column(self, heading: str) -> int:
        return self.first + self.headings().index(heading)

    def cell(self, heading: str, row: int = 0) -> Any:
        return self.sheet.cell(self.rows[row], self.column(heading))

    def resize(self, top: int, end: int) -> None:
        ref = f"{get_column_letter(self.first)}{top}:{get_column_letter(self.last)}{end}"
        self.table.ref = ref

    def rename(self, old: str, new: str) -> None:
        self.sheet.cell(self.top, self.column(old)).value = new
        for column in self.table.tableColumns:
            if column.name == old:
                column.name = new


Change = Callable[[Book], None]


def hostile_files(sound: bytes) -> Iterator[Hostile]:
    """Yield the spoiled files that are made from a sound workbook."""
    book = Book(sound)
    tables = [place.name for place in TABLE_SHEETS if any(place.name in s.tables for s in book)]
    filled = [name for name in tables if Sheet(book, name).rows]
    for name, change, expected in (*_of_tables(book, filled), *_of_columns(book, filled)):
        yield Hostile(name, _changed(book, change), expected)
    yield from _of_the_file(sound)


def _loaded(content: bytes) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(io.BytesIO(content))


def _changed(sound: Book, change: Change) -> bytes:
    book = sound.copy()
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


Fault = tuple[str, Change, tuple[str, ...]]


def _of_tables(book: Book, tables: list[str]) -> Iterator[Fault]:
    for name in tables:
        sheet = Sheet(book, name)
        by_year = any(p.name == name and p.by_year for p in TABLE_SHEETS)
        if len(sheet.rows) > 1:
            yield f"{name} was never extended", _never_extended(name), ("table.rows-below",)
            yield f"{name} has a totals row over figures", _totals(name), ("table.totals-row",)
        yield f"{name} without its heading row", _heading_off(name), (SAME,)
        yield f"the sheet of {name} has another name", _renamed(name), (SAME,)
        yield f"{name} is no Excel Table", _no_table(name), (SAME, "workbook.no-table")
        if len(sheet.rows) > 1:
            yield f"{name} has merged keys", _merged(name), ("table.merged-cells",)
            yield (
                f"{name} has a row twice",
                _twice(name),
                ("row.duplicate-key", "by-year.duplicate-row"),
            )
        key_faults = ("cell.error-value", "by-year.blank-key", "by-year.unknown-key")
        yield f"{name} has #REF! for a key", _key(name, "#REF!"), key_faults
        yield (
            f"{name} has keys from formulas without results",
            _key(name, "=1+1"),
            ("cell.no-result",),
        )
        # a key whose heading is gone cannot be found without its Excel Table either
        doubled = ("table.duplicate-column", "workbook.no-table", "workbook.table-unread")
        yield f"{name} has a heading twice", _heading_twice(name), doubled
        if name in IN_EVERY_WORKBOOK and not by_year:
            yield (
                f"{name} was deleted",
                _deleted(name),
                ("workbook.no-table", "workbook.not-a-plan"),
            )


def _never_extended(name: str) -> Change:
    def change(book: Book) -> None:
        sheet = Sheet(book, name)
        sheet.resize(sheet.top, sheet.rows[-1] - 1)

    return change


def _totals(name: str) -> Change:
    def change(book: Book) -> None:
        sheet = Sheet(book, name)
        sheet.resize(sheet.top, sheet.rows[-1])
        sheet.table.with_totals()

    return change


def _heading_off(name: str) -> Change:
    def change(book: Book) -> None:
        sheet = Sheet(book, name)
        for column in range(sheet.first, sheet.last + 1):
            sheet.sheet.cell(sheet.top, column).value = None
        sheet.resize(sheet.top + 1, sheet.end)
        sheet.table.without_headings()

    return change


def _renamed(name: str) -> Change:
    def change(book: Book) -> None:
        Sheet(book, name).sheet.title = "Renamed by somebody"

    return change


def _no_table(name: str) -> Change:
    def change(book: Book) -> None:
        sheet = Sheet(book, name)
        del sheet.sheet.tables[name]

    return change


def _merged(name: str) -> Change:
    def change(book: Book) -> None:
        sheet = Sheet(book, name)
        first, second = sheet.rows[:2]
        letter = get_column_letter(sheet.first)
        sheet.sheet.merge_cells(f"{letter}{first}:{letter}{second}")

    return change


def _twice(name: str) -> Change:
    def change(book: Book) -> None:
        sheet = Sheet(book, name)
        first, second = sheet.rows[:2]
        for column in range(sheet.first, sheet.last + 1):
            sheet.sheet.cell(second, column).value = sheet.sheet.cell(first, column).value

    return change


def _key(name: str, value: str) -> Change:
    def change(book: Book) -> None:
        sheet = Sheet(book, name)
        sheet.sheet.cell(sheet.rows[0], sheet.first).value = value

    return change


def _heading_twice(name: str) -> Change:
    def change(book: Book) -> None:
        # Excel does not allow it in a table, other programs and plain cells do.
        sheet = Sheet(book, name)
        sheet.sheet.cell(sheet.top, sheet.first + 1).value = sheet.headings()[0]
        del sheet.sheet.tables[name]

    return change


def _deleted(name: str) -> Change:
    def change(book: Book) -> None:
        book.remove(Sheet(book, name).sheet)

    return change


DASHES = ("-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212", " / ")
WORDS_OF_THE_PLAN = ("{} plan", "Budget {}", "FY {}", "{} (£)", "Plan for {}")
OTHER_WORDS = ("{} actual", "Outturn {}", "{} £m", "{} revised", "{} v2")
DATES = ("1/4/2025", "01.04.2025", "1 April 2025", "1st Apr 2025", "2025-04-01", "1-Apr-25")
NO_DATES = ("2025-04-01 to 2026-03-31", "1/4/2025 draft", "13/13/2025", "soon", "April 2025")
AS_TEXT = ("1,000", "£1,000", "6\u00a0300", "(1,000)", "1000.50", " 5 ", "10%")
NO_NUMBERS = ("n/a", "TBC", "-", "?", "see note", "1k", "ten")
ERRORS = ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")
SCALES = ("Base amount (£000)", "Base amount (£k)", "Base amount (£m)", "Base amount (thousands)")


def _of_columns(book: Book, tables: list[str]) -> Iterator[Fault]:
    for name in ("Funding", "Schemes", "Indices"):
        if name not in tables:
            continue
        years = [h for h in Sheet(book, name).headings() if h[:2] == "20" and "/" in h]
        if not years:
            continue
        year = years[0]
        for dash in DASHES:
            text = year.replace("/", dash)
            yield f"{name} heads {text!r}", _heading(name, year, text), (SAME,)
        for words in WORDS_OF_THE_PLAN:
            text = words.format(year)
            yield f"{name} heads {text!r}", _heading(name, year, text), (SAME,)
        for words in OTHER_WORDS:
            text = words.format(year)
            yield f"{name} heads {text!r}", _heading(name, year, text), ("table.year-with-words",)
    money = "Base amount (£)"
    for name in ("Funding", "Schemes"):
        if name not in tables or Sheet(book, name).cell(money).value is None:
            continue
        for text in SCALES:
            scale = _heading(name, money, text)
            yield f"{name} heads {text!r}", scale, ("table.another-scale", "table.missing-column")
        for text in AS_TEXT:
            yield f"{name} has {text!r}", _put(name, money, text), ("cell.text-in-number",)
        for text in NO_NUMBERS:
            yield f"{name} has {text!r}", _put(name, money, text), ("cell.text-in-number",)
        for text in ERRORS:
            yield f"{name} has {text}", _put(name, money, text), ("cell.error-value",)
        yield f"{name} has TRUE", _put(name, money, True), ("cell.not-a-number",)
        yield f"{name} is far too large", _put(name, money, 1e14), ("cell.too-large",)
        yield f"{name} is below zero", _put(name, money, -1), ("cell.out-of-range",)
        bare = _put(name, money, "=1+1")
        yield f"{name} has a formula without its result", bare, ("cell.no-result",)
        for text in DATES:
            yield f"{name} read on {text!r}", _put(name, "Date read", text), ("date",)
        for text in NO_DATES:
            expected = ("cell.text-after-date", "cell.not-a-date")
            yield f"{name} read on {text!r}", _put(name, "Date read", text), expected
        source = "Source of funding"
        listed = ("list.unknown", "source.unknown", "choice.not-listed")
        yield (
            f"{name} has a source nobody knows",
            _put(name, source, "Winter money"),
            (
                *listed,
                "any",
            ),
        )
        pools = _put(name, "Pool", "no such pool")
        yield f"{name} names a pool that is not there", pools, ("link.unknown", "link.empty-table")


def _heading(name: str, old: str, new: str) -> Change:
    return lambda book: Sheet(book, name).rename(old, new)


def _put(name: str, heading: str, value: object) -> Change:
    def change(book: Book) -> None:
        Sheet(book, name).cell(heading).value = value

    return change


def _of_the_file(sound: bytes) -> Iterator[Hostile]:
    """Yield files that the post, a program or a person broke as files."""
    for part in (0, 1, 10, 1000, len(sound) // 2, len(sound) - 1, len(sound) - 30):
        yield Hostile(f"cut short after {part:,} bytes", sound[:part], ("refused",))
    step = len(sound) // 12
    for at in range(step, len(sound) - step, step):
        flipped = bytearray(sound)
        flipped[at] ^= 0x55
        yield Hostile(f"byte {at:,} is another", bytes(flipped), ("refused", SAME))
    pretenders = {
        "a web page": b"<!doctype html><html><body>Sign in</body></html>",
        "a CSV file": b"Pool,Partner\nbcf,icb\n",
        "a PDF": b"%PDF-1.7\n%\xe2\xe3",
        "an old .xls": bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000),
        "zeros": bytes(5000),
        "a password": bytes.fromhex("d0cf11e0a1b11ae1")
        + bytes(504)
        + "EncryptedPackage".encode("utf-16-le"),
    }
    for kind, content in pretenders.items():
        yield Hostile(f"{kind} called a workbook", content, ("refused",))
    yield Hostile("parts named with backslashes", _backslashes(sound), (SAME,))
    yield Hostile("a stranger's part", _with_part(sound, "xl/notes.txt", b"hello"), (SAME,))
    doctype = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    yield Hostile("a document type", _with_part(sound, "xl/x.xml", doctype), ("refused",))
    outside = _with_part(sound, "xl/externalLinks/externalLink1.xml", b"<a/>")
    yield Hostile("a link to another workbook", outside, ("refused",))


def _backslashes(sound: bytes) -> bytes:
    return _repacked(sound, lambda name: name.replace("/", "\\"))


def _with_part(sound: bytes, name: str, content: bytes) -> bytes:
    return _repacked(sound, lambda same: same, {name: content})


def _repacked(
    sound: bytes, rename: Callable[[str], str], more: dict[str, bytes] | None = None
) -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(sound)) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.infolist():
            target.writestr(rename(part.filename), source.read(part))
        for name, content in (more or {}).items():
            target.writestr(name, content)
    return stream.getvalue()


def inputs_of(workbook: bytes) -> bytes:
    """Return a workbook with its plan tables alone, which is small and quick to save."""
    book = _loaded(with_only(workbook, {place.sheet for place in (SETUP_SHEET, *TABLE_SHEETS)}))
    for sheet in book:
        sheet.conditional_formatting = type(sheet.conditional_formatting)()
        sheet.data_validations.dataValidation = []
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.comment):
            cell.comment = None
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
