"""M1: budget, virements, actuals and forecast of a year at month 6, by hand. See notes.md."""

from __future__ import annotations

import pytest

from icbudget.answers import catalogue
from icbudget.answers.case import evaluate
from icbudget.plan.plan_text import as_document, from_document
from tests.examples.reading import case_beside, plan_beside

NHS = "NHS Minimum Contribution"
HEADINGS = tuple(column.heading for column in catalogue.MONITORING.columns)
ZERO, NONE = 0.0, None
SHORT = (143_333.33, ZERO, 143_333.33)


@pytest.fixture(scope="module")
def case():
    return case_beside(__file__)


def changed(**changes):
    """The case of the plan with some settings or rows changed: `{"setup": {...}}` or `{"virements":
    (0, {...})}`.
    """
    document = as_document(plan_beside(__file__))
    document["setup"] |= changes.pop("setup", {})
    for table, (row, told) in changes.items():
        document[table][row] |= told
    plan = from_document(document).plan
    assert plan is not None
    return evaluate(plan)


@pytest.mark.parametrize(
    ("scheme", "figures"),
    [
        (
            "A",
            (
                1_200_000,
                -20_000,
                1_180_000,
                580_000,
                589_500.75,
                9_500.75,
                1_189_500.75,
                9_000.5,
                9_500.75,
                4_000,
                5_500.75,
            ),
        ),
        (
            "B",
            (
                400_000,
                90_000,
                490_000,
                230_000,
                250_000,
                20_000,
                520_000,
                30_000,
                30_000,
                ZERO,
                30_000,
            ),
        ),
        ("C", (120_000, ZERO, 120_000, 120_000, 120_000, ZERO, 120_000, ZERO, ZERO, ZERO, ZERO)),
        # Five payments came as due in months 1 to 5; the sixth is not booked yet, so the line uses
        # actuals to month 5 and its profile after it: 666,666.65 + (1,670,000 − 666,666.65).
        (
            NHS,
            (
                1_600_000,
                70_000,
                1_670_000,
                666_666.65,
                666_666.65,
                ZERO,
                1_670_000,
                ZERO,
                ZERO,
                ZERO,
                ZERO,
            ),
        ),
        (
            "Additional LA Contribution",
            (120_000, ZERO, 120_000, 120_000, 120_000, ZERO, 120_000, ZERO, ZERO, ZERO, ZERO),
        ),
    ],
)
def test_the_monitoring_table(case, scheme, figures):
    (row,) = catalogue.MONITORING.build(case).where(scheme_or_source=scheme)
    told = dict(zip(HEADINGS, row.values, strict=True))
    share = told.pop("Forecast variance %")
    rag, why = told.pop("RAG"), told.pop("Why")
    assert tuple(told.values()) == figures
    assert share == pytest.approx(figures[8] / figures[2])
    assert (rag, why) == {
        "A": ("Amber", "Packages reviewed"),
        "B": ("Red", "Winter beds opened early"),
    }.get(scheme, ("Green", ""))
    assert row.labels[-2:] == ("2025/26", "6")


def test_the_nhs_sees_an_adverse_variance_below_zero():
    rows = catalogue.MONITORING.build(changed(setup={"display_sign": "nhs"})).rows
    at = HEADINGS.index("Residual risk")
    assert [row.values[at] for row in rows] == [-5_500.75, -30_000, 0, 0, 0]


def test_budget_and_income_meet_after_virements_too(case):
    rows = catalogue.MONITORING.build(case).rows
    at = HEADINGS.index("Revised budget")
    assert sum(r.values[at] for r in rows if r.labels[4] == "Expenditure") == 1_790_000
    assert sum(r.values[at] for r in rows if r.labels[4] == "Income") == 1_790_000


def test_a_recurrent_virement_enters_the_next_base_and_a_one_off_does_not(case):
    assert [row.values for row in catalogue.SPENDING.build(case).rows] == [
        (1_200_000, 1_110_000),
        (400_000, 490_000),
        (120_000, 120_000),
    ]
    assert [row.values for row in catalogue.INCOME.build(case).rows] == [
        (1_600_000, 1_600_000),
        (120_000, 120_000),
    ]


