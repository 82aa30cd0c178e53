"""The rules of ICAEW's Financial Modelling Code and of FAST that can be tested, each on the
template and the results workbook.
"""

from __future__ import annotations

import re

import openpyxl
import pytest
from openpyxl.styles import Alignment
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.dimensions import ColumnDimension

from icbudget.workbook import layout
from icbudget.workbook.writing.answer_sheets import TOTALS_ROW
from tests.workbook.plans import rich_blocks, rich_book
from tests.workbook.sheets import cut_words, narrow_figures, small_print

INPUTS = [layout.SETUP_SHEET, *layout.TABLE_SHEETS]
BANNED = re.compile(r"\b(OFFSET|INDIRECT|CHOOSE|TODAY|RAND|RANDBETWEEN)\(", re.IGNORECASE)
"""Functions that hide what a figure rests on, or change on their own."""


def book(live: bool = True, *, values: bool = False) -> openpyxl.Workbook:
    return rich_book(live=live, values=values)


def ordinary(sheet):
    """Every row with the ordinary formulas in it, by column."""
    for row in sheet.iter_rows():
        found = {
            cell.column: cell
            for cell in row
            if cell.data_type == "f" and isinstance(cell.value, str)
        }
        if found:
            yield found


@pytest.mark.parametrize("live", [True, False])
def test_fast_one_formula_a_row_of_a_block(live):
    """FAST: along the years a row has one formula, copied across; totals stand above every answer,
    one column a year.
    """
    looked = 0
    for name in (
        sheet.title for sheet in book(live) if sheet.title in layout.ANSWER_SHEETS.values()
    ):
        for row in above_the_charts(book(live)[name]):
            columns = sorted(column for column in row if name != layout.CHECKS and column > 1)
            shapes = {folded(row[column].value) for column in columns}
            assert len(shapes) <= 1, (name, row[columns[0]].row, shapes)
            looked += len(columns)
    assert looked > 60


def above_the_charts(sheet):
    """Every row with ordinary formulas down to the end of the totals: the figures of a chart, whose
    columns may be the parts of a bar, stand below a blank row.
    """
    if not str(sheet.cell(TOTALS_ROW, 1).value).startswith("Totals"):
        return  # the figures of a chart, if any, stand right below the sheet's head
    first = TOTALS_ROW + 2  # below the headings, counted from 1
    end = next(n for n in range(first, first + 200) if sheet.cell(n, 1).value is None)
    for row in ordinary(sheet):
        if next(iter(row.values())).row < end:
            yield row


def folded(formula: str) -> str:
    """A formula without its column letters: copied along the years it differs in nothing else."""
    return re.sub(r"\$?[A-Z]{1,2}(?=\$?\d)", "C", formula)


def test_a_row_with_two_formulas_would_be_told():
    assert folded("=SUM(G$12:G$2011)") == folded("=SUM($H$12:H$2011)".replace("$H", "G"))
    assert folded("=SUM(G12:G20)") != folded("=SUM(G12:G21)") and folded("=G8-G9") != folded(
        "=G8+G9"
    )


def test_fast_and_icaew_no_function_that_hides_or_moves_a_reference():
    for sheet in book():
        for row in ordinary(sheet):
            assert not [cell.coordinate for cell in row.values() if BANNED.search(cell.value)], (
                sheet.title
            )


def test_icaew_nothing_is_hidden():
    for live in (True, False):
        for sheet in book(live):
            assert sheet.sheet_state == "visible"
            assert not [r for r, told in sheet.row_dimensions.items() if told.hidden], sheet.title
            assert not [
                c for c, told in sheet.column_dimensions.items() if told.hidden or told.width == 0
            ], sheet.title


@pytest.mark.parametrize("place", INPUTS, ids=lambda place: place.sheet)
def test_icaew_inputs_are_easy_to_find_and_explained(place):
    """Every input column has a note; every input cell is yellow and unlocked; headings stay in
    sight and on every page.
    """
    sheet = book()[place.sheet]
    table = sheet.tables[place.name]
    left, top, right, bottom = range_boundaries(table.ref)
    headings = [sheet.cell(top, column) for column in range(left, right + 1)]
    if place is not layout.SETUP_SHEET:
        assert [cell.coordinate for cell in headings if cell.comment is None] == []
        assert sheet.freeze_panes and sheet.print_title_rows == f"${top}:${top}"
    for row in sheet.iter_rows(top + 1, bottom, left, right):
        open_cells = [cell for cell in row if not cell.protection.locked]
        assert open_cells and all(cell.fill.fgColor.rgb == "FFFFF9DE" for cell in open_cells), row[
            0
        ].coordinate


