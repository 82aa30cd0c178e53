"""Reading cells: the same values whichever program saved the file, checked against openpyxl, cell
by cell.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icbudget.findings import has_errors
from icbudget.workbook.reading.sheet_cells import NO_VALUE, ExcelError, Sheet, read_cells
from icbudget.workbook.reading.stored_values import date_of, is_date_format, plain_text
from tests.workbook import hostile

HEADINGS = ["Scheme", "Amount", "From", "Share", "Cashable", "Code"]
LINES = [
    ["Falls service", 1000, datetime(2026, 4, 1), 0.285, True, "007"],
    ["  Réablement & care <home>  ", -12.5, datetime(2027, 3, 31), 1e-9, False, "1,000"],
    ["=1+1", 123456789012, datetime(2026, 12, 1, 9, 30), 0.333333333333333, True, "two\nlines"],
]


def by_xlsxwriter(path: Path) -> None:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Schemes")
    date = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.add_table("B3:G6", {"name": "tblSchemes", "columns": [{"header": h} for h in HEADINGS]})
    for row, line in enumerate(LINES, 3):
        for column, value in enumerate(line, 1):
            if isinstance(value, datetime):
                sheet.write_datetime(row, column, value, date)
            elif isinstance(value, str):
                sheet.write_string(row, column, value)
            else:
                sheet.write(row, column, value)
    sheet.write_formula("B9", "=SUM(C4:C6)", None, 123456789999.5)
    sheet.write_formula("C9", "=1/0", None, "#DIV/0!")
    book.close()


def by_openpyxl(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Schemes"
    for row, line in enumerate([HEADINGS, *LINES], 3):
        for column, value in enumerate(line, 2):
            cell = sheet.cell(row, column, value)
            if isinstance(value, str):
                cell.data_type = "s"
            elif isinstance(value, datetime):
                cell.number_format = "[$-809]d mmmm yyyy"
    sheet.add_table(openpyxl.worksheet.table.Table(displayName="tblSchemes", ref="B3:G6"))
    book.save(path)


def the_table(sheet: Sheet) -> list[list[object]]:
    (table,) = sheet.tables
    assert table.name == "tblSchemes" and table.columns == tuple(HEADINGS)
    assert (table.heading_rows, table.total_rows) == (1, 0)
    return [
        sheet.stretch(r, table.first_column, table.last_column)
        for r in range(table.first_row, table.last_row + 1)
    ]


@pytest.mark.parametrize("build", [by_xlsxwriter, by_openpyxl])
def test_what_a_library_wrote_is_read_as_it_was_given(tmp_path, build):
    build(tmp_path / "plan.xlsx")
    sheets, findings = read_cells(tmp_path / "plan.xlsx")
    assert findings == [] and sheets is not None
    assert the_table(sheets["Schemes"]) == [HEADINGS, *LINES]


@pytest.mark.program("libreoffice")
@pytest.mark.parametrize("build", [by_xlsxwriter, by_openpyxl])
def test_what_libreoffice_saved_again_is_read_alike(tmp_path, build):
    build(tmp_path / "plan.xlsx")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    program = shutil.which("soffice") or "soffice"
    command = [
        program,
        profile,
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(tmp_path / "lo"),
        str(tmp_path / "plan.xlsx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    sheets, findings = read_cells(tmp_path / "lo" / "plan.xlsx")
    assert findings == [] and sheets is not None
    assert the_table(sheets["Schemes"]) == [HEADINGS, *LINES]


def test_a_formula_gives_its_result_or_its_error_and_text_that_looks_like_one_stays_text(tmp_path):
    by_xlsxwriter(tmp_path / "plan.xlsx")
    sheets, _ = read_cells(tmp_path / "plan.xlsx")
    assert sheets is not None
    sheet = sheets["Schemes"]
    assert sheet.value(9, 2) == 123456789999.5
    assert sheet.value(9, 3) == "#DIV/0!" and isinstance(sheet.value(9, 3), ExcelError)
    assert sheet.value(6, 2) == "=1+1"
    assert sheet.value(8, 2) is None


def test_a_formula_saved_without_its_result_is_no_blank(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Amount", "Twice"])
    sheet.append([1000, "=A2*2"])
    sheet.append(["=A2*3", None, "=A2*4"])
    sheet.add_table(openpyxl.worksheet.table.Table(displayName="tblSchemes", ref="A1:B3"))
    book.save(tmp_path / "plan.xlsx")
    sheets, findings = read_cells(tmp_path / "plan.xlsx")
    assert sheets is not None
    held = sheets["Sheet"]
    assert held.value(2, 2) is held.value(3, 1) is held.value(3, 3) is NO_VALUE and isinstance(
        NO_VALUE, ExcelError
    )
    assert held.value(3, 2) is None
    assert [(f.id, str(f.place)) for f in findings] == [
        ("workbook.formula-without-value", "Sheet!B2")
    ]
    assert "tblSchemes holds 2 formulas" in findings[0].message


def test_a_million_shared_texts_too_many_are_refused(tmp_path):
    contents = hostile.parts(hostile.sheet_xml(""))
    contents["xl/sharedStrings.xml"] = (
        f'<sst xmlns="{hostile.MAIN}">{"<si/>" * 1_200_000}</sst>'.encode()
    )
    (tmp_path / "a.xlsx").write_bytes(hostile.workbook(contents))
    sheets, findings = read_cells(tmp_path / "a.xlsx")
    assert sheets is None and [f.id for f in findings] == ["workbook.unsafe-file"]


def test_a_file_with_any_byte_changed_is_read_or_refused_and_never_fails(tmp_path):
    by_xlsxwriter(tmp_path / "good.xlsx")
    good = (tmp_path / "good.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "good.xlsx") as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    chance = random.Random(26)
    for _ in range(150):
        name = chance.choice(list(contents))
        for changed in (
            spoilt(good, chance),
            hostile.workbook({**contents, name: spoilt(contents[name], chance)}),
        ):
            (tmp_path / "a.xlsx").write_bytes(changed)
            sheets, findings = read_cells(tmp_path / "a.xlsx")
            assert (sheets is None) == has_errors(findings)


def spoilt(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 8))):
        changed[chance.randrange(len(changed))] = chance.choice(
            (chance.randrange(256), ord("<"), ord('"'), ord("9"))
        )
    return bytes(changed)


@pytest.mark.parametrize("name", hostile.FALSE_VALUES)
def test_a_cell_that_claims_what_it_cannot_hold_is_refused_with_its_place(tmp_path, name):
    (tmp_path / "a.xlsx").write_bytes(hostile.one(hostile.FALSE_VALUES[name]))
    sheets, findings = read_cells(tmp_path / "a.xlsx")
    assert sheets is None
    assert [(f.id, str(f.place)) for f in findings] == [("workbook.cell-value", "Schemes!A1")]


def read_one(path: Path, cells: str) -> Sheet:
    path.write_bytes(hostile.one(cells))
    sheets, findings = read_cells(path)
    assert sheets is not None, findings
    return sheets["Schemes"]


def test_every_way_a_cell_may_hold_its_value(tmp_path):
    sheet = read_one(
        tmp_path / "a.xlsx",
        '<c t="s"><v>0</v></c><c t="inlineStr"><is><r><t>two </t></r><r><t'
        ' xml:space="preserve">runs </t></r><rPh><t>x</t></rPh></is></c><c t="str"><v>a &amp;'
        ' b_x000D__x001B_</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c'
        ' t="d"><v>2026-04-01</v></c><c r="H1" s="1"><v>46113</v></c><c><v> 5'
        " </v></c><c><v>-7</v></c><c><v>2.0</v></c><c><v>1E3</v></c><c><v></v></c><c"
        ' t="str"><f>""</f><v></v></c><c><is/></c>',
    )
    # column G is left out by the address H1; a stored 46113 is 1 April 2026
    assert sheet.rows[1] == {
        1: "Falls service",
        2: "two runs ",
        3: "a & b\r_x001B_",
        4: True,
        5: "#N/A",
        6: datetime(2026, 4, 1),
        8: datetime(2026, 4, 1),
        9: 5,
        10: -7,
        11: 2.0,
        12: 1000.0,
        14: "",
    }
    assert sheet.value(1, 4) is True and isinstance(sheet.value(1, 10), int)


def test_strict_workbooks_and_prefixed_names_are_read(tmp_path):
    strict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    sheet = (
        "<x:worksheet"
        f' xmlns:x="{strict}"><x:sheetData><x:row><x:c><x:v>5</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    contents = {
        name: plain.replace(hostile.MAIN.encode(), strict.encode())
        for name, plain in hostile.parts(sheet.encode()).items()
    }
    (tmp_path / "a.xlsx").write_bytes(hostile.workbook(contents))
    sheets, findings = read_cells(tmp_path / "a.xlsx")
    assert findings == [] and sheets is not None and sheets["Schemes"].rows == {1: {1: 5}}


def with_table(path: Path, *tables: str) -> tuple[dict[str, Sheet] | None, list[str]]:
    contents = hostile.parts(hostile.sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>'))
    names = [f"../tables/table{n}.xml" for n in range(len(tables))]
    contents["xl/worksheets/_rels/sheet1.xml.rels"] = hostile.relations(
        *(("table", name, False) for name in names)
    )
    for number, attributes in enumerate(tables):
        contents[f"xl/tables/table{number}.xml"] = (
            f'<table xmlns="{hostile.MAIN}" {attributes}/>'.encode()
        )
    path.write_bytes(hostile.workbook(contents))
    sheets, findings = read_cells(path)
    return sheets, [f.id for f in findings]


def test_tables_twice_or_off_the_sheet_are_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    assert with_table(path, 'displayName="A" ref="A1:B2" totalsRowCount="1"')[1] == []
    assert with_table(path, 'displayName="A" ref="A1:B2"', 'displayName="a" ref="D1:E2"') == (
        None,
        ["workbook.table-twice"],
    )
    for ref in ("A1:XFD1048576", "A1:ZZZZ9", "B2:A1", "", "#REF!"):
        assert with_table(path, f'displayName="A" ref="{ref}"') == (None, ["workbook.table-range"])


@pytest.mark.parametrize(
    ("code", "shows_a_date"),
    [
        ("dd/mm/yyyy", True),
        ("[$-809]d mmmm yyyy;@", True),
        ("mmm-yy", True),
        ("MMMM", True),
        ("General", False),
        ("#,##0.00;[Red]-#,##0.00", False),
        ("[$£-809]#,##0", False),
        ('0.0"m days"', False),
        ("0.00E+00", False),
        ("hh:mm;@", False),
        ("[h]:mm:ss", False),
        ("\\d0", False),
        ("@", False),
    ],
)
def test_which_number_formats_show_a_date(code, shows_a_date):
    assert is_date_format(code) is shows_a_date


def test_dates_of_both_systems():
    # 1 January 1900 is day 1; Excel's day 60 never was; 1904 begins 1,462 days later
    assert date_of(1, False) == datetime(1900, 1, 1)
    assert date_of(59, False) == datetime(1900, 2, 28)
    assert date_of(61, False) == datetime(1900, 3, 1)
    assert date_of(46113 - 1462, True) == date_of(46113, False) == datetime(2026, 4, 1)
    assert date_of(46113.75, False) == datetime(2026, 4, 1, 18)
    assert date_of(2_958_465, False) == datetime(9999, 12, 31)
    for none in (-1, 0, 0.5, 2_958_466, 1e300):
        assert date_of(none, False) == none


def test_escapes_that_command_a_terminal_stay_as_they_are():
    assert plain_text("a_x000A_b_x0009_c_x005F_x0041_") == "a\nb\tc_x0041_"
    assert plain_text("_x001B_[2J_x0000__xD83D__xFFFE_") == "_x001B_[2J_x0000__xD83D__xFFFE_"


TEXT = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff_"),
    max_size=20,
)
VALUE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**14), 10**14),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.datetimes(datetime(1901, 1, 1), datetime(2100, 1, 1)).map(
        lambda d: d.replace(microsecond=0)
    ),
    TEXT.filter(lambda text: text and not text.startswith(("=", "#"))),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(VALUE, max_size=6), max_size=8))
def test_openpyxl_reads_the_same_cells(tmp_path, lines):
    path = tmp_path / "plan.xlsx"
    book = openpyxl.Workbook()
    for row, line in enumerate(lines, 1):
        for column, value in enumerate(line, 1):
            book.active.cell(row, column, value)
    book.save(path)
    sheets, _ = read_cells(path)
    assert sheets is not None
    theirs = {
        (c.row, c.column): c.value
        for row in openpyxl.load_workbook(path, data_only=True).active.iter_rows()
        for c in row
    }
    ours = {
        (row, column): value
        for row, held in sheets["Sheet"].rows.items()
        for column, value in held.items()
    }
    assert ours == {at: value for at, value in theirs.items() if value is not None}
