"""What a workbook holds: the modules somebody chose, what the plan uses, and nothing else.

A person meets only what the plan needs. A sheet or column that is not there is blank; it opens by
itself as soon as the plan has a row or a value for it. Source: workbook.md §2 and §3.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, product
from typing import Any

from icbudget.answers import catalogue
from icbudget.answers.answer import Answer
from icbudget.answers.block import Block
from icbudget.answers.catalogue import ANSWERS
from icbudget.plan import SETUP, TABLES, Plan
from icbudget.plan.columns import PROVENANCE, WITH_ITS_TABLE, Column, columns_of
from icbudget.plan.evidence_rows import awaited
from icbudget.plan.grid import by_year_columns
from icbudget.plan.line_numbers import NUMBERED
from icbudget.plan.modules import FIRST_MODULES, LIBRARY, MODULES, POOL, PURPOSES
from icbudget.plan.plan import WITH_ITS_MODULE, PlanTable
from icbudget.plan.unread_cells import NotKnown
from icbudget.workbook import layout
from icbudget.workbook.layout import TableSheet


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody asked for beyond what the plan uses.

    It has modules, sheets by name, and columns by table and field.
    """

    modules: frozenset[str] = frozenset(FIRST_MODULES)
    sheets: frozenset[str] = frozenset()
    columns: frozenset[tuple[str, str]] = frozenset()
    everything: bool = False

    def with_only(self, names: Iterable[str]) -> Choice:
        """Return the choice with these modules alone; raises `ValueError` as `with_modules`."""
        none = Choice(frozenset({POOL}), self.sheets, self.columns, self.everything)
        return none.with_modules(names)

    def with_modules(self, names: Iterable[str]) -> Choice:
        """Return the choice with further modules. Raises `ValueError` for a name that is none."""
        wanted = frozenset(names)
        unknown = sorted(wanted - {*MODULES})
        if unknown:
            raise ValueError(
                f"There is no module {', '.join(unknown)}. Use one of: {', '.join(MODULES)}."
            )
        return Choice(self.modules | wanted, self.sheets, self.columns, self.everything)


Grey = frozenset[tuple[str, str, str]]
"""Input cells that are another partner's, by table, key and field."""

EVERYTHING = Choice(frozenset(MODULES), everything=True)
"""Every sheet and every column, for those who must see all of them."""


def choice_of(names: Iterable[str], start: Choice) -> Choice:
    """Return a choice with further modules or single sheets, whatever each name is.

    Raises `ValueError` for a name that is neither a module nor a sheet.
    """
    choice = start
    for name in names:
        if name in MODULES:
            choice = choice.with_modules((name,))
            continue
        sheets = {sheet.casefold(): sheet for sheet in sheets_by_choice()}
        sheet = sheets.get(name.casefold())
        if sheet is None:
            raise ValueError(
                f"“{name}” is neither a module ({', '.join(MODULES)}) nor a sheet. Sheets:"
                f" {', '.join(sheets.values())}."
            )
        choice = Choice(choice.modules, choice.sheets | {sheet}, choice.columns, choice.everything)
    return choice


