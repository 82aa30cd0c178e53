"""Places in the plan's own terms."""

from __future__ import annotations

from icbudget.findings import Place
from icbudget.plan import SETUP, TABLES
from icbudget.plan.columns import Noun


def at(table: str, row: Noun | None, field: str, year: str | None = None) -> Place:
    """Return the place of a figure of a row, such as acute_lines, NEL75, unit_price."""
    key = TABLES[table].key_of(row) if row is not None and table != SETUP.field else ""
    return Place(table=table, row=key, column=f"{field}[{year}]" if year else field)
