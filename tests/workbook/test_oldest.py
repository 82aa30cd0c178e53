"""The oldest plan still reads, whole, and gives the figures it gave when it was saved.

`tests/fixtures/oldest/` holds the illustrative borough as version 0.1.0 of November 2026 first
wrote it. The workbook carries the answers of that day, which the independent form of the model in
`tests/engine/independent.py` proved then.
"""

from __future__ import annotations

import pytest

from icbudget import tasks
from icbudget.findings import Severity
from tests.places import OLDEST
from tests.workbook.answers_of_the_day import compared_rows

SAVED = OLDEST / "borough-0.1.0.xlsx"
MONEY = {
    "income": "Income",
    "spending": "Spending",
    "balances": "Balances",
    "minimum-spend": "Minimum spend",
    "activity": "Acute projection",
    "avoided": "Avoided",
    "cash-released": "Cash released",
    "bridge": "Bridge",
    "partner-positions": "Partner positions",
}
"""Answers of that version and the sheets they stood on.

Who bears a variance is left out: the changelog names that each year now stands alone, where that
version shared what was over before again.
"""


@pytest.fixture(scope="module")
def opened():
    return tasks.check(SAVED)


def test_workbook_and_text_read_as_one_plan_without_an_error(opened):
    assert [str(f) for f in opened.findings if f.severity is Severity.ERROR] == []
    assert opened.draft.plan == tasks.load(SAVED.with_suffix(".yaml")).plan


@pytest.mark.parametrize("id", MONEY)
def test_every_figure_is_that_of_the_day(opened, id):
    assert compared_rows(SAVED, MONEY[id], tasks.answers(opened.case)[id]) >= 3
