"""The task pane, used as people use it: by mouse and by keyboard, 320 pixels wide, over a fake
workbook and the real server.
"""

from __future__ import annotations

import copy
import re
import zipfile

import openpyxl
import pytest

from icbudget import tasks
from icbudget.plan.ready_made import READY_MADE
from icbudget.workbook import layout
from tests.axe import violations
from tests.excel.browser.book import as_cells
from tests.excel.browser.conftest import HERE, Pane, new_page
from tests.excel.server.running import Server
from tests.places import BOROUGH
from tests.rebuild import workbook

pytestmark = [pytest.mark.program("server"), pytest.mark.program("chromium")]


def cells(pane, sheet):
    return pane.page.evaluate(
        "(name) => window.fakeBook.sheets.find(s => s.name === name).cells", sheet
    )


def answers_of(book):
    """The answers that have a sheet in a workbook, in its order: those of its modules."""
    titles = set(layout.ANSWER_SHEETS.values())
    names = [sheet["name"] for sheet in book["sheets"] if sheet["name"] in titles]
    assert {"Balances", "Cash released", "Checks"} <= set(names)
    return names


def formulas(pane):
    return pane.page.evaluate(
        "window.fakeBook.sheets.flatMap(s => Object.values(s.cells)).filter(c =>"
        " c.f?.includes('ICB_')).length"
    )


def spoil(book, table, heading, row, value):
    """Put a value into a table of a copy of the book."""
    spoiled = copy.deepcopy(book)
    for sheet in spoiled["sheets"]:
        for told in sheet["tables"]:
            if told["name"] == table:
                top, left, _, width = told["range"]
                column = next(
                    c
                    for c in range(left, left + width)
                    if sheet["cells"][f"{top},{c}"]["v"] == heading
                )
                sheet["cells"][f"{top + row},{column}"] = {"v": value}
                return spoiled, (sheet["name"], top + row, column)
    raise AssertionError(table)


@pytest.fixture
def opened(tab, server):
    """Open the pane over a book, and close it again."""
    panes = []

    def open_over(book, **how):
        panes.append(Pane(tab, server.url, book, **how))
        return panes[-1]

    yield open_over
    for pane in panes:
        assert pane.faults == []
        pane.close()


def test_it_opens_and_says_whose_plan_it_is(pane):
    assert pane.settled() == "Ready."
    assert pane.page.locator("#plan-title").inner_text().startswith("Illustrative borough")
    assert pane.page.title() == "icbudget"
    pane.picture("pane-ready")


def test_check_lists_findings_and_leads_to_their_cells(opened, borough):
    book, (sheet, row, column) = spoil(borough, "Funding", "Base amount (£)", 2, "n/a")
    pane = opened(book)
    said = pane.press("check")
    assert said.endswith("1 error among them.")
    first = pane.page.locator("#findings li").first
    assert "Funding, row 2, column Base amount (£)" in first.inner_text()
    assert "text “n/a”, not a number" in first.inner_text()
    assert "Fix: Type a number" in first.inner_text()
    pane.picture("pane-findings")
    first.get_by_role("button").click()
    assert pane.settled() == "Funding, row 2, column Base amount (£) is selected."
    assert pane.page.evaluate("[window.fakeBook.active, window.fakeBook.selection]") == [
        sheet,
        f"{sheet}!{chr(65 + column)}{row + 1}",
    ]


def test_check_leads_to_cells_of_somebody_s_own_in_error(opened, borough):
    """Cells as Excel would show them, put into the fake; it is told nothing of their words."""
    book = copy.deepcopy(borough)
    cells = {
        "1,27": {"f": '=ICB_FIGURE(Plan,"Efect")', "v": "#VALUE!", "stuck": True},
        "2,0": {"f": '=ICB_TABLE(Plan,"Balances")', "v": "#SPILL!", "stuck": True},
        "3,0": {"f": "=ICB_UPLIFT(100,0.02)", "v": 102},
    }
    book["sheets"].append({**book["sheets"][0], "name": "Mine", "cells": cells, "tables": []})
    pane = opened(book)
    pane.press("check")
    lines = pane.page.locator("#findings li", has_text="Mine!").all_inner_texts()
    assert len(lines) == 2
    assert "Mine!AB2" in lines[0] and 'shows #VALUE!: =ICB_FIGURE(Plan,"Efect")' in lines[0]
    assert "Fix: Clear what stands where its rows go." in lines[1]
    pane.page.locator("#findings li", has_text="Mine!AB2").get_by_role("button").click()
    assert pane.settled() == "Mine!AB2 is selected."
    assert pane.page.evaluate("window.fakeBook.selection") == "Mine!AB2"


