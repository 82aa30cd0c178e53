"""Amounts and months as ledgers write them. What cannot be read for certain is refused, never guessed."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from icbudget import money, years
from icbudget.plan.profile import MONTHS

NEGATIVE = ("cr", "-", "−")
_AMOUNT = re.compile(r"^(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.[0-9]+)?$")
_CALLED = {name: n for n, m in enumerate(MONTHS, start=1) for name in (m.casefold(), m[:3].casefold())} | {"sept": 6}
_PERIOD = re.compile(r"^(?:p|m|period|month|mth)?\s*0*([0-9]{1,2})$")
_NAMED = re.compile(r"^([a-z]{3,9})\.?(?:[\s\-/']*([0-9]{4}|[0-9]{2}))?$")
_TIME = re.compile(r"(?<=[0-9])[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?Z?$")
"""The time of day after a date, which says nothing of its month."""
_DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d %B %Y")
"""Forms of a date that are read: day before month, as the United Kingdom writes it. A month before the day is never meant."""


class Unreadable(ValueError):
    """Why a cell cannot be read, in words; it never leaves the reading of a ledger."""


def amount(text: str) -> int:
    """Return an amount as whole pence, debit positive.

    Reads `1,234.56`, `£1,234.56`, `(1,234.56)`, `-1,234.56`, `1,234.56-`, `1,234.56 CR`, `DR 5`. Raises `Unreadable` for text,
    for a comma that parts no thousands (`1,23`), for two signs, and for fractions of a penny.
    """
    bare = text.strip().casefold().replace("\u00a0", " ").replace("£", "").replace("gbp", "").strip()
    sign, signs = 1, 0
    if bare.startswith("(") and bare.endswith(")"):
        bare, sign, signs = bare[1:-1].strip(), -1, 1
    for mark in ("cr", "dr", "-", "−", "+"):
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


def month_of_period(text: str, year: str) -> int:
    """Return the month of the financial year that a period names, 1 for April: `1`, `P01`, `Period 7`, `Apr`, `Apr-25`.

    Raises `Unreadable` for month 13 or 0, for a name that is no month, and for a month of another financial year.
    """
    bare = " ".join(text.casefold().split())
    if found := _PERIOD.match(bare):
        month = int(found[1])
        if not 1 <= month <= 12:
            raise Unreadable(f"month {month} is not a month of the year; April is 1, March is 12")
        return month
    named = _NAMED.match(bare)
    if named is None or named[1] not in _CALLED:
        raise Unreadable(f"“{text.strip()[:40]}” is not a month")
    month = _CALLED[named[1]]
    if named[2] and int(named[2]) % 100 != (years.start(year) + (month > 9)) % 100:
        raise Unreadable(f"{text.strip()} is not in {year}")
    return month


def month_of_date(text: str, year: str, form: str = "") -> int:
    """Return the month of the financial year that a date falls into, 1 for April.

    Raises `Unreadable` for what is no date in the given form (or, without one, in any of the usual forms, day before month),
    and for a date in another financial year.
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
