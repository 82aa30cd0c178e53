"""Cells that call a function of icbudget and hold an error are findings: sheet, cell, what is wrong
and how to put it right.

Nothing here is Excel: the errors are written into files as Excel 16 stores them, by public samples
of its files. `#SPILL!` and the like are a `#VALUE!` that leads to a rich value.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from icbudget import tasks
from icbudget.answers.case import evaluate
from icbudget.excel.all_functions import functions
from icbudget.findings import Severity
from icbudget.workbook.reading.function_cells import FUNCTIONS, function_findings
from icbudget.workbook.reading.sheet_cells import read_cells
from tests.workbook import hostile
from tests.workbook.plans import rich, rich_inputs

RICH = "http://schemas.microsoft.com/office/spreadsheetml/2017/richdata"
METADATA = (
    f'<metadata xmlns="{hostile.MAIN}" xmlns:xlrd="{RICH}"><metadataTypes count="2">'
    '<metadataType name="XLDAPR"/><metadataType name="XLRICHVALUE"/></metadataTypes>'
    '<futureMetadata name="XLRICHVALUE" count="2">'
    '<bk><extLst><ext uri="{3e2802c4-a4d2-4d8b-9148-e3be6c30e623}"><xlrd:rvb i="1"/></ext></extLst>'
    '</bk><bk><extLst><ext><xlrd:rvb i="0"/></ext></extLst></bk></futureMetadata>'
    '<cellMetadata count="1"><bk><rc t="1" v="0"/></bk></cellMetadata>'
    '<valueMetadata count="2"><bk><rc t="2" v="0"/></bk><bk><rc t="2" v="1"/></bk></valueMetadata>'
    "</metadata>"
)
STRUCTURES = (
    f'<rvStructures xmlns="{RICH}" count="2"><s t="_localImage"><k n="errorType" t="i"/></s>'
    '<s t="_error"><k n="colOffset" t="i"/><k n="errorType" t="i"/><k n="rwOffset" t="i"/>'
    '<k n="subType" t="i"/></s></rvStructures>'
)
OFFICE = "http://schemas.microsoft.com/office/2017/06/relationships"


def as_excel_stores(path: Path, cells: str, rich: str) -> Path:
    """Write a workbook whose one sheet, Schemes, has cells with rich values."""
    contents = hostile.parts(hostile.sheet_xml(cells))
    links = (
        contents["xl/_rels/workbook.xml.rels"]
        .decode()
        .replace(
            "</Relationships>",
            f'<Relationship Id="m" Type="{hostile.LINKS}/sheetMetadata" Target="metadata.xml"/>'
            f'<Relationship Id="v" Type="{OFFICE}/rdRichValue" Target="richData/rdrichvalue.xml"/>'
            f'<Relationship Id="s" Type="{OFFICE}/rdRichValueStructure"'
            ' Target="richData/rdrichvaluestructure.xml"/></Relationships>',
        )
    )
    contents |= {
        "xl/_rels/workbook.xml.rels": links.encode(),
        "xl/metadata.xml": METADATA.encode(),
        "xl/richData/rdrichvalue.xml": f'<rvData xmlns="{RICH}">{rich}</rvData>'.encode(),
        "xl/richData/rdrichvaluestructure.xml": STRUCTURES.encode(),
    }
    path.write_bytes(hostile.workbook(contents))
    return path


def told(path: Path) -> list[tuple[str, str, str, str]]:
    sheets, _ = read_cells(path)
    assert sheets is not None
    findings = function_findings(sheets, path.name)
    assert {f.severity for f in findings} <= {Severity.WARNING}
    return [(f.id, str(f.place), f.message, f.fix) for f in findings]


def written(path: Path, *cells: tuple[str, str, str], names=()) -> Path:
    """Write a workbook whose sheet Mine has formulas with the values that a program stored."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Mine")
        for cell, formula, value in cells:
            sheet.write_formula(cell, formula, None, value)
        for name, meant in names:
            book.define_name(name, meant)
    return path


def test_the_functions_are_those_that_hosts_register():
    assert set(FUNCTIONS) == set(functions())


