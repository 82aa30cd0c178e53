"""A table is known by its headings.

One that stands in the place of another is not read for what it is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from icbudget.findings import Finding, error
from icbudget.plan import cell_values
from icbudget.plan.columns import columns_of
from icbudget.plan.headings import FIGURE, SETTING, VALUE, folded, matched, names_of, year_of
from icbudget.plan.plan import SETUP, TABLES, PlanTable

FEWEST = 2
"""So many headings of a table must be known for it to be taken for one that lacks columns."""


class _Shape(NamedTuple):
    """How a table is known.

    It has what people call it, the field of every heading, and the fields it cannot be without.
    """

    label: str
    names: Mapping[str, str]
    needed: frozenset[str]
    table: PlanTable
    by_year: bool


def table_of(headings: Sequence[Any]) -> tuple[PlanTable, bool] | None:
    """Return the plan table whose headings these are; None where they are of none.

    Beside it, whether they are those of its figures by year.

    A table with all the columns it needs goes before one that lacks some; of several the one that
    knows most of the headings is meant.
    """
    return _table_named(_named(headings))


@lru_cache(maxsize=512)
def _table_named(named: tuple[str, ...]) -> tuple[PlanTable, bool] | None:
    best: tuple[bool, int] = (False, FEWEST - 1)
    meant: _Shape | None = None
    for shape in _shapes():
        known = {matched(shape.names, heading) for heading in named} - {None}
        rank = (shape.needed <= known, len(known))
        if rank > best:
            best, meant = rank, shape
    return None if meant is None else (meant.table, meant.by_year)


def _named(headings: Sequence[Any]) -> tuple[str, ...]:
    """Return the headings that are no years, as text."""
    return _without_years(tuple(str(h) for h in headings if not cell_values.is_blank(h)))


@lru_cache(maxsize=512)
def _without_years(headings: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(heading for heading in headings if year_of(heading) is None)


def mistaken(label: str, headings: Sequence[Any]) -> Finding | None:
    """Return the finding that another table of the plan stands in the place of this one.

    It is None where there is none.

    It is another one where that one has all the columns it needs and knows more of the headings,
    and either knows every one, or this one lacks a column it needs. So a table with columns of
    somebody's own, or without some of its own, is still itself.
    """
    return _mistaken(label, _named(headings))


@lru_cache(maxsize=512)
def _mistaken(label: str, named: tuple[str, ...]) -> Finding | None:
    known = {shape.label: {matched(shape.names, h) for h in named} for shape in _shapes()}
    count = {name: len(fields - {None}) for name, fields in known.items()}
    lacking = any(not shape.needed <= known[label] for shape in _shapes() if shape.label == label)
    others = [
        s.label
        for s in _shapes()
        if s.needed <= known[s.label] and (lacking or None not in known[s.label])
    ]
    other = max(others, key=lambda name: count[name], default=label)
    if count[other] <= count[label]:
        return None
    fix = "Put each table in its own place: a formula of the template shows the order."
    return error("table.another", f"This is the table {other}, not {label}.", fix)


@cache
def _shapes() -> tuple[_Shape, ...]:
    return tuple(_every_shape())


def _every_shape() -> Iterator[_Shape]:
    yield _Shape(
        SETUP.label,
        {folded(name): name for name in (SETTING, VALUE)},
        frozenset((SETTING, VALUE)),
        SETUP,
        by_year=False,
    )
    for table in TABLES.values():
        columns = columns_of(table.noun)
        yield _Shape(
            table.label,
            names_of(table),
            frozenset(c.field for c in columns if c.required),
            table,
            by_year=False,
        )
        if sum(c.by_year for c in columns) > 1:
            keys = {heading: name for heading, name in names_of(table).items() if name in table.key}
            yield _Shape(
                f"{table.label} by year",
                {**keys, folded(FIGURE): FIGURE},
                frozenset((*table.key, FIGURE)),
                table,
                by_year=True,
            )


WHY_IT_MATTERS = {
    "table.another": (
        "Each table has its own headings. Read in the wrong place, amounts would be taken for"
        " something else."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
