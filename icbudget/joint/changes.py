"""What a part changes of its base, unit by unit; and rows that only got another key.

A change of representation is no change: both sides are compared as the plan reads them. A row that
got another key is one change, and every cell that names it follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from icbudget.joint.ownership import Ownership
from icbudget.joint.plan_as_cells import (
    IN_ORDER,
    KEY,
    ORDER,
    ROW,
    WHOLE,
    Cells,
    Key,
    Tables,
    Unit,
    frozen,
    references,
    shape,
    spec,
    units,
)
from icbudget.plan.identity import as_saved
from icbudget.plan.rows import split_path

Names = Mapping[tuple[str, Key], Key]
"""Keys that rows have now, by table and the key that they had."""


PATHS: Mapping[str, tuple[str, ...]] = {
    "scenarios": ("path",),
    "uncertainties": ("path",),
    "correlations": ("driver_a", "driver_b"),
}
"""Columns that name a figure of the plan by its path, by table."""


class Change(NamedTuple):
    """What a part makes of a unit; None is nothing there."""

    was: Any
    now: Any


Changes = dict[Unit, Change]


def changes(base: Tables, part: Tables, owned: Ownership, recorded: Names) -> Changes:
    """Return what a part changes of the base that it was made from.

    `recorded` are the keys that the partner itself changed, as its part records them; others are
    found where exactly one row went and one came with the same cells and owner. A row added or
    deleted is one change, not one for each of its cells.
    """
    part = as_in_base(part, base)
    names = {**_renames(base, part, owned), **_possible(base, part, recorded)}
    before = units(base)
    back = {(table, new): old for (table, old), new in names.items()}
    after = units(as_in_base(rekeyed(part, back), base))
    # A cell that named the new key before anybody had it is not changed by following it back.
    as_typed = units(part) if back else after
    changes: Changes = {
        Unit(table, old, KEY): Change(old, new)
        for (table, old), new in names.items()
        if not _follows(table, old, new, names)
    }
    # In the order of the tables, then of the rows as base and part have them.
    for unit in dict.fromkeys((*before, *after)):
        row = unit._replace(cell=ROW)
        if shape(unit.table).as_one:
            there = unit.key in base.get(unit.table, {}) and unit.key in part.get(unit.table, {})
            by_cell = unit.cell == WHOLE or there
        else:
            by_cell = row in before and row in after
        is_row = unit.cell == ROW
        changed_row = is_row and shape(unit.table).row
        if before.get(unit) in (after.get(unit), as_typed.get(unit, after.get(unit))):
            continue
        if by_cell != is_row or changed_row:
            changes[unit] = Change(before.get(unit), after.get(unit))
    changes = {unit: _with_new_rows(unit, change, base, part) for unit, change in changes.items()}
    changes |= _order(base, part, names)
    return changes


def as_in_base(part: Tables, base: Tables) -> Tables:
    """Return a part whose numbers are the base's where a program only saved fewer digits of them.

    LibreOffice keeps 15, so that whoever opens and saves a part has changed nothing by it.
    """

    def cells_of_row(table: str, key: Key, cells: Cells) -> Cells:
        before = base.get(table, {}).get(key, {})
        return {
            name: before[name]
            if name in before and as_saved(before[name]) == as_saved(value)
            else value
            for name, value in cells.items()
        }

    return {
        table: {key: cells_of_row(table, key, cells) for key, cells in rows.items()}
        for table, rows in part.items()
    }


def _with_new_rows(unit: Unit, change: Change, base: Tables, part: Tables) -> Change:
    """Return a change of an agreement whose new rows have every cell: nobody else has any yet."""
    if unit.cell != WHOLE or change.now is None or not shape(unit.table).apart:
        return change
    old, new = base.get(unit.table, {}), part[unit.table]
    now = tuple((key, cells if key in old else frozen(new[key])) for key, cells in change.now)
    return change._replace(now=now)


def rekeyed(tables: Tables, names: Names) -> Tables:
    """Return tables with rows under other keys; the cells and keys that name such a row follow."""
    if not names:
        return {table: {k: dict(c) for k, c in rows.items()} for table, rows in tables.items()}
    firsts = _first_keys(tables, names)
    keys = keys_followed(tables, names)
    new: Tables = {}
    for table, rows in tables.items():
        refers = [(field, target) for field, target in references(table) if target in firsts]
        new[table] = {
            keys.get((table, key), key): {
                name: _renamed(name, value, refers, firsts) for name, value in cells.items()
            }
            for key, cells in rows.items()
        }
    return _paths_following(new, keys)


def keys_followed(tables: Tables, names: Names) -> dict[tuple[str, Key], Key]:
    """Return the key of every row that gets another: its own, or one that follows another row's."""
    firsts = _first_keys(tables, names)
    keys: dict[tuple[str, Key], Key] = {}
    for table, rows in tables.items():
        refers = [(field, target) for field, target in references(table) if target in firsts]
        for key in rows:
            now = names.get((table, key)) or _key_following(table, key, refers, firsts)
            if now != key:
                keys[table, key] = now
    return keys


def _paths_following(new: Tables, moved_keys: Names) -> Tables:
    """Return tables in which the path of a figure names its row by the key that it has now.

    A scenario changes figures, and Uncertainty spreads them, by their path; two drivers that move
    together may be such paths.
    """
    for table, fields in PATHS.items():
        parts = spec(table).key
        rows = new.get(table, {})
        moved: dict[Key, Cells] = {}
        for key, cells in rows.items():
            now = tuple(
                _path_followed(text, moved_keys) if part in fields else text
                for part, text in zip(parts, key, strict=True)
            )
            held = {
                name: _path_followed(value, moved_keys) if name in fields else value
                for name, value in cells.items()
            }
            moved[now] = held
        if rows:
            new[table] = moved
    return new


