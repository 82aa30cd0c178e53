"""A pool has a last day: after its year nothing is budgeted or shared, and what is left is told."""

from __future__ import annotations

from icbudget.engine.accounts.risk_share_settlement import pool_shares, settlement
from icbudget.plan.plan_text import from_document
from tests.checks.faults import findings_of
from tests.engine.sharing import document, fixed, line, pool, put, result_of


def ending(amount: float, on: str) -> dict:
    plan = document(
        [put("icb", 100, index="flat")],
        [line("1", amount, index="flat")],
        fixed(applies_to="overspend"),
        [pool(closed_on=on, underspend="retain")],
    )
    plan["setup"]["horizon"] = 2
    return plan


def test_the_year_of_the_last_day_is_the_pools_and_the_next_is_not():
    result = result_of(ending(110, "2026-04-01"))
    (share,) = pool_shares(result)
    # £10 over in 2025/26 and in 2026/27, whose first day is the pool's last; 2027/28 has nothing
    assert list(share.variance[0]) == [10_00, 10_00, 0]
    assert not result.projection.figures.contributions[0, 2].any()
    assert not result.projection.figures.schemes[0, 2].any()
    early = result_of(ending(110, "2026-03-31"))
    assert list(pool_shares(early)[0].variance[0]) == [10_00, 0, 0]


def test_what_is_left_at_the_end_is_to_be_settled():
    plan = ending(70, "2026-03-31")
    assert settlement(result_of(plan)).close[0, 0].sum() == 30_00
    found = {finding.id: finding for finding in findings_of(plan)}
    assert found["pool.to-be-settled"].effect_pence == 30_00
    assert "2026/27" in found["pool.closed"].message
    assert from_document(plan).plan is not None
