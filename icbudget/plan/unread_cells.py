"""Figures that are not known, because nobody can read their cells.

What could stand there instead, and what is said of them.

A row whose only fault is a figure that cannot be read is kept, with a figure in its place that
somebody might type. Nothing may be shown that hangs on it: `icbudget.answers.unread_figures` works
the plan out with very different figures there, and shows what is the same in all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from itertools import zip_longest
from typing import Any, NamedTuple, NoReturn

from pydantic import ValidationError

from icbudget import years
from icbudget.findings import Finding, Place
from icbudget.plan.columns import ByYear, Kind, Noun, columns_of
from icbudget.plan.plan import TABLES, Plan, PlanTable

_AMOUNTS = (
    0,
    41_975_308_642.19,
    137.31,
    24_681.57,
    913_572.46,
    41_975_308.64,
    -2_469.13,
    -987_654.32,
    -3_135_802_469.13,
)
LADDER: Mapping[Kind, tuple[float, ...]] = {
    Kind.MONEY: _AMOUNTS,
    Kind.PRICE: (0, 1_975_308.64, 0.73, 41.9, 2_468.13, 97_531.86, -13.57, -86_419.75),
    Kind.NUMBER: (
        0,
        197_530_864.2,
        0.03,
        0.61,
        12.7,
        1_357.9,
        86_419.7,
        -0.37,
        -246.8,
        -1_234_567.8,
    ),
    Kind.FRACTION: (0, 1, 0.83, 0.031, 0.27, -0.19, -0.93, 2.6),
}
"""What is tried in the place of a figure, by kind: nothing, far too much, and figures of every size
between and below. Whatever only rises or only falls with the figure differs between the least and
the most of them.
"""
_MOST_ALONE, _PATTERNS = 4, 6
"""Figures that each stand against all others in turn, and patterns of all of them: each is one
more run of the plan.
"""


class NotKnown(float):
    """A value that is not known.

    It stands in an answer or in a plan that is only written down, never worked with.

    What is added up from it is not known either. Whoever asks whether it is more or less than
    another, or turns it into a plain number, gets `Undecided`, so that no largest, no verdict and
    no whole number can come of it in silence.
    """

    raw = ""
    """What stands in the cell that cannot be read, where this stands for that cell."""

    def _itself(self, *_: object) -> NotKnown:
        return self

    def _undecided(self, *_: object) -> NoReturn:
        raise Undecided

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = (
        _itself
    )
    __neg__ = __pos__ = __abs__ = __round__ = _itself  # type: ignore[assignment]
    __lt__ = __le__ = __gt__ = __ge__ = __int__ = __float__ = __trunc__ = __ceil__ = __floor__ = (
        _undecided
    )

    def __eq__(self, other: object) -> bool:
        if isinstance(other, (int, float)) and not isinstance(other, NotKnown):
            raise Undecided
        return isinstance(other, NotKnown) and self.raw == other.raw

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __bool__(self) -> bool:
        return True

    def __hash__(self) -> int:
        return hash(NotKnown)

    def __str__(self) -> str:
        return WORDS

    def __format__(self, spec: str) -> str:
        return WORDS

    __repr__ = __str__


class Undecided(ValueError):
    """Somebody asked what a value that is not known comes to."""

    def __init__(self) -> None:
        super().__init__("this hangs on a figure that is not known")


WORDS = "not known"
NOT_KNOWN = NotKnown(math.nan)
REST = "Whatever rests on it is not known until this is corrected."


class Unknown(NamedTuple):
    """A figure that is not known.

    It has its table, the key of its row, its field and year, what stands in its cell, and where.
    """

    table: str
    key: str
    field: str
    year: str
    raw: str
    place: Place

    @property
    def spot(self) -> tuple[str, str, str, str]:
        """Return table, key, field and year."""
        return self.table, self.key, self.field, self.year

    @property
    def path(self) -> str:
        """Return its path, as a scenario and an explanation write it."""
        return f"{self.table}/{self.key}/{self.field}" + (f"[{self.year}]" if self.year else "")

    @property
    def kind(self) -> Kind:
        """Return what its cell should hold."""
        return next(c.kind for c in columns_of(TABLES[self.table].noun) if c.field == self.field)

    @property
    def optional(self) -> bool:
        """Return whether its cell may as well be blank."""
        return bool(self.year) or not next(
            c.required for c in columns_of(TABLES[self.table].noun) if c.field == self.field
        )


FieldYear = tuple[str, str]
"""The field and the year of a figure of a row; the year is blank where it has none."""


def may_be_unknown(table: PlanTable, field: str) -> bool:
    """Return whether the rest of a plan can be worked out without a figure.

    It can not where the figure says which row it is, or how many.

    Settings, whole numbers, years, names and choices shape the plan; without them there is nothing
    to work out.
    """
    kinds = {c.field: c.kind for c in columns_of(table.noun)}
    return (
        table.field in TABLES
        and not table.set_aside
        and field not in table.key
        and kinds[field] in LADDER
    )


def typed(kind: Kind, value: float) -> Any:
    """Return a number as a cell of a kind is read."""
    return Decimal(str(value)) if kind is Kind.MONEY else float(value)


def with_figures(
    noun: type[Noun], values: Mapping[str, Any], figures: Mapping[FieldYear, Any]
) -> Noun | None:
    """Return a row with figures put in, None where one is to be blank.

    It is nothing where the noun refuses them.
    """
    filled = dict(values)
    for (field, year), value in figures.items():
        if year:
            filled[field] = {**filled.get(field, {}), year: value}
            if value is None:
                del filled[field][year]
        elif value is None:
            filled.pop(field, None)
        else:
            filled[field] = value
    try:
        return noun(**filled)
    except ValidationError:
        return None


def without_figures(
    table: PlanTable,
    raw: Mapping[str, Any],
    values: Mapping[str, Any],
    problems: Sequence[Finding],
    place_of: Callable[[str, str | None], Place],
) -> tuple[Noun | None, list[Unknown]]:
    """Return a row with other figures where some cannot be read, and which these are.

    The row is None where anything else is wrong with it, or no figures will do. `place_of` gives
    the place of a field and year.
    """
    spots = {
        place_of(field, year or None): (field, year) for field, year in _figures_of(table, raw)
    }
    if any(f.place not in spots or f.id in _OF_THE_YEARS for f in problems):
        return None, []
    unread = list(dict.fromkeys(spots[f.place] for f in problems))
    kinds = {c.field: c.kind for c in columns_of(table.noun)}
    known = {name: value for name, value in values.items() if value is not None}
    ladders = [LADDER[kinds[field]] for field, _ in unread]
    # A row may be refused for a figure that is too large or too small for another of it: the next
    # step of every ladder is tried until one row will do.
    for figures in zip_longest(*ladders, fillvalue=0.0):
        tried = {
            (field, year): typed(kinds[field], value)
            for (field, year), value in zip(unread, figures, strict=True)
        }
        row = with_figures(table.noun, known, tried)
        if row is None:
            continue
        unknown = []
        for field, year in unread:
            text, place = _raw_text(raw, field, year), place_of(field, year or None)
            unknown.append(Unknown(table.field, table.key_of(row), field, year, text, place))
        return row, unknown
    return None, []


_OF_THE_YEARS = ("cell.not-by-year", "cell.not-a-year", "cell.year-twice")
"""Findings about the years of a figure, which say nothing of one cell."""


def _figures_of(table: PlanTable, raw: Mapping[str, Any]) -> Iterator[FieldYear]:
    """Yield the figures of a raw row that may be not known."""
    for column in (c for c in columns_of(table.noun) if may_be_unknown(table, c.field)):
        cell = raw.get(column.field)
        if not column.by_year:
            yield column.field, ""
        elif isinstance(cell, Mapping):
            with suppress(ValueError):
                yield from ((column.field, years.year(str(year))) for year in cell)


def _raw_text(raw: Mapping[str, Any], field: str, year: str) -> str:
    cell = raw.get(field)
    if year and isinstance(cell, Mapping):
        cell = next(value for name, value in cell.items() if years.year(str(name)) == year)
    return "" if cell is None else str(cell)[:60]


def readings(plan: Plan, unknown: Sequence[Unknown]) -> list[Plan]:
    """Return the plan with very different figures, or blanks, in the place of those not known."""
    choices = [_choices(plan, figure) for figure in unknown]
    tried = [(value,) for value in choices[0]] if len(choices) == 1 else _of_several(choices)
    figures = [dict(zip(unknown, values, strict=True)) for values in dict.fromkeys(tried)]
    plans = [laid(plan, each) for each in figures]
    return [reading for reading in plans if reading is not None]


def _of_several(choices: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Return values to try for several figures at once: all of their combinations are too many.

    Their least and their most together, each against the others, and then values of every size,
    each figure walking its ladder at a pace of its own.
    """
    numbers = [[value for value in values if value is not None] for values in choices]
    ends = [(min(values), max(values)) for values in numbers]
    tried = [tuple(low for low, _ in ends), tuple(high for _, high in ends)]
    for alone in range(min(len(ends), _MOST_ALONE)):
        for rises in (True, False):
            tried.append(tuple(end[(n == alone) == rises] for n, end in enumerate(ends)))
    # Odd paces: two figures do not walk their ladders in step.
    paces = [(values, 2 * n + 1) for n, values in enumerate(choices)]
    for turn in range(1, _PATTERNS + 1):
        tried.append(tuple(values[turn * pace % len(values)] for values, pace in paces))
    return tried


