"""Nottingham City pool, Quarter 2 2015/16: the published cash statement in £000, with its unsigned
deduction and its rounding.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from icbudget.plan import Plan
from tests.workbooks.published import answer, ids, opened, value

YEAR = "2015/16"


@pytest.fixture(scope="module")
def case():
    return opened("nottingham-city-pool-2015-16")


@pytest.mark.parametrize(("partner", "printed"), [("ccg", 11_474), ("city", 1_296)])
def test_the_income_of_each_partner_is_as_printed(case, partner, printed):
    assert value(case, "income", YEAR, partner=partner) == printed * 1000


def test_income_spending_and_balance_are_as_printed(case):
    assert value(case, "income", YEAR) == 12_770_000
    assert value(case, "spending", YEAR, scheme="CCG") == 4_916_000
    assert value(case, "spending", YEAR, scheme="CITY") == 6_772_000
    assert value(case, "spending", YEAR) == 11_688_000
    assert (
        value(case, "balances", YEAR, pool="bcf", source="All sources", figure="Closing balance")
        == 1_082_000
    )


def test_the_adjustment_printed_without_a_sign_is_a_deduction(case):
    """Added instead of taken away it would make the income 306 too much."""
    (row,) = answer(case, "income").where(line="Non-elective adjustment (printed without a sign)")
    assert row.values == (-153_000,) and row.labels[-1] == "Deduction"
    wrong = [
        r.model_copy(update={"kind": "contribution"}) if "without a sign" in r.name else r
        for r in case.plan.contributions
    ]
    total = sum(r.base_amount * (-1 if r.kind == "deduction" else 1) for r in wrong)
    assert total - 12_770_000 == Decimal(306_000)


def test_the_rounding_of_the_source_is_a_line_of_its_own(case):
    """507 + 432 + 358 = 1,297, printed as 1,296."""
    (row,) = [r for r in case.plan.contributions if r.name == "Rounding in the source"]
    assert (row.kind, row.base_amount, row.status) == ("deduction", 1000, "derived")
    parts = {
        r.source: r.base_amount
        for r in case.plan.contributions
        if r.partner == "city" and r.kind == "contribution"
    }
    assert parts == {
        "DFG": 507_000,
        "Social Care Capital Grant": 432_000,
        "Additional LA Contribution": 358_000,
    }


def test_what_is_printed_is_published_and_what_is_worked_out_is_derived(case):
    plan: Plan = case.plan
    statuses = [row.status for row in plan.contributions]
    assert statuses == ["published"] * 6 + ["derived"]
    assert {(row.id, row.status) for row in plan.schemes} == {
        ("CCG", "published"),
        ("CITY", "derived"),
    }
    assert all(
        "committee.nottinghamcity.gov.uk" in row.evidence
        for row in (*plan.contributions, *plan.schemes)
    )
    assert (
        "Quarter 2" in plan.setup.title
        and "capital" in plan.setup.notes
        and "one pool" in plan.setup.notes
    )


def test_only_the_unspent_money_and_capital_in_the_one_pool_are_told(case):
    """What is left: 10,711 − 153 − 4,916 − 5,476 = 166 of the CCG's baseline, and its other 916.

    Two capital grants, 507 of DFG and 432 for social care, are printed in the one pool that pays
    for everything. Who bears an over- or underspend is not printed, so it is not tested.
    """
    # the printed statement names no minimum contribution to test against
    assert sorted(ids(case)) == [
        *["balance.unallocated"] * 2,
        "blank.risk-share",
        *["capital.as-revenue"] * 2,
        "minimum.not-stated",
    ]
    told = {f.effect_pence for f in case.findings if f.id == "capital.as-revenue"}
    assert told == {50_700_000, 43_200_000}
    block = answer(case, "balances")
    rows = block.where(figure="Closing balance")
    closes = [row.values[0] for row in rows if block.label(row, "source") != "All sources"]
    assert sorted(closes) == [0, 0, 0, 166_000, 916_000]
