"""How a sheet fits what it holds and its paper: widths of columns, as Excel counts them, heights of
rows, pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

PAGE = 1700
"""Pixels that stand side by side on A4 landscape where words are printed at 6.6 points, the least
that is easily read.
"""
NARROW, MOST = 14, 50
"""The least and the most width of a column of words; longer ones wrap."""
_LINE = 15.0
_PADDING, _INDENT, _WIDEST = 5, 9, 8


def pixels(width: float) -> int:
    """Return how many pixels a column of this width takes."""
    return int(7 * width + 0.5) + _PADDING


@lru_cache(maxsize=4096)
def drawn(text: str) -> int:
    """Return how many pixels the longest line of a text takes."""
    from xlsxwriter.utility import xl_pixel_width

    return max(int(xl_pixel_width(line)) for line in text.split("\n"))


def width_of(texts: Iterable[str], *, least: float = 9, most: float = MOST) -> float:
    """Return a column width that fits the longest text, within limits; what is longer wraps."""
    longest = max(map(drawn, texts), default=0)
    return min(max((longest + _INDENT + _PADDING) / 7, least), most)


def fitted(widths: Sequence[float], words: Sequence[bool]) -> list[float]:
    """Return widths with which a sheet fits one page, its widest columns of words made narrower;
    the widths given if none do.
    """
    for most in range(round(max(widths, default=NARROW)), NARROW - 1, -1):
        narrower = [
            min(width, most) if wordy else width for width, wordy in zip(widths, words, strict=True)
        ]
        if pages_across(narrower) == 1:
            return narrower
    return list(widths)


def lines_of(text: str, width: float) -> int:
    """Return over how many lines a text wraps in a column of this width."""
    room = max(7 * width - _INDENT - 2, 30)
    if len(text) * _WIDEST < room and "\n" not in text:
        return 1
    return sum(_wrapped(line, room) for line in text.split("\n"))


def _wrapped(line: str, room: float) -> int:
    lines, used = 1, 0
    for word in line.split(" "):
        wide = drawn(word)
        if used and used + 3 + wide > room:
            lines, used = lines + 1, 0
        used += wide + (3 if used else 0)
        if used > room:  # a word that is longer than its line is broken
            lines, used = lines + int(used // room), int(used % room)
    return lines


def fit_height(sheet: Any, row: int, texts: Iterable[tuple[str, float]], *, most: int = 27) -> None:
    """Set a row as high as its longest text needs, but for `most` lines, which is all that Excel
    can show.

    `texts`: each text with the width of its column.
    """
    sheet.set_row(
        row, _LINE * min(most, max((lines_of(text, width) for text, width in texts), default=1))
    )


def pages_across(widths: Sequence[float], repeat: int = 0) -> int:
    """Return over how many pages columns of these widths must be spread to be read; the first few
    stand on every page again.
    """
    again = sum(pixels(width) for width in widths[:repeat])
    pages, used = 1, 0
    for wide in map(pixels, widths):
        if used + wide > PAGE:
            pages, used = pages + 1, again
        used += wide
    return pages


def printable(
    sheet: Any,
    title: str,
    *,
    widths: Sequence[float] = (),
    repeat: int = 0,
    repeat_rows: tuple[int, int] | None = None,
) -> None:
    """Set a sheet up for A4 landscape, with its name, the plan and the page number on every page.

    It is fitted to one page across, or to as many as columns of these widths need to be read, the
    first few on each of them.
    """
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(pages_across(widths, repeat), 0)
    if repeat:
        sheet.repeat_columns(0, repeat - 1)
    sheet.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.6)
    plan = title.replace("&", "&&")[:120]
    sheet.set_header(f"&L{plan}&R&A")
    sheet.set_footer("&L&F&CPooled budget plan&RPage &P of &N")
    if repeat_rows:
        sheet.repeat_rows(*repeat_rows)