def test_a_block_without_room_names_the_cell_in_its_way(tmp_path):
    """The rich value says two rows below and none to the right: from B2 that is B4."""
    cells = (
        '<row r="2"><c r="B2" t="e" cm="1" vm="1"><f t="array" ref="B2">'
        "_xldudf_ICB_TABLE(Plan,&quot;Balances&quot;)</f><v>#VALUE!</v></c></row>"
        '<row r="4"><c r="B4"><v>7</v></c></row>'
    )
    rich = '<rv s="0"><v>8</v></rv><rv s="1"><v>0</v><v>8</v><v>2</v><v>1</v></rv>'
    (finding,) = told(as_excel_stores(tmp_path / "own.xlsx", cells, rich))
    assert finding[:2] == ("workbook.function-no-room", "Schemes!B2")
    assert finding[2] == (
        'The cell shows #SPILL!: =ICB_TABLE(Plan,"Balances") gives a block, and B4 stands in its'
        " way."
    )
    assert finding[3].startswith("Clear or move B4, or give the formula a place with nothing below")


def test_a_block_that_meets_the_edge_of_the_sheet_has_no_cell_in_its_way(tmp_path):
    cells = (
        '<row r="2"><c r="B2" t="e" cm="1" vm="1"><f t="array" ref="B2">ICB_TABLE(Plan,A1)</f>'
        "<v>#VALUE!</v></c></row>"
    )
    rich = '<rv s="0"><v>8</v></rv><rv s="1"><v>0</v><v>8</v><v>0</v><v>3</v></rv>'
    (finding,) = told(as_excel_stores(tmp_path / "own.xlsx", cells, rich))
    assert "gives a block, and there is no room for it." in finding[2]
    assert finding[3].startswith("Give the formula a place")


def test_a_block_without_room_in_a_file_of_another_program_names_the_nearest_cell(tmp_path):
    cells = (
        '<row r="2"><c r="B2" t="e"><f t="array" ref="B2">ICB_TABLE(Plan,A1)</f><v>#SPILL!</v></c>'
        '</row><row r="3"><c r="A3"><v>1</v></c><c r="E3"><v>7</v></c></row>'
        '<row r="6"><c r="C6"><v>7</v></c></row>'
    )
    path = tmp_path / "own.xlsx"
    path.write_bytes(hostile.workbook(hostile.parts(hostile.sheet_xml(cells))))
    (finding,) = told(path)
    assert "E3 stands in its way" in finding[2]  # one row and three columns off; C6 is four and one


@pytest.mark.parametrize(
    ("number", "error", "id", "words"),
    [
        (3, "#REF!", "function-deleted", "names a table, a sheet or a cell that was deleted"),
        (4, "#NAME?", "function-not-here", "does not have the functions of icbudget"),
        (9, "#CONNECT!", "function-not-reached", "the server of icbudget did not answer,"),
        (10, "#BLOCKED!", "function-not-reached", "Excel was not allowed to run the functions"),
        (11, "#UNKNOWN!", "function-not-reached", "does not know the kind of answer"),
        (13, "#CALC!", "function-not-calculated", "as in a data table"),
        (
            14,
            "#BUSY!",
            "function-unfinished",
            "was saved before an answer came to =ICB_FIGURE(Plan,A1)",
        ),
        (18, "#EXTERNAL!", "function-not-reached", "did not let the functions of icbudget ask"),
        (19, "#TIMEOUT!", "function-not-reached", "did not answer in time"),
        (12, "#FIELD!", "function-refused", "The cell shows #FIELD!"),
        (99, "#VALUE!", "function-refused", "The cell shows #VALUE!"),
    ],
)
def test_every_error_that_excel_stores_as_a_rich_value_is_told_by_its_name(
    tmp_path, number, error, id, words
):
    cells = '<row r="2"><c r="B2" t="e" cm="1" vm="1"><f>ICB_FIGURE(Plan,A1)</f><v>#VALUE!</v></c></row>'
    rich = f'<rv s="0"><v>8</v></rv><rv s="1"><v>0</v><v>{number}</v><v>0</v><v>1</v></rv>'
    path = as_excel_stores(tmp_path / "own.xlsx", cells, rich)
    sheets, _ = read_cells(path)
    assert sheets["Schemes"].value(2, 2) == error
    (finding,) = told(path)
    assert finding[0] == f"workbook.{id}"
    assert words in finding[2] and finding[3]


def test_a_picture_in_a_cell_and_numbers_beyond_sense_are_no_error_of_ours(tmp_path):
    """Of the structures only `_error` is one; a number of 5,000 digits is none."""
    cells = (
        '<row r="2"><c r="B2" t="e" vm="2"><v>#VALUE!</v></c>'
        '<c r="C2" t="e" vm="77"><v>#VALUE!</v></c></row>'
    )
    rich = f'<rv s="0"><v>8</v></rv><rv s="{"9" * 5000}"><v>{"9" * 5000}</v></rv>'
    path = as_excel_stores(tmp_path / "own.xlsx", cells, rich)
    sheets, findings = read_cells(path)
    assert findings == []
    assert [sheets["Schemes"].value(2, column) for column in (2, 3)] == ["#VALUE!", "#VALUE!"]


