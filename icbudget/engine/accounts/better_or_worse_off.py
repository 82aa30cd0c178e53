"""What the plan makes of each partner against do nothing: better or worse off, in four steps.

Do nothing holds the plan's own contributions, the schemes that name no programme, and the activity
that comes if nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from icbudget import money
from icbudget.engine.accounts.funders import bearers, performance_payers
from icbudget.engine.accounts.gain_share_settlement import settlements
from icbudget.engine.accounts.outturn import changes
from icbudget.engine.accounts.pay_for_performance import shortfalls
from icbudget.engine.accounts.postings import borne_of_schemes, spent_by_programmes
from icbudget.engine.accounts.risk_share_settlement import settlement
from icbudget.engine.accounts.successors import Heirs
from icbudget.engine.cached_view import cached_view
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.run import Result
from icbudget.glossary import SYSTEM
from icbudget.plan.pool import Pool

NOT_SETTLED = "Not yet settled"
NOBODY = "Borne by nobody"
Years = tuple[int, ...]
"""Pence by year."""


@dataclass(frozen=True, slots=True)
class Position:
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


class _Table:
    """Pence by partner (or row), step and year."""

    def __init__(self, rows: tuple[str, ...], years: int) -> None:
        self.amounts = {row: [[0] * years for _ in range(4)] for row in rows}

    def add(self, row: str, step: int, t: int, pence: float) -> None:
        """Add an amount to a step of a row in year t."""
        self.amounts[row][step][t] += round(pence)


_ACTIVITY, _POOLS, _SETTLED, _TRANSFERS = range(4)


def positions_of(result: Result) -> tuple[Position, ...]:
    """Return the position of every partner against the plan's own do nothing; see `against`."""
    return against(result, result)


@cached_view
def against(result: Result, first: Result) -> tuple[Position, ...]:
    """Return the positions of a plan held against the do nothing of another, the first, plan.

    Every partner in their order, then what is not yet settled and what nobody bears, where there is
    any, and last the whole system, which is their sum. Source: model §7, Positions.
    """
    both = (*result.plan.partners, *first.plan.partners)
    partners = tuple(dict.fromkeys(partner.id for partner in both))
    table = _Table((*partners, NOT_SETTLED, NOBODY), len(result.years))
    _activity(result, first, table)
    _pools(result, first, table)
    _settlement(result, table)
    _transfers(result, table)
    # What is not settled or borne by nobody counts too, so that the rows make the whole system.
    every = list(table.amounts.values())
    years = range(len(result.years))
    system = [[sum(steps[step][t] for steps in every) for t in years] for step in range(4)]

    def has_a_row(row: str, steps: Sequence[Sequence[int]]) -> bool:
        return row in partners or any(any(step) for step in steps)

    rows = [(row, steps) for row, steps in table.amounts.items() if has_a_row(row, steps)]
    return tuple(Position(row, *map(tuple, steps)) for row, steps in [*rows, (SYSTEM, system)])


def _activity(result: Result, first: Result, table: _Table) -> None:
    """Add step 1: payments and costs of activity, do nothing of the first plan less the plan's."""
    plan_side, nothing = AcuteAmounts(result.projection), AcuteAmounts(first.projection)
    paid_plan, cost_plan = plan_side.pay_plan[0].tolist(), plan_side.cost_plan[0].tolist()
    paid_nothing, cost_nothing = nothing.pay_nothing[0].tolist(), nothing.cost_nothing[0].tolist()
    for plan, paid, cost, sign in (
        (result.plan, paid_plan, cost_plan, -1),
        (first.plan, paid_nothing, cost_nothing, 1),
    ):
        heirs = Heirs(plan)
        for k, line in enumerate(plan.acute_lines):
            for t in range(len(result.years)):
                for whose, step_sign, pence in (
                    (line.commissioner, sign, paid[t][k]),
                    # a market is no partner: it spends what it is paid
                    *(
                        ((line.provider, -sign, paid[t][k]), (line.provider, sign, cost[t][k]))
                        if line.provider
                        else ()
                    ),
                ):
                    for partner, part in heirs.shared(whose, t, round(pence)):
                        table.add(partner, _ACTIVITY, t, step_sign * part)


