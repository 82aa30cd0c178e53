"""Reading a plan from a workbook.

Every table is found by name, every column by heading, and every problem told at once with its cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path
from typing import Any

from icbudget.findings import Finding, Place, error, note
from icbudget.plan import SETUP
from icbudget.plan.grid import read_grids
from icbudget.plan.headings import Spot
from icbudget.plan.rows import Draft
from icbudget.plan.unread_cells import REST
from icbudget.workbook import layout
from icbudget.workbook.reading.function_cells import function_findings
from icbudget.workbook.reading.left_out import copied_tables, left_out, merged_away
from icbudget.workbook.reading.open_workbook import cells_in_excel, cells_in_memory
from icbudget.workbook.reading.sheet_cells import NO_VALUE, Sheet, read_cells
from icbudget.workbook.reading.table_finder import BookTable, find_tables, own_headings
from icbudget.workbook.reading.worksheet import address


def read_workbook(path: Path) -> Draft:
    """Return the draft of a plan from a workbook, with the cell of every figure.

    Errors: a file that cannot be read; no table of a plan at all; a table that every
    workbook has and that is not there; figures beside a table that does not take them in;
    formulas saved without their results, one a table; whatever is wrong with a table or a row.
    Warnings: cells in error that call a function of icbudget. A note names the columns and the
    sheets that are not used. A column that is not there is blank. What is wrong with a table stands
    before what follows from it.
    """
    sheets, findings = read_cells(path)
    return _plan_on(sheets, findings, path.name)


def read_book_in_excel(book: Any) -> Draft:
    """Return the draft of a plan from a workbook that is open in Excel, an `xlwings.Book`.

    It is read as its file would be, with the same findings at the same cells.
    """
    sheets, findings = cells_in_excel(book)
    return _plan_on(sheets, findings, book.name)


def read_book_in_memory(book: Any, name: str) -> Draft:
    """Return the draft of a plan from an `openpyxl.Workbook`, read as the file it is saved as.

    `name` is what findings call that file.
    """
    sheets, findings = cells_in_memory(book, name)
    return _plan_on(sheets, findings, name)


def _plan_on(
    sheets: Mapping[str, Sheet] | None, findings: Sequence[Finding], workbook: str
) -> Draft:
    """Return the draft of the plan on the sheets of a workbook; `findings` are of its cells."""
    if sheets is None:
        return Draft(findings=[*findings])
    tables = find_tables(sheets)
    if (
        not any(table.named for table in tables.values())
        and not {layout.SETTINGS, "Partners"} <= tables.keys()
    ):
        return Draft(findings=[*findings, _not_a_plan(workbook)])
    draft = _read(tables, workbook)
    for name in layout.IN_EVERY_WORKBOOK - tables.keys():
        # Whatever names a row of a table that was taken away is no fault of its own.
        draft.unread.setdefault(layout.BY_NAME[name].table.field, set()).add("")
    without_result = _without_result(tables)
    # A cell without its result and a cell merged away are named once, by their cause.
    explained = set(without_result) | merged_away(tables.values())
    of_rows = [f for f in draft.findings if _cell(f.place) not in explained]
    unknown = {_cell(figure.place) for figure in draft.unknown}
    copies = copied_tables(sheets, tables, workbook)
    copied = {finding.place.sheet for finding in copies}
    others = {name: sheet for name, sheet in sheets.items() if name not in copied}
    # The order in which a person mends them: the file, its tables, rows that are not in a table,
    # and only then single cells.
    draft.findings = [
        *(f for f in findings if f.id != "workbook.formula-without-value"),
        *_absent(tables, workbook),
        *_unread_sheets(sheets, tables, workbook),
        *left_out(tables, workbook),
        *copies,
        *_results_missing(without_result, unknown, workbook),
        *_unused(of_rows, others, tables, workbook),
        *_of_functions(sheets, workbook, {_cell(f.place) for f in of_rows} | explained),
    ]
    return draft


def _read(tables: Mapping[str, BookTable], workbook: str) -> Draft:
    own = {
        table.place.table.field: table
        for table in tables.values()
        if not table.place.by_year and table.place.table is not SETUP
    }
    companions = {t.place.table.field: t for t in tables.values() if t.place.by_year}
    setup = tables.get(layout.SETTINGS)

    def place_of(table: str, spot: Spot) -> Place:
        stands = companions[table] if spot.by_year else own.get(table, setup)
        assert stands is not None
        return Place(workbook=workbook, sheet=stands.sheet.name, cell=stands.cell(spot))

    return read_grids(
        _grid(setup) if setup else None,
        {name: _grid(table) for name, table in own.items()},
        # Figures by year without the table that they belong to have no rows to stand beside.
        {name: _grid(table) for name, table in companions.items() if name in own},
        place_of,
    )


def _grid(table: BookTable) -> list[list[Any]]:
    """Return the cells of a table; a formula without its result is an error value in its row."""
    return [["#N/A" if raw is NO_VALUE else raw for raw in row] for row in table.grid]


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


def _without_result(tables: Mapping[str, BookTable]) -> dict[tuple[str, str], str]:
    """Return the name of the table of every cell whose formula was saved without its result."""
    without: dict[tuple[str, str], str] = {}
    for table in tables.values():
        bare: list[Spot] = []
        for at, row in enumerate(table.grid):
            bare += [Spot(at, column) for column, raw in enumerate(row) if raw is NO_VALUE]
        # No figure rests on a column that somebody added.
        own = frozenset(own_headings(table).values()) if bare else frozenset()
        for spot in bare:
            if spot.column not in own:
                without[table.sheet.name, table.cell(spot)] = table.place.name
    return without


def _results_missing(
    without: Mapping[tuple[str, str], str], unknown: Set[tuple[str, str]], workbook: str
) -> list[Finding]:
    """Return one error for each table with formulas that were saved without their results.

    Where every one of them is a figure that may be unknown, only what rests on them is.
    """
    findings: list[Finding] = []
    for name in dict.fromkeys(without.values()):
        cells = [cell for cell, table in without.items() if table == name]
        sheet, first = cells[0]
        message = "The cell holds a formula that was saved without its result."
        if len(cells) > 1:
            more = f" and {len(cells) - 3:,} more" if len(cells) > 3 else ""
            listed = ", ".join(address for _, address in cells[:3])
            message = (
                f"{len(cells):,} cells of the table {name} ({listed}{more}) hold formulas that were"
                " saved without their results."
            )
        apart = set(cells) <= unknown
        finding = error(
            "cell.no-result",
            f"{message} {REST}" if apart else message,
            "Open the workbook in Excel or LibreOffice, let it recalculate and save it.",
            Place(workbook=workbook, sheet=sheet, cell=first),
        )
        findings.append(replace(finding, set_aside=apart))
    return findings


def _absent(tables: Mapping[str, BookTable], workbook: str) -> list[Finding]:
    """Return an error for each table of every workbook's module that is not there.

    It was taken away, and its figures would be missing.

    Any other table opens when it is needed; one that is not there is empty.
    """
    needed = [name for name in layout.BY_NAME if name in layout.IN_EVERY_WORKBOOK]
    fix = (
        "Copy the sheet from the template (it may stay blank), or give the Excel Table this name"
        " under Table Design."
    )
    return [
        error("workbook.no-table", f"There is no table {name}.", fix, Place(workbook=workbook))
        for name in needed
        if name not in tables
    ]


def _unread_sheets(
    sheets: Mapping[str, Sheet], tables: Mapping[str, BookTable], workbook: str
) -> list[Finding]:
    """Return an error for each sheet that is called as a plan table and holds rows, but no table.

    Its headings are not known, so its rows would vanish without a word.
    """
    findings: list[Finding] = []
    for place in layout.BY_NAME.values():
        sheet = sheets.get(place.sheet)
        if sheet is None or place.name in tables or place.name in layout.IN_EVERY_WORKBOOK:
            continue
        if any(table.sheet.name == sheet.name for table in tables.values()):
            continue
        # A title is one cell; headings and rows have several.
        filled = [row for row in sorted(sheet.rows) if len(sheet.rows[row]) > 1]
        if len(filled) < 2:
            continue
        message = (
            f"Rows under the headings of this sheet are not read ({len(filled) - 1} in all):"
            f" the headings are not those of the table {place.table.label}."
        )
        fix = "Give the columns the headings of the template, or rename a sheet of your own."
        at = Place(workbook=workbook, sheet=sheet.name, cell=address(filled[0], 1))
        findings.append(error("workbook.table-unread", message, fix, at))
    return findings


def _of_functions(
    sheets: Mapping[str, Sheet], workbook: str, explained: Set[tuple[str, str]]
) -> list[Finding]:
    """Return the findings of cells in error that call a function, but those with one already."""
    findings = function_findings(sheets, workbook)
    return [finding for finding in findings if _cell(finding.place) not in explained]


def _unused(
    of_rows: Iterable[Finding],
    sheets: Mapping[str, Sheet],
    tables: Mapping[str, BookTable],
    workbook: str,
) -> list[Finding]:
    """Return the findings with one note for all columns that are not used.

    There is another for all sheets that are not.
    """
    findings = list(of_rows)
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
    known = {*layout.SHEETS, *(t.sheet.name for t in tables.values())}
    others = [name for name, sheet in sheets.items() if name not in known and sheet.rows]
    if others:
        message = (
            "Sheets without a table of the plan are not used:"
            f" {', '.join(others[:20])}{' …' if len(others) > 20 else ''}."
        )
        fix = "Leave them; move figures of the plan that stand there into its tables."
        kept.append(note("workbook.sheets-unused", message, fix, Place(workbook=workbook)))
    return kept


WHY_IT_MATTERS = {
    "cell.no-result": (
        "What the formula comes to is not in the file. Without a result there is no figure to"
        " plan with."
    ),
    "workbook.no-table": "All rows of that table would be missing from the plan.",
    "workbook.not-a-plan": "It is a workbook, and nothing in it is a table of a plan.",
    "workbook.sheets-unused": (
        "These sheets change no answer. If one holds figures of the plan, they are missing."
    ),
    "workbook.table-unread": (
        "The rows look like a table of the plan and are in no total, because their headings are"
        " others."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
