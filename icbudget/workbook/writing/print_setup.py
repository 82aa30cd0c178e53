"""How a sheet fits what it holds and its paper.

It has widths of columns, as Excel counts them, heights of rows, and pages.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

PAGE = 1700
"""Pixels that stand side by side on A4 landscape where words are printed at 6.6 points, the least
that is easily read.
"""
_ACROSS, _DOWN = 1046, 640
"""Pixels of A4 landscape between the margins, at full size."""
_ROW, _HEAD = 20, 8
"""Pixels of a row of one line, and how many such rows stand above a table."""
NARROW, MOST = 14, 50
"""The least and the most width of a column of words; longer ones wrap."""
# Points of a line of Arial 10 in Excel; pixels at the sides of a cell, of an indent, of the widest
# letter, and between two words.
_LINE = 15.0
_SMALLEST = 0.6
"""The least that words of 11 points are printed at: 6.6 points."""
_PADDING, _INDENT, _WIDEST, _SPACE = 5, 9, 8, 3


def pixels(width: float) -> int:
    """Return how many pixels a column of this width takes."""
    return int(7 * width + 0.5) + _PADDING


@lru_cache(maxsize=4096)
def drawn(text: str) -> int:
    """Return how many pixels the longest line of a text takes."""
    return max(map(_line_drawn, text.split("\n")))


def _line_drawn(line: str) -> int:
    words = line.split(" ")
    return sum(map(_word_drawn, words)) + _SPACE * (len(words) - 1)


@lru_cache(maxsize=8192)
def _word_drawn(word: str) -> int:
    """Return how many pixels a word takes: most texts are made of the words of others."""
    from xlsxwriter.utility import xl_pixel_width

    return int(xl_pixel_width(word))


def width_of(texts: Iterable[str], *, least: float = 9, most: float = MOST) -> float:
    """Return a column width that fits the longest text, within limits; what is longer wraps."""
    longest = max(map(drawn, texts), default=0)
    return min(max((longest + _INDENT + _PADDING) / 7, least), most)


def fitted(widths: Sequence[float], words: Sequence[bool], pages: int = 1) -> list[float]:
    """Return widths with which a sheet takes so many pages across, or as few as it can.

    Its widest columns of words are made no narrower than that needs.
    """

    def narrowed(most: float) -> list[float]:
        pairs = zip(widths, words, strict=True)
        return [min(width, most) if wordy else width for width, wordy in pairs]

    fewest = max(pages, pages_across(narrowed(NARROW)))
    for most in range(round(max(widths, default=NARROW)), NARROW - 1, -1):
        if pages_across(narrowed(most)) <= fewest:
            return narrowed(most)
    return list(widths)


def least_paper(
    widths: Sequence[float], words: Sequence[bool], rows: Sequence[Sequence[str]]
) -> list[float]:
    """Return widths with which a table takes the fewest pages in all.

    Narrower columns take fewer pages across, and more down. `rows`: the texts of each row.
    """

    def paper(tried: Sequence[float]) -> int:
        across = pages_across(tried, 1)
        scale = min(1.0, _ACROSS * across / max(1, sum(map(pixels, tried))))
        lines = sum(max(map(lines_of, row, tried), default=1) for row in rows)
        return across * math.ceil((lines + _HEAD) * _ROW * scale / _DOWN)

    most = pages_across(widths)
    choices = [fitted(widths, words, pages) for pages in range(1, most + 1)]
    return min(choices, key=paper)


@lru_cache(maxsize=8192)
def lines_of(text: str, width: float) -> int:
    """Return over how many lines a text wraps in a column of this width.

    The names of a plan stand in thousands of rows.
    """
    # 7 pixels a character of Arial 10, which is the unit in which Excel counts widths.
    room = max(7 * width - _INDENT - 2, 30)
    if len(text) * _WIDEST < room and "\n" not in text:
        return 1
    return sum(_wrapped(line, room) for line in text.split("\n"))


def _wrapped(line: str, room: float) -> int:
    lines, used = 1, 0
    for word in line.split(" "):
        wide = _word_drawn(word)
        if used and used + _SPACE + wide > room:
            lines, used = lines + 1, 0
        used += wide + (_SPACE if used else 0)
        if used > room:  # a word that is longer than its line is broken
            lines, used = lines + int(used // room), int(used % room)
    return lines


def lines_across(text: str, room: int) -> list[str]:
    """Return the lines that a text takes over so many pixels, each ending with a word."""
    lines: list[list[str]] = []
    used = 0
    for word in text.split():
        wide = _word_drawn(word)
        if lines and used + _SPACE + wide <= room:
            lines[-1].append(word)
            used += _SPACE + wide
        else:
            lines.append([word])
            used = wide
    return [" ".join(words) for words in lines]


def fit_height(sheet: Any, row: int, texts: Iterable[tuple[str, float]], *, most: int = 27) -> int:
    """Set a row as high as its longest text needs; return how many lines that is.

    `most` lines is all that Excel can show. `texts`: each text with the width of its column.
    """
    lines = min(most, max((lines_of(text, width) for text, width in texts), default=1))
    sheet.set_row(row, _LINE * lines)
    return lines


def pages_across(widths: Sequence[float], repeat: int = 0) -> int:
    """Return over how many pages columns of these widths must be spread to be read.

    The first few stand on every page again.
    """
    again = sum(pixels(width) for width in widths[:repeat])
    pages, used = 1, 0
    for wide in map(pixels, widths):
        if used + wide > PAGE:
            pages, used = pages + 1, again
        used += wide
    return pages


def repeated(widths: Sequence[float], most: int) -> int:
    """Return how many of the first columns stand on every page again.

    As many as take no page more than the first column alone does: names that are long would
    else push the figures onto a page of their own.
    """
    fewest = pages_across(widths, min(most, 1))
    return next(n for n in range(most, -1, -1) if n <= 1 or pages_across(widths, n) == fewest)


def beside_repeated(widths: Sequence[float], repeat: int) -> int:
    """Return the column in which words over a table begin, counted from 0.

    Where the first columns stand on every page again, words that begin there would stand there
    again too, cut off where those columns end.
    """
    return repeat if pages_across(widths, repeat) > 1 else 0


def fits_one_page(widths: Sequence[float], lines: int) -> bool:
    """Return whether columns of these widths and so many lines are printed on one page."""
    across = sum(map(pixels, widths))
    scale = min(1.0, _ACROSS / across) if across else 1.0
    return pages_across(widths) == 1 and lines * _ROW * scale <= _DOWN


def shrinks_to_a_page(widths: Sequence[float], lines: int) -> bool:
    """Return whether so many lines fit one page, printed at 6.6 points or larger."""
    return pages_across(widths) == 1 and lines * _ROW * _SMALLEST <= _DOWN


def printable(
    sheet: Any,
    title: str,
    *,
    pages_down: int = 0,
    widths: Sequence[float] = (),
    repeat: int = 0,
    repeat_rows: tuple[int, int] | None = None,
    last_row: int | None = None,
    last_column: int | None = None,
) -> None:
    """Set a sheet up for A4 landscape, with its name, the plan and the page number on every page.

    It is fitted to one page across, or to as many as columns of these widths need to be read, the
    first few on each of them, and to as many down as `pages_down` says, 0 for as many as it needs.
    `last_row` and `last_column`, counted from 0 and given together, end what is printed.
    """
    if last_row is not None and last_column is not None:
        widths = widths[: last_column + 1]
        sheet.print_area(0, 0, last_row, last_column)
    sheet.set_landscape()
    # 9 is A4.
    sheet.set_paper(9)
    sheet.fit_to_pages(pages_across(widths, repeat), pages_down)
    if repeat:
        sheet.repeat_columns(0, repeat - 1)
    sheet.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.6)
    # An & begins a code in a header, and Excel takes 255 letters of header in all.
    plan = title.replace("&", "&&")[:120]
    sheet.set_header(f"&L{plan}&R&A")
    sheet.set_footer("&L&F&CPooled budget plan&RPage &P of &N")
    if repeat_rows:
        sheet.repeat_rows(*repeat_rows)
