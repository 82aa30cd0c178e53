"""Figures that stand in a workbook and that a table does not take in, with their cells and their £.

A table that was never extended over its last rows, a totals row switched on over figures, a column
beside the table, merged cells: ordinary in Excel, and each loses money without a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from icbudget import money
from icbudget.findings import Finding, Place, error, warning
from icbudget.plan import SETUP, cell_values
from icbudget.plan.columns import Kind, columns_of
from icbudget.plan.grid import by_year_columns
from icbudget.plan.headings import FIGURE, folded, matched, names_of, year_inside, year_of
from icbudget.workbook import layout
from icbudget.workbook.reading.sheet_cells import Sheet, Value
from icbudget.workbook.reading.table_finder import BookTable, as_book_table
from icbudget.workbook.reading.worksheet import Range, address

_FEWEST_IN_COMMON = 2
"""So many headings two tables may have in common by chance."""


def left_out(tables: Mapping[str, BookTable], workbook: str) -> list[Finding]:
    """Return a finding for whatever stands in or beside a plan table and would not be read.

    Errors: rows right below a table, or further below where they are rows of its kind; years or
    fields of the table in columns right of it; a totals row that holds figures; merged cells.
    Warning: other rows further below. Each names the cells and the £ in its columns of money.
    """
    findings: list[Finding] = []
    for table in tables.values():
        others = [o for o in tables.values() if o.sheet is table.sheet and o is not table]
        findings += _totals_row(table, workbook)
        findings += _rows_below(table, others, workbook)
        findings += _columns_beside(table, others, workbook)
        findings += _merged(table, workbook)
    return findings


def copied_tables(
    sheets: Mapping[str, Sheet], tables: Mapping[str, BookTable], workbook: str
) -> list[Finding]:
    """Return a warning for each Excel Table with the headings of a plan table that is read already.

    So it is where a sheet of the plan was copied: Excel gives the copy's table another name, and
    whatever is typed there is in no total.
    """
    findings: list[Finding] = []
    read = {(table.sheet.name, table.rows[0], table.first_column) for table in tables.values()}
    for sheet in sheets.values():
        for table in sheet.tables:
            if (sheet.name, table.first_row, table.first_column) in read:
                continue
            original = _copied_from(table.columns, tables)
            if original is not None:
                findings.append(_copy(as_book_table(original.place, sheet, table), workbook))
    return findings


def _copied_from(headings: Sequence[str], tables: Mapping[str, BookTable]) -> BookTable | None:
    """Return the plan table whose headings another one has; nothing where they are only alike."""
    folded_headings = {folded(heading) for heading in headings}
    for table in tables.values():
        own = {folded(str(heading)) for heading in table.grid[0] if heading is not None}
        if len(own) > _FEWEST_IN_COMMON and own <= folded_headings:
            return table
    return None


def _copy(copy: BookTable, workbook: str) -> Finding:
    rows = [row for row in copy.rows[1:] if _filled(copy, row)]
    pence = _pence(copy, rows)
    count = "1 row" if len(rows) == 1 else f"{len(rows):,} rows"
    return warning(
        "table.copied",
        f"A table on {copy.sheet.name} has the headings of {copy.place.name} and is not read:"
        f" {count}{_worth(pence)}.",
        f"Move its rows into the table {copy.place.name}, or delete the copy.",
        Place(workbook, copy.sheet.name, address(copy.rows[0], copy.first_column)),
        pence or None,
    )


def _totals_row(table: BookTable, workbook: str) -> list[Finding]:
    """Return an error where the row that the table calls its totals is a row of figures."""
    row = table.totals_row
    if row is None or not _is_row_of(table, row):
        return []
    cells, pence = _cells_of(table, [row]), _pence(table, [row])
    return [
        error(
            "table.totals-row",
            f"The last row of the table {table.place.name} ({cells}) is its totals row, which is"
            f" not read, but it holds figures of the plan{_worth(pence)}.",
            "Switch Total Row off under Table Design, or move the totals below the figures.",
            Place(workbook, table.sheet.name, address(row, _first(table, row))),
            pence or None,
        )
    ]


def _rows_below(table: BookTable, others: Sequence[BookTable], workbook: str) -> list[Finding]:
    below = [row for row in sorted(table.sheet.rows) if row > table.last and _filled(table, row)]
    below = [row for row in below if not any(_covers(other, table, row) for other in others)]
    if not below:
        return []
    # Rows that touch the table, or name what its rows must name, are money that somebody meant to
    # count; a remark further below need not be.
    touching = below[0] == table.last + 1
    of_its_kind = any(_is_row_of(table, row) for row in below)
    pence = _pence(table, below)
    count = f"{len(below)} rows below the table {table.place.name} are"
    if len(below) == 1:
        count = f"A row below the table {table.place.name} is"
    fix = "Drag the table's corner over them, or delete them."
    if not touching:
        fix = "Move them into the table if they belong to it."
    say = error if touching or of_its_kind else warning
    return [
        say(
            "table.rows-below",
            f"{count} not part of it: {_cells_of(table, below)}{_worth(pence)}.",
            fix,
            Place(workbook, table.sheet.name, address(below[0], _first(table, below[0]))),
            pence or None,
        )
    ]


def _columns_beside(table: BookTable, others: Sequence[BookTable], workbook: str) -> list[Finding]:
    """Return an error for columns right of a table whose headings are the table's own."""
    if table.heading_off or table.place.table is SETUP:
        return []
    beside = _own_headings_beside(table, others)
    if not beside:
        return []
    rows = [
        row
        for row in table.rows[1:]
        if any(table.sheet.value(row, column) is not None for column in beside)
    ]
    in_pounds = _money_columns(table, beside)
    pence = sum(_pence_in(table, row, beside, in_pounds) for row in rows)
    names = "; ".join(beside.values())
    first = address(table.rows[0], min(beside))
    last = address(max(rows, default=table.rows[0]), max(beside))
    stand, are, them = ("stands", "is", "it") if len(beside) == 1 else ("stand", "are", "them")
    columns = "The column" if len(beside) == 1 else "The columns"
    return [
        error(
            "table.year-beside" if layout.yearly(table.place) else "table.column-beside",
            f"{columns} {names} ({first}:{last}) {stand} beside the table {table.place.name} and"
            f" {are} not part of it{_worth(pence)}.",
            f"Drag the table's corner over {them}.",
            Place(workbook, table.sheet.name, first),
            pence or None,
        )
    ]


