"""The Postings sheet: names where people read, and ids in columns of their own behind them."""

from __future__ import annotations

from icbudget.answers.unread_figures import ledger_of
from icbudget.workbook.writing.build import build
from tests.workbook.opened import with_sheets
from tests.workbook.plans import rich, rich_blocks, rich_case


def test_postings_have_names_and_ids_behind_them():
    content = build(rich(), dict(rich_blocks()), live=False, case=rich_case())
    sheet = with_sheets(content, "Postings", values=True)["Postings"]
    headings, *rows = [list(row) for row in sheet.iter_rows(min_row=5, values_only=True)]
    at = {heading: number for number, heading in enumerate(headings)}
    names = {row.id: row.name or row.id for row in rich().partners}
    pools = {row.id: row.name or row.id for row in rich().pools}
    ledger = ledger_of(rich_case())
    assert len(rows) == len(ledger) > 100
    for row, posting in zip(rows, ledger, strict=True):
        assert (row[at["Partner id"]] or "") == posting.partner
        assert (row[at["Partner"]] or "") == names.get(posting.partner, posting.partner)
        assert (row[at["Pool"]] or "") == pools.get(posting.pool, posting.pool)
        assert (row[at["Line id"]] or "") == posting.line
        assert row[at["Amount (£)"]] == posting.pence / 100
    # an activity line and a programme are called by their names
    called = {row[at["Line"]] for row in rows}
    assert {row.name for row in rich().acute_lines if row.id == "AE"} <= called
    assert {row.name for row in rich().programmes if row.id == "falls"} <= called
