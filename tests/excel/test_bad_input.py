"""What people get wrong around a plan as a value: an error that names it, on every call.

Expected messages name the argument, the table or the word, and what to do.
"""

from __future__ import annotations

import pytest

from tests.excel.conftest import WINDOWS
from tests.excel.hosts import Classic, Http, Refused, Registry
from tests.excel.tables import as_arguments, small_plan

HOST = Registry()


@pytest.fixture(
    scope="module",
    params=[
        "run",
        pytest.param("classic", marks=WINDOWS),
        pytest.param("server", marks=pytest.mark.program("server")),
    ],
    autouse=True,
)
def host(request):
    """Ask every case through the registry, as VBA does through xlwings' own Windows code, and as
    the add-in does over HTTP.
    """
    global HOST
    if request.param != "classic":
        over_http = request.param == "server"
        HOST = Http(request.getfixturevalue("server")) if over_http else Registry()
        yield HOST
        return
    HOST = Classic()
    with HOST.com:
        yield HOST


@pytest.fixture(scope="module")
def handle(host):
    return HOST.ask("ICB_PLAN", *as_arguments(small_plan()))[0][0]


def refused(id, *arguments):
    with pytest.raises(Refused) as problem:
        HOST.ask(id, *arguments)
    return str(problem.value)


def test_two_tables_of_one_kind_and_a_table_twice():
    pools = small_plan()["pools"]
    other = [pools[0], ["kit", "Equipment", "council"]]
    assert refused("ICB_PLAN", *as_arguments(small_plan()), other) == (
        "Tables 3 and 13 are both Pools. Give each table once."
    )
    assert "are both Pools" in refused("ICB_PLAN", pools, pools)


def test_a_companion_twice():
    years = small_plan()["acute_years"]
    assert "are both Activity lines by year" in refused("ICB_PLAN", years, years)


def test_an_unknown_table_and_one_without_headings():
    message = refused("ICB_PLAN", *as_arguments(small_plan()), [["Telephone", "Room"], ["1", "2"]])
    assert message.startswith("Table 13, headed Telephone, Room, is no table of a plan.")
    blank = refused("ICB_PLAN", [[None, None, None], ["bcf", "icb", 5.0]])
    assert blank.startswith("Table 1 has a blank heading row.")


def test_a_deleted_table_is_named_by_its_place_and_what_is_missing():
    tables = small_plan()
    tables["pools"] = "#REF!"
    message = refused("ICB_PLAN", *as_arguments(tables))
    assert message.startswith("Table 3 of the formula is #REF!: its table or sheet was deleted.")
    assert "Missing from the formula: Pools." in message


def test_a_table_of_the_template_that_is_blank_is_none():
    tables = [*as_arguments(small_plan()), [["Gain share", "Partner"], [None, None]]]
    assert HOST.ask("ICB_PLAN", *tables)[0][0].startswith("plan ")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("my plan", "“my plan” is no plan. Give the cell that holds =ICB_PLAN(…)"),
        ("plan 12345", "“plan 12345” is no plan."),
        ("plan 3b9f143c5dc8X", "“plan 3b9f143c5dc8X” is no plan."),
        ("plan 3b9f143c5dc8 with nonsense", "is no plan."),
        ("plan 0123456789ab", "plan 0123456789ab is not kept any more. Press Ctrl+Alt+F9"),
        (None, "plan is blank. Give the cell that holds =ICB_PLAN(…)"),
        ("#VALUE!", "plan holds the Excel error #VALUE!: the plan's own cell says why."),
        ([["plan 0123456789ab", "x"]], "plan is a range of 1 × 2 cells. Give one cell."),
    ],
)
def test_a_handle_typed_by_hand_or_no_handle(typed, message):
    assert message in refused("ICB_TABLE", typed, "Balances")


def test_a_name_that_is_no_answer_gets_the_nearest(handle):
    assert refused("ICB_TABLE", handle, "Balance sheet").startswith(
        "There is no table “Balance sheet”. Nearest: Balances"
    )


def test_a_name_that_is_no_figure_and_one_that_fits_several(handle):
    assert refused("ICB_FIGURE", handle, "Efect", "falls").startswith(
        "There is no “Efect”. Nearest: Effect"
    )
    several = refused("ICB_FIGURE", handle, "Income", "Balances")
    assert "Say which " in several
    assert "Year (2024/25; 2025/26; 2026/27" in several


def test_a_source_left_out_means_all_sources_of_the_pool(handle):
    """£11,651,150 + 5.66 % in 2025/26 and nothing after is £12,310,605.09, which the plan rounds to
    the pound as grants are; the council puts in £1.2m.
    """
    assert HOST.ask("ICB_FIGURE", handle, "Income", "bcf", "2026/27") == [[13_510_605]]
    named = ("Balances", "NHS Minimum Contribution", "bcf", "2026/27")
    assert HOST.ask("ICB_FIGURE", handle, "Income", *named) == [[12_310_605]]


