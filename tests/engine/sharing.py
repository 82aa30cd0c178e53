"""Pools with a variance and a risk share, written shortly: every amount in pounds."""

from __future__ import annotations

from icbudget.engine.accounts.pool_ledger import PoolShare
from icbudget.engine.accounts.risk_share_settlement import pool_shares
from icbudget.engine.run import Result, run
from icbudget.plan.plan_text import from_document

YEAR = "2025/26"
PARTNERS = (("icb", "icb"), ("council", "council"), ("icb_b", "icb"), ("trust", "nhs_provider"))
NHS, LA = "NHS Minimum Contribution", "Additional LA Contribution"


def put(partner: str, amount: float, pool: str = "bcf", **more: object) -> dict:
    return {"pool": pool, "partner": partner, "source": "money", "base_amount": amount, **more}


def line(id: str, amount: float, pool: str = "bcf", **more: object) -> dict:
    return {
        "id": id,
        "name": f"Scheme {id}",
        "pool": pool,
        "source": "money",
        "base_amount": amount,
        **more,
    }


def pool(id: str = "bcf", rule: str = "rule", **more: object) -> dict:
    return {"id": id, "name": id, "host": "council", "risk_share": rule, **more}


def step(**told: object) -> dict:
    return {"id": "rule", **told}


def fixed(number: int = 1, shares: dict[str, float] | None = None, **more: object) -> list[dict]:
    shares = {"icb": 0.5, "council": 0.5} if shares is None else shares
    return [step(step=number, basis="fixed", partner=p, share=s, **more) for p, s in shares.items()]


def booked(schemes: list, year: str = YEAR) -> list[dict]:
    """Actual rows that book each line at its budget in month 12: the year has come out."""
    return [
        {
            "year": year,
            "month": 12,
            "kind": "expenditure",
            "scheme": row["id"],
            "line": row.get("line", 1),
            "amount": row["base_amount"],
        }
        for row in schemes
    ]


def document(
    contributions: list, schemes: list, rules: list, pools: list | None = None, **more: object
) -> dict:
    """A plan whose base year has come out as budgeted.

    An underspend is shared once a year has come out; in a plan year it is the opening balance of
    the next (model §8).
    """
    return {
        "actuals": booked(schemes),
        "setup": {"title": "Shared", "base_year": YEAR, "horizon": 0},
        "partners": [{"id": id, "name": id, "kind": kind} for id, kind in PARTNERS],
        "pools": pools if pools is not None else [pool()],
        "contributions": [row | {"line": n} for n, row in enumerate(contributions, 1)],
        "schemes": schemes,
        "risk_shares": rules,
        **more,
    }


def result_of(told: dict) -> Result:
    draft = from_document(told)
    assert draft.plan is not None and not draft.unread, [str(f) for f in draft.findings]
    return run(draft.plan)


def shares(told: dict) -> dict[str, PoolShare]:
    """Each pool's share; the parts always make the variance."""
    found = pool_shares(result_of(told))
    for share in found:
        parts = sum(part.amounts for part in share.parts)
        assert (share.not_eligible + parts + share.unresolved == share.variance).all()
    return {share.pool.id: share for share in found}


def borne(share: PoolShare, t: int = 0) -> dict[str, float]:
    """What each partner bears, £; the same partner's steps together."""
    told: dict[str, float] = {}
    for part in share.parts:
        if part.partner:
            told[part.partner] = round(told.get(part.partner, 0) + part.amounts[0, t] / 100, 2)
    return {p: amount for p, amount in told.items() if amount}


def met(share: PoolShare, kind: str, t: int = 0) -> float:
    """What steps of a kind that nobody bears took, £."""
    return sum(part.amounts[0, t] for part in share.parts if part.kind == kind) / 100


def left(share: PoolShare, t: int = 0) -> float:
    return share.unresolved[0, t] / 100
