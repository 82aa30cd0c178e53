"""The real generated JavaScript in a real browser calls the real server, for every function; spill
and errors arrive in cells.
"""

from __future__ import annotations

import pytest

from icbudget.excel.all_functions import functions
from icbudget.excel.worksheet_function import run
from tests.excel.browser.conftest import Pane, new_page
from tests.excel.tables import as_arguments, small_plan

pytestmark = [pytest.mark.program("server"), pytest.mark.program("chromium")]
SMALL = {
    "ICB_UPLIFT": [[[11_651_150]], [[0.0566]], None],
    "ICB_DEFLATE": [[[1490]], [["2015/16"]], [["2024/25"]]],
    "ICB_DISCOUNT": [[[1]], [[1]], None],
    "ICB_SPLIT": [[[100]], [[1], [1], [1]]],
    "ICB_EFFECT": [[["risk_ratio"]], [[0.896]], None],
}
OVER_PLANS = {
    "ICB_SCENARIO": [[["Low evidence"]]],
    "ICB_WITH": [[["falls / Effect"], [None]], [[0.25], [3]]],
    "ICB_TABLE": [[["Balances"]], None],
    "ICB_FIGURE": [[["falls / Effect"]], []],
    "ICB_EXPLAIN": [[["bcf / 2025/26 / icb"]]],
    "ICB_COMPARE": [[["Low evidence"]]],
    "ICB_SIMULATE": [[[10]], [[3]]],
}


def plan_of(page, tables):
    """The handle of a plan, made in the browser."""
    return call(page, "ICB_PLAN", [as_arguments(tables)])["rows"][0][0]


def given_to(id, plan):
    """Arguments that a function answers, as Office.js passes them: what repeats as one list."""
    if id == "ICB_PLAN":
        return [as_arguments(small_plan())]
    return SMALL.get(id) or [[[plan]], *OVER_PLANS[id]]


def in_python(id, given):
    """What the same function answers here."""
    function = functions()[id]
    if function.repeats:
        given = [*given[:-1], *given[-1]]
    return run(function, given)


def call(pane, id, given, known=True):
    """Ask a function with arguments as matrices, blanks as null, and the invocation last."""
    return pane.page.evaluate(
        """async ([id, given, known]) => {
            const invocation = {address: "Sheet1!A1", blanksAreKnown: known};
            try { return {rows: await window.fakeFunctions[id](...given, invocation)}; }
            catch (error) { return {code: error.code, message: error.message}; }
        }""",
        [id, given, known],
    )


@pytest.fixture(scope="module")
def page(chromium, server, borough):
    opened = Pane(new_page(chromium), server.url, borough)
    yield opened
    opened.page.close()


@pytest.mark.parametrize("id", functions())
def test_every_function_answers_in_the_browser_as_in_python(page, id):
    plan = plan_of(page, small_plan())
    assert in_python("ICB_PLAN", given_to("ICB_PLAN", ""))[0][0] == plan
    given = given_to(id, plan)
    assert call(page, id, given) == {"rows": in_python(id, given)}


@pytest.mark.parametrize("id", functions())
def test_every_function_gives_an_error_value_with_its_message(page, id):
    given = given_to(id, plan_of(page, small_plan()))
    if id == "ICB_PLAN":
        given = [[[["nonsense"]]]]
    else:
        given[0 if id in OVER_PLANS else 1] = [["nonsense"]]
    told = call(page, id, given)
    assert told["code"] == "#VALUE!"
    assert told["message"].startswith(f"{id}: ")


def test_an_error_cell_arrives_as_an_error_and_not_as_a_blank(page):
    error = {"type": "Error", "basicValue": "#REF!", "errorType": "Ref"}
    told = call(page, "ICB_SPLIT", [[[1]], [[error], [1]]])
    assert told["code"] == "#VALUE!"
    assert told["message"].startswith(
        "ICB_SPLIT: weights, row 1, column 1 holds the Excel error #REF!"
    )


