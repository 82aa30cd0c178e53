"""An answer of one plan less the same answer of another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from icbudget.answers.block import Block, Cell, Row
from icbudget.excel.coerce import InputProblem


def difference(title: str, first: Block, second: Block) -> Block:
    """Return one answer less the same answer of another plan.

    Rows are those of both, known by their labels and unit. Money that only one has counts as £0 in
    the other; another value without a counterpart, and text that stays the same, is blank; text
    that differs is shown as `this one ← the other`.
    """
    if (first.labels, first.columns) != (second.labels, second.columns):
        raise InputProblem(
            f"{title} has other columns in the two plans, so there is no difference to show."
            " Choose plans of the same years."
        )
    if not first.columns:
        raise InputProblem(f"{title} has no figures to take the difference of.")
    mine, other = _by_key(first), _by_key(second)
    rows: list[Row] = []
    for key in dict.fromkeys((*mine, *other)):
        before, after = other.get(key), mine.get(key)
        # Rows of this plan come first; those that only the other has follow.
        row = after or before
        assert row is not None
        values: list[Cell] = []
        for at, column in enumerate(first.columns):
            was = None if before is None else before.values[at]
            now = None if after is None else after.values[at]
            values.append(_change(was, now, first.unit_of(row.unit, column)))
        rows.append(Row(row.labels, row.unit, tuple(values)))
    shows = f"{first.shows} Differences: this plan less the other."
    return replace(first, shows=shows, rows=tuple(rows))


def _change(before: Any, after: Any, unit: str) -> Any:
    if isinstance(before, str) or isinstance(after, str):
        return f"{after or '–'} ← {before or '–'}" if before != after else None
    if before is not None and after is not None:
        return after - before
    # A line that one plan lacks costs nothing there; a rate or a count that it lacks is not 0.
    is_money = unit.startswith("£") and not (before is None and after is None)
    return (after or 0.0) - (before or 0.0) if is_money else None


def _by_key(block: Block) -> dict[tuple[Any, ...], Row]:
    """Return rows by labels and unit, and which of those with the same ones each is."""
    rows: dict[tuple[Any, ...], Row] = {}
    for row in block.rows:
        number = 0
        while (row.labels, row.unit, number) in rows:
            number += 1
        rows[row.labels, row.unit, number] = row
    return rows
