"""A pool's year as it came out.

From what is booked where the plan has it, else from the plan itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from icbudget.engine.accounts.monitor import MONTHS, Monitored, budget_of, monitor
from icbudget.engine.accounts.virements import standing
from icbudget.engine.cached_view import cached_view
from icbudget.engine.projection.reallocate import Moves
from icbudget.engine.rounding import Floats
from icbudget.engine.run import Result

PLAN, REVISED, FORECAST, OUTTURN = "plan", "revised budget", "forecast", "outturn"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a pool's income or spending in a year.

    Whose it is (blank: the pool's), what it is called, pence.
    """

    partner: str
    name: str
    pence: int


@dataclass(frozen=True, slots=True)
class Outturn:
    """A pool's year.

    `basis`: plan, revised budget (virements count), forecast (something is booked), outturn (month
    12 is).
    """

    basis: str
    income: tuple[Entry, ...]
    spending: tuple[Entry, ...]


def basis_of(result: Result, t: int) -> str:
    """Return what a year's figures rest on.

    `forecast` where something is spent and booked, `outturn` at month 12. Before that `revised
    budget` where virements of the year count, else `plan`.
    """
    latest = _latest(result, t)
    if not latest:
        return PLAN if _monitored(result, t) is None else REVISED
    return OUTTURN if latest == MONTHS else FORECAST


def _latest(result: Result, t: int) -> int:
    rows = (
        row
        for row in result.plan.actuals
        if (row.year, row.kind) == (result.years[t], "expenditure")
    )
    return max((row.month for row in rows), default=0)


def _monitored(result: Result, t: int) -> Monitored | None:
    year, latest = result.years[t], _latest(result, t)
    revised = latest or any(
        not row.refusal and row.virement.year == year for row in standing(result.plan)
    )
    return monitor(result, year, latest) if revised else None


def outturn(result: Result, pool: str, t: int) -> Outturn:
    """Return a pool's income and spending in year t, pence; what is in kind counts on both sides.

    A scheme line under a source that is all in kind uses it; what no line uses is used in kind
    beside the schemes.

    Income: contributions of each partner by source, deductions taken off, then money moved from
    acute. Spending: scheme lines, and programmes that the pool pays without one.
    """
    told = _monitored(result, t)
    income, spending = _planned_income(result, pool, t), _planned_spending(result, pool, t)
    if told is not None:
        lines = [line for line in told.lines if line.pool == pool]
        income = {(x.partner, x.source): x.forecast for x in lines if x.kind == "income"}
        spending = {x.key: x.forecast for x in lines if x.kind == "expenditure"}
    names = {(row.id, row.line): f"{row.id} {row.name}" for row in result.plan.schemes}
    came = [Entry(partner, source, pence) for (partner, source), pence in income.items()]
    went: dict[str, int] = {}
    for key, pence in spending.items():
        name = names.get(key, f"{key[0]} (not in the plan)")
        went[name] = went.get(name, 0) + pence
    came += _moved(result, pool, t)
    went |= _programmes(result, pool, t)
    in_kind = [
        Entry(partner, "In kind", pence) for partner, pence in _in_kind(result, pool, t).items()
    ]
    beside = round(
        float(
            beside_schemes_in_kind(result)[
                0, t, [a for a, at in enumerate(result.rules.accounts) if at[0] == pool]
            ].sum()
        )
    )
    used = [Entry("", "Used in kind", beside)] if beside else []
    return Outturn(
        basis_of(result, t),
        (*came, *in_kind),
        (*(Entry("", *told_) for told_ in went.items()), *used),
    )


def _planned_income(result: Result, pool: str, t: int) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for n, row in enumerate(result.plan.contributions):
        if row.pool == pool and not row.in_kind:
            key = (row.partner, row.source)
            found[key] = found.get(key, 0) + round(
                float(result.projection.figures.contributions[0, t, n])
            )
    return found


