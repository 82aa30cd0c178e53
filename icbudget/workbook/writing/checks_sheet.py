"""The Checks sheet.

It has the state of the workbook, its comparisons, one master check, and every finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from icbudget.answers.block import Block
from icbudget.answers.partner_positions import MADE_OF
from icbudget.glossary import HEADINGS
from icbudget.plan import Plan
from icbudget.plan.modules import SHIFT
from icbudget.workbook import layout
from icbudget.workbook.contents import Contents
from icbudget.workbook.layout import CHECKS
from icbudget.workbook.writing.answer_sheets import write_block, write_figure, write_top
from icbudget.workbook.writing.cross_checks import ALLOWED_POUNDS, ALLOWED_SHARE, Check
from icbudget.workbook.writing.formulas import Area, Figure, number, setting
from icbudget.workbook.writing.print_setup import fit_height, printable
from icbudget.workbook.writing.stopped import (
    STOPS,
    answers_blocked,
    chosen_or_tried,
    number_while_answered,
    stopped,
    tables_deleted,
)
from icbudget.workbook.writing.styles import AGREES, POUNDS_PENCE, Styles, verdict

PROBE = f"ICB_UPLIFT(0*ISERROR({layout.PLAN}),0)"
"""A function call that Excel makes afresh whenever it makes the plan: it fails where Python is not
connected, whatever the plan's own cell comes to. No function is volatile.
"""
CONNECTED, NOT_CONNECTED = (
    "Yes: the answers follow the inputs",
    "No: the answers are those last stored; one that shows #NAME? needs icbudget",
)
VALUES = "Not needed: the answers are values, written by icbudget"
CALCULATING = "calculating"
"""What the master check says while the findings are of another plan than the cell named Plan."""
_CHOSEN = "What-if or Any answer"
_STOPPED_ROWS = ("Tables deleted", "Answers blocked", "What stops the answers", _CHOSEN)
"""Lines below the plan's cell; the last says what was chosen or tried and is none."""
CHECK, SCENARIO, UNCERTAIN = "CHECK", "SCENARIO", "NOT KNOWN"
"""Results of a comparison that does not say `✓ agrees`.

`NOT KNOWN`: one of its figures is an error, so nobody can say that the two differ.
"""
_COUNTED = (
    (CHECK, "total differs", "totals differ"),
    (UNCERTAIN, "total is not known", "totals are not known"),
)
"""Results that the master check counts beside the findings."""
_SEVERITIES = ("Error", "Warning", "Note")
_STATE, _LIST = 4, 17
"""Rows of the state of the workbook and of the headings of the comparisons, counted from 0."""
PLAN_ROW = _STATE + 5
"""Row of the cell named Plan."""
_HEADINGS = (
    "Result",
    "Where",
    "Check",
    "What is compared",
    "Difference",
    "From the inputs",
    "From the answers",
    "Allowed",
)
_FIGURES = 4
"""Column of the comparisons' first figure; the words left of it stand in the columns of the
findings below.
"""
_WIDTHS = (24, 26, 58, 48, 18, 26, 18, 11)


@dataclass(frozen=True, slots=True)
class Checking:
    """What the Checks sheet tells.

    It has the comparisons, the findings as they stand on the sheet, and the result of it all.
    """

    contents: Contents
    checks: tuple[Check, ...]
    findings: Area
    live: bool
    answers: tuple[Area, ...] = ()

    @property
    def plan(self) -> Plan:
        """Return the plan that is checked."""
        return self.contents.plan

    def result(self, check: Check) -> str:
        """Return `✓ agrees` where a comparison agrees.

        Under a scenario, which the inputs do not show, SCENARIO where it does not; NOT KNOWN where
        one of the two figures is not known.
        """
        if not check.known:
            return UNCERTAIN
        return AGREES if check.agrees else SCENARIO if self.plan.setup.active_scenario else CHECK

    def count(self, severity: str) -> int:
        """Return how many findings are of a severity."""
        return len(self.findings.block.where(severity=severity))

    @property
    def connection(self) -> str:
        """Return what is stored about the connection to Python.

        Excel works it out anew when it opens the workbook.
        """
        return NOT_CONNECTED if self.live else VALUES

    @property
    def master(self) -> str:
        """Return in words how many findings there are and how comparisons came out.

        Counted are those that differ and those that nobody can make.
        """
        parts = [_counted(self.count(severity), severity.lower()) for severity in _SEVERITIES]
        results = [self.result(check) for check in self.checks]
        for result, one, many in _COUNTED:
            if result in results:
                parts.append(_counted(results.count(result), one, many))
        return " · ".join(parts)


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def _count_formula(count: str, one: str, many: str = "") -> str:
    return f'{count}&IF({count}=1," {one}"," {many or one + "s"}")'


