"""The answers about a plan, through every host: figures by hand from `tables.py`, problems with
their table, row and column.
"""

from __future__ import annotations

import datetime as dt
import gc
import json
import random
import sys
import types
from dataclasses import replace

import pytest

from icbudget.excel import answer_functions
from icbudget.excel.coerce import InputProblem
from icbudget.excel.registry import functions
from icbudget.excel.worksheet_function import run
from tests.benchmarks.test_server_speed import BOOKS, tables_in
from tests.excel.conftest import PASS_ERRORS
from tests.excel.hosts import Refused
from tests.excel.tables import arguments, small_plan

YEARS = ["2024/25", "2025/26", "2026/27"]
PLAN_IDS = [id for id, f in functions().items() if f.arguments[0].name == "setup"]


def ask(host, id, tables):
    return host.ask(id, *arguments(id, tables))


def with_setting(tables, name, value):
    tables["setup"] = [row for row in tables["setup"] if row[0] != name] + [[name, value, None]]
    return tables


def test_income_is_rolled_forward_and_set_amounts_override(host):
    assert ask(host, "ICB_FUNDING", small_plan()) == [
        ["Pool", "Partner", "Source", "Line", "Kind", "Unit", *YEARS],
        [
            "bcf",
            "icb",
            "NHS Minimum Contribution",
            "Line 1",
            "Contribution",
            "£",
            11_651_150,
            12_310_605,
            12_310_605,
        ],
        [
            "bcf",
            "council",
            "Additional LA Contribution",
            "Line 1",
            "Contribution",
            "£",
            1_000_000,
            1_000_000,
            1_200_000,
        ],
    ]


def test_activity_and_payment_follow_what_is_avoided(host):
    rows = {row[1]: row[3:] for row in ask(host, "ICB_ACUTE", small_plan())}
    assert rows["Plan activity"] == [1000, 950, 900]
    assert rows["Plan payment"] == [2_000_000, 1_900_000, 1_800_000]


def test_the_release_is_cash_in_parts_and_the_rest_is_stranded(host):
    # Variable 30 % of 50 and 100 × £2,000. A block of 40 closes once demand stayed down a year: 30
    # % × £2,000 × 40.
    rows = {row[1]: row[3:] for row in ask(host, "ICB_RELEASE", small_plan())}
    assert rows["Contract saving"] == [0, 100_000, 200_000]
    assert rows["Variable cost released"] == [0, 30_000, 60_000]
    assert rows["Semi-fixed cost released"] == [0, 0, 24_000]
    assert rows["Stranded cost"] == [0, 70_000, 116_000]


@pytest.mark.parametrize("id", PLAN_IDS)
def test_every_answer_is_one_rectangle_under_its_headings(host, id):
    rows = ask(host, id, small_plan())
    assert len({len(row) for row in rows}) == 1
    assert all(isinstance(heading, str) and heading for heading in rows[0])
    assert all(isinstance(cell, (str, int, float)) for row in rows for cell in row)


def test_the_order_of_columns_and_spare_blank_rows_change_nothing():
    shuffled = small_plan()
    rng = random.Random(7)
    for name, rows in shuffled.items():
        if rows and name != "setup":
            order = rng.sample(range(len(rows[0])), len(rows[0]))
            shuffled[name] = [[row[at] for at in order] for row in rows] + [[None] * len(order)] * 3
    for id in set(PLAN_IDS) - {"ICB_CHECKS"}:
        function = functions()[id]
        found, expected = (
            run(function, arguments(id, tables)) for tables in (shuffled, small_plan())
        )
        if id == "ICB_CHECKLIST":  # tells where a cell is, as the checks do
            where = expected[0].index("Where")
            found, expected = (
                [row[:where] + row[where + 1 :] for row in rows] for rows in (found, expected)
            )
        assert found == expected, id