def test_a_setting_is_led_to_by_its_name(opened, borough):
    book = copy.deepcopy(borough)
    settings = next(s for s in book["sheets"] if s["name"] == "Setup")
    at = next(key for key, cell in settings["cells"].items() if cell["v"] == "Horizon")
    row, column = map(int, at.split(","))
    settings["cells"][f"{row},{column + 1}"] = {"v": 2.5}
    pane = opened(book)
    pane.press("check")
    pane.page.locator("#findings li", has_text="Setup, column Horizon").get_by_role(
        "button"
    ).click()
    pane.settled()
    assert pane.page.evaluate("window.fakeBook.selection") == f"Setup!{chr(66 + column)}{row + 1}"


def test_run_works_out_every_answer_and_shows_how_far_it_is(pane, borough):
    answers = answers_of(borough)
    pane.page.evaluate("""() => {
            const step = document.getElementById('run-step');
            window.steps = [];
            new MutationObserver(() => window.steps.push(step.textContent)).observe(step, {childList: true});
            document.getElementById('run').click();
        }""")
    assert pane.settled() == "Every answer is worked out."
    steps = pane.page.evaluate("window.steps")
    expected = [f"{n} of {len(answers)}: {name}" for n, name in enumerate(answers, start=1)]
    assert steps == [*expected, f"{len(answers)} of {len(answers)}"]
    assert pane.page.evaluate(
        "[document.getElementById('run-bar').value, window.fakeCalls.length >= 14]"
    ) == [len(answers), True]
    pane.picture("pane-run")


def test_run_names_the_answers_that_are_missing(opened, borough):
    book, _ = spoil(borough, "Funding", "Partner", 1, "nobody")
    pane = opened(book)
    said = pane.press("run")
    answers = answers_of(borough)
    # All but Checks, which says why.
    assert said.startswith(f"{len(answers) - 1} of {len(answers)} answers are missing")
    assert (
        "Press Check the plan to see why there is an error on Balances, Rule tests,"
        in pane.page.locator("#run-faults").inner_text()
    )
    pane.picture("pane-run-faults")


def test_an_amount_that_cannot_be_read_costs_only_the_answers_that_rest_on_it(opened, borough):
    book, _ = spoil(borough, "Funding", "Base amount (£)", 1, "n/a")
    pane = opened(book)
    said = pane.press("run")
    missing, of = map(int, re.match(r"(\d+) of (\d+) answers are missing", said).groups())
    assert 0 < missing < of - 1
    assert "why there is an error on Balances, " in pane.page.locator("#run-faults").inner_text()
    [answer] = [cell for cell in cells(pane, "Balances").values() if "ICB_" in cell.get("f", "")]
    assert answer["v"] == "#VALUE!"
    assert "Funding, row 1, column Base amount (£)" in answer["message"]
    pane.page.click("#freeze")
    pane.page.click("#freeze-yes")
    said = pane.settled(seconds=150)  # a plan with a cell unread is read several times over
    assert said.startswith("Not everything is known; nothing was written. Balances and ")


def test_freeze_asks_first_and_then_writes_values(pane, borough):
    before, answer = formulas(pane), cells(pane, "Balances")
    pane.page.click("#freeze")
    assert pane.page.evaluate("document.activeElement.id") == "freeze-yes"
    pane.picture("pane-freeze-asks")
    pane.page.click("#freeze-no")
    assert formulas(pane) == before
    assert pane.page.evaluate("document.activeElement.id") == "freeze"
    pane.page.click("#freeze")
    pane.page.click("#freeze-yes")
    assert pane.settled() == "Frozen: the answers are values now."
    assert before > len(answers_of(borough))
    assert formulas(pane) == 0, "no function is left: not of What-if, Any answer, Checks or Start"
    frozen = cells(pane, "Balances")
    assert {at: cell["v"] for at, cell in frozen.items() if cell["v"] != ""} == {
        at: cell["v"] for at, cell in answer.items() if cell["v"] != ""
    }
    assert "ICB" not in str([cell.get("f") for cell in frozen.values()])
    pane.picture("pane-frozen")


