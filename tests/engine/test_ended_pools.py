"""A pool has a last day: after its year nothing is budgeted or shared, and what is left is told."""

from __future__ import annotations

from icbudget.answers.case import evaluate_draft
from icbudget.answers.catalogue import BALANCES
from icbudget.answers.pool_balances import rows_by_source
from icbudget.engine.accounts.better_or_worse_off import held_in_pools, positions_of
from icbudget.engine.accounts.risk_share_settlement import pool_shares, settlement
from icbudget.engine.accounts.year_end import memoranda
from icbudget.engine.accounts.year_postings import every_posting
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


def shared_pot(spends: float = 70, **of_pool: object) -> dict:
    """A source of £60 from the ICB and £40 from the council, £30 of it not spent in 2025/26."""
    plan = document(
        [put("icb", 60, index="flat"), put("council", 40, index="flat")],
        [line("1", spends, index="flat")],
        fixed(applies_to="overspend"),
        [pool(closed_on="2026-03-31", underspend="retain", **of_pool)],
    )
    plan["setup"]["horizon"] = 2
    return plan


def test_what_is_left_goes_back_by_what_each_paid_in_where_the_agreement_says_so():
    plan = shared_pot(left_at_end="contributors")
    result = result_of(plan)
    settled = settlement(result)
    # 100 in, 70 spent: 30 left, of which 60 % is the ICB's and 40 % the council's
    assert settled.returned[0].sum(axis=-1).tolist() == [30_00, 0, 0]
    assert not settled.close.any()
    paid = [p for p in every_posting(result) if p.kind == "returned"]
    assert [(p.year, p.partner, p.pence) for p in paid] == [
        ("2025/26", "icb", -18_00),
        ("2025/26", "council", -12_00),
    ]
    assert not any(map(any, held_in_pools(result).values()))
    found = {finding.id: finding for finding in findings_of(plan)}
    assert "pool.to-be-settled" not in found
    told = found["pool.returned"].message
    assert "£30 left" in told and "£18" in told and "£12" in told


def test_the_balances_say_that_it_leaves_and_no_later_year_carries_it():
    case = evaluate_draft(from_document(shared_pot(left_at_end="contributors")))
    rows = {row.labels[-1]: row.values for row in rows_by_source(BALANCES.build(case))}
    assert rows["Transfers out"] == (30, 0, 0)
    assert rows["Open"] == rows["Closing balance"] == (0, 0, 0)


def test_a_return_makes_nobody_better_or_worse_off():
    kept, back = (
        {p.partner: p.total for p in positions_of(result_of(shared_pot(left_at_end=where)))}
        for where in ("", "contributors")
    )
    assert kept == back


def test_the_account_of_the_last_year_shares_what_went_back():
    account = memoranda(result_of(shared_pot(left_at_end="contributors")))["bcf"][0]
    assert {e.partner: e.pence for e in account.shares if e.partner and e.pence} == {
        "icb": 18_00,
        "council": 12_00,
    }


def test_a_deficit_is_not_returned():
    plan = shared_pot(spends=110, left_at_end="contributors")
    plan["pools"][0]["risk_share"] = ""
    plan["risk_shares"] = []
    settled = settlement(result_of(plan))
    assert not settled.returned.any() and settled.close[0, 0].sum() == -10_00
