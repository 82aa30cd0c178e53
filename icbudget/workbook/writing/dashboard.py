"""The Dashboard: on one screen and one page, the figures a committee asks for first, the goals, the
findings and the charts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from icbudget import glossary
from icbudget.answers import catalogue
from icbudget.answers.block import Block
from icbudget.answers.simulated_ranges import OVER_PLAN
from icbudget.engine.accounts.bridge import ASSUMED
from icbudget.engine.uncertainty.outcomes import NET_CASH, SYSTEM
from icbudget.plan import Plan
from icbudget.workbook import layout
from icbudget.workbook.writing.answer_sheets import write_figure, write_top
from icbudget.workbook.writing.answer_totals import line
from icbudget.workbook.writing.chart_series import Series
from icbudget.workbook.writing.checks_sheet import Checking
from icbudget.workbook.writing.cross_checks import Placed
from icbudget.workbook.writing.excel_charts import HEIGHT, WIDTH, charts_of
from icbudget.workbook.writing.formulas import Area, Figure, text
from icbudget.workbook.writing.print_setup import fit_height, printable
from icbudget.workbook.writing.styles import ACTIVITY, THOUSANDS, Styles, by_unit, verdict

_WIDTHS = (50, 12, 12, 22, 1)
_GOALS, _FINDINGS = 5, 5
_ACROSS = 3
"""Charts side by side, so that all of them stand on one screen and one page."""
_SPAN = 3
"""The column that the last words of a table may run over to, counted from 0."""
_TOTALS = (
    ("Income of the pools", catalogue.BALANCES, glossary.INCOME),
    ("Spending from the pools", catalogue.BALANCES, glossary.SPEND),
    ("Carried forward at the end of the year", catalogue.BALANCES, glossary.CLOSE),
    ("Payments for acute activity, do nothing", catalogue.ACTIVITY, glossary.DO_NOTHING_PAYMENT),
    ("Payments for acute activity, plan", catalogue.ACTIVITY, glossary.PLAN_PAYMENT),
    (
        f"{glossary.CONTRACT_SAVING_NET}: what commissioners pay less",
        catalogue.CASH_RELEASED,
        glossary.CONTRACT_SAVING_NET,
    ),
    (
        f"{glossary.GROSS_RELEASE}: what providers stop spending",
        catalogue.CASH_RELEASED,
        glossary.GROSS_RELEASE,
    ),
    (
        f"{glossary.REPLACEMENT_COST}: activity in its place",
        catalogue.CASH_RELEASED,
        glossary.REPLACEMENT_COST,
    ),
    (
        f"{glossary.NET_RELEASE}: gross release less that",
        catalogue.CASH_RELEASED,
        glossary.NET_RELEASE,
    ),
    (
        f"{glossary.STRANDED_COST}: what providers still spend unpaid",
        catalogue.CASH_RELEASED,
        glossary.STRANDED_COST,
    ),
    ("Moved from acute activity into the pools", catalogue.REALLOCATION, glossary.MOVED_INTO_POOL),
    ("Net spending of the whole system, do nothing", catalogue.BRIDGE, glossary.DO_NOTHING),
    ("Net spending of the whole system, plan", catalogue.BRIDGE, glossary.PLAN),
    ("Gap of the year, whole system (below zero: spare)", catalogue.BRIDGE, glossary.GAP_OF_YEAR),
    ("Gap to date, whole system (below zero: spare)", catalogue.BRIDGE, glossary.GAP_TO_DATE),
    ("Minimum spends that are not met", catalogue.MINIMUM_SPEND, "Minimums that are not met"),
)


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A line of the Dashboard: its words, the figure of the base year and of the last year, its
    unit, the sheet behind it.
    """

    words: str
    base: Figure | None
    last: Figure
    unit: str
    sheet: str

    @property
    def shown(self) -> tuple[str, str]:
        """Return unit and number format as the Dashboard shows them: money in £000."""
        return ("£000", THOUSANDS) if self.unit == "£" else (self.unit, by_unit(self.unit))


