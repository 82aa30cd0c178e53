"""The look before reading: hostile files are refused with a finding, in bounded time and memory;
sound ones pass.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from icbudget.findings import Severity, has_errors
from icbudget.workbook.reading.preflight import scan
from icbudget.workbook.reading.worksheet import address, column_number, harm_in_formula, position
from tests.workbook import hostile

LOOPS = 6
"""Times that ten million additions take the same process: 5 seconds on the machine it was set on,
and the same bound on one that is slower for an hour.
"""
MEGABYTES = 500

CHILD = """
import json, sys, time
from pathlib import Path
from icbudget.workbook.reading.sheet_cells import read_cells
from icbudget.workbook.reading.preflight import scan
if sys.platform != "win32":
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (%d, %d))
start = time.process_time()
total = 0
for number in range(10_000_000):
    total += number
loop = time.process_time() - start
told = {}
for line in sys.stdin.read().splitlines():
    start = time.process_time()
    scanned, read = scan(Path(line)), read_cells(Path(line))
    ids = [[f.id for f in findings] for _, findings in (scanned, read)]
    seconds = time.process_time() - start
    told[line] = [*ids, read[0] is None, seconds / loop]
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What a process with 500 MB says of every hostile file: findings of scan and reading, nothing
    read, processor time in loops.
    """
    paths = hostile.write(tmp_path_factory.mktemp("hostile"))
    limit = MEGABYTES * 1_000_000
    done = subprocess.run(
        [sys.executable, "-c", CHILD % (limit, limit)],
        input="\n".join(map(str, paths.values())),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answers = json.loads(done.stdout)
    return {name: answers[str(path)] for name, path in paths.items()}


@pytest.mark.parametrize("name", hostile.HOSTILE)
def test_a_hostile_file_is_refused_in_bounded_time_and_memory(told, name):
    scanned, read, nothing_read, loops = told[name]
    expected = hostile.HOSTILE[name][1]
    assert expected in scanned and expected in read
    assert nothing_read
    assert loops < LOOPS


def test_the_refusal_of_a_hostile_file_is_one_clear_line(told):
    for name, (scanned, read, _, _) in told.items():
        assert len(scanned) <= 2 and scanned == read, name


def small(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_a_missing_file_and_a_folder_are_findings(tmp_path):
    for path in (tmp_path / "none.xlsx", tmp_path):
        census, findings = scan(path)
        assert census is None and [f.id for f in findings] == ["workbook.missing-file"]


def test_the_census_does_not_trust_the_dimension(tmp_path):
    census, findings = scan(small(tmp_path / "a.xlsx", hostile.many_rows(2_000, "ABD", "A1:B2")))
    assert findings == []
    assert census is not None
    (sheet,) = census.sheets
    # 2,000 rows of 3 cells, the last in column D
    assert (sheet.name, sheet.rows, sheet.columns, sheet.cells) == ("Schemes", 2_000, 4, 6_000)


def test_the_census_counts_no_cell_that_has_a_format_only(tmp_path):
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1" s="1"/></row><row r="900000"><c r="XFD900000"'
        ' s="1"/></row>'
    )
    census, findings = scan(
        small(tmp_path / "a.xlsx", hostile.workbook(hostile.parts(hostile.sheet_xml(rows))))
    )
    assert findings == []
    assert census is not None and (
        census.sheets[0].rows,
        census.sheets[0].columns,
        census.sheets[0].cells,
    ) == (1, 1, 1)


def test_every_sheet_that_is_wrong_is_named(tmp_path):
    bad = hostile.sheet_xml('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>')
    contents = hostile.parts(
        bad, '<sheet name="Pools" r:id="rId1"/><sheet name="Acute" r:id="rId2"/>'
    )
    contents["xl/_rels/workbook.xml.rels"] = hostile.relations(
        ("worksheet", "worksheets/sheet1.xml", False),
        ("worksheet", "/xl/worksheets/sheet2.xml", False),
    )
    contents["xl/worksheets/sheet2.xml"] = bad
    census, findings = scan(small(tmp_path / "a.xlsx", hostile.workbook(contents)))
    assert census is None
    assert [f.place.sheet for f in findings] == ["Pools", "Acute"]


def test_macros_in_an_xlsm_and_a_very_hidden_sheet_are_notes(tmp_path):
    contents = hostile.parts(
        hostile.sheet_xml(""), '<sheet name="Secret" r:id="rId1" state="veryHidden"/>'
    )
    contents["xl/vbaProject.bin"] = hostile.OLE
    census, findings = scan(small(tmp_path / "plan.xlsm", hostile.workbook(contents)))
    assert census is not None
    assert {f.id: f.severity for f in findings} == {
        "workbook.macros": Severity.NOTE,
        "workbook.very-hidden-sheet": Severity.NOTE,
    }


def test_a_hyperlink_to_a_web_page_is_no_finding_and_one_to_a_share_is_a_note(tmp_path):
    web = small(tmp_path / "a.xlsx", hostile.with_link("hyperlink", "https://www.england.nhs.uk/"))
    share = small(tmp_path / "b.xlsx", hostile.with_link("hyperlink", "\\\\host\\share\\b.xlsx"))
    assert scan(web)[1] == []
    assert [(f.id, f.severity) for f in scan(share)[1]] == [("workbook.file-link", Severity.NOTE)]


def rich_by_xlsxwriter(path: Path) -> None:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Schemes")
    sheet.add_table(
        "A1:C3", {"name": "Schemes", "columns": [{"header": h} for h in ("Scheme", "2023", "2024")]}
    )
    sheet.write_formula("E2", "=SUM(Schemes[2024])", None, 0)
    sheet.write_url("E3", "https://www.england.nhs.uk/")
    sheet.write_comment("A1", "One line a scheme.")
    sheet.data_validation("B2:B3", {"validate": "decimal", "criteria": ">=", "value": 0})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=Schemes!$B$2:$B$3"})
    sheet.insert_chart("G2", chart)
    sheet.insert_button("G20", {"macro": "Check"})
    book.define_name("lstScheme", "=Schemes!$A$2:$A$3")
    book.close()


def rich_by_openpyxl(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Schemes"
    sheet.append(["Scheme", "2026/27"])
    sheet.append(["Falls", 1000])
    sheet.add_table(openpyxl.worksheet.table.Table(displayName="Schemes", ref="A1:B2"))
    sheet["D1"].hyperlink = "https://www.england.nhs.uk/"
    book.create_sheet("Hidden").sheet_state = "hidden"
    book.save(path)


@pytest.mark.parametrize("build", [rich_by_xlsxwriter, rich_by_openpyxl])
def test_what_the_libraries_write_gives_no_findings(tmp_path, build):
    build(tmp_path / "plan.xlsx")
    census, findings = scan(tmp_path / "plan.xlsx")
    assert findings == [] and census is not None


def test_the_parts_that_excel_adds_give_no_findings(tmp_path):
    contents = hostile.parts(hostile.sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>'))
    for name in (
        "xl/calcChain.xml",
        "xl/theme/theme1.xml",
        "xl/metadata.xml",
        "xl/printerSettings/printerSettings1.bin",
        "docProps/app.xml",
        "customXml/item1.xml",
        "xl/drawings/drawing1.xml",
        "xl/drawings/vmlDrawing1.vml",
        "xl/charts/chart1.xml",
        "xl/media/image1.png",
        "xl/ctrlProps/ctrlProp1.xml",
        "xl/comments1.xml",
        "xl/threadedComments/threadedComment1.xml",
        "xl/persons/person.xml",
        "xl/webextensions/taskpanes.xml",
        "xl/webextensions/webextension1.xml",
        "xl/pivotTables/pivotTable1.xml",
        "xl/slicers/slicer1.xml",
    ):
        contents[name] = b"<a/>"
    assert scan(small(tmp_path / "plan.xlsx", hostile.workbook(contents)))[1] == []


@pytest.mark.parametrize(
    "formula",
    [
        "SUM(Schemes[2024])",
        "Schemes[[#This Row],[2024]]*2",
        "SUM(Schemes[[2023]:[2024]])",
        "IF(Schemes[[#This Row],[2024]]>0,Schemes[[#Headers],[a]],0)",
        'A1&" | "&B1',
        "'Pay|Price'!C1",
        'HYPERLINK("#Schemes!A1","see IMAGE(1)")',
        "PROGRAMCALL(1)",
        "_xldudf_ICB_FUNDING(Schemes[#All])",
    ],
)
def test_an_ordinary_formula_reaches_nothing_outside(formula):
    assert harm_in_formula(formula) == ""


@pytest.mark.parametrize(
    "formula",
    [
        "SUM(Schemes[a],[1]!total)",
        "'[1]My Sheet'!A1",
        "'\\\\host\\share\\[b.xlsx]S'!A1",
        "[Budget.xlsx]Sheet1!A1",
        "OFFSET(A1,[3]S!A1,1)",
        "EXCEL|'book'!A1",
        'rtd("server",,"topic")',
        '_xlfn.IMAGE("http://example.org/a.png")',
    ],
)
def test_a_formula_that_reaches_outside_is_seen(formula):
    assert harm_in_formula(formula)


def test_addresses_and_their_limits():
    # 26 + 26·26 + 1 = 703 columns before AAA's own; XFD is 24·676 + 6·26 + 4 = 16,384
    assert (column_number("A"), column_number("Z"), column_number("AA"), column_number("AAA")) == (
        1,
        26,
        27,
        703,
    )
    assert position("XFD1048576") == (1_048_576, 16_384)
    assert address(1_048_576, 16_384) == "XFD1048576"
    for beyond in ("XFE1", "A1048577", "ZZZZ2", "A0", "a1", "$A$1", "A", "1", ""):
        assert position(beyond) is None


def test_a_finding_names_its_workbook_and_how_to_mend_it(tmp_path):
    for number, (build, _) in enumerate(
        v for k, v in hostile.HOSTILE.items() if "MB" not in k and "," not in k and "end" not in k
    ):
        path = small(tmp_path / f"plan{number}.xlsx", build())
        _, findings = scan(path)
        assert has_errors(findings)
        for finding in findings:
            assert finding.fix.endswith(".") and finding.message.endswith(".")
            assert finding.place.workbook == path.name
