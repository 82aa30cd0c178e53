"""Which labels of an answer are ids of the plan's rows, and what people call these rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from icbudget.glossary import HEADINGS
from icbudget.plan import Plan
from icbudget.recent_view import recent_view

_TABLES = {
    "acute_line": ("acute_lines",),
    "goal": ("goals",),
    "partner": ("partners",),
    "pays": ("partners",),
    "pool": ("pools",),
    "programme": ("programmes",),
    "receives": ("partners",),
    "scheme": ("schemes",),
    "shift": ("shifts",),
    "thing": ("shifts", "pools", "programmes"),
    "who": ("partners",),
    "whose": ("partners", "pools", "goals"),
}
"""The tables whose ids stand under a heading, by its key."""
_NAMED_ALONE = {"name_or_partner": ("partners",)}
"""The same of a heading whose ids have no column of their own: most of what stands there is none.
"""
_HAS_ITS_NAME = {"goal": ("measure",), "scheme": ("name",)}
"""Labels that stand beside an id in some answers and name it already."""
_KINDS = {"pools": "Pool", "goals": "Goal"}
"""What the simulation says before the id of a thing that is no partner."""


def headings_of_ids(labels: tuple[str, ...]) -> tuple[str, ...]:
    """Return the headings under which ids stand that nothing beside them names.

    `labels`: the keys of the label columns in `glossary.HEADINGS`.
    """
    return tuple(
        HEADINGS[key]
        for key in labels
        if key in _TABLES and not set(_HAS_ITS_NAME.get(key, ())) & set(labels)
    )


def names_under(labels: Iterable[str], plan: Plan) -> Mapping[str, Mapping[str, str]]:
    """Return the name of each id, by heading; an id without a name is left out."""
    tables = _TABLES | _NAMED_ALONE
    headed = headings_of_ids(tuple(labels))
    return {
        HEADINGS[key]: _names(tables[key], plan)
        for key in labels
        if HEADINGS[key] in headed or key in _NAMED_ALONE
    }


@recent_view(32)
def names_of(plan: Plan, table: str) -> Mapping[str, str]:
    """Return what people call the rows of a table, by their ids.

    An id without a name is left out; rows that share a name keep their ids behind it.
    """
    names = dict(_named(plan, table))
    sharing = Counter(names.values())
    return {id: name if sharing[name] == 1 else f"{name} ({id})" for id, name in names.items()}


def called(plan: Plan, table: str) -> Mapping[str, str]:
    """Return what people call the rows of a table, by id: the name, else the id."""
    return {row.id: row.name or row.id for row in getattr(plan, table)}


def _names(tables: Iterable[str], plan: Plan) -> dict[str, str]:
    names: dict[str, str] = {}
    for table in tables:
        for id, name in _named(plan, table):
            # An id that rows of two tables have stands for itself where they are called otherwise.
            names[id] = name if names.get(id, name) == name else id
            if table in _KINDS:
                names[f"{_KINDS[table]} {id}"] = name
    return names


def _named(plan: Plan, table: str) -> Iterator[tuple[str, str]]:
    """Yield the id of each row of a table that has a name, and that name."""
    field = "measure" if table == "goals" else "name"
    for row in getattr(plan, table, ()):
        if name := getattr(row, field, ""):
            yield row.id, name