def key_figures(plan: Plan, placed: Placed) -> Iterable[KeyFigure]:
    """Return the key figures of the answers that the workbook holds."""
    for words, answer, label in _TOTALS:
        if answer in placed:
            area, lines = placed[answer]
            first, last = area.block.columns[0], area.block.columns[-1]
            unit = next(total.unit for total in lines if total.label == label)
            if label in (glossary.GAP_OF_YEAR, glossary.GAP_TO_DATE):
                words += _on_what(area.block)
            yield KeyFigure(
                words,
                line(area, lines, label, first),
                line(area, lines, label, last),
                unit,
                area.sheet,
            )
    if catalogue.CASH_RELEASED in placed:
        area = placed[catalogue.CASH_RELEASED][0]
        base, end = (
            area.sum(area.block.columns[at], figure=text(glossary.BED_DAYS_RELEASED))
            for at in (0, -1)
        )
        yield KeyFigure(
            "Capacity released: bed days freed for others", base, end, "bed days", area.sheet
        )
    if catalogue.APPRAISAL in placed:
        area = placed[catalogue.APPRAISAL][0]
        for view in (glossary.COMMISSIONER_CASH, glossary.SYSTEM_CASH):
            value = area.sum("Value", view=text(view), measure=text(glossary.NET_PRESENT_VALUE))
            yield KeyFigure(
                f"Net present value over the plan, {view.lower()}", None, value, "£", area.sheet
            )
    if catalogue.SIMULATION in placed:
        area = placed[catalogue.SIMULATION][0]
        for name in ("P10", "P50", "P90"):
            value = area.sum(
                OVER_PLAN, whose=text(SYSTEM), figure=text(NET_CASH), measure=text(name)
            )
            yield KeyFigure(
                f"Net cash over the plan, {name} of the draws", None, value, "£", area.sheet
            )


def _on_what(bridge: Block) -> str:
    """Return that a gap stands on an assumption, where no envelope states the system's funding."""
    (bases,) = bridge.where(partner=SYSTEM, step=glossary.BASIS_OF_FUNDING)
    return f"; {ASSUMED}" if ASSUMED in bases.values else ""


