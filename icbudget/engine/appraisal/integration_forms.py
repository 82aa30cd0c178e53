"""Forms of integration: what each partner bears, may move and keeps under each.

All on the same plan and the same money.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from icbudget import money
from icbudget.engine.accounts.bridge import SYSTEM, bridges
from icbudget.engine.accounts.ledger import bearers
from icbudget.engine.accounts.risk_rule import rule_of
from icbudget.engine.accounts.risk_share import shared_alone
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.run import Result
from icbudget.plan.pool import Pool
from icbudget.plan.ready_made import ALIGNED, FORMS, LEAD, ONE, POOLED

ByPartner = dict[str, list[int]]
"""Pence by year for each partner."""


@dataclass(frozen=True, slots=True)
class Form:
    """One form of integration: pence by partner and year.

    `bears`: over- (positive) or underspend of the revenue pools in the year; it sums to the same
    whatever the form. `alone` and `together`: money that a partner may move by its own decision, or
    only with the others (the whole of it, shown for each). `better`: gain against do nothing; it
    sums to the whole system's gain whatever the form.
    """

    name: str
    bears: ByPartner
    alone: ByPartner
    together: ByPartner
    better: ByPartner


def forms(result: Result) -> tuple[Form, ...]:
    """Return the four forms of integration, from the loosest to the closest.

    - **aligned budgets**: each partner bears what its own funding sources are over or under, moves
      only its own contributions and its own acute budget, and keeps its own gain
    - **lead commissioning**: the host bears its pool's variance and moves the pool's money alone;
      acute budgets as before
    - **pooled fund**: the pool's rule shares the variance, contributions where it has none; the
      pool's money is moved together
    - **one budget**: variance and gain of the whole system, stranded cost included, are shared by
      what each commissioner brings in the year (contributions and acute budget); everything is
      moved together, and providers are made whole

    The money and the activity are those of the plan: to see how a form would change them, lay its
    ready-made scenario over the plan. Capital pools and budgets only in view are left out. Source:
    pooled-budgets §1.1, §1.3 and mechanisms R1, R6, R8, R9.
    """
    pools = _pools(result)
    put = {pool.id: _put_in(result, pool.id) for pool in pools}
    own = _summed(result, [_own(result, pool) for pool in pools])
    acute = _acute_budgets(result)
    gain = {
        b.partner: [n - p for n, p in zip(b.steps["Do nothing"], b.steps["Plan"], strict=True)]
        for b in bridges(result)
    }
    brings = _summed(result, [*put.values(), acute])
    system_gain = gain.pop(SYSTEM)
    in_pools = _summed(result, list(put.values()))
    led = _summed(result, [{pool.host: _total(put[pool.id])} for pool in pools])
    bears = {
        ALIGNED: own,
        LEAD: _summed(result, [{pool.host: _variance(result, pool)} for pool in pools]),
        POOLED: _summed(result, [_shared(result, pool, put[pool.id]) for pool in pools]),
        ONE: _split(result, _total(own), lambda t: {p: brings[p][t] for p in brings}),
    }
    nothing = _summed(result, [])
    pooled, everything = _total(in_pools), _total(brings)
    moves = {
        ALIGNED: (brings, nothing),
        LEAD: (_summed(result, [led, acute]), nothing),
        POOLED: (acute, {p: pooled if any(in_pools[p]) else nothing[p] for p in in_pools}),
        ONE: (nothing, {p: everything if any(brings[p]) else nothing[p] for p in brings}),
    }
    better = {
        name: {
            p: [g - b + o for g, b, o in zip(gain[p], bears[name][p], own[p], strict=True)]
            for p in gain
        }
        for name in FORMS
    }
    better[ONE] = _split(result, system_gain, lambda t: {p: brings[p][t] for p in brings})
    return tuple(Form(name, bears[name], *moves[name], better[name]) for name in FORMS)


def borne(result: Result) -> ByPartner:
    """Return what each partner bears of the pools' variance under the plan's own rules, by year.

    By the pool's rule where it has one and is pooled, else each its own funding sources. Pence,
    overspend positive.
    """
    pools = _pools(result)
    ruled = [bool(rule_of(result.plan, pool)) for pool in pools]
    return _summed(
        result,
        [
            _shared(result, pool, _put_in(result, pool.id)) if rule else _own(result, pool)
            for pool, rule in zip(pools, ruled, strict=True)
        ],
    )


def _pools(result: Result) -> list[Pool]:
    return [
        p for p in result.plan.pools if p.money_kind == "revenue" and p.pooling_status != "in_view"
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
    weight_of = result.projection.figures.contributions[0]
    beside = result.rules.beside
    rows = [
        (n, row.partner)
        for n, row in enumerate(result.plan.contributions)
        if row.pool == pool and not beside[n]
    ]
    years = range(len(result.years))
    return {
        p.id: [sum(round(float(weight_of[t, n])) for n, who in rows if who == p.id) for t in years]
        for p in result.plan.partners
    }


def _acute_budgets(result: Result) -> ByPartner:
    budget = AcuteAmounts(result.projection).budget[0]
    lines = [(k, row.commissioner) for k, row in enumerate(result.plan.acute_lines)]
    years = range(len(result.years))
    return {
        p.id: [sum(round(float(budget[t, k])) for k, who in lines if who == p.id) for t in years]
        for p in result.plan.partners
    }


def _variances(result: Result, pool: Pool) -> list[tuple[tuple[str, str], list[int]]]:
    """Return the variance of each funding source of a pool in each year alone.

    `open − close`, overspend positive.
    """
    moves = result.projection.moves
    return [
        (
            account,
            [
                round(float(moves.open[0, t, a] - moves.close[0, t, a]))
                for t in range(len(result.years))
            ],
        )
        for a, account in enumerate(result.rules.accounts)
        if account[0] == pool.id
    ]


def _variance(result: Result, pool: Pool) -> list[int]:
    rows = [values for _, values in _variances(result, pool)]
    return [sum(year) for year in zip(*rows, strict=True)] if rows else [0] * len(result.years)


def _own(result: Result, pool: Pool) -> ByPartner:
    """Return what each partner's own funding sources of a pool are over or under."""
    by_partner = _summed(result, [])
    for account, values in _variances(result, pool):
        for t, pence in enumerate(values):
            for partner, part in bearers(result, account, t, pence):
                by_partner[partner][t] += part
    return by_partner