def test_icaew_units_stand_beside_every_row_of_an_answer():
    for id, name in layout.ANSWER_SHEETS.items():
        sheet, block = book(values=True)[name], rich_blocks()[id]
        if block.form:  # it has no column for units: the line below its title says it for all
            words = " ".join(str(sheet.cell(row, 1).value or "") for row in (2, 3, 4))
            assert ("£" in block.units) == ("Amounts are in £." in words), name
            continue
        heads = [
            (cell.row, cell.column)
            for row in sheet.iter_rows()
            for cell in row
            if cell.value == "Unit"
        ]
        assert heads or not block.columns, name  # a list of words has no figures


@pytest.mark.parametrize("live", [True, False])
def test_no_cells_are_merged(live):
    """Analysis Function: merged cells break sorting, filters and screen readers."""
    assert {s.title: s.merged_cells.ranges for s in book(live) if s.merged_cells.ranges} == {}


def test_words_below_a_title_end_before_the_link_to_start():
    """Long ones go on in the rows below, each line whole, and the totals stay where they are."""
    sheet = book()["Balances"]
    column = [str(sheet.cell(row, 1).value or "") for row in range(1, TOTALS_ROW + 1)]
    link = column.index("← Start")
    assert " ".join(column[1:link]) == rich_blocks()["balances"].shows_on_basis
    assert column[TOTALS_ROW - 1].startswith("Totals")


@pytest.mark.parametrize("live", [True, False])
def test_words_over_a_table_are_not_printed_again_where_its_first_columns_are(live):
    """On the second page across they would be cut off where those columns end."""
    again = [sheet for sheet in book(live) if sheet.print_title_cols]
    across = [sheet for sheet in again if (sheet.page_setup.fitToWidth or 1) > 1]
    assert {"Schemes", "Activity lines"} <= {sheet.title for sheet in across}
    for sheet in across:
        first_not_repeated = range_boundaries(f"{sheet.print_title_cols.replace('$', '')}")[2] + 1
        (words,) = [cell for cell in sheet[2] if cell.value]
        assert words.column == first_not_repeated, sheet.title


def test_icaew_one_master_check():
    names = [name for name in book().defined_names if "mastercheck" in name.casefold()]
    assert names == [layout.MASTER_CHECK]


def test_every_link_leads_somewhere():
    for live in (True, False):
        opened, links = book(live), 0
        for sheet in opened:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.hyperlink and cell.hyperlink.location:
                        name, _, target = cell.hyperlink.location.rpartition("!")
                        assert name.strip("'").replace("''", "'") in opened.sheetnames, (
                            sheet.title,
                            cell.coordinate,
                        )
                        assert re.fullmatch(r"\$?[A-Z]+\$?\d+", target)
                        links += 1
        assert links > len(opened.sheetnames)


def test_every_print_area_is_inside_its_sheet():
    for sheet in book(live=False):
        for area in (sheet.print_area or "").split(","):
            if area:
                *_, right, bottom = range_boundaries(area.rpartition("!")[2].replace("$", ""))
                assert right <= sheet.max_column and bottom <= sheet.max_row, sheet.title


@pytest.mark.parametrize("live", [True, False])
def test_no_figure_is_too_wide_for_its_column(live):
    assert [found for sheet in book(live, values=True) for found in narrow_figures(sheet)] == []
    looked = sum(
        isinstance(cell.value, float)
        for sheet in book(live, values=True)
        for row in sheet.iter_rows()
        for cell in row
    )
    assert looked > 500


@pytest.mark.parametrize("live", [True, False])
def test_no_words_are_cut_and_every_page_can_be_read(live):
    assert [found for sheet in book(live, values=True) for found in cut_words(sheet)] == []
    assert [found for sheet in book(live, values=True) for found in small_print(sheet)] == []


def test_a_narrow_figure_cut_words_and_small_print_would_be_told():
    sheet = openpyxl.Workbook().active
    sheet["A1"], sheet["A2"] = 1234567.0, "words that run on " * 5
    sheet["A1"].number_format, sheet["A2"].alignment = "#,##0.00", Alignment(wrap_text=True)
    for at, width in ((1, 10), (2, 300)):
        sheet.column_dimensions["AB"[at - 1]] = ColumnDimension(sheet, min=at, max=at, width=width)
    sheet["B1"] = "x"
    assert [where for _, where, _ in narrow_figures(sheet)] == ["A1"]
    assert [where for _, where, *_ in cut_words(sheet)] == ["A2"]
    assert [found for found in small_print(sheet)] != []
