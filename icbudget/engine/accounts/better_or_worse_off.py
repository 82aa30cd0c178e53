"""What the plan makes of each partner against do nothing: better or worse off, in four steps.

Do nothing holds the plan's own contributions, the schemes that name no programme, and the activity
that comes if nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from icbudget import money
from icbudget.engine.accounts.account_bearers import of_lines
from icbudget.engine.accounts.borne_spending import account_bearers, borne_spending
from icbudget.engine.accounts.funders import bearers, performance_payers, performance_weights
from icbudget.engine.accounts.gain_share_settlement import settlements_by_draw
from icbudget.engine.accounts.outturn import changes
from icbudget.engine.accounts.pay_for_performance import shortfalls
from icbudget.engine.accounts.risk_share_settlement import exposure, settlement
from icbudget.engine.accounts.successors import Heirs
from icbudget.engine.cached_view import cached_view
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.rounding import Floats, split
from icbudget.engine.run import Result
from icbudget.glossary import SYSTEM
from icbudget.plan.pool import Pool

NOT_SETTLED = "Not yet settled"
NOBODY = "Borne by nobody"
Years = tuple[int, ...]
"""Pence by year."""


class Position(NamedTuple):
    """How much better (+) or worse (−) off one is than under do nothing, pence by year.

    Of a partner, of the whole system, or of a row that no partner stands behind. The four steps add
    up to `total`.
    """

    partner: str
    activity: Years
    """1: what a commissioner pays less; what a provider receives less and spends less."""
    pools: Years
    """2: money of the pools spent less (+) or more (−), by whose it is, less what is settled."""
    settled: Years
    """3: overspend of the pools borne, or underspend received, as the risk share settles it."""
    transfers: Years
    """4: gain share and other transfers between partners."""

    @property
    def total(self) -> Years:
        """Return how much better or worse off one is after settlement: the four steps added up."""
        steps = zip(self.activity, self.pools, self.settled, self.transfers, strict=True)
        return tuple(sum(step) for step in steps)

    @property
    def before_settlement(self) -> Years:
        """Return the first two steps: before what is over is settled and gains are shared."""
        return tuple(a + p for a, p in zip(self.activity, self.pools, strict=True))


_ACTIVITY, _POOLS, _SETTLED, _TRANSFERS = range(4)
NO_PARTNER = (NOT_SETTLED, NOBODY)
"""Rows that no partner stands behind; they follow the partners."""


@cached_view
def positions_of(result: Result) -> tuple[Position, ...]:
    """Return the position of every partner against the plan's own do nothing; see `against`."""
    return positions_by_draw(result)[0]


@cached_view
def positions_by_draw(result: Result) -> list[tuple[Position, ...]]:
    """Return the positions of every draw of a result against its own do nothing."""
    steps = _plan_side(result) + _nothing(result)
    return _positions([partner.id for partner in result.plan.partners], steps)


def better_off_by_draw(result: Result) -> Floats:
    """Return how much better (+) or worse (−) off each is: draws × years × (partners and rows).

    The four steps added up, pence; `NO_PARTNER` are the last two rows.
    """
    total: Floats = (_plan_side(result) + _nothing(result)).sum(axis=0)
    return total


@cached_view
def against(result: Result, first: Result) -> tuple[Position, ...]:
    """Return the positions of a plan held against the do nothing of another, the first, plan.

    Every partner in their order, then what is not yet settled and what nobody bears, where there is
    any, and last the whole system, which is their sum. Both plans have the same years. Source:
    model §7, Positions.
    """
    if first is result:
        return positions_of(result)
    own, firsts = ([row.id for row in each.plan.partners] for each in (result, first))
    partners = list(dict.fromkeys((*own, *firsts)))
    plan_side, nothing = _plan_side(result), _nothing(first)
    steps = np.zeros((4, *plan_side.shape[1:3], len(partners) + len(NO_PARTNER)))
    for rows, amounts in ((own, plan_side), (firsts, nothing)):
        places = [partners.index(row) for row in rows]
        places += range(len(partners), len(partners) + len(NO_PARTNER))
        steps[..., places] += amounts
    return _positions(partners, steps)[0]


def _positions(partners: list[str], steps: Floats) -> list[tuple[Position, ...]]:
    """Return positions by draw; `steps`: steps × draws × years × (partners and `NO_PARTNER`)."""
    # What is not settled or borne by nobody counts too, so that the rows make the whole system.
    every = np.concatenate([steps, steps.sum(axis=-1, keepdims=True)], axis=-1)
    rows = (*partners, *NO_PARTNER, SYSTEM)
    by_draw = every.transpose(1, 3, 0, 2).astype(np.int64).tolist()
    return [
        tuple(
            Position(row, *map(tuple, of_row))
            for row, of_row in zip(rows, of_draw, strict=True)
            if row not in NO_PARTNER or any(map(any, of_row))
        )
        for of_draw in by_draw
    ]


