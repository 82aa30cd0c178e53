"""The library reads an open workbook: of Excel, through xlwings' own code for Windows under a named
fake of COM and through that of its server, and of openpyxl. Excel itself has opened none of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import openpyxl
import pandas as pd
import pytest
from openpyxl.utils.cell import get_column_letter, range_boundaries

import icbudget
from tests.excel.com_book import ComBook
from tests.excel.conftest import WINDOWS
from tests.excel.hosts import MODULE
from tests.excel.server.books import as_payload
from tests.excel.tables import small_plan
from tests.places import FIRST, WORKBOOKS
from tests.programs.classic import FakeCom

pytestmark = WINDOWS
NAME = "north-tyneside-better-care-fund"


def plan_in_excel(path, edit=lambda book: None):
    """The plan of a workbook that is open in the named fake of Excel, once somebody edited it."""
    with FakeCom(MODULE):
        import xlwings
        from xlwings import _xlwindows

        book = ComBook(path)
        edit(book.file)
        return icbudget.read(xlwings.Book(impl=_xlwindows.Book(xl=book)))


def what_is_wrong(plan):
    """Every finding of a plan as a person meets it, the name of the file apart."""
    return [
        (f.id, f.severity, f.message, f.fix, f.effect_pence, f.place.sheet, f.place.cell)
        for f in plan.findings
    ]


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


SAMPLES = sorted(WORKBOOKS.glob("*.xlsx"), key=lambda path: path.name)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_an_open_workbook_is_the_plan_of_its_file_with_the_same_findings(path):
    """Open in Excel, or in memory of openpyxl: one plan to the last digit, each finding in its cell."""
    from_file = icbudget.read(path)
    opened = plan_in_excel(path)
    in_memory = icbudget.read(openpyxl.load_workbook(path))
    assert opened.hash == in_memory.hash == from_file.hash
    assert what_is_wrong(opened) == what_is_wrong(in_memory) == what_is_wrong(from_file)
    assert opened.name == path.stem


NORFOLK = WORKBOOKS / "norfolk-disabled-facilities-grant.xlsx"


def below_the_table(file):
    """Put a row of Funding right below its table: £ that nobody would read."""
    sheet = file["Funding"]
    _, _, _, last = range_boundaries(sheet.tables["Funding"].ref)
    for cell in list(sheet[6]):
        sheet.cell(last + 1, cell.column).value = cell.value


def far_away(file):
    file["Funding"]["XFD1048576"] = 1


def in_error(file):
    """Put an Excel error in place of the first amount of Funding."""
    sheet = file["Funding"]
    (heading,) = [c for c in sheet[5] if c.value == "Base amount (£)"]
    sheet.cell(6, heading.column).value = "#DIV/0!"


@pytest.mark.parametrize(
    ("edit", "id"),
    [
        (below_the_table, "table.rows-below"),
        (far_away, "workbook.far-cell"),
        (in_error, "cell.error-value"),
    ],
)
def test_what_is_wrong_in_an_open_workbook_is_a_finding_with_its_cell(edit, id):
    plan = plan_in_excel(NORFOLK, edit)
    (finding,) = [f for f in plan.findings if f.id == id]
    assert finding.place.sheet == "Funding" and finding.place.cell
    assert finding.place.workbook == NORFOLK.name


def test_a_table_without_its_heading_row_is_read_by_the_names_of_its_columns():
    """Excel takes the row away: the table begins one row lower and keeps the names."""

    def without_headings(file):
        table = file["Funding"].tables["Funding"]
        left, top, right, bottom = range_boundaries(table.ref)
        for cell in file["Funding"][top]:
            cell.value = None
        table.ref = f"{get_column_letter(left)}{top + 1}:{get_column_letter(right)}{bottom}"
        table.headerRowCount = 0

    plan = plan_in_excel(NORFOLK, without_headings)
    assert plan.hash == icbudget.read(NORFOLK).hash


SERVER_BOOK = """
import json, sys, xlwings, icbudget
plan = icbudget.read(xlwings.Book(json=json.load(sys.stdin)))
print(plan.years, [str(f.place) for f in plan.findings if f.id == "table.unknown-column"])
"""


def test_a_workbook_that_the_server_was_sent_is_read_with_the_cell_of_each_finding():
    """By hand: the sheets of the small plan begin in A5; its own column of Schemes is the eighth."""
    key = os.environ.get("XLWINGS_LICENSE_KEY", "noncommercial")
    done = subprocess.run(
        [sys.executable, "-c", SERVER_BOOK],
        input=json.dumps(as_payload(small_plan())),
        # xlwings looks for its licence when it is imported, so it has a process of its own.
        env={**os.environ, "XLWINGS_LICENSE_KEY": key},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "('2024/25', '2025/26', '2026/27') ['Schemes!H5']\n"


def test_a_workbook_that_openpyxl_cannot_save_again_is_no_plan_and_says_why():
    with pytest.raises(icbudget.IcbudgetError, match="read-only"):
        icbudget.read(openpyxl.load_workbook(NORFOLK, read_only=True))


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
    assert [f.id for f in same.new_findings] == []
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
