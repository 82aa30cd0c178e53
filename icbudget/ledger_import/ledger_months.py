"""The financial year and month that a ledger's period or date names.

What cannot be read for certain is refused, never guessed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from enum import Enum
from functools import lru_cache

from icbudget import years
from icbudget.ledger_import.ledger_amounts import Unreadable
from icbudget.plan.profile import MONTHS

Month = tuple[str, int]
"""A financial year and a month of it, 1 for April."""

_PLACES = re.compile(r"\{([a-z]*)\}")
_KNOWN_PLACES = ("start", "end", "year", "month", "calendar")
_NUMBER_BY_NAME = {"sept": 6}
for _number, _name in enumerate(MONTHS, start=1):
    _NUMBER_BY_NAME[_name.casefold()] = _number
    _NUMBER_BY_NAME[_name[:3].casefold()] = _number
_PERIOD = re.compile(r"^(?:p|m|period|month|mth)?\s*0*([0-9]{1,2})$")
_NAMED = re.compile(r"^([a-z]{3,9})\.?(?:[\s\-/']*([0-9]{4}|[0-9]{2}))?$")
_WITH_YEAR = re.compile(r"^[0-9pm\s/.\-]*20[0-9]{2}[0-9pm\s/.\-]*$")
_TWO_YEARS = re.compile(r"^(?:fy\s*)?(20)?([0-9]{2})\s*[/\-–]\s*(?:20)?([0-9]{2})$")
_TIME = re.compile(r"(?<=[0-9])[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?Z?$")
"""The time of day after a date, which says nothing of its month."""
_NUMERIC = re.compile(r"^([0-9]{1,2})([/.\-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})(?=$|[ T])")
_DAY_FIRST = (
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%d/%m/%y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%d %b %Y",
    "%d %B %Y",
)
_MONTH_FIRST = (
    "%Y-%m-%d",
    "%m/%d/%Y",
    "%m-%d-%Y",
    "%m.%d.%Y",
    "%m/%d/%y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%b %d %Y",
    "%B %d %Y",
)


class DateOrder(Enum):
    """How a ledger writes dates in figures, as far as the whole file says."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    MIXED = "both orders"
    UNKNOWN = "one order or the other"


@lru_cache(maxsize=256)
def periods(form: str, year: str) -> dict[str, int]:
    """Return what a ledger calls each month of a financial year, with the month, 1 for April.

    `{month}` is the month of the financial year and `{calendar}` that of the calendar; `{start}`
    and `{end}` are the years in which the financial year begins and ends, `{year}` is the calendar
    year. Months have two digits or as many as they need. So `{start}M{month}` makes 2025M01 to
    2025M12 of 2025/26, and `{year}-{calendar}` 2025-04 to 2026-03. Raises `ValueError` for a form
    that does not say the month, or that says anything else.
    """
    places = set(_PLACES.findall(form))
    rest = _PLACES.sub("", form)
    if not places <= set(_KNOWN_PLACES) or "{" in rest or "}" in rest or len(form) > 100:
        raise ValueError(
            "a form of periods holds {month} or {calendar}, and {start}, {end} or {year}"
        )
    if not places & {"month", "calendar"}:
        raise ValueError("the form must hold {month} or {calendar}, so that months differ")
    first = years.start(year)
    month_by_name: dict[str, int] = {}
    for month in range(1, 13):
        # Month 1 is April, the fourth of the calendar.
        calendar = (month + 2) % 12 + 1
        calendar_year = first + 1 if calendar < 4 else first
        for digits in ("02d", "d"):
            words = {
                "start": str(first),
                "end": str(first + 1),
                "year": str(calendar_year),
                "month": format(month, digits),
                "calendar": format(calendar, digits),
            }
            name = form
            for place, word in words.items():
                name = name.replace(f"{{{place}}}", word)
            if month_by_name.setdefault(_plain(name), month) != month:
                raise ValueError("the form must hold {month} or {calendar}, so that months differ")
    return month_by_name


def date_form_fault(form: str) -> str:
    """Return what is wrong with a form of dates such as `%d/%m/%Y`, or nothing."""
    try:
        example = dt.date(2025, 4, 30).strftime(form)
        again = dt.datetime.strptime(example, form).date()
    except (ValueError, re.error, UnicodeError, OverflowError):
        return "it is no form of a date"
    if len(form) > 100 or again != dt.date(2025, 4, 30):
        return "it must hold the day, the month and the year, such as %d/%m/%Y"
    return ""


def year_of(text: str) -> str:
    """Return the financial year that a ledger's year column names: `2025/26`, `25-26`.

    Raises `Unreadable` for one year alone, which could be the first or the second.
    """
    bare = _plain(text)
    both = _TWO_YEARS.match(bare)
    if both and int(both[3]) == (int(both[2]) + 1) % 100:
        return years.of(2000 + int(both[2]))
    raise Unreadable(f"“{text.strip()[:40]}” is not a financial year such as 2025/26")