def sheets_by_choice() -> tuple[str, ...]:
    """Return the sheets that somebody may ask for one by one: tables, answers and the library."""
    tables = (place.sheet for place in layout.TABLE_SHEETS)
    answers = (answer.title for answer in ANSWERS if answer is not catalogue.CHECKS)
    return (*tables, *answers, *layout.LIBRARY_SHEETS)


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that may be added to a workbook: a module, a sheet or a column of a sheet."""

    kind: str
    name: str
    purpose: str
    sheet: str = ""
    """The sheet of a column; blank for a module or a sheet."""


MODULE, SHEET, COLUMN = "module", "sheet", "column"


def offers() -> tuple[Offer, ...]:
    """Return all that may be added to some workbook, each with its purpose."""
    modules = [Offer(MODULE, name, PURPOSES[name]) for name in MODULES]
    purposes = {place.sheet: place.intro for place in layout.TABLE_SHEETS}
    purposes |= {answer.title: answer.help for answer in ANSWERS}
    purposes |= dict.fromkeys(layout.LIBRARY_SHEETS, PURPOSES[LIBRARY])
    sheets = [Offer(SHEET, name, purposes[name]) for name in sheets_by_choice()]
    tables = (SETUP, *TABLES.values())
    every_column = ((table, column) for table in tables for column in columns_of(table.noun))
    columns = [
        Offer(COLUMN, column.label, f"{column.help}.", table.label)
        for table, column in every_column
        if not column.by_year and not column.required
    ]
    return (*modules, *sheets, *columns)


def missing(contents: Contents) -> tuple[Offer, ...]:
    """Return what of all offers a workbook does not hold; columns of its own sheets only."""
    there = {place.sheet for place in contents.table_sheets}
    there |= {answer.title for answer in contents.answers} | {*contents.library_sheets}
    headings: set[tuple[str, str]] = set()
    for table in (SETUP, *TABLES.values()):
        headings.update((table.label, column.label) for column in contents.columns(table))
    absent = {MODULE: contents.modules, SHEET: there}
    return tuple(
        offer
        for offer in offers()
        if (
            offer.sheet in there and (offer.sheet, offer.name) not in headings
            if offer.kind == COLUMN
            else offer.name not in absent[offer.kind]
        )
    )


def column_choice(wanted: Mapping[str, Iterable[str]]) -> frozenset[tuple[str, str]]:
    """Return columns by table and field, named as people call them: sheet, then headings.

    Raises `ValueError` for a sheet or heading that is not there.
    """
    chosen: set[tuple[str, str]] = set()
    tables = {table.label.casefold(): table for table in (SETUP, *TABLES.values())}
    for sheet, headings in wanted.items():
        table = tables.get(sheet.casefold())
        if table is None:
            raise ValueError(f"There is no input sheet “{sheet}”.")
        labels = {column.label.casefold(): column.field for column in columns_of(table.noun)}
        for heading in headings:
            if heading.casefold() not in labels:
                raise ValueError(f"{table.label} has no column “{heading}”.")
            chosen.add((table.field, labels[heading.casefold()]))
    return frozenset(chosen)


@dataclass(frozen=True)
class Contents:
    """Which sheets and columns a workbook has, from its plan, its answers and what was chosen.

    `values`: it is a record to read; an answer without rows then has no sheet, and the library has
    none. `grey`: cells of a part of a plan that are another partner's. `own_columns`: headings and
    widths of the columns that somebody added to plan tables, by the table's place.
    """

    plan: Plan
    choice: Choice = Choice()
    blocks: Mapping[str, Block] = field(default_factory=dict)
    values: bool = False
    grey: Grey = frozenset()
    own_columns: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @cached_property
    def modules(self) -> frozenset[str]:
        """Return the modules chosen, and those of which the plan has rows."""
        used = {table.module for table in TABLES.values() if getattr(self.plan, table.field)}
        chosen = frozenset() if self.values else self.choice.modules
        return frozenset({POOL, *used, *chosen})

    @cached_property
    def table_sheets(self) -> tuple[TableSheet, ...]:
        """Return the sheets of plan tables, Setup first."""
        open_sheets = (place for place in layout.TABLE_SHEETS if self._opens(place))
        return (layout.SETUP_SHEET, *open_sheets)

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        """Return the answers that have a sheet."""
        return tuple(answer for answer in ANSWERS if self._answered(answer))

    @cached_property
    def library_sheets(self) -> tuple[str, ...]:
        """Return the sheets to copy from."""
        if self.values:
            return ()
        chosen = self.choice
        all_of_it = chosen.everything or LIBRARY in chosen.modules
        return tuple(s for s in layout.LIBRARY_SHEETS if all_of_it or s in chosen.sheets)

    def has(self, table: str) -> bool:
        """Return whether the plan table of a field has a sheet."""
        return any(place.table.field == table for place in self.table_sheets)

    def has_column(self, table: str, name: str) -> bool:
        """Return whether a column of a plan table stands in the workbook."""
        places = [p for p in self.table_sheets if p.table.field == table and not p.by_year]
        columns = chain.from_iterable(self.columns(place.table) for place in places)
        return any(column.field == name for column in columns)

    def columns(self, table: PlanTable) -> tuple[Column, ...]:
        """Return the columns of a table that hold one value a row, as they stand in its sheet."""
        return tuple(c for c in columns_of(table.noun) if not c.by_year and self._shows(table, c))

    def split_columns(self, table: PlanTable) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
        """Return the columns left of the financial years and those right of them.

        Right of them stands where the figures come from.
        """
        columns = self.columns(table)
        own = tuple(c for c in columns if c.group != PROVENANCE)
        return own, tuple(c for c in columns if c.group == PROVENANCE)

    def years_stand_in(self, place: TableSheet) -> bool:
        """Return whether a sheet has a column for each projected year."""
        if place.by_year:
            return True
        by_year = layout.yearly(place)
        return bool(by_year) and self._shows(place.table, by_year[0])

    def further(self, table: PlanTable) -> tuple[Column, ...]:
        """Return the columns of a table that the workbook does not show."""
        plain = (c for c in columns_of(table.noun) if not c.by_year)
        return tuple(c for c in plain if not self._shows(table, c))

    def _opens(self, place: TableSheet) -> bool:
        rows = getattr(self.plan, place.table.field)
        if place.by_year:
            figures = by_year_columns(place.table)
            used = any(getattr(row, figure.field) for row, figure in product(rows, figures))
        else:
            used = bool(rows)
        if used or self.choice.everything or place.sheet in self.choice.sheets:
            return True
        # A module that only the plan's own rows bring in opens the tables that have rows; a record
        # to read has no sheets to fill in.
        chosen = {POOL} if self.values else {POOL, *self.choice.modules}
        opens_with_module = place.table.opens == WITH_ITS_MODULE and not place.by_year
        return opens_with_module and place.table.module in chosen

    def _shows(self, table: PlanTable, column: Column) -> bool:
        if self.choice.everything or (table.field, column.field) in self.choice.columns:
            return True
        # A key that other rows need is never left out, but for the line numbers of row order.
        if column.required or column.opens == WITH_ITS_TABLE or column.opens in self.modules:
            return True
        # Asked many times for every sheet, each time of every row.
        place = (table.field, column.field)
        if place not in self._used_by_place:
            self._used_by_place[place] = self._used(table, column)
        return self._used_by_place[place]

    @cached_property
    def _used_by_place(self) -> dict[tuple[str, str], bool]:
        """Return whether the plan has a value in each column that was asked for, by its place."""
        return {}

    def _used(self, table: PlanTable, column: Column) -> bool:
        """Return whether the plan has a value in a column that is not its default."""
        rows = (self.plan.setup,) if table is SETUP else getattr(self.plan, table.field)
        if column.by_year:
            return any(getattr(row, column.field) for row in rows)
        if column.field == "line" and table.field in NUMBERED:
            return not _in_order(table, rows)
        return any(
            isinstance(getattr(row, column.field), NotKnown)
            or (getattr(row, column.field) != column.default and not awaited(row, column.field))
            for row in rows
        )

    def _answered(self, answer: Answer) -> bool:
        if answer is catalogue.CHECKS:
            return True
        block = self.blocks.get(answer.id)
        if self.values:
            return block is not None and bool(block.rows)
        if self.choice.everything or answer.title in self.choice.sheets:
            return True
        if not answer.opens or answer.module not in self.modules:
            return False
        # A module that only the plan's own rows bring in opens those of its answers that say
        # something.
        return answer.module in self.choice.modules or (block is not None and bool(block.rows))


def _in_order(table: PlanTable, rows: Iterable[Any]) -> bool:
    """Return whether lines are numbered as their rows stand: 1, 2 … for each key."""
    return all(line == expected for line, expected in _numbered(table, rows))


def _numbered(table: PlanTable, rows: Iterable[Any]) -> Iterator[tuple[int, int]]:
    count: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = tuple(str(getattr(row, part)) for part in table.key if part != "line")
        count[key] = count.get(key, 0) + 1
        yield row.line, count[key]
