"""The macro workbook: its module as VBA allows it, xlwings' own project beside it, and what the
classic host runs for it.

Hosts: pyOpenVBA reads the project, xlwings' own Windows code runs under the fake of COM. Excel has
not compiled it.
"""

from __future__ import annotations

import re

import pytest

from icbudget import tasks
from icbudget.excel.all_functions import functions
from icbudget.excel.macro import SETTINGS, build, source
from icbudget.workbook import layout
from icbudget.workbook.reading.sheet_cells import read_cells
from tests.excel.conftest import WINDOWS
from tests.excel.hosts import MODULE
from tests.places import BOROUGH
from tests.programs.classic import FakeCom

pytest.importorskip("pyopenvba", reason="pyOpenVBA is not installed: pip install '.[classic]'")
VBA = source(functions().values())


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    plan = tasks.load(BOROUGH).plan
    return build(tmp_path_factory.mktemp("macro") / "plan.xlsm", plan)


@pytest.fixture(scope="module")
def modules(made):
    from pyopenvba import ExcelFile

    with ExcelFile(made) as book:
        assert book.validate() == []
        return {name: book.get_module(name) for name in book.module_names()}


def test_it_holds_xlwings_own_project_and_one_module_of_ours(modules):
    import xlwings

    assert set(modules) == {"ThisWorkbook", "Sheet1", "Sheet2", "xlwings", "Dictionary", "icbudget"}
    assert f"'Version: {xlwings.__version__}" in modules["xlwings"]
    assert modules["icbudget"].splitlines() == VBA.splitlines()


def statements(text):
    return re.sub(r" _\n\s*", " ", text).splitlines()


PLAIN = {id: function for id, function in functions().items() if not function.repeats}


@pytest.mark.parametrize("function", PLAIN.values(), ids=PLAIN)
def test_a_function_calls_python_by_its_id_and_fails_as_an_error_value(function):
    lines = [line.strip() for line in statements(VBA)]
    told = ", ".join(f"Optional {a.name}" if a.optional else a.name for a in function.arguments)
    at = lines.index(f"Public Function {function.id}({told})")
    given = ", ".join(a.name for a in function.arguments)
    assert lines[at + 1 : at + 7] == [
        "On Error GoTo failed",
        (
            f'{function.id} = XLPy.CallUDF("{MODULE}", "{function.id}", Array({given}),'
            " ThisWorkbook, Application.Caller)"
        ),
        "Exit Function",
        "failed:",
        f"{function.id} = CVErr(xlErrValue)",
        "End Function",
    ]


def test_what_repeats_is_passed_as_objects_and_not_as_their_values():
    """ParamArray is copied with Set: by `=` a range would arrive as its values."""
    lines = [line.strip() for line in statements(VBA)]
    at = lines.index("Public Function ICB_FIGURE(plan, figure, ParamArray labels())")
    assert lines[at + 1 : at + 13] == [
        "Dim given() As Variant, at As Long",
        "On Error GoTo failed",
        "ReDim given(0 To 2 + UBound(labels))",
        "If IsObject(plan) Then Set given(0) = plan Else given(0) = plan",
        "If IsObject(figure) Then Set given(1) = figure Else given(1) = figure",
        "For at = 0 To UBound(labels)",
        "If IsObject(labels(at)) Then Set given(2 + at) = labels(at) Else given(2 + at) = labels(at)",
        "Next",
        f'ICB_FIGURE = XLPy.CallUDF("{MODULE}", "ICB_FIGURE", given, ThisWorkbook,'
        " Application.Caller)",
        "Exit Function",
        "failed:",
        "ICB_FIGURE = CVErr(xlErrValue)",
    ]
    assert "Public Function ICB_PLAN(ParamArray tables())" in lines


def test_on_opening_the_cell_of_the_plan_is_worked_out_again():
    lines = [line.strip() for line in VBA.splitlines()]
    at = lines.index("Public Sub Auto_Open()")
    assert lines[at + 2] == 'ThisWorkbook.Names("Plan").RefersToRange.Dirty'


def test_no_error_becomes_a_text_in_a_cell():
    assert "= Err.Description" not in VBA
    assert all("MsgBox" in line for line in VBA.splitlines() if "Err.Description" in line)


