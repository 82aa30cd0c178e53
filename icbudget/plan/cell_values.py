"""One raw cell to one value of the plan.

This is the only place where cells are coerced, whatever host they come from.

Workbooks, Excel functions and YAML all pass here. A blank is never a zero, text is never a number,
an Excel error value is never a blank.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal
from typing import Any

from icbudget import money, years
from icbudget.plan.columns import Column, Kind

ERROR_VALUES = frozenset(
    [
        "#REF!",
        "#N/A",
        "#VALUE!",
        "#DIV/0!",
        "#NAME?",
        "#NUM!",
        "#NULL!",
        "#SPILL!",
        "#CALC!",
        "#BUSY!",
        "#FIELD!",
        "#BLOCKED!",
        "#CONNECT!",
        "#UNKNOWN!",
        "#EXTERNAL!",
        "#TIMEOUT!",
        "#GETTING_DATA",
    ]
)
COM_ERRORS = {
    -2146826288: "#NULL!",
    -2146826281: "#DIV/0!",
    -2146826273: "#VALUE!",
    -2146826265: "#REF!",
    -2146826259: "#NAME?",
    -2146826252: "#NUM!",
    -2146826246: "#N/A",
    -2146826245: "#GETTING_DATA",
    -2146826243: "#SPILL!",
    -2146826242: "#CONNECT!",
    -2146826241: "#BLOCKED!",
    -2146826240: "#UNKNOWN!",
    -2146826239: "#FIELD!",
    -2146826238: "#CALC!",
}
"""Errors by the number that Excel passes them as over COM: 2000 for #NULL! and up, as XlCVError
counts them. xlwings knows the oldest seven and hands the others on as numbers.
"""
LONGEST_TEXT = 32_767
"""Characters that an Excel cell holds."""
TOO_LARGE = 10**13
"""No amount in pounds and no figure of a plan is as large."""
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
"""What no file can carry (control characters), and what nobody sees (zero width, changes of the
direction of writing).
"""
_LOOKS_NUMERIC = re.compile(r"^[£\s(−-]*\d[\d,\s'’]*(\.\d+)?[)%\s]*$")
"""Thousands may be separated by commas, blanks of any width or apostrophes."""
_DATE_AT_START = re.compile(
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?"
    r"(?:(?P<iso>\d{4}[-/]\d{1,2}[-/]\d{1,2})"
    r"|(?P<day>\d{1,2})\s*[/.-]\s*(?P<month>\d{1,2})\s*[/.-]\s*(?P<year>\d{4}|\d{2})"
    r"|(?P<nth>\d{1,2})(?:st|nd|rd|th)?[\s-]+(?P<name>[a-z]{3,9})\.?,?[\s-]+(?P<of>\d{4}|\d{2}))"
    r"(?![\d/.-]*\d)",
    re.IGNORECASE | re.ASCII,
)
_TIME_OF_DAY = re.compile(r"(?:T|\s)\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class CellProblem(Exception):
    """Why a cell cannot be read: id, message and fix. It never leaves the reading of rows."""

    def __init__(self, id: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.id, self.message, self.fix = id, message, fix


def visible(text: str) -> str:
    """Return text without invisible characters, its blanks as they are."""
    # None of them is printable, and nearly every text is.
    return text if text.isprintable() else _INVISIBLE.sub("", text)


def clean(text: str) -> str:
    """Return text without invisible characters and without blanks around it.

    A no-break space is a blank.
    """
    return " ".join(visible(text).split()) if text else ""


def is_blank(raw: Any) -> bool:
    """Return whether a raw cell holds nothing."""
    return raw is None or (isinstance(raw, str) and not visible(raw).strip())


def is_error_value(raw: Any) -> bool:
    """Return whether a raw cell holds an Excel error value such as #REF!."""
    return isinstance(raw, str) and raw.strip().upper() in ERROR_VALUES


def read(column: Column, raw: Any) -> Any:
    """Return the value of a cell that is not blank, as the column's kind asks.

    Raises `CellProblem` when the cell holds an error value, text where a number belongs, or
    anything else of another kind.
    """
    if is_error_value(raw):
        raise CellProblem(
            "cell.error-value",
            f"{column.label} holds the Excel error {raw.strip()}.",
            "Correct the formula or type the value.",
        )
    return _READERS[column.kind](column, raw)


