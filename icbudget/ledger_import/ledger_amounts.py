"""Amounts as ledgers write them. What cannot be read for certain is refused, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from icbudget import money
from icbudget.plan.cell_values import visible

LARGEST_PENCE = 10**15
"""No ledger of a plan holds an amount of £10 trillion."""
NEGATIVE = ("cr", "-", "−", "–")
_SIGNS = ("cr", "dr", "-", "−", "–", "+")
_POINT = re.compile(r"^(?:[0-9]{1,3}(?:[, ][0-9]{3})+|[0-9]+)?(?:\.[0-9]+)?$")
_COMMA = re.compile(r"^(?:[0-9]{1,3}(?:[. ][0-9]{3})+|[0-9]+)?(?:,[0-9]+)?$")
_SURELY_COMMA = re.compile(r"[0-9],[0-9]{1,2}$")
_BLANKS_IN_NUMBERS = re.compile(r"(?<=[0-9])[\u00a0\u2007\u2009\u202f](?=[0-9]{3})")
"""Blanks that part thousands: they do not break at the end of a line, which a typed blank would."""
_NOISE_DIGITS = 6
_NOISE_PENCE = Decimal("0.001")
"""A spreadsheet writes 0.1 + 0.2 as 0.30000000000000004: an amount with more than six decimals
that lies within a thousandth of a penny of a whole penny is that penny.
"""


class Unreadable(ValueError):
    """Why a cell cannot be read, in words; it never leaves the reading of a ledger."""


def amount(text: str, *, decimal_comma: bool = False) -> int:
    """Return an amount as whole pence, debit positive.

    Reads `1,234.56`, `£1,234.56`, `(1,234.56)`, `-1,234.56`, `1,234.56-`, `1,234.56 CR`, `DR 5`,
    and a dash alone, which is how Excel's accounting format writes zero; `1.234,56` where the
    ledger has a decimal comma. Raises `Unreadable` for text, for a comma that parts no thousands
    (`1,23`), for two signs, and for fractions of a penny.
    """
    bare, sign = _without_sign(text)
    if not bare:
        return 0
    # Thousands stand in groups of three digits throughout, or the comma is a decimal comma that
    # nobody named.
    form = _COMMA if decimal_comma else _POINT
    if not form.match(bare) or not any(letter.isdigit() for letter in bare):
        raise Unreadable(f"“{text.strip()[:40]}” is not an amount")
    digits = bare.replace(" ", "")
    digits = digits.replace(".", "").replace(",", ".") if decimal_comma else digits.replace(",", "")
    return sign * _whole_pence(digits, text)


def _without_sign(text: str) -> tuple[str, int]:
    """Return an amount's digits and its sign; no digits for a dash alone, which is zero."""
    text = visible(text)
    bare = _BLANKS_IN_NUMBERS.sub(" ", text).replace("\u00a0", " ").strip().casefold()
    # A typed blank may stand between two numbers that were run together; one that does not break is
    # a program's.
    if _BLANKS_IN_NUMBERS.search(text) is None and re.search(r"[0-9] [0-9]", bare):
        raise Unreadable(f"“{text.strip()[:40]}” is not an amount")
    bare = bare.replace("£", "").replace("gbp", "").strip()
    sign = 1
    signs = 0
    if bare.startswith("(") and bare.endswith(")"):
        bare = bare[1:-1].strip()
        sign = -1
        signs = 1
    if bare in ("-", "–", "−"):
        return "", 1
    for mark in _SIGNS:
        for cut in (bare.removeprefix(mark), bare.removesuffix(mark)):
            if cut != bare:
                bare = cut.strip()
                signs += 1
                sign = -1 if mark in NEGATIVE else sign
                break
    if signs > 1:
        raise Unreadable(f"“{text.strip()}” has two signs")
    if not bare or bare == ".":
        raise Unreadable(f"“{text.strip()[:40]}” is not an amount")
    return bare, sign


def _whole_pence(digits: str, text: str) -> int:
    pence = Decimal(digits) * 100
    if pence >= LARGEST_PENCE:
        raise Unreadable(f"“{text.strip()[:40]}” is larger than any plan")
    nearest = pence.to_integral_value()
    decimals = len(digits.partition(".")[2])
    noise = decimals > _NOISE_DIGITS and abs(pence - nearest) < _NOISE_PENCE
    if pence != nearest and not noise:
        raise Unreadable(f"“{text.strip()[:40]}” has fractions of a penny")
    return money.to_pence(nearest / 100)


def has_decimal_comma(texts: Iterable[str]) -> bool:
    """Return whether the amounts of a column are written with a decimal comma: `1.234,56`.

    They are where one cannot be anything else and none contradicts it. A column that could be
    either (`1,234` alone) is read with a decimal point, as the United Kingdom writes it.
    """
    surely = False
    for text in texts:
        if not text or _reads(text, decimal_comma=True):
            surely = surely or bool(_SURELY_COMMA.search(text.strip(" ()-−£CRDcrd")))
        elif _reads(text, decimal_comma=False):
            return False
    return surely


def _reads(text: str, *, decimal_comma: bool) -> bool:
    try:
        amount(text, decimal_comma=decimal_comma)
    except Unreadable:
        return False
    return True
