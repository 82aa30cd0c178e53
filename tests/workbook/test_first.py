"""The samples as they first shipped still read, whole, and give the figures of that day.

`tests/fixtures/first/` holds the six plans, each as a workbook with the answers of the day and as
text. Figures that the changelog names as changed are not among those compared.
"""

from __future__ import annotations

import shlex

import openpyxl
import pytest

from icbudget import tasks
from icbudget.answers.answered import answered
from icbudget.answers.catalogue import BY_ID
from icbudget.findings import Severity
from tests.cli.test_all_commands import call
from tests.places import FIRST, ROOT
from tests.workbook.answers_of_the_day import compared_rows

GUIDE = ROOT / "icbudget" / "guide" / "finance-officer.md"
SAMPLES = sorted(FIRST.glob("*.xlsx"))
UNCHANGED = {
    "income": "Income",
    "spending": "Spending",
    "instalments": "Instalments",
    "balances": "Balances",
    "minimum-spend": "Minimum spend",
    "activity": "Acute projection",
    "avoided": "Avoided",
    "combination": "Combination",
    "cash-released": "Cash released",
    "bridge": "Bridge",
    "gain-shared": "Gain shared",
    "virement-log": "Virement log",
    "icb-close": "ICB close to outturn",
}
"""Answers that no change of figures touches, and the sheets they stood on.

Partner positions are left out: the changelog names that they are taken after settlement.
"""


@pytest.fixture(scope="module", params=SAMPLES, ids=lambda path: path.stem)
def saved(request):
    return request.param


@pytest.fixture(scope="module")
def opened(saved):
    return tasks.check(saved)


def test_there_are_six():
    assert len(SAMPLES) == len(list(FIRST.glob("*.yaml"))) == 6


def test_workbook_and_text_read_as_one_plan_without_an_error(saved, opened):
    assert [str(f) for f in opened.findings if f.severity is Severity.ERROR] == []
    assert opened.draft.plan == tasks.load(saved.with_suffix(".yaml")).plan


def test_every_figure_is_that_of_the_day(saved, opened):
    compared = {
        id: compared_rows(saved, sheet, answered(opened.case, BY_ID[id]))
        for id, sheet in UNCHANGED.items()
    }
    assert compared["income"] and compared["balances"] and compared["bridge"], compared


def test_the_guide_s_commands_bring_one_over_and_show_that_nothing_changed(
    tmp_path, monkeypatch, capsys
):
    """The page's own three commands, on a workbook of before."""
    section = GUIDE.read_text(encoding="utf-8").partition("## A workbook of before")[2]
    lines = section.partition("```sh\n")[2].partition("```")[0].splitlines()
    assert len(lines) == 3
    monkeypatch.chdir(tmp_path)
    old = FIRST / "north-tyneside-better-care-fund.xlsx"
    (tmp_path / "old.xlsx").write_bytes(old.read_bytes())
    said = [call(capsys, *shlex.split(line)[1:]) for line in lines]
    assert all(status in (0, 1) for status, *_ in said)
    assert "Nothing changed: the two plans are the same." in said[2][1]
    made = openpyxl.load_workbook(tmp_path / "new.xlsx", read_only=True)
    assert len(made.sheetnames) <= 28 < len(openpyxl.load_workbook(old, read_only=True).sheetnames)
