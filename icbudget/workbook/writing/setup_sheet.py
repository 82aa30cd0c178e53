"""The Setup sheet: one row a setting, as an Excel Table."""

from __future__ import annotations

from typing import Any

from icbudget.plan import SETUP
from icbudget.plan.columns import Column
from icbudget.plan.headings import SETUP_HEADINGS
from icbudget.workbook.contents import Contents
from icbudget.workbook.layout import HEADING_ROW, SETUP_SHEET
from icbudget.workbook.writing.added_columns import own_headings
from icbudget.workbook.writing.input_sheets import write_head, write_value
from icbudget.workbook.writing.print_setup import fit_height, printable
from icbudget.workbook.writing.styles import BY_KIND, INPUT_FILL, TOTAL_FILL, Styles
from icbudget.workbook.writing.validation import restrict


def write_setup(sheet: Any, styles: Styles, contents: Contents) -> None:
    """Write the Setup sheet: one row a setting, with its value, unit and note."""
    plan, columns = contents.plan, contents.columns(SETUP)
    write_head(sheet, styles, SETUP_SHEET)
    for number, column in enumerate(columns, start=HEADING_ROW + 1):
        sheet.write_string(
            number,
            0,
            column.label,
            styles.get(bold=True, border=1, border_color="#D9D9D9", text_wrap=True),
        )
        grey = (SETUP.field, "", column.field) in contents.grey
        input_style = styles.get(
            bg_color=TOTAL_FILL if grey else INPUT_FILL,
            border=1,
            border_color="#D9D9D9",
            locked=False,
            text_wrap=True,
            align="left",
            num_format=BY_KIND[column.kind],
        )
        write_value(sheet, number, 1, column.kind, getattr(plan.setup, column.field), input_style)
        cell = styles.get(border=1, border_color="#D9D9D9", text_wrap=True)
        sheet.write_string(number, 2, column.unit, cell)
        sheet.write_string(number, 3, _setting_note(column), cell)
        restrict(sheet, styles, SETUP_SHEET, column, "", (1, number, number))
        value = getattr(plan.setup, column.field)
        words = value if isinstance(value, str) else ""
        fit_height(sheet, number, [(column.label, 26), (_setting_note(column), 80), (words, 48)])
    headings = [{"header": text, "header_format": styles.heading()} for text in SETUP_HEADINGS]
    headings += own_headings(sheet, styles, SETUP_SHEET, contents, len(headings))
    last = HEADING_ROW + len(columns)
    sheet.add_table(
        HEADING_ROW,
        0,
        last,
        len(headings) - 1,
        {"name": SETUP_SHEET.name, "columns": headings, "style": None, "autofilter": False},
    )
    for at, width in enumerate((26, 48, 10, 80)):
        sheet.set_column(at, at, width)
    sheet.set_row(HEADING_ROW, 20)
    sheet.freeze_panes(HEADING_ROW + 1, 1)
    printable(sheet, plan.setup.title, repeat_rows=(HEADING_ROW, HEADING_ROW))
    sheet.fit_to_pages(1, 1)


def _setting_note(column: Column) -> str:
    note = f"{column.help}." if not column.required else f"{column.help}. Needed."
    return f"{note} One of: {'; '.join(column.choices)}." if column.choices else note
