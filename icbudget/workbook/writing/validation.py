"""What a cell accepts.

Drop-downs and limits are Excel's data validation, and draw on the Lists sheet.

The lists of every rules year stand side by side; a defined name picks the column of the rules year
that Setup names.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import chain, product
from typing import Any

from icbudget import reference
from icbudget.answers.catalogue import ANSWERS
from icbudget.plan import Plan, cell_values
from icbudget.plan.blanks import BUILT_IN_RULES
from icbudget.plan.columns import Column, Kind, columns_of, limits_of
from icbudget.plan.figure_names import NamedFigure, input_figures
from icbudget.plan.grid import key_columns
from icbudget.plan.headings import FIGURE
from icbudget.plan.scenario_overlay import scenarios_of
from icbudget.reference import LIBRARY
from icbudget.workbook import layout
from icbudget.workbook.contents import Contents
from icbudget.workbook.layout import LISTS, TableSheet
from icbudget.workbook.writing.print_setup import fit_height, printable, width_of
from icbudget.workbook.writing.styles import Styles

RULES_YEARS, YEARS = "lstRulesYear", "lstYears"
_HEADING = 4
_FIRST = 6
"""Rows, counted from 0, of the headings and of the first entry; between them stands how sure a list
is.
"""
_WIDE = 30.0
"""Least width of a list's column, so that how sure it is can be read."""
_BUILT_IN = ("indices", "profiles", "risk_shares")
"""Tables some of whose names are built in, so that a value need not be in their column."""
_TOO_LARGE = float(cell_values.TOO_LARGE)
_NUMERIC = (Kind.MONEY, Kind.PRICE, Kind.NUMBER, Kind.FRACTION, Kind.WHOLE)


def restrict(
    sheet: Any,
    styles: Styles,
    place: TableSheet,
    column: Column | None,
    year: str,
    cells: tuple[int, int, int],
) -> None:
    """Set what the cells of a column accept, given its number, first and last row.

    Where the plan's own reading would warn, Excel warns and lets pass. A table that the workbook
    leaves out limits nothing.
    """
    at, first, last = cells
    rules = styles.holds(layout.main_table("risk_shares").sheet)
    rule = _rule(place, column, year, rules=rules)
    left_out = (
        column
        and column.kind is Kind.REFERENCE
        and column.table != "risk_shares"
        and not styles.holds(layout.main_table(column.table).sheet)
    )
    if rule and not left_out:
        sheet.data_validation(first, at, last, at, rule)


def _rule(
    place: TableSheet, column: Column | None, year: str, *, rules: bool
) -> dict[str, Any] | None:
    """Return what a column accepts; `rules`: the workbook has risk shares of the plan's own."""
    if place.by_year and not year:
        label = key_columns(place.table)[0].label
        return (
            _named(layout.key_list(place.table.field), label)
            if column
            else _list([c.heading for c in layout.yearly(place)], FIGURE)
        )
    if column is None:
        return None
    if column.kind is Kind.YES_NO:
        return _list(["Yes", "No"], column.label)
    if column.choices:
        return _list(list(column.choices), column.label)
    if column.kind is Kind.REFERENCE and column.table == "risk_shares" and not rules:
        return _list([*BUILT_IN_RULES], column.label)
    if column.kind is Kind.REFERENCE:
        return _named(
            layout.key_list(column.table), column.label, stop=column.table not in _BUILT_IN
        )
    if column.choice_list:
        return _named(layout.choice_list(column.choice_list), column.label, stop=False)
    if column.kind is Kind.YEAR:
        return _named(YEARS, column.label, stop=False)
    return _limits(place, column) if column.kind in _NUMERIC else None


def _list(values: list[str], label: str) -> dict[str, Any]:
    options = {
        "error_title": label[:32],
        "error_message": f"Choose one of: {'; '.join(values)}."[:255],
    }
    return {"validate": "list", "source": values, **options}


