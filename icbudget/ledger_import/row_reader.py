"""The walk over a ledger's rows: each is taken, left out on purpose, or rejected with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from icbudget import money
from icbudget.ledger_import.imported_ledger import Ledger, Reject
from icbudget.ledger_import.ledger_amounts import Unreadable
from icbudget.ledger_import.ledger_codes import Codes, Line, folded
from icbudget.ledger_import.ledger_headings import Headings, has_headings, read_headings
from icbudget.ledger_import.ledger_map import LedgerMap
from icbudget.ledger_import.ledger_months import Month
from icbudget.ledger_import.ledger_records import Record
from icbudget.plan.actual import Actual
from icbudget.plan.cell_values import clean

_WORDS = re.compile(r"\s*[^\W\d]\D*\Z")
"""A text with a letter first and no digit in it."""
_OPEN_QUOTE = "a quote is opened and not closed, so its cells are not certain"


class RowReader:
    """The walk over the rows of one ledger."""

    def __init__(self, ledger: Ledger, codes: Codes, headings: Headings) -> None:
        self.ledger = ledger
        self.codes = codes
        self.headings: Headings | None = headings
        self.page_fault = ""
        self.without_amount: set[int] = set()
        """Lines of rows whose amount could not be read."""
        self.booked: dict[tuple[Month, Line], list[int]] = {}
        self.words = _heading_words(headings, codes.map)

    def read(self, rows: Sequence[Record]) -> None:
        """Take, leave out or reject every row."""
        at = 0
        while at < len(rows):
            page_rows = self._new_page(rows[at : at + 2])
            for row in rows[at : at + page_rows]:
                self.ledger.rows += 1
                self.ledger.left_out += 1
                self.without_amount.add(row.line)
            if not page_rows:
                self._row(rows[at])
            at += page_rows or 1

    def _new_page(self, rows: Sequence[Record]) -> int:
        """Return how many rows are headings again; rows below go by where they stand now.

        Headings that lack a mapped one are refused: the rows below would be read by the old
        columns.
        """
        row = rows[0]
        texts = {cell.strip().casefold() for cell in row.cells}
        again = len(texts & self.words) > 1 and not self._has_amount(row)
        if not again and not self._is_other_headings(row):
            return 0
        for count in (1, 2):
            parts = tuple(tuple(clean(cell) for cell in row.cells) for row in rows[:count])
            if len(parts) == count and has_headings(parts, self.codes.map):
                headings = read_headings(
                    parts,
                    row.line,
                    self.codes.map,
                    self.codes.years,
                    self.ledger.name,
                    self.ledger.findings,
                )
                self._turn_to(headings, row.line)
                return count
        read_headings(
            (tuple(clean(cell) for cell in row.cells),),
            row.line,
            self.codes.map,
            self.codes.years,
            self.ledger.name,
            self.ledger.findings,
        )
        self._turn_to(None, row.line)
        return 1

    def _turn_to(self, headings: Headings | None, line: int) -> None:
        self.headings = headings
        if headings is None:
            self.page_fault = f"the headings in line {line} lack a column that the map names"

    def _has_amount(self, row: Record) -> bool:
        if self.headings is None or len(row.cells) <= self.headings.last_column:
            return False
        try:
            self.codes.total(row.cells, self.headings)
        except Unreadable:
            return False
        return not self.headings.months

    def _is_other_headings(self, row: Record) -> bool:
        """Return whether a row has words alone where the code, the amount and the month stand.

        So have the headings of a page that calls its columns otherwise.
        """
        headings = self.headings
        if headings is None or headings.months or len(row.cells) <= headings.last_column:
            return False
        # the amount first: of nearly every row it is no word, and nothing else is looked at
        for part in ("amount", "debit", "credit", "code", "period", "date"):
            column = headings.columns.get(part)
            if column is not None and not _WORDS.match(row.cells[column]):
                return False
        named = self.codes.cell(row.cells, headings, "code") in self.codes.named
        return not named and not self.codes.left_out(row.cells, headings)

    def _row(self, row: Record) -> None:
        """Take one row, leave it out or reject it; it is counted in any case."""
        ledger = self.ledger
        ledger.rows += 1
        pence: int | None = None
        try:
            headings = self._fitting(row)
            ignored = self.codes.left_out(row.cells, headings)
            # a balance is the sum of postings of another page or year: it is spent once, there
            ignored = ignored or self.codes.is_balance(row.cells)
            if not ignored:
                _check_shape(row, headings)
            pence = self._pence(row, headings)
            if ignored:
                ledger.left_out += 1
                ledger.left_out_pence += pence or 0
                ledger.read_pence += pence or 0
                return
            if pence is None:
                raise Unreadable(self._why_no_amount(row, headings))
            ledger.read_pence += pence
            if row.open_quote:
                raise Unreadable(_OPEN_QUOTE)
            line = self.codes.line(row.cells, headings)
            amounts = self.codes.amounts(row.cells, headings, pence)
        except Unreadable as why:
            ledger.rejects.append(Reject(row.line, str(why), pence, row.cells))
            if pence is None:
                self.without_amount.add(row.line)
            return
        ledger.taken += 1
        ledger.taken_pence += pence
        self._book(row, headings, line, amounts)
        self._note_same(row, pence)

    def _fitting(self, row: Record) -> Headings:
        if self.headings is None:
            raise Unreadable(self.page_fault)
        return self.headings

    def _pence(self, row: Record, headings: Headings) -> int | None:
        """Return the row's amount, debit positive; None where it has none that can be read."""
        if len(row.cells) <= headings.last_column:
            self.without_amount.add(row.line)
            return None
        try:
            return self.codes.total(row.cells, headings)
        except Unreadable:
            self.without_amount.add(row.line)
            return None

    def _why_no_amount(self, row: Record, headings: Headings) -> str:
        try:
            self.codes.total(row.cells, headings)
        except Unreadable as why:
            return str(why)
        return "no amount"

    def _book(
        self, row: Record, headings: Headings, line: Line, amounts: Sequence[tuple[Month, int]]
    ) -> None:
        mark = folded(self.codes.cell(row.cells, headings, "accrual"))
        place = 1 if mark in self.codes.accruals else 0
        # a ledger books income as a credit; Actuals have it positive
        sign = 1 if line.kind == "expenditure" else -1
        for month, pence in amounts:
            self.booked.setdefault((month, line), [0, 0])[place] += sign * pence

    def _note_same(self, row: Record, pence: int) -> None:
        first = self.ledger.taken_rows.setdefault(row.cells, (row.line, pence))
        if first[0] != row.line:
            self.ledger.again.append(Reject(row.line, str(first[0]), pence, ()))

    def actuals(self) -> Iterator[Actual]:
        """Yield what was taken as rows of Actuals, in the order of their months and lines."""
        booked = self.booked
        if self.codes.map.cumulative:
            self.ledger.cumulative = True
            booked = _monthly(booked)
        for (month, line), (pence, accrual) in sorted(booked.items()):
            yield Actual(
                year=month[0],
                month=month[1],
                kind=line.kind,
                scheme=line.scheme,
                line=line.line,
                pool=line.pool,
                source=line.source,
                partner=line.partner,
                amount=money.to_pounds(pence),
                accrual=money.to_pounds(accrual),
                evidence=f"Ledger {self.ledger.name}",
            )


