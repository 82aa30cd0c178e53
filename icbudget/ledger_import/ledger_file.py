"""A ledger's file: its text, its rows, and where the mapped columns stand."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from icbudget.findings import Finding, Place, error
from icbudget.ledger_import.ledger_map import LedgerMap
from icbudget.plan.cell_values import clean

ENCODINGS = ("utf-8-sig", "cp1252")
"""Tried in this order; UTF-16 is known by its first two bytes, which tell it or of which one is
nought.
"""
_WIDE = {1: "utf-16-le", 0: "utf-16-be"}
_DELIMITERS = ",;\t|"
_DECLARED = re.compile(r'"?sep=(.)"?\r?\n')
"""The first line with which a file tells Excel its delimiter; Excel does not show it, so it is no
row.
"""
_NUMBERED = re.compile(r" \(([1-9])\)$")
"""Ending of a mapped heading that says which of several of the same name is meant."""
_MOST_ABOVE = 50
"""Lines among which the headings are looked for where the map does not name theirs."""


def decoded(content: bytes, told: LedgerMap, name: str, findings: list[Finding]) -> str | None:
    """Return the text of a file, or None and a finding; the map's encoding, else the one it tells,
    else the usual ones.
    """
    wide = (
        "utf-16"
        if content[:2] in (b"\xff\xfe", b"\xfe\xff")
        else _WIDE.get(content[:2].find(b"\0"), "")
    )
    for encoding in (told.encoding,) if told.encoding else (wide,) if wide else ENCODINGS:
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    tried = told.encoding or ", ".join(ENCODINGS)
    message = f"{name} cannot be read as text ({tried})."
    fix = "Save it as CSV UTF-8, or name its encoding in the map."
    findings.append(error("ledger.encoding", message, fix, Place(workbook=name)))
    return None


def records(
    text: str, told: LedgerMap, name: str, findings: list[Finding]
) -> Iterator[tuple[int, list[str]]]:
    """Yield the heading row and every row below it that is not blank, each with its line in the
    file.
    """
    lines = io.StringIO(text, newline="")
    declared = _DECLARED.match(text)
    top = list(islice(io.StringIO(text, newline=""), _MOST_ABOVE))
    above = 1 if declared else 0
    skipped = (
        told.heading_row - 1 + above
        if told.heading_row
        else _line_of_headings(top, told, declared[1] if declared else "")
    )
    for _ in range(skipped):
        lines.readline()
    heading = next(
        (line for line in islice(io.StringIO(text, newline=""), skipped, None) if line.strip()), ""
    )
    delimiter = told.delimiter or (declared[1] if declared else _delimiter(heading))
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            line = reader.line_num + skipped
            message = f"{name} cannot be read beyond line {line}: {problem}."
            place = Place(workbook=name, row=str(line))
            findings.append(error("ledger.broken", message, "Export it again as CSV.", place))
            return
        if any(cell.strip() for cell in cells):
            yield reader.line_num + skipped, cells


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


def _line_of_headings(top: list[str], told: LedgerMap, declared: str) -> int:
    """Return the number, from 0, of the first line that has every mapped heading; that below `sep=`
    where none has.
    """
    wanted = {
        clean(_NUMBERED.sub("", heading)).casefold() for heading in told.columns.named.values()
    }
    for number, line in enumerate(top):
        cells = next(
            csv.reader([line], delimiter=told.delimiter or declared or _delimiter(line)), []
        )
        if wanted <= {clean(cell).casefold() for cell in cells}:
            return number
    return 1 if declared else 0


def columns(
    headings: tuple[str, ...], line: int, told: LedgerMap, name: str, findings: list[Finding]
) -> dict[str, int] | None:
    """Return the position of each mapped column; None where one is missing, or there twice and no
    number says which is meant.
    """
    folded = [heading.casefold() for heading in headings]
    at: dict[str, int] = {}
    for field, heading in told.columns.named.items():
        wanted = clean(heading).casefold()
        numbered = _NUMBERED.search(wanted)
        places = [n for n, one in enumerate(folded) if one == wanted]
        if not places and numbered:
            all_so_called = [n for n, one in enumerate(folded) if one == wanted[: numbered.start()]]
            places = all_so_called[int(numbered[1]) - 1 :][:1]
        if len(places) != 1:
            problem = "has no column" if not places else f"has {len(places)} columns"
            message = f"{name} {problem} “{heading}”, which the map calls {field}."
            which = f"Write “{heading} (1)” for the first of them. " if places else ""
            fix = f"{which}The headings in line {line} are: {'; '.join(headings)[:300]}."
            findings.append(
                error("ledger.column", message, fix, Place(workbook=name, column=heading))
            )
        else:
            at[field] = places[0]
    return at if len(at) == len(told.columns.named) else None