def _number(column: Column, raw: Any) -> float:
    if isinstance(raw, bool):
        raise CellProblem(
            "cell.not-a-number",
            f"{column.label} is {str(raw).upper()}, not a number.",
            "Type a number.",
        )
    if isinstance(raw, (dt.date, dt.datetime)):
        raise CellProblem(
            "cell.not-a-number",
            f"{column.label} is a date, not a number.",
            "Type a number and format the cell as a number.",
        )
    if isinstance(raw, str):
        if _LOOKS_NUMERIC.match(raw.strip()):
            fix = (
                "The number is stored as text: type it again, or use Data, Text to Columns to make"
                " it a number."
            )
        else:
            fix = "Type a number, or leave the cell blank if there is none."
        raise CellProblem(
            "cell.text-in-number",
            f"{column.label} is the text “{clean(raw)[:60]}”, not a number.",
            fix,
        )
    # Beyond what a float holds; Python's own whole numbers have no end.
    if isinstance(raw, int) and abs(raw) >= 10**300:
        raise CellProblem(
            "cell.too-large",
            f"{column.label} has more than 300 digits.",
            "Check the figure and its unit.",
        )
    if not isinstance(raw, (int, float, Decimal)) or not math.isfinite(raw):
        raise CellProblem("cell.not-a-number", f"{column.label} is not a number.", "Type a number.")
    return float(raw)


def _money(column: Column, raw: Any) -> Decimal:
    number = _number(column, raw)
    if abs(number) >= TOO_LARGE:
        raise CellProblem(
            "cell.too-large",
            f"{column.label} is {number:.3g}, which no plan holds.",
            "Check the amount and its unit (£).",
        )
    return money.to_pounds(money.to_pence(raw if isinstance(raw, (int, Decimal)) else number))


def _whole_number(column: Column, raw: Any) -> int:
    number = _number(column, raw)
    if number != int(number):
        raise CellProblem(
            "cell.not-whole",
            f"{column.label} is {number:g}, not a whole number.",
            "Type a whole number.",
        )
    return int(number)


def _text(column: Column, raw: Any) -> str:
    if isinstance(raw, bool):
        return "Yes" if raw else "No"
    if isinstance(raw, (int, float)) and float(raw).is_integer():
        return str(int(raw))
    if isinstance(raw, (dt.date, dt.datetime)):
        return raw.isoformat()[:10]
    if isinstance(raw, (list, tuple, dict)):
        raise CellProblem(
            "cell.not-text",
            f"{column.label} is a list, not one value.",
            "Write one value, without brackets or commas.",
        )
    typed = str(raw)
    # A break of lines is not printable.
    lines = (typed,) if typed.isprintable() else typed.splitlines()
    text = "\n".join(map(clean, lines)).strip()
    if len(text) > LONGEST_TEXT:
        raise CellProblem(
            "cell.too-long",
            f"{column.label} has {len(text):,} characters.",
            f"Shorten it to {LONGEST_TEXT:,}, which is all an Excel cell holds.",
        )
    return text


def _choice(column: Column, raw: Any) -> str:
    text = _text(column, raw)
    if not column.choices or text in column.choices:
        return text
    folded = {choice.casefold().replace("_", " "): choice for choice in column.choices}
    choice = folded.get(text.casefold().replace("_", " "))
    if choice is None:
        raise CellProblem(
            "cell.unknown-choice",
            f"{column.label} is “{text[:60]}”.",
            f"Choose one of: {'; '.join(column.choices)}.",
        )
    return choice


def _yes_no(column: Column, raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, (int, float)) and raw in (0, 1):
        return bool(raw)
    word = clean(str(raw)).casefold()
    if word in ("yes", "y", "true"):
        return True
    if word in ("no", "n", "false"):
        return False
    raise CellProblem(
        "cell.not-yes-no", f"{column.label} is “{clean(str(raw))[:60]}”.", "Type Yes or No."
    )


def _year(column: Column, raw: Any) -> str:
    if isinstance(raw, (dt.date, dt.datetime)):
        raise CellProblem(
            "cell.not-a-year",
            f"{column.label} is a date.",
            "Format the cell as text and type the year as 2026/27.",
        )
    try:
        return years.year(clean(str(raw)))
    except ValueError as problem:
        raise CellProblem(
            "cell.not-a-year", f"{column.label}: {problem}.", "Type the financial year as 2026/27."
        ) from None


