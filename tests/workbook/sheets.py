"""What can be seen of a sheet without a spreadsheet program: figures too wide, words cut, print too
small.

Widths in pixels are Excel's for Calibri 11: a digit takes 7, a letter of running text 5.6 on
average, a cell 5 around them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from openpyxl.utils import range_boundaries

from icbudget.workbook import layout

A4 = 1046
"""Pixels across A4 landscape at 96 to the inch, less margins of 0.4 inch."""
LEAST = 6.5
"""Points, the least that is easily read; words are 11 points before a sheet is made to fit."""


def widths_of(sheet: Any) -> dict[int, float]:
    """Return the width of every column that has one of its own, by its number."""
    found: dict[int, float] = {}
    for told in sheet.column_dimensions.values():
        found.update(dict.fromkeys(range(told.min or 0, (told.max or 0) + 1), told.width))
    return found


def as_shown(value: float, number_format: str) -> str:
    """Return a number about as the program shows it, by its number format."""
    if "%" in number_format:
        return f"{value * 100:,.2f}%"
    scaled = value / 1000 if number_format.startswith("#,##0,;") else value
    decimals = len(re.match(r"[#,0]*\.?([0#]*)", number_format.split(";")[0]).group(1))
    return f"{scaled:,.{decimals}f}"


def narrow_figures(sheet: Any) -> Iterator[tuple[str, str, float]]:
    """Yield every number wider than its column, which shows as ####, whatever the program."""
    widths = widths_of(sheet)
    for row in sheet.iter_rows():
        for cell in row:
            figure = isinstance(cell.value, (int, float)) and not isinstance(cell.value, bool)
            if figure and len(as_shown(cell.value, cell.number_format)) > widths.get(
                cell.column, 8.43
            ):
                yield sheet.title, cell.coordinate, cell.value


def cut_words(sheet: Any) -> Iterator[tuple[str, str, int, int]]:
    """Yield every cell whose words need more lines than its row is high, and words on one line with
    something right of them.

    A line holds what its column holds of running text; 27 lines are the most that a row can show.
    """
    widths = widths_of(sheet)
    merged = {where.coord.split(":")[0] for where in sheet.merged_cells.ranges}
    for row in sheet.iter_rows():
        for cell in row:
            if not isinstance(cell.value, str) or cell.coordinate in merged:
                continue
            room = 7 * widths.get(cell.column, 8.43) - 5 - 9 * bool(cell.alignment.indent)
            least = math.ceil(len(cell.value) * 5.0 / room)
            lines = round((sheet.row_dimensions[cell.row].height or 15) / 15)
            if cell.alignment.wrap_text and min(least, 27) > lines:
                yield sheet.title, cell.coordinate, least, lines
            beside = sheet.cell(cell.row, cell.column + 1)
            if not cell.alignment.wrap_text and least > 1 and beside.value not in (None, ""):
                yield sheet.title, cell.coordinate, least, 1


def small_print(sheet: Any) -> Iterator[tuple[str, float]]:
    """Yield a sheet whose words are printed smaller than is easily read; the Dashboard is to stand
    on one page whatever it is.
    """
    widths = widths_of(sheet)
    last = sheet.max_column
    if sheet.print_area:  # what stands right of it is not printed
        last = range_boundaries(sheet.print_area.rpartition("!")[2].replace("$", ""))[2]
    used = [round(widths.get(at, 9.14) * 7) for at in range(1, last + 1)]
    titles = sheet.print_title_cols
    again = sum(used[: range_boundaries(titles.replace("$", ""))[2]]) if titles else 0
    pages = sheet.page_setup.fitToWidth or 1
    across = (sum(used) + again * (pages - 1)) / pages
    if sheet.title != layout.DASHBOARD and 11 * A4 / across < LEAST:
        yield sheet.title, round(11 * A4 / across, 2)
