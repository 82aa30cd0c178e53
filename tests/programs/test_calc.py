"""The harness shows what Calc really does: what a function is given, what a cell makes of its
result.
"""

from __future__ import annotations

import zipfile

import pytest
import xlsxwriter

from tests.programs.calc import Calc

pytestmark = pytest.mark.program("libreoffice")


def seen(value=None, other=None):
    return 0


def double(value):
    return value * 2


def refuse(value):
    raise ValueError("the amount is missing")


def table(rows):
    return [["Year", "£"], ["2026/27", 12_310_605]]


def deep(value):
    return [[1]]


table.spills = True


@pytest.fixture(scope="module")
def calc():
    functions = {
        "ICB_SEEN": seen,
        "ICB_DOUBLE": double,
        "ICB_REFUSE": refuse,
        "ICB_TABLE": table,
        "ICB_NOT_DECLARED": deep,
    }
    with Calc(functions) as running:
        yield running


@pytest.fixture
def sheet(calc):
    calc.calls.clear()
    document = calc.new()
    yield document
    document.close()


@pytest.mark.parametrize(
    ("formula", "arguments"),
    [
        ("=ICB_SEEN(1.5)", (1.5, None)),
        ('=ICB_SEEN("text")', ("text", None)),
        ("=ICB_SEEN(TRUE())", (1.0, None)),
        ("=ICB_SEEN(DATE(2026;4;1))", (46113.0, None)),
        ("=ICB_SEEN()", (None, None)),
        ("=ICB_SEEN(;2)", (None, 2.0)),
        ("=ICB_SEEN(A9)", (0.0, None)),
        ("=ICB_SEEN(A1:B2)", (((1.0, "a"), ("", 2.0)), None)),
        ("=ICB_SEEN(A1:A1)", (((1.0,),), None)),
    ],
)
def test_what_a_function_is_given(calc, sheet, formula, arguments):
    for cell, value in {"A1": 1, "B1": "a", "B2": 2}.items():
        sheet.set("Sheet1", cell, value)
    sheet.set_formula("Sheet1", "D1", formula)
    assert sheet.value("Sheet1", "D1") == 0
    assert calc.calls[-1].arguments == arguments


def test_an_error_value_never_reaches_a_function(calc, sheet):
    sheet.set_formula("Sheet1", "A1", "=1/0")
    sheet.set_formula("Sheet1", "B1", "=ICB_SEEN(A1)")
    sheet.set_formula("Sheet1", "B2", "=ICB_SEEN(A1:A2)")
    assert calc.calls == []
    assert [(e.cell, e.code) for e in sheet.errors()] == [("A1", 532), ("B1", 532), ("B2", 504)]


def test_an_exception_is_an_error_value_that_a_total_does_not_skip(calc, sheet):
    sheet.set_formula("Sheet1", "A1", "=ICB_REFUSE(5)")
    sheet.set_formula("Sheet1", "A2", "=SUM(A1;7)")
    assert sheet.errors()[0] == ("Sheet1", "A1", "=ICB_REFUSE(5)", 519)
    assert [row[0] for row in sheet.values("Sheet1", "A1:A2")] == ["#VALUE!", "#VALUE!"]
    assert "ValueError: the amount is missing" in calc.failures[-1].error


def test_a_block_fills_its_range_and_a_cell_too_many_is_in_error(sheet):
    sheet.set_formula("Sheet1", "B2:C4", "=ICB_TABLE(A1)")
    assert sheet.values("Sheet1", "B2:C4") == [
        ["Year", "£"],
        ["2026/27", 12_310_605.0],
        ["#N/A", "#N/A"],
    ]


def test_a_range_from_a_function_declared_to_give_one_value_is_an_error(sheet):
    sheet.set_formula("Sheet1", "B2:C3", "=ICB_NOT_DECLARED(1)")
    assert {e.code for e in sheet.errors()} == {519}


def test_setting_a_cell_calls_only_what_depends_on_it(calc, sheet):
    sheet.set_formula("Sheet1", "B1", "=ICB_DOUBLE(A1)")
    sheet.set_formula("Sheet1", "B2", "=ICB_SEEN(A2)")
    calc.calls.clear()
    sheet.set("Sheet1", "A1", 21)
    assert sheet.value("Sheet1", "B1") == 42
    assert [call.name for call in calc.calls] == ["ICB_DOUBLE"]


