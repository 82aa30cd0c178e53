"""A workbook holds what is chosen and what the plan uses: counts of sheets and columns, and nothing
lost when a module is added.
"""

from __future__ import annotations

import base64
import io
import re
from contextlib import redirect_stderr
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest

from icbudget import tasks
from icbudget.answers.case import evaluate_plan
from icbudget.answers.catalogue import ANSWERS, CHECKS
from icbudget.cli.command_line import main
from icbudget.excel.buttons import add_sheets
from icbudget.excel.coerce import InputProblem
from icbudget.excel.server.task_calls import _more_sheets
from icbudget.plan import SETUP, TABLES
from icbudget.plan.columns import WITH_ITS_TABLE, columns_of
from icbudget.plan.grid import has_companion
from icbudget.plan.modules import MODULES, POOL, PURPOSES, SHIFT
from icbudget.plan.plan import WITH_ITS_MODULE
from icbudget.workbook import layout
from icbudget.workbook.contents import (
    EVERYTHING,
    Choice,
    choice_of,
    column_choice,
    offers,
)
from icbudget.workbook.reading.choice_of_workbook import choice_in
from icbudget.workbook.writing.build import blank_plan, build
from tests.places import EXAMPLES
from tests.workbook.opened import sheet_names, with_sheets
from tests.workbook.plans import rich


def written(plan, choice=None):
    """Return a live workbook of a plan, opened, without its answers."""
    content = build(plan, {}, live=True, choice=choice or Choice())
    return openpyxl.load_workbook(io.BytesIO(content))


def test_a_new_workbook_has_at_most_28_sheets_and_the_pool_alone_at_most_16():
    assert len(written(blank_plan()).sheetnames) <= 28
    assert len(written(blank_plan(), Choice(frozenset({POOL}))).sheetnames) <= 16


OPENS = {
    "Setup": "Title · Area · ONS code · Base year · Horizon · Rules year · Deflator · Prepared by · Notes"
    " · Price uplift index · Price efficiency index",
    "Partners": "Partner · Name · Kind",
    "Pools": "Pool · Name · Host · Pooling status · Revenue or capital · Risk share",
    "Funding": "Pool · Partner · Source of funding · Name · Base amount · Index · Recurrent · Source",
    "Schemes": "Scheme · Name · Pool · Source of funding · Base amount · Index · Recurrent · Scheme type"
    " · Area of spend · Commissioner · Provider · Programme · Source",
    "Minimums": "Rule · Source of funding · Base amount · Index · Source",
    "Indices": "Index · Name · Source",
    "Activity lines": "Activity line · Point of delivery · Currency · Commissioner · Provider"
    " · Base activity · Demographic index · Unit price · Unit cost · Contract · Variable share"
    " · Variable cost · Semi-fixed cost · Block size · Source",
    "Prevention": "Programme · Name · Reaches · Evidence row · Effect · Evidence grade · Effect, low"
    " · Effect, high · Lag · Maximum reach · Reach · Cost a year · Starts · Cost index · Unit cost"
    " · Source",
    "Shifts": "Shift · Rule · Activity lines · Pool",
    "Goals": "Goal · Measure · Unit · Better is · Activity line · Kind of goal · Baseline · Target"
    " · Target year · Source",
}
"""What a new workbook shows of each table: workbook.md §3, by hand; the financial years come on top."""


def test_a_new_workbook_opens_with_the_94_columns_of_the_design_and_no_other():
    opened = written(blank_plan())
    labels = [table.label for table in TABLES.values() if table.label in opened.sheetnames]
    heads = {
        label: [str(cell.value) for cell in opened[label][5] if cell.value] for label in labels
    }
    heads["Setup"] = [
        str(row[0].value) for row in opened["Setup"].iter_rows(min_row=6) if row[0].value
    ]
    shown = {
        label: {re.sub(r" \(.*\)$", "", head) for head in of if not head[:4].isdigit()}
        for label, of in heads.items()
    }
    assert shown == {label: {*columns.split(" · ")} for label, columns in OPENS.items()}
    assert sum(map(len, shown.values())) == 94


def test_every_declared_module_has_a_table_or_an_answer():
    opening = [t for t in TABLES.values() if t.module == SHIFT and t.opens == WITH_ITS_MODULE]
    assert [t.label for t in opening] == ["Activity lines", "Prevention", "Shifts", "Goals"]
    assert all(
        any(c.opens == WITH_ITS_TABLE for c in columns_of(t.noun))
        for t in (SETUP, *TABLES.values())
    )


