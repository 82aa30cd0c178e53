"""The one shape of every answer: labels, a unit, and a value for each column, usually a year.

Excel functions spill it, the workbook lays it out, reports print it, the command line shows it,
JSON carries it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from icbudget.glossary import HEADINGS

Cell = str | int | float | None
PERCENTAGE = " %"
"""Ending of the heading of a column that holds percentages, whatever the unit of the row."""
SIGNIFICANT = 12
"""Digits an answer carries: processors differ in the last of a float's 16, and the same plan gives
the same bytes on all.
"""


def _with_answer_digits(value: Cell) -> Cell:
    """Return a value with the digits an answer carries; pence are kept, and zero has no sign."""
    if not isinstance(value, float) or not math.isfinite(value):
        return value
    if not value:
        return 0.0
    return round(value, max(SIGNIFICANT - 1 - math.floor(math.log10(abs(value))), 2))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a block: its labels, the unit of its values, and the values (None where there is
    none), to 12 digits.
    """

    labels: tuple[str, ...]
    unit: str
    values: tuple[Cell, ...]

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "values", tuple(_with_answer_digits(value) for value in self.values)
        )


@dataclass(frozen=True, slots=True)
class Block:
    """An answer: what it is called, what it shows, its headings and its rows.

    `labels` are the headings of the label columns and `columns` those of the values (financial
    years, or `Value`). A block without value columns (findings) has no Unit column either, and nor
    has a form, whose columns somebody else has fixed: `units` then gives the unit of each value
    column, blank for text. Units are `£`, `£ a unit`, `%`, `factor`, `years`, or the currency of
    activity such as `spell`.
    """

    title: str
    shows: str
    labels: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    units: tuple[str, ...] = ()

    @property
    def values_at(self) -> int:
        """Return the number of the first value column, counted from 0."""
        return len(self.labels) + (0 if self.units else 1)

    @property
    def headings(self) -> tuple[str, ...]:
        """Return all headings from left to right."""
        return (
            (*self.labels, *(() if self.units else ("Unit",)), *self.columns)
            if self.columns
            else self.labels
        )

    def unit_of(self, row_unit: str, column: str) -> str:
        """Return the unit of a value: that of its row, or % under a heading that ends in %; in a
        form that of its column.
        """
        if self.units:
            return dict(zip(self.columns, self.units, strict=True)).get(column, "")
        return "%" if column.endswith(PERCENTAGE) else row_unit

    def grid(self) -> list[list[Cell]]:
        """Return headings and rows as one rectangle; a cell without a value is an empty text."""
        body: list[list[Cell]] = [list(self.headings)]
        for row in self.rows:
            unit: tuple[str, ...] = () if self.units else (row.unit,)
            line: list[Cell] = (
                [*row.labels, *unit, *row.values] if self.columns else list(row.labels)
            )
            body.append(["" if cell is None else cell for cell in line])
        return body

    def where(self, **labels: str) -> tuple[Row, ...]:
        """Return the rows whose labels match, each column by its key in `glossary.HEADINGS`.

        As `where(figure=glossary.CLOSE)`.
        """
        wanted = {self.labels.index(HEADINGS[key]): label for key, label in labels.items()}
        return tuple(
            row for row in self.rows if all(row.labels[i] == label for i, label in wanted.items())
        )

    def label(self, row: Row, key: str) -> str:
        """Return a row's label in the column with a key of `glossary.HEADINGS`."""
        return row.labels[self.labels.index(HEADINGS[key])]
