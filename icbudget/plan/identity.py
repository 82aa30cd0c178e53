"""What makes two plans the same plan: its hash, and the hash of its figures alone.

Both are SHA-256 of RFC 8785 JSON (sorted keys, one spelling of every number), money as whole pence.
What holds its default and a table without rows are left out, so that a field or table that a later
version adds changes the hash of no plan that does not use it.

In both, other numbers have the 15 significant digits that every spreadsheet program keeps, so that
a workbook which LibreOffice saved again is the same plan. `plan/3` is of everything that the plan
holds, rows in their order. `figures/3` is what a signature binds: Setup to Goals, Envelopes, Limits
and Profiles without words and sources, rows in the order of their keys. Actuals, forecasts,
virements, closes, records, sign-offs, keys, scenarios and distributions are no part of it, or every
month's ledger would undo every signature. Nor is the day on which a pool's agreement was signed:
the deed follows the plan, and recording it must not undo the signatures under the plan.
(`figures/1` bound that day, `figures/2` and `plan/2` the 17th digit.) Source: model.md §1.4,
joint.md §6.

A change in how either is made, a changed default of an old field among them, needs a new version:
a record made by another version says nothing about whether the plan was changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import rfc8785

from icbudget import money
from icbudget.findings import Finding, Place, error, warning
from icbudget.plan.columns import Column, Kind, Noun, Role, columns_of
from icbudget.plan.plan import SETUP, TABLES, Plan, PlanTable
from icbudget.plan.unread_cells import Unknown
from icbudget.recent_view import recent_view

PLAN_HASH_VERSION = "plan/3"
FIRST_PLAN_HASH_VERSION = "plan/1"
"""Of records that state no version: every field was part of it, at its default or not."""
FIGURES_HASH_VERSION = "figures/3"
INPUTS_DIFFER = "verify.inputs-differ"
"""The finding that a record is of another plan."""

AS_TYPED, AS_CALCULATED = "plan as typed", "plan as calculated"
"""What a plan's hash is of, wherever its first digits stand.

As typed: the cells as they stand. As calculated: with its scenario and the defaults of blank cells.
"""
HANDLE_DIGITS = 12
"""Digits of a plan's hash that a workbook's cell shows; the whole hash decides."""
_LARGEST_WHOLE = 2**53 - 1
"""Above this JSON's numbers have gaps; RFC 8785 refuses what is larger."""


def plan_hash(plan: Plan, unknown: Iterable[Unknown] = ()) -> str:
    """Return the plan's identity as 64 hexadecimal digits, of the version `PLAN_HASH_VERSION`.

    What stands in cells that nobody can read is part of it.
    """
    # A line break cannot stand in canonical JSON, so that no plan can hold what looks like an
    # unread cell.
    cells = [f"\n{figure.path} {figure.raw}".encode() for figure in unknown]
    return hashlib.sha256(b"".join([canonical_json(plan), *cells])).hexdigest()


def plan_handle(plan: Plan, unknown: Iterable[Unknown] = ()) -> str:
    """Return the plan as a cell of a workbook holds it: `plan 3b9f143c5dc8`.

    The digits are its hash's first.
    """
    return f"plan {plan_hash(plan, unknown)[:HANDLE_DIGITS]}"


def figures_hash(plan: Plan) -> str:
    """Return the hash of the plan's figures, terms and keys, of `FIGURES_HASH_VERSION`."""
    return hashlib.sha256(figures_json(plan)).hexdigest()


def words_hash(plan: Plan) -> str:
    """Return the hash of the names, notes and sources of the tables that a signature is about."""
    document: dict[str, Any] = {"setup": _fields(plan.setup, _worded(SETUP))}
    for table in _signed_tables():
        # Sorting a table in Excel changes no word of it.
        rows = sorted(getattr(plan, table.field), key=table.key_of)
        if rows:
            document[table.field] = [_fields(row, _worded(table)) for row in rows]
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()


def worked_hash(plan: Plan) -> str:
    """Return the hash of what answers are worked out from, in this process alone: no record has it.

    Without what says only where a figure comes from or why it stands there, see `SILENT`; two plans
    with one hash have the same answers but for `icbudget.answers.catalogue.READS_WORDS`.
    """
    setup = rfc8785.dumps(_fields(plan.setup, columns_of(SETUP.noun)))
    tables = (_figures_of_rows(getattr(plan, name), name) for name in TABLES)
    return hashlib.sha256(b"".join([hashlib.sha256(setup).digest(), *tables])).hexdigest()


_recent = recent_view(96, most_rows=20_000)
"""Keeps what rows come to, 20,000 of them at most: an edit changes the rows of one table, and the
others are the same rows as before."""


@_recent
def _figures_of_rows(rows: tuple[Noun, ...], table: str) -> bytes:
    """Return the hash of what answers are worked out from in the rows of a table."""
    columns = [c for c in columns_of(TABLES[table].noun) if not is_silent(table, c)]
    return hashlib.sha256(rfc8785.dumps([_fields(row, columns) for row in rows])).digest()


SILENT = ("reason", "rationale", "local_plan")
"""Columns of words that no answer but the findings looks at, beside owner and source of a row."""
_PRINTED = ("closes", "forecasts", "programmes")
"""Tables whose reasons are printed, or whose evidence says whether an effect is a judgement."""


def is_silent(table: str, column: Column) -> bool:
    """Return whether a column says only where a figure comes from or why it stands there."""
    if column.kind is not Kind.TEXT or table in _PRINTED:
        return False
    return column.role is Role.SOURCE or column.field in SILENT


