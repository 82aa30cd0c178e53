"""The plan as one cell, and the formulas that take it: the only home of their text.

The cell named Plan holds `=ICB_PLAN(…)` over the tables that the workbook has; every answer is
`=ICB_TABLE(Plan,…)` with the answer's title in a cell. `Table[[#All]]` is what Excel shows as
`Table[#All]`; LibreOffice 7.4 reads only the form with both brackets.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from icbudget.workbook import layout
from icbudget.workbook.layout import TableSheet
from icbudget.workbook.writing.styles import Styles


def plan_formula(tables: Iterable[TableSheet]) -> str:
    """Return the formula of a plan over tables, Setup among them."""
    references = ",".join(f"{table.name}[[#All]]" for table in tables)
    return f"=ICB_PLAN({references})"


def answer_formula(title_cell: str) -> str:
    """Return the formula of an answer whose title stands in a cell, such as `$A$1`."""
    return f"=ICB_TABLE({layout.PLAN},{title_cell})"


def write_plan(
    book: Any, sheet: Any, row: int, column: int, styles: Styles, handle: str, formula: str
) -> None:
    """Write the plan's cell and name it; without a formula it is the plan's handle as text."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    # A dynamic array although it is one cell: Excel would put an @ before a function of an add-in
    # that it takes for an old formula.
    if formula:
        sheet.write_dynamic_array_formula(row, column, row, column, formula, styles.text, handle)
    else:
        sheet.write_string(row, column, handle, styles.text)
    cell = xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)
    book.define_name(layout.PLAN, f"={layout.quoted(sheet.get_name())}!{cell}")
