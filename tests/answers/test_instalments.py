"""The instalments of a plan: mixed profiles in one agreement, tranches, money in kind."""

from __future__ import annotations

from icbudget.answers import catalogue
from icbudget.answers.case import evaluate_plan
from tests.checks.clean import LA, NHS, clean
from tests.engine.plans import read


def answer(*lines):
    """The instalments of a plan with these contributions of the ICB (NHS) and the council (LA) in
    one pool.
    """
    document = clean()
    document["contributions"] = [
        {
            "pool": "bcf",
            "partner": "icb" if line["source"] == NHS else "council",
            "index": "flat",
            **line,
        }
        for line in lines
    ]
    return catalogue.INSTALMENTS.build(evaluate_plan(read(document)))


def test_one_agreement_mixes_monthly_and_annual_payment():
    block = answer(
        {"source": NHS, "base_amount": 1_000_000, "phasing": "monthly"},
        {"source": LA, "base_amount": 400_000, "phasing": "annual"},
    )
    nhs, la = block.where(partner="icb"), block.where(partner="council")
    assert [row.labels[2] for row in nhs][:2] == ["1 Apr", "1 May"] and len(nhs) == 12
    assert nhs[0].values == (83_333.33,) * 3 and nhs[11].values == (83_333.37,) * 3
    assert [(row.labels[2], row.labels[6], row.values[0]) for row in la] == [
        ("1 Apr", "Quarter 1", 400_000)
    ]


def test_an_in_year_tranche_is_paid_late_in_its_own_year_and_on_time_after():
    # £90,000 a year; in 2025/26 paid from 20 November: £18,000 in each of five months
    first, *rest = answer({"source": LA, "base_amount": 90_000, "paid_from": "2025-11-20"}).rows[
        6:8
    ]
    assert first.labels[2] == "1 Oct" and first.values == (0, 7_500, 7_500)
    assert rest[0].labels[2] == "1 Nov" and rest[0].values == (18_000, 7_500, 7_500)


def test_what_is_in_kind_is_not_paid_and_a_deduction_is_taken_off():
    block = answer(
        {"source": NHS, "base_amount": 1_200, "in_kind": True},
        {"source": NHS, "line": 2, "base_amount": 1_200, "kind": "deduction"},
    )
    assert {row.values[0] for row in block.rows} == {-100} and len(block.rows) == 12


def test_instalments_sum_to_the_income_of_every_year():
    case = evaluate_plan(read(clean()))
    block, income = (
        catalogue.INSTALMENTS.build(case),
        case.answered.projection.moves.income[0].sum(axis=-1),
    )
    for at in range(3):
        assert round(sum(row.values[at] for row in block.rows) * 100) == income[at]