def test_a_cell_that_a_library_stored_without_its_result_is_worked_out_by_who_opens_it(tmp_path):
    assert told(written(tmp_path / "own.xlsx", ("B2", "=ICB_FIGURE(Plan,A1)", ""))) == []


def test_a_misspelt_function_gets_the_nearest(tmp_path):
    path = written(tmp_path / "own.xlsx", ("B2", '=ICB_TABEL(Plan,"Balances")', "#NAME?"))
    (finding,) = told(path)
    assert finding[0] == "workbook.function-unknown"
    assert "calls ICB_TABEL, which is no function of icbudget." in finding[2]
    assert finding[3] == "Write ICB_TABLE in its place."


def test_what_a_whole_program_lacks_is_one_finding(tmp_path):
    cells = [(f"B{row}", f'=ICB_TABLE(A1,"t{row}")', "#NAME?") for row in range(2, 14)]
    (finding,) = told(written(tmp_path / "own.xlsx", *cells))
    assert finding[1] == "Mine!B2"
    # Twelve cells: the first, eight by name, three counted.
    assert finding[2].endswith("Mine!B9; Mine!B10 and 3 more.")
    assert "The same in 11 more cells: Mine!B3;" in finding[2]


def test_cells_that_take_one_in_error_are_counted_with_it(tmp_path):
    path = written(
        tmp_path / "own.xlsx",
        ("A1", "=ICB_PLAN(#REF!,Pools[#All])", "#REF!"),
        ("B2", '=ICB_TABLE(Mine,"Balances")', "#VALUE!"),
        ("B3", '=ICB_FIGURE($A$1,"falls / Effect")', "#VALUE!"),
        ("B4", "=ICB_UPLIFT(1,B2:B3)", "#VALUE!"),
        names=[("Mine", "=Mine!$A$1")],
    )
    (finding,) = told(path)
    assert finding[:2] == ("workbook.function-deleted", "Mine!A1")
    assert finding[2].endswith("was deleted. 3 more cells take a cell in error.")
    assert "Add sheets" in finding[3]


def test_cells_in_error_that_take_one_another_are_told_and_not_lost(tmp_path):
    path = written(
        tmp_path / "own.xlsx",
        ("A1", "=ICB_UPLIFT(B1,0)", "#VALUE!"),
        ("B1", "=ICB_UPLIFT(A1,0)", "#VALUE!"),
    )
    assert [finding[1] for finding in told(path)] == ["Mine!A1", "Mine!B1"]


def test_an_argument_in_error_is_named(tmp_path):
    path = written(
        tmp_path / "own.xlsx",
        ("A1", "=1/0", "#DIV/0!"),
        ("B1", "=ICB_UPLIFT(A1,0.02)", "#VALUE!"),
    )
    (finding,) = told(path)
    assert finding[0] == "workbook.function-refused"
    assert "=ICB_UPLIFT(A1,0.02) takes Mine!A1, which holds #DIV/0!." in finding[2]
    assert finding[3] == "Correct that cell; this one follows."


def test_the_message_of_a_function_that_stands_in_the_cell_as_text_is_told(tmp_path):
    message = "ICB_FIGURE: There is no “Efect”. Nearest: Effect."
    path = written(tmp_path / "own.xlsx", ("B1", '=icb_figure(Plan,"Efect")', message))
    (finding,) = told(path)
    assert finding[0] == "workbook.function-error-text"
    assert finding[2] == f"The cell holds an error as text, which a total skips: {message}"


def test_a_formula_that_cells_share_is_each_cell_s(tmp_path):
    """Excel stores the formula of a column that was filled down in the first cell alone."""
    cells = (
        '<row r="1"><c r="B1" t="e"><f t="shared" ref="B1:B2" si="0">ICB_FIGURE(Plan,A1)</f>'
        '<v>#VALUE!</v></c></row><row r="2"><c r="B2" t="e"><f t="shared" si="0"/><v>#VALUE!</v></c>'
        '<c r="C2"><f>1+1</f><v>2</v></c></row>'
    )
    path = tmp_path / "own.xlsx"
    path.write_bytes(hostile.workbook(hostile.parts(hostile.sheet_xml(cells))))
    assert [finding[1] for finding in told(path)] == ["Schemes!B1", "Schemes!B2"]