def _shared(result: Result, pool: Pool, put: ByPartner) -> ByPartner:
    """Return the year's variance by the pool's rule, by contributions where it has none.

    The host bears what nobody else does.
    """
    if not rule_of(result.plan, pool):
        weight_of = [{p: max(put[p][t], 0) for p in put} for t in range(len(result.years))]
        return _split(
            result,
            _variance(result, pool),
            lambda t: weight_of[t] if any(weight_of[t].values()) else {pool.host: 1},
        )
    by_partner = _summed(result, [])
    for t, borne_in_year in enumerate(shared_alone(result, pool, _variance(result, pool))):
        for partner, part in borne_in_year.items():
            by_partner[partner or pool.host][t] += part
    return by_partner


def _split(
    result: Result, amounts: list[int], weights: Callable[[int], Mapping[str, float | int]]
) -> ByPartner:
    """Return amounts by year split among partners, to the penny.

    Equally where nobody has a weight.
    """
    by_partner = _summed(result, [])
    for t, pence in enumerate(amounts):
        weight_of = {p: max(w, 0) for p, w in weights(t).items()}
        if not any(weight_of.values()):
            weight_of = dict.fromkeys(by_partner, 1)
        if not weight_of:
            continue
        for partner, part in zip(
            weight_of, money.split(pence, list(weight_of.values())), strict=True
        ):
            by_partner[partner][t] += part
    return by_partner