def test_a_date_typed_as_excel_types_it_is_its_number(page):
    typed = {"type": "FormattedNumber", "basicValue": 3, "numberFormat": "dd/mm/yyyy"}
    assert call(page, "ICB_SPLIT", [[[6]], [[typed], [3]]]) == {"rows": [[3], [3]]}


def values(page, sheet, address):
    """Return the cells of a range of the fake workbook."""
    return page.page.evaluate(
        "([s, a]) => Excel.run(async c => c.workbook.worksheets.getItem(s).getRange(a).values)",
        [sheet, address],
    )


def enter(page, sheet, formula):
    """Enter a formula into B2 of a new sheet and wait for what it shows."""
    page.page.evaluate(
        "([s, f]) => Excel.run(async c => { c.workbook.worksheets.add(s).getRange('B2').formulas ="
        " [[f]]; })",
        [sheet, formula],
    )
    page.until("!['#BUSY!', undefined].includes(window.fakeBook.sheets.at(-1).cells['1,1'].v)")
    return values(page, sheet, "B2")[0][0]


@pytest.mark.parametrize("blank", ["0", "null"])
def test_a_blank_cell_is_a_blank_whatever_this_excel_makes_of_it(page, blank):
    """The plan's own formula over the template's tables gives the handle that is stored, and every
    answer what the template holds.
    """
    page.page.evaluate(f"window.fakeBlank = {blank}")
    place = page.page.evaluate("window.fakeBook.names.Plan")
    stored = values(page, place["sheet"], place["cell"])[0][0]
    formula = page.page.evaluate(
        "([s, a]) => Excel.run(async c =>"
        " c.workbook.worksheets.getItem(s).getRange(a).formulas[0][0])",
        [place["sheet"], place["cell"]],
    )
    assert enter(page, f"Plan {blank}", formula) == stored
    # Answers whose sheets the workbook holds; the others are chosen on Any answer.
    for title in ("Balances", "Partner positions", "Cash released", "Simulation"):
        held = values(page, title, "A1:Z60")
        name = f"{title} {blank}"
        first = enter(page, name, f'=ICB_TABLE(Plan,"{title}")')
        assert first != "#VALUE!", page.page.evaluate(
            "window.fakeBook.sheets.at(-1).cells['1,1'].message"
        )
        headings = values(page, name, "B2:AA2")[0]
        row = next(n for n, cells in enumerate(held) if cells[:26] == headings)
        spilled = values(page, name, f"B2:AA{min(40, 61 - row)}")
        assert spilled == [cells[:26] for cells in held[row : row + len(spilled)]], title


def test_where_excel_cannot_say_which_cell_is_blank_there_is_an_error_and_no_answer(page):
    told = call(page, "ICB_PLAN", [[[["Setting", "Value"], ["Horizon", 0]]]], known=False)
    assert (told["code"], told["message"][:56]) == (
        "#VALUE!",
        "This Excel does not tell a blank cell from 0. Give whole",
    )


def test_a_plan_that_is_not_kept_is_entered_anew_and_what_missed_it_answers(page):
    """A handle of a plan that the server never had: the cell Plan is made again, and the answers
    that depend on it with it.
    """
    place = page.page.evaluate("window.fakeBook.names.Plan")
    page.page.evaluate(
        """([s, a]) => {
            const [row, column] = [Number(a.match(/\\d+/)[0]) - 1, a.charCodeAt(1) - 65];
            const cell = window.fakeBook.sheets.find(x => x.name === s).cells[`${row},${column}`];
            cell.v = "plan 000000000000";
        }""",
        [place["sheet"], place["cell"]],
    )
    enter(page, "Missed", '=ICB_TABLE(Plan,"Income")')
    page.until("window.fakeBook.sheets.at(-1).cells['1,1'].v === 'Pool'")
    assert values(page, place["sheet"], place["cell"])[0][0] != "plan 000000000000"