def test_a_cell_that_answers_or_only_names_a_function_in_a_text_is_no_finding(tmp_path):
    path = written(
        tmp_path / "own.xlsx",
        ("A1", '=ICB_FIGURE(Plan,"falls / Effect")', "0.5"),
        ("A2", '="ICB_FIGURE("&1/0', "#DIV/0!"),
        ("A3", '=IFERROR(ICB_FIGURE(Plan,"x"),"none")', "none"),
    )
    assert told(path) == []


def with_own_cells(path: Path, **cells: str) -> Path:
    """Write a plan with a sheet Mine whose cells are as XML; openpyxl stores no results."""
    book = openpyxl.load_workbook(io.BytesIO(rich_inputs(live=False)))
    own = book.create_sheet("Mine")
    for cell in cells:
        own[cell] = 1
    content = io.BytesIO()
    book.save(content)
    with zipfile.ZipFile(content) as parts, zipfile.ZipFile(path, "w") as made:
        for name in parts.namelist():
            part = parts.read(name)
            if name == f"xl/worksheets/sheet{len(book.sheetnames)}.xml":
                for cell, xml in cells.items():
                    before = f'<c r="{cell}" t="n"><v>1</v></c>'.encode()
                    assert before in part
                    part = part.replace(before, f'<c r="{cell}" {xml}</c>'.encode())
            made.writestr(name, part)
    return path


def figure_of(*arguments: str) -> str:
    return f't="e"><f>ICB_FIGURE({",".join(arguments)})</f><v>#VALUE!</v>'


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """A plan with cells of somebody's own in error, as check gives it; its handle stands in D1."""
    path = with_own_cells(
        tmp_path_factory.mktemp("own") / "own.xlsx",
        D1=f't="str"><v>{evaluate(rich()).handle}</v>',
        D2='t="str"><v>plan 0123456789ab</v>',
        D3='t="str"><v>Balance sheet</v>',
        B1="><f>ICB_UPLIFT(100,0.02)</f><v>102</v>",
        B2=figure_of("$D$1", '"No such figure"'),
        B3='t="e"><f>ICB_TABLE(D1,D3)</f><v>#VALUE!</v>',
        B4='t="e"><f>ICB_WITH(Mine!$D$1,"falls / Efect",0.2)</f><v>#VALUE!</v>',
        B5='t="e"><f>ICB_SCENARIO(D1,"Low evidnce")</f><v>#VALUE!</v>',
        B6=figure_of("D2", '"Income"'),
        B7=figure_of('"my plan"', '"Income"'),
        B8=figure_of("D1", '"Income"', '"Balances"'),
        B9='t="e"><f>1+ICB_FIGURE(D1,D3&amp;"x")</f><v>#VALUE!</v>',
    )
    return tasks.check(path)


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("B2", "There is no “No such figure”."),
        ("B3", "There is no table “Balance sheet”. Nearest: Balances"),
        ("B4", "There is no “Efect”. Nearest: Effect"),
        ("B5", "There is no scenario “Low evidnce”. Write “Low evidence” if that is meant."),
        ("B6", "“plan 0123456789ab” is not the plan of this workbook, which is plan "),
        ("B7", "“my plan” is no plan: the first argument is the cell that holds =ICB_PLAN(…)."),
        # Three pools in four years.
        (
            "B8",
            "“Income / Balances” fits 12 cells. Say which Pool (BCF; DFGP; CHC); and which Year",
        ),
        ("B9", '=1+ICB_FIGURE(D1,D3&"x") could not be worked out.'),
    ],
)
def test_a_cell_of_somebody_s_own_says_what_of_its_words_the_plan_does_not_know(
    checked, cell, says
):
    (finding,) = [f for f in checked.findings if str(f.place) == f"Mine!{cell}"]
    assert finding.severity is Severity.WARNING and finding.fix
    assert finding.message.startswith(f"The cell shows #VALUE!: {says}")


def test_the_plan_is_answered_beside_cells_in_error(checked):
    of_functions = [f for f in checked.findings if f.id.startswith("workbook.function-")]
    assert [f.place.cell for f in of_functions] == [f"B{row}" for row in range(2, 10)]
    assert checked.sound


def test_it_stands_in_the_report_and_on_the_checks_sheet(checked, tmp_path):
    _, files = tasks.run(checked.path, tmp_path)
    by_ending = {path.suffix: path for path in files}
    assert "Mine!B3" in by_ending[".html"].read_text(encoding="utf-8")
    book = openpyxl.load_workbook(by_ending[".xlsx"], read_only=True)
    rows = [row for row in book["Checks"].iter_rows(values_only=True) if row[1] == "Mine!B3"]
    assert [row[0] for row in rows] == ["Warning"]
