"""The library reads a workbook that is open in Excel, through xlwings' own code for Windows under a
named fake of COM. Excel itself has opened none of it."""

from __future__ import annotations

import shutil

import icbudget
from tests.excel.com_book import ComBook
from tests.excel.conftest import WINDOWS
from tests.excel.hosts import MODULE
from tests.places import WORKBOOKS
from tests.programs.classic import FakeCom

pytestmark = WINDOWS
NAME = "north-tyneside-better-care-fund"


def test_a_book_open_in_excel_is_the_plan_of_its_file(tmp_path):
    path = shutil.copy(WORKBOOKS / f"{NAME}.xlsx", tmp_path / "open.xlsx")
    with FakeCom(MODULE):
        import xlwings
        from xlwings import _xlwindows

        book = xlwings.Book(impl=_xlwindows.Book(xl=ComBook(path)))
        plan = icbudget.read(book)
    assert plan.hash == icbudget.read(WORKBOOKS / f"{NAME}.yaml").hash
    assert [f.id for f in plan.findings if f.severity == "error"] == []
