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

import pytest

from icbudget.answers.case import evaluate_draft
from icbudget.answers.catalogue import ACTIVITY, ANSWERS, BALANCES, CHECKS
from icbudget.excel import plan_functions, plan_store, plan_tables, plan_values
from icbudget.excel.answer_cache import Memo
from icbudget.glossary import GAIN
from tests.benchmarks.test_server_speed import BOOKS, tables_in
from tests.excel.conftest import PASS_ERRORS
from tests.excel.hosts import Refused, Registry
from tests.excel.tables import as_arguments, small_plan

YEARS = ["2024/25", "2025/26", "2026/27"]
TITLES = [answer.title for answer in ANSWERS]


def ask(host, title, tables):
    return host.ask("ICB_TABLE", plan_in(host, tables), title)


def plan_in(host, tables):
    """Return the handle of a plan of tables, made by the host."""
    return host.ask("ICB_PLAN", *as_arguments(tables))[0][0]


def table(tables, title):
    return ask(Registry(), title, tables)


def with_setting(tables, name, value):
    tables["setup"] = [row for row in tables["setup"] if row[0] != name] + [[name, value, None]]
    return tables


def test_income_is_rolled_forward_and_set_amounts_override(host):
    assert ask(host, "Income", small_plan()) == [
        ["Pool", "Partner", "Source", "Line", "Kind", "Pool id", "Partner id", "Unit", *YEARS],
        [
            "Better Care Fund",
            "Integrated care board",
            "NHS Minimum Contribution",
            "Line 1",
            "Contribution",
            "bcf",
            "icb",
            "£",
            11_651_150,
            12_310_605,
            12_310_605,
        ],
        [
            "Better Care Fund",
            "Borough council",
            "Additional LA Contribution",
            "Line 1",
            "Contribution",
            "bcf",
            "council",
            "£",
            1_000_000,
            1_000_000,
            1_200_000,
        ],
    ]


def test_activity_and_payment_follow_what_is_avoided(host):
    rows = {row[1]: row[4:] for row in ask(host, ACTIVITY.title, small_plan())}
    assert rows["Plan activity"] == [1000, 950, 900]
    assert rows["Plan payment"] == [2_000_000, 1_900_000, 1_800_000]


def test_the_release_is_cash_in_parts_and_the_rest_is_stranded(host):
    # Variable 30 % of 50 and 100 × £2,000. A block of 40 closes once demand stayed down a year: 30
    # % × £2,000 × 40.
    rows = {row[1]: row[4:] for row in ask(host, "Cash released", small_plan())}
    assert rows["Contract saving"] == [0, 100_000, 200_000]
    assert rows["Variable cost released"] == [0, 30_000, 60_000]
    assert rows["Semi-fixed cost released"] == [0, 0, 24_000]
    assert rows["Stranded cost"] == [0, 70_000, 116_000]


@pytest.mark.parametrize("title", TITLES)
def test_every_answer_is_one_rectangle_under_its_headings(host, title):
    rows = ask(host, title, small_plan())
    assert len({len(row) for row in rows}) == 1
    assert all(isinstance(heading, str) and heading for heading in rows[0])
    assert all(isinstance(cell, (str, int, float)) for row in rows for cell in row)


def test_the_order_of_tables_and_columns_and_spare_blank_rows_change_nothing():
    shuffled = small_plan()
    rng = random.Random(7)
    for name, rows in shuffled.items():
        if rows and name != "setup":
            order = rng.sample(range(len(rows[0])), len(rows[0]))
            shuffled[name] = [[row[at] for at in order] for row in rows] + [[None] * len(order)] * 3
    names = rng.sample(list(shuffled), len(shuffled))
    shuffled = {name: shuffled[name] for name in names}
    assert plan_in(Registry(), shuffled) == plan_in(Registry(), small_plan())
    for title in set(TITLES) - {"Checks", "Checklist"}:  # these tell where a cell is
        plan_values.forget()
        assert table(shuffled, title) == table(small_plan(), title), title


