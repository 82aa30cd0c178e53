"""What a pool has spent beyond its money in a year, and how much of it may be shared.

For the pool, for each of its funding sources, and for each scheme line. Arrays are draws × …, whole
pence; an overspend is positive. A plan is one draw. Accounts are those of
`icbudget.engine.accounts.outturn.YearChanges`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from icbudget.engine.accounts.outturn import account_of, changes, money_spent
from icbudget.engine.accounts.risk_rule import rule_of, steps_of
from icbudget.engine.accounts.virements import contribution_changes, standing
from icbudget.engine.cached_view import cached_view
from icbudget.engine.projection.wiring import FUND, MOVED, REINVESTED
from icbudget.engine.rounding import Floats, fewest_draws, split, sum_of
from icbudget.engine.run import Result
from icbudget.plan import Plan
from icbudget.plan.pool import Pool

Accounts = tuple[int, ...]


class Portion(NamedTuple):
    """A part of a pool's variance: a scheme line (its row in the plan), or what belongs to none."""

    pool: str
    scheme: int | None = None


@cached_view
def set_aside(result: Result, pool: Pool) -> Accounts:
    """Return the accounts of a pool that hold a reserve: the funding lines of its contingencies.

    What is in them is set aside: it is no income of the variance. Source: model §8.
    """
    steps = steps_of(result.plan, rule_of(pool)).values()
    lines = {rows[0].funding_line for rows in steps if rows[0].kind == "contingency"}
    accounts = result.rules.accounts
    return tuple(
        a for a, (name, source) in enumerate(accounts) if name == pool.id and source in lines
    )


@cached_view
def shareable(result: Result, pool: Pool, t: int) -> tuple[Accounts, Accounts]:
    """Return the accounts of a pool whose variance in year t may be shared, and the others.

    Never shared: all of a budget that is aligned or in view, a pool that has ended, and ring-fenced
    sources. Source: model §8, PB §4.1 R9, R18, R20.
    """
    accounts = result.rules.accounts
    of_pool = [a for a, (name, _) in enumerate(accounts) if name == pool.id]
    no_source = account_of(result, pool.id, "")
    if not pool.is_pooled or pool.ended(result.years[t]):
        return (), (*of_pool, no_source)
    reserve = set_aside(result, pool)
    rest = [a for a in of_pool if a not in reserve]
    fenced = tuple(a for a in rest if is_ring_fenced(result, accounts[a]))
    return (*(a for a in rest if a not in fenced), no_source), fenced


def is_ring_fenced(result: Result, account: tuple[str, str]) -> bool:
    """Return whether a funding source of a pool is ring-fenced: a contribution under it says so."""
    return account in _ring_fenced(result)


@cached_view
def _ring_fenced(result: Result) -> frozenset[tuple[str, str]]:
    """Return the pool and source of every contribution that says it is ring-fenced."""
    rows = result.plan.contributions
    return frozenset((row.pool, row.source) for row in rows if row.ring_fenced)


def variance_by_account(
    result: Result, pool: Pool, t: int, opening: Floats, accounts: Accounts
) -> Floats:
    """Return the variance of year t of some accounts of a pool together, account by account.

    Draws × those accounts. `variance(t) = spending − income − planned use`, with `planned
    use = min(opening, max(0, budgeted spending − budgeted income))`: the year stands alone, so what
    was over before and is settled, or was not, is not in it again. With nothing booked and nothing
    forecast only an overspend beyond the opening balance counts: what is under budget then is the
    opening balance of the next year. `opening`: draws × all accounts. Source: model §8.
    """
    columns = list(accounts)
    budgeted, spent = (amounts[:, t, columns] for amounts in money_spent(result))
    brought = opening[:, columns]
    held = np.maximum(sum_of(brought), 0.0)
    reported = bool(_reported(result, pool)[t])
    # With nothing booked and nothing forecast the year comes out as planned, virements or not.
    if not reported:
        budgeted = spent
    planned_use = np.minimum(held, np.maximum(sum_of(budgeted), 0.0))
    own = np.maximum(brought, 0.0)
    beyond = spent - _planned_use_by_account(planned_use, own, budgeted)
    if reported:
        return np.asarray(beyond + 0.0)
    overspend = np.maximum(sum_of(beyond), 0.0)
    # Most years of most pools have none, and need no split.
    if not overspend.any():
        return np.zeros(beyond.shape)
    return split(overspend, _whole_weights(beyond))