def test_freeze_of_a_plan_with_errors_changes_nothing_and_says_why(opened, borough):
    book, _ = spoil(borough, "Funding", "Partner", 1, "nobody")
    pane = opened(book)
    before = formulas(pane)
    pane.page.click("#freeze")
    pane.page.click("#freeze-yes")
    assert re.fullmatch(
        r"(1 error stops|\d+ errors stop) the plan; nothing was written\. See Checks\.",
        pane.settled(),
    )
    assert formulas(pane) == before
    pane.picture("pane-freeze-refused")


def test_repair_enters_formulas_again_that_came_before_the_add_in(opened, borough):
    book = copy.deepcopy(borough)
    for name in ("Balances", "Cash released"):
        for cell in next(s for s in book["sheets"] if s["name"] == name)["cells"].values():
            if "ICB_" in cell.get("f", ""):
                cell.update(v="#NAME?", stuck=True)
    next(s for s in book["sheets"] if s["name"] == "Balances")["protected"] = True
    pane = opened(book)
    assert pane.press("run").startswith("2 of")
    assert (
        "Press Repair formulas: #NAME? on Balances, Cash released."
        in pane.page.locator("#run-faults").inner_text()
    )
    said = pane.press("repair")
    assert (
        said
        == "1 formula entered again. Protected, so not entered: Balances. Unprotect them (Review)"
        " and try again."
    )
    assert pane.page.get_attribute("#status", "data-kind") == "bad"
    pane.picture("pane-repair-protected")
    pane.page.evaluate("window.fakeBook.sheets.find(s => s.name === 'Balances').protected = false")
    assert pane.press("repair") == "1 formula entered again."
    pane.until(
        "!window.fakeBook.sheets.some(s => Object.values(s.cells).some(c => ['#NAME?',"
        " '#BUSY!'].includes(c.v)))"
    )
    assert pane.press("repair") == "No formula shows #NAME?."


def setting(pane, name):
    """The value of a setting on Setup; None where the workbook has no row of it."""
    setup = cells(pane, "Setup")
    places = [key for key, cell in setup.items() if cell["v"] == name]
    if not places:
        return None
    [at] = places
    row, column = map(int, at.split(","))
    return setup[f"{row},{column + 1}"]["v"]


def laid_over(scenario):
    """The illustrative plan as built where a scenario is laid over it."""
    plan = tasks.load(BOROUGH).plan
    setup = plan.setup.model_copy(update={"active_scenario": scenario})
    return as_cells(workbook(plan.model_copy(update={"setup": setup})))


def test_a_scenario_is_chosen_and_written_into_setup(pane):
    """The plan has no active scenario, so its workbook has no row of that setting: one is added, to
    the plan's table, and is written again when another is chosen.
    """
    names = pane.page.locator("#scenario option").all_inner_texts()
    assert names[0] == "None: the plan as it stands"
    assert pane.page.evaluate(
        "[...document.querySelectorAll('#scenario optgroup')].map(g => [g.label,"
        " g.children.length])"
    ) == [
        ["On the Scenarios sheet", len(names) - 1 - len(READY_MADE)],
        ["Ready-made", len(READY_MADE)],
    ]
    assert setting(pane, "Active scenario") is None
    pane.page.select_option("#scenario", "")
    assert pane.press("use-scenario") == "The plan as it stands."
    assert setting(pane, "Active scenario") is None
    for name in names[1:3]:
        pane.page.select_option("#scenario", name)
        assert (
            pane.press("use-scenario")
            == f"Scenario {name} is laid over the plan. Excel works the answers out again."
        )
        assert setting(pane, "Active scenario") == name
        settings = table_of(pane, "Settings")
        assert settings[settings.index("Active scenario") + 1] == name
    pane.picture("pane-scenario")


