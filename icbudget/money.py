"""Exact money: whole pence, half-up rounding and penny-exact splits.

Ledger amounts are whole pence. Ratios, activity and prices are floats that become pence once, at
the boundary, half-up. This module is plain Python; the engine applies the same two rules to arrays
in `icbudget.engine.rounding`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def to_pence(pounds: Decimal | int | float | str) -> int:
    """Return an amount in pounds as whole pence, rounded half-up (away from zero when negative).

    A float is read by its shortest decimal form, so 0.285 is 28.5p and becomes 29p.
    """
    exact = pounds if isinstance(pounds, Decimal) else Decimal(str(pounds))
    return int((exact * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


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
    if sum(w > 0 for w in weights) == 1 and all(0 <= w < math.inf for w in weights):
        return [pence if w > 0 else 0 for w in weights]
    exact = [
        (
            w
            if isinstance(w, int)
            else Fraction(-1 if isinstance(w, float) and not math.isfinite(w) else w)
        )
        for w in weights
    ]
    if any(w < 0 for w in exact):
        raise ValueError("the weights of a split must be numbers of zero or more")
    scale = math.lcm(*(w.denominator for w in exact))
    whole = [w.numerator * (scale // w.denominator) for w in exact]
    total = sum(whole)
    if total == 0:
        raise ValueError("the weights of a split must not all be zero")
    size = abs(pence)
    shares = [divmod(size * w, total) for w in whole]
    parts = [part for part, _ in shares]
    order = sorted(range(len(parts)), key=lambda i: (-shares[i][1], i))
    for i in order[: size - sum(parts)]:
        parts[i] += 1
    return [-p for p in parts] if pence < 0 else parts


def display(pence: int, *, pounds_only: bool = False) -> str:
    """Return an amount as people write it: `£1,234.56`, negative `−£1,234.56`; without pence when
    asked.
    """
    amount = to_pounds(abs(pence))
    shown = (
        f"{amount.quantize(Decimal(1), rounding=ROUND_HALF_UP):,}"
        if pounds_only
        else f"{amount:,.2f}"
    )
    return f"{'−' if pence < 0 and shown.strip('0.,') else ''}£{shown}"
