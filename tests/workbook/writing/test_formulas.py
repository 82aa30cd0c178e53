"""The ordinary formulas beside the answers: right by hand, alike in a real spreadsheet program,
alarmed when they should be.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from icbudget.answers.block import Block
from icbudget.answers.case import evaluate
from icbudget.answers.catalogue import ANSWERS
from icbudget.workbook import layout
from icbudget.workbook.contents import EVERYTHING
from icbudget.workbook.writing.build import build
from icbudget.workbook.writing.formulas import Area, Figure, base_sum, text
from icbudget.workbook.writing.styles import AGREES
from tests.programs.calc import Calc
from tests.workbook.opened import with_sheets
from tests.workbook.plans import rich, rich_blocks, rich_book, rich_case, rich_workbook


@lru_cache(maxsize=4)
def page_of(content: bytes, sheet: str) -> Worksheet:
    """Return a sheet's stored values."""
    return with_sheets(content, sheet, values=True)[sheet]


def rows_of(content: bytes, sheet: str) -> dict[str, list[object]]:
    """Return the stored cells of a sheet's rows by the text in their first column that holds
    one."""
    page = page_of(content, sheet)
    told = [[cell.value for cell in row] for row in page.iter_rows()]
    return {str(next((v for v in row if isinstance(v, str)), "")): row for row in told}


def checks(content: bytes) -> dict[str, list[object]]:
    """Return the comparisons of the Checks sheet by name: result, difference, inputs, answers."""
    page = page_of(content, layout.CHECKS)
    told = [[cell.value for cell in row] for row in page.iter_rows(min_row=14, max_row=90)]
    return {
        f"{row[1]}: {row[2]}": [row[0], *row[4:7]]
        for row in told
        if row[0] in (AGREES, "CHECK", "SCENARIO", "NOT KNOWN")
    }


def test_totals_are_those_of_the_arithmetic_by_hand():
    """Income: 12,310,605 + 4,100,000.25 + 250,000, 80,000 in kind − 10,605 held back, 1,500,000 in
    the capital pool, and 1,000.50 in the aligned one.
    """
    content = rich_workbook(live=False)
    income = rows_of(content, "Income")
    assert income["Contribution"][8] == pytest.approx(18_161_605.75)
    assert income["In kind"][8] == pytest.approx(80_000)
    assert income["Deduction"][8] == pytest.approx(-10_605)
    assert (
        income["Put into pools, in kind included"][8]
        == income["Income, from the Funding sheet"][8]
        == pytest.approx(18_231_000.75)
    )
    told = checks(content)
    assert told["Income: Income of Better Care Fund in 2025/26"][1:] == pytest.approx(
        [0, 16_730_000.25, 16_730_000.25]
    )
    assert told["Income: Income of Disabled facilities in 2025/26"][1:] == pytest.approx(
        [0, 1_500_000, 1_500_000]
    )
    # 9,000,000 + 3,000,000.75 + 1,000,000 + 1,500,000; the scheme that names a programme is not
    # among them
    spending = told["Spending: Spending in 2025/26 on schemes that name no programme"]
    assert spending[1:] == pytest.approx([0, 14_500_000.75, 14_500_000.75])
    # 9,000 × 1.01 × £3,150.55 × 1.0546 = £30,202,161.5727; the answer is whole pence. Care homes:
    # 100 × 52 weeks × (£956.25 − £300 that clients pay) = £3,412,500
    paid = told["Activity: Payments in 2025/26 under contracts that pay for every unit"]
    assert paid[2:] == pytest.approx([33_614_661.5727, 33_614_661.57])


