"""Tables of cells to raw rows.

Columns are found by heading, figures by year put to their rows, and the place of every cell kept.

A grid is what a host hands over: rows of raw cells, the headings first, columns in any order.
Workbooks and Excel functions both read through here. A table with one figure by year has the
financial years as headings beside its other columns; a table with several has a companion, “<table>
by year”, with its key, `Figure`, and the financial years. Nothing is coerced here: that is the work
of `icbudget.plan.rows`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import Any

from icbudget.findings import Finding, Place, error, note, warning
from icbudget.plan import cell_values
from icbudget.plan.columns import Column, columns_of
from icbudget.plan.headings import FIGURE, SETTING, VALUE, Headings, Spot, folded, matched, names_of
from icbudget.plan.plan import SETUP, TABLES, PlanTable
from icbudget.plan.rows import Draft, Once, read_plan
from icbudget.plan.wrong_table import mistaken

Cells = Sequence[Sequence[Any]]


@dataclass(slots=True)
class Grid:
    """The raw rows of one table, where each cell stands, and what is wrong with the table itself.

    `rows`: one `{field: raw}` for every row that is not blank, a by-year field as `{year: raw}`;
    `missing`: needed fields without a column; `problems`: findings without a place, each with its
    spot; `locate`: see `spot`.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    missing: tuple[str, ...] = ()
    problems: list[tuple[Spot, Finding]] = field(default_factory=list)
    locate: Callable[[int, str, str | None], Spot | None] = lambda row, field, year: None

    def spot(self, row: int, field: str, year: str | None = None) -> Spot:
        """Return where a cell of a raw row stands.

        Without such a column it is the row's first cell, of a setting the first heading.
        """
        return self.locate(row, field, year) or Spot(0, 0)

    def findings(self, place_of: Callable[[Spot], Place]) -> list[Finding]:
        """Return what is wrong with the table itself, each finding with the place of its spot."""
        return [replace(finding, place=place_of(spot)) for spot, finding in self.problems]


GridOnce = Callable[[str, Callable[[], Grid]], Grid]
"""Gives the raw rows of a table, by its field; the function reads them where they are not known."""


def by_year_columns(table: PlanTable) -> tuple[Column, ...]:
    """Return the columns of a table that hold one value a year."""
    return tuple(c for c in columns_of(table.noun) if c.by_year)


def has_companion(table: PlanTable) -> bool:
    """Return whether the table has a companion table for its figures by year.

    It has one where these are several.
    """
    return len(by_year_columns(table)) > 1


def companion_label(table: PlanTable) -> str:
    """Return what people call the companion, such as `Activity lines by year`."""
    return f"{table.label} by year"


def key_columns(table: PlanTable) -> tuple[Column, ...]:
    """Return the columns of a table's key, which its companion repeats."""
    columns = {c.field: c for c in columns_of(table.noun)}
    return tuple(columns[part] for part in table.key)


def read_grid(table: PlanTable, grid: Cells, companion: Cells | None = None) -> Grid:
    """Return the raw rows of a table of cells, and of its companion if it has one.

    Findings: no headings at all, those of another table, a needed column that is missing, a heading
    that is there twice, a year where years do not belong; in the companion a key or figure that is
    not known, blank or there twice. Unknown columns are noted.
    """
    heads = Headings(table.label, names_of(table), years_allowed=len(by_year_columns(table)) == 1)
    heads.read(grid[0] if grid else ())
    needed = [c for c in columns_of(table.noun) if c.required and c.field not in heads.fields]
    if (needed or heads.unknown) and grid and (other := mistaken(table.label, grid[0])):
        return Grid(problems=[(Spot(0, 0), other)])
    if not heads.fields:
        empty = all(map(cell_values.is_blank, chain.from_iterable(grid)))
        return Grid(problems=[] if empty else [(Spot(0, 0), _no_headings(table.label))])
    absent = [(Spot(0, 0), heads.absent(c.heading)) for c in needed]
    strays = [(Spot(0, at), _stray_year(table)) for at in heads.stray_years]
    nameless = [(Spot(0, at), _nameless_column(grid, at)) for at in _nameless(grid)]
    read = Grid(
        missing=tuple(c.field for c in needed),
        problems=[*absent, *heads.problems, *strays, *nameless],
    )
    numbers = _read_rows(read, table, grid, heads)
    spots = _read_companion(read, table, companion) if companion and has_companion(table) else {}

    def locate(row: int, name: str, year: str | None) -> Spot | None:
        if year is not None and (row, name, year) in spots:
            return spots[row, name, year]
        column = heads.fields.get(name, 0) if year is None else heads.years.get(year, 0)
        return Spot(numbers[row], column)

    read.locate = locate
    return read


