"""A ledger read: a file's bytes, or a workbook's sheets, to rows of Actuals.

What was read is accounted for twice: by rows, and by the amount column added up by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from icbudget.findings import Place, error
from icbudget.ledger_import.column_total import column_pence
from icbudget.ledger_import.imported_ledger import Ledger
from icbudget.ledger_import.ledger_amounts import has_decimal_comma
from icbudget.ledger_import.ledger_codes import Codes, folded
from icbudget.ledger_import.ledger_findings import findings_of
from icbudget.ledger_import.ledger_headings import (
    Headings,
    Start,
    doubts,
    has_headings,
    read_headings,
    start_in_lines,
    start_in_sheet,
    texts_of,
)
from icbudget.ledger_import.ledger_map import LedgerMap
from icbudget.ledger_import.ledger_months import date_order
from icbudget.ledger_import.ledger_records import (
    Record,
    lines_of,
    records,
    sheet_records,
    text_of,
)
from icbudget.ledger_import.row_reader import RowReader
from icbudget.plan import Plan
from icbudget.plan.cell_values import clean

LARGEST = 200_000_000
"""Bytes of the largest ledger that is read."""
_LINE_END = re.compile("\r\n|\r|\n")

Sheets = Mapping[str, Mapping[int, Sequence[str]]]
"""The sheets of a workbook by name, each with the cells of its rows by their number, as texts."""


def read_ledger(
    content: bytes | Sheets, ledger_map: LedgerMap, plan: Plan, year: str, name: str
) -> Ledger:
    """Return the ledger of a CSV file's bytes, or of a workbook's sheets.

    `year`: the financial year of periods that name none; rows of every year of the plan are taken.
    Findings: a file that cannot be read, mapped columns that are missing or there twice, rejects by
    reason with their first line, a control total that does not agree.
    """
    ledger = Ledger(name)
    parts = (
        _parts_of_text(content, ledger_map, ledger)
        if isinstance(content, bytes)
        else _parts_of_sheets(content, ledger_map, ledger)
    )
    if parts is None:
        return ledger
    start, first_line, rows = parts
    headings = read_headings(start.rows, first_line, ledger_map, plan.years, name, ledger.findings)
    if headings is None:
        return ledger
    ledger.headings = headings.texts
    filled = [row for row in rows if not row.blank]
    # Before any row: a ledger in thousands would be taken whole, each row in good order.
    doubt = doubts(headings, first_line, filled, ledger_map, name)
    if doubt is not None:
        ledger.findings.append(doubt)
        return ledger
    decimal_comma = _has_decimal_comma(filled, headings, ledger_map)
    order = date_order(_texts(filled, headings, "date"), plan.years)
    codes = Codes(ledger_map, plan, year, decimal_comma=decimal_comma, order=order)
    reader = RowReader(ledger, codes, headings)
    reader.read(filled)
    _account(ledger, rows, reader)
    second = column_pence(
        filled,
        start.delimiter,
        headings.columns,
        headings.months,
        ledger_map,
        decimal_comma=decimal_comma,
    )
    ledger.column_pence = sum(
        pence for line, pence in second.items() if line not in reader.without_amount
    )
    ledger.findings.extend(findings_of(ledger, ledger_map, order))
    return ledger


_Parts = tuple[Start, int, list[Record]]
"""Where the headings stand, the number of their line, and the records below them."""


def _parts_of_text(content: bytes, ledger_map: LedgerMap, ledger: Ledger) -> _Parts | None:
    text = text_of(content, ledger_map, ledger.name, ledger.findings)
    if text is None:
        return None
    ledger.size = len(content)
    ledger.lines = len(_LINE_END.findall(text)) + (text[-1:] not in ("\r", "\n"))
    lines, declared = lines_of(text)
    start = start_in_lines(lines, ledger_map, declared)
    first = start.at + start.lines
    ledger.other_lines = first
    width = len(texts_of(start.rows))
    return start, start.at + 1, list(records(lines, first, start.delimiter, width))


def _parts_of_sheets(sheets: Sheets, ledger_map: LedgerMap, ledger: Ledger) -> _Parts | None:
    """Return the parts of the map's sheet, else of the first that has every mapped heading."""
    named = {folded(name): name for name in sheets}
    if ledger_map.sheet and folded(ledger_map.sheet) not in named:
        message = f"There is no sheet “{ledger_map.sheet}”."
        fix = f"Name one of its sheets in the map: {'; '.join(sheets)[:300]}."
        ledger.findings.append(error("ledger.sheet", message, fix, Place(workbook=ledger.name)))
        return None
    names = [named[folded(ledger_map.sheet)]] if ledger_map.sheet else list(sheets)
    candidates = []
    for name in names:
        rows = sheet_records(sheets[name])
        start = start_in_sheet(rows, ledger_map)
        candidates.append((has_headings(start.rows, ledger_map), start, rows))
    # with no sheet that has the headings, the first one's finding says what is missing
    _, start, rows = next((one for one in candidates if one[0]), candidates[0])
    first = start.at + start.lines
    ledger.lines = len(rows)
    ledger.other_lines = min(first, len(rows))
    first_line = rows[start.at].line if start.at < len(rows) else 1
    return start, first_line, rows[first:]


def _texts(rows: Iterable[Record], headings: Headings, part: str) -> Iterator[str]:
    column = headings.columns.get(part)
    if column is None:
        return
    for row in rows:
        if column < len(row.cells):
            yield clean(row.cells[column])


def _has_decimal_comma(rows: Sequence[Record], headings: Headings, ledger_map: LedgerMap) -> bool:
    """Return whether amounts have a decimal comma: as the map says, else as every amount shows."""
    if ledger_map.decimal_comma is not None:
        return ledger_map.decimal_comma
    parts = ("amount", "debit", "credit")
    texts = chain.from_iterable(_texts(rows, headings, part) for part in parts)
    return has_decimal_comma(chain(texts, _texts_of_months(rows, headings)))


def _texts_of_months(rows: Iterable[Record], headings: Headings) -> Iterator[str]:
    for row in rows:
        for column in headings.months:
            if column < len(row.cells):
                yield row.cells[column]


def _account(ledger: Ledger, rows: Sequence[Record], reader: RowReader) -> None:
    """Count the lines of the file that rows fill, and those that are blank."""
    for row in rows:
        if row.blank:
            ledger.other_lines += row.lines
        else:
            ledger.row_lines += row.lines
    ledger.actuals = tuple(reader.actuals())


WHY_IT_MATTERS = {
    "ledger.sheet": "The sheet that is to be read is not in the file, so nothing is taken.",
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