def test_a_table_of_amounts_has_its_sum_above_its_headings():
    """Funding: 12,310,605 + 4,100,000.25 + 250,000 + 80,000 in kind + 1,500,000 + 1,000.50 − 10,605 held back.

    Schemes: 9,000,000 + 3,000,000.75 + 1,000,000 + 1,500,000; one names a programme, with no amount.
    """
    for live in (True, False):
        book = rich_book(live=live, values=True)
        for sheet, total in (("Funding", 18_231_000.75), ("Schemes", 14_500_000.75)):
            heads = [cell.value for cell in book[sheet][5]]
            at = heads.index("Base amount (£)") + 1
            assert book[sheet].cell(4, at).value == pytest.approx(total)
            assert str(book[sheet].cell(4, at - 1).value).startswith("All")


def test_every_check_of_a_sound_plan_agrees():
    told = checks(rich_workbook(live=False))
    assert {row[0] for row in told.values()} == {AGREES} and len(told) > 15


@pytest.mark.parametrize("live", [True, False])
def test_no_cell_formula_or_format_says_ok(live):
    with zipfile.ZipFile(io.BytesIO(rich_workbook(live=live))) as book:
        parts = {name: book.read(name).decode() for name in book.namelist() if name[-3:] == "xml"}
    assert not [name for name, part in parts.items() if re.search(r"\bOK\b", part)]
    assert any(AGREES in part for part in parts.values())


def test_an_amount_set_for_the_base_year_stands_instead_of_the_base_amount():
    first = rich().contributions[0].model_copy(update={"amounts": {"2025/26": 1000}})
    plan = rich().model_copy(update={"contributions": (first, *rich().contributions[1:])})
    figure = base_sum(plan, "contributions", kind=text("contribution"), pool=text("BCF"))
    assert figure.value == pytest.approx(1000 + 4_100_000.25 + 250_000 + 80_000)
    assert 'Funding[2025/26]=""' in figure.formula


def altered(block: Block, row: int, column: int, by: float) -> Block:
    """Return a block with one value changed."""
    values = list(block.rows[row].values)
    values[column] = float(values[column]) + by  # type: ignore[arg-type]
    changed = type(block.rows[row])(block.rows[row].labels, block.rows[row].unit, tuple(values))
    return replace(block, rows=(*block.rows[:row], changed, *block.rows[row + 1 :]))


@pytest.mark.parametrize(
    ("id", "row", "column", "failing"),
    [
        (
            "income",
            0,
            0,
            {
                "Income of all pools in 2025/26",
                "Income of Better Care Fund in 2025/26",
                "Income in every year",
            },
        ),
        ("spending", 0, 0, {"Spending in 2025/26 on schemes that name no programme"}),
        ("balances", 5, 2, {"Sources = all sources"}),
        (  # the row of all sources of the first pool
            "balances",
            54,
            2,
            {"Open + all in − all out = closing balance", "Sources = all sources"},
        ),
        ("bridge", 1, 1, {"Partners = whole system"}),
        ("activity", 4, 0, {"Payments in 2025/26 under contracts that pay for every unit"}),
        ("cash-released", 7, 1, {"Net release + stranded − margin = saving"}),
        ("cash-released", 5, 1, {"Gross release − replacement = net release"}),
        ("gain-shared", 4, 1, {"Received = paid over, all partners"}),
        ("risk-shared", 1, 1, {"Variance: years added up = to date"}),
        (
            "risk-shared",
            2,
            1,
            {
                "Shares + not shared = variance",
                "Share of the variance: years added up = to date",
            },
        ),
        ("risk-shared", 3, 1, {"Share of the variance: years added up = to date"}),
        ("risk-shared", 4, 1, {"Part by the rule: all steps = whole steps"}),
    ],
)
def test_a_wrong_answer_turns_its_check_and_the_master_check(id, row, column, failing):
    by = 0.001 if rich_blocks()[id].rows[row].unit == "%" else 100.0
    blocks = {**rich_blocks(), id: altered(rich_blocks()[id], row, column, by)}
    content = build(rich(), blocks, live=False, case=rich_case())
    assert {
        name.split(": ", 1)[1] for name, told in checks(content).items() if told[0] == "CHECK"
    } == failing
    assert "differ" in str(rows_of(content, layout.CHECKS)["Master check"][1])


