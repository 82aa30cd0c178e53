"""The ledger and the answers as CSV."""

from __future__ import annotations

import csv
import io

import pytest

from icbudget.answers.catalogue import ANSWERS
from icbudget.engine.accounts.year_postings import every_posting
from icbudget.report.csv_json import LEDGER, postings_csv, safe, tables_csv
from tests.report.plans import ICB, boroughs, case_of, ge1, setup

POOL = {"id": "p", "name": "P", "host": "icb"}


def rows(text):
    return list(csv.reader(io.StringIO(text)))


def pool_case(**more):
    row = {
        "pool": "p",
        "partner": "icb",
        "source": "NHS Minimum Contribution",
        "base_amount": 1234.5,
        "index": "flat",
    }
    return case_of(setup=setup(0), partners=[ICB], pools=[POOL], contributions=[{**row, **more}])


def test_the_ledger_holds_every_posting_in_pounds():
    found = rows(postings_csv(pool_case()))
    assert tuple(found[0]) == LEDGER
    assert found[1][:8] == [
        "2025/26",
        "icb",
        "p",
        "NHS Minimum Contribution",
        "NHS Minimum Contribution 1",
        "plan",
        "contribution",
        "1234.50",
    ]
    assert "base_amount" in found[1][8] and len(found) == 2


def test_the_ledger_keeps_every_penny():
    case = boroughs()
    found = rows(postings_csv(case))[1:]
    assert [round(float(row[7]) * 100) for row in found] == [
        posting.pence for posting in every_posting(case.result)
    ]
    moved = [float(row[7]) for row in found if row[6].startswith("moved")]
    assert moved and min(moved) < 0 and abs(sum(moved)) < 0.005


@pytest.mark.parametrize(
    "text",
    [
        *("=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\x00=1"),
        *("＝1+1", "＋1", "－1", "＠SUM(A1)", "\u200b=1", " ＝1", "\ufeff@A1"),
    ],
)
def test_a_text_that_a_spreadsheet_would_run_stays_text(text):
    assert safe(text).startswith("'")


def test_an_ordinary_text_is_left_as_it_is():
    assert safe("North = South") == "North = South" and safe("") == ""


def test_a_user_s_formula_stays_text_in_the_ledger_and_in_every_table():
    case = pool_case(name="=HYPERLINK(1)")
    assert rows(postings_csv(case))[1][4] == "'=HYPERLINK(1)"
    assert rows(tables_csv(case)["income"])[1][3] == "'=HYPERLINK(1)"


def test_every_answer_is_a_table_of_its_own():
    tables = tables_csv(ge1())
    assert list(tables) == [answer.id for answer in ANSWERS]
    for text in tables.values():
        assert len({len(row) for row in rows(text)}) == 1


def test_figures_are_written_in_the_unit_that_stands_beside_them():
    tables = tables_csv(ge1())
    # Activity line, figure, id of the line, unit, years
    release = {row[1]: row[3:] for row in rows(tables["cash-released"])[1:]}
    assert release["Contract saving"][-1] == "762991.29" and release["Contract saving"][0] == "£"
    assert release["Blocks closed"] == ["blocks", "0", "0", "0", "0", "1", "1"]
    assert release["Capacity released"][-1] == "242.436413"
    reach = next(
        row
        for row in rows(tables["reallocation"])
        if row[2:4] == ["Effect at work (reach after lag)", "P1"]
    )
    assert reach[4:] == ["%", "0", "40", "80", "80", "80", "80"]
    part = next(row for row in rows(tables["reallocation"]) if row[2:4] == ["Part bought", "P1"])
    assert part[5] == ""


def test_without_a_result_there_are_only_the_findings():
    case = case_of(setup=setup(0), partners=[ICB, ICB])
    assert rows(postings_csv(case)) == [list(LEDGER)]
    assert list(tables_csv(case)) == ["checks"] and "there twice" in tables_csv(case)["checks"]
