"""What the cells of a workbook hold, as plain Python.

Texts are shared, dates known by their number format, error values kept as such.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from icbudget.findings import error
from icbudget.workbook.reading.container import Container, Refused
from icbudget.workbook.reading.worksheet import (
    FORMULA,
    INLINE,
    LONGEST_TEXT,
    MAX_CELLS,
    VALUE,
    Cell,
    address,
)
from icbudget.workbook.reading.xml_parts import MAIN, elements, feed, parser


class ExcelError(str):
    """An error value of a cell, such as `#REF!`; never a text and never a number."""

    __slots__ = ()


NO_VALUE = ExcelError("#GETTING_DATA")
"""A formula that was saved without its result: Excel's own error for a result that is not there
yet, so never a blank.
"""
Value = str | bool | int | float | datetime | ExcelError

_DATE_FORMATS = {14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)}  # ECMA-376 part 1, 18.8.30
_NOT_PLACES = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[[^\[\]]*\]'
)  # quoted text, escapes, colours and locales of a number format
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LAST_DAY = 2_958_466  # the day after 31 December 9999


def is_date_format(code: str) -> bool:
    """Return whether a number format shows a date.

    That is a day, a month or a year, not the time alone.
    """
    places = _NOT_PLACES.sub("", code.split(";")[0]).lower()
    # A format may hold an “m” for months and for minutes: it is minutes where hours or seconds
    # stand beside it.
    if "y" in places or "d" in places:
        return "general" not in places
    return "m" in places and "h" not in places and "s" not in places


def date_of(serial: float, from_1904: bool) -> datetime | float:
    """Return the date of a serial number; the number itself when it is no date from 1900 to 9999.

    In the 1900 system, Excel counts a 29 February 1900 that never was, so that the days before it
    are one off.
    """
    # The two systems are 1,462 days apart: four years and a day.
    days = serial + 1462 if from_1904 else serial
    if not 1 <= days < _LAST_DAY:
        return serial
    day, part_of_day = divmod(days if days >= 60 else days + 1, 1)
    # To the millisecond, as Excel does, so that 09:30 is not 09:29:59.999.
    milliseconds = round(part_of_day * 86_400_000)
    return datetime(1899, 12, 30) + timedelta(days=day, milliseconds=milliseconds)


def plain_text(text: str) -> str:
    """Return a text with Excel's `_x000D_` escapes undone.

    Those that would command a terminal or break a file stay.
    """
    return _ESCAPE.sub(_unescaped, text) if "_x" in text else text


def _unescaped(match: re.Match[str]) -> str:
    letter = chr(int(match[1], 16))
    return letter if letter.isprintable() or letter in "\t\n\r" else match[0]


def shared_strings(box: Container, part: str) -> list[str]:
    """Return the texts that the cells of a workbook share, in order.

    Formatted runs are joined, reading aids left out.
    """
    parse = parser(box, part)
    strings: list[str] = []
    texts: list[str] = []
    # `kept` counts the texts that belong to the open string: what stands between two runs is only
    # line breaks of the file.
    kept = aside = deep = elements_read = 0
    own = {f"{space} {name}": name for space in MAIN for name in ("si", "t", "rPh")}

    def start(tag: str, _: Cell) -> None:
        nonlocal kept, aside, deep, elements_read
        deep += 1
        elements_read += 1
        name = own.get(tag)
        if name == "si":
            texts.clear()
            kept = 0
        elif name == "t" and not aside:
            del texts[kept:]
        elif name == "rPh":
            aside += 1
        if deep > 16:
            raise box.unsafe("its texts are nested too deep")

    def end(tag: str) -> None:
        nonlocal kept, aside, deep
        deep -= 1
        name = own.get(tag)
        if name == "si":
            strings.append(plain_text("".join(texts[:kept])))
        elif name == "t" and not aside:
            kept = len(texts)
        elif name == "rPh":
            aside -= 1

    def watch() -> None:
        # Five elements a text: a string, its run, its look, its text and one more.
        if len(strings) > MAX_CELLS or elements_read > 5 * MAX_CELLS:
            raise box.unsafe(f"it holds more than {MAX_CELLS:,} texts")

    parse.StartElementHandler, parse.EndElementHandler, parse.CharacterDataHandler = (
        start,
        end,
        texts.append,
    )
    feed(box, part, parse, watch)
    return strings


def date_styles(box: Container, part: str) -> frozenset[str]:
    """Return the cell styles, as cells name them, whose number format shows a date."""
    codes: dict[str, str] = {}
    formats: list[str] = []
    section = ""
    for element in elements(box, part):
        if element.name in ("numFmts", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
            section = element.name
        elif element.name == "numFmt" and section == "numFmts":
            codes[element.attributes.get("numFmtId", "")] = element.attributes.get("formatCode", "")
        elif element.name == "xf" and section == "cellXfs":
            formats.append(element.attributes.get("numFmtId", "0"))
    # A workbook's own format of a number goes before the format that Excel builds in under it.
    dates = {str(number) for number in _DATE_FORMATS} - codes.keys()
    dates |= {number for number, code in codes.items() if is_date_format(code)}
    return frozenset(str(style) for style, number in enumerate(formats) if number in dates)


class Values(NamedTuple):
    """What turns the cells of one workbook into values.

    It has its shared texts, its date styles, where its dates begin, and its errors that the cell
    itself has no word for, which are read when the first cell asks for them.
    """

    box: Container
    strings: list[str]
    dates: frozenset[str]
    from_1904: bool
    rich: Callable[[], Mapping[str, ExcelError]] = dict

    def of_row(self, sheet: str, row: int, cells: dict[int, Cell]) -> dict[int, Value]:
        """Return the values of a row by column; a cell that holds nothing is left out.

        Raises `Refused` at a value that its own kind forbids: a text number beyond the shared
        texts, NaN, infinity.
        """
        values: dict[int, Value] = {}
        for column, cell in cells.items():
            kind = cell.get("t", "n")
            text = cell.get(VALUE, "")
            if text == "" and FORMULA in cell and kind != "str":
                values[column] = NO_VALUE
            elif text or kind in ("str", "inlineStr"):
                try:
                    values[column] = self._value(kind, cell, text)
                except (ValueError, IndexError, OverflowError):
                    raise self._impossible(sheet, address(row, column), text) from None
        return values

    def _impossible(self, sheet: str, cell: str, text: str) -> Refused:
        message = (
            f"The cell claims to hold {text[:30]!r}, which is not a value that a cell can hold."
        )
        fix = "Type the value again in Excel or LibreOffice and save."
        return Refused(error("workbook.cell-value", message, fix, self.box.place(sheet, cell)))

    def _value(self, kind: str, cell: Cell, text: str) -> Value:
        return self._number(cell, text) if kind == "n" else self._other(kind, cell, text)

    def _number(self, cell: Cell, text: str) -> int | float | datetime:
        number = float(text)
        # NaN and infinity less themselves are not 0. Python's float also reads 1_000 and digits of
        # other scripts, which no spreadsheet program writes.
        if number - number != 0 or "_" in text or not text.isascii():
            raise ValueError(text)
        if cell.get("s") in self.dates:
            return date_of(number, self.from_1904)
        # Whole numbers stay whole, so that a year or a month number is not 2025.0.
        return int(text) if text.isdigit() or text[1:].isdigit() else number

    def _other(self, kind: str, cell: Cell, text: str) -> Value:
        if kind == "s":
            return self.strings[_index(text)]
        if kind in ("str", "inlineStr"):
            text = plain_text(cell.get(INLINE, "") if kind == "inlineStr" else text)
            if len(text) > LONGEST_TEXT:
                raise ValueError("a text longer than a cell holds")
            return text
        if kind == "b":
            return bool(("0", "1").index(text))
        if kind == "e":
            plain = ExcelError(text)
            # A newer error stands behind the #VALUE! that an older Excel shows in its place.
            return self.rich().get(cell["vm"], plain) if "vm" in cell else plain
        if kind == "d":
            return datetime.fromisoformat(text)
        raise ValueError(kind)


def _index(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return int(text)


WHY_IT_MATTERS = {
    "workbook.cell-value": (
        "The cell claims a kind of value that it does not have, so what a person would see is"
        " not known."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
