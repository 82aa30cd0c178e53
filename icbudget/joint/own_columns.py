"""Columns that people added to plan tables, merged cell by cell as figures are.

A cell belongs to the owner of its row. What its owner typed is taken; what several owners typed
otherwise, or others than the owner, leaves the cell as it is and is told. Such a cell is no figure
of the plan: what is agreed is typed into the joint workbook itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from icbudget.findings import Finding, Place, warning
from icbudget.joint.changes import Changes
from icbudget.joint.merge import Outcomes
from icbudget.joint.ownership import Ownership
from icbudget.joint.part_plan import OWN_COLUMNS
from icbudget.joint.plan_as_cells import KEY, Cells, Key, Tables, Unit, spec
from icbudget.plan import Plan
from icbudget.plan.headings import folded
from icbudget.plan.part import BaseRow
from icbudget.workbook.reading.user_sheets import OwnCell, OwnColumn, UserContent

_NAMED = 8
"""Rows that a finding names; the others are counted."""

Cell = tuple[str, Key, str]
"""A cell of such a column: table, key of its row, heading as it is compared."""


@dataclass(frozen=True, slots=True)
class OwnPart:
    """What a part has in columns of people's own, and what it changes of the plan.

    `handed_out` is what stood in such columns when the part was given out.
    """

    content: UserContent
    changes: Changes
    handed_out: Mapping[Cell, str]


def kept_columns(content: UserContent | None) -> tuple[BaseRow, ...]:
    """Return the cells of somebody's own columns as the rows in which a part keeps them."""
    cells = _cells_of(content.columns) if content else {}
    held = [
        [table, list(key), heading, _typed(cell)] for (table, key, heading), cell in cells.items()
    ]
    return tuple(
        BaseRow(table=OWN_COLUMNS, number=number, held=json.dumps(row, ensure_ascii=False))
        for number, row in enumerate(held, start=1)
    )


def given_columns(part: Plan) -> dict[Cell, str]:
    """Return the cells of somebody's own columns as a part was given them.

    A row that cannot be read any more is none: the cell then counts as one that the part added.
    """
    handed_out: dict[Cell, str] = {}
    for row in part.base_rows:
        if row.table != OWN_COLUMNS:
            continue
        try:
            table, key, heading, typed = json.loads(row.held)
            handed_out[str(table), tuple(map(str, key)), str(heading)] = str(typed)
        except (ValueError, TypeError):
            continue
    return handed_out


def merged_columns(
    contents: Sequence[UserContent],
    parts: Mapping[str, OwnPart],
    base: Tables,
    merged: Tables,
    outcomes: Outcomes,
    owned: Ownership,
) -> tuple[list[UserContent], list[Finding]]:
    """Return contents with the cells of own columns that each brings, and what is left open.

    `contents`: of the base first, then of each of `parts` in their order. `base` and `merged` are
    the plan's tables before and after, `outcomes` what became of every figure.
    """
    keys = {(u.table, u.key): o.value for u, o in outcomes.items() if u.cell == KEY and o.stands}
    before = {(table, now): was for (table, was), now in keys.items()}

    def now_at(cell: Cell, back: Mapping[tuple[str, Key], Key]) -> Cell:
        """Return a cell at the key that its row has in the merged plan."""
        table, key, heading = cell
        if key not in merged.get(table, {}):
            key = back.get((table, key), key)
            key = keys.get((table, key), key)
        return table, key, heading

    of_base = contents[0]
    stands = {now_at(cell, {}): held for cell, held in _cells_of(of_base.columns).items()}
    brought: dict[str, dict[Cell, OwnCell]] = {partner: {} for partner in parts}
    asks: dict[Cell, dict[str, tuple[str, str]]] = {}
    offered: dict[tuple[str, Cell], OwnCell] = {}
    for partner, part in parts.items():
        back = {
            (unit.table, change.now): unit.key
            for unit, change in part.changes.items()
            if unit.cell == KEY
        }
        has = {now_at(cell, back): held for cell, held in _cells_of(part.content.columns).items()}
        handed_out = {now_at(cell, {}): typed for cell, typed in part.handed_out.items()}
        headings = {(c.table, folded(c.heading)) for c in part.content.columns}
        for cell in dict.fromkeys((*handed_out, *has)):
            if (cell[0], cell[2]) not in headings:
                continue  # a column that one took out stays
            was = handed_out.get(cell, "")
            now = _typed(has[cell]) if cell in has else ""
            if was != now and cell[1] in merged.get(cell[0], {}):
                asks.setdefault(cell, {})[partner] = (was, now)
                if cell in has:
                    offered[partner, cell] = has[cell]
    left: dict[tuple[str, str, str], list[str]] = {}
    for cell, asked in asks.items():
        table, key, heading = cell
        row = base.get(table, {}).get(before.get((table, key), key)) or merged[table][key]
        typed_there = _typed(stands[cell]) if cell in stands else ""
        taken, why = _decided(asked, typed_there, _owners(owned, table, key, row))
        if taken is None:
            by = "; ".join(f"{who} typed {now or 'nothing'}" for who, (_, now) in asked.items())
            label = ", ".join(part for part in key if part)
            left.setdefault((table, heading, why), []).append(f"{label}: {by}")
            continue
        stands.pop(cell, None)
        if (taken, cell) in offered:
            brought[taken][cell] = offered[taken, cell]
    # The base last, so that a heading is spelt as it was before anybody's part.
    all_of_them = (*(part.content for part in parts.values()), of_base)
    every = chain.from_iterable(content.columns for content in all_of_them)
    spelt = {(column.table, folded(column.heading)): column for column in every}
    columns = [stands, *brought.values()]
    filled = [
        replace(content, columns=_columns_of(cells, spelt if at == 0 else {}, spelt))
        for at, (content, cells) in enumerate(zip(contents, columns, strict=True))
    ]
    return filled, [_left(*about, rows, spelt) for about, rows in left.items()]