def _own_headings_beside(table: BookTable, others: Sequence[BookTable]) -> dict[int, str]:
    """Return the columns right of a table that are called as columns of it, with their headings."""
    row, column = table.rows[0], table.last_column + 1
    beside: dict[int, str] = {}
    # Columns that touch the table, up to the first without a heading: what stands beyond a gap is
    # somebody's own.
    while (heading := table.sheet.value(row, column)) is not None:
        if any(other.first_column <= column <= other.last_column for other in others):
            break
        filled = any(table.sheet.value(below, column) is not None for below in table.rows[1:])
        if _is_a_year(table, heading) or (filled and _is_a_field(table, heading)):
            beside[column] = str(heading)
        column += 1
    return beside


def _is_a_year(table: BookTable, heading: object) -> bool:
    text = str(heading or "")
    return bool(layout.yearly(table.place) and (year_of(text) or year_inside(text)))


def _is_a_field(table: BookTable, heading: object) -> bool:
    """Return whether a heading is a column of the table that the table itself lacks."""
    name = matched(names_of(table.place.table), heading)
    present = {matched(names_of(table.place.table), h) for h in table.grid[0]}
    return name is not None and name not in present and not table.place.by_year


def _merged(table: BookTable, workbook: str) -> list[Finding]:
    """Return an error for merged cells of a table: only the first of them holds a value."""
    inside = [merged for merged in table.sheet.merged if _meets(merged, table)]
    if not inside:
        return []
    names = [f"{address(r1, c1)}:{address(r2, c2)}" for r1, c1, r2, c2 in inside]
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return [
        error(
            "table.merged-cells",
            f"Cells of the table {table.place.name} are merged ({', '.join(names[:5])}{more}): only"
            " the first of each holds a value, the others are blank.",
            "Unmerge them (Home, Merge & Center) and type the value into each cell.",
            Place(workbook, table.sheet.name, address(*inside[0][:2])),
        )
    ]


def merged_away(tables: Iterable[BookTable]) -> set[tuple[str, str]]:
    """Return the sheet and address of each cell of a table that is blank because it is merged."""
    blank: set[tuple[str, str]] = set()
    for table in tables:
        for merged in table.sheet.merged:
            if _meets(merged, table):
                cells = _behind_the_first(merged, table)
                blank.update((table.sheet.name, address(*cell)) for cell in cells)
    return blank


def _behind_the_first(merged: Range, table: BookTable) -> Iterator[tuple[int, int]]:
    """Yield row and column of the cells of a table that are merged into another."""
    first_row, first_column, last_row, last_column = merged
    rows = range(first_row, min(last_row, table.last) + 1)
    columns = range(first_column, min(last_column, table.last_column) + 1)
    for cell in product(rows, columns):
        if cell != (first_row, first_column):
            yield cell


def _meets(merged: Range, table: BookTable) -> bool:
    first_row, first_column, last_row, last_column = merged
    rows_meet = first_row <= table.last and last_row >= table.rows[0]
    columns_meet = first_column <= table.last_column and last_column >= table.first_column
    return rows_meet and columns_meet


