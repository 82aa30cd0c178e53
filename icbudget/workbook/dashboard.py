"""The Dashboard: the figures a committee asks for first, the first findings, and the charts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from icbudget.plan import Plan
from icbudget.workbook import layout
from icbudget.workbook.chartfigures import Series
from icbudget.workbook.charts import HEIGHT, WIDTH, charts_of
from icbudget.workbook.checking import Checking
from icbudget.workbook.comparisons import Placed
from icbudget.workbook.native import Area, Figure, text
from icbudget.workbook.outputs import write_figure, write_top
from icbudget.workbook.styles import Styles, by_unit, fit_height, printable, verdict
from icbudget.workbook.totals import line

_WIDTHS = (58, 22, 22, 14, 66)
_FINDINGS = 5
_TOTALS = (
    ("Income of the pools", "ICB_FUNDING", "Income"),
    ("Spending from the pools", "ICB_BALANCE", "Spend"),
    ("Carried forward at the end of the year", "ICB_BALANCE", "Close"),
    ("Payments for acute activity, do nothing", "ICB_ACUTE", "Do-nothing payment"),
    ("Payments for acute activity, plan", "ICB_ACUTE", "Plan payment"),
    ("Contract saving: what commissioners stop paying", "ICB_RELEASE", "Contract saving"),
    ("System release: what providers stop spending", "ICB_RELEASE", "System release"),
    ("Stranded cost: what providers still spend unpaid", "ICB_RELEASE", "Stranded cost"),
    ("Moved from acute activity into the pools", "ICB_REALLOCATE", "Moved into the pool"),
    ("Net spending of the whole system, do nothing", "ICB_BRIDGE", "Do nothing"),
    ("Net spending of the whole system, plan", "ICB_BRIDGE", "Plan"),
    ("Unfunded gap of the whole system (below zero: money to spare)", "ICB_BRIDGE", "Unfunded gap"),
    ("Minimum spends that are not met", "ICB_MINIMUMS", "Minimums that are not met"),
)


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A line of the Dashboard: its words, the figure of the base year and of the last year, its unit, where it comes from."""

    words: str
    base: Figure | None
    last: Figure
    unit: str
    source: str


def key_figures(plan: Plan, placed: Placed) -> Iterable[KeyFigure]:
    """Return the key figures of the answers that the workbook holds."""
    for words, id, label in _TOTALS:
        if id in placed:
            area, lines = placed[id]
            first, last = area.block.columns[0], area.block.columns[-1]
            unit = next(total.unit for total in lines if total.label == label)
            yield KeyFigure(words, line(area, lines, label, first), line(area, lines, label, last), unit, f"Sheet {area.sheet}")
    if "ICB_APPRAISE" in placed:
        area = placed["ICB_APPRAISE"][0]
        for view in ("Commissioner cash", "System cash"):
            value = area.sum("Value", View=text(view), Measure=text("Net present value"))
            yield KeyFigure(f"Net present value over the plan, {view.lower()}", None, value, "£", f"Sheet {area.sheet}")


def write_dashboard(
    sheet: Any, book: Any, styles: Styles, plan: Plan, placed: Placed, told: Checking, drawn: Mapping[str, Series]
) -> None:
    """Write the Dashboard: state, key figures, first findings, charts; the charts begin on a page of their own."""
    write_top(sheet, styles, layout.DASHBOARD, f"{plan.setup.title}: what it comes to")
    for at, width in enumerate(_WIDTHS):
        sheet.set_column(at, at, width)
    sheet.write_string(3, 0, "Master check", styles.strong)
    write_figure(sheet, 3, 1, Figure(layout.MASTER_CHECK, told.master), styles.total("General", bold=True))
    verdict(sheet, styles, 3, 1, 3)
    sheet.write_string(4, 0, "Is Python connected?", styles.strong)
    write_figure(sheet, 4, 1, Figure(layout.CONNECTED, told.connection), styles.label())
    row = _write_key_figures(sheet, styles, plan, placed, 6)
    row = _write_findings(sheet, styles, told, row + 1)
    sheet.set_h_pagebreaks([row + 1])
    sheet.write_string(row + 1, 0, "Charts", styles.subtitle)
    for number, (chart, words) in enumerate(charts_of(book, drawn)):
        place = {"description": words, "object_position": 3, "x_offset": (number % 2) * (WIDTH + 10), "decorative": False}
        sheet.insert_chart(row + 2 + (number // 2) * (HEIGHT // 20 + 1), 0, chart, place)
    printable(sheet, plan.setup.title)
    sheet.set_print_scale(70)  # not fitted to a page: that would undo the page break before the charts


def _write_key_figures(sheet: Any, styles: Styles, plan: Plan, placed: Placed, row: int) -> int:
    """Write the key figures; return the row below them."""
    sheet.write_string(row, 0, "Key figures, by ordinary Excel formulas", styles.subtitle)
    areas = [area for area, _ in placed.values() if len(area.block.columns) > 1]
    heads = [Figure(areas[0].cell(-1, areas[0].block.columns[at]), areas[0].block.columns[at]) for at in (0, -1)] if areas else []
    for at, heading in enumerate(("Figure", *heads, "Unit", "Where it comes from")):
        if isinstance(heading, Figure):
            write_figure(sheet, row + 1, at, heading, styles.heading(over_numbers=True))
        else:
            sheet.write_string(row + 1, at, heading, styles.heading())
    row += 2
    for figure in key_figures(plan, placed):
        sheet.write_string(row, 0, figure.words, styles.label())
        if figure.base:
            write_figure(sheet, row, 1, figure.base, styles.total(by_unit(figure.unit)))
        else:
            sheet.write_blank(row, 1, None, styles.total())
        write_figure(sheet, row, 2, figure.last, styles.total(by_unit(figure.unit)))
        sheet.write_string(row, 3, figure.unit, styles.label())
        sheet.write_string(row, 4, figure.source, styles.label())
        row += 1
    return row


def _write_findings(sheet: Any, styles: Styles, told: Checking, row: int) -> int:
    """Write the first findings, which are the gravest; return the row below them."""
    area: Area = told.findings
    severity, where, finding, _, effect = area.block.headings
    sheet.write_string(row, 0, "The first findings; all of them stand on Checks", styles.subtitle)
    for at, heading in enumerate((where, severity, effect, "", finding)):
        sheet.write_string(row + 1, at, heading, styles.heading())
    verdict(sheet, styles, row + 2, 1, row + 1 + _FINDINGS)
    for number in range(_FINDINGS):
        labels = area.block.rows[number].labels if number < len(area.block.rows) else ("",) * len(area.block.headings)
        values = dict(zip(area.block.headings, labels, strict=True))
        for at, heading in enumerate((where, severity, effect, "", finding)):
            if heading:
                write_figure(
                    sheet, row + 2 + number, at, Figure(f'{area.cell(number, heading)}&""', values[heading]), styles.answer()
                )
            else:
                sheet.write_blank(row + 2 + number, at, None, styles.answer())
        fit_height(sheet, row + 2 + number, [(values[finding], _WIDTHS[4]), (values[where], _WIDTHS[0])])
    return row + 2 + _FINDINGS
