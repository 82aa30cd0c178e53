"""Where people see the figures and findings of a plan.

It is the cell it was read from, or the table, row and column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from icbudget.findings import Finding, Place
from icbudget.plan.columns import columns_of
from icbudget.plan.plan import SETUP, TABLES, Plan
from icbudget.plan.rows import Draft
from icbudget.recent_view import recent_view


def located(findings: Iterable[Finding], draft: Draft) -> list[Finding]:
    """Return findings with the place people see instead of the plan's own (table, key, field).

    A cell that is blank has its place too; a row that was not read from anywhere keeps its table,
    key and column label.
    """
    return [replace(f, place=visible_place(f.place, draft)) for f in findings]


_ABOUT_IDS = ("row", "link", "by-year", "list", "scenario", "text", "cell", "table", "workbook")
"""Kinds of findings that are about what stands in a cell, which may be an id."""


def called_by_name(findings: Iterable[Finding], plan: Plan) -> list[Finding]:
    """Return findings whose words call rows of the plan by their names instead of their ids.

    An id in quotation marks is taken for that of the finding's own table, else of the only table
    that has such a row. What is said of ids themselves keeps them.
    """
    names: dict[str, dict[str, str]] = {}
    for table in TABLES:
        for id, name in _names_of(getattr(plan, table)):
            names.setdefault(id, {})[table] = name

    def called(words: str, table: str) -> str:
        def name_of(quoted: re.Match[str]) -> str:
            by_table = names.get(quoted[1], {})
            only = next(iter(by_table.values())) if len(set(by_table.values())) == 1 else ""
            return f"“{by_table.get(table) or only or quoted[1]}”"

        return re.sub("“([^”]+)”", name_of, words)

    return [
        finding
        if finding.id.partition(".")[0] in _ABOUT_IDS
        else replace(
            finding,
            message=called(finding.message, finding.place.table),
            fix=called(finding.fix, finding.place.table),
        )
        for finding in findings
    ]


@recent_view(96, most_rows=20_000)
def _names_of(rows: tuple[Any, ...]) -> list[tuple[str, str]]:
    """Return the ids of rows that have a name, each with it."""
    if not rows or "id" not in type(rows[0]).model_fields:
        return []
    named = [(row.id, getattr(row, "name", "") or getattr(row, "measure", "")) for row in rows]
    return [(row_id, name) for row_id, name in named if row_id and name]


def draft_of(plan: Plan) -> Draft:
    """Return the draft of a plan that was made, not read.

    Its places are table, number of the row, and column.
    """
    specs = {table.field: table for table in (SETUP, *TABLES.values())}
    headings = {
        name: {c.field: c.heading for c in columns_of(table.noun)} for name, table in specs.items()
    }

    def place_of(table: str, row: int, field: str, year: str | None) -> Place:
        column = headings[table][field] + (f" {year}" if year else "")
        return Place(
            table=specs[table].label,
            row="" if table == SETUP.field else str(row + 1),
            column=column,
        )

    numbers: dict[tuple[str, str], int] = {}
    for name, table in TABLES.items():
        for number, row in enumerate(getattr(plan, name)):
            numbers[name, table.key_of(row)] = number
    return Draft(plan=plan, numbers={(SETUP.field, ""): 0, **numbers}, place_of=place_of)


def visible_place(place: Place, draft: Draft) -> Place:
    """Return the place people see instead of the plan's own (table, key, field).

    A place that people see already stays.
    """
    table = SETUP if place.table == SETUP.field else TABLES.get(place.table)
    if table is None:
        return place
    field_name, _, year = place.column.partition("[")
    number = draft.numbers.get((table.field, place.row))
    if number is not None and draft.place_of is not None:
        return draft.place_of(table.field, number, field_name, year.rstrip("]") or None)
    labels = {c.field: c.label for c in columns_of(table.noun)}
    return Place(table=table.label, row=place.row, column=labels.get(field_name, place.column))
