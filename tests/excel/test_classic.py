"""The classic host's module: whole without Windows, and as xlwings' own Import Functions takes it
over.
"""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys

import pytest

from icbudget.excel.all_functions import functions
from tests.excel.conftest import WINDOWS
from tests.excel.hosts import MODULE
from tests.programs.classic import FakeCom

FUNCTIONS = functions()


@pytest.fixture(scope="module")
def workbook():
    with FakeCom(MODULE) as com:
        yield com.import_functions()


def test_the_module_is_whole_where_there_is_no_windows():
    module = importlib.import_module(MODULE)
    assert module.ICB_SPLIT([[10.0]], [[1.0], [1.0]]) == [[5], [5]]


def test_a_problem_is_an_error_that_names_the_function():
    import xlwings

    module = importlib.import_module(MODULE)
    with pytest.raises(xlwings.XlwingsError, match=r"^ICB_SPLIT: weights are all blank or 0"):
        module.ICB_SPLIT([[10.0]], [[None]])


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_no_function_carries_a_type_hint_for_xlwings_to_act_on(function):
    hosted = getattr(importlib.import_module(MODULE), function.id)
    assert hosted.__annotations__ == {}
    assert list(inspect.signature(hosted).parameters) == [a.name for a in function.arguments]


@WINDOWS
@pytest.mark.parametrize(
    "line",
    [
        "Function ICB_UPLIFT(amount, rates, Optional unit)",
        "Function ICB_SPLIT(amount, weights)",
        (
            f'ICB_SPLIT = XLPy.CallUDF("{MODULE}", "ICB_SPLIT", Array(amount, weights),'
            " ThisWorkbook, Application.Caller)"
        ),
    ],
)
def test_the_vba_calls_every_function_by_its_id(workbook, line):
    assert line in [told.strip() for told in workbook.module.splitlines()]


@WINDOWS
def test_the_vba_holds_every_function_and_nothing_else(workbook):
    declared = [
        line.split("(")[0].removeprefix("Function ")
        for line in workbook.module.splitlines()
        if line.startswith("Function ")
    ]
    assert sorted(declared) == sorted(FUNCTIONS)
    assert "Volatile" not in workbook.module


@WINDOWS
@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_excel_is_given_the_descriptions_of_the_registry(workbook, function):
    told = workbook.described[function.id]
    assert (told["Description"], told["Category"]) == (function.doc, "icbudget")
    assert told["ArgumentDescriptions"] == [a.doc for a in function.arguments]


def test_declaring_the_functions_does_not_need_xlwings():
    code = (
        "import sys, icbudget.excel.all_functions as r; r.functions(); sys.exit('xlwings' in sys.modules"
        " or 'pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
