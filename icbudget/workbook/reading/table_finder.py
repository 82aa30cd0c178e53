"""Finding the plan's tables in a workbook.

It goes by the name of the Excel Table, else by a row of headings; never by an address.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from icbudget.plan import SETUP
from icbudget.plan.columns import columns_of
from icbudget.plan.grid import by_year_columns, key_columns
from icbudget.plan.headings import (
    FIGURE,
    SETTING,
    SETUP_HEADINGS,
    VALUE,
    Headings,
    Spot,
    folded,
    matched,
    names_of,
)
from icbudget.workbook import layout
from icbudget.workbook.layout import TableSheet
from icbudget.workbook.reading.sheet_cells import Sheet, Table
from icbudget.workbook.reading.sheet_cells import Value as CellValue
from icbudget.workbook.reading.worksheet import address

_DEPTH = 40
"""How many filled rows of a sheet are looked at for headings."""


@dataclass(slots=True)
class BookTable:
    """A plan table as it stands in a workbook.

    It has its sheet, its columns and its filled rows, the headings first.

    `rows`: the sheet's row number of each row of the grid; `last`: the last row that belongs to the
    table; `named`: whether it is an Excel Table, not only cells under headings.
    """

    place: TableSheet
    sheet: Sheet
    first_column: int
    last_column: int
    last: int
    named: bool
    rows: list[int] = field(default_factory=list)
    headings: tuple[str, ...] = ()
    totals_row: int | None = None
    heading_off: bool = False
    """Whether the table's heading row is switched off: its columns are then named in the file only,
    and the first row of the range holds figures."""

    @property
    def grid(self) -> list[list[CellValue | None]]:
        """Return the cells of the table, the headings first."""
        cells = [self.sheet.stretch(row, self.first_column, self.last_column) for row in self.rows]
        if self.heading_off:
            cells[0] = list(self.headings)
        # A heading that is a formula without its result is blank in the sheet; the table keeps its
        # name.
        elif self.headings:
            cells[0] = [
                heading if heading is not None else name
                for heading, name in zip(cells[0], self.headings, strict=True)
            ]
        return cells

    def cell(self, spot: Spot) -> str:
        """Return the address of a spot of the grid."""
        return address(self.rows[spot.row], self.first_column + spot.column)


def own_headings(table: BookTable) -> dict[str, int]:
    """Return the columns of a plan table that somebody added, by heading, counted from 0.

    Nothing of the plan stands there.
    """
    noun = table.place.table
    if not table.rows:
        return {}
    if noun is SETUP:
        ours = {folded(heading) for heading in SETUP_HEADINGS}
        headings = [(str(h), at) for at, h in enumerate(table.grid[0]) if h is not None]
        return {heading: at for heading, at in headings if folded(heading) not in ours}
    years_allowed = table.place.by_year or len(by_year_columns(noun)) == 1
    heads = Headings(noun.label, names_of(noun), years_allowed=years_allowed)
    heads.read(table.grid[0])
    return {
        heading: at
        for heading, at in heads.unknown.items()
        if not (table.place.by_year and folded(heading) == folded(FIGURE))
    }


def find_tables(sheets: Mapping[str, Sheet]) -> dict[str, BookTable]:
    """Return the plan's tables that a workbook holds.

    They are keyed by the name their Excel Table has in the template.
    """
    places = {place.name.casefold(): place for place in layout.BY_NAME.values()}
    former_places = {
        former.casefold(): layout.BY_NAME[name] for former, name in layout.FORMER_NAMES.items()
    }
    by_name: dict[str, BookTable] = {}
    # A table that has today's name goes before one that has the name of an earlier version.
    for known in (places, former_places):
        for sheet in sheets.values():
            for table in sheet.tables:
                place = known.get(table.name.casefold())
                if place and (known is places or place.name not in by_name):
                    by_name[place.name] = as_book_table(place, sheet, table)
    looked_at = (sheet for sheet in sheets.values() if sheet.name not in NEVER_READ)
    titled = [(folded(sheet.name), sheet) for sheet in looked_at]
    for name, place in layout.BY_NAME.items():
        if name not in by_name:
            # A sheet that a table was found on is taken, so that headings are not read twice.
            taken = {table.sheet.name for table in by_name.values()}
            free = [(title, sheet) for title, sheet in titled if sheet.name not in taken]
            by_headings = _by_headings(place, free)
            if by_headings:
                by_name[name] = by_headings
    return by_name


def as_book_table(place: TableSheet, sheet: Sheet, table: Table) -> BookTable:
    """Return an Excel Table; one without a heading row is read by the names of its columns."""
    first_body = table.first_row + table.heading_rows
    last_body = table.last_row - table.total_rows
    body = [row for row in sorted(sheet.rows) if first_body <= row <= last_body]
    width = table.last_column - table.first_column + 1
    return BookTable(
        place,
        sheet,
        table.first_column,
        table.last_column,
        table.last_row,
        True,
        rows=[table.first_row, *body],
        headings=table.columns if len(table.columns) == width else (),
        totals_row=table.last_row if table.total_rows else None,
        heading_off=table.heading_rows == 0 and len(table.columns) == width,
    )


NEVER_READ = frozenset(layout.SHEETS) - {place.sheet for place in layout.BY_NAME.values()}
"""Sheets that icbudget writes beside the plan (answers, postings, lists): their headings are like
those of tables, and they are never read."""


def _by_headings(place: TableSheet, titled: Iterable[tuple[str, Sheet]]) -> BookTable | None:
    """Return the cells under a row of headings that are the table's.

    `titled` are the sheets to look at, each with its folded name. A sheet of the table's name goes
    first, then any other.
    """
    titles = {folded(place.sheet), folded(place.name)}
    titles |= {folded(old) for old, now in layout.FORMER_SHEETS.items() if now == place.sheet}
    for own in (True, False):
        for title, sheet in titled:
            if (title in titles) is not own:
                continue
            row = next(
                (r for r in sorted(sheet.rows)[:_DEPTH] if _heads(place, sheet.rows[r], own)), None
            )
            if row is not None:
                return _below(place, sheet, row)
    return None


def _heads(place: TableSheet, cells: Mapping[int, CellValue], own: bool) -> bool:
    """Return whether a row of cells is the table's headings.

    It has every needed one, or on a sheet of its name its key and one more: a key alone may be the
    sheet's title.
    """
    headings = {folded(str(v)) for v in cells.values()}
    if place.table is SETUP:
        return {folded(SETTING), folded(VALUE)} <= headings
    names = names_of(place.table)
    fields = {matched(names, v) for v in cells.values()} - {None}
    keys = {c.field for c in key_columns(place.table)}
    if place.by_year:
        return folded(FIGURE) in headings and keys <= fields
    if folded(FIGURE) in headings and folded(FIGURE) not in names:
        return False  # the companion's: it names which figure each row gives
    needed = {c.field for c in columns_of(place.table.noun) if c.required}
    if own:
        return keys <= fields and len(fields) > 1
    # On a sheet of another name two headings may meet by chance; three and more do not.
    return needed <= fields and len(needed) > 2


def _below(place: TableSheet, sheet: Sheet, row: int) -> BookTable:
    """Return the rows below headings, up to the first row that is blank under them."""
    first, last = min(sheet.rows[row]), max(sheet.rows[row])
    rows = [row]
    while any(value is not None for value in sheet.stretch(rows[-1] + 1, first, last)):
        rows.append(rows[-1] + 1)
    return BookTable(place, sheet, first, last, rows[-1], False, rows)