def _owners(owned: Ownership, table: str, key: Key, row: Cells) -> frozenset[str]:
    return owned.owners(Unit(table, key), row)


def _decided(
    asked: Mapping[str, tuple[str, str]], stands: str, owners: frozenset[str]
) -> tuple[str | None, str]:
    """Return the partner whose cell is taken, or None and why the cell stays as it is."""
    may = {who: ask for who, ask in asked.items() if who in owners}
    if not may:
        return None, "typed by others than the owner of the row"
    if any(stands not in ask for ask in may.values()):
        return None, "changed in the plan since the part was given out"
    if len({now for _, now in may.values()}) > 1:
        return None, "typed differently"
    return next(iter(may)), ""


def _left(
    table: str,
    heading: str,
    why: str,
    rows: Sequence[str],
    spelt: Mapping[tuple[str, str], OwnColumn],
) -> Finding:
    called = spelt[table, heading].heading
    label = spec(table).label
    more = f"; and {len(rows) - _NAMED} more" if len(rows) > _NAMED else ""
    message = (
        f"The column {called} of {label} is {why} ({'; '.join(rows[:_NAMED])}{more}). The plan's"
        " stays."
    )
    fix = "Type what is agreed into that column of the joint workbook; it is no figure of the plan."
    return warning("joint.own-column", message, fix, Place(table=label))


def _columns_of(
    cells: Mapping[Cell, OwnCell],
    always: Iterable[tuple[str, str]],
    spelt: Mapping[tuple[str, str], OwnColumn],
) -> tuple[OwnColumn, ...]:
    """Return cells as columns; those of `always` are there without a cell, too."""
    by_column: dict[tuple[str, str], dict[str, OwnCell]] = {about: {} for about in always}
    for (table, key, heading), held in cells.items():
        by_column.setdefault((table, heading), {})["|".join(key)] = held
    return tuple(replace(spelt[about], cells=held) for about, held in by_column.items())


def _cells_of(columns: Iterable[OwnColumn]) -> dict[Cell, OwnCell]:
    cells: dict[Cell, OwnCell] = {}
    for column in columns:
        for key, cell in column.cells.items():
            cells[column.table, tuple(key.split("|")), folded(column.heading)] = cell
    return cells


def _typed(cell: OwnCell) -> str:
    """Return what somebody typed into a cell: its formula, else its value as text."""
    value = cell.value
    if cell.formula:
        return cell.formula
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:.15g}"
    return "" if value is None else str(value)
