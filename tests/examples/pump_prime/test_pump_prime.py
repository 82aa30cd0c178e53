"""A pump-prime fund, every balance by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from icbudget import tasks
from icbudget.engine.accounts.postings import postings
from icbudget.engine.projection.pump_prime import funds
from tests.examples.reading import case_beside

BALANCE = [30_000_00, 18_600_00, 14_972_00, 17_271_44, 19_616_87]


@pytest.fixture(scope="module")
def case():
    return case_beside(__file__)


@pytest.fixture(scope="module")
def fund(case):
    (fund,) = funds(case.result.projection.moves, case.result.rules)
    return fund


def test_the_fund_by_year(fund):
    assert list(fund.put_in[0]) == [30_000_00, 0, 0, 0, 0]
    assert list(fund.interest[0]) == [0, 600_00, 372_00, 299_44, 345_43]
    assert list(fund.invested[0]) == [0, 12_000_00, 12_000_00, 6_000_00, 6_000_00]
    assert list(fund.repaid[0]) == [0, 0, 8_000_00, 8_000_00, 8_000_00]
    assert list(fund.balance[0]) == BALANCE


def test_peak_draw_and_the_year_from_which_it_pays_for_itself(case, fund):
    assert fund.peak_draw[0] == 15_028_00
    assert case.plan.years[int(fund.self_funding[0])] == "2028/29"
    block = tasks.answers(case)["reallocation"]
    assert block.where(thing="fund", figure="Peak draw on the fund")[0].values == (
        None,
        None,
        15_028,
        None,
        None,
    )
    assert block.where(thing="fund", figure="Self-funding from this year on")[0].values == (
        None,
        None,
        None,
        1,
        None,
    )


def test_the_floor_is_missed_once(case, fund):
    assert list(fund.below_floor[0]) == [0, 0, 28_00, 0, 0]
    (told,) = [f for f in case.findings if f.id == "fund.below-floor"]
    assert told.effect_pence == 28_00 and "in 2027/28: in 2027/28 it lacks £28" in told.message


def test_a_fund_that_has_not_begun_is_below_no_floor(fund):
    later = replace(
        fund,
        put_in=np.array([[0, 0, 5_000_00]]),
        invested=np.zeros((1, 3)),
        balance=np.array([[0, 0, 5_000_00]]),
    )
    assert list(later.below_floor[0]) == [
        0,
        0,
        10_000_00,
    ]  # 15,000 less 5,000; nothing before money is put in


def test_the_money_leaves_the_source_it_came_from_and_the_ledger_says_so(case):
    result = case.result
    at = result.rules.accounts.index(("invest", "Additional LA Contribution"))
    moves = result.projection.moves
    assert moves.income[0, 0, at] == moves.transfers_out[0, 0, at] == 30_000_00
    assert not moves.close[0, :, at].any()
    pair = [
        (p.partner, p.source, p.pence)
        for p in postings(result)
        if p.line == "fund" and p.kind.startswith("moved")
    ]
    assert pair == [
        ("council", "Additional LA Contribution", -30_000_00),
        ("council", "Pump-prime fund", 30_000_00),
    ]
    spent = [
        p.pence for p in postings(result) if p.kind == "programme" and p.source == "Pump-prime fund"
    ]
    assert sum(spent) == 36_000_00