def read_setup(grid: Cells) -> Grid:
    """Return the settings as one raw row, from a table with the columns Setting and Value.

    Findings: no such columns, a setting that is there twice. A value beside a setting that is not
    known is noted.
    """
    heads = Headings(
        SETUP.label, {folded(SETTING): SETTING, folded(VALUE): VALUE}, years_allowed=False
    )
    heads.read(grid[0] if grid else ())
    if len(heads.fields) < 2:
        needed = tuple(c.field for c in columns_of(SETUP.noun) if c.required)
        mistake = mistaken(SETUP.label, grid[0] if grid else ())
        none = error(
            "setup.no-headings",
            "Setup has no columns Setting and Value.",
            "Select it with its heading row.",
        )
        return Grid([{}], needed, [(Spot(0, 0), mistake or none)])
    read = Grid([{}])
    spots: dict[str, Spot] = {}
    for number, row in enumerate(grid[1:], start=1):
        label, raw = _cell(row, heads.fields[SETTING]), _cell(row, heads.fields[VALUE])
        name = matched(names_of(SETUP), label)
        if name is None:
            if not cell_values.is_blank(raw):
                read.problems.append((Spot(number, heads.fields[SETTING]), _unknown_setting(label)))
        elif name in spots:
            mistake = error(
                "setup.duplicate-setting",
                f"The setting {cell_values.clean(label)} is there twice.",
                "Keep one of the two.",
            )
            read.problems.append((Spot(number, heads.fields[SETTING]), mistake))
        else:
            read.rows[0][name], spots[name] = raw, Spot(number, heads.fields[VALUE])
    read.locate = lambda row, name, year: spots.get(name)
    return read


_NAMED_ALREADY = Place()
"""The place of a finding about a cell of a needed column that is missing, which has its own."""


def read_grids(
    setup: Cells | None,
    tables: Mapping[str, Cells],
    companions: Mapping[str, Cells],
    place_of: Callable[[str, Spot], Place],
    once: Once = lambda name, read: read(),
    grid_once: GridOnce = lambda name, read: read(),
) -> Draft:
    """Return the draft of a plan from tables of cells and their companions.

    Both are keyed by table field.

    `place_of(table field, spot)` names a cell; `once`: see `icbudget.plan.rows.read_plan`. Every
    finding comes at once, those of the tables before those of their rows; a needed column that is
    missing is told once, not again for every row.
    """
    grids = {
        name: grid_once(name, partial(read_grid, TABLES[name], grid, companions.get(name)))
        for name, grid in tables.items()
    }
    rows = {name: grid.rows for name, grid in grids.items()}
    if setup is not None:
        grids = {SETUP.field: grid_once(SETUP.field, partial(read_setup, setup)), **grids}

    def place(table: str, row: int, name: str, year: str | None) -> Place:
        grid = grids[table]
        if name in grid.missing:
            return _NAMED_ALREADY
        return place_of(table, grid.spot(row, name, year))

    settings = grids[SETUP.field].rows[0] if setup is not None else None
    draft = read_plan(settings, rows, place, once)
    by_grid = (grid.findings(partial(place_of, name)) for name, grid in grids.items())
    own = chain.from_iterable(by_grid)
    draft.findings[:] = [
        *own,
        *(finding for finding in draft.findings if finding.place is not _NAMED_ALREADY),
    ]
    return draft


def _cell(row: Sequence[Any], column: int) -> Any:
    return row[column] if column < len(row) else None


def _nameless(grid: Cells) -> list[int]:
    """Return the columns that hold numbers under a blank heading, between headings."""
    headed = [at for at, heading in enumerate(grid[0]) if not cell_values.is_blank(heading)]
    between = set(range(headed[0], headed[-1])) - set(headed) if headed else set()
    return [at for at in sorted(between) if any(_is_number(_cell(row, at)) for row in grid[1:])]


