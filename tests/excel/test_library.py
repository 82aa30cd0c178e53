"""The library reads a workbook that is open in Excel, through xlwings' own code for Windows under a
named fake of COM. Excel itself has opened none of it."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest

import icbudget
from tests.excel.com_book import ComBook
from tests.excel.conftest import WINDOWS
from tests.excel.hosts import MODULE
from tests.places import FIRST, WORKBOOKS
from tests.programs.classic import FakeCom

pytestmark = WINDOWS
NAME = "north-tyneside-better-care-fund"


def plan_in_excel(path):
    """The plan of a workbook that is open in the named fake of Excel."""
    with FakeCom(MODULE):
        import xlwings
        from xlwings import _xlwindows

        return icbudget.read(xlwings.Book(impl=_xlwindows.Book(xl=ComBook(path))))


@pytest.fixture(scope="module")
def tyneside(tmp_path_factory):
    folder = tmp_path_factory.mktemp("open")
    return plan_in_excel(shutil.copy(WORKBOOKS / f"{NAME}.xlsx", folder / "open.xlsx"))


@pytest.fixture(scope="module")
def borough(tmp_path_factory):
    """The sample with uncertain figures, shifts and limits, open in the fake of Excel.

    It takes 20 seconds: a workbook of every module is written, and read cell by cell as over COM.
    """
    written = icbudget.read(FIRST / "illustrative-borough.yaml").write(
        tmp_path_factory.mktemp("open") / "borough.xlsx"
    )
    return plan_in_excel(written)


def test_a_book_open_in_excel_is_the_plan_of_its_file(tyneside):
    assert tyneside.hash == icbudget.read(WORKBOOKS / f"{NAME}.yaml").hash
    assert [f.id for f in tyneside.findings if f.severity == "error"] == []


def test_a_plan_from_excel_runs_to_the_same_frames_as_its_file(tyneside):
    from_file = icbudget.run(WORKBOOKS / f"{NAME}.yaml")
    result = icbudget.run(tyneside)
    assert list(result.tables) == list(from_file.tables)
    for name in ("Income", "Spending", "Balances"):
        pd.testing.assert_frame_equal(result.table(name), from_file.table(name))


def test_a_plan_from_excel_is_simulated_as_its_file_is(borough):
    ranges = icbudget.simulate(borough, 20, seed=7)
    from_file = icbudget.simulate(FIRST / "illustrative-borough.yaml", 20, seed=7)
    pd.testing.assert_frame_equal(ranges.table(), from_file.table())
    pd.testing.assert_frame_equal(ranges.draws_frame, from_file.draws_frame)


def test_a_plan_from_excel_is_compared_with_its_file(borough):
    same = icbudget.compare(FIRST / "illustrative-borough.yaml", borough)
    assert [f.id for f in same.new_findings if f.severity != "note"] == []
    changed = borough.change({f"{borough.value.programmes[0].id} / Effect": 0.01})
    assert len(icbudget.compare(borough, changed).table()) > len(same.table())


def test_a_plan_from_excel_is_optimised_and_its_best_plan_is_a_scenario_of_it(borough):
    best = icbudget.optimise(borough, time_limit=20)
    assert len(best.table())
    assert best.plan is not None
    assert set(borough.scenarios) < set(best.plan.scenarios)


def test_a_plan_from_excel_is_monitored_with_a_ledger_as_a_frame(tyneside):
    """By hand: £1,000.10 and £250.05 of ASC are £1,250.15; the row of X999 has no scheme."""
    ledger = pd.DataFrame(
        {"Code": ["E100", "E100", "X999"], "Net amount": [1000.10, 250.05, 7], "Month": [1, 2, 2]}
    )
    columns = {"code": "Code", "amount": "Net amount", "period": "Month"}
    year = icbudget.monitor(
        tyneside,
        [(ledger, {"columns": columns, "schemes": {"E100": "ASC"}})],
        year="2021/22",
        month=2,
    )
    table = year.table()
    (actual,) = table.loc[table["Scheme or source"] == "ASC", "Actual to date"]
    assert actual == 1250.15
    assert year.rejects["Amount"].tolist() == [7.0]
