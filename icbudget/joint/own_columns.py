"""Columns that people added to plan tables, merged cell by cell as figures are.

A cell belongs to the owner of its row. What its owner typed is taken; what several owners typed
otherwise, or others than the owner, leaves the cell as it is, with a finding. Such a cell is no
figure of the plan: what is agreed is typed into the joint workbook itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import NamedTuple, TypeVar

from icbudget.findings import Finding, Place, warning
from icbudget.joint.changes import Changes
from icbudget.joint.figures import column_of
from icbudget.joint.merge import Outcomes
from icbudget.joint.ownership import Ownership
from icbudget.joint.part_plan import OWN_COLUMNS
from icbudget.joint.plan_as_cells import KEY, ROW, Key, Tables, Unit
from icbudget.plan import Plan
from icbudget.plan.headings import folded
from icbudget.plan.part import BaseRow
from icbudget.workbook import layout
from icbudget.workbook.reading.user_sheets import OwnCell, OwnColumn, SheetRow, UserContent

_Held = TypeVar("_Held", OwnCell, str)
_NewKeys = Mapping[tuple[str, Key], Key]
"""By table and key of a row, its other key."""
_NAMED = 8
"""Rows that a finding names; the others are counted."""


class Cell(NamedTuple):
    """A cell of such a column: the place of its table, its row, and its heading as it is compared.

    `figure`: the setting or the figure by year whose row it is; blank in any other table.
    """

    place: str
    key: Key
    figure: str
    heading: str

    @property
    def table(self) -> str:
        """Return the plan table that the column is beside."""
        return layout.BY_NAME[self.place].table.field


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
        [cell.place, list(cell.key), cell.figure, cell.heading, _typed(typed)]
        for cell, typed in cells.items()
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
            place, key, figure, heading, typed = json.loads(row.held)
            cell = Cell(str(place), tuple(map(str, key)), str(figure), str(heading))
        except (ValueError, TypeError):
            continue
        if cell.place in layout.BY_NAME:
            handed_out[cell] = str(typed)
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
    of_base = contents[0]
    stands = _at_keys_now(_cells_of(of_base.columns), keys, merged)
    asks = _asks_of_parts(parts, keys, merged)
    brought: dict[str, dict[Cell, OwnCell]] = {partner: {} for partner in parts}
    left: dict[tuple[str, str, str], list[str]] = {}
    for cell, asked in asks.by_cell.items():
        typed_there = _typed(stands[cell]) if cell in stands else ""
        taken, why = _decided(asked, typed_there, _owners(owned, cell, before, base, merged))
        if taken is None:
            by = "; ".join(f"{who} typed {now or 'nothing'}" for who, (_, now) in asked.items())
            left.setdefault((cell.place, cell.heading, why), []).append(f"{_words(cell)}: {by}")
            continue
        stands.pop(cell, None)
        # A cell that its owner emptied is taken too: nothing is offered, and nothing stands.
        if (taken, cell) in asks.offered:
            brought[taken][cell] = asks.offered[taken, cell]
    # The base last, so that a heading is spelt as it was before anybody's part.
    all_of_them = (*(part.content for part in parts.values()), of_base)
    every = chain.from_iterable(content.columns for content in all_of_them)
    spelt = {(column.place, folded(column.heading)): column for column in every}
    # The base keeps each column, without a cell too, so that none vanishes from the sheet.
    filled = [replace(of_base, columns=_columns_of(stands, spelt, spelt))]
    for content, cells in zip(contents[1:], brought.values(), strict=True):
        filled.append(replace(content, columns=_columns_of(cells, (), spelt)))
    return filled, [_left(*about, rows, spelt) for about, rows in left.items()]


class _Asks(NamedTuple):
    """What the parts ask of cells: by partner what was handed out and what is typed now."""

    by_cell: dict[Cell, dict[str, tuple[str, str]]]
    offered: dict[tuple[str, Cell], OwnCell]


def _asks_of_parts(parts: Mapping[str, OwnPart], keys: _NewKeys, merged: Tables) -> _Asks:
    asks = _Asks({}, {})
    for partner, part in parts.items():
        rekeyed = [unit for unit in part.changes if unit.cell == KEY]
        back = {(unit.table, part.changes[unit].now): unit.key for unit in rekeyed}
        has = _at_keys_now(_cells_of(part.content.columns), keys, merged, back)
        handed_out = _at_keys_now(part.handed_out, keys, merged)
        headings = {(c.place, folded(c.heading)) for c in part.content.columns}
        for cell in dict.fromkeys((*handed_out, *has)):
            if (cell.place, cell.heading) not in headings:
                continue  # a column that one took out stays
            was = handed_out.get(cell, "")
            now = _typed(has[cell]) if cell in has else ""
            if was == now or cell.key not in merged.get(cell.table, {}):
                continue
            asks.by_cell.setdefault(cell, {})[partner] = (was, now)
            if cell in has:
                asks.offered[partner, cell] = has[cell]
    return asks


def _at_keys_now(
    cells: Mapping[Cell, _Held], keys: _NewKeys, merged: Tables, back: _NewKeys | None = None
) -> dict[Cell, _Held]:
    """Return cells at the keys that their rows have in the merged plan.

    `back`: the keys before of the rows that a part gave other keys.
    """
    at_keys_now: dict[Cell, _Held] = {}
    for cell, held in cells.items():
        key = cell.key
        if key not in merged.get(cell.table, {}):
            key = back.get((cell.table, key), key) if back else key
            key = keys.get((cell.table, key), key)
        at_keys_now[cell._replace(key=key)] = held
    return at_keys_now


def _owners(
    owned: Ownership,
    cell: Cell,
    before: _NewKeys,
    base: Tables,
    merged: Tables,
) -> frozenset[str]:
    """Return who may type beside a row: its owner, or that of the setting or figure of the row."""
    table, key = cell.table, cell.key
    cells = base.get(table, {}).get(before.get((table, key), key)) or merged[table][key]
    return owned.owners(Unit(table, key, cell.figure or ROW), cells)


def _words(cell: Cell) -> str:
    """Return what people call the row of a cell."""
    names = [part for part in cell.key if part]
    if cell.figure:
        names.append(column_of(cell.table, cell.figure).label)
    return ", ".join(names)


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
    place: str,
    heading: str,
    why: str,
    rows: Sequence[str],
    spelt: Mapping[tuple[str, str], OwnColumn],
) -> Finding:
    called = spelt[place, heading].heading
    label = layout.BY_NAME[place].sheet
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
    by_column: dict[tuple[str, str], dict[SheetRow, OwnCell]] = {about: {} for about in always}
    for cell, held in cells.items():
        row = SheetRow("|".join(cell.key), cell.figure)
        by_column.setdefault((cell.place, cell.heading), {})[row] = held
    return tuple(replace(spelt[about], cells=held) for about, held in by_column.items())


def _cells_of(columns: Iterable[OwnColumn]) -> dict[Cell, OwnCell]:
    cells: dict[Cell, OwnCell] = {}
    for column in columns:
        for row, held in column.cells.items():
            key = tuple(row.key.split("|")) if row.key else ()
            cells[Cell(column.place, key, row.figure, folded(column.heading))] = held
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


WHY_IT_MATTERS = {
    "joint.own-column": (
        "Two partners wrote different notes. No money depends on it, but a reader would follow"
        " the wrong one."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