def variance_of_accounts(result: Result, pool: Pool, opening: Floats) -> Floats:
    """Return the variance of every year of each account of a pool alone.

    Draws × years × all accounts, pence: what `variance_by_account` returns of one account, which
    uses no other account's balance and makes up for none. Those of other pools hold nothing that
    means anything. `opening`: draws × years × all accounts. Source: model §8.
    """
    budgeted, spent = money_spent(result)
    reported = _reported(result, pool)[:, np.newaxis]
    deficit = np.maximum(np.where(reported, budgeted, spent), 0.0)
    beyond = spent - np.minimum(np.maximum(opening, 0.0), deficit)
    return np.where(reported, beyond, np.maximum(beyond, 0.0)) + 0.0


def _reported(result: Result, pool: Pool) -> NDArray[np.bool_]:
    """Return whether anything of a pool is booked or forecast, by year."""
    at = [row.id for row in result.plan.pools].index(pool.id)
    return changes(result).reported[:, at]


def _planned_use_by_account(planned_use: Floats, held: Floats, budgeted: Floats) -> Floats:
    """Return the planned use of balances account by account, draws × accounts.

    It sums to the pool's. An account first uses its own balance: `min(opening, budgeted deficit)`.
    Where the pool as a whole plans to use less, other accounts plan a surplus in the year, and
    those make up for it: their planned surplus is no underspend. Where it plans to use more, it
    uses one account's balance for the deficit of another.
    """
    deficit, surplus = np.maximum(budgeted, 0.0), np.maximum(-budgeted, 0.0)
    own = np.minimum(held, deficit)
    too_much = sum_of(own) - planned_use
    if not too_much.any():
        return own
    by_surplus = np.minimum(np.maximum(too_much, 0.0), sum_of(surplus))
    # what no surplus covers is a balance that another account's debt has taken up
    not_there = np.maximum(too_much, 0.0) - by_surplus
    of_others = np.maximum(-too_much, 0.0)
    return np.asarray(
        own
        - split(by_surplus, _whole_weights(surplus))
        - split(not_there, _whole_weights(own))
        + split(of_others, _whole_weights(deficit - own))
    )


def _whole_weights(pence: Floats) -> NDArray[np.int64]:
    """Return amounts as weights: whole numbers, and 0 for what is below zero."""
    return np.maximum(pence, 0.0).astype(np.int64)


def portions_of(plan: Plan, pool: Pool) -> tuple[Portion, ...]:
    """Return the parts of a pool's variance: its scheme lines, and last what belongs to no line."""
    lines = (Portion(pool.id, n) for n, row in enumerate(plan.schemes) if row.pool == pool.id)
    return (*lines, Portion(pool.id))


def variance_by_line(result: Result, pool: Pool, t: int, by_account: Floats) -> Floats:
    """Return the variance of year t of a pool by part, as `portions_of` has them: draws × parts.

    A line has what it spent beyond its budget. What else a funding source is over or under goes to
    the lines it pays, in proportion to what each spends of it in the year; a source that pays for
    nothing, programmes without a scheme line, and performance money belong to no line.
    `by_account`: draws × the accounts of `shareable`, the variance that may be shared. Source:
    model §8.
    """
    lines = [n for n, row in enumerate(result.plan.schemes) if row.pool == pool.id]
    by_line = np.zeros((by_account.shape[0], len(lines)))
    accounts, _ = shareable(result, pool, t)
    sources = len(result.rules.accounts)
    for place, a in enumerate(accounts):
        own = changes(result).by_line[:, t, :, a][:, lines]
        if not by_account[:, place].any() and not own.any():
            continue
        rest = by_account[:, place] - sum_of(own)
        # What is booked to none of the pool's sources belongs to no line either.
        if a >= sources:
            continue
        spent = spent_by_line(result, pool.id)[a][:, t]
        # What programmes without a line spend of the source has its part too, and falls out at the
        # end.
        otherwise = result.projection.moves.spend[:, t, a] - sum_of(spent)
        weights = np.concatenate([spent, otherwise[:, np.newaxis]], axis=-1)
        by_line += own + split(rest, _whole_weights(weights))[:, :-1]
    shared = sum_of(by_account)
    rest_of_pool = shared - sum_of(by_line)
    return np.concatenate([by_line, rest_of_pool[:, np.newaxis]], axis=-1)


