"""Financial years: April to March, written `2026/27`.

Quarter 1 is April to June, month 1 is April.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache

FIRST, LAST = 1900, 2200
"""Years in which a financial year may begin; any other is a slip of typing."""
BETWEEN = "/\\-‐‑‒–—−⁄∕／"
"""What people and programs put between the halves of a year, as a character class: a slash or any
of the dashes, the no-break hyphen U+2011 among them."""
_FORM = re.compile(rf"^\s*([0-9]{{4}})\s*[{BETWEEN}]\s*([0-9]{{2}}|[0-9]{{4}})\s*$")


def year(text: str) -> str:
    """Return a financial year in the one written form, `2026/27`.

    Reads `2026/27`, `2026-27` with any dash, and `2026/2027`. Raises `ValueError` when the text is
    not a year, its two halves do not follow one another, or it is before 1900/01 or after 2200/01.
    """
    match = _FORM.match(text)
    if not match:
        raise ValueError(f"{text!r} is not a financial year; write it as 2026/27")
    first = int(match[1])
    second = int(match[2])
    if not FIRST <= first <= LAST:
        raise ValueError(
            f"{text!r} is no year of a plan; the first is {of(FIRST)}, the last {of(LAST)}"
        )
    if second not in (first + 1, (first + 1) % 100):
        raise ValueError(
            f"{text!r} is not one financial year: {first} is followed by {(first + 1) % 100:02d}"
        )
    return of(first)


def of(first: int) -> str:
    """Return the financial year that begins in April of `first`."""
    return f"{first}/{(first + 1) % 100:02d}"


def start(financial_year: str) -> int:
    """Return the calendar year in whose April the financial year begins."""
    return int(financial_year[:4])


def after(financial_year: str, steps: int) -> str:
    """Return the financial year `steps` years later (earlier when negative)."""
    return of(start(financial_year) + steps)


def covered_by_rules(rules_year: str) -> range:
    """Return the years, by the April in which each begins, that rules are for.

    Rules may cover several, such as 2023/24 and 2024/25 of 2023-25: from April of the first year
    named to March of the last.
    """
    first = int(rules_year[:4])
    last_march = int(rules_year[:2] + rules_year[-2:])
    return range(first, last_march)


@lru_cache(maxsize=64)
def span(base_year: str, horizon: int) -> tuple[str, ...]:
    """Return the base year and the `horizon` years after it."""
    return tuple(after(base_year, step) for step in range(horizon + 1))


def last_day(financial_year: str, month: int) -> int:
    """Return the last day of a month as a day number, so that days between are a difference.

    Month 1 is April, month 0 the March before.
    """
    calendar_month = (month + 2) % 12 + 1
    calendar_year = start(financial_year) + (month > 9)
    days = monthrange(calendar_year, calendar_month)[1]
    return date(calendar_year, calendar_month, days).toordinal()
