"""Where the figures of a plan stand in a workbook that we build."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from icbudget.findings import Finding, Place
from icbudget.plan import SETUP, TABLES, Plan
from icbudget.plan.figure_places import draft_of
from icbudget.plan.rows import Draft
from icbudget.plan.unread_cells import Unknown
from icbudget.workbook import layout
from icbudget.workbook.contents import Contents
from icbudget.workbook.writing.input_sheets import headings_of
from icbudget.workbook.writing.validation import setting_cell


def draft_in_workbook(contents: Contents) -> Draft:
    """Return the draft of a plan whose places are cells, such as `Schemes!G14`.

    They are those of the workbook built from it.

    A figure by year that stands on a sheet of its own has the sheet's name only.
    """
    heads = {
        place.table.field: headings_of(place, contents)
        for place in contents.table_sheets[1:]
        if not place.by_year
    }

    def place_of(table: str, row: int, field: str, year: str | None) -> Place:
        from xlsxwriter.utility import xl_rowcol_to_cell

        if table == SETUP.field:
            return Place(
                sheet=layout.SETUP_SHEET.sheet, cell=setting_cell(contents, field).replace("$", "")
            )
        sheet = layout.main_table(table).sheet
        columns = (
            at
            for at, head in enumerate(heads.get(table, ()))
            if head.column and (head.column.field, head.year) == (field, year or "")
        )
        at = next(columns, None)
        return Place(
            sheet=sheet,
            cell="" if at is None else xl_rowcol_to_cell(layout.HEADING_ROW + 1 + row, at),
        )

    return replace(draft_of(contents.plan), place_of=place_of)


def findings_in_workbook(findings: Iterable[Finding], contents: Contents) -> Iterator[Finding]:
    """Yield findings of a plan that was made, placed as functions see the workbook built from it.

    One about a column that the workbook does not show is placed in the first of its row.
    """
    headings = {
        place.table.label: [head.text for head in headings_of(place, contents)]
        for place in contents.table_sheets[1:]
        if not place.by_year
    }
    for finding in findings:
        written = headings.get(finding.place.table)
        if written and finding.place.column and finding.place.column not in written:
            yield replace(finding, place=replace(finding.place, column=written[0]))
        else:
            yield finding


def unknown_in_workbook(unknown: Iterable[Unknown], here: Draft, plan: Plan) -> tuple[Unknown, ...]:
    """Return the figures that are not known, placed in the cells of the workbook built from them.

    One that stands on a sheet by year keeps the place that it was read from.
    """

    def placed(figure: Unknown) -> Unknown:
        table = TABLES[figure.table]
        keys = [table.key_of(row) for row in getattr(plan, figure.table)]
        if figure.key not in keys or here.place_of is None:
            return figure
        place = here.place_of(figure.table, keys.index(figure.key), figure.field, figure.year)
        return figure._replace(place=place) if place.cell else figure

    return tuple(placed(figure) for figure in unknown)
