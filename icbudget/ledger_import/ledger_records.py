"""A ledger's file as records: every line of the file is in exactly one of them.

A ledger is cut into lines first and into cells second, so that a quote that is opened and never
closed spoils one line and not all that follow.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from icbudget.findings import Finding, Place, error
from icbudget.ledger_import.ledger_map import LedgerMap

_USUAL = ("utf-8", "cp1252")
"""Tried in this order; UTF-16 is known by its first two bytes, one of which is zero."""
_WIDE = {1: "utf-16-le", 0: "utf-16-be"}
DELIMITERS = ",;\t|"
_DECLARED = re.compile(r'"?sep=(.)"?$')
"""The first line with which a file tells Excel its delimiter; Excel does not show it, so it is no
row.
"""
_LINES_OF_A_CELL = 50
"""The most lines that one cell with line breaks may have."""
_PAGE = re.compile(rb"^\s*<(?:!doctype|html|head|body|table|\?xml|!--)", re.IGNORECASE)
_KINDS = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls), or one that is encrypted"),
    (b"PK\x03\x04", "a workbook or another zip file, but its name does not end in .xlsx"),
    (b"%PDF", "a PDF"),
)


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a ledger.

    `line` is its first line in the file (or its row in the sheet), `lines` how many it fills,
    `text` what stands in them. `open_quote`: a quote is opened in it and never closed; its cells
    are then cut at every delimiter.
    """

    line: int
    cells: tuple[str, ...]
    text: str = ""
    lines: int = 1
    open_quote: bool = False

    @property
    def blank(self) -> bool:
        """Return whether no cell holds anything."""
        return not any(cell.strip() for cell in self.cells)


def text_of(
    content: bytes, ledger_map: LedgerMap, name: str, findings: list[Finding]
) -> str | None:
    """Return the text of a file, or None and one finding.

    The map's encoding counts, else the one that the file declares, else the usual ones.
    """
    fault = _fault_of(content)
    if fault:
        fix = "Export the ledger as CSV UTF-8, or save it as .xlsx."
        findings.append(error("ledger.not-a-ledger", fault, fix, Place(workbook=name)))
        return None
    encodings = (ledger_map.encoding,) if ledger_map.encoding else _encodings(content)
    for encoding in encodings:
        try:
            return content.decode(encoding).removeprefix("\ufeff")
        except (UnicodeError, LookupError):
            continue
    message = f"The file cannot be read as text ({', '.join(encodings)})."
    fix = "Save it as CSV UTF-8, or name its encoding in the map."
    findings.append(error("ledger.encoding", message, fix, Place(workbook=name)))
    return None


def _fault_of(content: bytes) -> str:
    if not content.strip():
        return "The file is empty."
    for start, kind in _KINDS:
        if content.startswith(start):
            return f"The file is {kind}."
    if _PAGE.match(content.removeprefix(codecs.BOM_UTF8)):
        return "The file is a web page or XML, whatever its name says, and not CSV."
    return ""


def _encodings(content: bytes) -> tuple[str, ...]:
    if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return ("utf-16",)
    wide = _WIDE.get(content[:2].find(b"\0"), "")
    return (wide,) if wide else _USUAL


def lines_of(text: str) -> tuple[list[str], str]:
    """Return the lines of a text, and the delimiter that its first line declares for Excel.

    The declaration stays as a blank line, so that lines are counted as an editor counts them.
    """
    lines = [line.rstrip("\n") for line in io.StringIO(text, newline=None)]
    declared = _DECLARED.match(lines[0]) if lines else None
    if declared is None:
        return lines, ""
    return ["", *lines[1:]], declared[1]


SHEET_DELIMITER = "\x1f"
"""What parts the cells of a sheet's row where it is written as one text."""


def sheet_records(rows: Mapping[int, Sequence[str]]) -> list[Record]:
    """Return the rows of a sheet, by their number, as records."""
    return [
        Record(number, tuple(cells), SHEET_DELIMITER.join(cells))
        for number, cells in sorted(rows.items())
    ]


def delimiter_of(line: str) -> str:
    """Return the delimiter that a line of headings has most of."""
    return max(DELIMITERS, key=line.count)


def records(lines: Sequence[str], first: int, delimiter: str, width: int) -> Iterator[Record]:
    """Yield the records of lines from index `first` on, blank ones too.

    `width`: the number of headings. A quote that is open at the end of a line joins the lines that
    follow until it is closed, but never a line that is a full row by itself: then the quote was
    never closed, and its line alone is the record.
    """
    at = first
    while at < len(lines):
        line = lines[at]
        record = None
        if '"' not in line:
            record = Record(at + 1, tuple(line.split(delimiter)), line)
        else:
            cells = _cells(line, delimiter)
            record = (
                _joined(lines, at, delimiter, width)
                if cells is None
                else Record(at + 1, cells, line)
            )
        if record is None:
            record = Record(at + 1, tuple(line.split(delimiter)), line, open_quote=True)
        yield record
        at += record.lines


def _cells(text: str, delimiter: str, *, lenient: bool = True) -> tuple[str, ...] | None:
    """Return the cells of a record; None where a quote is open at its end or a cell is too long.

    A quote inside a cell that does not begin with one is a letter like others: `6" pipe`. Lenient,
    letters may follow a closing quote: `"6" pipe"`.
    """
    # Strict first: only a text that no strict reading takes may have quotes in the middle of a
    # cell.
    for strict in (True, False) if lenient else (True,):
        try:
            rows = list(
                csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
            )
        except csv.Error as why:
            if "unexpected end" in str(why) or text.count('"') % 2 == 1:
                return None
            continue
        return tuple(rows[0]) if len(rows) == 1 else None
    return None


def _joined(lines: Sequence[str], at: int, delimiter: str, width: int) -> Record | None:
    """Return the record that begins at a line with an open quote; None where it never closes."""
    parts = [lines[at]]
    quotes = lines[at].count('"')
    for line in lines[at + 1 : at + _LINES_OF_A_CELL]:
        if width and line.count(delimiter) >= width - 1:
            return None
        parts.append(line)
        quotes += line.count('"')
        if '"' not in line or quotes % 2 == 1:
            continue
        text = "\n".join(parts)
        cells = _cells(text, delimiter, lenient=False)
        if cells is None or (width and len(cells) != width):
            # the quotes are even and yet it is no record: more lines would not make it one
            return None
        return Record(at + 1, cells, text, len(parts))
    return None


WHY_IT_MATTERS = {
    "ledger.encoding": (
        "Names that arrive garbled match no scheme, and pound signs may hide amounts."
    ),
    "ledger.not-a-ledger": "Nothing could be read as lines of a ledger, so no spending is taken.",
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
