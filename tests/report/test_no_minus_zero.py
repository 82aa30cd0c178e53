"""No answer, report, paper or table of a sample plan writes a nought as if it were a debt."""

from __future__ import annotations

import re

import pytest

from icbudget import tasks
from icbudget.report.committee_paper import committee_document
from icbudget.report.csv_json import postings_csv, tables_csv
from icbudget.report.html_page import html, write_report
from icbudget.report.run_record import record_of
from tests.places import WORKBOOKS

NOUGHT = re.compile(r"(?<![\w.–-])[-−]£?0(?:[.,]0+)*(?:%|m|bn|k)?(?!\w|\.\d)|£[-−]\d")
DRAWING = re.compile(r"<svg.*?</svg>|<style.*?</style>", re.DOTALL)
SAMPLES = sorted(WORKBOOKS.glob("*.yaml"))


def noughts(text: str) -> list[str]:
    """Return every nought with a sign, and every amount with its sign after the £."""
    return [found.group() for found in NOUGHT.finditer(text)]


@pytest.mark.parametrize(
    "written", ["−0", "-0.00", "−£0", "-£0.00", "−0.0%", "£-5", "a,-0.00,5.00"]
)
def test_a_nought_with_a_sign_is_noticed(written):
    assert noughts(f"Gap {written} to date") or noughts(written)


@pytest.mark.parametrize("written", ["−0.4", "-0.05", "−£0.50", "0.00", "10-0", "2026-01-0", "−1"])
def test_what_is_no_such_nought_is_left_alone(written):
    assert not noughts(f"Gap {written} to date")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_nothing_of_a_sample_plan_writes_one(path):
    case = tasks.check(path).case
    record = record_of(case, "icbudget report plan.xlsx")
    texts = tables_csv(case) | {
        "postings": postings_csv(case),
        "paper": html(committee_document(case, record)),
        "report": write_report(case, record),
    }
    found = {name: noughts(DRAWING.sub("", text)) for name, text in texts.items()}
    assert {name: words for name, words in found.items() if words} == {}