def _pools(result: Result, first: Result, table: _Table) -> None:
    """Add step 2: spending of each source beyond do nothing, less what is settled, by whose it is.

    Its funders bear it, by what each has paid into the source to date; a programme that no pool
    pays for is its partner's. Money that stays in a pool makes nobody better or worse off. What is
    over and not settled is in nobody's figure.
    """
    for partner, by_year in borne_of_schemes(result).items():
        for t, pence in enumerate(by_year):
            table.add(partner, _POOLS, t, -pence)
    for spent in spent_by_programmes(result):
        table.add(spent.partner, _POOLS, spent.t, -spent.pence)
    at = {year: t for t, year in enumerate(result.years)}
    for partner, by_year in borne_of_schemes(first).items():
        for year, pence in zip(first.years, by_year, strict=True):
            table.add(partner, _POOLS, at[year], pence)
    for row, t, pence in _beyond_the_plan(result):
        table.add(row, _POOLS, t, pence)


def _beyond_the_plan(result: Result) -> Iterator[tuple[str, int, int]]:
    """Yield what the outturn spends beyond the plan less what is settled: (row, year, pence).

    Below zero where more is spent.
    """
    years, spending = settlement(result), changes(result).spending
    accounts = (*result.rules.accounts, *((pool.id, "") for pool in result.plan.pools))
    pools = {pool.id: pool for pool in result.plan.pools}
    beyond = spending - years.settled[0]
    for a, account in enumerate(accounts):
        for t in range(len(result.years)):
            unresolved = round(float(years.unresolved[0, t, a]))
            assumed = round(float(years.assumed[0, t, a]))
            # What is over and not settled is in nobody's figure (model §7.9).
            more = round(float(beyond[t, a])) - unresolved
            if not (more or unresolved or assumed):
                continue
            if account[1]:
                for partner, part in bearers(result, account, t, -more):
                    yield partner, t, part
            else:
                for partner, part in _of_no_source(result, pools[account[0]], t, -more):
                    yield partner, t, part
            yield NOT_SETTLED, t, -unresolved
            yield NOBODY, t, -assumed


def _of_no_source(result: Result, pool: Pool, t: int, pence: int) -> Iterator[tuple[str, int]]:
    """Yield whose an amount is that belongs to none of a pool's sources: (partner, pence).

    What is settled in the place of performance money that was not earned leaves that money with
    those who would have paid it. The rest the host has paid. Source: model §8.1, PB §4.3.
    """
    heirs = Heirs(result.plan)
    at = [row.id for row in result.plan.pools].index(pool.id)
    not_earned = round(float(shortfalls(result.plan)[t, at]))
    kept = min(max(pence, 0), not_earned)
    payers = performance_payers(result, pool, t)
    if kept and payers:
        for payer, part in zip(payers, money.split(kept, list(payers.values())), strict=True):
            yield from heirs.shared(payer, t, part)
        pence -= kept
    yield heirs.host(pool, t), pence


def _settlement(result: Result, table: _Table) -> None:
    """Add step 3: what each partner bears (−) or receives (+) under the risk shares of the year."""
    for share in settlement(result).shares:
        for part in share.parts:
            if part.partner:
                for t, pence in enumerate(part.amounts[0].tolist()):
                    table.add(part.partner, _SETTLED, t, -pence)


def _transfers(result: Result, table: _Table) -> None:
    """Add step 4: what partners receive from one another under a gain share."""
    for agreement in settlements(result):
        for partner, received in zip(agreement.partners, agreement.received, strict=True):
            for t, pence in enumerate(received):
                table.add(partner, _TRANSFERS, t, pence)


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
