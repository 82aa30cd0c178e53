"""Every button on a real workbook, through xlwings' own code for Windows under a named fake of
COM."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from icbudget import tasks
from icbudget.excel.buttons import CHECK_SHEET, COMPARISON
from icbudget.plan.plan_text import to_yaml
from icbudget.workbook import layout
from tests.excel.com_book import ComBook
from tests.excel.conftest import WINDOWS
from tests.excel.hosts import MODULE
from tests.places import BOROUGH
from tests.programs.classic import FakeCom

pytestmark = WINDOWS
PLAN = BOROUGH


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """The template filled in with a whole plan, its answers stored."""
    return tasks.template(tmp_path_factory.mktemp("book") / "plan.xlsx", tasks.load(PLAN).plan)


@pytest.fixture
def path(template, tmp_path):
    return shutil.copy(template, tmp_path / "Jane Doe.xlsx")


@pytest.fixture(scope="module")
def com():
    """xlwings' own code for Windows; bringing Excel's window to the front, which asks Windows, is
    left out.
    """
    with FakeCom(MODULE) as fake, pytest.MonkeyPatch.context() as patch:
        patch.setattr("xlwings.main.Book.activate", lambda book, steal_focus=False: None)
        yield fake


BY_YEAR = re.compile(r"^(Activity lines, row \d+, column )(Acute line|Blocks close \(%\))$")
"""Where a finding is about a figure by year and names no year, a made plan says which figure, one
that was read which row.
"""
NOT_ON_THE_SHEET = re.compile(r"^(Schemes, row \d+, column )(Scheme|Prevention \(Yes/No\))$")
"""Where a finding asks for a value in a column that the sheet does not hold, a made plan names the
column, one that was read the row's first.
"""


def press(com, book, name, *given):
    """What VBA shows in its message, and the workbook afterwards."""
    return com._server.XLPython().CallUDF(MODULE, name, given, book, name)


def rows(book, sheet):
    return [list(row) for row in book.file[sheet].iter_rows(values_only=True)]


def test_check_lists_the_findings_on_a_sheet_of_its_own_after_all_others(com, path):
    book = ComBook(path)
    before = {name: rows(book, name) for name in book.file.sheetnames}
    told = press(com, book, "check")
    findings = tasks.check(path).findings
    counts = {s: sum(f.severity == s for f in findings) for s in ("error", "warning", "note")}
    assert (
        told == ", ".join(f"{n} {s}{'' if n == 1 else 's'}" for s, n in counts.items() if n) + "."
    )
    assert (book.file.sheetnames[-1], book.active) == (CHECK_SHEET, CHECK_SHEET)
    assert [row[0] for row in rows(book, CHECK_SHEET)[4:]] == [
        f.severity.capitalize() for f in findings
    ]
    assert press(com, book, "check") == told, "pressed again it is the same list"
    assert book.file.sheetnames.count(CHECK_SHEET) == 1
    assert {name: rows(book, name) for name in before} == before


def test_freeze_writes_what_the_formulas_had_given_and_nothing_else(com, path):
    book = ComBook(path)
    before = {name: rows(book, name) for name in book.file.sheetnames}
    # A workbook holds the sheets of its modules, so the answers that become values are those.
    answers = [name for name in layout.ANSWER_SHEETS.values() if name in before]
    assert {"Balances", "Cash released", layout.CHECKS} <= set(answers)
    assert press(com, book, "run_and_freeze").startswith(
        f"{len(answers)} answers stand as values. "
    )
    assert set(book.file.sheetnames) == set(before)
    for name, cells in before.items():
        assert _told(rows(book, name)) == _told(cells), name


def test_freeze_of_a_plan_with_an_error_writes_nothing_and_says_so(com, path):
    import xlwings

    book = ComBook(path)
    next(row for row in book.file["Setup"].iter_rows(max_col=2) if row[0].value == "Base year")[
        1
    ].value = "never"
    before = {name: rows(book, name) for name in book.file.sheetnames}
    with pytest.raises(
        xlwings.XlwingsError, match=r"stops? the plan; nothing was written\. See Checks"
    ):
        press(com, book, "run_and_freeze")
    assert {name: rows(book, name) for name in book.file.sheetnames} == before


def test_compare_says_what_leads_to_another_plan_which_is_only_read(com, path, tmp_path):
    plan = tasks.load(PLAN).plan
    first = plan.contributions[0].model_copy(
        update={"base_amount": plan.contributions[0].base_amount + 1000}
    )
    other = tmp_path / "other.yaml"
    other.write_text(
        to_yaml(plan.model_copy(update={"contributions": (first, *plan.contributions[1:])})),
        encoding="utf-8",
    )
    content, book = other.read_bytes(), ComBook(path)
    told = press(com, book, "compare", str(other))
    written = rows(book, COMPARISON)
    assert told == f"{len(written) - 4} lines on the sheet {COMPARISON}."
    assert any("ase amount" in str(cell) for row in written for cell in row)
    assert other.read_bytes() == content


def test_build_reports_writes_beside_the_workbook_and_over_nothing(com, tmp_path):
    path = Path(
        shutil.copy(
            PLAN.with_name("north-tyneside-better-care-fund.xlsx"), tmp_path / "Jane Doe.xlsx"
        )
    )
    told = [press(com, ComBook(path), "build_reports") for _ in range(2)]
    folders = sorted(p for p in path.parent.iterdir() if p.is_dir())
    assert [f.name for f in folders] == ["Jane Doe-report", "Jane Doe-report-2"]
    for said, folder in zip(told, folders, strict=True):
        files = sorted(p.name for p in folder.iterdir() if p.is_file())
        assert said.startswith(f"{len(files)} files in {folder.name}: ")
        assert "; and the audit pack, " in said
        assert tasks.verify_pack(folder / "Jane Doe-pack")[1] == []
        assert {"Jane Doe-report.html", "Jane Doe-postings.csv", "Jane Doe-paper.pdf"} <= set(files)


def _told(cells):
    """Rows without blank ends; a blank is a blank, whether nothing or an empty text."""
    told = [[_row_of(cell) for cell in row] for row in cells]
    told = [
        row[: max((n + 1 for n, cell in enumerate(row) if cell != ""), default=0)] for row in told
    ]
    return told[: max((n + 1 for n, row in enumerate(told) if row), default=0)]


def _row_of(cell):
    """A cell; of a place that a made plan and one that was read say differently, the row."""
    if not isinstance(cell, str):
        return "" if cell is None else cell
    return NOT_ON_THE_SHEET.sub(r"\1", BY_YEAR.sub(r"\1", cell))