def _choices(plan: Plan, figure: Unknown) -> list[Any]:
    """Return the figures of its ladder that a figure's row takes; None where it may be blank."""
    tried = [typed(figure.kind, value) for value in LADDER[figure.kind]]
    if figure.optional:
        tried.append(None)
    return [value for value in tried if laid(plan, {figure: value}) is not None]


def laid(plan: Plan, figures: Mapping[Unknown, Any]) -> Plan | None:
    """Return a plan with figures in the place of those that are not known.

    It is None where a row refuses them.
    """
    tables: dict[str, list[Noun]] = {}
    for (table, key), mine in _by_row(figures).items():
        rows = tables.setdefault(table, list(getattr(plan, table)))
        at = next(n for n, row in enumerate(rows) if TABLES[table].key_of(row) == key)
        held = {name: getattr(rows[at], name) for name in rows[at].model_fields_set}
        row = with_figures(TABLES[table].noun, held, mine)
        if row is None:
            return None
        rows[at] = row
    return plan.model_copy(update={table: tuple(rows) for table, rows in tables.items()})


def stands(plan: Plan, table: str, key: str, field: str, year: str) -> Any:
    """Return what stands in a plan at a figure; None where nothing does."""
    row = next((row for row in getattr(plan, table) if TABLES[table].key_of(row) == key), None)
    value = getattr(row, field, None)
    return value.get(year) if year and value is not None else value


def with_unknown_marked(plan: Plan, unknown: Sequence[Unknown]) -> Plan:
    """Return a plan to write down, `NOT_KNOWN` where a figure is not known.

    No figure can be worked out from it.
    """
    tables: dict[str, list[Noun]] = {}
    for figure in unknown:
        rows = tables.setdefault(figure.table, list(getattr(plan, figure.table)))
        at = next(n for n, row in enumerate(rows) if TABLES[figure.table].key_of(row) == figure.key)
        held = getattr(rows[at], figure.field)
        standing = NotKnown(math.nan)
        standing.raw = figure.raw
        value = ByYear({**held, figure.year: standing}) if figure.year else standing
        rows[at] = rows[at].model_copy(update={figure.field: value})
    return plan.model_copy(update={table: tuple(rows) for table, rows in tables.items()})


def _by_row(figures: Mapping[Unknown, Any]) -> dict[tuple[str, str], dict[FieldYear, Any]]:
    by_row: dict[tuple[str, str], dict[FieldYear, Any]] = {}
    for figure, value in figures.items():
        by_row.setdefault((figure.table, figure.key), {})[figure.field, figure.year] = value
    return by_row
