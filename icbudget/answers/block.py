"""The one shape of every answer: labels, a unit, and a value for each column, usually a year.

Excel functions spill it, the workbook lays it out, reports print it, the command line shows it,
JSON carries it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from icbudget.answers.value_column import Column
from icbudget.glossary import HEADINGS

Cell = str | int | float | None
SIGNIFICANT = 12
"""Digits an answer carries: processors differ in the last of a float's 16, and the same plan gives
the same bytes on all.
"""


def id_heading(heading: str) -> str:
    """Return the heading of the column of ids that goes with a column of names."""
    return f"{heading} id"


def _with_answer_digits(value: Cell) -> Cell:
    """Return a value with the digits an answer carries; pence are kept, and zero has no sign."""
    if not isinstance(value, float) or not math.isfinite(value):
        return value
    if not value:
        return 0.0
    # Whole pounds need no rounding to be told from others. Whole pence are the float nearest to a
    # hundredth; to test for it is quicker than to round to two decimals.
    if value.is_integer() or round(value * 100.0) / 100.0 == value:
        # Whole pence have fewer digits than an answer carries, or are kept beyond them.
        return value
    # At least two decimals: pence are kept, however large the sum.
    return round(value, max(SIGNIFICANT - 1 - math.floor(math.log10(abs(value))), 2))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a block: its labels, the unit of its values, and the values.

    A value is None where there is none; numbers have 12 digits.
    """

    labels: tuple[str, ...]
    unit: str
    values: tuple[Cell, ...]

    def __post_init__(self) -> None:
        # A list first: large plans have a hundred thousand rows, and a generator is slower.
        digits = [_with_answer_digits(value) for value in self.values]
        object.__setattr__(self, "values", tuple(digits))

    # An answer is kept packed and has a thousand rows: what a dataclass has of its own for this
    # looks its fields up for every one of them.
    def __getstate__(self) -> tuple[tuple[str, ...], str, tuple[Cell, ...]]:
        return self.labels, self.unit, self.values

    def __setstate__(self, state: tuple[tuple[str, ...], str, tuple[Cell, ...]]) -> None:
        for name, value in zip(("labels", "unit", "values"), state, strict=True):
            object.__setattr__(self, name, value)


class Lines(NamedTuple):
    """What a builder works out: what the answer shows of this plan, and its rows.

    `each`: the headings of the columns for which a repeated column stands (years, scenarios).
    `labels` and `columns`: those of a form that somebody else has fixed for a rules year, such as a
    return; every other answer declares them.
    """

    shows: str
    rows: tuple[Row, ...]
    each: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()


@lru_cache(maxsize=64)
def _units_by_column(columns: tuple[str, ...], units: tuple[str, ...]) -> Mapping[str, str]:
    """Return the unit of each value column that has one: asked for every cell of an answer."""
    return {column: unit for column, unit in zip(columns, units, strict=False) if unit}


