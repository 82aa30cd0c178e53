"""Rows that were read before: an edit changes one row of a table, and the others are as they were.

Each stays the very same row, so that whatever knows its rows need not look at it again. A row is
known here as long as anything else holds it: a plan that is kept, or a table as it was read.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping
from typing import Any

from icbudget.plan.columns import Noun
from icbudget.plan.plan import PlanTable

MOST_ROWS = 4_000
"""Rows that are known, about 2 KB each; those read first go first. A plan with more of them is read
anew at every edit."""

FilledIn = tuple[tuple[str, str | None], ...]
"""Which fields of a row, or years of them, were filled in."""
_Key = tuple[str, str]
"""Table and raw cells, as Python writes them: 1 is not 1.0."""


class _Known(weakref.ref[Noun]):
    """A row that was read without a finding, as long as something holds it."""

    __slots__ = ("filled_in", "key")
    key: _Key
    filled_in: FilledIn


_known: dict[_Key, _Known] = {}


def row_as_before(table: PlanTable, raw: Mapping[str, Any]) -> tuple[Noun, FilledIn] | None:
    """Return what was read of a row with the same cells; None where it is not known any more."""
    known = _known.get((table.field, repr(raw)))
    row = None if known is None else known()
    return None if known is None or row is None else (row, known.filled_in)


def keep(table: PlanTable, raw: Mapping[str, Any], row: Noun, filled_in: Iterable[str]) -> None:
    """Know a row again that was read without a finding.

    `filled_in`: its fields, those by year as `amounts[2027/28]`.
    """
    parts = (name.rstrip("]").partition("[") for name in filled_in)
    known = _Known(row, _forget_one)
    known.key = table.field, repr(raw)
    known.filled_in = tuple((name, year or None) for name, _, year in parts)
    _known[known.key] = known
    while len(_known) > MOST_ROWS:
        _known.pop(next(iter(_known)), None)


def forget() -> None:
    """Forget the rows that were read."""
    _known.clear()


def _forget_one(gone: weakref.ref[Noun]) -> None:
    """Forget a row that nothing holds any more, unless the same cells were read anew since."""
    if isinstance(gone, _Known) and _known.get(gone.key) is gone:
        _known.pop(gone.key, None)
