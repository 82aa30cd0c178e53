"""Exact money: whole pence, half-up rounding and penny-exact splits.

Ledger amounts are whole pence. Ratios, activity and prices are floats that become pence once, at
the boundary, half-up. This module is plain Python; the engine applies the same two rules to arrays
in `icbudget.engine.rounding`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import lru_cache

TOO_MUCH = 10**13
"""£10 trillion: beyond it pence are no longer exact, and nothing of a plan is as large."""
_WIDE = Context(prec=60)
"""Digits enough for three of the largest figures that a cell may hold, multiplied."""


@lru_cache(maxsize=8192, typed=True)  # by type too: a float is read otherwise than a Decimal
def to_pence(pounds: Decimal | int | float | str) -> int:
    """Return an amount in pounds as whole pence, rounded half-up (away from zero when negative).

    A float is read by its shortest decimal form, so 0.285 is 28.5p and becomes 29p.
    """
    exact = pounds if isinstance(pounds, Decimal) else Decimal(str(pounds))
    return int((exact * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP, context=_WIDE))


def to_pounds(pence: int) -> Decimal:
    """Return whole pence as pounds with two decimal places."""
    return Decimal(pence).scaleb(-2)


def split(pence: int, weights: Sequence[float | int | Decimal | Fraction]) -> list[int]:
    """Return `pence` divided in proportion to `weights`, to the penny, by largest remainder.

    `part_i = floor(pence × w_i / Σw)`, then one penny more to the largest remainders; ties go to
    the earlier place, so the fixed order of partners or periods decides. The parts always sum to
    `pence`. A negative amount splits as the mirror image of the positive one.

    Raises `ValueError` when a weight is negative or not a number, or when all weights are zero.
    """
    # Most splits have one taker, who needs no exact fractions.
    if sum(w > 0 for w in weights) == 1 and all(0 <= w < math.inf for w in weights):
        return [pence if w > 0 else 0 for w in weights]
    if any(not math.isfinite(w) or w < 0 for w in weights):
        raise ValueError("the weights of a split must be numbers of zero or more")
    # Fractions hold every weight exactly, so that no penny hangs on how a float is rounded.
    exact = [w if isinstance(w, int) else Fraction(w) for w in weights]
    scale = math.lcm(*(w.denominator for w in exact))
    scaled = [w.numerator * (scale // w.denominator) for w in exact]
    total = sum(scaled)
    if total == 0:
        raise ValueError("the weights of a split must not all be zero")
    size = abs(pence)
    shares = [divmod(size * weight, total) for weight in scaled]
    parts = [part for part, _ in shares]
    # The largest remainder first; of two that are equal the earlier place, which is fixed.
    order = sorted(range(len(parts)), key=lambda place: (-shares[place][1], place))
    pennies_left = size - sum(parts)
    for place in order[:pennies_left]:
        parts[place] += 1
    return [-part for part in parts] if pence < 0 else parts


def split_each(
    amounts: Sequence[int], weights: Sequence[float | int | Decimal | Fraction]
) -> list[list[int]]:
    """Return each amount divided in proportion to `weights`, so that the parts close on the total.

    What each weight has of all amounts together is `split` of their total; the amounts are then
    divided one after another, in their order, in proportion to what is left of it. So no part
    exceeds its amount or differs from it in sign. Amounts of the other sign than the total are
    divided first and alone.
    """
    total = sum(amounts)
    sign = -1 if total < 0 else 1
    parts = [split(amount, weights) if amount * sign < 0 else [] for amount in amounts]
    left = [sign * part for part in split(total, weights)]
    for against in filter(None, parts):
        left = [rest - sign * part for rest, part in zip(left, against, strict=True)]
    for place, amount in enumerate(amounts):
        if parts[place]:
            continue
        if amount:
            taken = split(sign * amount, left)
            left = [rest - part for rest, part in zip(left, taken, strict=True)]
            parts[place] = [sign * part for part in taken]
        else:
            parts[place] = [0 for _ in left]
    return parts


def in_words(pence: int) -> str:
    """Return an amount as a sentence has it: `£30,000`, and `£12.34` where there are pence."""
    return display(pence, pounds_only=pence % 100 == 0)


def display(pence: int, *, pounds_only: bool = False) -> str:
    """Return an amount as people write it: `£1,234.56`, negative `−£1,234.56`.

    Without pence when asked.
    """
    amount = to_pounds(abs(pence))
    if pounds_only:
        # An amount that cannot be meant, such as 1e200, is still written for its finding.
        rounded = amount.quantize(Decimal(1), rounding=ROUND_HALF_UP, context=_WIDE)
        figures = f"{rounded:,}"
    else:
        figures = f"{amount:,.2f}"
    # An amount that rounds to nothing has no sign: −£0 would be read as a debt.
    sign = "−" if pence < 0 and figures.strip("0.,") else ""
    return f"{sign}£{figures}"