def _heading_words(headings: Headings, ledger_map: LedgerMap) -> set[str]:
    """Return the texts that show a row to be headings again, in small letters."""
    words = {headings.texts[column].casefold() for column in headings.columns.values()}
    words |= {headings.texts[column].casefold() for column in headings.months}
    columns = [*headings.columns.values(), *headings.months]
    for row in headings.rows:
        words |= {row[column].casefold() for column in columns if column < len(row)}
    return words - {""}


def _check_shape(row: Record, headings: Headings) -> None:
    """Raise `Unreadable` for a row whose cells cannot be those of the headings."""
    count = len(headings.texts)
    if row.open_quote and len(row.cells) != count:
        raise Unreadable(_OPEN_QUOTE)
    if len(row.cells) <= headings.last_column:
        raise Unreadable(f"the row has {len(row.cells)} cells, the headings have {count}")
    if any(cell.strip() for cell in row.cells[count:]):
        raise Unreadable(
            "the row has more cells than headings: an amount with a comma needs quotes around it"
        )


def _monthly(
    booked: Mapping[tuple[Month, Line], list[int]],
) -> dict[tuple[Month, Line], list[int]]:
    """Return amounts of the year to date as those of each month.

    A month's amount is its amount to date less that of the month before it in the ledger; the first
    holds all that was booked until then.
    """
    monthly: dict[tuple[Month, Line], list[int]] = {}
    before: dict[tuple[str, Line], list[int]] = {}
    for (month, line), to_date in sorted(booked.items()):
        last = before.get((month[0], line), [0, 0])
        monthly[month, line] = [to_date[0] - last[0], to_date[1] - last[1]]
        before[month[0], line] = to_date
    return monthly
