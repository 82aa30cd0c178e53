"""Ordinary Excel formulas and what they come to, built together.

So a stored value is what Excel would calculate.

Only functions that every spreadsheet program of the last ten years knows are used, so that a person
can follow a total from the cell and a second program can prove it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from icbudget.answers.block import Block, Cell, id_heading
from icbudget.glossary import HEADINGS
from icbudget.plan import Plan
from icbudget.plan.columns import columns_of
from icbudget.plan.unread_cells import NOT_KNOWN, NotKnown, Undecided
from icbudget.workbook import layout


@dataclass(frozen=True, slots=True)
class Figure:
    """A formula without its equals sign, and its value."""

    formula: str
    value: float | str

    def __add__(self, other: Figure) -> Figure:
        return Figure(f"{self.formula}+{other.formula}", number(self) + number(other))

    def __sub__(self, other: Figure) -> Figure:
        # Brackets, or a minus before a sum would take off its first part alone.
        right = (
            f"({other.formula})" if any(sign in other.formula for sign in "+-") else other.formula
        )
        return Figure(f"{self.formula}-{right}", number(self) - number(other))


def number(figure: Figure) -> float:
    """Return the value of a figure that is a number."""
    return figure.value if isinstance(figure.value, (int, float)) else math.nan


def text(words: str) -> Figure:
    """Return a text as formulas write it."""
    doubled = words.replace('"', '""')
    return Figure(f'"{doubled}"', words)


def first_that_holds(*cases: tuple[Figure, Figure], otherwise: str | Figure) -> Figure:
    """Return the words of the first case that holds, as one formula; else the last words."""
    words = otherwise if isinstance(otherwise, Figure) else text(otherwise)
    for holds, its_words in reversed(cases):
        value = its_words.value if holds.value else words.value
        words = Figure(f"IF({holds.formula},{its_words.formula},{words.formula})", value)
    return words


def same(one: object, other: object) -> bool:
    """Return whether Excel takes two labels for the same: case does not count."""
    return str(one).casefold() == str(other).casefold()


def wrapped(function: str, figure: Figure, value: Callable[[float], float]) -> Figure:
    """Return a function of one figure, such as ABS or MAX against 0."""
    return Figure(f"{function}({figure.formula})", decided(lambda: value(number(figure))))


@dataclass(frozen=True, slots=True)
class Area:
    """An answer as it stands on its sheet: `row` is the row of its headings, counted from 0.

    It starts in column A.
    """

    sheet: str
    block: Block
    row: int
    _numbers: dict[int, dict[str, list[int]]] = field(
        default_factory=dict, compare=False, repr=False
    )
    """The numbers of the block's rows by each label, folded, in the columns that were asked for."""

    def lowered(self, rows: int) -> Area:
        """Return the answer so many rows further down."""
        return replace(self, row=self.row + rows)

    def column(self, heading: str, *, here: bool = False) -> str:
        """Return the range below a heading, long enough for the answer to grow.

        Where names stand under the heading it is that of their ids, which formulas look for.
        """
        from xlsxwriter.utility import xl_range_abs

        looked_for = id_heading(heading) if heading in self.block.ids else heading
        at = self.block.headings.index(looked_for)
        return self._named(xl_range_abs(self.row + 1, at, self.row + layout.ANSWER_ROWS, at), here)

    def cell(self, row: int, heading: str, *, here: bool = False) -> str:
        """Return the cell of a row of the answer, counted from 0 below the headings.

        -1 is the heading itself.
        """
        from xlsxwriter.utility import xl_rowcol_to_cell

        at = self.block.headings.index(heading)
        return self._named(
            xl_rowcol_to_cell(self.row + 1 + row, at, row_abs=True, col_abs=True), here
        )

    def _named(self, range_: str, here: bool) -> str:
        return range_ if here else f"{layout.quoted(self.sheet)}!{range_}"

    def sum(self, heading: str, *, here: bool = False, **where: Figure) -> Figure:
        """Return the SUMIFS of a column over the rows whose labels equal the given cells."""
        return self._sums([heading], here, where)[heading]

    def sums_here(self, columns: Iterable[str] | None = None, **where: Figure) -> dict[str, Figure]:
        """Return the sum of each column, or of some, as totals of its own sheet have it."""
        every = self.block.columns if columns is None else columns
        return self._sums(every, True, where)

    def _sums(
        self, columns: Iterable[str], here: bool, where: dict[str, Figure]
    ) -> dict[str, Figure]:
        """Return the sum of each column over the same rows, which are looked for once."""
        rows, values_of = self._rows(where), self.block.rows
        conditions, function = self._conditions(where, here), "SUMIFS" if where else "SUM"
        sums: dict[str, Figure] = {}
        for heading in columns:
            at = self.block.columns.index(heading)
            value = added([values_of[row].values[at] for row in rows])
            formula = f"{function}({self.column(heading, here=here)}{conditions})"
            sums[heading] = Figure(formula, value)
        return sums

    def sum_blank(self, heading: str, key: str, *, here: bool = False) -> Figure:
        """Return the sum of a column over the rows whose label is blank."""
        rows = [row for row in range(len(self.block.rows)) if not self._label(row, key)]
        labels, amounts = self.column(HEADINGS[key], here=here), self.column(heading, here=here)
        formula = f'SUMPRODUCT(--({labels}=""),{amounts})'
        everywhere = added(self._value(row, heading) for row in range(len(self.block.rows)))
        value = added(self._value(row, heading) for row in rows)
        return Figure(formula, everywhere if isinstance(everywhere, NotKnown) else value)

    def count_below(self, heading: str, *, here: bool = False, **where: Figure) -> Figure:
        """Return how many rows with the given labels are below zero in a column."""
        values = [self._value(row, heading) for row in self._rows(where)]
        formula = (
            f'COUNTIFS({self._conditions(where, here)[1:]},{self.column(heading, here=here)},"<0")'
        )
        if isinstance(added(values), NotKnown):  # COUNTIFS passes an error over, a sum does not
            return Figure(f"{formula}+0*{self.sum(heading, here=here, **where).formula}", NOT_KNOWN)
        return Figure(formula, below(values))

    def count(self, heading: str, words: Figure, *, here: bool = False) -> Figure:
        """Return how many rows hold a text in a column."""
        values = [self._value(row, heading) for row in range(len(self.block.rows))]
        formula = f"COUNTIF({self.column(heading, here=here)},{words.formula})"
        if isinstance(added(values), NotKnown):
            return Figure(f"{formula}+0*{self.sum(heading, here=here).formula}", NOT_KNOWN)
        return Figure(formula, float(sum(same(value, words.value) for value in values)))

    def total_cell(self, row: int, heading: str, *, here: bool = False) -> str:
        """Return the cell above the block in the column of a heading.

        Its row is counted from 0 at the top of the sheet.
        """
        from xlsxwriter.utility import xl_rowcol_to_cell

        at = self.block.headings.index(heading)
        return self._named(xl_rowcol_to_cell(row, at, row_abs=not here, col_abs=not here), here)

    def at(self, row: int, column: int) -> str:
        """Return a cell of the area's sheet, counted from 0."""
        from xlsxwriter.utility import xl_rowcol_to_cell

        return self._named(xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True), here=False)

    def years_heading(self, most: int) -> str:
        """Return the headings of the value columns, with room for up to so many of them."""
        from xlsxwriter.utility import xl_range_abs

        first = self.block.unit_at + 1
        return self._named(xl_range_abs(self.row, first, self.row, first + most - 1), here=False)

    def _rows(self, where: dict[str, Figure]) -> list[int]:
        """Return the numbers of the rows whose labels are the given cells', as Excel compares."""
        rows = [*range(len(self.block.rows))]
        for key, figure in where.items():
            numbers = self._numbers_by_label(self.block.labels.index(HEADINGS[key]))
            # Compared as `same` does.
            with_label = set(numbers.get(str(figure.value).casefold(), ()))
            rows = [number for number in rows if number in with_label]
        return rows

    def _numbers_by_label(self, at: int) -> dict[str, list[int]]:
        """Return the numbers of the rows by their folded label in a column of labels."""
        if at not in self._numbers:
            numbers: dict[str, list[int]] = {}
            for number, row in enumerate(self.block.rows):
                numbers.setdefault(str(row.labels[at]).casefold(), []).append(number)
            self._numbers[at] = numbers
        return self._numbers[at]

    def _conditions(self, where: dict[str, Figure], here: bool) -> str:
        return "".join(
            f",{self.column(HEADINGS[key], here=here)},{figure.formula}"
            for key, figure in where.items()
        )

    def _label(self, row: int, key: str) -> str:
        return self.block.label(self.block.rows[row], key)

    def _value(self, row: int, heading: str) -> Cell:
        return self.block.rows[row].values[self.block.columns.index(heading)]


