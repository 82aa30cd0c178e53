"""Forms of integration: what each partner bears, may move and keeps under each.

Each form is a ready-made scenario: the plan is run with it laid over, and every figure is read from
that run, so that the sheet, Side by side and a comparison with the scenario cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass

from icbudget.engine.accounts.better_or_worse_off import positions_of
from icbudget.engine.accounts.funders import bearers
from icbudget.engine.accounts.pool_ledger import PoolShare
from icbudget.engine.accounts.risk_share_settlement import settlement
from icbudget.engine.accounts.variance import shareable, variance_of_accounts
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.rounding import Floats
from icbudget.engine.run import Result
from icbudget.plan.pool import Pool
from icbudget.plan.ready_made import ALIGNED, LEAD, ONE, POOLED

ByPartner = dict[str, list[int]]
"""Pence by year for each partner."""


@dataclass(frozen=True, slots=True)
class Form:
    """One form of integration: pence by partner and year.

    `bears`: over- (positive) or underspend of the revenue pools in the year, as it is settled
    (model §8: in a plan year only what is over beyond the opening balance). `alone` and
    `together`: money that a partner may move by its own decision, or only with the others (all of
    it, beside each of them). `better`: gain against do nothing, after what is shared.
    """

    name: str
    bears: ByPartner
    alone: ByPartner
    together: ByPartner
    better: ByPartner


def form_of(name: str, result: Result) -> Form:
    """Return a form of integration; `result` is the plan run under its ready-made scenario.

    - **aligned budgets**: each partner bears what its own funding sources are over or under, each
      source alone, and moves its own contributions and its own activity budget
    - **lead commissioning**: the host bears its pool's variance and moves the pool's money alone;
      activity budgets as before
    - **pooled fund**: the pool's rule shares the variance, contributions where it has none; the
      pool's money is moved together
    - **one budget**: variance and gain of the whole system, stranded cost included, are shared by
      what each commissioner brings; everything is moved together

    Capital pools and budgets only in view are left out. Source: pooled-budgets §1.1, §1.3 and
    mechanisms R1, R6, R8, R9.
    """
    pools = _pools(result)
    put = {pool.id: _put_in(result, pool.id) for pool in pools}
    acute = _acute_budgets(result)
    brings = _summed(result, [*put.values(), acute])
    in_pools = _summed(result, list(put.values()))
    led = _summed(result, [{pool.host: _total(put[pool.id])} for pool in pools])
    nothing = _summed(result, [])
    alone, together = {
        ALIGNED: (brings, nothing),
        LEAD: (_summed(result, [led, acute]), nothing),
        POOLED: (acute, _all_of(in_pools)),
        ONE: (nothing, _all_of(brings)),
    }[name]
    return Form(name, borne(result), alone, together, better_off(result))


def better_off(result: Result) -> ByPartner:
    """Return what each partner is better (+) or worse (−) off than do nothing, by year, pence.

    After settlement: the four steps of `icbudget.engine.accounts.better_or_worse_off` (model §7).
    """
    partners = {partner.id for partner in result.plan.partners}
    return {
        position.partner: list(position.total)
        for position in positions_of(result)
        if position.partner in partners
    }


def _all_of(brought: ByPartner) -> ByPartner:
    """Return all the money beside each partner that brings any of it."""
    everything = _total(brought)
    # Who brings nothing decides about nothing.
    return {p: everything if any(own) else [0] * len(own) for p, own in brought.items()}


def borne(result: Result) -> ByPartner:
    """Return what each partner bears of what the revenue pools are over or under, by year, pence.

    Overspend positive. It is what settling the year's variance posts to each partner (model §8):
    the shares of the pool's rule and what an underspend's destination gives. What is over or under
    in a pool that no rule shares, such as an aligned budget, is borne by those who fund its
    sources. What a rule leaves unresolved is nobody's yet.
    """
    pools = {pool.id for pool in _pools(result)}
    by_partner = _summed(result, [])
    for share in settlement(result).shares:
        if share.pool.id not in pools:
            continue
        for part in share.parts:
            if part.partner:
                _add(by_partner[part.partner], part.amounts[0])
        _add_own(result, share, by_partner)
    return by_partner


def _add_own(result: Result, share: PoolShare, by_partner: ByPartner) -> None:
    """Add what no rule shares of a pool, source by source, to those who fund each source.

    A source alone: no partner's underspend meets another's overspend where nothing is pooled.
    """
    accounts = (*result.rules.accounts, *((pool.id, "") for pool in result.plan.pools))
    over = variance_of_accounts(result, share.pool, settlement(result).opening)[0].tolist()
    for t in range(len(result.years)):
        may_be_shared, never = shareable(result, share.pool, t)
        for a in never if share.rule else (*may_be_shared, *never):
            for partner, part in bearers(result, accounts[a], t, round(over[t][a])):
                by_partner[partner][t] += part


def _pools(result: Result) -> list[Pool]:
    return [
        # Capital has its own conditions in every form, and what is only in view is nobody's to
        # move.
        p
        for p in result.plan.pools
        if p.money_kind == "revenue" and p.pooling_status != "in_view"
    ]


def _summed(result: Result, parts: list[ByPartner]) -> ByPartner:
    """Return the sum of amounts by partner; every partner of the plan has a row."""
    years = range(len(result.years))
    return {
        p.id: [sum(part[p.id][t] for part in parts if p.id in part) for t in years]
        for p in result.plan.partners
    }


def _total(part: ByPartner) -> list[int]:
    return [sum(year) for year in zip(*part.values(), strict=True)]


def _put_in(result: Result, pool: str) -> ByPartner:
    amounts = result.projection.figures.contributions[0]
    beside = result.rules.beside
    by_partner = _summed(result, [])
    for n, row in enumerate(result.plan.contributions):
        # What is used in kind beside the schemes is no money that anybody could move.
        if row.pool == pool and not beside[n]:
            _add(by_partner[row.partner], amounts[:, n])
    return by_partner


def _acute_budgets(result: Result) -> ByPartner:
    budget = AcuteAmounts(result.projection).budget[0]
    by_partner = _summed(result, [])
    for k, row in enumerate(result.plan.acute_lines):
        _add(by_partner[row.commissioner], budget[:, k])
    return by_partner


def _add(total: list[int], pence: Floats) -> None:
    """Add whole pence by year."""
    for t, of_year in enumerate(pence.tolist()):
        total[t] += round(of_year)
