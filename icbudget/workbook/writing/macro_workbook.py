"""The workbook for the classic host.

It has a VBA project, the settings that it reads, and buttons on the Guide for its macros.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from icbudget.workbook import layout
from icbudget.workbook.writing.styles import Styles

# Right of the steps of Start, clear of the words and of what is printed.
BUTTON_ROW, BUTTON_COLUMN = 1, 8


@dataclass(frozen=True, slots=True)
class Macros:
    """A VBA project as Excel stores it.

    With it stand xlwings' settings for this workbook, and buttons as caption and macro.
    """

    project: bytes
    settings: tuple[tuple[str, str], ...]
    buttons: tuple[tuple[str, str], ...]


def add_macros(book: Any, sheets: dict[str, Any], styles: Styles, macros: Macros) -> None:
    """Put the VBA project into a workbook in the making.

    The settings stand on their sheet and the buttons on Start.
    """
    book.add_vba_project(io.BytesIO(macros.project), is_stream=True)
    _write_settings(sheets[layout.XLWINGS_SETTINGS], styles, macros.settings)
    for at, (caption, macro) in enumerate(macros.buttons):
        settings = {
            "macro": macro,
            "caption": caption,
            "description": caption,
            "width": 220,
            "height": 30,
        }
        sheets[layout.START].insert_button(BUTTON_ROW + 2 * at, BUTTON_COLUMN, settings)


def _write_settings(sheet: Any, styles: Styles, settings: Sequence[tuple[str, str]]) -> None:
    """Write xlwings' settings as it reads them.

    Names stand in column A from the first row on, values in column B.
    """
    sheet.set_column(0, 0, 34, styles.text)
    sheet.set_column(1, 1, 34, styles.text)
    for row, (name, value) in enumerate(settings):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value)
    sheet.write_string(
        len(settings) + 1,
        0,
        "How Excel finds Python; see icbudget excel doctor. xlwings reads this sheet.",
    )
