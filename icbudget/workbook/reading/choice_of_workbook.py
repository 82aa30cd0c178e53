"""What a workbook shows already: its modules, its sheets and its columns."""

from __future__ import annotations

from pathlib import Path

from icbudget.plan import SETUP, TABLES
from icbudget.plan.headings import matched, names_of
from icbudget.plan.modules import MODULES, POOL
from icbudget.plan.plan import WITH_ITS_MODULE, PlanTable
from icbudget.workbook.contents import Choice, sheets_by_choice
from icbudget.workbook.reading.sheet_cells import read_cells
from icbudget.workbook.reading.table_finder import BookTable, find_tables


def shown_in(path: Path) -> Choice:
    """Return what a workbook shows, as the choice with which it is written like that again.

    A module is there where every table that opens with it is.
    """
    sheets, _ = read_cells(path)
    if sheets is None:
        return Choice(frozenset({POOL}))
    tables = find_tables(sheets)
    shown = {found.place.sheet for found in tables.values()}
    possible = {*sheets_by_choice()}
    names = frozenset((shown | {*sheets}) & possible)
    columns = frozenset(
        column for found in tables.values() if not found.place.by_year for column in _columns(found)
    )
    modules = frozenset(module for module in MODULES if _is_there(module, shown))
    return Choice(modules | {POOL}, names, columns)


def _is_there(module: str, shown: set[str]) -> bool:
    opening = [
        table.label
        for table in TABLES.values()
        if table.module == module and table.opens == WITH_ITS_MODULE
    ]
    return bool(opening) and all(label in shown for label in opening)


def _columns(found: BookTable) -> list[tuple[str, str]]:
    """Return the columns of a table that stand in a workbook; of Setup, its rows."""
    table: PlanTable = found.place.table
    names = names_of(table)
    if table is SETUP:
        labels = [row[0] for row in found.grid[1:] if row]
        fields = (matched(names, label) for label in labels)
    else:
        fields = (matched(names, heading) for heading in found.grid[0])
    return [(table.field, field) for field in fields if field]
