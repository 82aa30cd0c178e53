"""Rows that were read before: an edit changes one row of a table, and the others are as they were.

Each stays the very same row, so that whatever knows its rows need not look at it again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from icbudget.plan.columns import Noun
from icbudget.plan.plan import PlanTable

MOST_ROWS = 4_000
"""Rows that are kept as they were read, about 2 KB each; those read first go first. A plan with
more of them is read anew at every edit."""


@dataclass(frozen=True, eq=False, slots=True)
class Before:
    """A row that was read without a finding, and which fields, or years of them, were filled in."""

    row: Noun
    filled_in: tuple[tuple[str, str | None], ...]


_kept: OrderedDict[tuple[str, str], Before] = OrderedDict()
"""By table and raw cells, each as Python writes it: 1 is not 1.0."""


def row_as_before(table: PlanTable, raw: Mapping[str, Any]) -> Before | None:
    """Return what was read of a row with the same cells; None where none is kept."""
    return _kept.get((table.field, repr(raw)))


def keep(table: PlanTable, raw: Mapping[str, Any], row: Noun, filled_in: Iterable[str]) -> None:
    """Keep a row that was read without a finding.

    `filled_in`: its fields, those by year as `amounts[2027/28]`.
    """
    parts = (name.rstrip("]").partition("[") for name in filled_in)
    _kept[table.field, repr(raw)] = Before(row, tuple((n, year or None) for n, _, year in parts))
    while len(_kept) > MOST_ROWS:
        _kept.popitem(last=False)


def forget() -> None:
    """Forget the rows that were read."""
    _kept.clear()
