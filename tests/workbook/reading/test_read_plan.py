"""Reading workbooks that people changed: moved, renamed, reordered, half filled, or never a plan at
all.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.table import Table, TableColumn
from openpyxl.worksheet.worksheet import Worksheet

from icbudget.findings import Finding, Severity
from icbudget.plan.rows import Draft
from icbudget.workbook.reading.read_plan import read_workbook
from tests.places import WORKBOOKS
from tests.workbook.plans import rich, rich_inputs


@pytest.fixture
def changed(tmp_path) -> Callable[[Callable[[openpyxl.Workbook], None]], Draft]:
    """Give the draft of the rich plan's workbook after a person changed it."""

    def read(change: Callable[[openpyxl.Workbook], None]) -> Draft:
        book = openpyxl.load_workbook(io.BytesIO(rich_inputs()))
        change(book)
        path = tmp_path / "changed.xlsx"
        book.save(path)
        return read_workbook(path)

    return read


def cell_below(sheet: Worksheet, heading: str, row: int) -> openpyxl.cell.Cell:
    """Return the cell of a column of the sheet's table, in a row counted from 1 below the
    headings."""
    column = next(c.column for c in sheet[5] if c.value == heading)
    return sheet.cell(5 + row, column)


def named(findings: list[Finding], id: str) -> list[tuple[str, str]]:
    return [(f.place.sheet, f.place.cell) for f in findings if f.id == id]


def test_a_renamed_sheet_and_a_hidden_row_change_nothing(changed):
    def change(book):
        book["Funding"].title = "What partners pay"
        book["Schemes"].row_dimensions[7].hidden = True

    draft = changed(change)
    assert draft.plan == rich() and draft.findings == []


def test_columns_in_any_order_and_extra_columns_and_sheets_are_one_note_each(changed):
    def change(book):
        sheet = book["Partners"]
        rows = [[cell.value for cell in row[:4]] for row in sheet["A5:D13"]]
        for number, row in enumerate(rows, start=5):
            own = ("mine", "second") if number == 5 else ("x", 1) if number < 9 else (None, None)
            for at, value in enumerate([row[3], own[0], row[0], row[2], own[1], row[1]], start=1):
                sheet.cell(number, at).value = value
                if isinstance(value, str):
                    sheet.cell(
                        number, at
                    ).data_type = "s"  # openpyxl takes =Riverbank Council for a formula
        table = sheet.tables["Partners"]
        table.ref = table.autoFilter.ref = "A5:F13"
        table.tableColumns = [
            TableColumn(id=n, name=str(sheet.cell(5, n).value)) for n in range(1, 7)
        ]
        book.create_sheet("Minutes")["A1"] = "We met."

    draft = changed(change)
    assert draft.plan == rich()
    assert [f.id for f in draft.findings] == ["table.unknown-column", "workbook.sheets-unused"]
    assert all(f.severity is Severity.NOTE for f in draft.findings)
    assert "mine" in draft.findings[0].message and "second" in draft.findings[0].message
    assert "Minutes" in draft.findings[1].message


def test_a_table_moved_to_another_place_is_read_there(changed):
    def change(book):
        sheet = book["Goals"]
        table = sheet.tables.pop("Goals")
        sheet.move_range(table.ref, rows=10, cols=3)
        table.ref = table.autoFilter.ref = "D15:Y22"
        sheet.add_table(table)

    draft = changed(change)
    assert draft.plan.goals == rich().goals
    assert str(draft.places["goals/G1/target"]) == "Goals!K16"
    assert not [f for f in draft.findings if f.severity is Severity.ERROR]


def test_cells_under_the_right_headings_are_read_without_an_excel_table(changed):
    def change(book):
        for name in ("Partners", "Funding", "Setup", "Activity lines by year"):
            book[name].tables.clear()

    draft = changed(change)
    assert draft.plan == rich() and draft.findings == []


def test_a_deleted_sheet_of_the_pools_is_an_error_and_one_that_opens_when_used_is_empty(changed):
    def change(book):
        for name in ("Goals", "Scenarios", "Partners", "Minimums", "Activity lines by year"):
            del book[name]

    draft = changed(change)
    missing = [f for f in draft.findings if f.id == "workbook.no-table"]
    assert {f.severity for f in missing} == {Severity.ERROR}
    assert [f.message.split()[-1] for f in missing] == [
        "Partners.",
        "Minimums.",  # of the module that every workbook has; figures by year open when used
    ]


def test_a_column_that_is_not_there_is_blank(changed):
    def change(book):
        sheet = book["Activity lines"]
        heads = [cell.value for cell in sheet[5]]
        sheet.cell(5, heads.index("Market forces factor") + 1).value = "Something else"

    draft = changed(change)
    assert [f.id for f in draft.findings] == ["table.unknown-column"]
    # A blank market forces factor is 1, the default of its column.
    assert {row.market_forces_factor for row in draft.plan.acute_lines} == {1.0}


def test_a_workbook_without_setup_gives_no_plan(changed):
    draft = changed(lambda book: book.remove(book["Setup"]))
    assert draft.plan is None
    assert [f.id for f in draft.findings if f.severity is Severity.ERROR] == ["plan.no-setup"]


