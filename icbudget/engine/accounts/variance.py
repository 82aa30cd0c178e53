"""What a pool has spent beyond its money.

For the pool, for each scheme line, and how much of it may be shared. Arrays are draws × years × …,
whole pence; an overspend is positive. A plan is one draw.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from icbudget.engine.accounts.outturn import changes, money_left
from icbudget.engine.accounts.pay_for_performance import shortfalls
from icbudget.engine.cached_view import cached_view
from icbudget.engine.projection.wiring import MOVED, REINVESTED
from icbudget.engine.rounding import Floats, split
from icbudget.engine.run import Result
from icbudget.plan import Plan
from icbudget.plan.pool import Pool


@dataclass(frozen=True, slots=True)
class Item:
    """A part of a pool's variance.

    A scheme line (its row in the plan), or what belongs to no line (None).
    """

    pool: str
    scheme: int | None = None


@dataclass(frozen=True, slots=True)
class Variance:
    """A pool's variance: the whole, and how much of it may be shared: draws × years, pence."""

    whole: Floats
    eligible: Floats

    @property
    def not_eligible(self) -> Floats:
        """Return what is never shared."""
        return self.whole - self.eligible


@cached_view
def variances(result: Result) -> dict[str, Variance]:
    """Return each pool's variance and how much of it may be shared.

    `whole(t) = −close(t) + Σ performance money not earned up to t`: what is spent beyond the pool's
    money, balances brought forward included; in a year with actuals, what is booked and forecast
    counts, not the plan. What is in kind is no money and leaves none over. Never shared: all of an
    aligned or in-view budget; ring-fenced sources. Source: model §8, PB §4.1 R9, R18, R20.
    """
    missing = np.cumsum(shortfalls(result.plan), axis=0) + changes(result)[2]
    close, eligible = money_left(result), _eligible_by_account(result)
    found: dict[str, Variance] = {}
    for n, pool in enumerate(result.plan.pools):
        of_pool = [a for a, (name, _) in enumerate(result.rules.accounts) if name == pool.id]
        shared = eligible[:, :, of_pool].sum(axis=-1) + missing[:, n] * (
            pool.pooling_status == "pooled"
        )
        found[pool.id] = Variance(
            missing[:, n] - close[:, :, of_pool].sum(axis=-1) + 0.0, shared + 0.0
        )
    return found


def is_ring_fenced(result: Result, account: tuple[str, str]) -> bool:
    """Return whether a funding source of a pool is ring-fenced.

    Some contribution under it says so.
    """
    return any(
        row.ring_fenced and (row.pool, row.source) == account for row in result.plan.contributions
    )


def _eligible_by_account(result: Result) -> Floats:
    """Return the variance of each funding source that may be shared: draws × years × accounts."""
    rules = result.rules
    eligible = -money_left(result)
    status = {pool.id: pool.pooling_status for pool in result.plan.pools}
    for a, account in enumerate(rules.accounts):
        if status[account[0]] != "pooled" or is_ring_fenced(result, account):
            eligible[:, :, a] = 0.0
    return eligible


def line_items(plan: Plan, pool: Pool) -> tuple[Item, ...]:
    """Return the parts of a pool's variance: its scheme lines, and last what belongs to no line."""
    return (
        *(Item(pool.id, n) for n, row in enumerate(plan.schemes) if row.pool == pool.id),
        Item(pool.id),
    )


def by_line(result: Result, pool: Pool) -> Floats:
    """Return the eligible variance of a pool by part, as `line_items` has them.

    Draws × years × parts, pence. A line has what it spent beyond its budget. What else a funding
    source is over or under goes to the lines it pays, in proportion to what each spends of it in
    the year; a source that pays for nothing, programmes without a scheme line, and performance
    money belong to no line.
    """
    lines = [n for n, row in enumerate(result.plan.schemes) if row.pool == pool.id]
    spent, beyond = _spent_by_line(result, lines), changes(result)[1][:, lines]
    eligible, by_account = variances(result)[pool.id].eligible, _eligible_by_account(result)
    told = np.zeros((*eligible.shape, len(lines)))
    for a, account in enumerate(result.rules.accounts):
        if account[0] != pool.id or is_ring_fenced(result, account):
            continue
        own = beyond * (result.rules.scheme_account[lines] == a)
        otherwise = result.projection.moves.spend[:, :, a] - spent[a].sum(axis=-1)
        weights = np.concatenate([spent[a], otherwise[..., np.newaxis]], axis=-1)
        told += (
            own + split(by_account[:, :, a] - own.sum(axis=-1), weights.astype(np.int64))[..., :-1]
        )
    rest = eligible - told.sum(axis=-1)
    return np.concatenate([told, rest[..., np.newaxis]], axis=-1)


def _spent_by_line(result: Result, lines: list[int]) -> list[Floats]:
    """Return what each line spends from each account: by account, draws × years × lines, pence."""
    figures, moves, rules = result.projection.figures, result.projection.moves, result.rules
    at = {row.id: g for g, row in enumerate(result.plan.programmes)}
    found = [np.zeros((*moves.close.shape[:2], len(lines))) for _ in rules.accounts]
    for n, line in enumerate(lines):
        row = result.plan.schemes[line]
        own = int(rules.scheme_account[line])
        found[own][..., n] += figures.schemes[:, :, line]
        if row.programme:
            spend = moves.programme_spend[:, :, at[row.programme]]
            found[own][..., n] += spend[..., 2]
            for part, source in enumerate((REINVESTED, MOVED)):
                if (row.pool, source) in rules.accounts:
                    found[rules.accounts.index((row.pool, source))][..., n] += spend[..., part]
    return found


def put_in(result: Result, pool: str, *, recurrent: bool = False) -> Floats:
    """Return what each partner puts into a pool: draws × years × partners, pence.

    Deductions taken off, in kind left out. A year in which nobody puts anything in takes the latest
    earlier year. With `recurrent`, only recurrent contributions.
    """
    amounts = result.projection.figures.contributions
    order = {p.id: n for n, p in enumerate(result.plan.partners)}
    put = np.zeros((*amounts.shape[:2], len(order)))
    for n, row in enumerate(result.plan.contributions):
        if row.pool == pool and not row.in_kind and (row.recurrent or not recurrent):
            put[:, :, order[row.partner]] += amounts[:, :, n]
    given = np.zeros_like(put)
    for t in range(given.shape[1]):
        before = given[:, t - 1] if t else given[:, t]
        given[:, t] = np.where(put[:, t].sum(axis=-1, keepdims=True) > 0, put[:, t], before)
    return np.maximum(given, 0.0)