def test_an_empty_cell_or_range_for_a_table_is_no_table(host):
    tables = small_plan() | {
        "minimums": [[None]],
        "moves": [[None, None], [None, None]],
        "shifts": 0.0,
    }
    assert ask(host, "ICB_AVOIDED", tables)[1][4:] == [0, 50, 100]


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "message"),
    [
        (
            "acute_lines",
            1,
            7,
            "about 2,000",
            (
                "Acute, row 1, column Unit price (£ a unit): Unit price is the text “about 2,000”,"
                " not a number. Whatever rests on it is not known until this is corrected. Type a"
                " number, or leave the cell blank if there is none."
            ),
        ),
        (
            "contributions",
            3,
            1,
            "council 2",
            (
                "Funding, row 3, column Partner: Partner names “council 2”, which is not in"
                " Partners. Did you mean “council”?"
            ),
        ),
        (
            "programme_years",
            2,
            1,
            "Fixed costs",
            (
                "Prevention by year, row 2, column Figure: There is no figure “Fixed costs”. Choose"
                " one of: People; Cohort; Reach; Fixed cost; Double running; Exit cost; QALYs;"
                " Capacity."
            ),
        ),
        (
            "setup",
            1,
            1,
            2.5,
            "Setup, column Horizon: Horizon is 2.5, not a whole number. Type a whole number.",
        ),
    ],
)
def test_a_problem_names_table_row_and_column(host, table, row, column, value, message):
    tables = small_plan()
    tables[table][row][column] = value
    with pytest.raises(Refused) as refused:
        ask(host, "ICB_ACUTE", tables)
    assert str(refused.value) == message


def test_of_several_problems_the_first_is_told_with_the_number_of_the_others(host):
    tables = small_plan()
    tables["acute_lines"][1][7] = tables["acute_lines"][1][8] = tables["programmes"][1][3] = "?"
    with pytest.raises(
        Refused, match=r"^Acute, row 1, column Unit price .* \(and 2 more: see Checks\)$"
    ):
        ask(host, "ICB_BRIDGE", tables)
    findings = [row for row in ask(host, "ICB_CHECKS", tables) if row[0] == "Error"]
    assert [row[1] for row in findings] == [
        "Acute, row 1, column Unit price (£ a unit)",
        "Acute, row 1, column Unit cost",
        "Prevention, row 1, column Effect",
    ]


@pytest.mark.parametrize(
    ("setup", "first"),
    [
        (None, ["Error", "Setup", "There is no Setup."]),
        (
            [["Horizon", 2.0], ["Title", "x"]],
            ["Error", "Setup", "Setup has no columns Setting and Value."],
        ),
        (
            [["Setting", "Value"], ["Base year", "2024/25"], ["Horizon", 1.0]],
            ["Error", "Setup", "Title is blank and is needed."],
        ),
    ],
)
def test_checks_are_given_even_where_there_is_no_plan(host, setup, first):
    tables = small_plan() | {"setup": setup}
    assert first in [row[:3] for row in ask(host, "ICB_CHECKS", tables)]
    with pytest.raises(Refused, match=f"^Setup: {first[2]}"):
        ask(host, "ICB_FUNDING", tables)


def test_a_table_taken_without_its_headings_says_how_to_take_it(host):
    tables = small_plan()
    del tables["partners"][0]
    with pytest.raises(
        Refused, match=r"^Partners: The first row holds none .* as in Table\[#All\]\. \(and "
    ):
        ask(host, "ICB_ACUTE", tables)


def test_two_tables_swapped_are_told_and_not_taken_for_each_other(host):
    tables = small_plan()
    tables["pools"], tables["contributions"] = tables["contributions"], tables["pools"]
    with pytest.raises(
        Refused,
        match=r"^Pools: This is the table Funding, not Pools\. Put each table in its own place: ",
    ):
        ask(host, "ICB_FUNDING", tables)
    told = [row[1:3] for row in ask(host, "ICB_CHECKS", tables) if row[0] == "Error"]
    assert told[:2] == [
        ["Pools", "This is the table Funding, not Pools."],
        ["Funding", "This is the table Pools, not Funding."],
    ]


def test_cells_merged_over_two_rows_leave_the_second_blank_and_are_told(host):
    tables = small_plan()
    tables["contributions"][3][1] = None
    with pytest.raises(Refused, match=r"^Funding, row 3, column Partner: .*blank"):
        ask(host, "ICB_FUNDING", tables)