def _empty(result: Result) -> Floats:
    shape = result.projection.moves.paid.shape[:2]
    return np.zeros((4, *shape, len(result.plan.partners) + len(NO_PARTNER)))


@cached_view
def _nothing(result: Result) -> Floats:
    """Return what do nothing puts into each step: its payments, costs and scheme rows."""
    plan, amounts, heirs = result.plan, AcuteAmounts(result.projection), Heirs(result.plan)
    steps, partners = _empty(result), len(plan.partners)
    steps[_ACTIVITY, ..., :partners] = (
        of_lines(plan, heirs, "commissioner", amounts.pay_nothing)
        - of_lines(plan, heirs, "provider", amounts.pay_nothing)
        + of_lines(plan, heirs, "provider", amounts.cost_nothing)
    )
    steps[_POOLS, ..., :partners] = borne_spending(result).schemes
    return steps


@cached_view
def _plan_side(result: Result) -> Floats:
    """Return what the plan puts into each step, steps × draws × years × (partners and rows).

    1, activity: payments and costs. 2, pools: what sources spend, less what is settled, by whose it
    is: their funders bear it, by what each has paid into the source to date; a programme that no
    pool pays for is its partner's. Money that stays in a pool makes nobody better or worse off.
    What is over and not settled is in nobody's figure. 3, settled: what each bears (−) or receives
    (+) under the risk shares of the year. 4, transfers: what partners receive from one another
    under a gain share.
    """
    plan, amounts, heirs = result.plan, AcuteAmounts(result.projection), Heirs(result.plan)
    steps, partners = _empty(result), len(plan.partners)
    steps[_ACTIVITY, ..., :partners] = (
        of_lines(plan, heirs, "provider", amounts.pay_plan)
        - of_lines(plan, heirs, "commissioner", amounts.pay_plan)
        - of_lines(plan, heirs, "provider", amounts.cost_plan)
    )
    borne = borne_spending(result)
    steps[_POOLS, ..., :partners] = -(borne.schemes + borne.programmes.sum(axis=-2))
    _beyond_the_plan(result, steps[_POOLS])
    steps[_SETTLED, ..., :partners] = -settled_amounts(result).borne
    at = {partner.id: n for n, partner in enumerate(plan.partners)}
    for draw, agreements in enumerate(settlements_by_draw(result)):
        for agreement in agreements:
            for partner, received in zip(agreement.partners, agreement.received, strict=True):
                steps[_TRANSFERS, draw, :, at[partner]] += received
    return steps


@dataclass(frozen=True, eq=False, slots=True)
class SettledAmounts:
    """What of a settlement positions look at, whole pence; see `Settlement` of risk shares."""

    settled: Floats
    """draws × years × accounts; so are the next two."""
    unresolved: Floats
    assumed: Floats
    borne: Floats
    """draws × years × partners: what each bears (+) or receives (−) as the year is settled."""


@cached_view
def settled_amounts(result: Result) -> SettledAmounts:
    """Return what settling each year moves, leaves and assumes, and what each partner bears."""
    years = settlement(result)
    return SettledAmounts(years.settled, years.unresolved, years.assumed, exposure(result))


@cached_view
def spent_beyond(result: Result) -> Floats:
    """Return what the outturn spends beyond the plan, draws × years × accounts, pence."""
    return changes(result).spending


def _beyond_the_plan(result: Result, pools: Floats) -> None:
    """Take what the outturn spends beyond the plan, less what is settled, from the step of pools.

    `pools`: draws × years × (partners and rows).
    """
    years, plan = settled_amounts(result), result.plan
    # What is over and not settled is in nobody's figure (model §7.9).
    more = spent_beyond(result) - years.settled - years.unresolved
    pools[..., -2] -= years.unresolved.sum(axis=-1)
    pools[..., -1] -= years.assumed.sum(axis=-1)
    partners = pools[..., : len(plan.partners)]
    sources = len(result.rules.accounts)
    for a, bearer in enumerate(account_bearers(result)):
        if more[:, :, a].any():
            bearer.add(partners, -more[:, :, a])
    for place, pool in enumerate(plan.pools):
        of_pool = more[:, :, sources + place]
        if of_pool.any():
            _of_no_source(result, pool, of_pool, partners)


