"""A pool's year as it came out.

From what is booked where the plan has it, else from the plan itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from icbudget.engine.accounts.monitored_lines import Monitored, budget_of, monitor
from icbudget.engine.accounts.one_draw import one_draw
from icbudget.engine.accounts.pay_for_performance import shortfalls
from icbudget.engine.accounts.phasing import MONTHS
from icbudget.engine.accounts.virements import standing
from icbudget.engine.cached_view import cached_view
from icbudget.engine.projection.reallocate import FROM_OWN_SOURCE, Moves
from icbudget.engine.projection.wiring import FUND, MOVED, REINVESTED
from icbudget.engine.rounding import Floats, by_year, fewest_draws
from icbudget.engine.run import Result
from icbudget.plan import Plan
from icbudget.plan.looked_at import kept_by_fields

PLAN, REVISED, FORECAST, OUTTURN = "plan", "revised budget", "forecast", "outturn"


class Entry(NamedTuple):
    """One line of a pool's income or spending in a year.

    Whose it is (blank: the pool's), what it is called, pence.
    """

    partner: str
    name: str
    pence: int


class Outturn(NamedTuple):
    """A pool's year.

    `basis`: plan, revised budget (virements count), forecast (something is booked), outturn (month
    12 is).
    """

    basis: str
    income: tuple[Entry, ...]
    spending: tuple[Entry, ...]


def basis_of(result: Result, t: int) -> str:
    """Return what a year's figures rest on.

    `outturn` where something is booked for month 12, `forecast` where anything of the year is
    booked or forecast. Before that `revised budget` where virements of the year count, else `plan`.
    """
    if _latest_booked(result, t) == MONTHS:
        return OUTTURN
    if _latest(result, t):
        return FORECAST
    # Nothing is booked or forecast: only virements can make it another year than the plan's.
    return PLAN if year_monitored(result, t) is None else REVISED


def _latest_booked(result: Result, t: int) -> int:
    """Return the last month of year t for which any line is booked, 0 for none."""
    return _latest_months(result.plan)[0].get(result.years[t], 0)


def _latest(result: Result, t: int) -> int:
    """Return the last month of year t for which any line is booked or forecast, 0 for none."""
    return _latest_months(result.plan)[1].get(result.years[t], 0)


@kept_by_fields(8)
def _latest_months(plan: Plan) -> tuple[dict[str, int], dict[str, int]]:
    """Return the last month for which any line is booked, and booked or forecast, by year."""
    booked: dict[str, int] = {}
    for row in plan.actuals:
        booked[row.year] = max(row.month, booked.get(row.year, 0))
    latest = dict(booked)
    for forecast in plan.forecasts:
        if forecast.basis == "override":
            latest[forecast.year] = max(forecast.month, latest.get(forecast.year, 0))
    return booked, latest


def year_monitored(result: Result, t: int) -> Monitored | None:
    """Return year t with all that is booked and forecast; None where it is the plan."""
    return monitor(result, result.years[t], _latest(result, t)) if _runs(result, t) else None


def _runs(result: Result, t: int) -> bool:
    """Return whether anything of year t is booked, forecast or vired."""
    year = result.years[t]
    vired = any(not row.refusal and row.virement.year == year for row in standing(result.plan))
    return bool(_latest(result, t)) or vired


def outturn(result: Result, pool: str, t: int) -> Outturn:
    """Return a pool's income and spending in year t, pence; what is in kind counts on both sides.

    A scheme line under a source that is all in kind uses it; what no line uses is used in kind
    beside the schemes.

    Income: contributions of each partner by source, deductions taken off, then money moved from
    acute. Spending: scheme lines, and programmes that the pool pays without one.
    """
    monitoring = year_monitored(result, t)
    income, spending = _planned_income(result, pool, t), _planned_spending(result, pool, t)
    if monitoring is not None:
        lines = [line for line in monitoring.lines if line.pool == pool]
        income = {(x.partner, x.source): x.forecast for x in lines if x.kind == "income"}
        # A year that runs is taken as it is forecast: the original budget is no longer what comes.
        spending = {x.key: x.forecast for x in lines if x.kind == "expenditure"}
    names = {(row.id, row.line): f"{row.id} {row.name}" for row in result.plan.schemes}
    # Partners' money first, then what acute activity gave, and last what is in kind: each year's
    # accounts list income in this order.
    came = [Entry(partner, source, pence) for (partner, source), pence in income.items()]
    came += _moved(result, pool, t)
    by_name: dict[str, int] = {}
    for key, pence in spending.items():
        name = names.get(key, f"{key[0]} (not in the plan)")
        by_name[name] = by_name.get(name, 0) + pence
    by_name |= _programmes(result, pool, t)
    in_kind = _in_kind(result, pool, t)
    came += [Entry(partner, "In kind", pence) for partner, pence in in_kind.items()]
    of_pool = [a for a, account in enumerate(result.rules.accounts) if account[0] == pool]
    beside = round(float(beside_schemes_in_kind(result)[0, t, of_pool].sum()))
    went = [Entry("", name, pence) for name, pence in by_name.items()]
    if beside:
        went.append(Entry("", "Used in kind", beside))
    return Outturn(basis_of(result, t), tuple(came), tuple(went))


def _planned_income(result: Result, pool: str, t: int) -> dict[tuple[str, str], int]:
    income: dict[tuple[str, str], int] = {}
    for n, row in enumerate(result.plan.contributions):
        if row.pool == pool and not row.in_kind:
            key = (row.partner, row.source)
            pence = round(float(result.projection.figures.contributions[0, t, n]))
            income[key] = income.get(key, 0) + pence
    return income


def _in_kind(result: Result, pool: str, t: int) -> dict[str, int]:
    by_partner: dict[str, int] = {}
    for n, row in enumerate(result.plan.contributions):
        if row.pool == pool and row.in_kind:
            pence = round(float(result.projection.figures.contributions[0, t, n]))
            by_partner[row.partner] = by_partner.get(row.partner, 0) + pence
    return by_partner


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
    spent = round(float(result.projection.moves.spend[0, t, accounts].sum()))
    # Scheme lines have what their programmes cost already; only what no line names is left.
    rest = spent - sum(_planned_spending(result, pool, t).values())
    return {"Programmes without a scheme line": rest} if rest else {}


@dataclass(frozen=True, eq=False, slots=True)
class YearChanges:
    """How each year came out against the plan, pence; each year alone.

    One draw where no draw has another budget in a year that runs. Accounts are those of the rules,
    then one for each pool that holds what is booked to none of its sources. More spending, and less
    income, are positive.
    """

    budget: Floats
    """draws × years × accounts: what virements change in the budget."""
    outturn: Floats
    """draws × years × accounts: outturn, else forecast, less the revised budget."""
    spending: Floats
    """draws × years × accounts: outturn, else forecast, less the plan, of spending alone."""
    by_line: Floats
    """draws × years × scheme rows × accounts: the same, for what each line spends from each
    account."""
    reported: NDArray[np.bool_]
    """years × pools: whether anything of the pool is booked or forecast in the year."""

    def of_draw(self, draw: int) -> YearChanges:
        """Return those of one draw, as one draw."""
        if len(self.budget) == 1:
            return self
        amounts = {name: getattr(self, name)[draw : draw + 1] for name in _AMOUNTS}
        return replace(self, **amounts)


_AMOUNTS = ("budget", "outturn", "spending", "by_line")


@cached_view
def changes(result: Result) -> YearChanges:
    """Return how the outturn of each year differs from the plan.

    A line at its outturn, else its forecast; one that is not reported is at its budget and changes
    nothing. What is booked is known, whatever a draw makes of the budget: so the draws whose budget
    of a year that runs differs are each compared with their own. Source: model §3, §8, §9, §11.
    """
    apart, like = _unlike_budgets(result)
    if len(apart) == 1:
        return _of_first_draw(result)
    each = [_of_first_draw(one_draw(result, draw)) for draw in apart]
    of_all = {name: np.concatenate([getattr(one, name) for one in each])[like] for name in _AMOUNTS}
    return replace(each[0], **of_all)


def _unlike_budgets(result: Result) -> tuple[list[int], NDArray[np.int64]]:
    """Return draws no two of which have the same budget in every year that runs.

    With them, for each draw, the place among them of the one that it is like.
    """
    run = result.projection
    at = [t for t in range(len(result.years)) if _runs(result, t)]
    amounts = (run.figures.contributions, run.figures.schemes, run.moves.programme_spend)
    budgets = [fewest_draws(of[:, at]) for of in amounts]
    draws = max(map(len, budgets))
    if draws == 1 or not at:
        return [0], np.zeros(1, dtype=np.int64)
    in_rows = [np.broadcast_to(of, (draws, *of.shape[1:])).reshape(draws, -1) for of in budgets]
    _, apart, like = np.unique(
        np.concatenate(in_rows, axis=1), axis=0, return_index=True, return_inverse=True
    )
    return apart.tolist(), like.reshape(-1)


def _of_first_draw(result: Result) -> YearChanges:
    plan, rules = result.plan, result.rules
    pool_at = {pool.id: n for n, pool in enumerate(plan.pools)}
    row_at = {(row.id, row.line): n for n, row in enumerate(plan.schemes)}
    years, accounts = len(result.years), len(rules.accounts) + len(plan.pools)
    budget, outturn_, spending = (np.zeros((years, accounts)) for _ in range(3))
    by_line = np.zeros((years, len(plan.schemes), accounts))
    reported = np.zeros((years, len(plan.pools)), dtype=bool)
    for t in range(years):
        monitoring = year_monitored(result, t)
        for line in monitoring.lines if monitoring is not None else ():
            # What belongs to no pool of the plan is nobody's variance here; a check says so.
            if line.pool not in pool_at:
                continue
            beyond = line.variance
            if line.reported:
                reported[t, pool_at[line.pool]] = True
            # a line that comes out at the budget it first had changes nothing
            if not (beyond or line.virements):
                continue
            account = account_of(result, line.pool, line.source)
            if line.kind == "income":
                budget[t, account] -= line.virements
                # More income than planned leaves a pool better off, so its sign is the other way.
                outturn_[t, account] -= beyond
                continue
            budget[t, account] += line.virements
            spending[t, account] += line.virements
            n = row_at.get(line.key)
            if n is None:
                outturn_[t, account] += beyond
                spending[t, account] += beyond
                continue
            for paid_by, pence in _paid_beyond_budget(result, n, t, beyond):
                outturn_[t, paid_by] += pence
                spending[t, paid_by] += pence
                by_line[t, n, paid_by] += pence
    one = np.newaxis
    return YearChanges(budget[one], outturn_[one], spending[one], by_line[one], reported)


def account_of(result: Result, pool: str, source: str) -> int:
    """Return the place of a funding source of a pool, or of what belongs to none of its sources."""
    accounts = result.rules.accounts
    if (pool, source) in accounts:
        return accounts.index((pool, source))
    return len(accounts) + [row.id for row in result.plan.pools].index(pool)


def _paid_beyond_budget(result: Result, n: int, t: int, beyond: int) -> list[tuple[int, int]]:
    """Return which accounts pay what scheme row n spends beyond its budget: (account, pence).

    A programme's money is spent in a fixed order: reinvested release, moved money, a pump-prime
    fund, and last its own source. Each of the first three pays the lower of what was planned of it
    and what is left of the outturn; the rest is the own source's, over or under. So a fund never
    pays beyond its plan, and what it saves stays in it. Source: model §3.
    """
    row = result.plan.schemes[n]
    own = account_of(result, row.pool, row.source)
    if not row.programme:
        return [(own, beyond)]
    g = [programme.id for programme in result.plan.programmes].index(row.programme)
    planned = [round(float(p)) for p in result.projection.moves.programme_spend[0, t, g]]
    left = sum(planned) + beyond
    parts: list[tuple[int, int]] = []
    for source, amount in zip((REINVESTED, MOVED, FUND), planned, strict=False):
        # model §3.4: a fund pays min(planned, outturn), and so does each purse before the own
        # source.
        pays = min(amount, max(left, 0))
        left -= pays
        if amount:
            parts.append((account_of(result, row.pool, source), pays - amount))
    parts.append((own, left - planned[FROM_OWN_SOURCE]))
    return [(account, pence) for account, pence in parts if pence]


@cached_view
def money_spent(result: Result) -> tuple[Floats, Floats]:
    """Return what each account spends in a year less its income: as budgeted, and as it came out.

    Each draws × years × accounts (as in `YearChanges`), pence, money alone. What is in kind is
    income and is used in its year, so it counts on neither side: of a source that is all in kind,
    lines use what is there, and only what they use beyond it is short. Performance money that is
    not earned is no income. Source: model §8, PB §5.5, R18, R20.
    """
    moves, change = result.projection.moves, changes(result)
    draws, years, sources = moves.close.shape
    # Year by year in memory, as a settlement goes through them.
    planned = by_year(draws, years, sources + len(result.plan.pools))
    planned[:, :, :sources] = _net_as_planned(moves)
    # model §8.1: what performance does not earn is not income, and belongs to no source.
    planned[:, :, sources:] += shortfalls(result.plan)
    out = planned + change.budget + change.outturn
    # what the plan's close already takes off as used beside the schemes is used anew below
    more_beside = beside_schemes_in_kind(result) - moves.beside
    out[:, :, :sources] += more_beside
    return planned + change.budget + 0.0, out + 0.0


@cached_view
def beside_schemes_in_kind(result: Result) -> Floats:
    """Return what of each year's contributions in kind no scheme line uses.

    Draws × years × accounts, pence. A scheme line uses what is in kind where all of its source is:
    then `min(in kind, what the source is under in the year)` is beside, never below zero. Where
    there is money under the source too, its lines spend money, and all that is in kind is beside.
    So what is in kind neither leaves money over nor makes a source short that is in kind. Source:
    PB §5.5.
    """
    moves, change = result.projection.moves, changes(result)
    sources = moves.close.shape[-1]
    spent = _net_as_planned(moves) + (change.budget + change.outturn)[..., :sources] - moves.beside
    # Only as far as it is in kind: money that is under its budget stays money.
    under = np.clip(-spent, 0.0, np.maximum(moves.in_kind, 0.0))
    return np.where(result.rules.only_in_kind, under, moves.in_kind)


def _net_as_planned(moves: Moves) -> Floats:
    """Return what each account spends less its income by the plan: draws × years × accounts."""
    net = -moves.close
    net[:, 1:] += moves.close[:, :-1]
    return net
