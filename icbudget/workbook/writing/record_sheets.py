"""The Postings and Run record sheets of a results workbook.

They hold every pound, and what an auditor needs to make it again.
"""

from __future__ import annotations

import math
from typing import Any

import icbudget
from icbudget import reference
from icbudget.answers.case import Case
from icbudget.answers.names import names_of
from icbudget.answers.simulated_ranges import drawn_with
from icbudget.answers.unread_figures import ledger_of
from icbudget.findings import Severity
from icbudget.plan import Plan
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
    "Partner id",
    "Pool id",
    "Line id",
    "Rests on",
)
PLAN_HASH, HASH_VERSION = "Plan hash (SHA-256)", "Version of the plan hash"
FIGURES_HASH, FINDINGS_COUNTED = "Figures hash (SHA-256)", "Findings"
"""Lines of the run record that `verify` looks at on their own."""
_RECORD_WIDTHS = (54, 90)
_POSTINGS_A_PAGE = 40
"""Postings on a page, about: they are then printed at 7 points or more."""
_POSTING_WIDTHS = (10, 28, 28, 30, 34, 8, 16, 18, 14, 14, 34, 84)


def write_postings(sheet: Any, styles: Styles, case: Case) -> None:
    """Write the ledger as an Excel Table, amounts in £ with their sign as posted."""
    write_top(
        sheet,
        styles,
        POSTINGS,
        "Every pound of the plan: who, where, why, and the figures of the plan it rests on.",
    )
    ledger = ledger_of(case)
    partners, pools = (names_of(case.plan, table) for table in ("partners", "pools"))
    lines = _names_of_lines(case.plan)
    label_style, amount_style = styles.answer(), styles.answer(POUNDS_PENCE)
    one_line = styles.unwrapped()
    for number, p in enumerate(ledger, start=5):
        partner, pool = partners.get(p.partner, p.partner), pools.get(p.pool, p.pool)
        line = lines.get(p.line, p.line)
        words = (p.year, partner, pool, p.source, line, p.basis, p.kind)
        for at, label in enumerate(words):
            sheet.write_string(number, at, label, label_style)
        write_cell(sheet, number, len(words), p.pence / 100, amount_style)
        for at, id in enumerate((p.partner, p.pool, p.line), start=len(words) + 1):
            sheet.write_string(number, at, id, label_style)
        # A cell holds 32,767 letters.
        rests_on = "; ".join(p.rests_on)[:32_000]
        sheet.write_string(number, len(words) + 4, rests_on, one_line)
        every = (*words, "", p.partner, p.pool, p.line)
        fit_height(sheet, number, zip(every, _POSTING_WIDTHS, strict=False))
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
    # Ids and what a posting rests on run on too long for paper.
    printed = _POSTING_HEADINGS.index("Amount (£)") + 1
    sheet.print_area(0, 0, last, printed - 1)
    printable(sheet, case.plan.setup.title, widths=_POSTING_WIDTHS[:printed], repeat_rows=(4, 4))
    sheet.fit_to_pages(1, math.ceil(last / _POSTINGS_A_PAGE))


def _names_of_lines(plan: Plan) -> dict[str, str]:
    """Return what people call the lines of postings, by id; a scheme's has its name already.

    An id that rows of two tables have, called otherwise in each, stands for itself.
    """
    names: dict[str, str] = {}
    for table in ("programmes", "acute_lines", "shifts"):
        for id, name in names_of(plan, table).items():
            names[id] = name if names.get(id, name) == name else id
    return names


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
