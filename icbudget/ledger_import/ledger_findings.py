"""What is to be known of a ledger that was read, as findings."""

from __future__ import annotations

from collections.abc import Iterator

from icbudget import money
from icbudget.findings import Finding, Place, error, note, warning
from icbudget.ledger_import.imported_ledger import Ledger, Reject
from icbudget.ledger_import.ledger_map import LedgerMap
from icbudget.ledger_import.ledger_months import DateOrder

_MOST_REASONS = 40
"""Reasons that have a finding of their own; the others are counted in one."""


def findings_of(ledger: Ledger, ledger_map: LedgerMap, order: DateOrder) -> Iterator[Finding]:
    """Yield a finding for each reason of rejects with its first line and its worth.

    Also for rows that are the same, for what was left out, for dates read month first, and for
    totals that do not agree.
    """
    place = Place(workbook=ledger.name)
    if not ledger.rows:
        message = "There are headings and no rows below them, so nothing was booked."
        yield warning("ledger.no-rows", message, "Check the export's dates and filters.", place)
    yield from _of_rejects(ledger)
    if ledger.again:
        yield _of_same_rows(ledger)
    if ledger.left_out:
        rows = f"{ledger.left_out:,} rows were" if ledger.left_out > 1 else "1 row was"
        message = (
            f"{rows} left out on purpose, by the map, as the headings again or as balances"
            f" brought or carried forward,"
            f" {money.in_words(ledger.left_out_pence)} in all."
        )
        fix = "Check the list of rows left out; correct the map where one is spending."
        yield note("ledger.left-out", message, fix, place)
    if order is DateOrder.MONTH_FIRST and not ledger_map.date_format:
        message = "The dates are read month first, as the whole file shows."
        fix = "Check one date against the ledger; if it is wrong, say date_format in the map."
        yield note("ledger.month-first", message, fix, place)
    yield from _of_totals(ledger, ledger_map)


def _of_rejects(ledger: Ledger) -> Iterator[Finding]:
    by_reason: dict[str, list[Reject]] = {}
    for reject in ledger.rejects:
        by_reason.setdefault(reject.reason, []).append(reject)
    fix = "Correct the ledger or the map; until then this money is not in the actuals."
    for reason, rows in list(by_reason.items())[:_MOST_REASONS]:
        known = [row.pence for row in rows if row.pence is not None]
        count = f"{len(rows):,} rows were" if len(rows) > 1 else "1 row was"
        message = f"{count} rejected, first in line {rows[0].line}: {reason}."
        place = Place(workbook=ledger.name, table=ledger.name, row=str(rows[0].line))
        yield warning("ledger.rejected", message, fix, place, sum(known) if known else None)
    more = len(by_reason) - _MOST_REASONS
    if more > 0:
        message = f"Rows were rejected for {more:,} more reasons."
        listed = "Look at the list of rejects, which has them all."
        yield warning("ledger.rejected", message, listed, Place(workbook=ledger.name))


def _of_same_rows(ledger: Ledger) -> Finding:
    one = ledger.again[0]
    worth = sum(row.pence or 0 for row in ledger.again)
    count = f"{len(ledger.again):,} rows are" if len(ledger.again) > 1 else "1 row is"
    message = (
        f"{count} the same in every cell as an earlier one, first line {one.line} as line"
        f" {one.reason}; all are taken."
    )
    place = Place(workbook=ledger.name, table=ledger.name, row=str(one.line))
    fix = "Delete what was exported or booked twice."
    return warning("ledger.same-rows", message, fix, place, worth)


def _of_totals(ledger: Ledger, ledger_map: LedgerMap) -> Iterator[Finding]:
    place = Place(workbook=ledger.name)
    if ledger_map.control_total is not None:
        stated = money.to_pence(ledger_map.control_total)
        read = ledger.read_pence - ledger.left_out_pence
        if stated != read:
            stated_in_words, read_in_words = money.in_words(stated), money.in_words(read)
            message = f"The control total is {stated_in_words}, but {read_in_words} was read."
            fix = "Look for rows that were lost on the way, or whose amount could not be read."
            yield error("ledger.control-total", message, fix, place, read - stated)
    if ledger.column_pence != ledger.read_pence:
        message = (
            f"The amounts come to {money.in_words(ledger.column_pence)} by"
            f" themselves, but {money.in_words(ledger.read_pence)} was read by rows."
        )
        fix = "Look for quotes that are not closed and columns that move; export it again."
        difference = ledger.read_pence - ledger.column_pence
        yield error("ledger.column-total", message, fix, place, difference)


WHY_IT_MATTERS = {
    "ledger.column-total": (
        "Two ways of adding up the same column disagree: rows are split or swallowed, and money"
        " is missing or there twice."
    ),
    "ledger.control-total": (
        "The total that the ledger's owner stated is not what arrived. The difference is"
        " spending that the forecast would not know of."
    ),
    "ledger.left-out": (
        "Lines such as balances brought forward are no spending. They are counted, so that the"
        " file still adds up."
    ),
    "ledger.month-first": (
        "03/04 is March or April. Read the wrong way round, spending falls into other months."
    ),
    "ledger.no-rows": (
        "Nothing spent is possible and unlikely. More often a filter was left on, and the"
        " forecast would be too low."
    ),
    "ledger.rejected": (
        "This money was spent and is not in the actuals. Until it is, the pool looks better"
        " than it is."
    ),
    "ledger.same-rows": (
        "Two identical lines may be two bills or one bill twice. The money differs by the whole"
        " amount."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
