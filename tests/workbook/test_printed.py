"""What a person gets on paper: pages counted in the PDF that a real spreadsheet program makes.

Host: LibreOffice, headless. Which tabs are selected is read from the file; Excel prints those.
"""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from collections import Counter
from functools import cache

import pytest

from icbudget import tasks
from icbudget.answers.case import evaluate_plan
from icbudget.workbook.writing.build import build
from icbudget.workbook.writing.print_setup import repeated
from icbudget.workbook.writing.printed_sheets import ALL, FULL, SHORT
from tests.places import BOROUGH
from tests.workbook.opened import sheet_names, with_only, with_sheets
from tests.workbook.plans import rich, rich_blocks, rich_case

MOST_PAPER = {SHORT: 6, FULL: 40}
"""Sheets of paper that the borough takes, by what is printed."""


@cache
def written(printed):
    """A results workbook of a plan with every table, ready to print a set of sheets."""
    return build(rich(), rich_blocks(), live=False, case=rich_case(), printed=printed)


def selected(content):
    packed = zipfile.ZipFile(io.BytesIO(content))
    return [
        title
        for number, title in enumerate(sheet_names(content), start=1)
        if b' tabSelected="1"' in packed.read(f"xl/worksheets/sheet{number}.xml")
    ]


def test_the_short_set_is_six_sheets_and_without_a_set_only_start_is_selected():
    assert selected(written(SHORT)) == [
        *("Dashboard", "Balances", "Cash released", "Partner positions", "Goal tracker", "Checks")
    ]
    assert selected(written("")) == selected(written(ALL)) == ["Start"]


def test_the_full_set_is_the_plan_and_its_answers_without_forms_and_lists():
    full = selected(written(FULL))
    assert {"Dashboard", "Setup", "Funding", "Prevention", "Balances", "Checks"} <= {*full}
    assert {"Lists", "Postings", "Return income", "Actuals", "Income"}.isdisjoint(full)


def test_an_answer_is_printed_to_the_end_of_its_totals_and_charts_unless_all_is_asked_for():
    for printed, ends in ((FULL, True), (ALL, False)):
        sheet = with_sheets(written(printed), "Balances")["Balances"]
        top = next(r for r in range(1, 200) if sheet.cell(r, 1).value == "The answer, row by row")
        last = int(re.search(r"\$(\d+)$", sheet.print_area)[1]) if sheet.print_area else 10**6
        assert (last < top) is ends


def test_a_set_that_is_none_is_refused():
    with pytest.raises(ValueError, match="no set medium to print"):
        written("medium")


@pytest.mark.program("libreoffice")
@pytest.mark.parametrize(("printed", "most"), MOST_PAPER.items())
def test_the_borough_takes_so_many_pages(tmp_path, printed, most):
    """It has rows in every table of every module: no plan of the samples takes more paper."""
    plan = tasks.load(BOROUGH).plan
    case = evaluate_plan(plan)
    content = build(plan, tasks.answers(case), live=False, case=case, printed=printed)
    sheets = selected(content)
    pages = pages_of(content, tmp_path)
    assert {*sheets} <= {*pages}
    assert sum(pages[sheet] for sheet in sheets) <= most, {s: pages[s] for s in sheets}


def pages_of(content, folder):
    """How many pages each selected sheet takes, known by the name in the header of every page.

    Excel prints what is selected; LibreOffice prints, and first lays out, every sheet there is.
    """
    (folder / "book.xlsx").write_bytes(with_only(content, selected(content)))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    words = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder]
    subprocess.run([*map(str, words), str(folder / "book.xlsx")], check=True, capture_output=True)
    text = subprocess.run(
        ["pdftotext", "-layout", str(folder / "book.pdf"), "-"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    names = sheet_names(content)
    found = Counter()
    for page in text.split("\f"):
        ends = {re.split(r"\s{2,}", line.strip())[-1] for line in page.splitlines() if line.strip()}
        heads = [name for name in names if name in ends]
        # Other words of a page may end with a sheet's name too; the header stands first.
        first = next((w for line in page.splitlines() for w in heads if line.endswith(w)), None)
        if first:
            found[first] += 1
    return found


def test_columns_stand_on_every_page_again_only_where_that_costs_no_page():
    """A page holds 1,700 pixels, which is six columns of 39 letters: 39 × 7 + 5 = 278 pixels each.

    Ten columns: after six, four are left, and with one or two again they are five or six: two
    pages. Three again make seven, a third page. Eleven: five are left, and only one may stand again.
    """
    assert repeated([39] * 6, 3) == 3  # one page: nothing stands again
    assert repeated([39] * 10, 3) == 2
    assert repeated([39] * 11, 3) == 1
    assert repeated([39], 1) == 1