def test_there_is_no_guide_and_no_hidden_sheet():
    for choice in (Choice(), EVERYTHING):
        opened = written(blank_plan(), choice)
        assert {sheet.sheet_state for sheet in opened} == {"visible"}
        assert {"Guide", "Chart figures", "Run record"}.isdisjoint(opened.sheetnames)
        assert opened.sheetnames[:2] == ["Start", "Dashboard"]
        assert opened.sheetnames[-1] == "Lists"


def test_sheets_and_columns_open_by_themselves_where_the_plan_has_rows_or_values():
    opened = written(rich())
    assert {"Risk share", "Segments", "Moves", "Actuals", "Prevention by year"} <= {
        *opened.sheetnames
    }
    heads = [cell.value for cell in opened["Funding"][5]]
    assert {"Kind", "In kind (Yes/No)", "Phasing"} <= {*heads}
    bare = [cell.value for cell in written(blank_plan())["Funding"][5]]
    assert {"Kind", "In kind (Yes/No)", "Phasing"}.isdisjoint(bare)


def test_a_module_added_to_a_filled_workbook_loses_nothing(tmp_path: Path):
    first, second = tmp_path / "plan.xlsx", tmp_path / "more.xlsx"
    plan = rich().model_copy(update={"uncertainties": (), "correlations": ()})
    first.write_bytes(build(plan, {}, live=True))
    opened, path = tasks.add_sheets(
        first, second, ["uncertainty", "Income"], {"Funding": ["Ring-fenced"]}
    )
    assert path == second and opened.draft.plan == plan
    assert tasks.load(second).plan == plan
    before, after = sheet_names(first), sheet_names(second)
    assert {*before} < {*after}
    assert {"Uncertainty", "Correlations", "Simulation", "Tornado", "Income"} <= {*after}
    heads = [cell.value for cell in with_sheets(second, "Funding")["Funding"][5]]
    assert "Ring-fenced (Yes/No)" in heads
    # What was asked for stays when the next module is added.
    assert "Income" in choice_in(second).sheets


def by_command(path: Path) -> str:
    out = str(path.with_name("more.xlsx"))
    words = ["icbudget", "sheets", str(path), "--add", "shift", "--out", out]
    with pytest.MonkeyPatch.context() as patch, redirect_stderr(io.StringIO()) as told:
        patch.setattr("sys.argv", words)
        with pytest.raises(SystemExit, match="2"):
            main()
    return told.getvalue()


def by_macro(path: Path) -> str:
    with pytest.raises(InputProblem) as problem:
        add_sheets(SimpleNamespace(fullname=str(path)), "shift")
    return str(problem.value)


def by_task_pane(path: Path) -> str:
    upload = base64.b64encode(path.read_bytes()).decode()
    with pytest.raises(InputProblem) as problem:
        _more_sheets([[[upload]], [["shift"]], []])
    return str(problem.value)


@pytest.mark.parametrize("host", [by_command, by_macro, by_task_pane])
def test_a_module_added_twice_is_told_and_nothing_is_written(tmp_path: Path, host):
    path = tmp_path / "plan.xlsx"
    path.write_bytes(build(blank_plan(), {}, live=True))
    message = "shift: in the workbook already. Choose what is not there yet."
    assert message in " ".join(host(path).split())
    assert list(tmp_path.iterdir()) == [path]


@pytest.fixture(scope="module")
def answered_plan():
    """A small plan with a shift, with its case and its answers."""
    plan = tasks.load(EXAMPLES / "ge1" / "plan.yaml").plan
    case = evaluate_plan(plan)
    return plan, case, tasks.answers(case)


@pytest.mark.parametrize(
    "answer", [a for a in ANSWERS if a is not CHECKS], ids=lambda answer: answer.title
)
def test_each_answer_is_added_alone_with_its_sheet(answered_plan, answer):
    """Whatever another answer would show beside it: the fewest sheets, and this one."""
    plan, case, blocks = answered_plan
    choice = choice_of([answer.title], Choice(frozenset({POOL})))
    content = build(plan, {answer.id: blocks[answer.id]}, live=True, case=case, choice=choice)
    assert answer.title in sheet_names(content)


def test_the_default_workbook_calls_few_functions():
    """Each call is a message to Python; workbook.md §7 allows about 60."""
    for choice in (Choice(), Choice(frozenset({POOL}))):
        texts = [
            str(getattr(cell.value, "text", cell.value))
            for sheet in written(blank_plan(), choice)
            for row in sheet.iter_rows()
            for cell in row
            if cell.data_type == "f"
        ]
        called = [text for text in texts if "ICB_" in text]
        assert 8 <= len(called) <= 60


