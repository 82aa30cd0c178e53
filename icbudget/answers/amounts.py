"""Figures of the engine as answers carry them: pounds, and plain numbers."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from icbudget.engine.rounding import Floats


def pounds(pence: Floats | Iterable[int]) -> tuple[float, ...]:
    """Return whole pence as pounds."""
    # numpy's numbers are slow one by one, so an array is made plain first
    plain = pence.tolist() if isinstance(pence, np.ndarray) else pence
    return tuple([round(float(p)) / 100 for p in plain])


def known_pounds(pence: int | None) -> float | None:
    """Return whole pence as pounds; None where there is no figure."""
    return None if pence is None else pence / 100


def numbers(values: Floats) -> tuple[float, ...]:
    """Return an array as plain numbers, which every format can carry."""
    return tuple(map(float, values.tolist()))