def test_under_a_scenario_a_difference_from_the_inputs_is_told_as_such():
    setup = rich().setup.model_copy(update={"active_scenario": "low"})
    blocks = {**rich_blocks(), "income": altered(rich_blocks()["income"], 0, 0, 100.0)}
    content = build(
        rich().model_copy(update={"setup": setup}), blocks, live=True, choice=EVERYTHING
    )
    assert checks(content)["Income: Income of all pools in 2025/26"][0] == "SCENARIO"
    assert "differ" not in str(rows_of(content, layout.CHECKS)["Master check"][1])


def test_an_error_among_the_findings_turns_the_master_check():
    findings = rich_blocks()["checks"]
    row = type(findings.rows[0])(("Error", "Funding!G6", "Blank.", "Fill it in.", "", ""), "", ())
    worse = type(findings)(
        findings.title, findings.shows, findings.labels, (), (row, *findings.rows)
    )
    content = build(rich(), {"checks": worse}, live=True)
    assert str(rows_of(content, layout.CHECKS)["Master check"][1]).startswith("1 error · ")
    assert rows_of(content, "Balances")["No answer"]


def test_excel_does_not_tell_capitals_apart_and_neither_does_a_stored_total():
    block = rich_blocks()["income"]
    area = Area("Income", block, 10)
    assert (
        area.sum("2025/26", kind=Figure("$A1", "DEDUCTION")).value
        == area.sum("2025/26", kind=Figure("$A1", "deduction")).value
        < 0
    )


@pytest.mark.program("libreoffice")
def test_a_real_spreadsheet_program_calculates_what_is_stored(calc: Calc, tmp_path: Path):
    """Every ordinary formula of the results workbook, worked out anew by LibreOffice, equals its
    stored value.
    """
    stored = rich_book(live=False, values=True)
    book = openpyxl.load_workbook(io.BytesIO(rich_workbook(live=False)))
    path, saved = tmp_path / "results.xlsx", tmp_path / "recalculated.xlsx"
    book.save(path)  # openpyxl drops every stored value, so that nothing can be left of them
    document = calc.open(path)
    document.save_as(saved)
    document.close()
    fresh = openpyxl.load_workbook(saved, data_only=True)
    compared = 0
    for sheet in book:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            found, expected = (b[sheet.title][cell.coordinate].value for b in (fresh, stored))
            if isinstance(expected, (int, float)):
                expected = pytest.approx(expected, rel=1e-9, abs=1e-6)
            assert found == expected or not (found or expected), (sheet.title, cell.coordinate)
            compared += 1
    assert compared > 500


def test_a_year_without_a_value_is_not_drawn_as_nought():
    """The chart takes the first goal that has a value every year; without one, a gap repeats the
    value before it.
    """
    gappy = rich().goals[1].model_copy(update={"id": "G0", "expected": {"2027/28": 64.0}})
    for goals, title, drawn in (
        ((gappy, *rich().goals), "Non-elective spells 75+", None),
        ((gappy,), "People who feel supported", [61.5, 61.5, 64.0, 64.0]),
    ):
        plan = rich().model_copy(update={"goals": goals, "quarterly_plans": ()})
        case = evaluate(plan)
        content = build(plan, {a.id: a.build(case) for a in ANSWERS}, live=False, case=case)
        page = page_of(content, "Goal tracker")
        titled = (r for r in range(1, 99) if page.cell(r, 1).value == title)
        # The goal's own line of totals bears its name too; the chart's title stands on its headings.
        row = next(r for r in titled if page.cell(r + 1, 1).value == "Goal")
        # Three labels and the unit stand left of the years.
        figures = [page.cell(row + 2, at).value for at in range(5, 9)]
        assert drawn is None or figures == drawn
