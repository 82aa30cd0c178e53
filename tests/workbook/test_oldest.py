"""The oldest plan still reads, whole, and gives the figures it gave when it was saved.

`tests/fixtures/oldest/` holds the illustrative borough as version 0.1.0 of November 2026 first
wrote it. The workbook carries the answers of that day, which the independent form of the model in
`tests/engine/independent.py` proved then.
"""

from __future__ import annotations

import openpyxl
import pytest

from icbudget import glossary, tasks
from icbudget.findings import Severity
from tests.places import OLDEST

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
CALLED_NOW = {
    "Cost of activity moved in": "Replacement cost",
    "System release": "Net release",
    "Gain against do nothing": glossary.GAIN,
    "Gain so far": glossary.GAIN_SO_FAR,
    "Close": glossary.CLOSE,
    "Net spending, do nothing": glossary.DO_NOTHING,
    "Net spending, plan": glossary.PLAN,
    "Put into pools": glossary.PUT_INTO_POOLS,
    "Saved on acute activity (stranded cost negative)": glossary.POSITION_ACTIVITY,
    "Prevention paid": glossary.PAID,
}
"""Figures that the changelog names as called otherwise."""
SYSTEM_ONLY = ("bridge", "partner-positions")
"""Answers of which the changelog names a change for partners: what a source spends is borne by what
each has paid into it to date, and is settled. What the whole system spends is as it was.
"""
GONE = ("Funding", "Unfunded gap")
"""Figures of the bridge that the changelog names as gone or of another basis."""


@pytest.fixture(scope="module")
def opened():
    return tasks.check(SAVED)


def test_workbook_and_text_read_as_one_plan_without_an_error(opened):
    assert [str(f) for f in opened.findings if f.severity is Severity.ERROR] == []
    assert opened.draft.plan == tasks.load(SAVED.with_suffix(".yaml")).plan


@pytest.mark.parametrize("id", MONEY)
def test_every_figure_is_that_of_the_day(opened, id):
    sheet = openpyxl.load_workbook(SAVED, data_only=True)[MONEY[id]]
    block = tasks.answers(opened.case)[id]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    top = max(n for n, row in enumerate(rows) if "Unit" in row)  # the block stands below its totals
    unit = rows[top].index("Unit")
    named = [
        block.labels.index(heading) for heading in rows[top][:unit]
    ]  # later versions may tell more about a row
    now = {tuple(row.labels[n] for n in named): row.values for row in block.rows}
    assert len(now) == len(block.rows)
    assert rows[top][unit + 1 : unit + 7] == list(block.columns)
    compared = 0
    for row in rows[top + 1 :]:
        labels = tuple("" if label is None else str(label) for label in row[:unit])
        if id in SYSTEM_ONLY and (labels[0] != "Whole system" or labels[-1] in GONE):
            continue
        if any(labels):
            labels = tuple(CALLED_NOW.get(label, label) for label in labels)
            if labels[-1] == "Stranded cost":
                # a line that activity moves to has its margin in a row of its own
                margin = now[*labels[:-1], "Margin on replacement activity"]
                stranded = zip(now[labels], margin, strict=True)
                now[labels] = tuple(cost - earned for cost, earned in stranded)
            assert labels in now, labels
            assert row[unit + 1 : unit + 7] == pytest.approx(list(now[labels]), abs=0.005), labels
            compared += 1
    assert compared >= 3
