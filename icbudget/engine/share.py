"""Who bears a variance, and what partners owe each other when one pays and another gains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from icbudget import money
from icbudget.engine.run import Result
from icbudget.plan.pool import Pool


def share_variance(variance: int, weights: Mapping[str, float | int]) -> dict[str, int]:
    """Return each partner's part of a variance (pence, overspend positive), to the penny, in the order of `weights`.

    `share_p = variance × w_p / Σw`, largest remainder, ties by the partners' fixed order. Weights are contributions, or
    agreed percentages: £2m between £99m and £96m is £1,015,384.62 and £984,615.38; agreed 51/49 is £1.02m and £0.98m.
    """
    return dict(zip(weights, money.split(variance, list(weights.values())), strict=True))


def settle(benefits: Sequence[int], costs: Sequence[int], shares: Sequence[float]) -> list[int]:
    """Return what each partner receives (pays, when negative) so that the surplus is shared as agreed; it sums to zero.

    `transfer_p = θ_p·S − (benefit_p − cost_p)` with `S = Σ (benefit − cost)`, in pence. Example: the council pays 600 and
    gains 100, the NHS gains 900, half each: the NHS pays the council 700. Source: model §7, AP §5.
    """
    own = [benefit - cost for benefit, cost in zip(benefits, costs, strict=True)]
    surplus = sum(own)
    return [part - kept for part, kept in zip(money.split(surplus, list(shares)), own, strict=True)]


def pool_variance(result: Result, pool: str) -> list[int]:
    """Return a pool's variance by year: what it has spent beyond its money, pence; an underspend is negative.

    It is the closing balance of the pool with its sign turned, so a balance carried forward is in it.
    """
    at = [i for i, (name, _) in enumerate(result.rules.accounts) if name == pool]
    close = result.projection.moves.close[0][:, at].sum(axis=-1)
    return [-round(float(pence)) for pence in close]


def share_weights(result: Result, pool: Pool, t: int) -> dict[str, float | int]:
    """Return the weights of a pool's share rule in year t, in the partners' order; empty where it has no rule.

    Basis `contributions`: what each partner puts into the pool that year, deductions taken off, in kind left out, from the
    latest year that has any. Basis `fixed`: the agreed percentages. Only pooled money is shared, not aligned or in view.
    """
    rows = [row for row in result.plan.risk_shares if row.id == pool.risk_share]
    if not rows or pool.pooling_status != "pooled":
        return {}
    order = [p.id for p in result.plan.partners]
    if rows[0].basis == "fixed":
        agreed = {row.partner: row.share or 0.0 for row in rows}
        return {p: agreed[p] for p in order if p in agreed}
    put = result.projection.figures.contributions
    for step in range(t, -1, -1):
        weights: dict[str, float | int] = {}
        for n, row in enumerate(result.plan.contributions):
            if row.pool == pool.id and not row.in_kind:
                weights[row.partner] = weights.get(row.partner, 0) + round(float(put[0, step, n]))
        if sum(weights.values()) > 0:
            return {p: max(weights[p], 0) for p in order if p in weights}
    return {}