def added(values: Iterable[Cell]) -> float:
    """Return the sum of the values that are numbers; `NOT_KNOWN` where one of them is."""
    numbers: list[float] = []
    for value in values:
        if isinstance(value, NotKnown):
            return NOT_KNOWN
        if isinstance(value, (int, float)):
            numbers.append(value)
    return math.fsum(numbers)


def decided(value: Callable[[], float]) -> float:
    """Return a value, or `NOT_KNOWN` where it hangs on a comparison of unknowns.

    So it is where nobody knows whether something is more or less than another.
    """
    try:
        return value()
    except Undecided:
        return NOT_KNOWN


def below(values: Iterable[Cell]) -> float:
    """Return how many values are numbers below zero."""
    return float(sum(isinstance(v, (int, float)) and v < 0 for v in values))


def base_sum(plan: Plan, field: str, **where: Figure) -> Figure:
    """Return the sum of a table's amounts in the base year.

    It is over the rows whose columns equal the given cells.

    An amount set for the base year, where the sheet has a column for it, stands instead of the base
    amount.
    """
    year, sheet = plan.setup.base_year, layout.main_table(field).name
    rows = [
        row
        for row in getattr(plan, field)
        if all(same(getattr(row, part), f.value) for part, f in where.items())
    ]
    tests = "".join(
        f"--({layout.column_reference(field, part)}={f.formula})," for part, f in where.items()
    )
    base = layout.column_reference(field, "base_amount")
    amounts = {id(row): _in_year(row, year) for row in getattr(plan, field)}
    value = added(amounts[id(row)] for row in rows)
    if isinstance(
        added(amounts.values()), NotKnown
    ):  # SUMPRODUCT takes an error of any row for one of all
        value = NOT_KNOWN
    if not any(year in row.amounts for row in getattr(plan, field)):
        return Figure(f"SUMPRODUCT({tests}{base})", value)
    set_for_year = f"{sheet}[{year}]"
    return Figure(
        f'SUMPRODUCT({tests}--({set_for_year}=""),{base})+SUMPRODUCT({tests}{set_for_year})', value
    )


def _in_year(row: Any, year: str) -> float:
    amount = row.amounts.get(year, row.base_amount or 0)
    return amount if isinstance(amount, NotKnown) else float(amount)


def at_place(table: str, place: int, row: Any) -> tuple[Figure, Figure]:
    """Return the id and the name of a row of a plan table, by its place counted from 1."""
    id, name = (
        f'INDEX({layout.column_reference(table, part)},ROWS($A$1:$A${place}))&""'
        for part in ("id", "name")
    )
    return Figure(id, row.id), Figure(name, row.name)


def setting(plan: Plan, name: str) -> Figure:
    """Return a setting, found by its label in the Setup table."""
    label = next(c.label for c in columns_of(layout.SETUP_SHEET.table.noun) if c.field == name)
    value = getattr(plan.setup, name)
    formula = f'INDEX({layout.SETTINGS}[Value],MATCH("{label}",{layout.SETTINGS}[Setting],0))'
    return Figure(formula, value if isinstance(value, str) else float(value or 0))
