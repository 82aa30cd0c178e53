"""The bad input that a pool's officers meet: each is a finding with its cell, and the rest of the
work goes on.

`bad_input.yaml` has two overspent funds with a rule each. Beds is £11,000 over in 2025/26 (111,000
− 100,000): contingency 1,000, then 60/40 of 10,000 is 6,000 and 4,000. Home care is £4,000 over,
half each. The figures are by hand.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from icbudget import tasks
from icbudget.findings import Severity
from tests.cli.test_broken_workbooks import free, inputs_only, opened, placed, put, run, spoiled
from tests.workbook.opened import with_sheets

PLAN = Path(__file__).parent / "bad_input.yaml"


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return inputs_only(PLAN, tmp_path_factory.mktemp("sound") / "pools.xlsx")


def rows(path):
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


def shared(folder, pool, year="2025/26"):
    """What each part of a pool's variance came to in a year, by figure and partner, as the CSV
    says; zeros, and the years added up to date, left out.
    """
    (path,) = folder.glob("*-risk-shared.csv")
    told = {
        (r["Figure"].split(" (")[0], r["Partner id"]): r
        for r in rows(path)
        if r["Pool id"] == pool and r["Unit"] == "£" and not r["Figure"].endswith(", to date")
    }
    return {key: float(r[year]) for key, r in told.items() if float(r[year])}


HOME = {
    ("Variance", "All"): 4000,
    ("Share of the variance", "icb"): 2000,
    ("Share of the variance", "council"): 2000,
}
BEDS_OPEN = {("Variance", "All"): 11_000, ("Not shared by any rule", "None"): 11_000}


def added(sheet, **cells):
    """A row below a sheet's figures, by heading."""

    def spoil(book):
        row = free(book, sheet)
        for heading, value in cells.items():
            put(sheet, heading, row, value)(book)

    return spoil


@pytest.mark.parametrize(
    ("spoil", "place", "words"),
    [
        (
            put("Risk share", "Share (%)", 8, 0.3),
            "Risk share!{Share (%)}8",
            "add up to 90%, not 100%",
        ),
        (
            put("Risk share", "Cap (£)", 7, -1),
            "Risk share!{Cap (£)}7",
            "Cap is -1.00; it must be at least 0",
        ),
        (put("Risk share", "Partner", 8, None), "Risk share!{Partner}8", "a row has no partner"),
        (
            put("Risk share", "Partner", 8, "counsil"),
            "Risk share!{Partner}8",
            "“counsil”, which is not in Partners",
        ),
        (
            put("Risk share", "Share (%)", 7, "£2.%"),
            "Risk share!{Share (%)}7",
            "the text “£2.%”, not a number",
        ),
        (
            put("Risk share", "Amount (£)", 6, "£2.%"),
            "Risk share!{Amount (£)}6",
            "the text “£2.%”, not a number",
        ),
        (
            put("Risk share", "Amount (£)", 6, None),
            "Risk share!{Amount (£)}6",
            "contingency without a funding line and without an amount",
        ),
        (
            put("Risk share", "Basis", 8, "contributions"),
            "Risk share!{Basis}8",
            "rows with different bases",
        ),
        (put("Risk share", "Partner", 8, "icb"), "Risk share!{Risk share}8", "is there twice"),
        (put("Risk share", "Step", 7, 0), "Risk share!{Step}7", "Step is 0; it must be at least 1"),
        (
            put("Pools", "Risk share", 6, "bed rules"),
            "Pools!{Risk share}6",
            "“bed rules”, which is not in Risk share",
        ),
    ],
)
def test_a_rule_that_cannot_be_used_is_set_aside_whole_and_the_figures_go_on(
    sound, tmp_path, capsys, spoil, place, words
):
    path, out = spoiled(sound, tmp_path, spoil), tmp_path / "out"
    code, printed = run(capsys, "report", path, "--tables", "--out", out)
    assert (
        code == 1
        and words in printed
        and placed(opened(path), place) in printed
        and "Traceback" not in printed
    )
    assert shared(out, "beds") == BEDS_OPEN, "no share is guessed"
    assert shared(out, "home") == HOME, "the other rule is untouched"
    stops = [f for f in tasks.check(path).findings if f.severity is Severity.ERROR]
    assert (
        len(stops) == 1
        and stops[0].fix
        and ("set aside" in stops[0].message or stops[0].place.sheet == "Pools")
    )


