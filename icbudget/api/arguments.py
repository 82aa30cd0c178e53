"""What a call is given, checked before anything is done with it.

A wrong kind of argument is a mistake of the person who calls, so it raises `IcbudgetError` in one
line that says what was meant, never an error from inside.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from numbers import Real
from operator import index
from pathlib import Path
from typing import Any, cast, get_args

from icbudget.api.errors import IcbudgetError
from icbudget.frames import Money

PathLike = str | Path


def checked_text(value: Any, what: str) -> str:
    """Return a text; raises `IcbudgetError` for anything else."""
    if not isinstance(value, str):
        raise IcbudgetError(f"{what} is given as text, not as {_kind(value)}.")
    return value


def checked_path(value: Any, what: str) -> Path:
    """Return a path; raises `IcbudgetError` for what is neither text nor a path."""
    if not isinstance(value, (str, Path)):
        raise IcbudgetError(f"{what} is given as text or as a path, not as {_kind(value)}.")
    return Path(value)


def checked_figures(value: Any) -> Mapping[str, Any]:
    """Return figures by name; raises `IcbudgetError` for what is no mapping of texts."""
    if not isinstance(value, Mapping):
        example = '{"hospital_at_home / Effect": 0.6}'
        way = " Its to_dict() gives that." if hasattr(value, "to_dict") else ""
        raise IcbudgetError(f"Figures are given by name, as {example}, not as {_kind(value)}.{way}")
    return {checked_text(n, "The name of a figure"): checked_value(v, n) for n, v in value.items()}


def checked_value(value: Any, name: str) -> str | float | bool | Decimal | None:
    """Return what a figure is changed to as a plain value of Python, None for a blank cell.

    Raises `IcbudgetError` for what no cell of a plan holds.
    """
    if getattr(value, "ndim", None) == 0 and hasattr(value, "item"):
        # A single number of numpy or pandas.
        value = value.item()
    if value is None or isinstance(value, (str, Real, Decimal)):
        return cast("str | float | bool | Decimal | None", value)
    raise IcbudgetError(
        f"{name} is changed to a number, a word, True, False, or None for a blank; not to"
        f" {_kind(value)}."
    )


def checked_whole(value: Any, what: str, least: int, most: int | None = None) -> int:
    """Return a whole number within its limits; raises `IcbudgetError` for anything else."""
    until = "or more" if most is None else f"to {most:,}"
    try:
        # numpy's whole numbers are whole numbers too; True is none.
        number = None if isinstance(value, bool) else index(value)
    except TypeError:
        number = None
    if number is None or number < least or (most is not None and number > most):
        raise IcbudgetError(f"{what} is a whole number of {least:,} {until}, not {value!r}.")
    return number


def checked_seconds(value: Any) -> float:
    """Return a number of seconds above 0; raises `IcbudgetError` for anything else."""
    if not _is_number(value) or not value > 0:
        raise IcbudgetError(f"A time limit is a number of seconds above 0, not {value!r}.")
    return float(value)


def checked_chance(value: Any, what: str) -> float | None:
    """Return a chance between 0 and 1, or None; raises `IcbudgetError` for anything else."""
    if value is None:
        return None
    if not _is_number(value) or not 0 < value < 1:
        raise IcbudgetError(f"{what} lies between 0 and 1, such as 0.8; it is not {value!r}.")
    return float(value)


def checked_money(money: Any) -> Money:
    """Return what amounts are given in; raises `IcbudgetError` for neither pounds nor pence."""
    if not isinstance(money, str) or money not in get_args(Money):
        raise IcbudgetError(f"Money is given in pounds or in pence, not in “{money}”.")
    return cast(Money, money)


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _kind(value: Any) -> str:
    return "nothing" if value is None else type(value).__name__
