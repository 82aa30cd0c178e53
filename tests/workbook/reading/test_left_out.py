"""Figures that a table leaves out are findings with their cells and their £; nothing vanishes."""

from __future__ import annotations

import io
import re
from copy import copy

import openpyxl
import pytest
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.table import Table

from icbudget.findings import Severity
from icbudget.workbook.reading.read_plan import read_workbook
from tests.workbook.plans import rich, rich_inputs


@pytest.fixture
def read(tmp_path):
    """Give the draft of the rich plan's workbook after a person changed it."""

    def changed(change):
        book = openpyxl.load_workbook(io.BytesIO(rich_inputs(live=False)))
        change(book)
        path = tmp_path / "changed.xlsx"
        book.save(path)
        return read_workbook(path)

    return changed


def bounds(sheet, table):
    """First column, heading row, last column, last row."""
    return range_boundaries(sheet.tables[table].ref)


def resize(sheet, table, first_column, first_row, last_column, last_row):
    ref = f"{get_column_letter(first_column)}{first_row}:{get_column_letter(last_column)}{last_row}"
    sheet.tables[table].ref = ref
    if sheet.tables[table].autoFilter:
        sheet.tables[table].autoFilter.ref = ref


def last_filled(sheet, table):
    first, heading, _last, end = bounds(sheet, table)
    rows = range(heading + 1, end + 1)
    return max(row for row in rows if sheet.cell(row, first).value is not None)


def column_of(sheet, table, heading):
    first, row, last, _ = bounds(sheet, table)
    return next(c for c in range(first, last + 1) if sheet.cell(row, c).value == heading)


def finding(draft, id):
    (only,) = [f for f in draft.findings if f.id == id]
    return only


def test_a_table_that_was_never_extended_names_the_cells_and_their_pounds(read):
    kept = {}

    def change(book):
        sheet = book["Funding"]
        first, heading, last, _ = bounds(sheet, "Funding")
        row = last_filled(sheet, "Funding")
        for at, letter in enumerate(("Base amount (£)", "2026/27")):
            sheet.cell(row, column_of(sheet, "Funding", letter)).value = (1200.5, 1300)[at]
        for year in ("2025/26", "2027/28", "2028/29"):
            cells = [c for c in sheet[heading] if c.value == year]
            for cell in cells:
                sheet.cell(row, cell.column).value = None
        kept["cell"] = f"{get_column_letter(first)}{row}"
        resize(sheet, "Funding", first, heading, last, row - 1)

    draft = read(change)
    below = finding(draft, "table.rows-below")
    assert below.severity is Severity.ERROR
    assert (below.place.sheet, below.place.cell) == ("Funding", kept["cell"])
    # £1,200.50 of the base year and £1,300 of 2026/27
    assert below.effect_pence == 120_050 + 130_000
    assert f"{kept['cell']}:" in below.message and "£2,500.50 stand there" in below.message


def test_a_totals_row_over_figures_is_an_error_and_one_of_totals_is_not(read):
    def over_figures(book):
        sheet = book["Partners"]
        first, heading, last, _ = bounds(sheet, "Partners")
        row = last_filled(sheet, "Partners")
        resize(sheet, "Partners", first, heading, last, row)
        sheet.tables["Partners"].totalsRowCount = 1

    def of_totals(book):
        sheet = book["Partners"]
        first, heading, last, _ = bounds(sheet, "Partners")
        row = last_filled(sheet, "Partners") + 1
        sheet.cell(row, first).value = "Total"
        sheet.cell(row, first + 1).value = 6
        resize(sheet, "Partners", first, heading, last, row)
        sheet.tables["Partners"].totalsRowCount = 1

    draft = read(over_figures)
    assert finding(draft, "table.totals-row").severity is Severity.ERROR
    assert len(draft.plan.partners) == len(rich().partners) - 1
    sound = read(of_totals)
    assert sound.plan == rich() and sound.findings == []


def test_a_heading_row_that_is_switched_off_is_read_by_the_columns_names(read):
    def change(book):
        for name in ("Partners", "Funding"):
            sheet = book[name]
            first, heading, last, end = bounds(sheet, name)
            table = sheet.tables[name]
            for column in range(first, last + 1):
                sheet.cell(heading, column).value = None
            resize(sheet, name, first, heading + 1, last, end)
            table.headerRowCount = 0
            table.autoFilter = None

    draft = read(change)
    assert draft.plan == rich() and draft.findings == []


@pytest.mark.parametrize(
    "heading", ["2026/27 plan", "Budget 2026/27", "2026\u201127", "FY 2026/27", "Plan 2026/27 (£)"]
)
def test_a_year_with_a_word_of_the_plan_is_read(read, heading):
    draft = read(lambda book: head(book["Funding"], "Funding", "2026/27", heading))
    assert draft.plan == rich() and draft.findings == []


def head(sheet, table, old, new):
    column = column_of(sheet, table, old)
    _, row, _, _ = bounds(sheet, table)
    sheet.cell(row, column).value = new
    for each in sheet.tables[table].tableColumns:
        if each.name == old:
            each.name = new


@pytest.mark.parametrize("heading", ["2026/27 actual", "Outturn 2026/27", "2026/27 £m"])
def test_a_year_with_another_word_is_an_error_where_the_year_is_not_there(read, heading):
    draft = read(lambda book: head(book["Funding"], "Funding", "2026/27", heading))
    unclear = finding(draft, "table.year-with-words")
    assert unclear.severity is Severity.ERROR and heading in unclear.message


def test_a_year_with_another_word_beside_the_year_itself_is_somebodys_own_column(read):
    draft = read(lambda book: head(book["Funding"], "Funding", "Document", "2026/27 actual"))
    assert "table.year-with-words" not in [f.id for f in draft.findings]


