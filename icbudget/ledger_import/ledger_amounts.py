"""Amounts and months as ledgers write them. What cannot be read for certain is refused, never
guessed.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from icbudget import money, years
from icbudget.plan.profile import MONTHS

NEGATIVE = ("cr", "-", "−", "–")
_AMOUNT = re.compile(r"^(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.[0-9]+)?$")
_CALLED = {
    name: n for n, m in enumerate(MONTHS, start=1) for name in (m.casefold(), m[:3].casefold())
} | {"sept": 6}
_PERIOD = re.compile(r"^(?:p|m|period|month|mth)?\s*0*([0-9]{1,2})$")
_NAMED = re.compile(r"^([a-z]{3,9})\.?(?:[\s\-/']*([0-9]{4}|[0-9]{2}))?$")
_WITH_YEAR = re.compile(r"^[0-9pm\s/.\-]*20[0-9]{2}[0-9pm\s/.\-]*$")
_TIME = re.compile(r"(?<=[0-9])[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?Z?$")
"""The time of day after a date, which says nothing of its month."""
_DATES = (
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
"""Forms of a date that are read: day before month, as the United Kingdom writes it. A month before
the day is never meant.
"""


class Unreadable(ValueError):
    """Why a cell cannot be read, in words; it never leaves the reading of a ledger."""


def amount(text: str) -> int:
    """Return an amount as whole pence, debit positive.

    Reads `1,234.56`, `£1,234.56`, `(1,234.56)`, `-1,234.56`, `1,234.56-`, `1,234.56 CR`, `DR 5`,
    and a dash alone, which is how Excel's accounting format writes nought. Raises `Unreadable` for
    text, for a comma that parts no thousands (`1,23`), for two signs, and for fractions of a penny.
    """
    bare = (
        text.strip().casefold().replace("\u00a0", " ").replace("£", "").replace("gbp", "").strip()
    )
    sign, signs = 1, 0
    if bare.startswith("(") and bare.endswith(")"):
        bare, sign, signs = bare[1:-1].strip(), -1, 1
    if bare in ("-", "–", "−"):
        return 0
    for mark in ("cr", "dr", "-", "−", "–", "+"):
        for cut in (bare.removeprefix(mark), bare.removesuffix(mark)):
            if cut != bare:
                bare, signs = cut.strip(), signs + 1
                sign = -1 if mark in NEGATIVE else sign
                break
    if signs > 1:
        raise Unreadable(f"“{text.strip()}” has two signs")
    if not bare or not _AMOUNT.match(bare) or bare == ".":
        raise Unreadable(f"“{text.strip()[:40]}” is not an amount")
    exact = Decimal(bare.replace(",", "")) * 100
    if exact != exact.to_integral_value():
        raise Unreadable(f"“{text.strip()}” has fractions of a penny")
    if exact >= 10**15:
        raise Unreadable(f"“{text.strip()}” is larger than any plan")
    return sign * money.to_pence(exact / 100)


def periods(form: str, year: str) -> dict[str, int]:
    """Return what a ledger calls each month of a financial year, with the month, 1 for April.

    `{month}` is the month of the financial year and `{calendar}` that of the calendar; `{start}`
    and `{end}` are the years in which the financial year begins and ends, `{year}` is the calendar
    year. Months have two digits or as many as they need. So `{start}M{month}` makes 2025M01 to
    2025M12 of 2025/26, and `{year}-{calendar}` 2025-04 to 2026-03. Raises `ValueError` for a form
    that does not say the month, or that says anything else.
    """
    first = years.start(year)
    named: dict[str, int] = {}
    for month in range(1, 13):
        calendar = (month + 2) % 12 + 1
        told = {"start": first, "end": first + 1, "year": first + (calendar < 4)}
        for digits in ("02d", "d"):
            try:
                text = form.format(
                    **told, month=format(month, digits), calendar=format(calendar, digits)
                )
            except (KeyError, IndexError, ValueError, AttributeError) as wrong:
                raise ValueError(
                    "a form of periods holds {month} or {calendar}, and {start}, {end} or {year}"
                ) from wrong
            if named.setdefault(_plain(text), month) != month:
                raise ValueError("the form must hold {month} or {calendar}, so that months differ")
    return named


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def month_of_period(text: str, year: str, form: str = "") -> int:
    """Return the month of the financial year that a period names, 1 for April: `1`, `P01`, `Period
    7`, `Apr`, `Apr-25`.

    With a form (see `periods`), only what the form makes of this year. Raises `Unreadable` for
    month 13 or 0, for a name that is no month, for a number with a year where no form says which
    month it counts, and for a month of another financial year.
    """
    bare = _plain(text)
    if form:
        named_so = periods(form, year)
        if bare not in named_so:
            raise Unreadable(f"“{text.strip()[:40]}” is not a period of {year} as {form} writes it")
        return named_so[bare]
    if found := _PERIOD.match(bare):
        month = int(found[1])
        if not 1 <= month <= 12:
            raise Unreadable(f"month {month} is not a month of the year; April is 1, March is 12")
        return month
    if _WITH_YEAR.search(bare):
        asked = "say in the map's period_form whether its month counts from April"
        raise Unreadable(f"“{text.strip()[:40]}” has a number and a year: {asked}")
    named = _NAMED.match(bare)
    if named is None or named[1] not in _CALLED:
        raise Unreadable(f"“{text.strip()[:40]}” is not a month")
    month = _CALLED[named[1]]
    if named[2] and int(named[2]) % 100 != (years.start(year) + (month > 9)) % 100:
        raise Unreadable(f"{text.strip()} is not in {year}")
    return month


def month_of_date(text: str, year: str, form: str = "") -> int:
    """Return the month of the financial year that a date falls into, 1 for April.

    Raises `Unreadable` for what is no date in the given form (or, without one, in any of the usual
    forms, day before month), and for a date in another financial year.
    """
    bare = " ".join(text.split())
    day = None
    for pattern in (form,) if form else _DATES:
        for told in dict.fromkeys((bare, _TIME.sub("", bare))):
            try:
                day = day or dt.datetime.strptime(told, pattern).date()
            except ValueError:
                continue
    if day is None:
        raise Unreadable(f"“{text.strip()[:40]}” is not a date")
    first = years.start(year)
    if not dt.date(first, 4, 1) <= day < dt.date(first + 1, 4, 1):
        raise Unreadable(f"{day.isoformat()} is not in {year}")
    return (day.month - 4) % 12 + 1
