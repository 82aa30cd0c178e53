"""How a year's money falls into months: instalments of what partners pay in, and of budgets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from icbudget import years
from icbudget.plan import Plan
from icbudget.plan.looked_at import kept_by_fields

MONTHS = 12
_SHORT = ("Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar")
# Month 11 is February: 28 days in every year, as the day shown is a convention and no date of law.
_LAST_DAYS = (30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28, 31)
_INSTALMENTS: dict[str, tuple[int, ...]] = {
    "monthly": tuple(range(1, 13)),
    "quarterly": (1, 4, 7, 10),
    "four_equal": (3, 6, 9, 12),
    "annual": (1,),
}
"""Months in which an equal instalment falls: `quarterly` in advance on the first of each quarter (1
April, 1 July, 1 October, 1 January), `four_equal` at the end of each quarter, `annual` at once in
April. Month 1 is April.
"""
_BUILT_IN = {
    name: tuple(float(month in months) for month in range(1, MONTHS + 1))
    for name, months in _INSTALMENTS.items()
}


def weights_of(plan: Plan, profile: str) -> tuple[float, ...]:
    """Return the twelve weights of a profile, April first; a blank name is `monthly`.

    Raises `KeyError` for a name that is neither built in nor a row of Profiles; a plan without
    error findings names none.
    """
    built_in = _BUILT_IN.get(profile or "monthly")
    return _typed_weights(plan)[profile] if built_in is None else built_in


@kept_by_fields(4)
def _typed_weights(plan: Plan) -> dict[str, tuple[float, ...]]:
    """Return the weights of every profile that the plan types, by its name."""
    return {row.id: row.weights for row in plan.profiles}


def instalments(pence: int, weights: Sequence[float]) -> tuple[int, ...]:
    """Return a year's amount as twelve monthly parts that sum to it, whole pence.

    `part_m = ⌊|pence| × w_m / Σw⌋`, and the last instalment takes the pence that are left. £100 in
    twelfths is eleven times £8.33 and £8.37. A negative amount is the mirror image. Source: model
    §1.1, PB §5.2 (last instalment takes the rounding).

    Raises `ValueError` where no weight is above zero or one is below it.
    """
    exact, total, last = _whole_numbers(tuple(weights))
    size = abs(pence)
    parts = [size * weight // total for weight in exact]
    # PB §5.2: each instalment is rounded down, and the last takes the pence that are left
    parts[last] += size - sum(parts)
    return tuple(-part for part in parts) if pence < 0 else tuple(parts)


@lru_cache(maxsize=256)
def _whole_numbers(weights: tuple[float, ...]) -> tuple[tuple[int, ...], int, int]:
    """Return weights as whole numbers in exactly the same proportion, their sum, and the last."""
    # Fractions, since floats of twelve typed weights would move a penny between months.
    exact = [Fraction(weight) for weight in weights]
    if sum(exact) <= 0 or min(exact) < 0:
        raise ValueError("the weights of a profile must be zero or more, and not all zero")
    common = math.lcm(*(weight.denominator for weight in exact))
    numbers = tuple(int(weight * common) for weight in exact)
    return numbers, sum(numbers), max(month for month, weight in enumerate(numbers) if weight)


def to_date(parts: Sequence[int], month: int) -> int:
    """Return what falls into the months up to and with `month` (1 is April), pence."""
    return sum(parts[:month])


def quarters(parts: Sequence[int]) -> tuple[int, ...]:
    """Return twelve monthly parts as four quarters; quarter 1 is April to June."""
    return tuple(sum(parts[at : at + 3]) for at in range(0, MONTHS, 3))


@lru_cache(maxsize=1024)
def paid_from(weights: tuple[float, ...], year: str, start: str) -> tuple[float, ...]:
    """Return the weights of a year with nothing before the month of a date.

    Where nothing is left, all of it falls in that month. `start` is a date as 2025-11-20, or blank.
    A date before the year changes nothing; one after it leaves all to March, since a year's money
    is due within it.
    """
    first = (int(start[:4]) - years.start(year)) * MONTHS + int(start[5:7]) - 4 if start else 0
    at = min(max(first, 0), MONTHS - 1)
    later = tuple(weight if month >= at else 0.0 for month, weight in enumerate(weights))
    return later if any(later) else tuple(float(month == at) for month in range(MONTHS))


def due(profile: str, month: int) -> str:
    """Return the day on which the instalment of a month (0 is April) is due, such as `1 Jul`.

    The first of the month, for `four_equal` its last day: a convention of ours where the agreement
    says nothing else.
    """
    return f"{_LAST_DAYS[month] if profile == 'four_equal' else 1} {_SHORT[month]}"