def month_of_period(
    text: str, allowed: Sequence[str], form: str = "", default_year: str = ""
) -> Month:
    """Return the year and month that a period names: `1`, `P01`, `Period 7`, `Apr`, `Apr-25`.

    `allowed`: the years of the plan. A period that names no year is of `default_year`, else of the
    first of them. With a form (see `periods`), only what the form makes of these years counts.
    Raises `Unreadable` for month 13 or 0, for a name that is no month, for a number with a year
    where no form says which month it counts, and for a month of another year.
    """
    bare = _plain(text)
    default_year = default_year or allowed[0]
    if form:
        return _month_by_form(bare, text, allowed, form, default_year)
    numbered = _PERIOD.match(bare)
    if numbered:
        month = int(numbered[1])
        if not 1 <= month <= 12:
            raise Unreadable(f"month {month} is not a month of the year; April is 1, March is 12")
        return default_year, month
    if _WITH_YEAR.search(bare):
        asked = "say in the map's period_form whether its month counts from April"
        raise Unreadable(f"“{text.strip()[:40]}” has a number and a year: {asked}")
    named = _NAMED.match(bare)
    if named is None or named[1] not in _NUMBER_BY_NAME:
        raise Unreadable(f"“{text.strip()[:40]}” is not a month")
    month = _NUMBER_BY_NAME[named[1]]
    if not named[2]:
        return default_year, month
    calendar_year = int(named[2]) % 100
    for year in allowed:
        # January to March stand in the second calendar year of a financial year
        if calendar_year == (years.start(year) + (month > 9)) % 100:
            return year, month
    raise Unreadable(f"{text.strip()} is not in {_in_words(allowed)}")


def _month_by_form(
    bare: str, text: str, allowed: Sequence[str], form: str, default_year: str
) -> Month:
    has_year = any(place in form for place in ("{start}", "{end}", "{year}"))
    for year in allowed if has_year else (default_year,):
        months = periods(form, year)
        if bare in months:
            return year, months[bare]
    words = _in_words(allowed) if has_year else default_year
    raise Unreadable(f"“{text.strip()[:40]}” is not a period of {words} as {form} writes it")


def date_order(texts: Iterable[str], allowed: Sequence[str]) -> DateOrder:
    """Return in which order a column writes the day and the month of its dates.

    A day above 12 shows it. Where there is none, the years of the plan may: an order that puts a
    date outside them, where the other puts all inside, is not the ledger's. Day first where no
    date depends on it.
    """
    day_first = month_first = False
    doubtful: list[tuple[int, int, int]] = []  # either order gives a date, and not the same one
    for text in texts:
        parts = _NUMERIC.match(text.strip())
        if parts is None:
            continue
        one, two = int(parts[1]), int(parts[3])
        calendar_year = int(parts[4]) if len(parts[4]) == 4 else 2000 + int(parts[4])
        if one > 12 >= two:
            day_first = True
        elif two > 12 >= one:
            month_first = True
        elif one != two:
            doubtful.append((one, two, calendar_year))
    if day_first and month_first:
        return DateOrder.MIXED
    if day_first or not doubtful:
        return DateOrder.MONTH_FIRST if month_first else DateOrder.DAY_FIRST
    if month_first:
        return DateOrder.MONTH_FIRST
    inside = {_financial_year(year, two) in allowed for _, two, year in doubtful}
    inside_turned = {_financial_year(year, one) in allowed for one, _, year in doubtful}
    if False in inside_turned and inside == {True}:
        return DateOrder.DAY_FIRST
    return DateOrder.UNKNOWN


def _financial_year(calendar_year: int, calendar_month: int) -> str:
    return years.of(calendar_year if calendar_month >= 4 else calendar_year - 1)


def month_of_date(
    text: str,
    allowed: Sequence[str],
    form: str = "",
    order: DateOrder = DateOrder.DAY_FIRST,
) -> Month:
    """Return the financial year and month that a date falls into.

    Raises `Unreadable` for what is no date in the given form (or, without one, in any of the usual
    forms in the ledger's order), for a date that could be one of two where the ledger does not
    show its order, and for a date outside the years of the plan.
    """
    bare = " ".join(text.split())
    if not form and order in (DateOrder.MIXED, DateOrder.UNKNOWN):
        _refuse_doubtful(bare, order)
    forms = (form,) if form else _MONTH_FIRST if order is DateOrder.MONTH_FIRST else _DAY_FIRST
    day = _date(bare, forms)
    if day is None:
        raise Unreadable(f"“{text.strip()[:40]}” is not a date")
    year = _financial_year(day.year, day.month)
    if year not in allowed:
        raise Unreadable(f"{day.isoformat()} is not in {_in_words(allowed)}")
    return year, (day.month - 4) % 12 + 1


def _refuse_doubtful(text: str, order: DateOrder) -> None:
    parts = _NUMERIC.match(text)
    if parts is None or parts[1] == parts[3] or int(parts[1]) > 12 or int(parts[3]) > 12:
        return
    mixed = order is DateOrder.MIXED
    why = "the file has dates in both orders" if mixed else "no date of the file shows which"
    asked = "say %d/%m/%Y or %m/%d/%Y as the map's date_format"
    raise Unreadable(f"its date could be day first or month first, and {why}; {asked}")


def _date(text: str, forms: Iterable[str]) -> dt.date | None:
    for form in forms:
        for words in dict.fromkeys((text, _TIME.sub("", text))):
            try:
                return dt.datetime.strptime(words, form).date()
            except ValueError:
                continue
    return None


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _in_words(allowed: Sequence[str]) -> str:
    return allowed[0] if len(allowed) == 1 else f"the plan ({allowed[0]} to {allowed[-1]})"