def test_an_empty_cell_or_range_for_a_table_is_no_table(host):
    tables = small_plan() | {
        "minimums": [[None]],
        "moves": [[None, None], [None, None]],
        "shifts": 0.0,
    }
    assert ask(host, "Avoided", tables)[1][6:] == [0, 50, 100]


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "message"),
    [
        (
            "acute_lines",
            1,
            7,
            "about 2,000",
            (
                "Activity lines, row 1, column Unit price (£ a unit): Unit price is the text “about 2,000”,"
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
                " Partners. Write “council” if that is meant, or add a row to Partners."
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
        ask(host, ACTIVITY.title, tables)
    assert str(refused.value) == message


def test_of_several_problems_the_first_is_told_with_the_number_of_the_others(host):
    tables = small_plan()
    tables["acute_lines"][1][7] = tables["acute_lines"][1][8] = tables["programmes"][1][3] = "?"
    with pytest.raises(
        Refused, match=r"^Activity lines, row 1, column Unit price .* \(and 2 more: see Checks\)$"
    ):
        ask(host, "Bridge", tables)
    findings = [row for row in ask(host, "Checks", tables) if row[0] == "Error"]
    assert [row[1] for row in findings] == [
        "Activity lines, row 1, column Unit price (£ a unit)",
        "Activity lines, row 1, column Unit cost",
        "Prevention, row 1, column Effect",
    ]


@pytest.mark.parametrize(
    ("setup", "first"),
    [
        (
            [["Setting", "Value"], ["Title", "A plan"], ["Horizon", 1.0]],
            ["Error", "Setup", "Base year is blank and is needed."],
        ),
        (
            [["Setting", "Value"], ["Base year", "2024/25"], ["Horizon", 1.0]],
            ["Error", "Setup", "Title is blank and is needed."],
        ),
    ],
)
def test_checks_are_given_even_where_there_is_no_plan(host, setup, first):
    tables = small_plan() | {"setup": setup}
    assert first in [row[:3] for row in ask(host, "Checks", tables)]
    with pytest.raises(Refused, match=f"^Setup: {first[2]}"):
        ask(host, "Income", tables)


def test_a_table_taken_without_its_headings_says_how_to_take_it(host):
    tables = small_plan()
    del tables["partners"][0]
    with pytest.raises(
        Refused,
        match=r"^Table 2, headed icb, Integrated care board, icb, is no table of a plan\. Give"
        r" whole tables with their headings, such as Funding\[#All\]",
    ):
        plan_in(host, tables)


def test_tables_are_known_by_their_headings_in_any_order(host):
    tables = small_plan()
    backwards = dict(reversed(list(tables.items())))
    assert plan_in(host, backwards) == plan_in(host, tables)


def test_cells_merged_over_two_rows_leave_the_second_blank_and_are_told(host):
    tables = small_plan()
    tables["contributions"][3][1] = None
    with pytest.raises(Refused, match=r"^Funding, row 3, column Partner: .*blank"):
        ask(host, "Income", tables)


@pytest.mark.parametrize("host", PASS_ERRORS, indirect=True)
def test_an_error_value_in_a_table_is_a_problem_not_a_blank(host):
    tables = small_plan()
    tables["contributions"][1][4] = "#REF!"
    with pytest.raises(
        Refused,
        match=r"^Funding, row 1, column Base amount \(£\): Base amount holds the Excel error #REF!",
    ):
        ask(host, "Income", tables)


def test_a_scenario_is_laid_over_the_plan(host):
    tables = with_setting(small_plan(), "Active scenario", "half")
    tables["scenarios"] = [
        ["Scenario", "Order", "Path", "Value"],
        ["half", 1.0, "programmes/falls/effect", "0.25"],
    ]
    assert ask(host, "Avoided", tables)[1][6:] == [0, 25, 50]


def test_dates_are_read_as_each_host_passes_them(host):
    told = {"run": dt.datetime(2026, 3, 2), "classic": dt.datetime(2026, 3, 2, tzinfo=dt.UTC)}.get(
        host.name, 46083.0
    )
    tables = small_plan()
    tables["contributions"][0].append("Date read")
    for row, value in zip(tables["contributions"][1:], [told, None, None], strict=True):
        row.append(value)
    assert ask(host, "Income", tables)[1][8] == 11_651_150


def test_tables_that_only_python_takes_for_equal_are_kept_apart():
    tables = small_plan()
    tables["acute_lines"][1][7] = 1.0
    assert table(tables, ACTIVITY.title)[3][4:] == [1, 1, 1]
    tables["acute_lines"][1][7] = True
    with pytest.raises(Refused, match="Unit price is TRUE, not a number"):
        table(tables, ACTIVITY.title)


def test_one_reading_serves_every_answer_of_a_calculation(monkeypatch):
    read = []
    really = plan_values.draft_of
    monkeypatch.setattr(plan_values, "draft_of", lambda given: read.append(1) or really(given))
    plan_values.forget()
    for title in TITLES:
        table(small_plan(), title)
    assert len(read) == 1  # for the plan's hash and for all answers


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.stem)
def test_a_table_with_an_edit_is_read_as_if_for_the_first_time_and_its_other_rows_stay(book):
    rng, given = random.Random(3), tables_in(book)

    def read():
        return plan_tables.draft_of(plan_tables.recognised(list(given.values())))

    plan_values.forget()
    before = read().plan.contributions
    amounts = given["contributions"]
    amounts[1][amounts[0].index("Base amount (£)")] = 7.0
    after = read().plan.contributions
    assert all(one is other for one, other in zip(before[1:], after[1:], strict=True))
    for _ in range(60):
        name = rng.choice([name for name, rows in given.items() if len(rows) > 2])
        row = rng.choice(given[name][1:])
        row[rng.randrange(len(row))] = rng.choice((None, 1, 1.0, True, "x", "2.%", row[0]))
        if rng.random() < 0.2:  # places move
            given[name].insert(1, [None] * len(row))
        edited = read()
        plan_values.forget()
        alone = read()
        for part in ("plan", "findings", "unread", "unknown", "numbers", "places"):
            assert getattr(edited, part) == getattr(alone, part), part


@pytest.mark.parametrize("title", [ACTIVITY.title, "Simulation"])
def test_an_answer_is_worked_out_once_for_the_same_content(monkeypatch, title):
    asked = []
    really = plan_values._built
    monkeypatch.setattr(
        plan_values,
        "_built",
        lambda answer, case: asked.append(answer.title) or really(answer, case),
    )
    plan_values.forget()
    tables = small_plan()
    found = [table(tables, title) for _ in range(3)]
    assert found[0] == found[1] == found[2]
    assert asked.count(title) == 1
    handle = plan_in(Registry(), tables)
    same = Registry().ask("ICB_WITH", handle, "falls / Effect", 0.25)[0][0]
    back = Registry().ask("ICB_WITH", same, "falls / Effect", 0.5)[0][0]
    assert back != handle
    assert Registry().ask("ICB_TABLE", back, title) == found[0]
    assert asked.count(title) == 1
    tables["acute_lines"][1][7] = 7.0
    table(tables, title)
    assert asked.count(title) == 2


@pytest.mark.parametrize(
    ("id", "worked_out", "more"),
    [("ICB_COMPARE", "compare", ["Low evidence"]), ("ICB_SIMULATE", "_simulated", [50.0, 7.0])],
)
def test_a_comparison_and_a_simulation_are_worked_out_once_for_the_same_content(
    monkeypatch, id, worked_out, more
):
    asked = []
    really = getattr(plan_functions, worked_out)
    monkeypatch.setattr(
        plan_functions, worked_out, lambda *given: asked.append(1) or really(*given)
    )
    plan_values.forget()
    handle = plan_in(Registry(), small_plan())
    found = [Registry().ask(id, handle, *more) for _ in range(3)]
    assert found[0] == found[1] == found[2] and len(asked) == 1
    other = Registry().ask("ICB_WITH", handle, "falls / Effect", 0.25)[0][0]
    assert Registry().ask(id, other, *more) != found[0]
    assert len(asked) == 2


def test_an_answer_that_fails_is_told_to_who_asks_for_it_and_spoils_no_other(monkeypatch):
    really = plan_values._built

    def packed(answer, case):
        if answer.title == ACTIVITY.title:
            raise ZeroDivisionError
        return really(answer, case)

    monkeypatch.setattr(plan_values, "_built", packed)
    plan_values.forget()
    for title in TITLES:
        if title == ACTIVITY.title:
            for _ in range(2):
                with pytest.raises(ZeroDivisionError):
                    table(small_plan(), title)
        else:
            assert table(small_plan(), title)
    plan_values.forget()


def test_what_is_kept_of_a_plan_is_a_fraction_of_what_it_took():
    """Of a plan of 5,100 cells with all answers less than 2.5 MB stay; with the blocks and the
    places it would be 4.
    """
    tables = tables_in(BOOKS[0])
    kept = []
    for amount in (1_000_000.0, 1_000_001.0):
        given = json.loads(json.dumps(tables))
        given["contributions"][1][given["contributions"][0].index("Base amount (£)")] = amount
        for title in TITLES:
            table(given, title)
        memos = (plan_values._calculations, plan_values._answers)
        kept.append([next(reversed(memo._kept.values()))[0] for memo in memos])
    assert held(kept[1], beside=kept[0]) < 2_500_000


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
    plan_values.forget()
    for memo in ("_calculations", "_cases", "_drafts", "_hashes", "_answers", "_worked_hashes"):
        monkeypatch.setattr(plan_values, memo, Memo(most=3, most_cells=500_000))
    monkeypatch.setattr(plan_store, "MOST_OF_ONE", 3)

    def alive_after(prices):
        for price in prices:
            tables = small_plan()
            tables["acute_lines"][1][7] = float(price)
            for title in TITLES:
                table(tables, title)
        gc.collect()
        return len(gc.get_objects())

    before = alive_after(range(1, 13))
    assert alive_after(range(13, 19)) < 1.01 * before


def test_a_case_that_went_is_put_together_from_what_was_worked_out(monkeypatch):
    """With the places of its cells, also of a plan with another order of columns."""
    host = Registry()
    tables = small_plan()
    other = {**tables, "programmes": [row[::-1] for row in tables["programmes"]]}

    def asked(of):
        handle = plan_in(host, of)
        titles = (BALANCES.title, CHECKS.title)
        answers = [host.ask("ICB_TABLE", handle, title) for title in titles]
        return answers, host.ask("ICB_FIGURE", handle, "nel / Unit cost")

    plan_values.forget()
    before = asked(tables)
    plan_values._cases.clear()
    plan_values._drafts.clear()
    monkeypatch.setattr(plan_values, "evaluate_draft", None)  # nothing is evaluated once more
    assert asked(tables) == before
    monkeypatch.undo()
    # The same plan laid out in another way is evaluated: its findings name other places.
    evaluated = []
    monkeypatch.setattr(
        plan_values,
        "evaluate_draft",
        lambda *a, **k: evaluated.append(evaluate_draft(*a, **k)) or evaluated[-1],
    )
    assert plan_in(host, other) == plan_in(host, tables)
    assert asked(other) == before
    assert len(evaluated) == 1


def test_a_changed_answer_does_not_change_what_is_kept():
    first = table(small_plan(), ACTIVITY.title)
    first[1][3] = -1.0
    assert table(small_plan(), ACTIVITY.title)[1][4] == 1000


def explained(host, figure, tables):
    return host.ask("ICB_EXPLAIN", plan_in(host, tables), figure)


def test_a_figure_is_explained_with_its_postings_and_where_they_come_from(host):
    heading, *rows = explained(host, "bcf / 2025/26 / icb / contribution", small_plan())
    assert heading == ["Part", "What", "How, or where from", "Unit", "Value"]
    [named] = [row for row in rows if row[0] == "Figure"]
    assert named[4] == 12_310_605
    kind, posting, *rests = [row for row in rows if row[0] != "Figure"]
    assert (
        kind[:2] + kind[3:] == ["Kind", "contribution", "£", 12_310_605]
        and "(1 + index)" in kind[2]
    )
    assert (
        posting[1]
        == "2025/26, Integrated care board, Better Care Fund, NHS Minimum Contribution,"
        " NHS Minimum Contribution 1"
        and posting[4] == 12_310_605
    )
    told = {row[1]: row for row in rests}
    row = "Funding / Better Care Fund / Integrated care board / NHS Minimum Contribution"
    assert told[f"{row} / Base amount"][4] == "£11,651,150"
    assert told[f"{row} / Base amount"][2].startswith("Funding, row 1, column Base amount")
    assert any(row[4] == "5.66%" for row in rests)


def test_a_name_that_is_not_in_the_plan_is_told_with_the_nearest(host):
    _, row = explained(host, "bfc / 2025/26", small_plan())
    assert row[0] == "Not found" and row[1] == "bfc (did you mean bcf?)"


def test_a_blank_question_is_refused(host):
    with pytest.raises(Refused, match=r"figure is blank\. Type what is meant\."):
        explained(host, "", small_plan())


def test_an_answer_that_is_not_known_whole_is_an_error_that_names_the_cell_and_the_others_are_given():
    tables = small_plan()
    whole = table(tables, ACTIVITY.title)
    tables["contributions"][1][tables["contributions"][0].index("Base amount (£)")] = "£2.%"
    with pytest.raises(
        Refused,
        match=r"Funding, row 1, column Base amount \(£\): Base amount is the text “£2\.%”",
    ):
        table(tables, "Income")
    assert table(tables, ACTIVITY.title) == whole


def test_a_reason_that_changes_works_nothing_out_and_an_answer_is_worked_out_when_asked(
    monkeypatch,
):
    really, worked = plan_values._work, []

    def work(*given):
        worked.append(given)
        return really(*given)

    packed, made = plan_values._built, []

    def pack(answer, case):
        made.append(answer.title)
        return packed(answer, case)

    monkeypatch.setattr(plan_values, "_work", work)
    monkeypatch.setattr(plan_values, "_built", pack)
    plan_values.forget()
    tables = tables_in(BOOKS[0])
    first = table(tables, BALANCES.title)
    assert made == [BALANCES.title] and len(worked) == 1
    column = tables["schemes"][0].index("Owner")
    tables["schemes"][1][column] = "Another office"
    assert table(tables, BALANCES.title) == first
    assert len(worked) == 1
    table(tables, CHECKS.title)
    tables["schemes"][1][tables["schemes"][0].index("Base amount (£)")] = 1.0
    assert table(tables, BALANCES.title) != first
    assert len(worked) == 2
    plan_values.forget()


def test_simulations_wait_until_they_are_asked_for_where_setup_says_so(host):
    waiting = with_setting(small_plan(), "Simulate", "when_asked")
    for title in ("Simulation", "Tornado"):
        headings, *lines = ask(host, title, waiting)
        assert headings == ask(host, title, small_plan())[0]
        ((sentence, *others),) = lines
        assert sentence.startswith("Not drawn: Setup says to simulate when asked. Press Simulate")
        assert not any(others), "a figure of an earlier plan"
    # asked for, the same is drawn as at every change
    drawn = host.ask("ICB_SIMULATE", plan_in(host, waiting), 1000.0, 1.0)
    assert drawn == ask(host, "Simulation", small_plan())
    assert ask(host, "Balances", waiting) == ask(host, "Balances", small_plan())


FORMS = ("Aligned budgets", "Lead commissioning", "Pooled fund", "One budget")
PARTNERS = ("Integrated care board", "Borough council", "Hospital trust")


def test_a_form_of_integration_has_one_answer_in_every_function():
    """The system loses 86,000. Under one budget those who bring money bear it, year by year by what
    they bring: 65,222.22 + 14,907.94 = 80,130.16 and 4,777.78 + 1,092.06 = 5,869.84.
    """
    host = Registry()
    plan = plan_in(host, small_plan())
    sheet, beside = (
        host.ask("ICB_TABLE", plan, title) for title in ("Forms of integration", "Side by side")
    )
    told = {}
    for form in FORMS:
        laid = host.ask("ICB_SCENARIO", plan, form)[0][0]
        positions = host.ask("ICB_TABLE", laid, "Partner positions")
        compared = host.ask("ICB_COMPARE", plan, form)
        after = next(row for row in compared if row[:2] == [GAIN, "After"])
        for partner in PARTNERS:
            ways = {
                round(sum(sum(row[5:]) for row in sheet if row[:3] == [form, partner, GAIN]), 2),
                round(sum(sum(row[4:]) for row in positions if row[:2] == [partner, GAIN]), 2),
                round(after[compared[0].index(partner)], 2),
                round(
                    sum(row[beside[0].index(form)] for row in beside if row[:2] == [GAIN, partner]),
                    2,
                ),
            }
            assert len(ways) == 1, (form, partner, ways)
            told[form, partner] = ways.pop()
    assert [told["One budget", partner] for partner in PARTNERS] == [-80_130.16, -5_869.84, 0]
    assert [told["Pooled fund", partner] for partner in PARTNERS] == [100_000, 0, -186_000]
