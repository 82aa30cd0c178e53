"""What people added to a workbook is carried into the one made from its plan, or named as lost.

Written with openpyxl as a person's workbook would be, and read again with openpyxl: the product's
own reader and writer are not asked about themselves.
"""

from __future__ import annotations

import io

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image as Picture
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import range_boundaries
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table
from PIL import Image

from icbudget import tasks
from icbudget.findings import Severity
from icbudget.plan import plan_text
from icbudget.workbook import layout
from icbudget.workbook.reading import untouched_sheets, user_losses, user_sheets
from tests.workbook.opened import with_sheets
from tests.workbook.plans import rich, rich_inputs, rich_workbook


def cell_of(sheet, table, heading, row=0):
    """The cell of a column of a table, in a row counted from 0 below the headings."""
    first, top, last, _ = range_boundaries(sheet.tables[table].ref)
    column = next(c for c in range(first, last + 1) if sheet.cell(top, c).value == heading)
    return sheet.cell(top + 1 + row, column)


@pytest.fixture
def workbook(tmp_path):
    """A plan's workbook with a sheet of somebody's own, a formula and a note behind a figure."""

    def made(change=lambda book: None):
        book = openpyxl.load_workbook(io.BytesIO(rich_inputs(live=False)))
        base = cell_of(book["Funding"], "Funding", "Base amount (£)")
        own = book.create_sheet("My workings")
        own["A1"], own["B1"] = "Care hours", "£ an hour"
        own["A2"], own["B2"] = 1000, 25.5
        own["C2"] = "=A2*B2"
        own["D2"] = f"=Funding!${base.column_letter}${base.row}*2"
        own["A1"].font = Font(bold=True, color="FFC00000")
        own["A1"].fill = PatternFill("solid", fgColor="FFFFFF00")
        own["A1"].alignment = Alignment(text_rotation=120)  # 30 degrees downwards
        own["B1"].alignment = Alignment(text_rotation=255)  # letters one above another
        own["B2"].number_format = "£#,##0.00"
        own["B2"].border = Border(top=Side("thin"))
        own["B2"].comment = Comment("Agreed with the unions", "A. Officer")
        own.column_dimensions["A"].width = 31
        own.row_dimensions[2].height = 40
        own.merge_cells("A5:C5")
        own["A5"] = "Across three columns"
        own["A8"], own["B8"] = "Name", "Hours"
        own["A9"], own["B9"] = "Ward", 7
        own.add_table(Table(displayName="MyTable", ref="A8:B9"))
        book.defined_names["MyRate"] = DefinedName("MyRate", attr_text="'My workings'!$B$2")
        base.comment = Comment("From the letter of 3 March", "A. Officer")
        change(book)
        path = tmp_path / "plan.xlsx"
        book.save(path)
        return path

    return made


def behind(path, formula):
    """Put a formula behind the first base amount, with the result that Excel would store."""
    import zipfile

    book = openpyxl.load_workbook(path)
    base = cell_of(book["Funding"], "Funding", "Base amount (£)")
    value = base.value
    base.value = formula
    book.save(path)
    # openpyxl writes no results; put this one in as Excel does.
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    bare = f"<f>{formula[1:]}</f><v></v>".encode()
    bare_alone = f"<f>{formula[1:]}</f><v />".encode()
    stored = f"<f>{formula[1:]}</f><v>{value}</v>".encode()
    for name, part in parts.items():
        parts[name] = part.replace(bare, stored).replace(bare_alone, stored)
    with zipfile.ZipFile(path, "w") as target:
        for name, part in parts.items():
            target.writestr(name, part)
    return value


def ids(findings):
    return [f.id for f in findings if f.id.startswith("workbook.own")]


def test_a_sheet_of_ones_own_is_carried_over_with_formulas_looks_and_notes(workbook, tmp_path):
    path = workbook()
    opened, written = tasks.convert(path, tmp_path / "new.xlsx")
    assert ids(opened.findings) == ["workbook.own-carried"]
    book = with_sheets(written, "My workings")
    sheet = book["My workings"]
    assert [sheet["A2"].value, sheet["B2"].value, sheet["C2"].value] == [1000, 25.5, "=A2*B2"]
    assert sheet["A1"].font.b and sheet["A1"].font.color.rgb == "FFC00000"
    assert sheet["A1"].fill.fgColor.rgb == "FFFFFF00"
    assert sheet["A1"].alignment.textRotation == 120
    assert sheet["B1"].alignment.textRotation == 255
    assert sheet["B2"].number_format == "£#,##0.00" and sheet["B2"].border.top.style == "thin"
    assert "Agreed with the unions" in sheet["B2"].comment.text
    assert abs(sheet.column_dimensions["A"].width - 31) < 1
    assert abs(sheet.row_dimensions[2].height - 40) < 0.5  # XlsxWriter counts in whole pixels
    assert [str(r) for r in sheet.merged_cells.ranges] == ["A5:C5"]
    assert sheet["A5"].value == "Across three columns"
    assert sheet.tables["MyTable"].ref == "A8:B9" and sheet["B9"].value == 7
    assert book.defined_names["MyRate"].attr_text == "'My workings'!$B$2"
    assert tasks.load(written).plan == rich()