def test_sheets_of_a_persons_own_are_carried_and_named(tmp_path: Path):
    first = tmp_path / "plan.xlsx"
    first.write_bytes(build(rich(), {}, live=True))
    book = openpyxl.load_workbook(first)
    book.create_sheet("My notes")["A1"] = "Ask the treasurer"
    book.save(first)
    opened, written = tasks.add_sheets(first, tmp_path / "more.xlsx", ["library"], {})
    (carried,) = [f for f in opened.findings if f.id == "workbook.own-carried"]
    assert "My notes" in carried.message
    assert with_sheets(written, "My notes")["My notes"]["A1"].value == "Ask the treasurer"


@pytest.mark.parametrize("name", ["forecasting", "Balance", ""])
def test_a_name_that_is_neither_a_module_nor_a_sheet_is_refused(name):
    with pytest.raises(ValueError, match="neither a module"):
        choice_of([name], Choice())


def test_all_that_may_be_added_says_what_it_is_for_and_what_is_there_is_not_offered(tmp_path: Path):
    assert {*PURPOSES} == {*MODULES}
    assert min(len(offer.purpose) for offer in offers()) > 5
    path = tmp_path / "plan.xlsx"
    path.write_bytes(build(blank_plan(), {}, live=True))
    offered = {(offer.kind, offer.sheet, offer.name) for offer in tasks.further(path)}
    assert ("module", "", "year") in offered and ("module", "", "shift") not in offered
    assert ("sheet", "", "Income") in offered and ("sheet", "", "Balances") not in offered
    assert ("column", "Funding", "Ring-fenced") in offered
    assert ("column", "Funding", "Index") not in offered
    assert not any(sheet == "Actuals" for _, sheet, _ in offered)


def test_a_column_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="no column"):
        column_choice({"Funding": ["Colour"]})
    with pytest.raises(ValueError, match="no input sheet"):
        column_choice({"Money": ["Line"]})


def test_the_ticks_of_start_count_what_is_missing():
    """Rich pools: BCF has a rule, DFGP has none, CHC is aligned; so one cell of Pools is missing."""
    content = build(rich(), {}, live=True)
    page = with_sheets(content, "Start", values=True)["Start"]
    states = {row[1].value: row[5].value for row in page.iter_rows(min_row=8, max_row=16)}
    assert states["Who bears risk"] == "▶ Now: cells to fill: 1"
    assert states["Who pays in"] == "✓ Done"
    blank = build(blank_plan(), {}, live=True)
    page = with_sheets(blank, "Start", values=True)["Start"]
    states = {row[1].value: row[5].value for row in page.iter_rows(min_row=8, max_row=16)}
    assert states["Area and years"] == "✓ Done" and states["Who pays in"] == "To do"
    # The step that is called now is the one that the next cell to fill is of.
    assert page["C4"].value == "Partners!A6: Partner"
    assert states["Partners"] == "▶ Now: the first row"


def test_now_stands_at_the_step_of_the_next_cell_alone():
    """Without a contribution the next cell is on Funding, and the risk share of step 4 is later."""
    plan = rich().model_copy(update={"contributions": ()})
    page = with_sheets(build(plan, {}, live=True), "Start", values=True)["Start"]
    steps = {row[1].value: (row[5].value, row[6].value) for row in page["A8:G20"]}
    assert steps["Who pays in"] == ("▶ Now: the first row", page["C4"].value)
    assert steps["Who bears risk"][0] == "Cells to fill: 1"
    assert sum(str(state).startswith("▶") for state, _ in steps.values()) == 1


def test_aligned_money_is_never_counted_as_money_in_the_pools():
    """The borough: 51.823 million comes in, 2.45 million of it beside the pools; 49.373 is in them."""
    plan = tasks.load(Path(__file__).parents[2] / "workbooks" / "illustrative-borough.yaml").plan
    case = evaluate_plan(plan)
    wanted = ("balances", "partner-positions", "cash-released", "goal-tracker", "risk-shared")
    blocks = {id: block for id, block in tasks.answers(case).items() if id in wanted}
    content = build(plan, blocks, live=True, case=case)
    page = with_sheets(content, "Dashboard", values=True)["Dashboard"]
    assert page["A5"].value == "Income of the pools"
    assert page["A6"].value == pytest.approx(49_373_000)
    assert "With aligned money £51.8m in 2025/26." in page["A7"].value


def test_every_table_with_several_figures_by_year_has_a_sheet_for_them():
    with_a_sheet = {place.table.field for place in layout.TABLE_SHEETS if place.by_year}
    assert with_a_sheet == {name for name, table in TABLES.items() if has_companion(table)}
