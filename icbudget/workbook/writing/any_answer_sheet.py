"""The sheet on which any answer is chosen from a drop-down, and spills."""

from __future__ import annotations

from typing import Any

from icbudget.answers.block import Block
from icbudget.plan import Plan
from icbudget.workbook import layout
from icbudget.workbook.writing.answer_sheets import (
    fit_rows,
    write_block,
    write_figure,
    write_master,
    write_top,
)
from icbudget.workbook.writing.formulas import Area, Figure
from icbudget.workbook.writing.print_setup import printable
from icbudget.workbook.writing.stopped import STOPS, chosen_none
from icbudget.workbook.writing.styles import Styles
from icbudget.workbook.writing.validation import ANSWERS_LIST, SCENARIOS_LIST

SHOWS = "Choose any answer: it stands below. With a scenario every figure is less that scenario's."
CHOICE_ROW, BLOCK_ROW = 4, 8
"""Rows of the first of two choices and of the block's headings, counted from 0."""
_LESS = CHOICE_ROW + 1
CORNER = f"$A${BLOCK_ROW + 1}"
"""The cell that holds the answer's formula, and any error of it."""
_WIDTHS = (34, 34, 34, 14, 16, 16, 16, 16, 16, 16)
_FURTHER = 16
"""Width of a column of the block beyond those."""


def write_any_answer(
    sheet: Any, styles: Styles, plan: Plan, title: str, block: Block, master: str
) -> None:
    """Write the sheet, live, with one answer chosen; nothing stands beside or below the block."""
    further = len(block.headings) - len(_WIDTHS)
    widths = (*_WIDTHS, *[_FURTHER] * further)
    for at, width in enumerate(widths):
        sheet.set_column(at, at, width)
    write_top(sheet, styles, layout.ANY_ANSWER, SHOWS, _WIDTHS)
    area = Area(layout.ANY_ANSWER, block, BLOCK_ROW)
    write_master(sheet, styles, 3, 0, master, area)
    for row, label, chosen, offered in (
        (CHOICE_ROW, "Answer", title, ANSWERS_LIST),
        (_LESS, "Less the same under scenario", "", SCENARIOS_LIST),
    ):
        sheet.write_string(row, 0, label, styles.strong)
        if chosen:
            sheet.write_string(row, 1, chosen, styles.input())
        else:
            sheet.write_blank(row, 1, None, styles.input())
        choice = {"validate": "list", "source": f"={offered}", "ignore_blank": False}
        # Anything may be typed: Excel tells, and the answer itself says what it does not know.
        choice |= {"error_type": "information"}
        sheet.data_validation(row, 1, row, 1, choice)
    why = Figure(f'IF(ISERROR({CORNER}),{_why_none()},"")', "")
    write_figure(sheet, _LESS + 1, 0, why, styles.strong)
    formula = f"=ICB_TABLE({layout.PLAN},$B${CHOICE_ROW + 1},$B${_LESS + 1})"
    write_block(sheet, styles, area, formula)
    fit_rows(sheet, area, widths)
    sheet.freeze_panes(BLOCK_ROW + 1, 1)
    printable(sheet, plan.setup.title, widths=widths)


def _why_none() -> str:
    """Return the formula of why no answer stands below: what stops all, or what was chosen."""
    stops = f'"{STOPS}"&{layout.STOPPED}'
    return f'IF({layout.STOPPED}<>"",{stops},"{STOPS}"&{chosen_none()})'