def checking(
    contents: Contents,
    checks: Sequence[Check],
    block: Block,
    answers: Iterable[Area],
    *,
    live: bool,
) -> Checking:
    """Return what the Checks sheet tells of a plan, its findings put below the comparisons.

    `answers` stand on sheets of their own: of a live workbook it tells what stops them.
    """
    findings = Area(CHECKS, block, _LIST + len(checks) + 3)
    return Checking(contents, tuple(checks), findings, live, tuple(answers))


def write_checks(sheet: Any, book: Any, styles: Styles, checking: Checking, formula: str) -> None:
    """Write the Checks sheet.

    It defines the names of the master check and of the allowed differences.
    """
    write_top(
        sheet,
        styles,
        CHECKS,
        "Whether this workbook adds up, and everything that a person should look at.",
    )
    _write_state(sheet, book, styles, checking)
    _write_comparisons(sheet, styles, checking)
    sheet.write_string(checking.findings.row - 1, 0, checking.findings.block.title, styles.subtitle)
    write_block(sheet, styles, checking.findings, formula)
    for at, width in enumerate(_WIDTHS):
        sheet.set_column(at, at, width)
    for at, row in enumerate(checking.findings.block.rows, start=checking.findings.row + 1):
        fit_height(sheet, at, list(zip(row.labels, _WIDTHS, strict=False)))
    verdict(sheet, styles, _LIST + 1, 0, _LIST + len(checking.checks))
    verdict(sheet, styles, checking.findings.row + 1, 0, checking.findings.row + layout.ANSWER_ROWS)
    printable(sheet, checking.plan.setup.title, widths=_WIDTHS)


def findings_on_one_page(sheet: Any, checking: Checking) -> None:
    """Have only the findings printed, on one page: the Dashboard has the master check beside."""
    area = checking.findings
    columns = len(area.block.headings)
    sheet.print_area(area.row - 1, 0, area.row + len(area.block.rows), columns - 1)
    sheet.fit_to_pages(1, 1)


def _write_state(sheet: Any, book: Any, styles: Styles, checking: Checking) -> None:
    results = f"$A${_LIST + 2}:$A${_LIST + 1 + len(checking.checks)}"
    counts = [f"$B${_STATE + 3 + at}" for at in range(len(_SEVERITIES))]
    parts = [
        _count_formula(count, severity.lower())
        for count, severity in zip(counts, _SEVERITIES, strict=True)
    ]
    master = '&" · "&'.join(parts)
    for result, one, many in _COUNTED:
        count = f'COUNTIF({results},"{result}")'
        master += f'&IF({count}=0,""," · "&{_count_formula(count, one, many)})'
    severities = checking.findings.column(checking.findings.block.headings[0], here=True)
    if checking.live:
        # The findings end with the plan they are of: while that is not Plan's, they are of another.
        finding_words = checking.findings.column(HEADINGS["finding"], here=True)
        of_plan = f'COUNTIFS({severities},"{MADE_OF}",{finding_words},{layout.PLAN})'
        master = f'IF({of_plan}=0,"{CALCULATING}",{master}&{_choices_in_error()})'
        # What stops the answers leads: no count of findings that are not there stands before it.
        master = f'IF({layout.STOPPED}<>"","{STOPS}"&{layout.STOPPED},{master})'
    lines: list[tuple[str, Figure]] = [("Master check", Figure(master, checking.master))]
    lines.append(("Is Python connected?", _connection(checking)))
    for at, severity in enumerate(_SEVERITIES):
        label = f"$A${_STATE + 3 + at}"
        lines.append((severity, Figure(f"COUNTIF({severities},{label})", checking.count(severity))))
    for at, (label, figure) in enumerate(lines, start=_STATE):
        sheet.write_string(at, 0, label, styles.strong)
        cell_format = styles.total("General", bold=at == _STATE)
        if label.startswith("Is Python") and checking.live:
            sheet.write_dynamic_array_formula(
                at, 1, at, 1, f"={figure.formula}", cell_format, figure.value
            )
        elif label.startswith("Is Python"):
            sheet.write_string(at, 1, str(figure.value), cell_format)
        else:
            write_figure(sheet, at, 1, figure, cell_format)
    _write_stopped(sheet, book, styles, checking)
    for at, (label, allowed) in enumerate(
        (
            ("Allowed difference (£)", ALLOWED_POUNDS),
            ("Allowed difference of shares", ALLOWED_SHARE),
        )
    ):
        row = PLAN_ROW + len(_STOPPED_ROWS) + 1 + at
        sheet.write_string(row, 0, label, styles.strong)
        sheet.write_number(row, 1, number(allowed), styles.input("General"))
        book.define_name(allowed.formula, f"={CHECKS}!$B${row + 1}")
    book.define_name(layout.MASTER_CHECK, f"={CHECKS}!$B${_STATE + 1}")
    book.define_name(layout.CONNECTED, f"={CHECKS}!$B${_STATE + 2}")


