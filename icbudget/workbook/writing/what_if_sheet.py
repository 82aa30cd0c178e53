"""The What-if sheet: up to eight figures that a person tries, and what they come to for whom.

A figure is chosen by name; *Try* is typed, *Used* is the figure of the plan where Try is blank, so
that a blank and 0 differ on every host. The plan with what is used is one cell, named Tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from icbudget.answers.block import Block, Row
from icbudget.answers.side_by_side import GAIN, GAP_LAST
from icbudget.engine.accounts.bridge import SYSTEM
from icbudget.plan import Plan
from icbudget.plan.figure_names import SEPARATOR, NamedFigure, input_figures
from icbudget.plan.identity import plan_handle
from icbudget.workbook import layout
from icbudget.workbook.writing.answer_sheets import write_master, write_top
from icbudget.workbook.writing.print_setup import fit_height, printable
from icbudget.workbook.writing.stopped import NOT_KEPT, NOT_THERE, STOPS
from icbudget.workbook.writing.styles import BY_KIND, Styles, by_unit
from icbudget.workbook.writing.validation import FIGURE_UNITS, FIGURES

SHOWS = "Change up to eight figures and see who gains and who pays. The plan itself stays as it is."
ROWS = 8
HEADINGS = ("Figure", "Unit", "In the plan", "Try", "Used", "Change")
OUTCOMES = ("What it comes to", "Unit", "In the plan", "What if", "Difference", "")
MOST_PARTNERS = 6
FIRST = 5
"""Row of the first figure, counted from 0; the headings stand above it."""
_WIDTHS = (58, 16, 18, 16, 18, 18)
_SIGNED = '"+"#,##0.##;"−"#,##0.##;"no change"'
_BAR = "#28A197"
_BAR_BELOW = "#F46A25"


def first_figures(plan: Plan) -> list[NamedFigure]:
    """Return the figures that a new sheet begins with.

    They are two effects, and how the first line of activity answers.
    """
    named = {figure.path: figure for figure in input_figures(plan)}
    paths = [f"programmes/{row.id}/effect" for row in plan.programmes[:2]]
    for line in plan.acute_lines[:1]:
        paths += [f"acute_lines/{line.id}/backfill", f"acute_lines/{line.id}/variable_share"]
    figures = [named[path] for path in paths if path in named]
    return [figure for figure in figures if isinstance(figure.value, (int, float))]


def write_what_if(
    sheet: Any, book: Any, styles: Styles, plan: Plan, headlines: Block, master: str
) -> None:
    """Write the sheet, live: its formulas carry what they come to while nothing is tried."""
    for at, width in enumerate(_WIDTHS):
        sheet.set_column(at, at, width)
    write_top(sheet, styles, layout.WHAT_IF, SHOWS, _WIDTHS)
    write_master(sheet, styles, 3, 0, master)
    _write_figures(sheet, book, styles, plan)
    row = FIRST + ROWS
    _write_tried(sheet, book, styles, plan, row)
    _write_outcomes(sheet, styles, plan, headlines, row + 2)
    sheet.freeze_panes(FIRST, 1)
    printable(sheet, plan.setup.title, widths=_WIDTHS)


def _write_figures(sheet: Any, book: Any, styles: Styles, plan: Plan) -> None:
    figures = first_figures(plan)
    columns = [
        {"header": heading, "header_format": styles.heading(over_numbers=at > 1)}
        for at, heading in enumerate(HEADINGS)
    ]
    options = {"name": layout.WHAT_IF_TABLE, "columns": columns, "style": None, "autofilter": False}
    sheet.add_table(FIRST - 1, 0, FIRST + ROWS - 1, len(HEADINGS) - 1, options)
    for at in range(ROWS):
        figure = figures[at] if at < len(figures) else None
        _write_figure(sheet, styles, FIRST + at, figure)
    first, last = FIRST + 1, FIRST + ROWS
    # A line without a figure shows nothing, though its formulas come to 0.
    hidden = {
        "type": "formula",
        "criteria": f'=$A{first}=""',
        "format": book.add_format({"num_format": ";;;"}),
    }
    sheet.conditional_format(f"C{first}:F{last}", hidden)
    choice = {"validate": "list", "source": f"={FIGURES}", "ignore_blank": False}
    choice |= {
        "error_type": "information",
        "error_title": "Another figure",
        "error_message": "It is used if the plan has a figure of that name.",
    }
    sheet.data_validation(f"A{first}:A{last}", choice)


def _write_figure(sheet: Any, styles: Styles, row: int, figure: NamedFigure | None) -> None:
    """Write one line: the figure, its unit, what it is in the plan, what is tried and used."""
    number_format = BY_KIND[figure.column.kind] if figure else "General"
    value = float(figure.value) if figure else 0.0
    name, tried = f"$A{row + 1}", f"$D{row + 1}"
    if figure:
        sheet.write_string(row, 0, figure.name, styles.input())
    else:
        sheet.write_blank(row, 0, None, styles.input())
    known = f"$C{row + 1}"
    no_figure = f'IF({layout.STOPPED}<>"","","{STOPS}no such figure")'
    unit_of = f'IFERROR(INDEX({FIGURE_UNITS},MATCH({name},{FIGURES},0)),"")'
    unit = f'=IF({name}="","",IF({known}="{NOT_THERE}",{no_figure},{unit_of}))&""'
    sheet.write_formula(row, 1, unit, styles.text, figure.column.unit if figure else "")
    in_plan = f'=IF({name}="",0,IFERROR(ICB_FIGURE({layout.PLAN},{name}),"{NOT_THERE}"))'
    sheet.write_dynamic_array_formula(row, 2, row, 2, in_plan, styles.total(number_format), value)
    sheet.write_blank(row, 3, None, styles.input(number_format))
    used = f"=IF(ISBLANK({tried}),$C{row + 1},{tried})"
    sheet.write_formula(row, 4, used, styles.total(number_format), value)
    change = f'=IFERROR($E{row + 1}-$C{row + 1},"{NOT_THERE}")'
    sheet.write_formula(row, 5, change, styles.total(number_format), 0)


def _write_tried(sheet: Any, book: Any, styles: Styles, plan: Plan, row: int) -> None:
    first, last = FIRST + 1, FIRST + ROWS
    figures, used = f"$A${first}:$A${last}", f"$E${first}:$E${last}"
    why = _why_not_tried(f"$C${row + 4}")
    formula = f"=IFERROR(ICB_WITH({layout.PLAN},{figures},{used}),{why})"
    sheet.write_dynamic_array_formula(row, 0, row, 0, formula, styles.total("@"), plan_handle(plan))
    sheet.write_string(row, 1, "The plan with what is used; the cell is named Tried.", styles.text)
    book.define_name(layout.TRIED, f"={layout.quoted(layout.WHAT_IF)}!$A${row + 1}")


def _why_not_tried(outcome: str) -> str:
    """Return the formula of why nothing can be tried: what stops the plan, or which line is wrong.

    A figure that is none has no figure in the plan; it is named, with where to choose another.
    Where an `outcome` of the plan has none either, no line is wrong: the plan is not kept.
    """
    first, last = FIRST + 1, FIRST + ROWS
    names, known = f"$A${first}:$A${last}", f"$C${first}:$C${last}"
    culprit = f'INDEX({names},MATCH("{NOT_THERE}",{known},0))'
    # The cell is in error for a name of nothing and for one of several figures alike.
    named = f'"“"&{culprit}&"” names no figure of the plan, or several: choose one from its list."'
    reason = f'IFERROR({named},"A value under Try is one that its figure cannot have.")'
    reason = f'IF({outcome}="{NOT_THERE}","{NOT_KEPT}",{reason})'
    return f'"{STOPS}"&IF({layout.STOPPED}<>"",{layout.STOPPED},{reason})'


def _write_outcomes(
    sheet: Any, styles: Styles, plan: Plan, headlines: Block, heading_row: int
) -> None:
    for at, heading in enumerate(OUTCOMES):
        sheet.write_string(heading_row, at, heading, styles.heading(over_numbers=at in (2, 3, 4)))
    names = {partner.id: partner.name for partner in plan.partners}
    chosen = list(_chosen(headlines))
    # Where something stands in a column's way, Excel leaves its other lines blank.
    corners = f"ISERROR($C${heading_row + 2})+ISERROR($D${heading_row + 2})"
    for row, line in enumerate(chosen, start=heading_row + 1):
        figure, who = headlines.labels_of(line, "figure", "who")
        name = SEPARATOR.join((figure, names.get(who, who)))
        sheet.write_string(row, 0, name, styles.label(wrap=True))
        fit_height(sheet, row, [(name, _WIDTHS[0])])
        sheet.write_string(row, 1, line.unit, styles.text)
        known = f'IFERROR($D{row + 1}-$C{row + 1},"{NOT_THERE}")'
        difference = f'=IF({corners},"{NOT_THERE}",{known})'
        sheet.write_formula(row, 4, difference, styles.total(_SIGNED), 0)
        sheet.write_formula(row, 5, f"=$E{row + 1}", styles.get(num_format=";;;"), 0)
    _write_columns(sheet, styles, headlines.title, heading_row + 1, chosen)
    gains = [at for at, row in enumerate(chosen) if headlines.label(row, "figure") == GAIN]
    if gains:
        bars = {
            "type": "data_bar",
            "bar_only": True,
            "bar_solid": True,
            "bar_color": _BAR,
            "bar_negative_color": _BAR_BELOW,
        }
        sheet.conditional_format(
            heading_row + 1 + gains[0], 5, heading_row + 1 + gains[-1], 5, bars
        )
    note = "Bars to the right are better for that partner. Rows are named as ICB_FIGURE takes them."
    sheet.write_string(heading_row + len(chosen) + 2, 0, note, styles.text)


def _write_columns(
    sheet: Any, styles: Styles, title: str, first: int, chosen: Sequence[Row]
) -> None:
    """Write the formulas of the outcomes: one call for the plan and one for what is tried.

    Excel asks for every call apart, and on a server each is a message: two, and not two a line.
    """
    if not chosen:
        return
    last = first + len(chosen) - 1
    names = f"$A${first + 1}:$A${last + 1}"
    # As long as the names, so that no line keeps a blank, which a difference takes for a nought.
    unknown = f'IF({names}="","","{NOT_THERE}")'
    stored = [(float(line.values[0] or 0), styles.total(by_unit(line.unit))) for line in chosen]
    for column, of in ((2, layout.PLAN), (3, layout.TRIED)):
        formula = f'=IFERROR(ICB_FIGURE({of},{names},"{title}"),{unknown})'
        value, cell_format = stored[0]
        sheet.write_dynamic_array_formula(first, column, last, column, formula, cell_format, value)
        for row, (value, cell_format) in enumerate(stored[1:], start=first + 1):
            sheet.write_number(row, column, value, cell_format)


def _chosen(headlines: Block) -> Iterator[Row]:
    """Yield what the sheet tells.

    What partners with money at stake gain comes first, then the whole system's figures.
    """
    of_system = headlines.where(figure=GAIN, who=SYSTEM)
    partners = [row for row in headlines.where(figure=GAIN) if row not in of_system]
    at_stake = [row for row in partners if any(row.values)] or partners
    yield from at_stake[:MOST_PARTNERS]
    yield from of_system
    wanted = ("Net release", GAP_LAST, "Avoided in the last year", "Goals met")
    for row in headlines.rows:
        if headlines.label(row, "figure").startswith(wanted) and row.unit:
            yield row