def test_a_missing_column_is_told_once_with_its_table(changed):
    def change(book):
        sheet = book["Activity lines"]
        heading = next(c for c in sheet[5] if c.value == "Unit price (£ a unit)")
        heading.value = "Preis"
        sheet.tables["ActivityLines"].tableColumns[heading.column - 1].name = "Preis"

    draft = changed(change)
    told = [f for f in draft.findings if f.severity is Severity.ERROR]
    assert [f.id for f in told] == ["table.missing-column"]
    assert "Activity lines has no column Unit price (£ a unit)" in told[0].message
    assert told[0].place.sheet == "Activity lines"


@pytest.mark.parametrize(
    ("value", "id"),
    [
        ("12,000", "cell.text-in-number"),
        ("n/a", "cell.text-in-number"),
        ("#REF!", "cell.error-value"),
        (None, "cell.blank"),
        (True, "cell.not-a-number"),
    ],
)
def test_a_wrong_amount_is_named_by_its_cell_and_never_nought(changed, value, id):
    draft = changed(
        lambda book: setattr(cell_below(book["Funding"], "Base amount (£)", 2), "value", value)
    )
    assert named(draft.findings, id) == [("Funding", "G7")]
    assert [figure.place.cell for figure in draft.unknown] == ["G7"]


def test_an_unknown_choice_and_a_duplicate_key_are_named_by_their_cells(changed):
    def change(book):
        cell_below(book["Pools"], "Pooling status", 1).value = "shared"
        cell_below(book["Partners"], "Partner", 2).value = "icb"

    draft = changed(change)
    assert named(draft.findings, "cell.unknown-choice") == [("Pools", "E6")]
    assert named(draft.findings, "row.duplicate-key") == [("Partners", "A7")]


def test_a_row_typed_below_a_table_that_did_not_grow_is_an_error(changed):
    def change(book):
        book["Pools"]["A14"] = "new"
        book["Pools"]["B14"] = "New pool"
        book["Goals"]["B20"] = "A remark further down"

    draft = changed(change)
    assert named(draft.findings, "table.rows-below") == [("Pools", "A14"), ("Goals", "B20")]
    assert [f.severity for f in draft.findings] == [Severity.ERROR, Severity.WARNING]
    assert draft.plan == rich()


def test_a_year_typed_beside_a_table_that_did_not_grow_is_an_error(changed):
    def change(book):
        sheet = book["Activity lines by year"]
        assert sheet["E5"].value == "2028/29"
        sheet["F5"] = "2029/30"

    assert named(changed(change).findings, "table.year-beside") == [
        ("Activity lines by year", "F5")
    ]


def test_a_formula_without_its_result_is_an_error_at_its_cell_only(changed):
    draft = changed(
        lambda book: setattr(
            cell_below(book["Funding"], "Base amount (£)", 1), "value", "=12310605*1"
        )
    )
    errors = [f for f in draft.findings if f.severity is Severity.ERROR]
    assert [(f.id, f.place.cell) for f in errors] == [("cell.no-result", "G6")]


def test_a_totals_row_is_not_a_row_of_the_plan(changed):
    def change(book):
        sheet = book["Pools"]
        table = sheet.tables["Pools"]
        assert table.ref.startswith("A5:") and table.ref.endswith("13")
        sheet["A13"] = "Total"
        table.totalsRowCount = 1

    draft = changed(change)
    assert draft.plan == rich() and draft.findings == []


def council_budget(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Budget 2025-26"
    for row in (
        ["Directorate", "Service", "Budget £000", "Value"],
        ["Adults", "Home care", 4100, 1],
        ["Children", "Schools", 9100, 2],
    ):
        book.active.append(row)
    book.active.add_table(Table(displayName="Budget", ref="A1:D3"))
    book.save(path)


def test_a_workbook_that_is_not_a_plan_is_one_clear_error(tmp_path):
    path = tmp_path / "council.xlsx"
    council_budget(path)
    draft = read_workbook(path)
    assert draft.plan is None
    assert [f.id for f in draft.findings] == ["workbook.not-a-plan"]
    assert "no icbudget tables" in draft.findings[0].message


def test_a_file_that_is_no_workbook_is_findings(tmp_path):
    path = tmp_path / "plan.xlsx"
    path.write_text("Not a workbook")
    draft = read_workbook(path)
    assert draft.plan is None and [f.severity for f in draft.findings] == [Severity.ERROR]


def test_rows_of_an_optional_table_whose_headings_are_not_known_do_not_vanish(tmp_path):
    book = openpyxl.load_workbook(WORKBOOKS / "north-tyneside-better-care-fund.xlsx")
    page = book.create_sheet("Pass-down")
    page.append(["Which pool", "Which money", "Which district", "How much"])
    page.append(["bcf", "DFG", "Wallsend", 1000])
    path = tmp_path / "plan.xlsx"
    book.save(path)
    (unread,) = [f for f in read_workbook(path).findings if f.id == "workbook.table-unread"]
    assert unread.severity is Severity.ERROR and unread.place.sheet == "Pass-down"
    assert "(1 in all)" in unread.message
