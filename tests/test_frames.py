"""Answers, findings, postings and plan tables as pandas frames: types, units, and nothing lost."""

from __future__ import annotations

import pandas as pd
import pytest

import icbudget
from icbudget import frames, tasks
from icbudget.answers.block import Block, Row
from icbudget.answers.case import evaluate_plan
from icbudget.engine.accounts.postings import postings
from icbudget.findings import Place, error, note
from icbudget.plan import SETUP, TABLES
from icbudget.plan.unread_cells import NOT_KNOWN
from tests.places import BOROUGH, FIRST, WORKBOOKS

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
    assert frame.attrs["id"] == "balances" and frame.attrs["units"] == {"Value": "Unit"}
    assert frame.attrs["basis"] == {"Value": "nominal £ of the year, as planned"}


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


@pytest.fixture(scope="module")
def simulation():
    return icbudget.simulate(FIRST / "illustrative-borough.yaml", 20, seed=7)


@pytest.fixture(scope="module")
def year():
    """A year whose ledger has a row without a scheme and one whose amount is no number."""
    exported = pd.DataFrame(
        {
            "Code": ["E100", "X999", "E100"],
            "Amount": ["1000.10", "7.05", "much"],
            "Month": [1, 2, 2],
        }
    )
    columns = {"code": "Code", "amount": "Amount", "period": "Month"}
    return icbudget.monitor(
        WORKBOOKS / "north-tyneside-better-care-fund.yaml",
        [(exported, {"columns": columns, "schemes": {"E100": "ASC"}})],
        year="2021/22",
        month=2,
    )


@pytest.fixture(scope="module")
def beyond_answers(case, simulation, year):
    """The frames that are no answer, each by what it is called, in pounds and in pence."""
    ledger = postings(case.answered)
    years = case.plan.years
    return {
        "postings": (
            frames.postings_frame(ledger, years),
            frames.postings_frame(ledger, years, money="pence"),
        ),
        "draws": (simulation.draws_frame, simulation.table("draws", money="pence")),
        "rejects": (year.rejects, year.table("Rejects", money="pence")),
    }


@pytest.mark.parametrize("id", ["postings", "draws", "rejects"])
def test_what_is_no_answer_has_its_id_its_units_and_its_types_too(beyond_answers, id):
    pounds, pence = beyond_answers[id]
    assert len(pounds) == len(pence) > 0
    for frame in (pounds, pence):
        assert frame.attrs["id"] == id and frame.attrs["title"]
        assert [c for c in frame.columns if frame[c].isna().all() and c != "Value"] == []
        numbers = (
            {"Amount", "Pence", "Value", "Draw", "Line"}
            if id != "postings"
            else {
                "Amount",
                "Pence",
            }
        )
        for column in numbers & set(frame.columns):
            assert pd.api.types.is_numeric_dtype(frame[column]), column
        if "Year" in frame:
            assert frame["Year"].dtype.ordered
    assert "Pence" not in pounds.columns
    assert str(pence["Pence"].dtype) == "Int64"
    money = "Value" if id == "draws" else "Amount"
    in_pounds = pounds[money].where(pounds["Unit"] == "£") if id == "draws" else pounds[money]
    assert in_pounds.notna().tolist() == pence["Pence"].notna().tolist()
    # a draw is not always whole pence, so it may be half a penny away
    apart = (in_pounds.astype("float64") * 100 - pence["Pence"].astype("float64")).abs()
    assert apart.max() <= (0.5 if id == "draws" else 1e-4)
    if id != "draws":
        assert (pounds.attrs["units"], pence.attrs["units"]) == (
            {"Amount": "£"},
            {"Pence": "pence"},
        )
    else:
        assert pounds.attrs["units"] == {"Value": "Unit"}
        assert pence.attrs["units"] == {"Value": "Unit", "Pence": "pence"}


def test_a_rejected_row_has_its_amount_and_its_own_cells_as_they_were_exported(year):
    """By hand: £7.05 is 705 pence; "much" is no amount, and its text is kept."""
    rejects = year.table("Rejects", money="pence")
    assert rejects["Line"].tolist() == [3, 4]
    assert rejects["Pence"].tolist() == [705, pd.NA]
    assert rejects["Amount (export)"].tolist() == ["7.05", "much"]
    assert year.rejects["Amount"].dropna().tolist() == [7.05]


def test_tables_of_every_call_are_given_in_pence_too(simulation, year):
    monitored = year.table(money="pence")
    assert "Int64" in {str(dtype) for dtype in monitored.dtypes}
    for call in (simulation.table, year.table):
        with pytest.raises(icbudget.IcbudgetError, match="pounds or in pence"):
            call(money="euros")


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