def test_vba_takes_every_line():
    assert max(map(len, VBA.splitlines())) <= 1023
    assert VBA.isascii()
    run = 0
    for line in VBA.splitlines():
        run = run + 1 if line.endswith(" _") else 0
        assert run <= 24


def test_the_same_xlwings_gives_the_same_file(made, tmp_path):
    plan = tasks.load(BOROUGH).plan
    assert build(tmp_path / "again.xlsm", plan).read_bytes() == made.read_bytes()


def test_the_workbook_says_which_python_runs_and_its_folder_does_not(made):
    sheets, _ = read_cells(made)
    sheet = sheets[layout.XLWINGS_SETTINGS]
    told = tuple(
        (sheet.value(row, 1), sheet.value(row, 2) or "") for row in range(1, len(SETTINGS) + 1)
    )
    assert told == SETTINGS
    assert dict(SETTINGS)["ADD_WORKBOOK_TO_PYTHONPATH"] == "false"
    assert "\\" not in str(SETTINGS), "no path of anybody's machine"


def test_it_is_a_plan_like_any_other(made):
    opened = tasks.check(made)
    assert opened.sound
    assert [f.id for f in opened.findings if f.id.startswith("workbook.")] == ["workbook.macros"]


@WINDOWS
def test_sheets_added_by_its_button_keep_its_macros(made, tmp_path):
    import shutil

    from pyopenvba import ExcelFile

    from tests.excel.com_book import ComBook

    path = shutil.copy(made, tmp_path / "plan.xlsm")
    with FakeCom(MODULE) as com:
        told = com._server.XLPython().CallUDF(
            MODULE, "add_sheets", ("library",), ComBook(path), "add_sheets"
        )
    assert told.startswith("Written: plan-more.xlsm.")
    more = tmp_path / "plan-more.xlsm"
    with ExcelFile(made) as before, ExcelFile(more) as after:
        assert set(after.module_names()) == set(before.module_names())
        assert after.get_module("icbudget") == before.get_module("icbudget")
    assert tasks.load(more).plan == tasks.load(made).plan
    sheets, _ = read_cells(more)
    settings = sheets[layout.XLWINGS_SETTINGS]
    assert (settings.value(1, 1), settings.value(1, 2)) == SETTINGS[0]
    assert "Unit costs" in sheets


def test_only_xlsm_holds_macros(tmp_path):
    with pytest.raises(ValueError, match=r"ends in \.xlsm"):
        build(tmp_path / "plan.xlsx")


@WINDOWS
def test_the_classic_host_answers_every_call_that_the_module_makes():
    calls = re.findall(r'XLPy\.CallUDF\("([\w.]+)", "(\w+)"', VBA)
    assert {module for module, _ in calls} == {MODULE}
    with FakeCom(MODULE) as com:
        import importlib

        host = importlib.import_module(MODULE)
        for _, name in calls:
            assert hasattr(getattr(host, name), "__xlfunc__")
        assert com.call("ICB_SPLIT", 10.0, 1.0) == 10


def test_every_button_presses_what_it_says_and_shows_what_came_of_it():
    from icbudget.excel.buttons import BUTTONS

    lines = [line.strip() for line in VBA.splitlines()]
    assert list(BUTTONS) == [
        *("check", "run_and_freeze", "compare", "build_reports"),
        *("what_if", "simulate", "optimise", "add_sheets"),
    ]
    given = {(): "Array()", ("other",): "Array(chosen)"}
    for name, button in BUTTONS.items():
        at = lines.index(f"Public Sub icbudget_{name}()")
        body = lines[at : lines.index("End Sub", at)]
        passed = given.get(button.takes, f"Array({', '.join(button.takes)})")
        assert (
            f'MsgBox XLPy.CallUDF("{MODULE}", "{name}", {passed}, ThisWorkbook,'
            " Application.Caller), " in " ".join(body)
        )
        assert f'MsgBox Err.Description, vbExclamation, "{button.caption}"' in body
    prompts = [line for line in lines if "InputBox(" in line]
    assert len(prompts) == 3 and max(map(len, prompts)) < 1000
    assert "Workbooks.Open" not in VBA, "no other workbook is opened"