def _write_stopped(sheet: Any, book: Any, styles: Styles, checking: Checking) -> None:
    """Write what stops the answers of a live workbook, and what was chosen or tried that is none.

    Above them is room for the plan's cell.
    """
    sheet.write_string(PLAN_ROW, 0, "Plan", styles.strong)
    if not checking.live:
        return
    deleted, blocked, stops, _ = (_stopped_cell(at) for at in range(len(_STOPPED_ROWS)))
    formulas = (
        tables_deleted(checking.contents),
        answers_blocked((checking.findings, *checking.answers)),
        stopped(checking.findings, deleted, blocked),
        chosen_or_tried(what_if=SHIFT in checking.contents.modules),
    )
    rows = zip(_STOPPED_ROWS, formulas, strict=True)
    for row, (label, formula) in enumerate(rows, start=PLAN_ROW + 1):
        sheet.write_string(row, 0, label, styles.strong)
        write_figure(sheet, row, 1, Figure(formula, ""), styles.text)
    book.define_name(layout.STOPPED, f"={CHECKS}!{stops}")


def _stopped_cell(at: int) -> str:
    """Return the cell of one of the lines below the plan's cell."""
    return f"$B${PLAN_ROW + 2 + at}"


def _choices_in_error() -> str:
    """Return the formula of what the master check adds where a choice is none."""
    return f'IF({_stopped_cell(len(_STOPPED_ROWS) - 1)}="",""," · {_CHOSEN}: see Checks")'


def _connection(checking: Checking) -> Figure:
    probed = f'IF(ISERROR({PROBE}),"{NOT_CONNECTED}","{CONNECTED}")'
    return Figure(probed if checking.live else "", checking.connection)


def _write_comparisons(sheet: Any, styles: Styles, checking: Checking) -> None:
    """Write each comparison.

    It has its result, where it belongs, what is compared, and the figures behind it.
    """
    from xlsxwriter.utility import xl_rowcol_to_cell

    for at, heading in enumerate(_HEADINGS):
        sheet.write_string(_LIST, at, heading, styles.heading(over_numbers=at >= _FIGURES))
    known = checking.contents.has_column("setup", "active_scenario")
    scenario = setting(checking.plan, "active_scenario").formula if known else '""'
    for row, check in enumerate(checking.checks, start=_LIST + 1):
        apart, inputs, answers, allowed = (xl_rowcol_to_cell(row, _FIGURES + n) for n in range(4))
        agrees = f'IF(ABS({apart})<={allowed},"{AGREES}",IF({scenario}<>"","{SCENARIO}","{CHECK}"))'
        write_figure(
            sheet,
            row,
            0,
            Figure(f'IF(ISERROR({apart}),"{UNCERTAIN}",{agrees})', checking.result(check)),
            styles.label(),
        )
        for at, words in enumerate((check.where, check.name, check.how), start=1):
            sheet.write_string(row, at, words, styles.answer())
        difference = Figure(f"{answers}-{inputs}", check.difference)
        for at, figure in enumerate((difference, check.inputs, check.answers), start=_FIGURES):
            if checking.live:
                figure = number_while_answered(figure, checking.answers)
            write_figure(sheet, row, at, figure, styles.total(POUNDS_PENCE))
        write_figure(sheet, row, _FIGURES + 3, check.allowed, styles.total("General"))
        fit_height(sheet, row, [(check.name, _WIDTHS[2]), (check.how, _WIDTHS[3])])