def test_text_that_looks_like_a_formula_stays_text(sheet):
    sheet.set("Sheet1", "A1", "=1+1")
    sheet.set("Sheet1", "A2", "007")
    assert [row[0] for row in sheet.values("Sheet1", "A1:A3")] == ["=1+1", "007", None]


def test_many_cells_are_set_at_once(calc, sheet):
    sheet.set_values("Sheet1", "A1:B2", [[1, "=1+1"], [None, "007"]])
    assert sheet.values("Sheet1", "A1:B2") == [[1.0, "=1+1"], [None, "007"]]
    sheet.set_formula("Sheet1", "C1", "=ICB_SEEN(A1:B2)")
    assert sheet.value("Sheet1", "C1") == 0
    assert calc.calls[-1].arguments == (((1.0, "=1+1"), ("", "007")), None)


@pytest.fixture
def workbook(tmp_path):
    """A workbook as each host stores it, with stale last values and a protected sheet."""
    path = tmp_path / "stored.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Plan")
        unlocked = book.add_format({"locked": False})
        sheet.write("A1", 5, unlocked)
        sheet.write_formula("B1", "=icb_double(A1)", value=-1)
        sheet.write_dynamic_array_formula("C1:D2", "=_xldudf_ICB_TABLE(A1:A3)", value="stale")
        sheet.write_formula("B2", "=IFERROR(_xll.ICB_DOUBLE(A1),0)+A1", value=-1)
        sheet.protect()
    return path


def test_a_stored_workbook_is_plugged_in_and_calculated_anew(calc, workbook):
    document = calc.open(workbook)
    assert document.errors() == []
    assert document.values("Plan", "A1:D2") == [
        [5.0, 10.0, "Year", "£"],
        [None, 15.0, "2026/27", 12_310_605.0],
    ]
    assert document.formula("Plan", "C2") == "{=ICB_TABLE(A1:A3)}"
    document.set("Plan", "A1", 6)
    assert document.value("Plan", "B2") == 18
    document.close()


def test_a_whole_table_is_passed_with_its_headings(calc, tmp_path):
    with xlsxwriter.Workbook(tmp_path / "table.xlsx") as book:
        sheet = book.add_worksheet("Plan")
        sheet.add_table(
            "A1:B2",
            {
                "name": "Funding",
                "columns": [{"header": "Pool"}, {"header": "£"}],
                "data": [["bcf", 5]],
            },
        )
        sheet.write_dynamic_array_formula("D1:E2", "=ICB_TABLE(Funding[#All])", value="stale")
    document = calc.open(tmp_path / "table.xlsx")
    assert document.errors() == []
    assert calc.calls[-1].arguments == ((("Pool", "£"), ("bcf", 5.0)),)
    document.set("Plan", "B2", 6)
    assert document.value("Plan", "D1") == "Year"
    assert calc.calls[-1].arguments == ((("Pool", "£"), ("bcf", 6.0)),)


def test_a_locked_cell_is_not_set_silently(calc, tmp_path):
    with xlsxwriter.Workbook(tmp_path / "locked.xlsx") as book:
        book.add_worksheet("Plan").protect()
    with pytest.raises(ValueError, match="Plan!A1 is locked"):
        calc.open(tmp_path / "locked.xlsx").set("Plan", "A1", 1)


def test_a_workbook_is_saved_and_printed(calc, workbook, tmp_path):
    document = calc.open(workbook)
    document.save_as(tmp_path / "saved.xlsx")
    document.to_pdf(tmp_path / "saved.pdf")
    document.close()
    assert (tmp_path / "saved.pdf").read_bytes().startswith(b"%PDF")
    stored = zipfile.ZipFile(tmp_path / "saved.xlsx").read("xl/worksheets/sheet1.xml").decode()
    assert ">ICB_TABLE(A1:A3)<" in stored
    assert "<v>12310605</v>" in stored


def test_the_original_is_never_touched(calc, workbook):
    before = workbook.read_bytes()
    calc.open(workbook).set("Plan", "A1", 99)
    assert workbook.read_bytes() == before
    assert [path.name for path in workbook.parent.iterdir()] == ["stored.xlsx"]


def test_two_calcs_at_once_know_their_own_functions_and_leave_nothing(calc):
    with Calc({"ICB_DOUBLE": lambda value: value * 200}) as other:
        document = other.new()
        document.set_formula("Sheet1", "A1", "=ICB_DOUBLE(1)")
        assert document.value("Sheet1", "A1") == 200
        folder, running = other.folder, other._soffice
    assert not folder.exists()
    assert running.poll() is not None
