"""The postings and the answers as CSV, for anybody's own sheets.

What a spreadsheet would take for a formula stays text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from icbudget.answers.answered import answers_of, kept
from icbudget.answers.block import Block, Cell
from icbudget.answers.case import Case
from icbudget.answers.unread_figures import ledger_of
from icbudget.plan import PlanTable
from icbudget.plan.columns import Noun, columns_of
from icbudget.plan.unread_cells import NotKnown
from icbudget.report.report_figures import legible, rounded

# What a spreadsheet program may run when the file is opened (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_NOT_SEEN = " \u00a0\u200b\u200c\u200d\u2060\ufeff"
"""What a program may pass over before a formula."""
LEDGER = ("Year", "Partner", "Pool", "Source", "Line", "Basis", "Kind", "Amount £", "Rests on")


def safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    One that begins with = + - @, their full-width forms or a tab gets an apostrophe. Excel set up
    for an East Asian language takes the full-width forms for formulas too.
    """
    clean = legible(text)
    first = clean.lstrip(_NOT_SEEN)
    return f"'{clean}" if first.startswith(FORMULA) or clean.startswith(FORMULA) else clean


def postings_csv(case: Case) -> str:
    """Return the postings, one a row, amounts in pounds with two decimals.

    Where there is no result there are only the headings.
    """
    postings = ledger_of(case) if case.has_answers else ()
    rows: list[Sequence[str]] = [LEDGER]
    for p in postings:
        labels = [safe(t) for t in (p.year, p.partner, p.pool, p.source, p.line, p.basis, p.kind)]
        amount = _figure(p.pence / 100, "£")
        rows.append((*labels, amount, safe("; ".join(p.rests_on))))
    return csv_text(rows)


def tables_csv(case: Case) -> dict[str, str]:
    """Return each answer as CSV by its id.

    Amounts are in pounds with two decimals, percentages as their unit says (40 for 40%). A case
    without a result has only its checks; what depends on a figure that cannot be read says `not
    known`.
    """
    return {answer.id: block_csv(kept(case, answer)) for answer in answers_of(case)}


def block_csv(block: Block) -> str:
    """Return one answer as CSV; see `tables_csv`."""
    return csv_text(_grid(block))


def rows_csv(table: PlanTable, rows: Iterable[Noun]) -> str:
    """Return rows of a plan table as CSV with the headings of its sheet, to be pasted there."""
    columns = [column for column in columns_of(table.noun) if not column.by_year]
    written = [[_written(getattr(row, column.field)) for column in columns] for row in rows]
    return csv_text(([column.heading for column in columns], *written))


def _written(value: object) -> str:
    if value is None:
        return ""
    is_number = isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
    return str(value) if is_number else safe(str(value))


def _grid(block: Block) -> Iterable[Sequence[str]]:
    yield [safe(heading) for heading in block.headings]
    for row in block.rows:
        labels = [safe(label) for label in block.laid_out(row)]
        if not block.columns:
            yield labels
            continue
        unit = () if block.form else (safe(row.unit),)
        columns = zip(row.values, block.columns, strict=True)
        values = [_figure(value, block.unit_of(row.unit, column)) for value, column in columns]
        yield [*labels, *unit, *values]


def _figure(value: Cell, unit: str) -> str:
    if value is None:
        return ""
    if isinstance(value, (str, NotKnown)):
        return safe(str(value))
    if unit.startswith("£"):
        return f"{rounded(value, 2):.2f}"
    # Six decimals, without noughts at their end: 3.5 and not 3.500000.
    return f"{rounded(value * 100 if unit == '%' else value, 6).normalize():f}"


def csv_file(text: str) -> bytes:
    """Return a table of CSV as the bytes of its file."""
    # Excel takes a file of CSV without the mark for Windows-1252, and £ becomes Â£.
    return text.encode("utf-8-sig")


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as the text of a CSV file."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue()
