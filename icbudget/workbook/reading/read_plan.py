"""Reading a plan from a workbook: every table by name, every column by heading, every problem at
once with its cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from icbudget import years
from icbudget.findings import Finding, Place, error, note, warning
from icbudget.plan import SETUP
from icbudget.plan.columns import PROVENANCE, columns_of
from icbudget.plan.grid import read_grids
from icbudget.plan.headings import Spot, matched, names_of
from icbudget.plan.rows import Draft
from icbudget.plan.unread_cells import REST
from icbudget.workbook import layout
from icbudget.workbook.reading.sheet_cells import NO_VALUE, Sheet, read_cells
from icbudget.workbook.reading.table_finder import Found, find_tables
from icbudget.workbook.reading.worksheet import address


def read_workbook(path: Path) -> Draft:
    """Return the draft of a plan from a workbook, with the cell of every figure.

    Errors: a file that cannot be read; no table of a plan at all; a table of the first version that
    is not there (a later one is only noted); rows or a year typed beside a table that does not take
    them in; a formula saved without its result; whatever is wrong with a table or a row. A warning
    names the columns that are not there and take their defaults; a note the columns and the sheets
    that are not used.
    """
    sheets, findings = read_cells(path)
    if sheets is None:
        return Draft(findings=findings)
    found = find_tables(sheets)
    if (
        not any(f.named for f in found.values())
        and not {layout.SETTINGS, "Partners"} <= found.keys()
    ):
        return Draft(findings=[*findings, _not_a_plan(path.name)])
    bare = _without_result(found, path.name)
    draft = _read(found, path.name, set(bare))
    told = [f for f in draft.findings if _cell(f.place) not in bare]
    apart = {_cell(figure.place) for figure in draft.unknown}
    draft.findings = [
        *(f for f in findings if f.id != "workbook.formula-without-value"),
        *_absent(found, path.name),
        *_without_columns(found, path.name),
        *_beside(found, path.name),
        *(
            replace(
                f,
                set_aside=cell in apart,
                message=f"{f.message} {REST}" if cell in apart else f.message,
            )
            for cell, f in bare.items()
        ),
        *_unused(told, sheets, found, path.name),
    ]
    return draft


def _read(found: Mapping[str, Found], workbook: str, bare: set[tuple[str, str]]) -> Draft:
    tables = {
        f.place.table.field: f
        for f in found.values()
        if not f.place.by_year and f.place.table is not SETUP
    }
    companions = {f.place.table.field: f for f in found.values() if f.place.by_year}
    setup = found.get(layout.SETTINGS)

    def place_of(table: str, spot: Spot) -> Place:
        stands = (
            companions[table] if spot.by_year else setup if table == SETUP.field else tables[table]
        )
        assert stands is not None
        return Place(workbook=workbook, sheet=stands.sheet.name, cell=stands.cell(spot))

    def grid(stands: Found) -> list[list[Any]]:
        return [["#N/A" if raw is NO_VALUE else raw for raw in row] for row in stands.grid]

    return read_grids(
        grid(setup) if setup else None,
        {name: grid(stands) for name, stands in tables.items()},
        {name: grid(stands) for name, stands in companions.items() if name in tables},
        place_of,
    )


def _cell(place: Place) -> tuple[str, str]:
    return place.sheet, place.cell


def _not_a_plan(workbook: str) -> Finding:
    message = (
        "This workbook has no icbudget tables (Settings, Partners, Pools, Funding …), so it is not"
        " a plan."
    )
    return error(
        "workbook.not-a-plan",
        message,
        "Write a template with `icbudget template` and fill it in.",
        Place(workbook=workbook),
    )


def _without_result(found: Mapping[str, Found], workbook: str) -> dict[tuple[str, str], Finding]:
    """Return a finding for every cell of a table whose formula was saved without its result, by
    sheet and cell.
    """
    told: dict[tuple[str, str], Finding] = {}
    for stands in found.values():
        for at, row in enumerate(stands.grid):
            for column, raw in enumerate(row):
                if raw is NO_VALUE:
                    place = Place(
                        workbook=workbook,
                        sheet=stands.sheet.name,
                        cell=stands.cell(Spot(at, column)),
                    )
                    message = "The cell holds a formula that was saved without its result."
                    fix = (
                        "Open the workbook in Excel or LibreOffice, let it recalculate and save it."
                    )
                    told[_cell(place)] = error("cell.no-result", message, fix, place)
    return told


def _absent(found: Mapping[str, Found], workbook: str) -> list[Finding]:
    """Return an error for each table of the first version that is not there: it was taken away, and
    its figures would be missing.

    One note tells of the rest: a table that came later, or that is empty, is not in every workbook,
    and is taken as empty.
    """
    missing = [p for p in layout.BY_NAME.values() if p.name not in found and p.table is not SETUP]
    needed = [p for p in missing if p.name in layout.FROM_THE_START]
    others = [p.name for p in missing if p.name not in layout.FROM_THE_START]
    fix = (
        "Copy the sheet from the template (it may stay blank), or give the Excel Table this name"
        " under Table Design."
    )
    told = [
        error("workbook.no-table", f"There is no table {p.name}.", fix, Place(workbook=workbook))
        for p in needed
    ]
    if others:
        message = f"These tables are not there and are taken as empty: {', '.join(others)}."
        told.append(note("workbook.tables-absent", message, place=Place(workbook=workbook)))
    return told


def _without_columns(found: Mapping[str, Found], workbook: str) -> list[Finding]:
    """Return a warning for every table that lacks columns whose defaults would step in unseen;
    provenance may be left out.
    """
    told: list[Finding] = []
    for stands in found.values():
        if stands.place.by_year or stands.place.table is SETUP:
            continue
        names = names_of(stands.place.table)
        there = {matched(names, heading) for heading in stands.grid[0]}
        columns = [
            c
            for c in columns_of(stands.place.table.noun)
            if not (c.required or c.by_year or c.group == PROVENANCE)
        ]
        absent = [c.heading for c in columns if c.field not in there]
        if absent:
            place = Place(workbook=workbook, sheet=stands.sheet.name, cell=stands.cell(Spot(0, 0)))
            message = (
                f"The table {stands.place.name} has no column {'; '.join(absent)}; each takes its"
                " default in every row."
            )
            told.append(
                warning(
                    "table.columns-absent",
                    message,
                    "Add the columns from the template, or check their defaults.",
                    place,
                )
            )
    return told


def _beside(found: Mapping[str, Found], workbook: str) -> list[Finding]:
    """Return what is typed right below or right of a table that does not take it in; its money
    would be lost without a word.
    """
    told: list[Finding] = []
    for stands in found.values():
        sheet, name = stands.sheet, stands.place.name
        others = [o for o in found.values() if o.sheet is sheet and o is not stands]
        filled = [r for r in sorted(sheet.rows) if r > stands.last and _filled(stands, r)]
        filled = [
            r
            for r in filled
            if not any(o.rows[0] <= r <= o.last and _overlap(stands, o) for o in others)
        ]
        if filled:
            place = Place(
                workbook=workbook,
                sheet=sheet.name,
                cell=address(filled[0], _first(stands, filled[0])),
            )
            touching = filled[0] == stands.last + 1
            count = (
                f"{len(filled)} rows below the table {name} are"
                if len(filled) > 1
                else f"A row below the table {name} is"
            )
            message = f"{count} not part of it."
            fix = (
                "Drag the table's corner over them, or delete them."
                if touching
                else "Move them into the table if they belong to it."
            )
            told.append((error if touching else warning)("table.rows-below", message, fix, place))
        heading = sheet.value(stands.rows[0], stands.last_column + 1)
        if heading is not None and layout.yearly(stands.place) and _is_year(heading):
            place = Place(
                workbook=workbook,
                sheet=sheet.name,
                cell=address(stands.rows[0], stands.last_column + 1),
            )
            message = f"The column {heading} stands beside the table {name} and is not part of it."
            told.append(
                error("table.year-beside", message, "Drag the table's corner over it.", place)
            )
    return told


def _filled(stands: Found, row: int) -> bool:
    return any(
        value is not None
        for value in stands.sheet.stretch(row, stands.first_column, stands.last_column)
    )


def _first(stands: Found, row: int) -> int:
    cells = stands.sheet.stretch(row, stands.first_column, stands.last_column)
    return stands.first_column + next(at for at, value in enumerate(cells) if value is not None)


def _overlap(one: Found, other: Found) -> bool:
    return one.first_column <= other.last_column and other.first_column <= one.last_column


def _is_year(heading: object) -> bool:
    try:
        years.year(str(heading))
    except ValueError:
        return False
    return True


def _unused(
    told: Iterable[Finding], sheets: Mapping[str, Sheet], found: Mapping[str, Found], workbook: str
) -> list[Finding]:
    """Return the findings with one note for all columns that are not used and one for all sheets
    that are not.
    """
    findings = list(told)
    strays = [f for f in findings if f.id == "table.unknown-column"]
    kept = [f for f in findings if f.id != "table.unknown-column"]
    if len(strays) == 1:
        kept += strays
    elif strays:
        named = "; ".join(
            f"{f.place} {f.message.removeprefix('The column ').removesuffix(' is not used.')}"
            for f in strays[:20]
        )
        message = f"{len(strays)} columns are not used: {named}{' …' if len(strays) > 20 else ''}."
        kept.append(replace(strays[0], message=message))
    known = {*layout.SHEETS, *(f.sheet.name for f in found.values())}
    others = [name for name, sheet in sheets.items() if name not in known and sheet.rows]
    if others:
        message = (
            "Sheets without a table of the plan are not used:"
            f" {', '.join(others[:20])}{' …' if len(others) > 20 else ''}."
        )
        kept.append(note("workbook.sheets-unused", message, place=Place(workbook=workbook)))
    return kept
