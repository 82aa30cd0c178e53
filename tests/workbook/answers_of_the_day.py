"""What the answer sheets of a workbook held on the day it was saved, against the same answers now."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from icbudget import glossary
from icbudget.answers.block import Block
from icbudget.plan.headings import FORMER_LABELS

Labels = tuple[str, ...]
CALLED_NOW = {
    "Cost of activity moved in": "Replacement cost",
    "System release": "Net release",
    "Gain against do nothing": glossary.GAIN,
    "Gain so far": glossary.GAIN_SO_FAR,
    "Close": glossary.CLOSE,
    "Net spending, do nothing": glossary.DO_NOTHING,
    "Net spending, plan": glossary.PLAN,
    "Put into pools": glossary.PUT_INTO_POOLS,
    "Saved on acute activity (stranded cost negative)": glossary.POSITION_ACTIVITY,
    "Prevention paid": glossary.PAID,
}
"""Figures that the changelog names as called otherwise."""
SYSTEM_ONLY = ("Bridge", "Partner positions")
"""Sheets of which the changelog names a change for partners: what a source spends is borne by what
each has paid into it to date, and is settled. What the whole system spends is as it was.
"""
GONE = ("Funding", "Unfunded gap")
"""Figures of the bridge that the changelog names as gone or of another basis."""


def compared_rows(path: Path, sheet: str, block: Block) -> int:
    """Compare every row of a saved answer sheet with its answer now; return how many."""
    headings, saved = _saved(path, sheet)
    unit = headings.index("Unit")
    # Later versions may say more about a row: it is found by the labels that it had.
    named = [block.labels.index(FORMER_LABELS.get(heading, heading)) for heading in headings[:unit]]
    now = {tuple(row.labels[at] for at in named): row.values for row in block.rows}
    assert len(now) == len(block.rows)
    columns = [heading for heading in headings[unit + 1 :] if heading is not None]
    assert columns == list(block.columns)
    compared = 0
    for labels, values in saved:
        if sheet in SYSTEM_ONLY and (labels[0] != "Whole system" or labels[-1] in GONE):
            continue
        called = tuple(CALLED_NOW.get(label, label) for label in labels)
        assert called in now, called
        assert values == pytest.approx(list(_as_it_was(called, now)), abs=0.005), called
        compared += 1
    return compared


def changed_rows(
    path: Path, sheet: str, block: Block, within: float = 0.005
) -> list[tuple[Labels, list[Any]]]:
    """Return the rows of a saved answer sheet whose values no row of the answer has now.

    A row is found by its labels; one that is called otherwise by its values, each of them once.
    `within`: how far apart figures are that count as one, £.
    """
    headings, saved = _saved(path, sheet)
    unit = headings.index("Unit")
    called_now = FORMER_LABELS | FORMER_HEADINGS.get(sheet, {})
    named = [block.labels.index(called_now.get(heading, heading)) for heading in headings[:unit]]
    columns = [heading for heading in headings[unit + 1 :] if heading is not None]
    assert columns == list(block.columns)
    now = {tuple(row.labels[at] for at in named): list(row.values) for row in block.rows}
    assert len(now) == len(block.rows)
    changed, otherwise = [], []
    for labels, values in saved:
        called = tuple(CALLED_NOW.get(label, label) for label in labels)
        if called not in now:
            otherwise.append((labels, values))
        elif not _alike(values, now.pop(called), within):
            changed.append((labels, values))
    left = list(now.values())
    for labels, values in otherwise:
        same = next((row for row in left if _alike(values, row, within)), None)
        if same is None:
            changed.append((labels, values))
        else:
            left.remove(same)
    return changed


FORMER_HEADINGS = {"Reallocation": {"Name": "Shift, pool or programme"}}
"""Headings of labels by sheet that are called otherwise now."""


def _alike(before: list[Any], after: list[Any], within: float) -> bool:
    """Return whether two rows have the same figures and words; a blank is nought."""

    def same(one: Any, other: Any) -> bool:
        if isinstance(one, str) or isinstance(other, str):
            return (one or "") == (other or "")
        return (one or 0) == pytest.approx(other or 0, abs=within)

    return len(before) == len(after) and all(map(same, before, after))


@lru_cache(maxsize=1)
def _opened(path: Path) -> openpyxl.Workbook:
    """Return a saved workbook, which is only read: some thirty answers are compared with one file."""
    return openpyxl.load_workbook(path, data_only=True)


def _saved(path: Path, sheet: str) -> tuple[list[Any], Iterator[tuple[Labels, list[Any]]]]:
    """Return the headings of a saved answer and its rows: their labels and values."""
    rows = [[cell.value for cell in row] for row in _opened(path)[sheet].iter_rows()]
    top = max(n for n, row in enumerate(rows) if "Unit" in row)  # the block stands below its totals
    headings, unit = rows[top], rows[top].index("Unit")
    width = sum(heading is not None for heading in headings[unit + 1 :])

    def lines() -> Iterator[tuple[Labels, list[Any]]]:
        for row in rows[top + 1 :]:
            labels = tuple("" if label is None else str(label) for label in row[:unit])
            if any(labels):
                yield labels, row[unit + 1 :][:width]

    return headings, lines()


def _as_it_was(labels: Labels, now: dict[Labels, tuple[Any, ...]]) -> tuple[Any, ...]:
    """Return the values of a row on the basis of the day."""
    figure, of_it = labels[-1], labels[:-1]
    # A line that activity moves to has its margin in a row of its own now, and the bridge ends
    # after the outturn of the year reported and its settlement, which were no part of it.
    apart = {
        "Stranded cost": (*of_it, "Margin on replacement activity"),
        glossary.PLAN: (*of_it, "Outturn and settlement"),
    }.get(figure)
    if apart not in now:
        return now[labels]
    return tuple(value - part for value, part in zip(now[labels], now[apart], strict=True))
