"""A plan as tables of cells, and what of them is merged as one.

That is a cell, a bundle, a row, the key of a row, or a whole agreement.

A cell that holds its default is not there, so that blank and the default are equal, and 5% and
0.05 are one value: values are those that the plan reads, not those that were typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

from icbudget.plan import RECORDS, SETUP, TABLES, Plan, PlanTable
from icbudget.plan.columns import PROVENANCE, Kind, columns_of
from icbudget.reference import MergeUnit, merge_units

Key = tuple[str, ...]
Cells = dict[str, Any]
Tables = dict[str, dict[Key, Cells]]
"""Rows by table and key; a row's cells without its key and without what holds its default."""

ROW, KEY, WHOLE, BOTH, ORDER = "", "key", "*", "both", "order"
"""What a unit is where it is no cell: a row, its key, a whole agreement, two rows that were added
under one key, and the order of a table's rows."""
MERGED = (SETUP.field, *(name for name in TABLES if name not in RECORDS))
"""Tables that people fill in."""
IN_ORDER = "partners"
"""The table whose order of rows is a figure: the pennies of a tie go by it (model.md §1.1)."""


class Unit(NamedTuple):
    """What is merged as one: its table, the key of its row and its cell, or cells joined by `+`."""

    table: str
    key: Key
    cell: str = ROW


class _Shape(NamedTuple):
    """How a table is merged."""

    as_one: bool
    row: bool
    grows: bool
    bundles: tuple[tuple[str, ...], ...]
    handover: frozenset[str]
    consent: frozenset[str]
    apart: frozenset[str]
    """Columns of a whole agreement that are cells of their own: another fills them in."""


def spec(table: str) -> PlanTable:
    """Return the definition of a plan table, Setup among them."""
    return SETUP if table == SETUP.field else TABLES[table]


@cache
def shape(table: str) -> _Shape:
    """Return how a table is merged, from the shipped units."""
    own = [unit for unit in merge_units() if unit.table == table]
    kinds = {unit.unit for unit in own}
    provenance = tuple(c.field for c in columns_of(spec(table).noun) if c.group == PROVENANCE)
    bundles = [unit.columns for unit in own if unit.unit == "bundle"]
    return _Shape(
        "whole" in kinds,
        "row" in kinds,
        "grows" in kinds,
        (*bundles, provenance) if provenance else tuple(bundles),
        _columns_of(own, "handover"),
        _columns_of(own, "consent"),
        _columns_of(own, "apart"),
    )


def _columns_of(own: Sequence[MergeUnit], kind: str) -> frozenset[str]:
    """Return the columns of a table's units of a kind."""
    of_kind = [unit.columns for unit in own if unit.unit == kind]
    return frozenset(chain.from_iterable(of_kind))


def field_of(cell: str) -> str:
    """Return the field of a cell: `amounts` of `amounts[2027/28]`."""
    return cell.partition("[")[0]


def fields_of(unit: Unit) -> frozenset[str]:
    """Return the fields of a unit's cells; none of a row, a key or an agreement."""
    if unit.cell in (ROW, KEY, WHOLE, BOTH, ORDER):
        return frozenset()
    return frozenset(field_of(cell) for cell in unit.cell.split("+"))


def is_provenance(unit: Unit) -> bool:
    """Return whether a unit says where the figures of its row come from."""
    columns = {c.field: c for c in columns_of(spec(unit.table).noun)}
    named = fields_of(unit)
    return bool(named) and all(columns[name].group == PROVENANCE for name in named)


def as_tables(plan: Plan) -> Tables:
    """Return a plan as tables of cells."""
    tables: Tables = {SETUP.field: {(): _cells(SETUP, plan.setup)}}
    for name in MERGED[1:]:
        table = TABLES[name]
        rows = {key_of(table, row): _cells(table, row) for row in getattr(plan, name)}
        if rows:
            tables[name] = rows
    return tables


def key_of(table: PlanTable, row: Any) -> Key:
    """Return the key of a row, part by part, as text."""
    return tuple(str(getattr(row, part)) for part in table.key)


def _cells(table: PlanTable, row: Any) -> Cells:
    cells: Cells = {}
    for column in columns_of(table.noun):
        value = getattr(row, column.field)
        if column.field in table.key:
            continue
        if column.by_year:
            cells |= {f"{column.field}[{year}]": amount for year, amount in value.items()}
        elif column.required or value != column.default:
            cells[column.field] = value
    return cells