def write_dashboard(
    sheet: Any,
    book: Any,
    styles: Styles,
    plan: Plan,
    placed: Placed,
    told: Checking,
    drawn: Mapping[str, Series],
) -> None:
    """Write the Dashboard: state, key figures, goals and first findings at the left, charts at the
    right, on one page.
    """
    write_top(sheet, styles, layout.DASHBOARD, f"{plan.setup.title}: what it comes to")
    for at, width in enumerate(_WIDTHS):
        sheet.set_column(at, at, width)
    sheet.write_string(3, 0, "Master check", styles.strong)
    write_figure(
        sheet, 3, 1, Figure(layout.MASTER_CHECK, told.master), styles.total("General", bold=True)
    )
    verdict(sheet, styles, 3, 1, 3)
    sheet.write_string(4, 0, "Is Python connected?", styles.strong)
    write_figure(sheet, 4, 1, Figure(layout.CONNECTED, told.connection), styles.label())
    for at in (2, 3):
        sheet.write_blank(4, at, None, styles.label())
    row = _write_key_figures(sheet, styles, plan, placed, 6)
    if catalogue.GOAL_TRACKER in placed:
        row = _write_goals(sheet, styles, plan, placed[catalogue.GOAL_TRACKER][0], row + 1)
    _write_findings(sheet, styles, told, row + 1)
    for number, (chart, words) in enumerate(charts_of(book, drawn)):
        corner = {
            "x_offset": (number % _ACROSS) * (WIDTH + 6),
            "y_offset": (number // _ACROSS) * (HEIGHT + 6),
        }
        sheet.insert_chart(
            3,
            len(_WIDTHS),
            chart,
            {"description": words, "object_position": 3, "decorative": False, **corner},
        )
    sheet.set_zoom(75)
    printable(sheet, plan.setup.title)
    sheet.set_margins(left=0.25, right=0.25, top=0.75, bottom=0.6)
    sheet.fit_to_pages(1, 1)


def _write_key_figures(sheet: Any, styles: Styles, plan: Plan, placed: Placed, row: int) -> int:
    """Write the key figures, each a link to the sheet behind it; return the row below them."""
    sheet.write_string(
        row, 0, "Key figures, by ordinary Excel formulas; click one for its sheet", styles.subtitle
    )
    areas = [area for area, _ in placed.values() if len(area.block.columns) > 1]
    heads = (
        [
            Figure(areas[0].cell(-1, areas[0].block.columns[at]), areas[0].block.columns[at])
            for at in (0, -1)
        ]
        if areas
        else []
    )
    for at, heading in enumerate(("Figure", *heads, "Unit")):
        if isinstance(heading, Figure):
            write_figure(sheet, row + 1, at, heading, styles.heading(over_numbers=True))
        else:
            sheet.write_string(row + 1, at, heading, styles.heading())
    row += 2
    for figure in key_figures(plan, placed):
        unit, number_format = figure.shown
        sheet.write_url(
            row,
            0,
            f"internal:{layout.quoted(figure.sheet)}!A1",
            styles.linked_label(),
            figure.words,
        )
        if figure.base:
            write_figure(sheet, row, 1, figure.base, styles.total(number_format))
        else:
            sheet.write_blank(row, 1, None, styles.total())
        write_figure(sheet, row, 2, figure.last, styles.total(number_format))
        sheet.write_string(row, 3, unit, styles.label())
        row += 1
    return row


def _write_goals(sheet: Any, styles: Styles, plan: Plan, area: Area, row: int) -> int:
    """Write the first goals with their target, date and verdict; return the row below them."""
    block = area.block
    each = len(block.rows) // len(plan.goals) if plan.goals else 0
    sheet.write_string(row, 0, f"Goals; all of them stand on {area.sheet}", styles.subtitle)
    for at, heading in enumerate(("Goal", "Target", "By", "Verdict")):
        sheet.write_string(row + 1, at, heading, styles.heading(over_numbers=at == 1))
    for number in range(min(_GOALS, max(len(plan.goals), 1))):
        goal = plan.goals[number] if number < len(plan.goals) else None
        here, position = row + 2 + number, f"ROWS($A$1:$A${number + 1})"
        measure, target, date = (
            f"INDEX({layout.column_reference('goals', n)},{position})"
            for n in ("measure", "target", "target_year")
        )
        said = block.rows[each * (number + 1) - 1].labels[2] if goal else ""
        verdict_cell = area.cell(max(each * (number + 1) - 1, 0), "Figure")
        write_figure(
            sheet, here, 0, Figure(f'{measure}&""', goal.measure if goal else ""), styles.answer()
        )
        write_figure(
            sheet,
            here,
            1,
            Figure(f"N({target})", goal.target if goal else 0.0),
            styles.answer(ACTIVITY),
        )
        write_figure(
            sheet, here, 2, Figure(f'{date}&""', goal.target_year if goal else ""), styles.answer()
        )
        write_figure(sheet, here, 3, Figure(f'{verdict_cell}&""', said), styles.answer())
        fit_height(
            sheet, here, [(goal.measure if goal else "", _WIDTHS[0]), (said, _WIDTHS[_SPAN])]
        )
    return row + 2 + min(_GOALS, max(len(plan.goals), 1))


def _write_findings(sheet: Any, styles: Styles, told: Checking, row: int) -> None:
    """Write the first findings, which are the gravest."""
    area: Area = told.findings
    severity, where, finding, _, effect = area.block.headings
    order = (finding, severity, effect, where)
    sheet.write_string(row, 0, "The first findings; all of them stand on Checks", styles.subtitle)
    for at, heading in enumerate(order):
        sheet.write_string(row + 1, at, heading, styles.heading(over_numbers=heading == effect))
    verdict(sheet, styles, row + 2, 1, row + 1 + _FINDINGS)
    for number in range(_FINDINGS):
        labels = (
            area.block.rows[number].labels
            if number < len(area.block.rows)
            else ("",) * len(area.block.headings)
        )
        values = dict(zip(area.block.headings, labels, strict=True))
        for at, heading in enumerate(order):
            shown = styles.answer() if heading != effect else styles.worth()
            write_figure(
                sheet,
                row + 2 + number,
                at,
                Figure(f'{area.cell(number, heading)}&""', values[heading]),
                shown,
            )
        fit_height(
            sheet,
            row + 2 + number,
            [(values[finding], _WIDTHS[0]), (values[where], _WIDTHS[_SPAN])],
        )
