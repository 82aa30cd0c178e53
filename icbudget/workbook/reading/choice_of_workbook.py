"""What a workbook shows already: its modules, its sheets and its columns."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from icbudget.plan import SETUP, TABLES
from icbudget.plan.headings import matched, names_of
from icbudget.plan.modules import MODULES, POOL
from icbudget.plan.plan import WITH_ITS_MODULE, PlanTable
from icbudget.workbook.contents import Choice, sheets_by_choice
from icbudget.workbook.reading.sheet_cells import read_cells
from icbudget.workbook.reading.table_finder import BookTable, find_tables


def choice_in(path: Path) -> Choice:
    """Return what a workbook shows, as the choice with which it is written like that again.

    A module is there where every table that opens with it is.
    """
    sheets, _ = read_cells(path)
    if sheets is None:
        return Choice(frozenset({POOL}))
    tables = find_tables(sheets)
    sheets_there = {table.place.sheet for table in tables.values()}
    possible = {*sheets_by_choice()}
    names = frozenset((sheets_there | {*sheets}) & possible)
    main_tables = [table for table in tables.values() if not table.place.by_year]
    columns = frozenset(chain.from_iterable(map(_columns, main_tables)))
    modules = frozenset(module for module in MODULES if _is_there(module, sheets_there))
    return Choice(modules | {POOL}, names, columns)


def _is_there(module: str, sheets_there: set[str]) -> bool:
    opening = [
        table.label
        for table in TABLES.values()
        if table.module == module and table.opens == WITH_ITS_MODULE
    ]
    return bool(opening) and all(label in sheets_there for label in opening)


def _columns(read: BookTable) -> list[tuple[str, str]]:
    """Return the columns of a table that stand in a workbook; of Setup, its rows."""
    table: PlanTable = read.place.table
    names = names_of(table)
    if table is SETUP:
        labels = [row[0] for row in read.grid[1:] if row]
        fields = (matched(names, label) for label in labels)
    else:
        fields = (matched(names, heading) for heading in read.grid[0])
    return [(table.field, field) for field in fields if field]