def _named(name: str, label: str, *, stop: bool = True) -> dict[str, Any]:
    """Return a drop-down over a named column.

    Blank cells in it must not make every value pass, so blanks count.
    """
    message = "The value is not in the list." + (
        "" if stop else " It may be kept if it is meant; Check says what it means."
    )
    return {
        "validate": "list",
        "source": f"={name}",
        "ignore_blank": False,
        "error_type": "stop" if stop else "warning",
        "error_title": label[:32],
        "error_message": message,
    }


def _limits(place: TableSheet, column: Column) -> dict[str, Any]:
    """Return the limits of a number; a number without limits must still be a number."""
    limits = limits_of(place.table.noun, column.field)
    # Without limits of its own, a number may be what a plan takes at most, so that Excel refuses
    # words and never a figure that the plan would read.
    least = limits.get("ge", limits.get("gt", -_TOO_LARGE))
    most = limits.get("le", limits.get("lt", _TOO_LARGE))
    bounds = [
        f"{value:.0%}" if column.kind is Kind.FRACTION else f"{value:,.10g}"
        for value in (least, most)
    ]
    words = ["Type a number"]
    if least > -_TOO_LARGE:
        words.append(f"from {bounds[0]}")
    if most < _TOO_LARGE:
        words.append(f"to {bounds[1]}")
    return {
        "validate": "integer" if column.kind is Kind.WHOLE else "decimal",
        "criteria": "between",
        "minimum": least,
        "maximum": most,
        "error_title": column.label[:32],
        "error_message": " ".join(words) + ".",
    }


def lists_used() -> list[str]:
    """Return the lists by rules year that columns draw on."""
    columns = chain.from_iterable(columns_of(place.table.noun) for place in layout.TABLE_SHEETS)
    return list(dict.fromkeys(column.choice_list for column in columns if column.choice_list))


ANSWERS_LIST, SCENARIOS_LIST = "lstAnswers", "lstScenarioNames"
FIGURES, FIGURE_UNITS = "lstFigures", "lstFigureUnits"
"""Names of the drop-downs of Any answer and What-if."""


def write_lists(sheet: Any, book: Any, styles: Styles, contents: Contents) -> None:
    """Write the Lists sheet and define the names of every drop-down."""
    sheet.write_string(0, 0, LISTS, styles.title)
    explanation = (
        "What the drop-downs offer in the rules year that Setup names. None binds: an entry of your"
        " own may be typed."
    )
    sheet.write_string(1, 0, explanation, styles.text)
    sheet.write_url(2, 0, f"internal:{layout.START}!A1", styles.link, "← Start")
    plan, years = contents.plan, reference.rules_years()
    at = _write_column(sheet, book, styles, 0, "Rules year", list(years), RULES_YEARS)
    at = _write_column(sheet, book, styles, at, "Financial year", list(plan.years), YEARS)
    at = _write_column(
        sheet,
        book,
        styles,
        at,
        "Evidence row",
        list(reference.choices(LIBRARY, "")),
        layout.choice_list(LIBRARY),
    )
    at = _write_column(sheet, book, styles, at, "Answer", [a.title for a in ANSWERS], ANSWERS_LIST)
    scenarios = list(scenarios_of(plan))
    at = _write_column(sheet, book, styles, at, "Scenario", scenarios, SCENARIOS_LIST)
    figures = figures_to_try(plan)
    names = [figure.name for figure in figures]
    units = [figure.column.unit for figure in figures]
    at = _write_column(sheet, book, styles, at, "Figure to try", names, FIGURES)
    at = _write_column(sheet, book, styles, at, "Its unit", units, FIGURE_UNITS)
    lists = [name for name in lists_used() if name != LIBRARY]
    for name in lists:
        at = _write_list(sheet, book, styles, at, name, years)
    fit_height(
        sheet,
        _FIRST - 1,
        [(reference.standing(*list_of_year), _WIDE) for list_of_year in product(lists, years)],
    )
    book.define_name(
        layout.RULES_YEAR, f"={layout.SETUP_SHEET.sheet}!{setting_cell(contents, 'rules_year')}"
    )
    for place in layout.TABLE_SHEETS:
        if not place.by_year and place.table.field in _referred() and styles.holds(place.sheet):
            column = layout.column_reference(place.table.field, place.table.key[0])
            book.define_name(layout.key_list(place.table.field), f"={column}")
    sheet.freeze_panes(_FIRST, 0)
    printable(sheet, plan.setup.title, widths=[_WIDE] * at, repeat_rows=(_HEADING - 1, _HEADING))