@dataclass(frozen=True, slots=True)
class Block:
    """An answer: what it is called, what it shows, its headings and its rows.

    `labels` are the headings of the label columns and `columns` those of the values (financial
    years, or `Value`). `units` and `bases` are those of each value column: a blank unit is that of
    each row, a blank basis is `basis`, that of the whole answer. A block without value columns
    (findings) has no Unit column, and nor has a form, whose columns somebody else has fixed; in a
    form a column without a unit holds text. Units are `£`, `£ a unit`, `%`, `factor`, `years`, or
    the currency of activity such as `spell`.

    Rows are labelled by the ids of the plan's rows, and people read names: `ids` are the headings
    of label columns that hold ids, and `names` the name of each id under such a heading. Laid out,
    the column shows the name, and the id has a column of its own behind the labels.
    """

    title: str
    shows: str
    labels: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    units: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    basis: str = ""
    form: bool = False
    ids: tuple[str, ...] = ()
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def label_headings(self) -> tuple[str, ...]:
        """Return the headings left of the unit: the labels, then the columns of ids."""
        return (*self.labels, *map(id_heading, self.ids))

    @property
    def unit_at(self) -> int:
        """Return the number of the column of units, counted from 0."""
        return len(self.label_headings)

    @property
    def values_at(self) -> int:
        """Return the number of the first value column, counted from 0."""
        return self.unit_at + (0 if self.form else 1)

    @property
    def headings(self) -> tuple[str, ...]:
        """Return all headings from left to right."""
        unit = () if self.form else ("Unit",)
        return (*self.label_headings, *unit, *self.columns) if self.columns else self.label_headings

    def laid_out(self, row: Row) -> tuple[str, ...]:
        """Return what stands under `label_headings` in a row: names in place of ids, then ids."""
        under = dict(zip(self.labels, row.labels, strict=True))
        return (*self.named(row), *(under[heading] for heading in self.ids))

    def rows_laid_out(self) -> list[tuple[str, ...]]:
        """Return `laid_out` of every row: what is the same for all of them is asked once."""
        if not self.ids and not self.names:
            return [row.labels for row in self.rows]
        names = [self.names.get(heading, {}) for heading in self.labels]
        ids = [self.labels.index(heading) for heading in self.ids]
        laid_out: list[tuple[str, ...]] = []
        for row in self.rows:
            labels = row.labels
            named = [of.get(label, label) for of, label in zip(names, labels, strict=True)]
            laid_out.append((*named, *[labels[at] for at in ids]))
        return laid_out

    def named(self, row: Row) -> tuple[str, ...]:
        """Return a row's labels as people call them: the name where one is an id."""
        return tuple(
            self.names.get(heading, {}).get(label, label)
            for heading, label in zip(self.labels, row.labels, strict=True)
        )

    def unit_of(self, row_unit: str, column: str) -> str:
        """Return the unit of a value: that of its column if it has one, else that of its row."""
        of_column = _units_by_column(self.columns, self.units).get(column, "")
        return of_column if of_column or self.form else row_unit

    @property
    def unit_by_column(self) -> dict[str, str]:
        """Return the unit of each value column that has one of its own."""
        return dict(_units_by_column(self.columns, self.units))

    @property
    def has_units_of_its_own(self) -> bool:
        """Return whether columns have units of their own; one without a unit then holds words."""
        return self.form or any(self.units)

    @property
    def basis_by_column(self) -> dict[str, str]:
        """Return what the figures of each value column stand on; empty where nothing is stated."""
        bases = self.bases or ("",) * len(self.columns)
        by_column = zip(self.columns, bases, strict=True)
        return {column: basis or self.basis for column, basis in by_column if basis or self.basis}

    @property
    def shows_on_basis(self) -> str:
        """Return what the answer shows, and what its figures stand on."""
        return f"{self.shows} Basis: {self.basis}." if self.basis else self.shows

    def grid(self) -> list[list[Cell]]:
        """Return headings and rows as one rectangle; a cell without a value is an empty text."""
        body: list[list[Cell]] = [list(self.headings)]
        for row, labels in zip(self.rows, self.rows_laid_out(), strict=True):
            unit: tuple[str, ...] = () if self.form else (row.unit,)
            values = row.values if self.columns else ()
            # Few rows lack a value: the others are taken as they are.
            if None in values:
                values = tuple(["" if cell is None else cell for cell in values])
            body.append([*labels, *unit, *values] if self.columns else [*labels])
        return body

    def where(self, **labels: str) -> tuple[Row, ...]:
        """Return the rows whose labels match, each column by its key in `glossary.HEADINGS`.

        As `where(figure=glossary.CLOSE)`.
        """
        wanted = {self.labels.index(HEADINGS[key]): label for key, label in labels.items()}
        return tuple(
            row for row in self.rows if all(row.labels[i] == label for i, label in wanted.items())
        )

    def value(self, row: Row, column: Column) -> Cell:
        """Return a row's value in a column that the answer declares."""
        return row.values[self.columns.index(column.heading)]

    def labels_of(self, row: Row, *keys: str) -> tuple[str, ...]:
        """Return a row's labels in the columns with keys of `glossary.HEADINGS`."""
        return tuple(self.label(row, key) for key in keys)

    def label(self, row: Row, key: str) -> str:
        """Return a row's label in the column with a key of `glossary.HEADINGS`."""
        return row.labels[self.labels.index(HEADINGS[key])]
