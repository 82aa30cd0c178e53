"""A workbook that was saved and opened again where nothing is kept: a handle is followed, made again
from the tables, or refused; never another plan.
"""

from __future__ import annotations

import pytest

from icbudget import tasks
from icbudget.excel import plan_values
from tests.excel.com_book import ComBook
from tests.excel.conftest import WINDOWS
from tests.excel.hosts import MODULE
from tests.places import BOROUGH
from tests.programs.classic import FakeCom, FakeRange

pytestmark = WINDOWS


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A filled-in template as it was saved, and what stands in the cell named Plan."""
    path = tmp_path_factory.mktemp("book") / "plan.xlsx"
    tasks.template(path, tasks.load(BOROUGH).plan)
    book = ComBook(path)
    return path, book.Names("Plan").RefersToRange.Value


@pytest.fixture(scope="module")
def com():
    with FakeCom(MODULE) as fake:
        yield fake


@pytest.fixture(autouse=True)
def restarted():
    """Start with nothing kept, as after a restart of Excel and Python."""
    plan_values.forget()


def call(com, book, id, *arguments):
    given = [FakeRange([[argument]]) for argument in arguments]
    return com._server.XLPython().CallUDF(MODULE, id, given, book, FakeRange([[None]]))


def test_an_edited_try_cell_finds_the_plan_again_from_its_tables(com, saved):
    """Excel calls only what depends on the cell that changed: ICB_WITH, and not ICB_PLAN."""
    path, handle = saved
    book = ComBook(path)
    tried = call(com, book, "ICB_WITH", handle, "hospital_at_home / Effect", 0.9)
    assert tried == f"{handle} with hospital_at_home / Effect = 0.9"
    plan_values.forget()
    block = call(com, book, "ICB_TABLE", tried, "Balances")
    assert block[0][:2] == ["Pool", "Source"]


def test_tables_that_changed_meanwhile_are_not_taken_for_the_plan(com, saved):
    path, handle = saved
    book = ComBook(path)
    settings = book.file["Setup"]
    title = next(row for row in settings.iter_rows(max_col=2) if row[0].value == "Title")
    title[1].value = "Another title"
    with pytest.raises(Exception, match=r"is not kept any more\. Press Ctrl\+Alt\+F9"):
        call(com, book, "ICB_TABLE", handle, "Balances")


def test_a_workbook_without_the_cell_says_what_to_press(com, saved):
    path, handle = saved
    book = ComBook(path)
    del book.file.defined_names["Plan"]
    with pytest.raises(Exception, match=r"is not kept any more\. Press Ctrl\+Alt\+F9"):
        call(com, book, "ICB_TABLE", handle, "Balances")


def test_a_recipe_that_was_kept_beside_the_plan_is_refused_once_it_is_gone(com, saved):
    path, handle = saved
    figures = [
        "hospital_at_home / Effect",
        "care_homes / Effect",
        "nel_75 / Backfill",
        "nel_75 / Variable share",
    ]
    names = FakeRange([[figure] for figure in figures])
    values = FakeRange([[0.31], [0.32], [0.33], [0.34]])
    book = ComBook(path)
    long = com._server.XLPython().CallUDF(
        MODULE, "ICB_WITH", [handle, names, values], book, FakeRange([[None]])
    )
    assert long.startswith(f"{handle} with 4 changes ")
    assert call(com, book, "ICB_FIGURE", long, "nel_75 / Backfill") == 0.33
    plan_values.forget()
    with pytest.raises(Exception, match="is not kept any more"):
        call(com, book, "ICB_FIGURE", long, "nel_75 / Backfill")
