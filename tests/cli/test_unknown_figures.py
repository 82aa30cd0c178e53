"""A figure that nobody can read: its finding, and every figure that does not rest on it, to the
penny; the others are not known.

The plan is that of `test_bad_input`: Beds is £11,000 over in 2025/26 and Home care £4,000. Here the
contribution to Home care is “£2.%”, so what Home care has, is over by and shares is not known, nor
is anything that adds it up; Beds is as it was.
"""

from __future__ import annotations

import json

import pytest

from icbudget import tasks
from tests.cli.test_bad_input import PLAN, rows
from tests.cli.test_broken_workbooks import cell, inputs_only, opened, placed, put, run, spoiled
from tests.workbook.opened import with_sheets
from tests.workbook.xml_book import Book

BEDS = {
    ("Variance (overspend positive)", "All"): 11_000,
    ("Met from contingency", "None"): 1_000,
    # The contingency names no funding line, so its £1,000 is an assumption (model.md §8).
    ("Of it assumed: no funding line", "None"): 1_000,
    # The first year to date is that year: 11,000; 60/40 of 11,000 - 1,000.
    ("Variance (overspend positive), to date", "All"): 11_000,
    ("Share of the variance, to date", "icb"): 6_000,
    ("Share of the variance, to date", "council"): 4_000,
    ("Share of the variance", "icb"): 6_000,
    ("Share of the variance", "council"): 4_000,
}
WORDS = (
    "Base amount is the text “£2.%”, not a number. Whatever rests on it is not known until this is"
    " corrected."
)


@pytest.fixture(scope="module")
def garbled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("garbled")
    return spoiled(
        inputs_only(PLAN, folder / "pools.xlsx"),
        folder,
        put("Funding", "Base amount (£)", 7, "£2.%"),
    )


@pytest.fixture(scope="module")
def results(garbled, tmp_path_factory):
    out = tmp_path_factory.mktemp("results")
    assert len(tasks.run(garbled, out)[1]) == 3
    return out / "spoiled-results.xlsx"


def test_the_finding_and_everything_that_does_not_rest_on_the_figure(garbled, tmp_path, capsys):
    code, printed = run(capsys, "report", garbled, "--tables", "--out", tmp_path)
    assert (
        code == 1
        and WORDS in printed
        and placed(opened(garbled), "Funding!{Base amount (£)}7") in printed
    )
    income = {r["Pool id"]: r["2025/26"] for r in rows(tmp_path / "spoiled-income.csv")}
    assert income == {"beds": "100000.00", "home": "not known", "dfg": "50000.00", "old": "5000.00"}
    shared = rows(tmp_path / "spoiled-risk-shared.csv")
    beds = {
        (r["Figure"], r["Partner id"]): float(r["2025/26"])
        for r in shared
        if r["Pool id"] == "beds" and r["Unit"] == "£"
    }
    assert {key: value for key, value in beds.items() if value} == BEDS
    home = {
        r["Figure"]: r["2025/26"] for r in shared if r["Pool id"] == "home" and r["Unit"] == "£"
    }
    assert home["Variance (overspend positive)"] == home["Share of the variance"] == "not known"


def test_totals_are_error_values_and_the_master_check_counts_what_is_not_known(results):
    book = with_sheets(results, "Income", "Checks", "Funding", "Balances", values=True)
    lines = book["Income"].iter_rows(min_row=7, max_row=20)
    totals = {row[0].value: [c.value for c in row[1:] if c.value is not None] for row in lines}
    assert totals["Put into pools, in kind included"][-2:] == ["#N/A", "#N/A"] and totals["Beds"][
        -2:
    ] == [100_000, 100_000]
    assert totals["Home care"][-2:] == ["#N/A", "#N/A"], "no total skips what is not known"
    master = book["Checks"]["B5"].value
    assert master.startswith("1 error · "), "the master check counts the cell"
    compared = [row[0] for row in book["Checks"].iter_rows(min_row=14, values_only=True)]
    assert "CHECK" not in compared and "differ" not in master, "nobody knows that they differ"
    unknown = compared.count("NOT KNOWN")
    assert unknown > 5 and master.endswith(f" · {unknown} totals are not known")
    assert cell(book, "Funding", "Base amount (£)", 7).value == "#N/A"
    assert (
        "“£2.%”"
        in cell(with_sheets(results, "Funding"), "Funding", "Base amount (£)", 7).comment.text
    )
    shows = f"{book['Income']['A2'].value} {book['Income']['A3'].value}"
    assert "rests on Funding!" in shows
    figures = [row[0] for row in book["Balances"].values if row[0]]
    assert (
        "Money in by source, as planned, with aligned money; what is not known is left out"
    ) in figures, "no chart is short in silence"