def _path_followed(path: str, names: Names) -> str:
    """Return the path of a figure under the key that its row has now."""
    parts = split_path(path)
    if parts is None:
        return path
    now = names.get((parts[0], tuple(parts[1].split("|"))))
    return path.replace(f"/{parts[1]}/", f"/{'|'.join(now)}/", 1) if now else path


def renamed_value(unit: Unit, value: Any, table: str, old: str, new: str) -> Any:
    """Return what a unit's value becomes where a row that it names has another first key."""
    refers = [(field, target) for field, target in references(unit.table) if target == table]
    firsts = {table: {old: new}}
    if value is None or not refers or unit.cell in (KEY, ORDER):
        return value
    if unit.cell == WHOLE:
        return tuple((key, _renamed_cells(cells, refers, firsts)) for key, cells in value)
    if unit.cell == ROW or "+" in unit.cell:
        return _renamed_cells(value, refers, firsts)
    return _renamed(unit.cell, value, refers, firsts)


def _renamed_cells(
    cells: Any, refers: list[tuple[str, str]], firsts: Mapping[str, Mapping[str, str]]
) -> Any:
    return tuple((name, _renamed(name, value, refers, firsts)) for name, value in cells)


def _renamed(
    name: str, value: Any, refers: list[tuple[str, str]], firsts: Mapping[str, Mapping[str, str]]
) -> Any:
    """Return a cell that names a row with another key as that key; any other as it is."""
    for field, target in refers:
        if field == name:
            if isinstance(value, tuple):
                return tuple(firsts[target].get(part, part) for part in value)
            return firsts[target].get(value, value)
    return value


def _key_following(
    table: str,
    key: Key,
    refers: list[tuple[str, str]],
    firsts: Mapping[str, Mapping[str, str]],
) -> Key:
    """Return a key whose parts name rows that have other keys now."""
    parts = dict(zip(spec(table).key, key, strict=True))
    for field, target in refers:
        if field in parts:
            parts[field] = firsts[target].get(parts[field], parts[field])
    return tuple(parts.values())


def _first_keys(tables: Tables, names: Names) -> dict[str, dict[str, str]]:
    """Return the first keys that changed, by table: cells name a row by the first part of its key.

    Where only some of the rows of a first key got another, what names it stays.
    """
    firsts: dict[str, dict[str, str]] = {}
    for (table, old), new in names.items():
        if old[0] == new[0]:
            continue
        left = [key for key in tables.get(table, {}) if key[0] == old[0]]
        if {names.get((table, key), key)[0] for key in left} <= {new[0]}:
            firsts.setdefault(table, {})[old[0]] = new[0]
    return firsts


def _follows(table: str, old: Key, new: Key, names: Names) -> bool:
    """Return whether a row's key only follows that of a row which it names."""
    renamed = {(t, key[0]): now[0] for (t, key), now in names.items() if key[0] != now[0]}
    refers = dict(references(table))
    for part, was, now in zip(spec(table).key, old, new, strict=True):
        if part in PATHS.get(table, ()) and _path_followed(was, names) == now:
            continue
        if was != now and renamed.get((refers.get(part, ""), was)) != now:
            return False
    return True


def _possible(base: Tables, part: Tables, recorded: Names) -> dict[tuple[str, Key], Key]:
    """Return the recorded keys that the part still shows: the old one gone, the new one there."""
    return {
        (table, old): new
        for (table, old), new in recorded.items()
        if old in base.get(table, {})
        and old not in part.get(table, {})
        and new in part.get(table, {})
        and new not in base.get(table, {})
    }


def _renames(base: Tables, part: Tables, owned: Ownership) -> dict[tuple[str, Key], Key]:
    """Return rows that only got another key.

    One row is gone, one came with the same cells and owner, and there is no third like them.
    """
    renamed: dict[tuple[str, Key], Key] = {}
    for table in base:
        if shape(table).as_one or shape(table).grows:
            continue
        old, new = base[table], part.get(table, {})
        gone = [key for key in old if key not in new]
        come = [key for key in new if key not in old]
        for key in gone if come else ():
            alike = [k for k in come if _same_row(table, key, old[key], k, new[k], owned)]
            third = sum(old[other] == old[key] for other in gone)
            if len(alike) == third == 1:
                renamed[table, key] = alike[0]
    return renamed


def _same_row(
    table: str, key: Key, cells: Cells, other: Key, others: Cells, owned: Ownership
) -> bool:
    if not cells or saved_cells(cells) != saved_cells(others):
        return False
    return owned.owners(Unit(table, key), cells) == owned.owners(Unit(table, other), others)


def saved_cells(value: Any) -> Any:
    """Return cells, alone or of a row or an agreement, with numbers as every program saves them."""
    if isinstance(value, dict):
        return {name: as_saved(held) for name, held in value.items()}
    if isinstance(value, tuple):
        return tuple(saved_cells(part) for part in value)
    return as_saved(value)


def _order(base: Tables, part: Tables, names: Names) -> Changes:
    """Return the order of the partners as a change, of those that base and part both have."""
    old = list(base.get(IN_ORDER, {}))
    back = {new: key for (table, key), new in names.items() if table == IN_ORDER}
    new = [back.get(key, key) for key in part.get(IN_ORDER, {})]
    before = tuple(key for key in old if key in new)
    after = tuple(key for key in new if key in old)
    return {} if before == after else {Unit(IN_ORDER, (), ORDER): Change(before, after)}
