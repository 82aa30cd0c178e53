"""Answers, findings, postings and plan tables as pandas frames: types, units, and nothing lost."""

from __future__ import annotations

import pandas as pd
import pytest

from icbudget import frames, tasks
from icbudget.answers.block import Block, Row
from icbudget.answers.case import evaluate_plan
from icbudget.engine.accounts.postings import postings
from icbudget.findings import Place, error, note
from icbudget.plan import SETUP, TABLES
from icbudget.plan.unread_cells import NOT_KNOWN
from tests.places import BOROUGH

YEARS = ("2025/26", "2026/27")
BLOCK = Block(
    "Balances",
    "What is left.",
    ("Pool", "Figure"),
    YEARS,
    (
        Row(("bcf", "Closing balance"), "£", (1_234_567.89, 0.1)),
        Row(("bcf", "Share"), "%", (0.25, None)),
        Row(("bcf", "Verdict"), "", ("met", "missed")),
    ),
    basis="nominal £ of the year, as planned",
)


@pytest.fixture(scope="module")
def case():
    return evaluate_plan(tasks.load(BOROUGH).plan)


def test_an_answer_is_one_value_a_row_with_its_unit_beside_it():
    frame = frames.answer_frame(BLOCK, "balances")
    assert list(frame.columns) == ["Pool", "Figure", "Year", "Unit", "Value", "Text"]
    assert len(frame) == 5, "a cell without a value has no row"
    money = frame[frame["Unit"] == "£"]
    assert money["Value"].tolist() == [1_234_567.89, 0.1]
    assert frame.loc[frame["Figure"] == "Verdict", "Text"].tolist() == ["met", "missed"]
    assert frame.attrs["id"] == "balances" and frame.attrs["units"] == ["%", "£"]
    assert frame.attrs["basis"] == dict.fromkeys(YEARS, "nominal £ of the year, as planned")


def test_years_are_in_the_order_of_the_plan():
    years = frames.answer_frame(BLOCK)["Year"].dtype
    assert isinstance(years, pd.CategoricalDtype) and years.ordered
    assert list(years.categories) == list(YEARS)


def test_pence_are_exact_whole_numbers():
    frame = frames.answer_frame(BLOCK, money="pence")
    assert str(frame["Pence"].dtype) == "Int64"
    assert frame["Pence"].dropna().tolist() == [123_456_789, 10]
    assert frame.loc[frame["Unit"] == "%", "Value"].tolist() == [0.25]


def test_wide_is_as_on_the_sheet():
    frame = frames.answer_frame(BLOCK, wide=True)
    assert list(frame.columns) == ["Pool", "Figure", "Unit", *YEARS]
    assert len(frame) == 3


def test_what_is_not_known_is_missing_and_counted():
    block = Block("B", "", ("Pool",), YEARS, (Row(("bcf",), "£", (NOT_KNOWN, 5.0)),))
    frame = frames.answer_frame(block)
    assert frame["Value"].isna().tolist() == [True, False]
    assert frame.attrs["not_known"] == 1


def test_findings_are_sorted_by_severity_and_carry_their_cell():
    place = Place(workbook="plan.xlsx", sheet="Funding", cell="G7")
    frame = frames.findings_frame(
        [note("n", "A note."), error("e", "Wrong.", "Fix it.", place, 150)]
    )
    assert frame.sort_values("severity")["id"].tolist() == ["e", "n"]
    wrong = frame.set_index("id").loc["e"]
    assert (wrong["sheet"], wrong["cell"], wrong["effect"]) == ("Funding", "G7", 1.5)
    assert pd.isna(frame.set_index("id").loc["n", "effect"])


def test_postings_add_up_to_the_ledger_to_the_penny(case):
    ledger = postings(case.answered)
    frame = frames.postings_frame(ledger, case.plan.years, money="pence")
    assert len(frame) == len(ledger)
    assert int(frame["Pence"].sum()) == sum(posting.pence for posting in ledger)
    pounds = frames.postings_frame(ledger, case.plan.years)
    assert float(pounds["Amount"].sum()) == pytest.approx(frame["Pence"].sum() / 100)
    assert pounds["Year"].cat.categories.tolist() == list(case.plan.years)


def test_a_plan_table_has_the_headings_of_its_sheet_and_the_types_of_its_columns(case):
    schemes = frames.plan_frame(case.plan, TABLES["schemes"])
    assert len(schemes) == len(case.plan.schemes)
    amounts = [row.base_amount for row in case.plan.schemes if row.base_amount is not None]
    assert schemes["Base amount (£)"].sum() == float(sum(amounts))
    assert schemes["Base amount (£)"].count() == len(amounts) < len(schemes)
    assert str(schemes["Line"].dtype) == "Int64"
    assert str(schemes["Recurrent (Yes/No)"].dtype) == "boolean"
    setup = frames.plan_frame(case.plan, SETUP)
    assert setup.set_index("Setting").loc["Base year", "Value"] == case.plan.setup.base_year


def test_several_figures_by_year_are_told_apart_by_name(case):
    programmes = frames.plan_frame(case.plan, TABLES["programmes"])
    by_year = [column for column in programmes.columns if column.endswith(case.plan.years[1])]
    assert any(column.startswith("Fixed cost ") for column in by_year)
    first = case.plan.programmes[0]
    for year, amount in first.fixed_cost.items():
        assert programmes[f"Fixed cost {year}"].iloc[0] == float(amount)


def test_a_frame_is_a_table_of_cells_with_blanks_where_it_has_nothing():
    frame = pd.DataFrame({"Pool": ["bcf", None], "2026/27": [1.5, float("nan")]})
    assert frames.cells_of(frame) == [["Pool", "2026/27"], ["bcf", 1.5], [None, None]]
    indexed = frame.set_index("Pool")
    assert frames.cells_of(indexed)[0] == ["Pool", "2026/27"]