def test_a_plan_in_error_has_checks_that_say_why_and_no_other_answer():
    pools = small_plan()["pools"]
    assert "are both Pools" in refused("ICB_PLAN", pools, pools)
    checks = HOST.ask("ICB_TABLE", "#VALUE!", "Checks")
    assert checks[0][:4] == ["Severity", "Where", "Finding", "Fix"]
    assert [row[0] for row in checks[1:]] == ["Error", "Made of"]
    assert "shows #VALUE!" in checks[1][2] and "Tables 1 and 2 are both Pools." in checks[1][2]
    HOST.ask("ICB_PLAN", *as_arguments(small_plan()))
    checks = HOST.ask("ICB_TABLE", "#REF!", "checks")
    assert "shows #REF!" in checks[1][2] and "both Pools" not in checks[1][2]
    assert "plan holds the Excel error #REF!" in refused("ICB_TABLE", "#REF!", "Balances")


def test_a_figure_that_is_text_or_blank(handle):
    assert refused("ICB_FIGURE", handle, "nel / Contract") == (
        "nel / Contract is no number but “activity”. Take it by ICB_TABLE."
    )
    assert "is blank." in refused("ICB_FIGURE", handle, "Setup / Value of a QALY")


def test_a_what_if_on_a_path_that_is_not_there_or_with_a_value_it_cannot_have(handle):
    assert refused("ICB_WITH", handle, "falls / Efect", 0.2).startswith("There is no “Efect”.")
    assert "Pooled fund" not in refused("ICB_WITH", handle, "programmes/falls/effect", 0.2)
    assert "must be at most 100%" in refused("ICB_WITH", handle, "nel / Variable cost", 3.0)
    assert refused("ICB_WITH", handle, "falls / Effect", "#N/A") == (
        "The value of falls / Effect is the Excel error #N/A. Type a figure."
    )
    assert refused("ICB_WITH", handle, [["falls / Effect"], ["x"]], [[0.2]]) == (
        "figure is a range of 2 × 1 cells and value one of 1 × 1. Give ranges of one shape."
    )
    twice = [["falls / Effect"], ["Effect / falls"]]
    assert refused("ICB_WITH", handle, twice, [[0.2], [0.3]]) == (
        "falls / Effect is there twice. Keep one of the two."
    )


def test_a_scenario_that_is_none(handle):
    assert refused("ICB_SCENARIO", handle, "Low evidnce").startswith(
        "There is no scenario “Low evidnce”. Write “Low evidence” if that is meant."
    )


def test_draws_and_seed_out_of_bounds(handle):
    assert refused("ICB_SIMULATE", handle, 1.0) == "draws is 1. Give 2 to 100,000, or nothing."
    assert refused("ICB_SIMULATE", handle, None, -4.0).startswith("seed is -4. Give 1 to ")


def test_plans_of_other_years_have_no_difference(handle):
    tables = small_plan()
    tables["setup"][1][1] = 1.0
    shorter = HOST.ask("ICB_PLAN", *as_arguments(tables))[0][0]
    assert refused("ICB_TABLE", handle, "Balances", shorter) == (
        "Balances has other columns in the two plans, so there is no difference to show. Choose"
        " plans of the same years."
    )


def test_more_tables_than_excel_passes():
    message = refused("ICB_PLAN", *[[["Pool"]]] * 256)
    # The server refuses a call that Excel cannot make before any function sees it.
    own = "the arguments are not cells" if HOST.name == "server" else "There are 256 arguments"
    assert own in message


def test_a_difference_is_this_plan_less_the_other_by_hand(handle):
    """1,000 spells, reach 10 % and 20 %, reduction 50 %: 50 and 100 avoided; with 25 %, half."""
    tried = HOST.ask("ICB_WITH", handle, "falls / Effect", 0.25)[0][0]
    rows = HOST.ask("ICB_TABLE", handle, "Avoided", tried)
    assert rows[1][-3:] == [0, 25, 50]
    assert HOST.ask("ICB_TABLE", tried, "Avoided", handle)[1][-3:] == [0, -25, -50]


def test_a_plan_of_one_table_projects_by_hand():
    """£100 in the base year, flat: £100 a year unless a year has its own amount."""
    funding = [
        ["Pool", "Partner", "Source of funding", "Base amount", "Index", "2026/27", "2027/28"],
        ["bcf", "icb", "NHS Minimum Contribution", 100.0, "flat", None, 120.0],
    ]
    handle = HOST.ask("ICB_PLAN", funding)[0][0]
    income = HOST.ask("ICB_TABLE", handle, "Income")
    assert income[0][-2:] == ["2026/27", "2027/28"]
    assert income[1][-2:] == [100, 120]
    checks = HOST.ask("ICB_TABLE", handle, "Checks")
    assert any("There is no Setup: the base year is 2026/27" in row[2] for row in checks)
    assert checks[-1][:3] == ["Made of", "", handle]


def test_a_range_of_names_is_answered_name_by_name(handle):
    """The pool's income as above; a blank line is a blank, and a name that is none or fits several a dash.

    So what stands in the lines of What-if is one call, and a wrong line leaves the others right.
    """
    names = [["Income / 2026/27"], [None], ["Incme / 2026/27"], ["Balances / 2026/27"]]
    answered = HOST.ask("ICB_FIGURE", handle, names, "bcf")
    assert answered == [[13_510_605], [""], ["–"], ["–"]]
    assert "is blank" in refused("ICB_FIGURE", handle, None)
    assert "is not kept" in refused("ICB_FIGURE", "plan 0123456789ab", names, "bcf")
