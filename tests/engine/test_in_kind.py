"""What is put in in kind is no money: it is used in its year, buys nothing, and no balance ever
holds any of it.
"""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from icbudget.answers import catalogue
from icbudget.answers.case import evaluate
from icbudget.engine.accounts.bridge import bridges
from icbudget.engine.accounts.positions import positions
from icbudget.engine.accounts.postings import postings
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.run import run
from icbudget.plan.plan_text import from_document
from tests.checks.clean import LA, clean
from tests.engine.money_in import money_in, spent_by_the_plan
from tests.engine.plans import random_document, read

SOURCE = "Additional NHS Contribution"


def case_of(*contributions, spend=100, **more):
    document = {
        "setup": {"title": "In kind", "base_year": "2025/26", "horizon": 1},
        "partners": [
            {"id": "icb", "name": "ICB", "kind": "icb"},
            {"id": "council", "name": "Council", "kind": "council"},
        ],
        "pools": [{"id": "bcf", "name": "BCF", "host": "council"}],
        "contributions": [
            {"pool": "bcf", "source": SOURCE, "index": "flat", "line": n, **row}
            for n, row in enumerate(contributions, start=1)
        ],
        "schemes": [
            {
                "id": "1",
                "name": "Scheme",
                "pool": "bcf",
                "source": SOURCE,
                "base_amount": spend,
                "index": "flat",
            }
        ],
        **more,
    }
    return evaluate(from_document(document).plan)


def figures(case):
    return {row.labels[2]: row.values for row in catalogue.BALANCES.build(case).rows}


CASH, KIND = (
    {"partner": "icb", "base_amount": 100},
    {"partner": "council", "base_amount": 40, "in_kind": True},
)


def test_what_is_in_kind_beside_money_is_shown_beside_the_balance():
    """£100 of money and £40 in kind under one source, £110 spent: £10 over-committed in the first
    year, £20 in the second.
    """
    case = case_of(CASH, KIND, spend=110)
    told = figures(case)
    assert (told["Income"], told["Spend"], told["Closing balance"], told["In kind"]) == (
        (100, 100),
        (110, 110),
        (-10, -20),
        (40, 40),
    )
    assert [row.labels[4] for row in catalogue.INCOME.build(case).rows] == [
        "Contribution",
        "In kind",
    ]
    (short,) = [f for f in case.findings if f.id == "balance.over-committed"]
    assert short.effect_pence == 20_00, "what is in kind does not hide it"


@pytest.mark.parametrize(("spend", "over"), [(40, 0), (25, 0), (50, 10)])
def test_lines_of_a_source_that_is_all_in_kind_use_it_and_only_what_is_beyond_needs_money(
    spend, over
):
    """£40 in kind: a line of £40 or £25 needs no money; one of £50 needs £10 a year."""
    told = figures(case_of(KIND, spend=spend))
    assert (told["Income"], told["Spend"], told["In kind"]) == ((0, 0), (over, over), (40, 40))
    assert told["Closing balance"] == (-over, -2 * over)


def test_who_puts_in_in_kind_bears_nothing_of_the_money_spent():
    """The ICB's £100 pays all of the £100 spent; the council gives £40 in kind and is neither
    richer nor poorer for it.
    """
    result = case_of(CASH, KIND).answered
    spent = {
        p.partner: p.pence
        for p in postings(result)
        if p.kind == "expenditure" and p.year == "2025/26"
    }
    assert spent == {"icb": 100_00}
    spending = {b.partner: b.steps["Plan"] for b in bridges(result)}
    assert spending["council"] == (0, 0) and spending["icb"] == (100_00, 100_00)
    assert money_in(result) | {"trust": 0} == {
        "council": [0, 0],
        "icb": [100_00, 100_00],
        "trust": 0,
    }


def test_what_is_in_kind_buys_no_programme():
    """The pool has £400,000 of money for what costs £400,000, and £1,000 in kind: a programme of
    £1,000 gets nothing of that.
    """
    document = clean()
    row = document["programmes"][0]
    del row["partner"]
    row |= {"pool": "bcf", "source": LA}
    document["contributions"].append(
        {
            "pool": "bcf",
            "partner": "council",
            "source": LA,
            "line": 2,
            "base_amount": 1_000,
            "index": "flat",
            "in_kind": True,
        }
    )
    document["shifts"] = [
        {"id": "s", "rule": "release_then_invest", "lines": ["nel"], "pool": "bcf"}
    ]
    result = run(from_document(document).plan)
    assert (
        result.projection.moves.available[0, 1, 0] == 0
        and result.projection.moves.paid[0, 1, 0] == 0
    )


@pytest.mark.parametrize("seed", range(30))
def test_accounts_ledger_bridge_and_positions_agree_with_some_of_it_in_kind(seed):
    rng = Random(seed)
    document = random_document(rng) | {"gain_shares": []}
    for row in document["contributions"]:
        row["in_kind"] = row["kind"] == "contribution" and rng.random() < 0.4
    result = run(read(document))
    m, ledger = result.projection.moves, postings(result)
    into = m.open + m.income + m.transfers_in + m.reinvested
    np.testing.assert_array_equal(into - m.spend - m.beside - m.transfers_out, m.close)
    for a, account in enumerate(result.rules.accounts):
        for t, year in enumerate(result.years):
            total = {}
            for p in (p for p in ledger if (p.pool, p.source, p.year) == (*account, year)):
                total[p.kind] = total.get(p.kind, 0) + p.pence
            given = (
                total.get("contribution", 0)
                + total.get("in kind", 0)
                + total.get("interest", 0)
                - total.get("deduction", 0)
            )
            assert given == m.income[0, t, a] and total.get("used in kind", 0) == m.beside[0, t, a]
    found = positions(result.plan, result.rules, result.projection, AcuteAmounts(result.projection))
    gap = -found.balance[0] - found.forward[0]
    spent = spent_by_the_plan(result)
    np.testing.assert_array_equal(gap, spent - np.array(list(money_in(result).values())).T)