def test_a_ready_made_scenario_that_is_active_is_shown_as_chosen_and_taken_off(opened):
    pane = opened(laid_over("Low evidence"))
    assert pane.page.input_value("#scenario") == "Low evidence"
    pane.page.select_option("#scenario", "")
    assert pane.press("use-scenario") == "The plan as it stands."
    assert setting(pane, "Active scenario") == ""


def test_what_the_pane_says_stays_in_sight_wherever_a_button_is_pressed(pane):
    pane.page.locator("#repair").scroll_into_view_if_needed()
    assert pane.press("repair") == "No formula shows #NAME?."
    assert pane.page.evaluate("document.getElementById('status').getBoundingClientRect().top") == 0
    for id in ("check", "run", "freeze"):  # and hides nothing that is reached by keyboard
        pane.page.focus(f"#{id}")
        status, focus = (
            f"{e}.getBoundingClientRect()"
            for e in ("document.getElementById('status')", "document.activeElement")
        )
        assert pane.page.evaluate(f"{focus}.top >= {status}.bottom"), id


def test_simulate_shows_the_fan_and_the_same_as_a_table(pane, borough):
    assert pane.press("simulate").startswith("Simulated: ")
    label = pane.page.locator("#fan-picture svg").get_attribute("aria-label")
    assert label.startswith("Whole system: Net cash: net release less prevention. In 2030/31: P10 ")
    pane.page.locator("#fan summary").click()
    rows = pane.page.locator("#fan-table tr").all()
    heads = rows[0].locator("th").all_inner_texts()
    assert heads[0] == "Measure"
    assert [row.locator("th").inner_text() for row in rows[1:]][:5] == [
        "As planned",
        "Mean",
        "P10",
        "P50",
        "P90",
    ]
    assert pane.page.locator("#fan-picture polygon").count() == 1
    assert pane.page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    pane.picture("pane-fan")
    options = pane.page.locator("#fan-measure option").count()
    pane.page.select_option("#fan-measure", str(options - 1))
    assert pane.page.locator("#fan-picture svg").get_attribute("aria-label") != label


def test_compare_says_what_leads_to_another_plan_and_keeps_nothing(pane, tmp_path):
    from icbudget.plan.plan_text import to_yaml

    assert pane.press("compare") == "Choose the other plan first."
    plan = tasks.load(BOROUGH).plan
    first = plan.contributions[0].model_copy(
        update={"base_amount": plan.contributions[0].base_amount + 1000}
    )
    other = tmp_path / "Jane Doe's copy.yaml"
    other.write_text(
        to_yaml(plan.model_copy(update={"contributions": (first, *plan.contributions[1:])})),
        encoding="utf-8",
    )
    pane.page.set_input_files("#other-plan", other)
    before = formulas(pane)
    assert pane.press("compare") == "Compared: see the sheet Comparison."
    told = [str(cell["v"]) for cell in cells(pane, "Comparison").values()]
    assert any("Base amount" in text or "base amount" in text for text in told)
    assert formulas(pane) == before
    assert not any("Jane" in text for text in told)
    assert "Jane" not in pane.server_log()
    pane.picture("pane-compared")


def test_a_file_that_is_no_plan_is_refused_in_words(pane, tmp_path):
    other = tmp_path / "other.xlsx"
    other.write_bytes(b"PK not a workbook")
    pane.page.set_input_files("#other-plan", other)
    assert pane.press("compare").startswith("The other plan cannot be read: ")


def test_the_reports_are_built_and_given_as_one_file(pane):
    with pane.page.expect_download(timeout=60_000) as told:
        assert pane.press("report") == "The reports are in your downloads: icbudget-reports.zip."
    assert told.value.suggested_filename == "icbudget-reports.zip"
    with zipfile.ZipFile(told.value.path()) as pack:
        page = pack.read("plan-report.html").decode()
        assert {
            "plan-paper.pdf",
            "plan-paper.docx",
            "plan-postings.csv",
            "plan-pack/input/plan.yaml",
        } <= set(pack.namelist())
    assert "Illustrative borough" in page
    assert page.lower().startswith("<!doctype html>")
    assert "Jane" not in pane.server_log()
    pane.picture("pane-reports")