def test_a_row_that_does_not_say_which_rule_it_is_of_sets_every_rule_aside(sound, tmp_path, capsys):
    path, out = spoiled(sound, tmp_path, put("Risk share", "Risk share", 7, None)), tmp_path / "out"
    assert run(capsys, "report", path, "--tables", "--out", out)[0] == 1
    assert shared(out, "beds") == BEDS_OPEN
    assert shared(out, "home") == {
        ("Variance", "All"): 4000,
        ("Not shared by any rule", "None"): 4000,
    }


def test_the_results_say_check_and_come_out_again(sound, tmp_path, capsys):
    path, out = spoiled(sound, tmp_path, put("Risk share", "Cap (£)", 7, -1)), tmp_path / "out"
    code, printed = run(capsys, "run", path, "--out", out)
    assert (
        code == 1
        and "Wrote" in printed
        and "cannot be used, so nobody bears the overspend of Beds" in printed
    )
    checks = with_sheets(out / "spoiled-results.xlsx", "Checks", values=True)["Checks"]
    assert checks["B5"].value.startswith("1 error · "), "the master check counts the cap"
    opened, comparison = tasks.verify(out / "spoiled-results.xlsx")
    differences = comparison.findings
    assert opened.sound and not differences


def test_a_scenario_that_breaks_a_rule_is_refused_at_its_own_cell(sound, tmp_path, capsys):
    def spoil(book):
        row = free(book, "Scenarios")
        for heading, value in zip(
            ("Scenario", "Order", "Path", "Value"),
            ("Bad", 1, "risk_shares/bed rule|icb|2/cap", "-1"),
            strict=True,
        ):
            put("Scenarios", heading, row, value)(book)

    code, printed = run(
        capsys,
        "run",
        spoiled(sound, tmp_path, spoil),
        "--scenario",
        "Bad",
        "--out",
        tmp_path / "out",
    )
    assert (
        code == 1
        and "Scenarios!D6" in printed
        and "Cap is -1" in printed
        and not (tmp_path / "out").exists()
    )


V = {
    "Virement": "V1",
    "Year": "2025/26",
    "Month": 2,
    "Amount (£)": 400,
    "Authority": "partnership_board",
    "Approved by": "Board",
}
A = {"Year": "2025/26", "Month": 2, "Actual (£)": 400}


@pytest.mark.parametrize(
    ("spoil", "place", "words"),
    [
        (
            added("Virements", **V, **{"From scheme": "H", "To scheme": "O", "Partner": "council"}),
            "Virements!{Month}6",
            "one of its pools had closed by then",
        ),
        (
            added("Virements", **V, **{"From scheme": "H", "To scheme": "D", "Partner": "council"}),
            "Virements!{Capital permission}6",
            "crosses between capital and revenue",
        ),
        (
            added("Virements", **V | {"Month": 13}, **{"From scheme": "H", "To scheme": "B"}),
            "Virements!{Month}6",
            "Month is 13; it must be at most 12. The row is set aside.",
        ),
        (
            added(
                "Virements", **V | {"Amount (£)": "£2.%"}, **{"From scheme": "H", "To scheme": "B"}
            ),
            "Virements!{Amount (£)}6",
            "the text “£2.%”, not a number. The row is set aside.",
        ),
        (added("Actuals", **A, Scheme="X"), "Actuals!{Scheme}10", "X"),
        (added("Actuals", **A | {"Month": 13}, Scheme="B"), "Actuals!{Month}10", "Month is 13"),
        (
            added("Actuals", **A | {"Month": 3, "Actual (£)": "£2.%"}, Scheme="B"),
            "Actuals!{Actual (£)}10",
            "the text “£2.%”",
        ),
        (
            added(
                "Forecasts",
                **{
                    "Year": "2025/26",
                    "Month made": 2,
                    "Scheme": "B",
                    "Forecast outturn (£)": "£2.%",
                },
            ),
            "Forecasts!{Forecast outturn (£)}6",
            "the text “£2.%”, not a number. The row is set aside.",
        ),
    ],
)
def test_what_is_wrong_in_the_year_has_a_finding_and_the_figures_go_on(
    sound, tmp_path, capsys, spoil, place, words
):
    path, out = spoiled(sound, tmp_path, spoil), tmp_path / "out"
    code, printed = run(capsys, "report", path, "--tables", "--out", out)
    assert (
        code == 0
        and words in printed
        and placed(opened(path), place) in printed
        and "Traceback" not in printed
    )
    assert shared(out, "home") == HOME
    assert run(capsys, "check", path)[0] == 1