def test_a_note_and_a_formula_behind_a_figure_are_carried_over(workbook, tmp_path):
    path = workbook()
    value = behind(path, "='My workings'!C2*47")
    opened, written = tasks.convert(path, tmp_path / "new.xlsx")
    assert ids(opened.findings) == ["workbook.own-carried"]
    base = cell_of(with_sheets(written, "Funding")["Funding"], "Funding", "Base amount (£)")
    assert base.value == "='My workings'!C2*47" and "3 March" in base.comment.text
    stored = with_sheets(written, "Funding", values=True)["Funding"][base.coordinate]
    assert stored.value == value
    assert tasks.load(written).plan == rich()


def test_a_reference_follows_its_figure_to_where_it_stands_now(workbook, tmp_path):
    def moved(book):
        sheet = book["Funding"]
        table = sheet.tables["Funding"]
        base = cell_of(sheet, "Funding", "Base amount (£)")
        first, top, last, end = range_boundaries(table.ref)
        sheet.move_range(table.ref, rows=3)
        table.ref = (
            f"{sheet.cell(top + 3, first).coordinate}:{sheet.cell(end + 3, last).coordinate}"
        )
        if table.autoFilter:
            table.autoFilter.ref = table.ref
        # the cell moved with its range, three rows down
        book["My workings"]["D2"] = f"=Funding!${base.column_letter}${base.row}*2"

    path = workbook(moved)
    written = tasks.convert(path, tmp_path / "new.xlsx")[1]
    book = with_sheets(written, "Funding", "My workings")
    base = cell_of(book["Funding"], "Funding", "Base amount (£)")
    formula = book["My workings"]["D2"].value
    assert formula == f"=Funding!${base.column_letter}${base.row}*2"


def test_charts_and_cells_beside_a_table_are_named_as_lost(workbook, tmp_path):
    def change(book):
        own = book["My workings"]
        chart = BarChart()
        chart.add_data(Reference(own, min_col=2, min_row=1, max_row=2))
        own.add_chart(chart, "F2")
        sheet = book["Funding"]
        _, top, last, _ = range_boundaries(sheet.tables["Funding"].ref)
        sheet.cell(top + 2, last + 3).value = "ask finance"

    opened, written = tasks.convert(workbook(change), tmp_path / "new.xlsx")
    (lost,) = [f for f in opened.findings if f.id == "workbook.own-not-carried"]
    assert lost.severity is Severity.WARNING and written is not None
    assert "1 charts on the sheet My workings" in lost.message
    assert "cells beside the table Funding" in lost.message


def hostile(book):
    """What people do to a workbook beside filling it in, on their sheet and on icbudget's."""
    own, funding = book["My workings"], book["Funding"]
    own["A12"] = "The guidance"
    own["A12"].hyperlink = "https://www.england.nhs.uk/better-care-fund/"
    own["A13"] = "To the pools"
    own["A13"].hyperlink = Hyperlink(ref="A13", location="Pools!A1")
    own["A14"] = 12
    own["A14"].hyperlink = "https://www.gov.uk/"
    own["A16"] = "=SUM(Acute[Unit price (£ a unit)])+ROWS(Shifts[Acute lines])"
    for letters in "CDE":
        own.column_dimensions[letters].width = 44
    own.column_dimensions["G"].hidden = True
    own.row_dimensions[7].hidden = True
    own.auto_filter.ref = "A1:B2"
    own.print_area = "A1:C9"
    own.conditional_formatting.add("B2", CellIsRule("lessThan", ["20"], fill=PatternFill("solid")))
    book.defined_names["VAT"] = DefinedName("VAT", attr_text="0.2")
    book.defined_names["AllFunding"] = DefinedName(
        "AllFunding", attr_text="Funding[Base amount (£)]"
    )
    own.defined_names["Local"] = DefinedName("Local", attr_text="'My workings'!$B$2")
    own.protection.sheet = True
    funding.protection.sheet = True
    funding.column_dimensions["C"].hidden = True
    funding.conditional_formatting.add(
        "F6", CellIsRule("lessThan", ["0"], fill=PatternFill("solid"))
    )
    funding["A2"].comment = Comment("Check with Jo", "A. Officer")