def _parts(raw: Any) -> list[Any]:
    if isinstance(raw, (list, tuple)):
        return list(raw)
    return [part for part in re.split(r"[;,\n]", str(raw)) if clean(part)]


def _date(column: Column, raw: Any) -> str:
    """Return a date as 2026-11-22, from a serial number or from text with the day first."""
    if isinstance(raw, (int, float)) and not isinstance(raw, bool) and 1 <= raw < 2_958_466:
        return (dt.date(1899, 12, 30) + dt.timedelta(days=int(raw))).isoformat()
    text = _text(column, raw)
    match = _DATE_AT_START.match(text)
    if match is None:
        raise CellProblem(
            "cell.not-a-date",
            f"{column.label} is “{text[:60]}”, which is no date.",
            "Type a date, or 2026-11-22 as text.",
        )
    rest = text[match.end() :]
    if rest and not _TIME_OF_DAY.fullmatch(rest):
        raise CellProblem(
            "cell.text-after-date",
            f"{column.label} is “{text[:60]}”: a date and more text after it.",
            "Keep the date alone; put what else is to be said into Notes or Source.",
        )
    year, month, day = _numbers_of(match)
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        swapped = " Is the month first? Dates are read with the day first." if day <= 12 else ""
        raise CellProblem(
            "cell.not-a-date",
            f"{column.label} is “{text[:60]}”, a day that does not exist.{swapped}",
            "Type a date, or 2026-11-22 as text.",
        ) from None


def _numbers_of(match: re.Match[str]) -> tuple[int, int, int]:
    """Return year, month and day of a matched date; month 0 where its name is none."""
    if match["iso"]:
        year, month, day = (int(part) for part in re.split("[-/]", match["iso"]))
        return year, month, day
    if match["day"]:
        return _full_year(match["year"]), int(match["month"]), int(match["day"])
    short = match["name"][:3].lower()
    month = _MONTHS.index(short) + 1 if short in _MONTHS else 0
    return _full_year(match["of"]), month, int(match["nth"])


def _full_year(digits: str) -> int:
    """Return a calendar year; two digits are of this century, since no plan is of another."""
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


_READERS = {
    Kind.TEXT: _text,
    Kind.REFERENCE: _text,
    Kind.CHOICE: _choice,
    Kind.REFERENCES: lambda column, raw: tuple(_text(column, part) for part in _parts(raw)),
    Kind.MONEY: _money,
    Kind.PRICE: _number,
    Kind.NUMBER: _number,
    Kind.FRACTION: _number,
    Kind.WHOLE: _whole_number,
    Kind.YES_NO: _yes_no,
    Kind.YEAR: _year,
    Kind.YEARS: lambda column, raw: tuple(_year(column, part) for part in _parts(raw)),
    Kind.DATE: _date,
}

WHY_IT_MATTERS = {
    "cell.error-value": (
        "A formula that failed has no value. Read as zero it would take an amount out of the"
        " plan without a word."
    ),
    "cell.not-a-date": (
        "Dates decide which year money belongs to and whether an agreement was in force."
    ),
    "cell.not-a-number": (
        "A word where an amount belongs adds nothing to a sum in Excel, and nobody notices that"
        " the amount is missing."
    ),
    "cell.not-a-year": "A figure without a readable year is in no year's total.",
    "cell.not-text": "A list where one name belongs leaves it open which of them is meant.",
    "cell.not-whole": (
        "Years, months and blocks are counted whole. Half a one would be rounded one way or the"
        " other, and the money with it."
    ),
    "cell.not-yes-no": (
        "A switch decides whether a rule holds. What is neither yes nor no must not be guessed."
    ),
    "cell.text-after-date": (
        "The date may be right and the rest may change it, as in “from” or “until”. It is not"
        " guessed."
    ),
    "cell.text-in-number": (
        "Excel shows it like a number and leaves it out of every sum: the commonest reason why"
        " two totals differ."
    ),
    "cell.too-large": (
        "A figure of that size is a slip of the keyboard. In a sum it would hide everything else."
    ),
    "cell.too-long": (
        "Excel cuts the text off when the plan is written as a workbook, and what is cut is lost."
    ),
    "cell.unknown-choice": (
        "The choice decides how the row is worked out. One that is not known would be worked"
        " out in no way."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