def test_without_a_plan_there_is_no_report_and_it_says_why(opened, borough):
    book = copy.deepcopy(borough)
    settings = next(s for s in book["sheets"] if s["name"] == "Setup")
    at = next(key for key, cell in settings["cells"].items() if cell["v"] == "Base year")
    row, column = map(int, at.split(","))
    settings["cells"][f"{row},{column + 1}"] = {"v": "never"}
    pane = opened(book)
    assert pane.press("report") == "There is no plan to report on. Press Check the plan to see why."


def outcomes(pane):
    """What the table of What-if shows: difference by row."""
    rows = pane.page.locator("#what-if-table tr").all()[1:]
    return {row.locator("th").inner_text(): row.locator("td").nth(1).inner_text() for row in rows}


def test_a_slider_answers_while_it_is_dragged_and_is_written_when_it_is_let_go(pane):
    assert pane.press("what-if-open") == "4 figures to try."
    assert set(outcomes(pane).values()) == {"no change"}
    slider = pane.page.get_by_label("care_homes / Effect")
    assert slider.get_attribute("type") == "range"
    drag = "(e, v) => { e.value = v; e.dispatchEvent(new Event('input', {bubbles: true})); }"
    slider.evaluate(drag, "0.2")
    pane.until(
        "[...document.querySelectorAll('#what-if-table td:nth-child(3)')]"
        ".some(cell => cell.textContent !== 'no change')"
    )
    dragged = outcomes(pane)
    assert dragged["Whole system"].startswith("+£")
    assert "0.2" in slider.get_attribute("aria-valuetext")
    sheet = cells(pane, "What-if")
    assert sheet.get("5,3", {}).get("v", "") == "", "a slider that is dragged writes nothing"
    slider.evaluate("e => e.dispatchEvent(new Event('change', {bubbles: true}))")
    pane.until("window.fakeBook.sheets.find(s => s.name === 'What-if').cells['5,3']?.v === 0.2")
    assert pane.page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    pane.picture("pane-what-if")


def test_a_setting_is_kept_as_a_scenario_with_its_reason_and_its_paths(pane):
    pane.press("what-if-open")
    assert pane.press("what-if-keep") == "Give the scenario a name and a reason."
    pane.page.fill("#what-if-name", "Better care homes")
    pane.page.fill("#what-if-reason", "Asked for at the board of May")
    assert pane.press("what-if-keep") == "Nothing is tried: move a slider first."
    slider = pane.page.get_by_label("care_homes / Effect")
    slider.focus()
    pane.page.keyboard.press("ArrowRight")
    said = pane.press("what-if-keep")
    assert said == "Kept as scenario Better care homes: 1 change on the sheet Scenarios."
    kept = [cell["v"] for cell in cells(pane, "Scenarios").values()]
    at = kept.index("Better care homes")
    assert "programmes/care_homes/effect" in kept
    assert "Asked for at the board of May" in kept
    assert at
    assert pane.press("what-if-keep").startswith("There is a scenario Better care homes already.")
    assert "Better care homes" in table_of(pane, "Scenarios")


def table_of(pane, name):
    """The texts of a table of the fake workbook."""
    return pane.page.evaluate(
        "(name) => Excel.run(async c => c.workbook.tables.getItem(name).getRange().values.flat())",
        name,
    )


def test_a_better_plan_is_shown_beside_the_plan_and_kept_as_a_scenario(pane, borough):
    before = cells(pane, "Prevention")
    said = pane.press("optimise", seconds=150)
    found = re.fullmatch(r"A plan was found: (\d+) changes?\.", said)
    assert found, said
    heads = pane.page.locator("#best-table th[scope=col]").all_inner_texts()
    assert heads[-3:] == ["Your plan", "Best plan", "Difference"]
    assert pane.page.locator("#best-table tr").count() > 10
    assert pane.page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    kept = pane.press("best-keep")
    assert kept == f"Kept as scenario Best plan: {found[1]} changes on the sheet Scenarios."
    assert "Best plan" in table_of(pane, "Scenarios")
    assert cells(pane, "Prevention") == before, "the plan itself stays as it is"
    pane.picture("pane-optimise")