def _of_no_source(result: Result, pool: Pool, more: Floats, partners: Floats) -> None:
    """Take an amount that belongs to none of a pool's sources, draws × years, from whose it is.

    What is settled in the place of performance money that was not earned leaves that money with
    those who would have paid it. The rest the host has paid. Source: model §8.1, PB §4.3.
    """
    plan, heirs = result.plan, Heirs(result.plan)
    at = {partner.id: n for n, partner in enumerate(plan.partners)}
    not_earned = shortfalls(plan)[:, [row.id for row in plan.pools].index(pool.id)]
    kept = np.minimum(np.maximum(-more, 0.0), not_earned)
    for t in range(more.shape[1]):
        rest = -more[:, t]
        if kept[:, t].any():
            weights = performance_weights(result, pool, t)
            for payer, part in zip(plan.partners, split(kept[:, t], weights).T, strict=True):
                for whose, pence in _shared(heirs, payer.id, t, part):
                    partners[:, t, at[whose]] += pence
            # where nobody pays in, nobody keeps anything
            rest = rest - np.where(weights.any(axis=-1), kept[:, t], 0.0)
        partners[:, t, at[heirs.host(pool, t)]] += rest


def _shared(heirs: Heirs, partner: str, t: int, pence: Floats) -> Iterator[tuple[str, Floats]]:
    """Yield whose amounts of a partner are in year t, draws."""
    if not heirs.has_ended(partner):
        yield partner, pence
        return
    by_year = np.zeros((pence.size, t + 1))
    by_year[:, t] = pence
    for whose, parts in heirs.handed_over(partner, by_year).items():
        yield whose, parts[:, t]


def held_in_pools(result: Result) -> dict[str, Years]:
    """Return whose money stays in the pools at each year's end, after settlement, pence.

    By partner, by what each has paid into the source to date: it makes nobody better or worse off.
    What a source of a pool closes short by is an overdraft that the pool's other money meets, and
    neither is an underspend held that met performance money which was not earned. Source: model
    §7.9.
    """
    held = {p.id: [0] * len(result.years) for p in result.plan.partners}
    for pool in result.plan.pools:
        for t in range(len(result.years)):
            for partner, pence in _held_in(result, pool, t).items():
                held[partner][t] += pence
    return {partner: tuple(pence) for partner, pence in held.items()}


def _held_in(result: Result, pool: Pool, t: int) -> dict[str, int]:
    """Return whose money a pool holds at the end of year t, pence."""
    close = settlement(result).close[0, t]
    held: dict[str, int] = {}
    short: list[tuple[list[str], int]] = []
    for a, account in enumerate(result.rules.accounts):
        if account[0] == pool.id:
            closing = round(float(close[a]))
            whose = bearers(result, account, t, closing)
            if closing < 0:
                short.append(([partner for partner, _ in whose], -closing))
            for partner, part in whose if closing > 0 else ():
                held[partner] = held.get(partner, 0) + part
    no_source, not_earned = _short_of_no_source(result, pool, t)
    # One account of one fund. Budgets that only stand beside each other meet nothing of each other.
    if pool.is_pooled:
        for funders, pence in short:
            _meet(held, funders, pence)
        _meet(held, [Heirs(result.plan).host(pool, t)], no_source)
    # Those who kept the performance money have it in hand; what is theirs goes before the others'.
    _meet(held, list(performance_payers(result, pool, t)), not_earned)
    return held


def _meet(held: dict[str, int], first: Sequence[str], pence: int) -> None:
    """Take from what is held, from some partners' money before the others', what is to be met."""
    for whose in ([p for p in held if p in first], [p for p in held if p not in first]):
        there = [held[partner] for partner in whose]
        taken = min(pence, sum(there))
        if taken:
            for partner, part in zip(whose, money.split(taken, there), strict=True):
                held[partner] -= part
            pence -= taken


def _short_of_no_source(result: Result, pool: Pool, t: int) -> tuple[int, int]:
    """Return what the pool's account of no source is short of once each year is settled, pence.

    What was spent under no source, which the host has paid, and performance money not earned to
    date that the pool's underspends met.
    """
    at = [row.id for row in result.plan.pools].index(pool.id)
    not_earned = round(float(shortfalls(result.plan)[: t + 1, at].sum()))
    # Accounts of no source follow those of the sources, one a pool in their order.
    left = settlement(result).close[0, t, len(result.rules.accounts) + at]
    short = max(-round(float(left)), 0)
    met = min(not_earned, short)
    return short - met, met
