"""A figure in another unit than its neighbours, and a year left blank between two others."""

from __future__ import annotations

import random
import statistics

import pytest

from icbudget import tasks
from icbudget.answers.case import evaluate_draft
from icbudget.checks.gaps_in_years import gaps
from icbudget.checks.scale_of_figures import _Others, scale
from icbudget.findings import Severity
from icbudget.plan.plan_text import from_document
from tests.checks.clean import LA, NHS, clean
from tests.checks.faults import Faults
from tests.places import WORKBOOKS

fault = Faults()


@fault("amount.out-of-scale", "acute_lines", 0, "unit_price")
def price_in_thousands(d):
    # £2.90 paid for what costs £2,800: £000 were meant
    d["acute_lines"][0] |= {"unit_price": 2.9, "unit_cost": 2_800}


@fault("year.blank-between", "programmes", 0, "reach")
def year_left_out_of_reach(d):
    d["setup"]["horizon"] = 3
    d["indices"][0]["rates"]["2028/29"] = 0.02
    d["programmes"][0] |= {
        "reach": {"2026/27": 0.2, "2028/29": 0.3},
        "fixed_cost": {**d["programmes"][0].get("fixed_cost", {}), "2028/29": 1},
    }


@fault("year.rolled-between", "contributions", 0, "amounts")
def year_left_out_of_amounts(d):
    d["setup"]["horizon"] = 3
    d["indices"][0]["rates"]["2028/29"] = 0.02
    d["contributions"][0]["amounts"] = {"2026/27": 1_000_000, "2028/29": 1_000_000}


@pytest.mark.parametrize("fault", fault.params)
def test_every_fault_is_found(fault):
    fault.assert_finding()


PUBLISHED = sorted(WORKBOOKS.glob("*.yaml"))


def plan(**tables):
    document = clean()
    for table, change in tables.items():
        change(document[table])
    return from_document(document).plan


def places(findings):
    return [(f.place.table, f.place.row, f.place.column) for f in findings]


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda p: p.stem)
def test_no_figure_of_a_sample_or_published_case_is_asked_about(path):
    sample = tasks.load(path).plan
    assert scale(sample) == [] and gaps(sample) == []


def test_a_rate_typed_into_a_column_of_pounds_is_asked_about():
    # 2.5 % among £1,000,000 and £400,000
    odd = plan(
        contributions=lambda rows: rows[0].update(amounts={"2026/27": 0.025, "2027/28": 1_025_000})
    )
    (finding,) = scale(odd)
    # to whole pence 0.025 is £0.03 (half-up), so that is what the plan holds
    assert places([finding]) == [
        ("contributions", f"bcf|icb|{NHS}|1", "amounts[2026/27]"),
    ]
    assert finding.severity is Severity.WARNING and "£0.03" in finding.message


@pytest.mark.parametrize(("amount", "asked"), [(1_020, 1), (1_020_000, 0), (20_000, 0)])
def test_thousands_of_pounds_in_one_year_are_asked_about(amount, asked):
    odd = plan(
        contributions=lambda rows: rows[0].update(amounts={"2026/27": amount, "2027/28": 1_030_000})
    )
    assert len(scale(odd)) == asked


def test_one_line_in_thousands_among_lines_in_pounds_is_asked_about():
    def add(rows):
        money = {"pool": "bcf", "partner": "council", "source": LA, "index": "flat"}
        for line, amount in ((2, 650_000), (3, 300_000), (4, 450)):  # £450,000 was meant
            rows.append({**money, "line": line, "base_amount": amount})

    assert places(scale(plan(contributions=add))) == [
        ("contributions", f"bcf|council|{LA}|4", "base_amount"),
    ]


def test_a_rate_ten_times_the_other_years_is_asked_about():
    def rates(rows):
        rows[0]["rates"] = {
            "2026/27": 0.025,
            "2027/28": 0.25,
            "2028/29": 0.02,
            "2029/30": 0.02,
            "2030/31": 0.021,
        }

    assert places(scale(plan(indices=rates))) == [("indices", "prices", "rates[2027/28]")]


def test_a_price_in_thousands_beside_its_cost_is_asked_about():
    odd = plan(acute_lines=lambda rows: rows[0].update(unit_price=2.9, unit_cost=2_800))
    assert places(scale(odd)) == [("acute_lines", "nel", "unit_price")]


def test_a_blank_year_between_two_is_a_question_and_what_rests_on_it_is_not_known():
    document = clean()
    document["setup"]["horizon"] = 3
    document["indices"][0]["rates"]["2028/29"] = 0.02
    document["programmes"][0]["reach"] = {"2026/27": 0.2, "2028/29": 0.3}
    draft = from_document(document)
    (question,) = gaps(draft.plan)
    assert places([question]) == [("programmes", "falls", "reach[2027/28]")]
    assert question.severity is Severity.ERROR and "or is it 0?" in question.message
    case = evaluate_draft(draft)
    assert case.has_answers and [u.path for u in case.unknown] == [
        "programmes/falls/reach[2027/28]"
    ]


def test_a_zero_that_is_typed_is_no_question():
    document = clean()
    document["setup"]["horizon"] = 3
    document["programmes"][0]["reach"] = {"2026/27": 0.2, "2027/28": 0, "2028/29": 0.3}
    assert gaps(from_document(document).plan) == []


def test_a_blank_amount_that_an_index_fills_in_is_a_warning():
    odd = plan(
        setup=lambda row: row.update(horizon=3),
        contributions=lambda rows: rows[0].update(amounts={"2026/27": 1e6, "2028/29": 1e6}),
    )
    (question,) = gaps(odd)
    assert question.severity is Severity.WARNING and "rolled forward" in question.message


def test_the_others_of_a_column_are_all_but_one_of_its_figures():
    chance = random.Random(3)
    for count in (2, 3, 4, 5, 8, 9):
        sizes = [float(chance.randint(1, 6)) for _ in range(count)]
        for n, size in enumerate(sizes):
            others = sorted(sizes[:n] + sizes[n + 1 :])
            found = _Others(sorted(sizes), size)
            assert [found[at] for at in range(len(found))] == others
            assert found.median == statistics.median(others)
