"""The figures a plan rests on.

Each has its value, the cell it was read from, its source and how firm it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from icbudget.answers.names import names_of
from icbudget.findings import Place, percentage
from icbudget.money import in_words, to_pence
from icbudget.plan import SETUP, TABLES, Plan
from icbudget.plan.columns import PROVENANCE, Column, Kind, Noun, columns_of
from icbudget.plan.evidence_rows import JUDGEMENT, is_judgement
from icbudget.plan.figure_names import SEPARATOR
from icbudget.plan.figure_sources import source_of
from icbudget.plan.plan import PlanTable
from icbudget.plan.programme import EFFECTS, Programme, effect_in_words
from icbudget.plan.rows import path, split_path
from icbudget.plan.unread_cells import NotKnown

NAMING = (Kind.TEXT, Kind.REFERENCE, Kind.REFERENCES)
"""Kinds of column that name or connect rows, and so are no assumptions."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """One figure of the plan with where it comes from.

    It has its path, label, value, the cell it was read from, its source, how firm it is, and its
    grade. The path carries ids; the label says the same in names.

    `source_is_of` says what the source and status were given for: `this figure` where a table of
    icbudget gives it, else `its row`, which somebody may have changed since. A figure that a
    scenario sets, or that stands for a blank, has no source of the row's, and its `source` says so.
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
    source_is_of: str = ""

    @property
    def where_from(self) -> str:
        """Return source and status in words: `source of its row: Budget book (published)`."""
        named = "source" if self.source_is_of != "its row" else "source of its row"
        source = f"{named}: {self.source}" if self.source else "no source given"
        return f"{source} ({self.status})" if self.status else source


def assumption(
    plan: Plan, asked: str, places: Mapping[str, Place], typed: Plan | None = None
) -> Assumption | None:
    """Return one figure of a plan by its path.

    It is None where the plan holds none there (a blank cell).

    `typed` is the plan before its scenario, where it has one.
    """
    table, key, field, year = split_path(asked) or ("", "", "", "")
    spec = SETUP if table == SETUP.field else TABLES[table]
    rows: Any = [plan.setup] if table == SETUP.field else getattr(plan, table)
    row = next((r for r in rows if spec.key_of(r) == key), None)
    column = next(c for c in columns_of(spec.noun) if c.field == field)
    if row is None:
        return None
    before = _before(spec, typed or plan).get(key)
    return _assumption_of(plan, spec, row, column, year, places, before)


def assumptions(
    plan: Plan, places: Mapping[str, Place], typed: Plan | None = None
) -> Iterator[Assumption]:
    """Yield every figure and choice of a plan that is not blank.

    Setup comes first, then the tables and columns in their order; `typed` is the plan before its
    scenario, where it has one.
    """
    for spec in (SETUP, *TABLES.values()):
        before = _before(spec, typed or plan)
        for row in (plan.setup,) if spec is SETUP else getattr(plan, spec.field):
            of_before = before.get(spec.key_of(row))
            for column, year in _figures_of(spec, row):
                assumption = _assumption_of(plan, spec, row, column, year, places, of_before)
                if assumption is not None:
                    yield assumption


def _figures_of(spec: PlanTable, row: Noun) -> Iterator[tuple[Column, str]]:
    """Yield the columns of a row that hold figures or choices, a figure by year once a year."""
    for column in columns_of(spec.noun):
        # What names a row or says where it comes from is no assumption itself.
        if column.kind in NAMING or column.group == PROVENANCE:
            continue
        for year in getattr(row, column.field) if column.by_year else ("",):
            yield column, year


def _before(spec: PlanTable, typed: Plan) -> Mapping[str, Noun]:
    """Return the rows of a table as typed, by their key."""
    rows = (typed.setup,) if spec is SETUP else getattr(typed, spec.field)
    return {spec.key_of(row): row for row in rows}


def _value_of(row: Noun, column: Column, year: str) -> Any:
    value = getattr(row, column.field)
    return value.get(year) if year else value


def _assumption_of(
    plan: Plan,
    spec: PlanTable,
    row: Noun,
    column: Column,
    year: str,
    places: Mapping[str, Place],
    before: Noun | None,
) -> Assumption | None:
    value = _value_of(row, column, year)
    # A blank cell is no assumption that anybody made.
    if value in (None, "", ()):
        return None
    key = spec.key_of(row)
    where = path(spec, key, column.field, year or None)
    parts = (spec.label, *_row_in_words(plan, spec, row), column.label, year)
    label = SEPARATOR.join(part for part in parts if part)
    words = value_in_words(value, column.unit)
    if column.field in EFFECTS and isinstance(row, Programme):
        # a figure that no study gives says so
        label += f" ({JUDGEMENT})" if is_judgement(row) else ""
        if not isinstance(value, NotKnown):
            words = effect_in_words(row.effect_measure, value)
    # a source and a status of the row are claimed for no figure that they were not given for
    unsourced = ""
    if not isinstance(value, NotKnown) and (typed := _typed(before, column, year)) != value:
        unsourced = _in_place_of(plan, typed, where)
    is_of = "" if unsourced else source_of(plan, row, column.field, year, value)
    evidence, status = getattr(row, "evidence", ""), str(getattr(row, "status", None) or "")
    return Assumption(
        path=where,
        label=label,
        value=words,
        place=str(places.get(where, "")),
        source=evidence if is_of else unsourced,
        status=status if is_of else "",
        owner=getattr(row, "owner", ""),
        date_read=getattr(row, "date_read", "") if is_of else "",
        grade=getattr(row, "grade", ""),
        source_is_of=is_of if evidence or status else "",
    )


def _row_in_words(plan: Plan, spec: PlanTable, row: Noun) -> Iterator[str]:
    """Yield the parts of a row's key as people call them: names where there are any."""
    table_of = {column.field: column.table for column in columns_of(spec.noun)}
    for part in spec.key:
        word = str(getattr(row, part))
        # The first line of a scheme or a contribution is mostly its only one.
        if part == "line" and word == "1":
            continue
        table = spec.field if part == "id" else table_of[part]
        yield names_of(plan, table).get(word, word)


def _typed(before: Noun | None, column: Column, year: str) -> Any:
    return None if before is None else _value_of(before, column, year)


def _in_place_of(plan: Plan, typed: Any, where: str) -> str:
    """Return where a figure comes from that is not what was typed in its place."""
    active = plan.setup.active_scenario
    set_by_it = any(c.scenario == active and c.path == where for c in plan.scenarios)
    if active and (set_by_it or typed not in (None, "", ())):
        return f"scenario “{active}”"
    return "blank: what icbudget takes it for"


def value_in_words(value: Any, unit: str) -> str:
    """Return a figure of a plan with its unit.

    As `12.5%`, `£1,234.50`, `£3,000 a unit`, `300 people`; `not known` for one nobody can
    read.
    """
    if isinstance(value, NotKnown):
        return str(value)
    if isinstance(value, (bool, str, tuple)):
        return "; ".join(value) if isinstance(value, tuple) else str(value)
    if unit == "%":
        return percentage(float(value))
    if unit.startswith("£"):
        return f"{in_words(to_pence(value))}{unit[1:]}"
    return f"{float(value):,.10g} {unit}".strip()