def canonical_json(plan: Plan) -> bytes:
    """Return the plan as RFC 8785 JSON; two plans are the same exactly when these bytes are.

    Numbers that differ beyond the digits which every program saves are the same, see `as_saved`.
    """
    parts = {
        "schema_version": rfc8785.dumps(plan.schema_version),
        "setup": rfc8785.dumps(_saved_fields(plan.setup, columns_of(SETUP.noun))),
    }
    for name in TABLES:
        if rows := getattr(plan, name):
            parts[name] = _json_of_rows(rows, name)
    return _object(parts)


def _object(parts: Mapping[str, bytes]) -> bytes:
    """Return an object as RFC 8785 writes it: its members' JSON, in the order of their names."""
    members = [b'"%b":%b' % (name.encode(), parts[name]) for name in sorted(parts)]
    return b"{%b}" % b",".join(members)


@_recent
def _json_of_rows(rows: tuple[Noun, ...], table: str) -> bytes:
    columns = columns_of(TABLES[table].noun)
    return rfc8785.dumps([_saved_fields(row, columns) for row in rows])


def figures_json(plan: Plan) -> bytes:
    """Return what a signature binds as RFC 8785 JSON: keys, figures and terms, without words."""
    parts = {"setup": rfc8785.dumps(_saved_fields(plan.setup, _binding(SETUP)))}
    for table in _signed_tables():
        if rows := getattr(plan, table.field):
            parts[table.field] = _signed_json_of_rows(rows, table.field)
    return _object(parts)


@_recent
def _signed_json_of_rows(rows: tuple[Noun, ...], name: str) -> bytes:
    table = TABLES[name]
    # The order of partners is a figure: the pennies of a tie go by it (model.md §1.1). Other rows
    # may be sorted in Excel without anyone's money changing.
    in_order = rows if name == "partners" else sorted(rows, key=table.key_of)
    columns = _binding(table)
    return rfc8785.dumps([_saved_fields(row, columns) for row in in_order])


def hash_version_finding(recorded: str, current: str, place: Place) -> Finding | None:
    """Return a warning where a record's hash is of another version than this icbudget makes.

    Two hashes of different versions differ even for one and the same plan, so nothing follows from
    comparing them. None where the versions are the same.
    """
    if recorded == current:
        return None
    return warning(
        "verify.hash-version",
        f"The record states a hash of version {recorded}; this icbudget makes {current}. The two"
        " cannot be compared, so the hash does not show whether the plan was changed.",
        "Verify with the icbudget that made the record, or make the results again.",
        place,
    )


def recorded_plan_findings(
    recorded: str, version: str, current: str, place: Place
) -> list[Finding]:
    """Return what a record's plan hash says of the plan that stands there now, `current` its hash.

    `version` is blank in records that did not state one: they are of the first.
    """
    other_version = hash_version_finding(
        version or FIRST_PLAN_HASH_VERSION, PLAN_HASH_VERSION, place
    )
    if other_version:
        return [other_version]
    if recorded == current:
        return []
    return [
        error(
            INPUTS_DIFFER,
            f"The plan is not the one of the record: its hash begins {current[:12]}, the record's"
            f" {recorded[:12]}. Inputs were changed after the results were made.",
            "Make the results again from the plan as it stands, or find out who changed it.",
            place,
        )
    ]


def _signed_tables() -> tuple[PlanTable, ...]:
    return tuple(table for table in TABLES.values() if table.signed)


def _worded(table: PlanTable) -> tuple[Column, ...]:
    return tuple(
        column
        for column in columns_of(table.noun)
        if column.field in table.key or column.role in (Role.WORDS, Role.SOURCE)
    )


def _binding(table: PlanTable) -> tuple[Column, ...]:
    return tuple(
        column
        for column in columns_of(table.noun)
        if column.field in table.key or column.role in (Role.FIGURE, Role.TERM)
    )


def _fields(row: Noun, columns: Iterable[Column]) -> dict[str, Any]:
    """Return the fields of a row that do not hold their default."""
    values = ((column, getattr(row, column.field)) for column in columns)
    return {
        column.field: _plain(value)
        for column, value in values
        if column.required or value != column.default
    }


def _saved_fields(row: Noun, columns: Iterable[Column]) -> dict[str, Any]:
    """Return the fields of a row as a hash counts them, numbers as every program saves them."""
    return {name: _as_saved(value) for name, value in _fields(row, columns).items()}


def _as_saved(value: Any) -> Any:
    if isinstance(value, dict):
        return {year: as_saved(amount) for year, amount in value.items()}
    if isinstance(value, list):
        return [as_saved(part) for part in value]
    return as_saved(value)


def as_saved(value: Any) -> Any:
    """Return a number to the 15 significant digits that every spreadsheet program keeps.

    LibreOffice saves no more than those, Excel 17; what differs beyond them is no change by anyone.
    """
    return float(f"{value:.15g}") if isinstance(value, float) else value


def _plain(value: Any) -> Any:
    """Return a value as JSON holds it: money as whole pence, other numbers as they are."""
    if isinstance(value, Decimal):
        return _json_number(money.to_pence(value))
    if isinstance(value, Mapping):
        return {year: _plain(amount) for year, amount in value.items()}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return _json_number(value)
    return value


def _json_number(number: int) -> int | str:
    """Return a whole number, as text where JSON's numbers would not hold it exactly."""
    return number if abs(number) <= _LARGEST_WHOLE else str(number)


WHY_IT_MATTERS = {
    "verify.hash-version": (
        "The two versions describe the inputs differently, so the hash proves nothing either way."
    ),
    "verify.inputs-differ": (
        "The inputs are not the ones that the stored results were worked out from."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