@pytest.mark.parametrize(
    ("content", "taken", "said"),
    [
        ("Code,Amount,Period\nB,£2.%,3\nB,100,3\n".encode(), 1, "line 2: “£2.%” is not an amount"),
        (
            b"Code,Amount,Period\nB,100,13\nB,100,3\n",
            1,
            "line 2: month 13 is not a month of the year",
        ),
        (b"Code,Amount,Period\nX,100,3\nB,100,3\n", 1, "line 2"),
        (b"Code,Amount,Period\nB,1,234.56,3\nB,100,3\n", 1, "line 2"),
        (b'Code,Amount,Period\nB,"1,234.56",3\n', 1, "taken 1 row, £1,234.56"),
        ("Code,Amount,Period\nB,£100,3\n".encode("cp1252"), 1, "taken 1 row, £100.00"),
        ("Code\tAmount\tPeriod\nB\t(100)\t3\n".encode("utf-16"), 1, "taken 1 row, −£100.00"),
        ("Code;Amount;Period\nB;£100;Jun-25\n\n\nTotal;100;\n".encode("utf-8-sig"), 1, "line 5"),
    ],
)
def test_a_ledger_is_read_or_its_rows_are_rejected_with_their_line(
    tmp_path, capsys, content, taken, said
):
    (tmp_path / "ledger.csv").write_bytes(content)
    (tmp_path / "map.yaml").write_text(
        "columns: {code: Code, amount: Amount, period: Period}\n", encoding="utf-8"
    )
    told = run(
        capsys, "monitor", PLAN, "--ledger", tmp_path / "ledger.csv", "--map", tmp_path / "map.yaml"
    )[1]
    assert said in told and "Traceback" not in told
    rows = "1 row" if taken == 1 else f"{taken} rows"
    assert f"taken {rows}, " in told
    is_rejected = said.startswith("line ")
    not_taken = ", and what is rejected is not in the actuals" if is_rejected else ""
    assert f"The totals agree{not_taken}." in told
    assert "Monitoring" in told, "the table comes all the same"


def test_a_ledger_in_the_wrong_encoding_is_told_and_the_plan_s_own_actuals_stand(tmp_path, capsys):
    (tmp_path / "ledger.csv").write_bytes("Code,Amount,Period\nB,£100,3\n".encode("cp1252"))
    (tmp_path / "map.yaml").write_text(
        "encoding: utf-8\ncolumns: {code: Code, amount: Amount, period: Period}\n", encoding="utf-8"
    )
    code, printed = run(
        capsys, "monitor", PLAN, "--ledger", tmp_path / "ledger.csv", "--map", tmp_path / "map.yaml"
    )
    assert (
        code == 1
        and "cannot be read as text (utf-8)" in printed
        and "Monitoring" in printed
        and "111,000" in printed
    )