def setting_cell(contents: Contents, name: str) -> str:
    """Return the cell of a setting's value on the Setup sheet, such as `$B$11`.

    It is that of a workbook that we build, and the heading of the values for a setting that has no
    row.
    """
    fields = [c.field for c in contents.columns(layout.SETUP_SHEET.table)]
    if name not in fields:
        return f"$B${layout.HEADING_ROW + 1}"
    return f"$B${layout.HEADING_ROW + 2 + fields.index(name)}"


def _referred() -> set[str]:
    columns = chain.from_iterable(columns_of(s.table.noun) for s in layout.TABLE_SHEETS)
    used = {c.table for c in columns if c.kind is Kind.REFERENCE}
    return used | {s.table.field for s in layout.TABLE_SHEETS if s.by_year}


def _write_column(
    sheet: Any, book: Any, styles: Styles, at: int, title: str, values: list[str], name: str
) -> int:
    from xlsxwriter.utility import xl_col_to_name

    sheet.write_string(_HEADING, at, title, styles.heading())
    for number, value in enumerate(values, start=_FIRST):
        sheet.write_string(number, at, value, styles.answer())
    sheet.set_column(at, at, width_of([title, *values]))
    letter = xl_col_to_name(at)
    book.define_name(
        name, f"={LISTS}!${letter}${_FIRST + 1}:${letter}${_FIRST + max(1, len(values))}"
    )
    return at + 1


def figures_to_try(plan: Plan) -> list[NamedFigure]:
    """Return the figures that the drop-down of What-if offers.

    They are numbers that the plan has, without those of Setup; by year the first year after the
    base year alone, so that the list stays short.
    """
    first_year = plan.years[min(1, len(plan.years) - 1)]
    return [
        figure
        for figure in input_figures(plan)
        if isinstance(figure.value, (int, float, Decimal))
        and not isinstance(figure.value, bool)
        and figure.words["Table"] != layout.SETUP_SHEET.table.label
        and figure.words.get("Year", first_year) == first_year
    ]


def _write_list(
    sheet: Any, book: Any, styles: Styles, at: int, name: str, years: tuple[str, ...]
) -> int:
    """Write a list, one column a rules year.

    The name that picks the column of the plan's rules year is defined.
    """
    from xlsxwriter.utility import xl_range_abs

    values = [reference.choices(name, year) for year in years]
    depth = max(1, *(len(v) for v in values))
    sure = styles.get(italic=True, text_wrap=True)
    sheet.write_string(
        _HEADING - 1, at, f"{name.replace('_', ' ').capitalize()}, by rules year", styles.band()
    )
    for column, (year, entries) in enumerate(zip(years, values, strict=True), start=at):
        sheet.write_string(_HEADING, column, year, styles.heading())
        sheet.write_string(_FIRST - 1, column, reference.standing(name, year), sure)
        for number, value in enumerate(entries, start=_FIRST):
            sheet.write_string(number, column, value, styles.unwrapped())
        sheet.set_column(column, column, max(_WIDE, width_of([year, *entries])))
    cells = xl_range_abs(_FIRST, at, _FIRST + depth - 1, at + len(years) - 1)
    heads = xl_range_abs(_HEADING, at, _HEADING, at + len(years) - 1)
    book.define_name(
        layout.choice_list(name),
        f"=INDEX({LISTS}!{cells},0,MATCH({layout.RULES_YEAR},{LISTS}!{heads},0))",
    )
    return at + len(years)