def _in_kind(result: Result, pool: str, t: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for n, row in enumerate(result.plan.contributions):
        if row.pool == pool and row.in_kind:
            pence = round(float(result.projection.figures.contributions[0, t, n]))
            found[row.partner] = found.get(row.partner, 0) + pence
    return found


def _planned_spending(result: Result, pool: str, t: int) -> dict[tuple[str, int], int]:
    return {
        (row.id, row.line): budget_of(result, n, t)
        for n, row in enumerate(result.plan.schemes)
        if row.pool == pool
    }


def _moved(result: Result, pool: str, t: int) -> list[Entry]:
    moves: Moves = result.projection.moves
    net = moves.transfers_in + moves.reinvested - moves.transfers_out
    return [
        Entry("", source, round(float(net[0, t, a])))
        for a, (name, source) in enumerate(result.rules.accounts)
        if name == pool and net[0, t, a]
    ]


def _programmes(result: Result, pool: str, t: int) -> dict[str, int]:
    """Return what the pool pays for programmes that no scheme line names."""
    accounts = [a for a, (name, _) in enumerate(result.rules.accounts) if name == pool]
    whole = round(float(result.projection.moves.spend[0, t, accounts].sum()))
    rest = whole - sum(_planned_spending(result, pool, t).values())
    return {"Programmes without a scheme line": rest} if rest else {}


@cached_view
def changes(result: Result) -> tuple[Floats, Floats, Floats]:
    """Return how the outturn differs from the plan so far, pence.

    By account, by scheme row, and by pool where it has no account. years × accounts: spending
    beyond plan less income beyond plan; years × scheme rows: spending beyond plan; years × pools.
    Each is summed over the years up to t, as a balance is.
    """
    plan, rules = result.plan, result.rules
    account_at = {account: a for a, account in enumerate(rules.accounts)}
    row_at = {(row.id, row.line): n for n, row in enumerate(plan.schemes)}
    pool_at = {pool.id: n for n, pool in enumerate(plan.pools)}
    by_account = np.zeros((len(result.years), len(rules.accounts)))
    by_row, by_pool = (
        np.zeros((len(result.years), len(plan.schemes))),
        np.zeros((len(result.years), len(plan.pools))),
    )
    for t in range(len(result.years)):
        told = _monitored(result, t)
        for line in told.lines if told is not None else ():
            if line.pool not in pool_at:
                continue
            if line.kind == "expenditure":
                more = line.forecast - line.original
                if line.key in row_at:
                    by_row[t, row_at[line.key]] += more
            else:
                more = line.original - line.forecast
            account = account_at.get((line.pool, line.source))
            if account is None:
                by_pool[t, pool_at[line.pool]] += more
            else:
                by_account[t, account] += more
    return tuple(np.cumsum(part, axis=0) for part in (by_account, by_row, by_pool))  # type: ignore[return-value]


@cached_view
def beside_schemes_in_kind(result: Result) -> Floats:
    """Return what of each year's contributions in kind no scheme line uses.

    Draws × years × accounts, pence. A scheme line uses what is in kind where all of its source is:
    then `min(in kind, what the source is under in the year)` is beside, never below zero. Where
    there is money under the source too, its lines spend money, and all that is in kind is beside.
    So what is in kind neither leaves money over nor makes a source short that is in kind. Source:
    PB §5.5.
    """
    moves = result.projection.moves
    close = moves.close + np.cumsum(moves.beside, axis=1) - changes(result)[0]
    under = np.clip(np.diff(close, axis=1, prepend=0.0), 0.0, np.maximum(moves.in_kind, 0.0))
    return np.where(result.rules.only_in_kind, under, moves.in_kind)


@cached_view
def money_left(result: Result) -> Floats:
    """Return the balance of each account as it came out, draws × years × accounts, pence.

    Money alone, nothing in kind.
    """
    moves = result.projection.moves
    used = np.cumsum(moves.beside - beside_schemes_in_kind(result), axis=1)
    return np.asarray(moves.close + used - changes(result)[0])
