"""Where people see that a signature holds or does not: Start, the head of every paper, Checks."""

from __future__ import annotations

from icbudget import tasks
from icbudget.report.html_page import facts
from icbudget.workbook.reading.sheet_cells import read_cells
from tests.signing.plans import changed, signed, written
from tests.signing.test_standing import three_figures

SINCE = "changed since: 3 figures, £12,400 of contributions"


def start_of(path):
    sheets, _ = read_cells(path)
    rows = sheets["Start"].rows.values()
    return next(row[3] for row in rows if row.get(2) == "State of the plan")


def test_start_checks_and_the_papers_say_that_a_signature_is_void(tmp_path):
    void = written(tmp_path, three_figures(signed(tmp_path)), "void.yaml")
    tasks.convert(void, tmp_path / "void.xlsx")
    said = start_of(tmp_path / "void.xlsx")
    assert said.startswith("draft: 0 of 3 offices have signed")
    assert said.endswith(f"Signed by A Signatory, void, {SINCE}.")
    case = tasks.check(void).case
    head = dict(facts(case))
    assert head["State"] == "Draft"
    assert head["Signed"] == (
        f"A Signatory, Section 151 officer of Council, 2026-06-30: void, {SINCE}"
    )
    assert any(SINCE in row.labels[2] for row in tasks.answers(case)["checks"].rows)


def test_start_says_how_far_a_plan_has_come(tmp_path):
    plan = written(tmp_path, signed(tmp_path), "signed.yaml")
    tasks.convert(plan, tmp_path / "signed.xlsx")
    assert start_of(tmp_path / "signed.xlsx") == "draft: 1 of 3 offices have signed."


def test_a_workbook_that_nobody_begins_to_sign_says_nothing_of_it(tmp_path):
    tasks.convert(written(tmp_path), tmp_path / "plain.xlsx")
    sheets, _ = read_cells(tmp_path / "plain.xlsx")
    assert "Signatures" not in sheets
    assert all(row.get(2) != "State of the plan" for row in sheets["Start"].rows.values())


def test_a_figure_that_nobody_can_read_is_not_the_one_that_was_signed(tmp_path):
    unread = changed(signed(tmp_path), "contributions", 0, base_amount="n/a")
    case = tasks.check(written(tmp_path, unread, "unread.yaml")).case
    assert case.unknown and "void, changed since: 1 figure" in dict(facts(case))["Signed"]
