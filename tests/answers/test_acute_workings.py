"""Figures of the acute side explained, by hand. 10,000 spells grow by 2 % to 10,200; half of a
tenth of them are reached with an effect of 5 %: 25.5 are avoided. £3,000 rises by 2 % to £3,060; 15
% of the price and 18 % of the cost move with a unit.
"""

from __future__ import annotations

import pytest

from icbudget.answers import catalogue, reallocation_workings
from icbudget.answers.acute_workings import figures, workings
from icbudget.answers.case import evaluate, evaluate_draft
from icbudget.answers.explain import explain, explanation_block
from icbudget.plan.plan_text import from_document
from icbudget.plan.unread_cells import WORDS
from tests.checks.clean import LA, YEARS, clean
from tests.engine.plans import read
from tests.workbook.plans import rich_case


@pytest.fixture(scope="module")
def case():
    return evaluate(read(clean()))


@pytest.mark.parametrize(
    ("figure", "value", "how"),
    [
        (
            "Do-nothing activity",
            10_200,
            "base activity 10,000.00 × (1 + adjustment 0%) × growth since",
        ),
        (
            "Unit price",
            3_060,
            "£3,000.00 × market forces factor 1 × net uplift since the base year 1.020000",
        ),
        (
            "Contract saving",
            11_704.50,
            "do-nothing payment £31,212,000.00 − payment for planned activity 10,174.50",
        ),
        ("Variable cost released", 14_045.40, "0.18 of the unit cost £3,060.00 × avoided 25.50"),
        (
            "Blocks closed",
            0,
            "whole blocks of 200.00 in (1 − backfill 0%) × the least avoided in 2025/26 to 2026/27",
        ),
        (
            "Gross release",
            14_045.40,
            "variable £14,045.40 + semi-fixed £0.00 + fixed £0.00",
        ),
        ("Replacement cost", 0, "0.00 moved in × unit cost £3,060.00"),
        ("Net release", 14_045.40, "gross release £14,045.40 − replacement cost £0.00"),
        (
            "Margin on replacement activity",
            0,
            "activity is avoided here: see stranded cost",
        ),
        ("Stranded cost", -2_340.90, "contract saving £11,704.50 − net release £14,045.40"),
        (
            "Gross tariff value (not a saving)",
            78_030,
            "avoided 25.50 × unit price £3,060.00: nobody saves it",
        ),
        ("Capacity released", 25.5, "avoided by falls 25.50"),
        (
            "If alone (not additive)",
            25.5,
            "do-nothing activity 10,200.00 × segments 10% × reach after lag 50% × effect 5%",
        ),
    ],
)
def test_with_the_numbers_put_in(case, figure, value, how):
    (row,) = (w for w in workings(case, figure) if w.year == "2026/27")
    assert row.of[0] == "nel" and row.value == pytest.approx(value) and row.how.startswith(how)


def test_a_decision_beyond_what_is_avoided_says_that_it_is_cut():
    document = clean()
    document["acute_lines"][0]["fixed_release"] = {"2026/27": 100_000}
    told = {w.year: w for w in workings(evaluate(read(document)), "Fixed cost released")}
    # 25.5 × £3,060 = £78,030, of which £14,045.40 is variable
    assert told["2026/27"].value == pytest.approx(63_984.60)
    assert told["2026/27"].how == "decided: £100,000.00, cut to what the avoided activity costs"
    assert told["2027/28"].how == "decided: £0.00"


def test_every_figure_of_the_acute_side_has_its_working():
    case = rich_case()
    told = {figure: list(workings(case, figure)) for figure in figures(case)}
    assert "Beds released" in told and "Moved in" in told
    assert all(rows and all(w.how for w in rows) for rows in told.values())


@pytest.fixture(scope="module")
def pumped():
    """The clean plan with a fund of £10,000 at 3 %, which pays for a service of £6,000 a year; it
    reaches 100 of 400 people.
    """
    document = clean()
    document["programmes"][0] |= {
        "partner": "",
        "pool": "beds",
        "source": LA,
        "fixed_cost": {},
        "unit_cost": 60,
        "priority": 2,
    }
    document["programmes"][0] |= {
        "reach_basis": "in_service",
        "reach": {},
        "cost_index": "flat",
        "lag": 1,
    }
    document["programmes"][0] |= {
        "people": dict.fromkeys(YEARS, 100),
        "cohort": dict.fromkeys(YEARS, 400),
    }
    document["pools"].append({"id": "beds", "name": "Beds", "host": "icb"})
    document["contributions"].append(
        {"pool": "beds", "partner": "council", "source": LA, "base_amount": 0, "index": "flat"}
    )
    fund = {
        "id": "first",
        "rule": "pump_prime",
        "lines": ["nel"],
        "pool": "beds",
        "interest": 0.03,
        "amounts": {"2025/26": 10_000},
    }
    later = {
        "id": "later",
        "rule": "fixed_percent",
        "lines": ["nel"],
        "pool": "bcf",
        "percents": {"2026/27": 0.001},
    }
    document["shifts"] = [fund | {"fund_floor": 5_000}, later]
    return evaluate(read(document))