def test_the_results_come_out_again_and_a_figure_in_the_place_of_an_unknown_one_is_told(
    results, tmp_path, capsys
):
    opened, comparison = tasks.verify(results)
    differences = comparison.findings
    assert opened.answered and not opened.sound and not differences
    page = with_sheets(results, "Income")["Income"]
    spot = next(c for row in page.iter_rows(min_row=16) for c in row if c.value == "=NA()")
    book = Book(results.read_bytes())
    book["Income"].cell(spot.row, spot.column).value = 0
    book.save(tmp_path / "changed.xlsx")
    code, printed = run(capsys, "verify", tmp_path / "changed.xlsx")
    assert code == 1 and f"Income!{spot.coordinate}" in printed and "but it is not known" in printed


def test_json_says_not_known(garbled, tmp_path, capsys):
    code, printed = run(capsys, "run", garbled, "--json", "--out", tmp_path)
    answers = json.loads(printed)["answers"]
    home = next(row for row in answers["income"] if row[0] == "Home care")
    assert code == 1 and home[-2:] == ["not known", "not known"]


def test_report_and_paper_say_what_is_not_known_and_give_the_rest(garbled, tmp_path, capsys):
    assert run(capsys, "report", garbled, "--paper", "--out", tmp_path)[0] == 1
    for name in ("report", "paper"):
        page = (tmp_path / f"spoiled-{name}.html").read_text(encoding="utf-8")
        assert (
            "rests on Funding!" in page
            and "not known" in page
            and "Step 1: up to £1,000".lower() in page.lower()
        )
        assert (
            "nan"
            not in page.replace("finance", "")
            .replace("Finance", "")
            .split("<body")[1]
            .lower()
            .split()
        ), name
    report = (tmp_path / "spoiled-report.html").read_text(encoding="utf-8")
    assert "Beds, Additional NHS Contribution: over-committed by £22,000 in 2026/27." in report
    assert "Home care, Additional LA Contribution: over-committed" not in report


def test_the_month_is_reported_and_only_what_is_known_is_kept(garbled, tmp_path, capsys):
    code, printed = run(capsys, "monitor", garbled, "--out", tmp_path)
    assert code == 1 and "not known" in printed
    kept = {
        r["Scheme"]: r["Forecast outturn (£)"]
        for r in rows(tmp_path / "spoiled-forecasts-to-keep.csv")
    }
    assert {name: float(amount) for name, amount in kept.items() if name in "BH"} == {
        "B": 111_000,
        "H": 204_000,
    }


def test_commands_that_need_every_figure_decline_and_name_the_cell(garbled, tmp_path, capsys):
    for command in ("simulate", "optimise"):
        code, printed = run(capsys, command, garbled, "--out", tmp_path / command)
        assert code == 1 and WORDS in printed and not (tmp_path / command).exists()
    code, printed = run(capsys, "compare", garbled, PLAN, "--out", tmp_path / "compared")
    assert code == 1 and "so there are no figures to compare" in printed and WORDS in printed


def test_a_batch_lists_the_plan_and_does_not_roll_it_up(garbled, tmp_path):
    (tmp_path / "plans").mkdir()
    for name, file in (("whole.yaml", PLAN), ("garbled.xlsx", garbled)):
        (tmp_path / "plans" / name).write_bytes(file.read_bytes())
    told, _ = tasks.batch(tmp_path / "plans", tmp_path / "out", draws=10)
    assert {run.file: (run.state, run.ranges is None) for run in told.runs} == {
        "garbled.xlsx": ("errors", True),
        "whole.yaml": ("done", False),
    }
    assert any(WORDS in f["message"] for f in told.runs[0].findings)


def test_an_explanation_says_what_is_not_known(garbled, capsys):
    printed = run(capsys, "explain", garbled, "home / 2025/26")[1]
    assert "contribution: not known" in printed and "Base amount = not known at Funding!" in printed
    printed = run(capsys, "explain", garbled, "beds / 2025/26 / risk share")[1]
    assert (
        "Council bears £4,000 of the overspend of £11,000" in printed and "not known" not in printed
    )


@pytest.mark.parametrize(
    ("sheet", "heading"), [("Funding", "Partner"), ("Funding", "Pool"), ("Pools", "Host")]
)
def test_what_shapes_the_plan_still_stops_it(garbled, tmp_path, sheet, heading):
    opened, files = tasks.run(
        spoiled(garbled, tmp_path, put(sheet, heading, 7, "£2.%")), tmp_path / "out"
    )
    assert not files and any(f.stops for f in opened.findings)