def _is_number(raw: Any) -> bool:
    return isinstance(raw, (int, float)) and not isinstance(raw, bool)


def _nameless_column(grid: Cells, at: int) -> Finding:
    numbers = sum(_is_number(_cell(row, at)) for row in grid[1:])
    return error(
        "table.blank-heading",
        f"A column without a heading holds {numbers} number{'s' if numbers > 1 else ''}, which"
        " would not be read.",
        "Type its heading, or move the column out of the table.",
    )


def _read_rows(read: Grid, table: PlanTable, grid: Cells, heads: Headings) -> list[int]:
    """Add the raw rows that are not blank; return the number of each in the grid."""
    numbers: list[int] = []
    named, by_year = tuple(heads.fields.items()), tuple(heads.years.items())
    by_year_field = by_year_columns(table)[0].field if by_year else ""
    for number, row in enumerate(grid[1:], start=1):
        if all(cell_values.is_blank(_cell(row, at)) for _, at in (*named, *by_year)):
            continue
        raw: dict[str, Any] = {name: _cell(row, at) for name, at in named}
        if by_year:
            raw[by_year_field] = {year: _cell(row, at) for year, at in by_year}
        read.rows.append(raw)
        numbers.append(number)
    return numbers


def _read_companion(read: Grid, table: PlanTable, grid: Cells) -> dict[tuple[int, str, str], Spot]:
    """Put the companion's figures into the raw rows; return where each stands."""
    heads = _companion_headings(read, table, grid[0])
    if heads is None:
        return {}
    keys, figures = key_columns(table), by_year_columns(table)
    known = _words_of_figures(figures)
    numbers, nameless = _rows_by_key(read, keys)
    # Where a row's own key is blank, or its column is missing, a key that fits none may be that
    # row's: the fault is named once, in the main table.
    key_is_missing = bool(set(read.missing) & set(table.key))
    spots: dict[tuple[int, str, str], Spot] = {}
    taken: set[tuple[int, str]] = set()
    for at, row in enumerate(grid[1:], start=1):
        if all(cell_values.is_blank(raw) for raw in row):
            continue
        key = _key(keys, [_cell(row, heads.fields[c.field]) for c in keys])
        figure = _cell(row, heads.fields[FIGURE])
        number, name = numbers.get(key), matched(known, figure)
        at_key = Spot(at, heads.fields[keys[0].field], True)
        at_figure = Spot(at, heads.fields[FIGURE], True)
        if number is None and not key_is_missing and not (nameless and any(key)):
            read.problems.append((at_key, _unknown_key(table, key)))
        if name is None:
            read.problems.append((at_figure, _unknown_figure(figure, figures)))
        if number is None or name is None:
            continue
        if (number, name) in taken:
            read.problems.append((at_figure, _row_twice(key, figure)))
            continue
        taken.add((number, name))
        read.rows[number][name] = {year: _cell(row, column) for year, column in heads.years.items()}
        for year, column in heads.years.items():
            spots[number, name, year] = Spot(at, column, True)
    return spots


def _companion_headings(
    read: Grid, table: PlanTable, heading_row: Sequence[Any]
) -> Headings | None:
    """Return the companion's headings, None where one that it needs is missing."""
    keys = {c.field: c.label for c in key_columns(table)}
    names = {heading: name for heading, name in names_of(table).items() if name in table.key}
    heads = Headings(companion_label(table), {**names, folded(FIGURE): FIGURE}, years_allowed=True)
    heads.read(heading_row)
    needed = {**keys, FIGURE: FIGURE}
    absent = [heads.absent(label) for name, label in needed.items() if name not in heads.fields]
    at_headings = Spot(0, 0, by_year=True)
    if absent and (other := mistaken(heads.table, heading_row)):
        # The headings are another table's: that says it all.
        read.problems.append((at_headings, other))
        return None
    read.problems.extend((at_headings, finding) for finding in absent)
    read.problems.extend((spot._replace(by_year=True), why) for spot, why in heads.problems)
    return None if absent else heads