def _is_row_of(table: BookTable, row: int) -> bool:
    """Return whether a row of cells has what a row of the table cannot be without.

    A row of totals has a word in its first cell and sums: it names no pool, no source, no partner.
    """
    cells = table.sheet.stretch(row, table.first_column, table.last_column)
    if table.place.table is SETUP:
        return matched(names_of(SETUP), cells[0]) is not None
    names = names_of(table.place.table)
    fields = [matched(names, heading) for heading in table.grid[0]]
    filled = {
        field for field, value in zip(fields, cells, strict=True) if not cell_values.is_blank(value)
    }
    if table.place.by_year:
        headings = [folded(str(heading or "")) for heading in table.grid[0]]
        named = folded(FIGURE) in headings and cells[headings.index(folded(FIGURE))] is not None
        return named and set(table.place.table.key) <= filled
    # A row of totals may name what a row of the table needs, when somebody filled it down.
    first = next((value for value in cells if value is not None), None)
    if isinstance(first, str) and folded(first).split()[:1] in (["total"], ["totals"], ["sum"]):
        return False
    columns = columns_of(table.place.table.noun)
    present = {field for field in fields if field}
    needed = {c.field for c in columns if c.required and c.field in present}
    return bool(needed) and needed <= filled


def _money_columns(table: BookTable, columns: Iterable[int]) -> set[int]:
    """Return those of some columns of the sheet that hold £ of the table."""
    plan_table = table.place.table
    names = names_of(plan_table)
    in_pounds = {c.field for c in columns_of(plan_table.noun) if c.kind is Kind.MONEY}
    years_in_pounds = any(c.kind is Kind.MONEY for c in by_year_columns(plan_table))
    money_columns: set[int] = set()
    for column in columns:
        heading = table.sheet.value(table.rows[0], column)
        at = column - table.first_column
        if table.heading_off and 0 <= at < len(table.headings):
            heading = table.headings[at]
        of_a_year = years_in_pounds and _is_a_year(table, heading)
        if matched(names, heading) in in_pounds or of_a_year:
            money_columns.add(column)
    return money_columns


def _pence(table: BookTable, rows: Iterable[int]) -> int:
    columns = range(table.first_column, table.last_column + 1)
    in_pounds = _money_columns(table, columns)
    return sum(_pence_in(table, row, columns, in_pounds) for row in rows)


def _pence_in(table: BookTable, row: int, columns: Iterable[int], in_pounds: set[int]) -> int:
    """Return the £ of one row in some columns, as pence; of a companion only figures in £."""
    if table.place.by_year and not _figure_in_pounds(table, row):
        return 0
    return sum(_pence_of(table.sheet.value(row, c)) for c in columns if c in in_pounds)


def _figure_in_pounds(table: BookTable, row: int) -> bool:
    headings = [folded(str(heading or "")) for heading in table.grid[0]]
    if folded(FIGURE) not in headings:
        return False
    figure = table.sheet.value(row, table.first_column + headings.index(folded(FIGURE)))
    columns = by_year_columns(table.place.table)
    known = {folded(word): c.kind for c in columns for word in (c.field, c.heading, c.label)}
    return known.get(folded(str(figure or ""))) is Kind.MONEY


def _pence_of(value: Value | None) -> int:
    """Return an amount as pence; nothing for what is no amount a plan could hold."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return 0
    # Beyond what a plan could hold, a number is a code or a slip and no amount.
    return money.to_pence(value) if abs(value) < cell_values.TOO_LARGE else 0


def _worth(pence: int) -> str:
    return f"; {money.in_words(pence)} stand there" if pence else ""


def _cells_of(table: BookTable, rows: Sequence[int]) -> str:
    """Return the range that rows of a table's columns take up, from the first cell to the last."""
    first = address(rows[0], _first(table, rows[0]))
    cells = table.sheet.stretch(rows[-1], table.first_column, table.last_column)
    last_filled = max(at for at, value in enumerate(cells) if value is not None)
    last = address(rows[-1], table.first_column + last_filled)
    return first if first == last else f"{first}:{last}"


def _filled(table: BookTable, row: int) -> bool:
    cells = table.sheet.stretch(row, table.first_column, table.last_column)
    return any(value is not None for value in cells)


def _first(table: BookTable, row: int) -> int:
    cells = table.sheet.stretch(row, table.first_column, table.last_column)
    return table.first_column + next(at for at, value in enumerate(cells) if value is not None)


def _covers(other: BookTable, table: BookTable, row: int) -> bool:
    """Return whether a row below a table belongs to another one that stands there."""
    side_by_side = (
        table.first_column <= other.last_column and other.first_column <= table.last_column
    )
    return side_by_side and other.rows[0] <= row <= other.last


WHY_IT_MATTERS = {
    "table.copied": (
        "Two tables look the same and only one counts. What is typed into the other is in no total."
    ),
    "table.column-beside": (
        "A column just outside the table looks like a part of it. Its figures are in no total."
    ),
    "table.merged-cells": (
        "Excel keeps a value in the first cell only; in the others the row has lost its name or"
        " its amount."
    ),
    "table.rows-below": (
        "Rows just below the table look like a part of it. Their money is in no total."
    ),
    "table.totals-row": (
        "A total read as a row would double the table; a row of figures below the total would"
        " be missing."
    ),
    "table.year-beside": (
        "Figures of a year just outside the table look like a part of it, and are in no total."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
