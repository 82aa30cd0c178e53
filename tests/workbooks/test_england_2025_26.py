"""England's Better Care Fund of 2025/26 by national funding stream, in £m as printed."""

from __future__ import annotations

import pytest

from tests.workbooks.published import answer, opened, value

YEAR = "2025/26"


@pytest.fixture(scope="module")
def case():
    return opened("england-better-care-fund-2025-26")


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        ("NHS Minimum Contribution", 5_614),
        ("Local Authority Better Care Grant", 2_640),
        ("DFG", 711 + 50),
    ],
)
def test_each_stream_is_as_printed(case, source, printed):
    assert value(case, "income", YEAR, source=source) == printed * 1_000_000


def test_the_streams_make_8_965_and_9_015_after_the_addition_of_the_year(case):
    addition = value(case, "income", YEAR, line="In-year addition")
    assert value(case, "income", YEAR) == 9_015_000_000
    assert value(case, "income", YEAR) - addition == 8_965_000_000  # 5,614 + 2,640 + 711


def test_the_councils_grant_joins_two_of_the_year_before(case):
    lines = answer(case, "income").where(source="Local Authority Better Care Grant")
    assert [row.values[0] for row in lines] == [2_140_000_000, 500_000_000]


def test_one_off_money_never_enters_a_later_year(case):
    from icbudget.answers.case import evaluate

    setup = case.plan.setup.model_copy(update={"horizon": 1})
    rows = tuple(row.model_copy(update={"index": "flat"}) for row in case.plan.contributions)
    later = evaluate(case.plan.model_copy(update={"setup": setup, "contributions": rows}))
    assert value(later, "income", "2026/27") == 8_965_000_000


def test_every_stream_is_unallocated_since_nothing_printed_says_what_it_is_spent_on(case):
    results = answer(case, "rule-tests").where(test="balance", figure="Result")
    assert {row.values for row in results} == {("Unallocated",)} and len(results) == 3
