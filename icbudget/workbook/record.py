"""The Postings and Run record sheets of a results workbook: every pound, and what an auditor needs to make it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from icbudget.engine.ledger import Posting
from icbudget.workbook.layout import POSTINGS, RUN_RECORD
from icbudget.workbook.outputs import write_top
from icbudget.workbook.styles import POUNDS_PENCE, Styles, printable

_POSTING_HEADINGS = ("Year", "Partner", "Pool", "Source of funding", "Line", "Basis", "Kind", "Amount (£)", "Rests on")


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What made a results workbook: version, the plan's hash, the command, the reference tables, and every posting.

    `tables`: vintage of each reference table by its name; `postings`: the ledger, in order.
    """

    version: str
    plan_hash: str
    command: str
    tables: Mapping[str, str] = field(default_factory=dict)
    postings: tuple[Posting, ...] = ()


def write_postings(sheet: Any, styles: Styles, record: RunRecord, title: str) -> None:
    """Write the ledger as an Excel Table, amounts in £ with their sign as posted."""
    write_top(sheet, styles, POSTINGS, "Every pound of the plan: who, where, why, and the figures of the plan it rests on.")
    for number, p in enumerate(record.postings, start=5):
        for at, told in enumerate((p.year, p.partner, p.pool, p.source, p.line, p.basis, p.kind)):
            sheet.write_string(number, at, told, styles.answer())
        sheet.write_number(number, 7, p.pence / 100, styles.answer(POUNDS_PENCE))
        sheet.write_string(number, 8, "; ".join(p.rests_on)[:32_000], styles.answer())
    columns = [{"header": heading, "header_format": styles.heading()} for heading in _POSTING_HEADINGS]
    last = 4 + max(1, len(record.postings))
    sheet.add_table(4, 0, last, len(columns) - 1, {"name": "Postings", "columns": columns, "style": None})
    for at, width in enumerate((10, 14, 14, 32, 34, 8, 16, 18, 60)):
        sheet.set_column(at, at, width)
    sheet.freeze_panes(5, 0)
    printable(sheet, title, repeat_rows=(4, 4))


def write_record(sheet: Any, styles: Styles, record: RunRecord, title: str) -> None:
    """Write what made the workbook, line by line."""
    write_top(sheet, styles, RUN_RECORD, "What made this workbook; the same plan, version and tables give the same bytes again.")
    lines = [("icbudget version", record.version), ("Plan hash (SHA-256)", record.plan_hash), ("Command", record.command)]
    lines += [(f"Reference table: {name}", vintage) for name, vintage in record.tables.items()]
    for number, (label, told) in enumerate(lines, start=4):
        sheet.write_string(number, 0, label, styles.answer())
        sheet.write_string(number, 1, told, styles.answer())
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 1, 90)
    printable(sheet, title)
