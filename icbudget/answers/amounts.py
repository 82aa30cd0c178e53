"""Figures of the engine as answers carry them: pounds, and plain numbers."""

from __future__ import annotations

from collections.abc import Iterable

from icbudget.engine.rounding import Floats


def pounds(pence: Floats | Iterable[int]) -> tuple[float, ...]:
    """Return whole pence as pounds."""
    return tuple([round(float(p)) / 100 for p in pence])


def known_pounds(pence: int | None) -> float | None:
    """Return whole pence as pounds; None where there is no figure."""
    return None if pence is None else pence / 100


def numbers(values: Floats) -> tuple[float, ...]:
    """Return an array as plain numbers, which every format can carry."""
    return tuple(float(value) for value in values)