@pytest.mark.parametrize("host", PASS_ERRORS, indirect=True)
def test_an_error_value_in_a_table_is_a_problem_not_a_blank(host):
    tables = small_plan()
    tables["contributions"][1][4] = "#REF!"
    with pytest.raises(
        Refused,
        match=r"^Funding, row 1, column Base amount \(£\): Base amount holds the Excel error #REF!",
    ):
        ask(host, "ICB_FUNDING", tables)


def test_a_scenario_is_laid_over_the_plan(host):
    tables = with_setting(small_plan(), "Active scenario", "half")
    tables["scenarios"] = [
        ["Scenario", "Order", "Path", "Value"],
        ["half", 1.0, "programmes/falls/effect", "0.25"],
    ]
    assert ask(host, "ICB_AVOIDED", tables)[1][4:] == [0, 25, 50]


def test_dates_are_read_as_each_host_passes_them(host):
    told = {"run": dt.datetime(2026, 3, 2), "classic": dt.datetime(2026, 3, 2, tzinfo=dt.UTC)}.get(
        host.name, 46083.0
    )
    tables = small_plan()
    tables["contributions"][0].append("Date read")
    for row, value in zip(tables["contributions"][1:], [told, None, None], strict=True):
        row.append(value)
    assert ask(host, "ICB_FUNDING", tables)[1][6] == 11_651_150


def test_tables_that_only_python_takes_for_equal_are_kept_apart():
    acute, tables = functions()["ICB_ACUTE"], small_plan()
    tables["acute_lines"][1][7] = 1.0
    assert run(acute, arguments("ICB_ACUTE", tables))[3][3:] == [1, 1, 1]
    tables["acute_lines"][1][7] = True
    with pytest.raises(InputProblem, match="Unit price is TRUE, not a number"):
        run(acute, arguments("ICB_ACUTE", tables))


def test_one_reading_serves_every_answer_of_a_calculation(monkeypatch):
    read = []
    monkeypatch.setattr(
        answer_functions,
        "_examine",
        lambda given, really=answer_functions._examine: read.append(1) or really(given),
    )
    forget()
    tables = small_plan()
    for id in PLAN_IDS:
        run(functions()[id], arguments(id, tables))
    assert len(read) == 1


def forget():
    answer_functions._examinations.clear()
    answer_functions._calculations.clear()


@pytest.mark.parametrize("id", ["ICB_ACUTE", "ICB_SIMULATE"])
def test_an_answer_is_worked_out_once_for_the_same_tables(monkeypatch, id):
    asked = []
    real = next(a for a in answer_functions.ANSWERS if a.excel_id == id)
    counted = replace(real, build=lambda case: asked.append(1) or real.build(case))
    monkeypatch.setattr(
        answer_functions,
        "ANSWERS",
        tuple(counted if a.excel_id == id else a for a in answer_functions.ANSWERS),
    )
    forget()
    function, tables = answer_functions.answer_function(counted), small_plan()
    told = [run(function, arguments(id, tables)) for _ in range(3)]
    assert told[0] == told[1] == told[2]
    assert len(asked) == 1
    tables["acute_lines"][1][7] = 7.0
    run(function, arguments(id, tables))
    assert len(asked) == 2


def test_an_answer_that_fails_is_told_to_who_asks_for_it_and_spoils_no_other(monkeypatch):
    def fail(case):
        raise ZeroDivisionError

    broken = [
        replace(a, build=fail) if a.excel_id == "ICB_ACUTE" else a for a in answer_functions.ANSWERS
    ]
    monkeypatch.setattr(answer_functions, "ANSWERS", tuple(broken))
    forget()
    tables = small_plan()
    for answer in broken:
        function = answer_functions.answer_function(answer)
        if answer.excel_id == "ICB_ACUTE":
            for _ in range(2):
                with pytest.raises(ZeroDivisionError):
                    run(function, arguments(answer.excel_id, tables))
        else:
            assert run(function, arguments(answer.excel_id, tables))
    forget()