def _words_of_figures(figures: Sequence[Column]) -> dict[str, str]:
    """Return the fields of figures by all that people may call them, folded."""
    known: dict[str, str] = {}
    for figure in figures:
        words = (figure.field, figure.heading, figure.label)
        known.update(dict.fromkeys(map(folded, words), figure.field))
    return known


def _rows_by_key(read: Grid, keys: Sequence[Column]) -> tuple[dict[tuple[str, ...], int], bool]:
    """Return the number of the first raw row of each key, and whether a row's key is not whole."""
    numbers: dict[tuple[str, ...], int] = {}
    nameless = False
    for at, raw in enumerate(read.rows):
        key = _key(keys, [raw.get(column.field) for column in keys])
        nameless = nameless or not all(key)
        if any(key):
            numbers.setdefault(key, at)
    return numbers, nameless


def _row_twice(key: tuple[str, ...], figure: Any) -> Finding:
    message = f"{', '.join(key)}, {figure} is there twice."
    return error("by-year.duplicate-row", message, "Keep one of the two rows.")


def _key(columns: Sequence[Column], raw: Sequence[Any]) -> tuple[str, ...]:
    """Return a key as text, a part that is blank or an error value as nothing."""
    return tuple(_part_of_key(column, cell) for column, cell in zip(columns, raw, strict=True))


def _part_of_key(column: Column, raw: Any) -> str:
    if cell_values.is_blank(raw) or cell_values.is_error_value(raw):
        return ""
    return str(cell_values.read(column, raw))


def _no_headings(label: str) -> Finding:
    fix = "Select the whole table with its heading row, as in Table[#All]."
    return error("table.no-headings", f"The first row holds none of the headings of {label}.", fix)


def _stray_year(table: PlanTable) -> Finding:
    fix = (
        f"Put figures by year into the table {companion_label(table)}."
        if has_companion(table)
        else ""
    )
    message = "A column by financial year is not used here."
    if fix:
        return warning("table.year-column", message, fix)
    leave = "Leave it, or move its figures to a table by year of the plan."
    return note("table.year-column", message, leave)


def _unknown_setting(label: Any) -> Finding:
    return note(
        "setup.unknown-setting",
        f"There is no setting “{cell_values.clean(str(label or ''))[:60]}”; it is not used.",
        "Correct its name to a setting of Setup, or delete its row.",
    )


def _unknown_key(table: PlanTable, key: tuple[str, ...]) -> Finding:
    fix = f"Name a row of the table {table.label}, or add it there."
    if not any(key):
        return error(
            "by-year.blank-key",
            f"The row does not say which row of {table.label} it belongs to.",
            fix,
        )
    return error("by-year.unknown-key", f"{', '.join(key)} is not in the table {table.label}.", fix)


def _unknown_figure(raw: Any, figures: Sequence[Column]) -> Finding:
    message = (
        "The figure is blank"
        if cell_values.is_blank(raw)
        else f"There is no figure “{cell_values.clean(str(raw))[:60]}”"
    )
    return error(
        "by-year.unknown-figure",
        f"{message}.",
        f"Choose one of: {'; '.join(c.label for c in figures)}.",
    )


WHY_IT_MATTERS = {
    "by-year.blank-key": "The figures of this row belong to nobody, so they are in no total.",
    "by-year.duplicate-row": (
        "Two rows give one figure for one year. Either could be right, and they may differ."
    ),
    "by-year.unknown-figure": (
        "A figure whose meaning is not known cannot be used; what was meant keeps its default."
    ),
    "by-year.unknown-key": (
        "The row belongs to something that the plan does not have, so its figures are in no total."
    ),
    "setup.duplicate-setting": "Two values of one setting; which one counts would be chance.",
    "setup.no-headings": "Nothing of Setup can be read, so the plan has no years.",
    "setup.unknown-setting": (
        "The setting is not used. If its name is mistyped, the one that was meant keeps its"
        " default."
    ),
    "table.blank-heading": (
        "The numbers stand in a column that nobody can name, so they are in no total."
    ),
    "table.no-headings": "Without its headings the first row of figures would be taken for names.",
    "table.year-column": (
        "A year's figures stand where the table has none by year, so they are not used."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