def as_plan(tables: Tables, plan: Plan) -> Plan:
    """Return the plan of tables of cells; what is not merged is taken from `plan`."""
    rows = {
        name: tuple(_noun(TABLES[name], key, row) for key, row in tables.get(name, {}).items())
        for name in MERGED[1:]
    }
    setup = _noun(SETUP, (), tables[SETUP.field][()])
    return plan.model_copy(update={"setup": setup, **rows})


def _noun(table: PlanTable, key: Key, cells: Cells) -> Any:
    values: dict[str, Any] = dict(zip(table.key, key, strict=True))
    for cell, value in cells.items():
        name, _, year = cell.partition("[")
        if year:
            values.setdefault(name, {})[year.removesuffix("]")] = value
        else:
            values[name] = value
    return table.noun(**values)


def units(tables: Mapping[str, Mapping[Key, Cells]]) -> dict[Unit, Any]:
    """Return what stands in every unit.

    It is a cell's value, a bundle's cells, a row's or the rows of an agreement.
    """
    units_there: dict[Unit, Any] = {}
    for table, rows in tables.items():
        agreements: dict[Key, list[Any]] = {}
        for key, cells in rows.items():
            if shape(table).as_one:
                apart = apart_cells(table, cells)
                terms = {cell: value for cell, value in cells.items() if cell not in apart}
                agreements.setdefault(key[:1], []).append((key, frozen(terms)))
                units_there |= {Unit(table, key, cell): value for cell, value in apart.items()}
                continue
            units_there[Unit(table, key)] = frozen(cells)
            if not shape(table).row:
                units_there |= {
                    Unit(table, key, cell): held for cell, held in _of_row(table, cells)
                }
        for key, lines in agreements.items():
            # Sorting its rows in Excel changes no agreement.
            units_there[Unit(table, key, WHOLE)] = tuple(sorted(lines))
    return units_there


def apart_cells(table: str, cells: Cells) -> Cells:
    """Return the cells of a row that are merged on their own although its agreement is one."""
    return {cell: value for cell, value in cells.items() if field_of(cell) in shape(table).apart}


def terms_alone(table: str, agreement: Any) -> Any:
    """Return the rows of an agreement without the cells that are merged on their own."""
    if agreement is None or not shape(table).apart:
        return agreement
    return tuple(
        (key, tuple((cell, v) for cell, v in cells if field_of(cell) not in shape(table).apart))
        for key, cells in agreement
    )


def frozen(cells: Cells) -> tuple[tuple[str, Any], ...]:
    """Return a row's cells as one value, whatever order they stand in."""
    return tuple(sorted(cells.items()))


def _of_row(table: str, cells: Cells) -> Iterator[tuple[str, Any]]:
    """Yield the cells of a row that are merged on their own, and its bundles.

    A bundle has those of its cells that are there.
    """
    bundled: dict[str, Cells] = {}
    for cell, value in cells.items():
        of = next((b for b in shape(table).bundles if field_of(cell) in b), None)
        if of is None:
            yield cell, value
        else:
            bundled.setdefault("+".join(of), {})[cell] = value
    for name, held in bundled.items():
        yield name, frozen(held)


def cells_of(unit: Unit, value: Any) -> Cells:
    """Return the cells that a unit's value puts into its row."""
    if value is None:
        return {}
    return dict(value) if "+" in unit.cell else {unit.cell: value}


@cache
def references(table: str) -> tuple[tuple[str, str], ...]:
    """Return the columns of a table that name rows of another, each with that table."""
    kinds = (Kind.REFERENCE, Kind.REFERENCES)
    columns = columns_of(spec(table).noun)
    return tuple((c.field, c.table) for c in columns if c.kind in kinds and c.table)


def named(plan: Tables) -> set[tuple[str, str]]:
    """Return the first keys that cells and keys of a plan name, each with the table they are of."""
    named_keys: set[tuple[str, str]] = set()
    for table, rows in plan.items():
        parts = spec(table).key
        for field, target in references(table):
            for key, cells in rows.items():
                value = key[parts.index(field)] if field in parts else cells.get(field, ())
                values = value if isinstance(value, tuple) else (value,)
                named_keys.update((target, name) for name in values)
    return named_keys