def test_what_people_do_to_a_workbook_is_carried_or_named(workbook, tmp_path):
    opened, written = tasks.convert(workbook(hostile), tmp_path / "new.xlsx")
    (lost,) = [f for f in opened.findings if f.id == "workbook.own-not-carried"]
    for words in (
        "1 colours by rule on the sheet Funding",
        "1 hidden rows or columns on the sheet Funding",
        "1 notes at no figure of the plan on the sheet Funding",
        "the protection of the sheet Funding",
        "1 colours by rule on the sheet My workings",
        "1 links on a figure on the sheet My workings",
        "1 settings for printing on the sheet My workings",
        "the protection of the sheet My workings",
    ):
        assert words in lost.message
    book = with_sheets(written, "My workings")
    own = book["My workings"]
    assert own["A12"].hyperlink.target == "https://www.england.nhs.uk/better-care-fund/"
    assert own["A13"].hyperlink.location == "Pools!A1"
    assert own["A12"].value == "The guidance"
    # A table and a heading of an earlier version, by what they are called now.
    assert own["A16"].value == (
        "=SUM(ActivityLines[Unit price (£ a unit)])+ROWS(Shifts[Activity lines])"
    )
    wide = [own.column_dimensions[at] for at in own.column_dimensions]
    assert {(d.min, d.max): d.width for d in wide if d.width and d.width > 40} == {
        (3, 5): pytest.approx(44, abs=1)
    }
    assert own.column_dimensions["G"].hidden and own.row_dimensions[7].hidden
    assert own.auto_filter.ref == "A1:B2"
    assert book.defined_names["VAT"].attr_text == "0.2"
    assert book.defined_names["AllFunding"].attr_text == "Funding[Base amount (£)]"
    assert own.defined_names["Local"].attr_text == "'My workings'!$B$2"


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A plan that was begun, with a picture on its Dashboard and a remark beside an answer."""
    path = tmp_path_factory.mktemp("begun") / "plan.xlsx"
    tasks.new(path, "Sheffield", "2025/26", 2)
    book = openpyxl.load_workbook(path)
    picture = io.BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "PNG")
    book["Dashboard"].add_image(Picture(picture), "A40")
    book["Balances"]["Z90"] = "My remark"
    book.create_sheet("Mine")["A1"] = "=Balances!Z90"
    chart = BarChart()
    chart.add_data(Reference(book["Mine"], min_col=1, min_row=1, max_row=2))
    book.create_chartsheet("My chart").add_chart(chart)
    book.save(path)
    return path


@pytest.mark.parametrize("name", ["deals", "year", "uncertainty", "returns", "Appraisal"])
def test_what_stands_on_an_answer_s_sheet_is_named_before_sheets_are_added(begun, tmp_path, name):
    opened, written = tasks.add_sheets(begun, tmp_path / "new.xlsx", [name], {})
    (lost,) = [f for f in opened.findings if f.id == "workbook.own-not-carried"]
    assert lost.message == (
        "Not carried over from plan.xlsx: the chart sheet My chart; 1 pictures on the sheet"
        " Dashboard; 1 cells that you typed on the sheet Balances."
    )
    assert with_sheets(written, "Mine")["Mine"]["A1"].value == "=Balances!Z90"


@pytest.mark.parametrize("touched", ["Balances", "Dashboard", "Checks"])
def test_the_answer_sheets_left_out_of_reading_are_those_that_say_nothing(
    begun, tmp_path, monkeypatch, touched
):
    book = openpyxl.load_workbook(begun)
    book[touched].protection.sheet = touched == "Checks"
    book.save(tmp_path / "plan.xlsx")
    draft = tasks.load(tmp_path / "plan.xlsx")
    blank = openpyxl.load_workbook(
        untouched_sheets.without_untouched(tmp_path / "plan.xlsx", layout.SHEETS)
    )
    left = {sheet.title for sheet in blank.worksheets if sheet.max_row > 1}
    assert touched in left and len(left) < len(blank.worksheets) / 2
    quick = user_sheets.user_content(tmp_path / "plan.xlsx", draft)
    monkeypatch.setattr(
        user_sheets, "without_untouched", lambda path, _: io.BytesIO(path.read_bytes())
    )
    assert user_sheets.user_content(tmp_path / "plan.xlsx", draft) == quick


def test_a_workbook_has_no_names_that_would_be_taken_for_somebody_s():
    live = openpyxl.load_workbook(io.BytesIO(rich_inputs(live=True)))
    given = {name for name in live.defined_names if not name.startswith("lst")}
    assert given <= layout.NAMES
    assert user_losses.is_somebodys("VAT") and not any(map(user_losses.is_somebodys, given))


def test_a_plan_written_as_text_says_what_it_does_not_hold(workbook, tmp_path):
    opened, _ = tasks.convert(workbook(), tmp_path / "new.yaml")
    (lost,) = [f for f in opened.findings if f.id == "workbook.own-not-carried"]
    assert "the sheet My workings" in lost.message and "notes at 1 figures" in lost.message


def test_the_other_commands_carry_them_too(workbook, tmp_path):
    path = workbook()
    _, rebased = tasks.rebase(path, tmp_path / "rebased.xlsx", rich().setup.rules_year)
    with_evidence, findings = tasks.add_evidence(path, "telecare", tmp_path / "evidence.xlsx")
    assert ids(findings) == ["workbook.own-carried"]
    own, carried = tasks.user_additions(path, tasks.load(path), tmp_path / "filled.xlsx")
    assert ids(carried) == ["workbook.own-carried"]
    filled = tasks.template(tmp_path / "filled.xlsx", rich(), own=own)
    opened, added = tasks.add_sheets(path, tmp_path / "added.xlsx", ["returns"], {})
    assert "workbook.own-carried" in ids(opened.findings)
    for written in (rebased, with_evidence, filled, added):
        assert with_sheets(written, "My workings")["My workings"]["C2"].value == "=A2*B2"


def test_a_plan_that_is_started_over_a_workbook_keeps_the_sheets_of_its_owner(workbook):
    path = workbook()
    written, findings = tasks.new(path, "Norfolk", "2025/26", 1, overwrite=True)
    carried = {f.id: f.message for f in findings if f.id.startswith("workbook.own")}
    assert written == path
    assert with_sheets(path, "My workings")["My workings"]["C2"].value == "=A2*B2"
    assert "the sheet My workings" in carried["workbook.own-carried"]
    # the note at the base amount of another plan's contribution is not one of Norfolk's
    assert "notes at figures (1)" in carried["workbook.own-not-carried"]
    own, _ = tasks.sheets_written_over(path)
    assert [sheet.name for sheet in own.sheets] == ["My workings"] and not own.comments
    assert tasks.sheets_written_over(path.with_name("none.xlsx")) == (None, [])


def test_a_plan_written_over_another_workbook_loses_none_of_its_sheets(workbook, tmp_path):
    target = workbook()
    text = tmp_path / "plan.yaml"
    text.write_text(plan_text.to_yaml(rich()))
    # the plan is a text, with no sheets of its own: those of the workbook stay
    for _ in range(2):
        opened, written = tasks.convert(text, target, overwrite=True)
        assert written == target and "workbook.own-carried" in ids(opened.findings)
        book = with_sheets(target, "My workings")
        assert (
            book["My workings"]["C2"].value == "=A2*B2" and book["My workings"]["A2"].value == 1000
        )


def test_sheets_of_two_workbooks_are_never_one_for_the_other(workbook, tmp_path):
    source = workbook().rename(tmp_path / "source.xlsx")
    target = tmp_path / "target.xlsx"
    tasks.convert(source, target)
    # once more, the same over the same: nothing is lost and nothing is said to be
    opened, written = tasks.convert(source, target, overwrite=True)
    assert written == target and ids(opened.findings) == ["workbook.own-carried"]
    for change in (add_sheet, change_sheet):
        book = openpyxl.load_workbook(target)
        change(book)
        book.save(target)
        before = target.read_bytes()
        with pytest.raises(ValueError, match=r"target.xlsx has sheets that somebody added"):
            tasks.convert(source, target, overwrite=True)
        assert target.read_bytes() == before
        tasks.convert(source, target.with_name("fresh.xlsx"), overwrite=True)
        target.write_bytes(target.with_name("fresh.xlsx").read_bytes())


def add_sheet(book):
    book.create_sheet("Letters")["A1"] = "3 March"


def change_sheet(book):
    book["My workings"]["A2"] = 1001


def test_a_workbook_to_which_nobody_added_anything_has_nothing_to_say(tmp_path):
    path = tmp_path / "plan.xlsx"
    path.write_bytes(rich_workbook())
    opened, _ = tasks.convert(path, tmp_path / "new.xlsx")
    assert ids(opened.findings) == []
