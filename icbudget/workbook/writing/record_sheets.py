"""The Postings and Run record sheets of a results workbook.

They hold every pound, and what an auditor needs to make it again.
"""

from __future__ import annotations

import math
from typing import Any

import icbudget
from icbudget import reference
from icbudget.answers.case import Case
from icbudget.answers.simulated_ranges import drawn_with
from icbudget.answers.unread_figures import ledger_of
from icbudget.findings import Severity
from icbudget.plan.identity import FIGURES_HASH_VERSION, PLAN_HASH_VERSION
from icbudget.workbook.layout import POSTINGS, RUN_RECORD
from icbudget.workbook.writing.answer_sheets import write_cell, write_top
from icbudget.workbook.writing.print_setup import fit_height, printable
from icbudget.workbook.writing.styles import POUNDS_PENCE, Styles

_POSTING_HEADINGS = (
    "Year",
    "Partner",
    "Pool",
    "Source of funding",
    "Line",
    "Basis",
    "Kind",
    "Amount (£)",
    "Rests on",
)
PLAN_HASH, HASH_VERSION = "Plan hash (SHA-256)", "Version of the plan hash"
FIGURES_HASH, FINDINGS_COUNTED = "Figures hash (SHA-256)", "Findings"
"""Lines of the run record that `verify` looks at on their own."""
_RECORD_WIDTHS = (54, 90)
_POSTINGS_A_PAGE = 40
"""Postings on a page, about: they are then printed at 7 points or more."""
_POSTING_WIDTHS = (10, 14, 14, 30, 34, 8, 16, 18, 84)


def write_postings(sheet: Any, styles: Styles, case: Case) -> None:
    """Write the ledger as an Excel Table, amounts in £ with their sign as posted."""
    write_top(
        sheet,
        styles,
        POSTINGS,
        "Every pound of the plan: who, where, why, and the figures of the plan it rests on.",
    )
    ledger = ledger_of(case)
    for number, p in enumerate(ledger, start=5):
        for at, label in enumerate((p.year, p.partner, p.pool, p.source, p.line, p.basis, p.kind)):
            sheet.write_string(number, at, label, styles.answer())
        write_cell(sheet, number, 7, p.pence / 100, styles.answer(POUNDS_PENCE))
        # A cell holds 32,767 letters.
        sheet.write_string(number, 8, "; ".join(p.rests_on)[:32_000], styles.unwrapped())
        words = (p.year, p.partner, p.pool, p.source, p.line, p.basis, p.kind)
        fit_height(sheet, number, zip(words, _POSTING_WIDTHS, strict=False))
    columns = [
        {"header": heading, "header_format": styles.heading()} for heading in _POSTING_HEADINGS
    ]
    last = 4 + max(1, len(ledger))
    sheet.add_table(
        4, 0, last, len(columns) - 1, {"name": "Postings", "columns": columns, "style": None}
    )
    for at, width in enumerate(_POSTING_WIDTHS):
        sheet.set_column(at, at, width)
    sheet.freeze_panes(5, 0)
    sheet.print_area(
        0, 0, last, len(columns) - 2
    )  # what a posting rests on runs on too long for paper
    printable(sheet, case.plan.setup.title, widths=_POSTING_WIDTHS[:-1], repeat_rows=(4, 4))
    sheet.fit_to_pages(1, math.ceil(last / _POSTINGS_A_PAGE))


def write_record(sheet: Any, styles: Styles, case: Case) -> None:
    """Write what made the workbook.

    It is the version, the plan's hash, its scenario, its findings, and the reference tables
    shipped.
    """
    write_top(
        sheet,
        styles,
        RUN_RECORD,
        "What made this workbook; the same plan, version and tables give the same bytes again.",
    )
    counted = {s: sum(f.severity is s for f in case.findings) for s in Severity}
    drawn = drawn_with(case.worked.plan)
    lines = [
        ("icbudget version", icbudget.__version__),
        (PLAN_HASH, case.hash),
        (HASH_VERSION, PLAN_HASH_VERSION),
        (FIGURES_HASH, case.figures_hash),
        ("Version of the figures hash", FIGURES_HASH_VERSION),
        ("Scenario", case.plan.setup.active_scenario or "The plan itself"),
        (
            "Draws and seed",
            f"{drawn[0]:,}, {drawn[1]}" if drawn else "None: nothing is drawn at random",
        ),
        (
            FINDINGS_COUNTED,
            "; ".join(f"{n} {severity}{'s' if n != 1 else ''}" for severity, n in counted.items()),
        ),
        *(
            (f"Reference table: {v.title}", f"{v.vintage} (SHA-256 {v.sha256[:16]})")
            for v in reference.versions()
        ),
    ]
    for number, (label, value) in enumerate(lines, start=4):
        sheet.write_string(number, 0, label, styles.answer())
        sheet.write_string(number, 1, value, styles.answer())
        fit_height(sheet, number, zip((label, value), _RECORD_WIDTHS, strict=True))
    for at, width in enumerate(_RECORD_WIDTHS):
        sheet.set_column(at, at, width)
    printable(sheet, case.plan.setup.title, widths=_RECORD_WIDTHS)