@pytest.mark.parametrize("heading", ["Base amount (£000)", "Base amount (£m)", "Base amount (£k)"])
def test_a_heading_in_thousands_is_an_error(read, heading):
    draft = read(lambda book: head(book["Funding"], "Funding", "Base amount (£)", heading))
    assert finding(draft, "table.another-scale").severity is Severity.ERROR


def test_figures_under_a_blank_heading_are_an_error(read):
    def change(book):
        sheet = book["Funding"]
        _first, row, _, _ = bounds(sheet, "Funding")
        column = column_of(sheet, "Funding", "2026/27")
        sheet.cell(row, column).value = None
        del sheet.tables["Funding"]

    blank = finding(read(change), "table.blank-heading")
    assert blank.severity is Severity.ERROR and "would not be read" in blank.message


def test_a_column_of_the_table_beside_it_is_an_error_with_its_pounds(read):
    def change(book):
        sheet = book["Funding"]
        _first, heading, last, end = bounds(sheet, "Funding")
        table = sheet.tables["Funding"]
        old = column_of(sheet, "Funding", "Base amount (£)")
        for row in range(heading, end + 1):
            sheet.cell(row, last + 1).value = sheet.cell(row, old).value
            sheet.cell(row, old).value = None
        sheet.cell(heading, old).value = "Mine"
        next(c for c in table.tableColumns if c.name == "Base amount (£)").name = "Mine"

    draft = read(change)
    (beside,) = [f for f in draft.findings if f.id in ("table.year-beside", "table.column-beside")]
    pence = sum(round(float(c.base_amount) * 100) for c in rich().contributions)
    assert beside.severity is Severity.ERROR and beside.effect_pence == pence
    assert "Base amount (£)" in beside.message


def test_merged_cells_are_named_as_merged_and_not_as_blank(read):
    def change(book):
        sheet = book["Partners"]
        first, heading, _, _ = bounds(sheet, "Partners")
        sheet.merge_cells(
            start_row=heading + 1, end_row=heading + 2, start_column=first + 2, end_column=first + 2
        )

    draft = read(change)
    merged = finding(draft, "table.merged-cells")
    assert merged.severity is Severity.ERROR and "Unmerge" in merged.fix
    # the blank cell under the merge is the same cause, and is not reported again
    assert [f.id for f in draft.findings if f.severity is Severity.ERROR] == ["table.merged-cells"]


def test_formulas_without_results_are_one_finding_a_table(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(rich_inputs(live=False)))
    sheet = book["Funding"]
    _first, heading, _last, _end = bounds(sheet, "Funding")
    column = column_of(sheet, "Funding", "Document")
    rows = range(heading + 1, last_filled(sheet, "Funding") + 1)
    for row in rows:
        sheet.cell(row, column).value = "=1+1"  # openpyxl stores no result
    path = tmp_path / "bare.xlsx"
    book.save(path)
    draft = read_workbook(path)
    bare = finding(draft, "cell.no-result")
    assert f"{len(rows)} cells of the table Funding" in bare.message
    assert len([f for f in draft.findings if f.severity is Severity.ERROR]) == 1


def test_part_names_with_backslashes_are_read_as_excel_reads_them(tmp_path):
    import zipfile

    path = tmp_path / "parts.xlsx"
    with (
        zipfile.ZipFile(io.BytesIO(rich_inputs(live=False))) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.infolist():
            renamed = copy(part.filename).replace("/", "\\")
            target.writestr(renamed, source.read(part))
    draft = read_workbook(path)
    assert draft.plan == rich() and draft.findings == []


def test_a_workbook_encrypted_by_a_label_is_named_as_such(tmp_path):
    path = tmp_path / "label.xlsx"
    streams = "\x06DataSpaces\0DRMEncryptedTransform\0EncryptedPackage"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + streams.encode("utf-16-le"))
    (refused,) = read_workbook(path).findings
    assert refused.id == "workbook.encrypted-by-label" and "no password" in refused.message


def test_a_sheet_that_was_copied_is_named_with_its_rows_and_their_pounds(read):
    """Excel names the table of a copied sheet anew: what is typed there is in no total."""
    pounds = []

    def copied(book):
        original = book["Funding"]
        twin = book.create_sheet("Funding (2)")
        for row in original.iter_rows():
            for cell in row:
                if cell.value is not None:
                    twin[cell.coordinate] = cell.value
        twin.add_table(Table(displayName="Funding15", ref=original.tables["Funding"].ref))
        first, heading, last, end = bounds(original, "Funding")
        for column in range(first, last + 1):
            text = str(original.cell(heading, column).value)
            if text == "Base amount (£)" or re.fullmatch(r"20\d\d/\d\d", text):
                cells = [original.cell(row, column).value for row in range(heading + 1, end + 1)]
                pounds.extend(value for value in cells if value is not None)

    draft = read(copied)
    found = finding(draft, "table.copied")
    assert str(found.place) == "Funding (2)!A5" and found.severity is Severity.WARNING
    assert found.message.startswith(
        f"A table on Funding (2) has the headings of Funding and is not read: {len(rich().contributions)} rows;"
    )
    assert found.effect_pence == round(100 * sum(pounds))
    assert draft.plan == rich()
    assert not [f for f in draft.findings if f.id == "workbook.sheets-unused"]


def test_a_table_of_somebody_s_own_with_some_of_the_headings_is_no_copy(read):
    def own(book):
        sheet = book.create_sheet("My workings")
        for column, heading in enumerate(("Pool", "Partner", "Source of funding", "Mine"), 1):
            sheet.cell(1, column, heading)
            sheet.cell(2, column, "x")
        sheet.add_table(Table(displayName="MyOwn", ref="A1:D2"))

    assert not [f for f in read(own).findings if f.id == "table.copied"]