def test_sheets_are_added_to_a_copy_that_loses_nothing(opened, tmp_path):
    """The workbook has a sheet of somebody's own; asked for are a module, a sheet and a column."""
    plan = tasks.load(BOROUGH.with_name("north-tyneside-better-care-fund.yaml")).plan
    file = tmp_path / "plan.xlsx"
    file.write_bytes(workbook(plan))
    book = openpyxl.load_workbook(file)
    book.create_sheet("My notes")["A1"] = "Ask the treasurer"
    book.save(file)
    pane = opened(as_cells(workbook(plan)), file=file.read_bytes())
    said = pane.press("add-open")
    assert re.fullmatch(r"\d+ things can be added\.", said)
    offered = pane.page.evaluate(
        "[...document.querySelectorAll('#add-choices input')].map(b => [b.dataset.kind, b.dataset.name])"
    )
    assert ["module", "uncertainty"] in offered and ["sheet", "Income"] in offered
    assert ["module", "pool"] not in offered and ["sheet", "Balances"] not in offered
    purposes = pane.page.evaluate(
        "[...document.querySelectorAll('#add-choices .offer p')].map(p => p.textContent.length)"
    )
    assert len(purposes) == len(offered) and min(purposes) > 10
    assert pane.press("add-make") == "Choose what to add first."
    for box in ("module-uncertainty", "sheet-Income", "column-Funding-Ring-fenced"):
        pane.page.evaluate(f"document.getElementById('add-{box}').click()")
    said = pane.press("add-make")
    assert said == "The new workbook is ready: download it and open it."
    assert pane.page.evaluate("window.fakeClosed") is True
    assert "My notes" in pane.page.locator("#add-says").inner_text()
    with pane.page.expect_download() as waiting:
        pane.page.click("#add-file")
    made = tmp_path / "more.xlsx"
    waiting.value.save_as(made)
    assert tasks.load(made).plan == plan
    written = openpyxl.load_workbook(made)
    assert {"Uncertainty", "Simulation", "Income", "My notes"} <= {*written.sheetnames}
    assert written["My notes"]["A1"].value == "Ask the treasurer"
    assert "Ring-fenced (Yes/No)" in [cell.value for cell in written["Funding"][5]]
    pane.picture("pane-add-sheets")


@pytest.mark.parametrize("sheet", ["Cash released", "Funding", "My notes"])
def test_help_opens_the_guide_at_the_sheet_that_is_open(opened, borough, sheet):
    book = copy.deepcopy(borough)
    if sheet == "My notes":
        book["sheets"].append({"name": sheet, "cells": {}, "tables": []})
    pane = opened({**book, "active": sheet})
    with pane.context.expect_page() as waiting:
        pane.page.click("#help")
    guide = waiting.value
    guide.wait_for_load_state()
    place = "sheets" if sheet == "My notes" else f"sheets--{sheet.casefold().replace(' ', '-')}"
    assert guide.url.endswith(f"/guide.html#{place}")
    told = guide.locator(f"#{place}").first.inner_text()
    assert sheet in told or sheet == "My notes"
    assert pane.settled().startswith("The guide is open at ")


def test_a_button_of_the_ribbon_opens_the_pane_and_presses_there(pane):
    pane.page.evaluate(
        "window.fakeActions.check({ completed: () => (window.fakeCompleted = true) })"
    )
    pane.until("window.fakeCompleted")
    assert "finding" in pane.settled()
    assert pane.page.evaluate("window.fakeShown") == 1
    assert set(pane.page.evaluate("Object.keys(window.fakeActions)")) >= {
        *("check", "what-if-open", "simulate", "optimise"),
        *("add-open", "compare", "report", "freeze", "help"),
    }


@pytest.mark.parametrize("section", ["what-if-open", "check", "add-open"])
def test_axe_finds_nothing_in_the_pane(pane, section):
    """axe-core, run in the real page."""
    pane.press(section)
    assert violations(pane.page) == []


