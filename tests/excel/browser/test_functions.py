"""The real generated JavaScript in a real browser calls the real server, for every function; spill
and errors arrive in cells.
"""

from __future__ import annotations

import pytest

from icbudget.excel.registry import functions
from icbudget.excel.worksheet_function import run
from tests.excel.tables import arguments, small_plan

pytestmark = [pytest.mark.program("server"), pytest.mark.program("chromium")]
SMALL = {
    "ICB_UPLIFT": [[[11_651_150]], [[0.0566]], None],
    "ICB_DEFLATE": [[[1490]], [["2015/16"]], [["2024/25"]]],
    "ICB_DISCOUNT": [[[1]], [[1]], None],
    "ICB_SPLIT": [[[100]], [[1], [1], [1]]],
    "ICB_EFFECT": [[["risk_ratio"]], [[0.896]], None],
}
EXPLAINED = "ICB_EXPLAIN"


def given_to(id):
    """Arguments that a function answers."""
    if id == EXPLAINED:
        return [[["bcf / 2025/26 / icb"]], *arguments("ICB_CHECKS", small_plan())]
    return SMALL.get(id) or arguments(id, small_plan())


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
    from tests.excel.browser.conftest import Pane

    opened = Pane(chromium, server.url, borough)
    yield opened
    opened.context.close()


@pytest.mark.parametrize("id", functions())
def test_every_function_answers_in_the_browser_as_in_python(page, id):
    given = given_to(id)
    assert call(page, id, given) == {"rows": run(functions()[id], given)}


@pytest.mark.parametrize("id", functions())
def test_every_function_gives_an_error_value_with_its_message(page, id):
    given = list(given_to(id))
    given[1 if id in (*SMALL, EXPLAINED) else 0] = [["nonsense"]]
    told = call(page, id, given)
    if id == "ICB_CHECKS":
        assert told["rows"][1][0] == "Error"
    else:
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


ANSWERS = [id for id in functions() if id not in (*SMALL, EXPLAINED)]


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
    page.page.evaluate(f"window.fakeBlank = {blank}")
    formulas = page.page.evaluate(
        "JSON.parse(document.getElementById('pane-facts').textContent).answers"
    )
    assert [formula["id"] for formula in formulas] == ANSWERS
    for formula in formulas:
        name = f"{formula['id']} {blank}"
        stored = values(page, formula["sheet"], "A1:Z60")
        first = enter(page, name, formula["formula"])
        assert first != "#VALUE!", page.page.evaluate(
            "window.fakeBook.sheets.at(-1).cells['1,1'].message"
        )
        if formula["id"] == "ICB_CHECKS":
            continue  # its places are those of the tables, as a function sees them
        headings = values(page, name, "B2:AA2")[0]
        row = next(n for n, cells in enumerate(stored) if cells[:26] == headings)
        spilled = values(page, name, f"B2:AA{min(40, 61 - row)}")
        found = [cells[:26] for cells in stored[row : row + len(spilled)]]
        if (
            formula["id"] == "ICB_CHECKLIST"
        ):  # so is where each of its cells is; the rest is compared
            where = headings.index("Where")
            spilled, found = (
                [row[:where] + row[where + 1 :] for row in rows] for rows in (spilled, found)
            )
        assert spilled == found, formula["id"]


def test_where_excel_cannot_say_which_cell_is_blank_there_is_an_error_and_no_answer(page):
    told = call(page, "ICB_FUNDING", [[["Setting", "Value"], ["Horizon", 0]]], known=False)
    assert (told["code"], told["message"][:56]) == (
        "#VALUE!",
        "This Excel does not tell a blank cell from 0. Give whole",
    )


def test_a_wrong_input_makes_a_formula_an_error_value_and_its_spill_goes(page):
    page.page.evaluate("window.fakeBlank = 0")
    formula = page.page.evaluate(
        "JSON.parse(document.getElementById('pane-facts').textContent).answers"
    )[0]["formula"]
    assert enter(page, "Mine", formula) == "Pool"
    assert values(page, "Mine", "B3")[0][0] != ""
    page.page.evaluate("""() => Excel.run(async c => {
            const range = c.workbook.tables.getItem('Funding').getRange();
            const at = range.values[0].indexOf('Base amount (£)');
            range.getCell(1, at).values = [['n/a']];
            c.workbook.worksheets.getItem('Mine').calculate();
        })""")
    page.until("window.fakeBook.sheets.at(-1).cells['1,1'].v === '#VALUE!'")
    assert values(page, "Mine", "B3") == [[""]]
    assert "Funding, row 1, column Base amount (£)" in page.page.evaluate(
        "window.fakeBook.sheets.at(-1).cells['1,1'].message"
    )
