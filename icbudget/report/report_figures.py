"""How figures are written: pounds in a sentence, tables in £, £000 or £m, percentages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from icbudget.plan.unread_cells import WORDS, NotKnown

MINUS = "−"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


def legible(text: str) -> str:
    """Return a user's text without control characters, which neither HTML nor SVG can carry."""
    return _CONTROL.sub("", text)


def rounded(value: float, decimals: int) -> Decimal:
    """Return a value rounded half-up (away from zero when negative) by its shortest decimal."""
    # The shortest decimal of a float, so that 2.675 is half-way and goes up, as a person rounds it.
    exact = Decimal(repr(float(value)))
    # Adding zero takes the sign from a zero: nobody reads −0.00.
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP) + 0


def number(value: float | None, decimals: int = 0, *, brackets: bool = False) -> str:
    """Return a number with thousands separators; below zero `−1,234`, or `(1,234)`.

    A blank is an en dash.
    """
    if value is None:
        return "–"
    if isinstance(value, NotKnown):
        return WORDS
    exact = rounded(value, decimals)
    digits = f"{abs(exact):,.{decimals}f}"
    if exact >= 0:
        return digits
    return f"({digits})" if brackets else f"{MINUS}{digits}"


def percent(value: float | None, *, brackets: bool = False) -> str:
    """Return a fraction as a percentage with one decimal, `12.5%`."""
    if value is None or isinstance(value, NotKnown):
        return number(value)
    written = number(value * 100, 1, brackets=brackets)
    return f"{written[:-1]}%)" if written.endswith(")") else f"{written}%"


def chance(value: float) -> str:
    """Return a chance in whole per cent; what is not certain is never written as 0% or 100%."""
    written = f"{value:.0%}"
    if written == "0%" and value > 0:
        return "under 1%"
    return "over 99%" if written == "100%" and value < 1 else written


def pounds(value: float) -> str:
    """Return the size of an amount as a sentence says it: £893,130, £1.66m, £34.5m, £1.20bn.

    The sign is left to the words. Raises `Undecided` for one that is not known.
    """
    size = abs(value)
    # Each limit is tested after rounding: £9,999,999 is £10.0m and never £10.00m.
    if rounded(size / 1e6, 1) >= 1000:
        return f"£{number(size / 1e9, 2)}bn"
    if rounded(size / 1e6, 2) >= 10:
        return f"£{number(size / 1e6, 1)}m"
    if rounded(size, 0) >= 1_000_000:
        return f"£{number(size / 1e6, 2)}m"
    return f"£{number(size)}"


def signed(value: float) -> str:
    """Return an amount as a sentence says it where it may be below zero: £5,000, −£5,000."""
    return f"{MINUS if rounded(value, 0) < 0 else ''}{pounds(value)}"


@dataclass(frozen=True, slots=True)
class Scale:
    """What a table of money is counted in."""

    name: str
    divisor: float
    decimals: int

    def write(self, value: float | None, *, brackets: bool = False) -> str:
        """Return an amount in pounds in this scale."""
        return number(
            None if value is None else value / self.divisor, self.decimals, brackets=brackets
        )


POUNDS, THOUSANDS, MILLIONS = Scale("£", 1.0, 0), Scale("£000", 1e3, 0), Scale("£m", 1e6, 1)


def scale_for(values: Iterable[float | None]) -> Scale:
    """Return the scale of a table by its largest amount: £ below £1m, £000 below £1bn, else £m."""
    largest = max(
        (abs(v) for v in values if v is not None and not isinstance(v, NotKnown)), default=0.0
    )
    if largest < 1e6:
        return POUNDS
    return THOUSANDS if largest < 1e9 else MILLIONS


_COUNTS = (
    *("None", "One", "Two", "Three", "Four", "Five", "Six"),
    *("Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"),
)


def in_words(count: int) -> str:
    """Return a count as a word up to twelve, then in digits."""
    return _COUNTS[count] if count < len(_COUNTS) else f"{count:,}"


def listed(parts: Iterable[str], joined: str = "and") -> str:
    """Return words as a list in a sentence: `a`, `a and b`, `a, b and c`."""
    words = list(parts)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joined} {words[-1]}"


def plural(count: int, noun: str) -> str:
    """Return a count with its noun: `1 warning`, `no warnings`, `3 warnings`."""
    if count == 1:
        return f"1 {noun}"
    return f"{count:,} {noun}s" if count else f"no {noun}s"
