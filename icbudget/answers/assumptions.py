"""The figures a plan rests on: each with its value, the cell it was read from, its source and how
firm it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from icbudget.answers.figure_sources import belongs
from icbudget.findings import Place
from icbudget.plan import SETUP, TABLES, Plan
from icbudget.plan.columns import PROVENANCE, Column, Kind, Noun, columns_of
from icbudget.plan.evidence_rows import JUDGEMENT, is_judgement
from icbudget.plan.plan import PlanTable
from icbudget.plan.programme import Programme
from icbudget.plan.rows import path, split_path
from icbudget.plan.unread_cells import NotKnown

EFFECTS = ("effect", "effect_low", "effect_high")
"""Figures that say so where no study gives them."""
NAMING = (Kind.TEXT, Kind.REFERENCE, Kind.REFERENCES)
"""Kinds of column that name or connect rows, and so are no assumptions."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """One figure of the plan: its path, label, value, the cell it was read from, its source, how
    firm it is, and its grade.
    """

    path: str
    label: str
    value: str
    place: str
    source: str
    status: str
    owner: str = ""
    date_read: str = ""
    grade: str = ""


def assumption(plan: Plan, asked: str, places: Mapping[str, Place]) -> Assumption | None:
    """Return one figure of a plan by its path; None where the plan holds none there (a blank
    cell).
    """
    table, key, field, year = split_path(asked) or ("", "", "", "")
    spec = SETUP if table == SETUP.field else TABLES[table]
    rows: Any = [plan.setup] if table == SETUP.field else getattr(plan, table)
    row = next((r for r in rows if spec.key_of(r) == key), None)
    column = next(c for c in columns_of(spec.noun) if c.field == field)
    return None if row is None else _assumption_of(plan, spec, row, column, year, places)


def assumptions(plan: Plan, places: Mapping[str, Place]) -> Iterator[Assumption]:
    """Yield every figure and choice of a plan that is not blank, Setup first, in the order of its
    tables and columns.
    """
    for spec in (SETUP, *TABLES.values()):
        for row in (plan.setup,) if spec is SETUP else getattr(plan, spec.field):
            for column in columns_of(spec.noun):
                if column.kind in NAMING or column.group == PROVENANCE:
                    continue
                for year in getattr(row, column.field) if column.by_year else ("",):
                    assumption = _assumption_of(plan, spec, row, column, year, places)
                    if assumption is not None:
                        yield assumption


def _assumption_of(
    plan: Plan,
    spec: PlanTable,
    row: Noun,
    column: Column,
    year: str,
    places: Mapping[str, Place],
) -> Assumption | None:
    value = getattr(row, column.field)
    if year:
        value = value.get(year)
    if value in (None, "", ()):
        return None
    key = spec.key_of(row)
    where = path(spec, key, column.field, year or None)
    label = f"{spec.label} {key}: {column.label}" + (f" {year}" if year else "")
    if column.field in EFFECTS and isinstance(row, Programme) and is_judgement(row):
        label += f" ({JUDGEMENT})"
    # a status of the row is claimed for no figure that its source does not give
    sourced = belongs(plan, row, column.field, year, value)
    return Assumption(
        path=where,
        label=label,
        value=value_in_words(value, column.unit),
        place=str(places.get(where, "")),
        source=getattr(row, "evidence", "") if sourced else "",
        status=str(getattr(row, "status", None) or "") if sourced else "",
        owner=getattr(row, "owner", ""),
        date_read=getattr(row, "date_read", "") if sourced else "",
        grade=getattr(row, "grade", ""),
    )


def value_in_words(value: Any, unit: str) -> str:
    """Return a figure of a plan with its unit: `12.5000%`, `£1,234.50`, `300 people`; `not known`
    for one nobody can read.
    """
    if isinstance(value, NotKnown):
        return str(value)
    if isinstance(value, (bool, str, tuple)):
        return "; ".join(value) if isinstance(value, tuple) else str(value)
    if unit == "%":
        return f"{float(value):.4%}"
    amount = f"{float(value):,.2f}" if unit.startswith("£") else f"{float(value):,.10g}"
    return f"£{amount}" if unit == "£" else f"{amount} {unit}".strip()