def test_the_full_year_effect_is_what_the_next_base_changes_by():
    case = changed(virements=(0, {"full_year": 120_000}))
    assert [row.values[1] for row in catalogue.SPENDING.build(case).rows] == [
        1_080_000,
        520_000,
        120_000,
    ]


def test_recurrent_money_from_outside_rolls_in_income_and_spending():
    case = changed(virements=(1, {"recurrent": True}))
    assert catalogue.SPENDING.build(case).rows[0].values[1] == 1_110_000 + 70_000
    assert catalogue.INCOME.build(case).rows[0].values[1] == 1_670_000


def test_the_virement_log(case):
    rows = {row.labels[0]: row for row in catalogue.VIREMENT_LOG.build(case).rows}
    assert rows["V1"].values == (90_000, 90_000, 0, 90_000)
    assert rows["V2"].values == (70_000, 70_000, 70_000, 0)
    assert rows["V3"].values == (5_000, 0, 0, 0)
    assert (
        rows["V1"].labels[3:5] == ("A, line 1", "B, line 1")
        and rows["V2"].labels[3] == "Outside the pool (icb)"
    )
    assert [rows[v].labels[-1] for v in rows] == [
        "Counts",
        "Counts",
        "Does not count: nobody is named who approved it",
    ]


@pytest.mark.parametrize(
    ("partner", "figure", "values"),
    [
        ("All partners", "Income received", (519_999.99, 266_666.66, NONE, NONE, 786_666.65)),
        ("All partners", "Spending", (520_000.5, 439_500.25, NONE, NONE, 959_500.75)),
        # Twelfths of 100,000, 90,000 from month 4 and 10,000 more from month 6; 100,000 and 130,000
        # for B; 120,000 for C.
        ("All partners", "Spending profile", (520_000, 410_000, 430_000, 430_000, 930_000)),
        ("icb", "Spending in its own ledger", (100_000, 150_000, NONE, NONE, 250_000)),
        ("council", "Spending in its own ledger", (420_000.5, 289_500.25, NONE, NONE, 709_500.75)),
        ("icb", "Spending that its money funds", (400_000.5, 439_500.25, NONE, NONE, 839_500.75)),
        ("council", "Spending that its money funds", (120_000, ZERO, NONE, NONE, 120_000)),
    ],
)
def test_the_quarterly_report(case, partner, figure, values):
    (row,) = catalogue.QUARTERLY_REPORT.build(case).where(partner=partner, figure=figure)
    assert row.values == values


def test_every_month_s_forecast_is_kept_and_compared_with_the_latest(case):
    """A: month 1 has 100,000 as profiled; month 2 is 1,000.50 over; month 3 is 0.50; months 4 and 5
    add 5,000 and 4,000.

    The latest is 1,189,500.75. Until month 3 the budget is 1,200,000, from month 4 1,110,000, and
    from month 6 1,180,000.
    """
    forecast, off, how = catalogue.FORECAST_ACCURACY.build(case).where(scheme="A")
    assert forecast.values[:6] == (
        1_200_000,
        1_201_000.5,
        1_200_000.5,
        1_115_000.5,
        1_119_000.5,
        1_189_500.75,
    )
    assert off.values[:6] == (10_499.25, 11_499.75, 10_499.75, -74_500.25, -70_500.25, 0)
    assert how.values == ("worked out",) * 6 + (None,) * 6
    assert (
        catalogue.FORECAST_ACCURACY.build(case).where(scheme="B")[2].values[:6]
        == ("worked out",) * 4 + ("override",) * 2
    )


def test_what_was_reported_is_not_worked_out_again():
    kept = {"year": "2025/26", "month": 2, "scheme": "A", "basis": "kept", "outturn": 1_250_000}
    case = changed(forecasts=(1, kept))
    forecast, off, how = catalogue.FORECAST_ACCURACY.build(case).where(scheme="A")
    assert (forecast.values[1], off.values[1], how.values[1]) == (1_250_000, 60_499.25, "kept")
    assert forecast.values[2] == 1_200_000.5