def test_everything_is_reached_and_pressed_by_keyboard(pane):
    reached = []
    for _ in range(30):
        pane.page.keyboard.press("Tab")
        reached.append(pane.page.evaluate("document.activeElement.id"))
    wanted = [
        "check",
        "run",
        "scenario",
        "use-scenario",
        "what-if-open",
        "simulate",
        "optimise",
        "add-open",
        "other-plan",
        "compare",
        "report",
        "freeze",
        "repair",
    ]
    assert [id for id in reached if id in wanted][: len(wanted)] == wanted
    pane.page.focus("#freeze")
    pane.page.keyboard.press("Enter")
    assert pane.page.locator("#freeze-sure").is_visible()
    assert pane.page.get_attribute("#freeze", "aria-expanded") == "true"
    pane.page.keyboard.press("Escape")
    assert not pane.page.locator("#freeze-sure").is_visible()
    pane.page.focus("#check")
    pane.page.keyboard.press("Space")
    pane.settled()
    assert pane.page.locator("#check-count").inner_text() != ""
    assert pane.page.evaluate("document.activeElement.id") == "check", (
        "the focus stays where it was"
    )
    pane.picture("pane-keyboard")


def test_it_can_be_read_out(pane):
    assert pane.page.evaluate("document.documentElement.lang") == "en"
    assert pane.page.locator("#status").get_attribute("role") == "status"
    assert [h.inner_text() for h in pane.page.locator("h1").all()] == ["icbudget"]
    for control in pane.page.locator(
        "main button:visible, main select:visible, main progress:visible"
    ).all():
        name = control.evaluate(
            "e => e.innerText || (e.labels && e.labels[0] && e.labels[0].innerText) || ''"
        )
        assert name.strip(), control.evaluate("e => e.outerHTML")
    for section in pane.page.locator("main section").all():
        assert pane.page.locator(f"#{section.get_attribute('aria-labelledby')}").count() == 1


@pytest.mark.parametrize("width", [320, 280, 1024])
def test_nothing_is_cut_off(opened, borough, width):
    pane = opened(borough, width=width)
    pane.press("check")
    assert pane.page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    heights = pane.page.evaluate(
        "[...document.querySelectorAll('main button')].filter(b => b.offsetParent).map(b =>"
        " b.offsetHeight)"
    )
    assert min(heights) >= 44
    pane.picture(f"pane-{width}")


def test_every_text_stands_out_from_its_ground(opened, borough):
    book, _ = spoil(borough, "Funding", "Base amount (£)", 2, "n/a")
    pane = opened(book)
    pane.press("check")
    pane.page.click("#freeze")
    weakest = pane.page.evaluate((HERE / "contrast.js").read_text(encoding="utf-8"))
    assert weakest[0] >= 4.5, weakest


def test_a_workbook_that_is_no_plan_is_named_as_such(opened):
    pane = opened(
        {
            "name": "Book1",
            "active": "Sheet1",
            "selection": "A1",
            "sheets": [{"name": "Sheet1", "cells": {}, "tables": []}],
        }
    )
    assert pane.settled() == "This workbook is not an icbudget plan: it has no table of settings."
    assert pane.page.get_attribute("#status", "data-kind") == "bad"
    pane.picture("pane-no-plan")


def test_when_the_server_is_gone_it_says_so(tab, borough):
    with Server() as running:
        pane = Pane(tab, running.url, borough)
    said = pane.press("check")
    assert said.startswith("The icbudget server does not answer.")
    pane.picture("pane-no-server")
    pane.close()


def test_in_production_the_pane_sends_the_sign_in_and_shows_a_refusal(chromium, tmp_path, borough):
    from tests.excel.server import signing

    with Server(signing.settings(tmp_path)) as running:
        url = f"http://{signing.HOSTNAME}:{running.port}"
        signed_in = Pane(new_page(chromium), url, borough, token=signing.token())
        assert "finding" in signed_in.press("check")
        foreign = Pane(
            new_page(chromium), url, borough, token=signing.token(tid=signing.OTHER_TENANT)
        )
        assert (
            foreign.press("check")
            == "Sign in again: this call carries no valid sign-in of your organisation."
        )
        foreign.page.click("#freeze")
        foreign.page.click("#freeze-yes")
        assert "Sign in again" in foreign.settled()
        foreign.picture("pane-signed-out")
        for pane in (signed_in, foreign):
            pane.page.close()
