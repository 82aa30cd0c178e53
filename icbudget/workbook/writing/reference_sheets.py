"""The Unit costs and Evidence sheets: national figures to copy from.

Each has its source and how far to trust it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from icbudget import reference
from icbudget.reference import Row
from icbudget.workbook.layout import EVIDENCE, STUDIES, UNIT_COSTS, UPLIFTS
from icbudget.workbook.writing.answer_sheets import write_top
from icbudget.workbook.writing.print_setup import fit_height, printable
from icbudget.workbook.writing.styles import ACTIVITY, POUNDS_PENCE, Styles

Column = tuple[str, float, str, Callable[[Row], str]]
"""Heading, width, number format (`@` for words) and what stands in it."""
_TOP = 4
_MARKED = " (judgement, not evidence)"


def _text_in(name: str) -> Callable[[Row], str]:
    return lambda row: row[name]


def _source(row: Row) -> str:
    return str(reference.source(row["source"]))


_COSTS: tuple[Column, ...] = (
    ("Point of delivery", 26, "@", _text_in("point_of_delivery")),
    ("Description", 40, "@", _text_in("description")),
    ("Currency", 12, "@", _text_in("currency")),
    ("Price year", 11, "@", _text_in("price_year")),
    ("Unit cost (£ a unit)", 14, POUNDS_PENCE, _text_in("unit_cost")),
    ("National activity (a year)", 16, ACTIVITY, _text_in("activity")),
    ("Status", 16, "@", _text_in("status")),
    ("Note", 46, "@", _text_in("note")),
    ("Source", 60, "@", _source),
)
_UPLIFTS: tuple[Column, ...] = (
    ("Financial year", 13, "@", _text_in("financial_year")),
    ("Factor", 28, "@", _text_in("factor")),
    ("Version", 22, "@", _text_in("version")),
    ("Rate", 10, "0.00%", _text_in("value")),
    ("Status", 20, "@", _text_in("status")),
    ("Note", 46, "@", _text_in("note")),
    ("Source", 60, "@", _source),
)
_PROGRAMMES: tuple[Column, ...] = (
    ("Evidence row", 22, "@", _text_in("id")),
    ("Programme", 34, "@", _text_in("programme")),
    ("Cohort", 24, "@", _text_in("cohort")),
    ("Point of delivery", 24, "@", _text_in("point_of_delivery")),
    ("Grade", 8, "@", _text_in("grade")),
    ("Design of the estimate", 14, "@", _text_in("design")),
    ("How far to trust it", 48, "@", _text_in("trust")),
    ("Outcome", 24, "@", _text_in("outcome")),
    ("Measure", 18, "@", lambda row: row["measure"].replace("_", " ")),
    ("Estimate", 11, "General", _text_in("estimate")),
    ("Low", 11, "General", _text_in("estimate_low")),
    ("High", 11, "General", _text_in("estimate_high")),
    ("What was found", 60, "@", _text_in("evidence")),
    ("Status", 12, "@", _text_in("status")),
    (f"Planning reduction, low{_MARKED}", 15, "0%", _text_in("default_low")),
    (f"Planning reduction, central{_MARKED}", 15, "0%", _text_in("default_central")),
    (f"Planning reduction, high{_MARKED}", 15, "0%", _text_in("default_high")),
    ("Of what", 24, "@", _text_in("default_basis")),
    (
        f"Chance of no effect{_MARKED}",
        15,
        "0%",
        lambda row: str(reference.chance_of_no_effect(row["grade"], row["id"])),
    ),
    ("Lag (months)", 9, "@", _text_in("lag_months")),
    ("Unit cost", 22, "@", _text_in("unit_cost")),
    ("Note", 24, "@", _text_in("note")),
    ("Date read", 10, "@", _text_in("date_read")),
    ("Source", 60, "@", _source),
)
_STUDIES: tuple[Column, ...] = (
    ("Evidence row", 22, "@", _text_in("programme")),
    ("Study", 34, "@", _text_in("study")),
    ("Design", 16, "@", _text_in("design")),
    ("People", 30, "@", _text_in("population")),
    ("Outcome", 34, "@", _text_in("outcome")),
    ("Measure", 20, "@", lambda row: row["measure"].replace("_", " ")),
    ("Estimate", 13, "General", _text_in("estimate")),
    ("Low", 11, "General", _text_in("estimate_low")),
    ("High", 11, "General", _text_in("estimate_high")),
    ("Finding", 13, "@", _text_in("finding")),
    ("Status", 16, "@", _text_in("status")),
    ("Note", 46, "@", _text_in("note")),
    ("Date read", 10, "@", _text_in("date_read")),
    ("Source", 60, "@", _source),
)


def write_unit_costs(sheet: Any, styles: Styles, title: str) -> None:
    """Write national average unit costs.

    A currency must be that of the activity it is multiplied with.
    """
    columns = (
        "National average costs to copy from. An average cost is not what an avoided unit saves,"
        " and an episode is not a spell."
    )
    _write(sheet, styles, title, (UNIT_COSTS, columns), _COSTS, reference.rows("unit_cost"))


def write_uplifts(sheet: Any, styles: Styles, title: str) -> None:
    """Write the NHS cost uplift and efficiency factors of each year.

    They stand in every version, before and after a pay award.
    """
    columns = (
        "National factors to copy into Indices, by year and version. Keep the version before a pay"
        " award as an index of its own and name it as the earlier version: Versions then tells the"
        " difference in £."
    )
    _write(sheet, styles, title, (UPLIFTS, columns), _UPLIFTS, reference.rows("nhs_cost_uplift"))


def write_evidence(sheet: Any, styles: Styles, title: str) -> None:
    """Write the prevention programmes with what studies found.

    Null and adverse results are included.
    """
    columns = (
        "What studies of prevention found, with no effect and harm included. Name the evidence row"
        " on Prevention: it is then compared with what you enter."
    )
    _write(sheet, styles, title, (EVIDENCE, columns), _PROGRAMMES, reference.evidence())


def write_studies(sheet: Any, styles: Styles, title: str) -> None:
    """Write the studies behind the library, one a row, under the evidence row they belong to."""
    columns = (
        "Every study behind the Evidence sheet, what helped, what did nothing and what did harm. A"
        " ratio of 0.9 is 10 % less; a rate reduction below zero is more use."
    )
    _write(sheet, styles, title, (STUDIES, columns), _STUDIES, reference.studies())


def _write(
    sheet: Any,
    styles: Styles,
    title: str,
    top: tuple[str, str],
    columns: Sequence[Column],
    rows: Iterable[Row],
) -> None:
    widths = [width for _, width, *_ in columns]
    write_top(sheet, styles, *top, widths, repeat=1)
    for at, (heading, width, number_format, _) in enumerate(columns):
        sheet.write_string(_TOP, at, heading, styles.heading(over_numbers=number_format != "@"))
        sheet.set_column(at, at, width)
    fit_height(sheet, _TOP, [(heading, width - 3) for heading, width, *_ in columns])
    number = _TOP
    for number, row in enumerate(rows, start=_TOP + 1):
        for at, (_, _, number_format, words_of) in enumerate(columns):
            _write_cell(sheet, number, at, words_of(row), number_format, styles)
        fit_height(
            sheet,
            number,
            [
                (words_of(row), width)
                for _, width, number_format, words_of in columns
                if number_format == "@"
            ],
            most=9,
        )
    sheet.freeze_panes(_TOP + 1, 1)
    sheet.autofilter(_TOP, 0, number, len(columns) - 1)
    printable(sheet, title, widths=widths, repeat=1, repeat_rows=(_TOP, _TOP))


def _write_cell(
    sheet: Any, row: int, column: int, words: str, number_format: str, styles: Styles
) -> None:
    if not words:
        sheet.write_blank(row, column, None, styles.answer(number_format))
    elif number_format == "@":
        sheet.write_string(row, column, words, styles.answer())
    else:
        sheet.write_number(row, column, float(words), styles.answer(number_format))


LIBRARY: Mapping[str, Callable[[Any, Styles, str], None]] = {
    UNIT_COSTS: write_unit_costs,
    UPLIFTS: write_uplifts,
    EVIDENCE: write_evidence,
    STUDIES: write_studies,
}
"""What writes each sheet of figures to copy from; it takes the sheet, the styles and the plan's
title.
"""
