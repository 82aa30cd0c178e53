"""How a unit and its value are written: as a path and as JSON for keeping, in words for people."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from functools import cache
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from icbudget.joint.plan_as_cells import (
    BOTH,
    KEY,
    MERGED,
    ORDER,
    ROW,
    WHOLE,
    Cells,
    Key,
    Unit,
    field_of,
    fields_of,
    spec,
)
from icbudget.plan import SETUP, TABLES
from icbudget.plan.columns import Column, Kind, Noun, columns_of
from icbudget.plan.differences import shown_as

_PATH = re.compile(r"(?P<table>[a-z_]+)/(?P<key>.*)/(?P<cell>[a-z0-9_+*]*(?:\[\d{4}/\d{2}\])?)")
_NO_ROW = Noun()


class NotReadable(ValueError):
    """What is kept of a change cannot be read as a value of the plan."""


def path_of(unit: Unit) -> str:
    """Return a unit as text, such as `schemes/004|1/lead_partner`."""
    return f"{unit.table}/{'|'.join(unit.key)}/{unit.cell}"


def unit_of(path: str) -> Unit:
    """Return the unit of a path. Raises `NotReadable`."""
    match = _PATH.fullmatch(path)
    if not match or (match["table"] not in TABLES and match["table"] != SETUP.field):
        raise NotReadable(path)
    key = tuple(match["key"].split("|")) if match["key"] or match["table"] != SETUP.field else ()
    unit = Unit(match["table"], () if match["cell"] == ORDER else key, match["cell"])
    parts = {WHOLE: 1, ORDER: 0}.get(unit.cell, len(spec(unit.table).key))
    fields = {column.field for column in columns_of(spec(unit.table).noun)}
    if unit.table not in MERGED or len(unit.key) != parts or not fields_of(unit) <= fields:
        raise NotReadable(path)
    return unit


def as_json(value: Any) -> str:
    """Return a unit's value as JSON, amounts as text so that no penny is lost; blank for none."""
    if value is None:
        return ""
    return json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value))


def from_json(unit: Unit, text: str) -> Any:
    """Return the value of a unit from its JSON. Raises `NotReadable`."""
    if not text:
        return None
    try:
        raw = json.loads(text)
        if unit.cell == KEY:
            return tuple(str(part) for part in raw)
        if unit.cell == ORDER:
            return tuple(tuple(str(part) for part in key) for key in raw)
        if unit.cell == WHOLE:
            return tuple((tuple(key), _cells(unit.table, cells)) for key, cells in raw)
        if unit.cell == ROW or "+" in unit.cell:
            return _cells(unit.table, raw)
        return value_of(unit.table, unit.cell, raw)
    except (ValueError, TypeError, RecursionError) as why:
        raise NotReadable(str(why)) from None


def _cells(table: str, raw: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((str(name), value_of(table, str(name), value)) for name, value in raw)


def value_of(table: str, cell: str, raw: Any) -> Any:
    """Return a value of a cell, checked as its column asks. Raises `NotReadable`."""
    name, _, year = cell.partition("[")
    try:
        if year:
            year = year.removesuffix("]")
            return _reader(table, name).validate_python({year: raw})[year]
        return _reader(table, name).validate_python(tuple(raw) if isinstance(raw, list) else raw)
    except (ValidationError, KeyError) as why:
        raise NotReadable(str(why)) from None


@cache
def _reader(table: str, name: str) -> TypeAdapter[Any]:
    field = spec(table).noun.model_fields[name]
    declared: Any = field.annotation
    for rule in field.metadata:
        declared = Annotated[declared, rule]
    return TypeAdapter(declared)


def column_of(table: str, cell: str) -> Column:
    """Return the column of a cell."""
    return next(c for c in columns_of(spec(table).noun) if c.field == field_of(cell))


def words_of(unit: Unit) -> str:
    """Return what people call a unit: `Schemes 004, 1: Lead partner`."""
    label = spec(unit.table).label
    key = ", ".join(part for part in unit.key if part)
    row = f"{label} {key}".strip()
    if unit.cell in (ROW, BOTH):
        return f"{row}: the row"
    if unit.cell == WHOLE:
        return f"{row}: the whole agreement"
    if unit.cell == KEY:
        return f"{row}: its key"
    if unit.cell == ORDER:
        return f"{label}: the order of the rows"
    labels = [_label(unit.table, cell) for cell in unit.cell.split("+")]
    return f"{row}: {', '.join(labels)}"


def _label(table: str, cell: str) -> str:
    year = cell.partition("[")[2].removesuffix("]")
    return f"{column_of(table, cell).label} {year}".strip()


def value_in_words(unit: Unit, value: Any) -> str:
    """Return a unit's value in words; “nothing” where there is nothing."""
    if value is None:
        return "nothing" if unit.cell in (ROW, WHOLE) else "blank"
    if unit.cell == KEY:
        return ", ".join(value)
    if unit.cell == ORDER:
        return ", ".join(key[0] for key in value)
    if unit.cell == WHOLE:
        return f"{len(value)} rows: " + " / ".join(
            f"{', '.join(p for p in key[1:] if p)} {_cells_shown(unit.table, dict(cells))}".strip()
            for key, cells in value
        )
    if unit.cell == ROW or "+" in unit.cell:
        return _cells_shown(unit.table, dict(value)) or "a row without figures"
    return _cell_shown(unit.table, unit.cell, value)


def _cells_shown(table: str, cells: Cells) -> str:
    return "; ".join(f"{_label(table, c)} {_cell_shown(table, c, v)}" for c, v in cells.items())


def _cell_shown(table: str, cell: str, value: Any) -> str:
    column = column_of(table, cell)
    if column.kind is Kind.TEXT:
        return str(value)
    return str(shown_as(column, _NO_ROW, value))


def row_as_json(key: Key, cells: Cells) -> str:
    """Return a row with its key as JSON."""
    rows = [list(key), list(cells.items())]
    return json.dumps(rows, default=_plain, ensure_ascii=False, separators=(",", ":"))


def row_from_json(table: str, text: str) -> tuple[Key, Cells]:
    """Return a row with its key from its JSON. Raises `NotReadable`."""
    try:
        raw_key, cells = json.loads(text)
        key = tuple(str(part) for part in raw_key)
        if len(key) != len(spec(table).key):
            raise NotReadable(text)
        return key, dict(_cells(table, cells))
    except (ValueError, TypeError, RecursionError) as why:
        raise NotReadable(str(why)) from None