@cached_view
def spent_by_line(result: Result, pool: str) -> dict[int, Floats]:
    """Return what each scheme line of a pool spends from each of its accounts, as planned.

    By account: draws × years × lines, pence. What a pump-prime fund pays is the fund's expenditure,
    not the scheme's own source's. Source: model §3.
    """
    figures, moves, rules = result.projection.figures, result.projection.moves, result.rules
    at = {row.id: g for g, row in enumerate(result.plan.programmes)}
    lines = [n for n, row in enumerate(result.plan.schemes) if row.pool == pool]
    shape = (*moves.close.shape[:2], len(lines))
    spent = {a: np.zeros(shape) for a, (name, _) in enumerate(rules.accounts) if name == pool}
    for place, n in enumerate(lines):
        row = result.plan.schemes[n]
        spent[int(rules.scheme_account[n])][..., place] += figures.schemes[:, :, n]
        if not row.programme:
            continue
        by_purse = moves.programme_spend[:, :, at[row.programme]]
        purses = (REINVESTED, MOVED, FUND, row.source)
        for purse, source in enumerate(purses):
            if (pool, source) in rules.accounts:
                account = rules.accounts.index((pool, source))
                spent[account][..., place] += by_purse[..., purse]
    return spent


@cached_view
def put_in(result: Result, pool: str, *, recurrent: bool = False) -> Floats:
    """Return what each partner puts into a pool: draws × years × partners, pence.

    One draw where no draw differs from another.

    Deductions taken off, in kind left out, approved virements counted. A year in which nobody puts
    anything in takes the latest earlier year. With `recurrent`, only recurrent contributions and
    virements.
    """
    order = {p.id: n for n, p in enumerate(result.plan.partners)}
    counts = [
        n
        for n, row in enumerate(result.plan.contributions)
        if row.pool == pool and not row.in_kind and (row.recurrent or not recurrent)
    ]
    amounts = fewest_draws(result.projection.figures.contributions[:, :, counts])
    put = np.zeros((*amounts.shape[:2], len(order)))
    for place, n in enumerate(counts):
        put[:, :, order[result.plan.contributions[n].partner]] += amounts[:, :, place]
    _add_virements(result, pool, put, recurrent)
    someone = put.sum(axis=-1, keepdims=True) > 0
    counted = np.where(someone, put, 0.0)
    for t in range(1, counted.shape[1]):
        # A year without contributions is shared as the last one with some: the agreement has not
        # changed.
        if not someone[:, t].all():
            counted[:, t] = np.where(someone[:, t], put[:, t], counted[:, t - 1])
    return np.maximum(counted, 0.0)


def computed_shares(amounts: Floats, result: Result, pool: str) -> Floats:
    """Return amounts (draws × years) as contributions to the pool would share them.

    Draws × years × partners, pence.
    """
    return split(amounts, put_in(result, pool).astype(np.int64))


def _add_virements(result: Result, pool: str, put: Floats, recurrent: bool) -> None:
    """Add what approved virements change in contributions, year by year (model §8: they count)."""
    order = {p.id: n for n, p in enumerate(result.plan.partners)}
    for row in standing(result.plan):
        if row.refusal or (recurrent and not row.virement.recurrent):
            continue
        for to, partner, _, sign in contribution_changes(row):
            if to == pool and partner in order:
                put[:, result.years.index(row.virement.year), order[partner]] += sign * row.pence
