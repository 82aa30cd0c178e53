"""Whose performance money is that was not earned: of the ICBs that would have paid it."""

from __future__ import annotations

import pytest

from icbudget.engine.accounts.better_or_worse_off import (
    NOT_SETTLED,
    held_in_pools,
    positions_of,
)
from icbudget.engine.accounts.bridge import SYSTEM, bridges
from icbudget.engine.run import run
from tests.engine.plans import read

YEAR = "2025/26"
SHARES = [
    {"id": "r", "basis": "fixed", "partner": "icb", "share": 0.5},
    {"id": "r", "basis": "fixed", "partner": "council", "share": 0.5},
]


def worked_out(payers, risk_shares=SHARES, unspent=0):
    """Return a pool of what is paid in, hosted by the council, all of it budgeted and a pot of
    £50,000 in it that earns nothing; of the first payer's money £`unspent` is not spent.
    """
    source = "Additional {} Contribution"
    plan = read(
        {
            "setup": {"title": "T", "base_year": YEAR, "horizon": 0},
            "partners": [
                {"id": "icb", "name": "ICB", "kind": "icb"},
                {"id": "other", "name": "Other ICB", "kind": "icb"},
                {"id": "council", "name": "Council", "kind": "council"},
            ],
            "pools": [
                {"id": "p", "name": "P", "host": "council", "risk_share": "r" * bool(risk_shares)}
            ],
            "contributions": [
                {"pool": "p", "partner": who, "source": source.format(kind), "base_amount": pounds}
                for who, kind, pounds in payers
            ],
            "schemes": [
                {
                    "id": who,
                    "name": who,
                    "pool": "p",
                    "source": source.format(kind),
                    "base_amount": pounds,
                }
                for who, kind, pounds in payers
            ],
            "actuals": [
                {"year": YEAR, "month": 12, "scheme": who, "amount": pounds - unspent * (n == 0)}
                for n, (who, _, pounds) in enumerate(payers)
                if unspent
            ],
            "risk_shares": risk_shares,
            "performance_pots": [
                {
                    "id": "pot",
                    "year": YEAR,
                    "quarter": 1,
                    "pool": "p",
                    "pot": 50_000,
                    "planned": 100,
                    "achieved": 0,
                }
            ],
        }
    )
    return run(plan)


def positions(payers, risk_shares=SHARES, unspent=0):
    """Return what each is better or worse off, £."""
    result = worked_out(payers, risk_shares, unspent)
    gains = {row.partner: row.total[0] / 100 for row in positions_of(result)}
    of_bridge = {b.partner: b.steps["Outturn and settlement"][0] / 100 for b in bridges(result)}
    # the bridge's step and the position say the same, with the other sign
    assert {who: -pounds for who, pounds in of_bridge.items()} == pytest.approx(gains)
    return gains


def test_the_icb_keeps_it_and_both_settle_what_the_pool_lacks():
    """Settled 25,000 each; the ICB keeps 50,000: +25,000, −25,000, together nothing."""
    gains = positions([("icb", "NHS", 600_000), ("council", "LA", 400_000)])
    assert gains == {"icb": 25_000, "other": 0, "council": -25_000, SYSTEM: 0}


def test_two_icbs_keep_it_by_what_each_has_paid_in():
    """450,000 and 150,000 paid in: 37,500 and 12,500 are kept; the first settles 25,000."""
    payers = [("icb", "NHS", 450_000), ("other", "NHS", 150_000), ("council", "LA", 400_000)]
    gains = positions(payers)
    assert gains == {"icb": 12_500, "other": 12_500, "council": -25_000, SYSTEM: 0}


def test_where_no_icb_pays_in_it_stays_with_who_does():
    gains = positions([("council", "LA", 1_000_000)])
    assert gains == {"icb": -25_000, "other": 0, "council": 25_000, SYSTEM: 0}


def test_what_no_rule_settles_stands_in_nobodys_figure_and_the_payer_keeps_it():
    gains = positions([("icb", "NHS", 600_000), ("council", "LA", 400_000)], [])
    assert gains == {"icb": 50_000, "other": 0, "council": 0, NOT_SETTLED: -50_000, SYSTEM: 0}


def test_an_underspend_that_met_it_is_no_money_held_in_the_pool():
    """Of the 600,000 of the ICB 30,000 is not spent and meets as much of the 50,000 that it kept:
    20,000 is settled, 10,000 each. The pool has 950,000 + 20,000 and spends 970,000: it holds
    nothing. The ICB has the 50,000 in hand and paid 10,000: +40,000; the council paid 10,000.
    """
    payers = [("icb", "NHS", 600_000), ("council", "LA", 400_000)]
    gains = positions(payers, unspent=30_000)
    assert gains == {"icb": 40_000, "other": 0, "council": -10_000, SYSTEM: 30_000}
    held = held_in_pools(worked_out(payers, unspent=30_000))
    assert held == {"icb": (0,), "other": (0,), "council": (0,)}


def test_what_an_underspend_leaves_beyond_it_is_held():
    """80,000 is not spent and meets all of the 50,000: 30,000 is over and, where the rule shares
    overspends alone, stays in the pool.
    """
    payers = [("icb", "NHS", 600_000), ("council", "LA", 400_000)]
    of_overspends = [share | {"applies_to": "overspend"} for share in SHARES]
    held = held_in_pools(worked_out(payers, of_overspends, unspent=80_000))
    assert held == {"icb": (30_000_00,), "other": (0,), "council": (0,)}