def test_what_is_kept_of_a_plan_is_a_fraction_of_what_it_took():
    """Of a plan of 5,100 cells with all answers less than 2 MB stay; with the blocks and the places
    it would be 3.
    """
    tables = tables_in(BOOKS[0])
    kept = []
    for amount in (1_000_000.0, 1_000_001.0):
        given = json.loads(json.dumps(tables))
        given["contributions"][1][given["contributions"][0].index("Base amount (£)")] = amount
        for id in PLAN_IDS:
            run(functions()[id], arguments(id, given))
        kept.append(next(reversed(answer_functions._calculations._kept.values()))[0].result())
    assert held(kept[1], beside=kept[0]) < 2_000_000


def held(thing, beside):
    """Bytes of everything that is reached from a thing and not from another: what they share is
    held anyway.
    """
    counted, sizes = set(), []
    for root in (beside, thing):
        waiting, size = [root], 0
        while waiting:
            found = waiting.pop()
            if id(found) not in counted and not isinstance(
                found, (type, types.ModuleType, types.FunctionType)
            ):
                counted.add(id(found))
                size += sys.getsizeof(found)
                waiting.extend(gc.get_referents(found))
        sizes.append(size)
    return sizes[1]


def test_recalculating_again_and_again_takes_no_more_memory(monkeypatch):
    """Once as many plans are kept as may be, the next takes the place of the oldest with all that
    hangs on it.
    """
    monkeypatch.setattr(
        answer_functions, "_calculations", answer_functions.Memo(most=3, most_cells=500_000)
    )

    def alive_after(prices):
        for price in prices:
            tables = small_plan()
            tables["acute_lines"][1][7] = float(price)
            for id in PLAN_IDS:
                run(functions()[id], arguments(id, tables))
        gc.collect()
        return len(gc.get_objects())

    before = alive_after(range(1, 13))
    assert alive_after(range(13, 19)) < 1.01 * before


def test_a_changed_answer_does_not_change_what_is_kept():
    acute, given = functions()["ICB_ACUTE"], arguments("ICB_ACUTE", small_plan())
    first = run(acute, given)
    first[1][3] = -1.0
    assert run(acute, given)[1][3] == 1000


def explained(host, figure, tables):
    return host.ask("ICB_EXPLAIN", figure, *arguments("ICB_CHECKS", tables))


def test_a_figure_is_explained_with_its_postings_and_where_they_come_from(host):
    heading, *rows = explained(host, "bcf / 2025/26 / icb / contribution", small_plan())
    assert heading == ["Part", "What", "How, or where from", "Unit", "Value"]
    kind, posting, *rests = rows
    assert (
        kind[:2] + kind[3:] == ["Kind", "contribution", "£", 12_310_605]
        and "(1 + index)" in kind[2]
    )
    assert (
        posting[1] == "2025/26, icb, bcf, NHS Minimum Contribution, NHS Minimum Contribution 1"
        and posting[4] == 12_310_605
    )
    told = {row[1]: row for row in rests}
    assert told["Funding bcf|icb|NHS Minimum Contribution|1: Base amount"][4] == "£11,651,150.00"
    assert told["Funding bcf|icb|NHS Minimum Contribution|1: Base amount"][2].startswith(
        "Funding, row 1, column Base amount"
    )
    assert any(row[4] == "5.6600%" for row in rests)


def test_a_name_that_is_not_in_the_plan_is_told_with_the_nearest(host):
    _, row = explained(host, "bfc / 2025/26", small_plan())
    assert row[0] == "Not found" and row[1] == "bfc (did you mean bcf?)"


def test_a_blank_question_is_refused(host):
    with pytest.raises(Refused, match=r"figure is blank\. Type what is meant\."):
        explained(host, "", small_plan())


def test_an_answer_that_is_not_known_whole_is_an_error_that_names_the_cell_and_the_others_are_given():
    tables = small_plan()
    acute, funding = functions()["ICB_ACUTE"], functions()["ICB_FUNDING"]
    whole = run(acute, arguments("ICB_ACUTE", tables))
    tables["contributions"][1][tables["contributions"][0].index("Base amount (£)")] = "£2.%"
    with pytest.raises(
        InputProblem,
        match=r"Funding, row 1, column Base amount \(£\): Base amount is the text “£2\.%”",
    ):
        run(funding, arguments("ICB_FUNDING", tables))
    assert run(acute, arguments("ICB_ACUTE", tables)) == whole