@pytest.mark.parametrize(
    ("asked", "value", "how"),
    [
        ("first / Put into the fund / 2025/26", 10_000, "amount of the year £10,000.00"),
        ("first / Interest on the fund / 2026/27", 300, "last year's balance £10,000.00 × 3%"),
        (
            "first / Balance of the fund / 2026/27",
            4_300,
            (
                "last year's £10,000.00 + interest £300.00 + put in £0.00 − paid out £6,000.00 +"
                " release paid back £0.00"
            ),
        ),
        ("first / Fund below its floor / 2026/27", 700, "floor £5,000.00 − balance £4,300.00"),
        (
            "falls / Cost in full / 2026/27",
            6_000,
            "(fixed £0.00 + 100.00 people × £60.00) × cost index 1.000000",
        ),
        ("falls / Paid for prevention / 2026/27", 6_000, "its cost in full"),
        (
            "falls / Effect at work (reach after lag) / 2027/28",
            0.25,
            "people in service ÷ cohort, at most 100%, after a lag of 1 (years)",
        ),
        # 1 in 1,000 of £30m; the trust's cost of 10,200 spells at £3,060 is £31,212,000, and so is
        # the budget
        ("later / Moved into the pool / 2026/27", 30_000, "0.1% of the activity budget of 2025/26"),
        (
            "later / Unfunded gap on activity / 2026/27",
            30_000,
            (
                "what the activity that still comes costs £31,212,000.00 − (activity budget"
                " £31,212,000.00 − taken out £30,000.00)"
            ),
        ),
        (
            "bcf / Money for programmes / 2026/27",
            30_000,
            "brought forward £0.00 + income £1,400,000.00 + moved in £30,000.00",
        ),
    ],
)
def test_money_moved_with_the_numbers_put_in(pumped, asked, value, how):
    told = explain(pumped, asked, {})
    (row,) = told.workings
    assert row.value == pytest.approx(value) and row.how.startswith(how)
    assert told.assumptions or asked.startswith("bcf")


def test_a_release_is_told_line_by_line(pumped):
    # 2027/28: 1 in 4 reached × 5 % × a tenth of 10,404 spells = 13.005; the contract saves 15 % of
    # £3,121.20 each, the lower
    (row,) = explain(pumped, "first / Moved into the pool / 2027/28", {}).workings
    assert row.value == pytest.approx(6_088.68, abs=0.01)
    assert row.how == "reinvest share 100% × planned release of the year £6,088.68"
    (row,) = explain(pumped, "first / Planned release of the year / 2027/28", {}).workings
    assert row.how.startswith(
        "lower of contract saving and net release of 2027/28"
    ) and row.how.endswith("nel £6,088.68")


def test_every_figure_of_the_reallocation_has_its_working_but_the_ranking_and_verdicts():
    rows = catalogue.REALLOCATION.build(rich_case()).rows
    left = {
        row.labels[2]
        for row in rows
        if row.labels[0] != "Ranking"
        and (row.labels[0], row.labels[2]) not in reallocation_workings.HOW
    }
    assert all("elf-funding" in figure for figure in left)


def test_a_figure_is_asked_for_by_name_and_rests_on_the_cells_of_its_line(case):
    told = explain(case, "nel / 2026/27 / stranded COST", {})
    (row,) = told.workings
    assert (
        (row.year, row.of, row.figure, row.value_in_words)
        == ("2026/27", ("nel",), "Stranded cost", "−£2,340.90")
        and not told.postings
        and not told.unknown
    )
    paths = {a.path for a in told.assumptions}
    assert {
        "acute_lines/nel/variable_share",
        "acute_lines/nel/variable_cost",
        "programmes/falls/effect",
    } <= paths
    assert [r.values for r in explanation_block(told).rows if r.labels[0] == "Figure"] == [
        (-2340.9,)
    ]
    assert not explain(case, "council / Stranded cost", {}).workings, (
        "the council has no part in the line"
    )
    assert len(explain(case, "trust / Stranded cost", {}).workings) == 3


def test_what_hangs_on_a_cell_that_nobody_can_read_is_not_known():
    document = clean()
    document["acute_lines"][0]["fixed_release"] = {"2026/27": "£2.%"}
    case = evaluate_draft(from_document(document))
    assert case.readings
    saved, stranded = (
        explain(case, f"nel / 2026/27 / {figure}", {}).workings[0]
        for figure in ("Contract saving", "Stranded cost")
    )
    assert saved.value == pytest.approx(11_704.50)
    assert stranded.value_in_words == WORDS and stranded.how.endswith("see Checks.")
