"""Moving money from acute activity into the pools, and what each pool can then buy.

All amounts are whole pence. A release is reinvested under a funding source of its own, so that it can never come out of a
minimum contribution and is never spent twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from icbudget import money
from icbudget.engine.rounding import Floats, to_pence
from icbudget.engine.structure import Figures, Ints
from icbudget.plan import Plan

REINVESTED = "Reinvested acute release"
MOVED = "Moved from acute"


@dataclass(frozen=True, slots=True)
class Drawing:
    """One shift: its rule, the lines it draws on, the pool and account it feeds, pence or share by year."""

    id: str
    rule: str
    lines: Ints
    account: int
    amounts: Floats
    percents: Floats


@dataclass(frozen=True, slots=True)
class Rules:
    """Where money sits and in which order it is spent. An account is one funding source in one pool."""

    pools: tuple[str, ...]
    accounts: tuple[tuple[str, str], ...]
    pool_of: Ints
    contribution_account: Ints
    scheme_account: Ints
    programme_account: Ints
    """The account of each programme's own source; −1 where a partner pays for it outside every pool."""
    capped: frozenset[int]
    """Pools fed by release_then_invest: their programmes wait for the money."""
    order: tuple[int, ...]
    divisible: tuple[bool, ...]
    drawings: tuple[Drawing, ...]
    basis: str
    share: float


@dataclass(slots=True)
class Moves:
    """What is moved and bought: draws × years × (accounts, shifts or programmes), whole pence; `scale` is a part of 1.

    For every account and year: `open + income + transfers in + reinvested − spend = close`, and `open(t) = close(t−1)`.
    """

    income: Floats
    transfers_in: Floats
    reinvested: Floats
    spend: Floats
    close: Floats
    confirmed: Floats
    """What each shift could move: the confirmed release of the year before, or the amount its rule names."""
    moved: Floats
    available: Floats
    """draws × years × pools: uncommitted money with what was moved in, before programmes."""
    scale: Floats
    paid: Floats
    transition: Floats
    """Double running and exit cost within `paid`."""
    programme_spend: Floats
    """draws × years × programmes × 3: paid from reinvested release, from moved money, from the programme's own source."""

    @property
    def open(self) -> Floats:
        """Return opening balances: last year's close, nothing in the base year."""
        return np.concatenate([np.zeros_like(self.close[:, :1]), self.close[:, :-1]], axis=1)


def payer(plan: Plan, programme: str) -> tuple[str, str] | None:
    """Return (pool, funding source) that a programme's own cost falls on, or None where a partner pays outside the pools.

    A scheme that names the programme decides; else the programme's own pool and source.
    """
    for scheme in plan.schemes:
        if scheme.programme == programme:
            return scheme.pool, scheme.source
    row = next(p for p in plan.programmes if p.id == programme)
    return (row.pool, row.source) if row.pool else None


def rules_of(plan: Plan) -> Rules:
    """Return the plan's accounts and shift rules. The plan has no error findings."""
    payers = [payer(plan, p.id) for p in plan.programmes]
    pairs = [(c.pool, c.source) for c in plan.contributions] + [(s.pool, s.source) for s in plan.schemes]
    pairs += [p for p in payers if p] + [(s.pool, _account_of(s.rule)) for s in plan.shifts]
    accounts = tuple(sorted(dict.fromkeys(pairs), key=lambda pair: [p.id for p in plan.pools].index(pair[0])))
    at = {pair: i for i, pair in enumerate(accounts)}
    pools = tuple(p.id for p in plan.pools)
    line_at = {row.id: i for i, row in enumerate(plan.acute_lines)}
    order = sorted(range(len(plan.programmes)), key=lambda g: (plan.programmes[g].priority, plan.programmes[g].id))

    def by_year(values: object, scale: float) -> Floats:
        return np.array([float(values.get(y, 0)) * scale if n else 0.0 for n, y in enumerate(plan.years)])  # type: ignore[attr-defined]

    return Rules(
        pools=pools,
        accounts=accounts,
        pool_of=np.array([pools.index(pool) for pool, _ in accounts], dtype=np.int64),
        contribution_account=np.array([at[c.pool, c.source] for c in plan.contributions], dtype=np.int64),
        scheme_account=np.array([at[s.pool, s.source] for s in plan.schemes], dtype=np.int64),
        programme_account=np.array([at[p] if p else -1 for p in payers], dtype=np.int64),
        capped=frozenset(pools.index(s.pool) for s in plan.shifts if s.rule == "release_then_invest"),
        order=tuple(order),
        divisible=tuple(p.divisible for p in plan.programmes),
        drawings=tuple(
            Drawing(
                s.id,
                s.rule,
                np.array([line_at[k] for k in s.lines], dtype=np.int64),
                at[s.pool, _account_of(s.rule)],
                np.round(by_year(s.amounts, 100.0)),
                by_year(s.percents, 1.0),
            )
            for s in plan.shifts
        ),
        basis=plan.setup.reinvest_basis,
        share=plan.setup.reinvest_share,
    )


def _account_of(rule: str) -> str:
    return REINVESTED if rule == "release_then_invest" else MOVED


def opening(rules: Rules, draws: int, years: int, programmes: int) -> Moves:
    """Return empty moves for so many draws, years and programmes."""

    def empty(size: int) -> Floats:
        return np.zeros((draws, years, size))

    accounts, shifts = len(rules.accounts), len(rules.drawings)
    return Moves(
        income=empty(accounts),
        transfers_in=empty(accounts),
        reinvested=empty(accounts),
        spend=empty(accounts),
        close=empty(accounts),
        confirmed=empty(shifts),
        moved=empty(shifts),
        available=empty(len(rules.pools)),
        scale=empty(programmes),
        paid=empty(programmes),
        transition=empty(programmes),
        programme_spend=np.zeros((draws, years, programmes, 3)),
    )


def open_pools(moves: Moves, rules: Rules, figures: Figures) -> None:
    """Fill the income and scheme expenditure of every year, and the balance of the base year."""
    _add_at(moves.income, rules.contribution_account, figures.contributions)
    _add_at(moves.spend, rules.scheme_account, figures.schemes)
    moves.close[:, 0] = moves.income[:, 0] - moves.spend[:, 0]


def _add_at(total: Floats, account: Ints, rows: Floats) -> None:
    for row, at in enumerate(account):
        total[:, :, at] += rows[:, :, row]


def acute_budget(pay_nothing: Floats, growth: Floats) -> Floats:
    """Return the commissioner's budget for each acute line, draws × years × lines, £.

    With a budget index: base-year payment × `Π (1 + growth)`; without one (NaN) the budget meets do nothing.
    """
    level = np.cumprod(1.0 + np.where(np.isnan(growth), 0.0, growth), axis=1)
    return np.where(np.isnan(growth), pay_nothing, pay_nothing[:, :1] * level)


def fund_year(
    moves: Moves, rules: Rules, figures: Figures, t: int, last: tuple[Floats, Floats] | None, budget: Floats, running: Floats
) -> None:
    """Fill year t: what each shift moves, what each programme gets, and the closing balances.

    - `release_then_invest`: φ × the confirmed release of the year before goes into the pool under its own source. Release is
      K, G or, line by line, the lower of the two, as Setup says, summed over the shift's lines and never below zero.
    - `fixed_amount`: the amount of the year; `fixed_percent`: s(t) × the acute budget of the lines in the year before.
    - Programmes of a pool that a release feeds share `uncommitted(t) + φ·release(t−1)` in order of priority: a divisible one
      is scaled to the money, an indivisible one is bought whole or not at all. Other programmes are bought in full.

    `last`: (K, G) of the year before, draws × lines, £, None in year 1; `budget`: acute budget of the year before.
    Source: model §7.
    """
    for n, drawing in enumerate(rules.drawings):
        moves.confirmed[:, t, n] = _confirmed(drawing, rules, t, last, budget)
        invest = drawing.rule == "release_then_invest"
        moves.moved[:, t, n] = to_pence(moves.confirmed[:, t, n] / 100.0 * rules.share) if invest else moves.confirmed[:, t, n]
        into = moves.reinvested if invest else moves.transfers_in
        into[:, t, drawing.account] += moves.moved[:, t, n]
    balance = moves.close[:, t - 1] + moves.income[:, t] + moves.transfers_in[:, t] + moves.reinvested[:, t] - moves.spend[:, t]
    for pool in range(len(rules.pools)):
        moves.available[:, t, pool] = balance[:, rules.pool_of == pool].sum(axis=-1)
    _buy(moves, rules, figures, t, running, balance)
    moves.close[:, t] = balance


def _confirmed(drawing: Drawing, rules: Rules, t: int, last: tuple[Floats, Floats] | None, budget: Floats) -> Floats | float:
    if drawing.rule == "fixed_amount":
        return float(drawing.amounts[t])
    if drawing.rule == "fixed_percent":
        return to_pence(drawing.percents[t] * budget[:, drawing.lines].sum(axis=-1))
    if last is None:
        return 0.0
    contract, system = (part[:, drawing.lines] for part in last)
    chosen = {"contract": contract, "system": system, "lower": np.minimum(contract, system)}[rules.basis]
    return to_pence(np.maximum(chosen.sum(axis=-1), 0.0))


def _buy(moves: Moves, rules: Rules, figures: Figures, t: int, running: Floats, balance: Floats) -> None:
    """Fill scale, payments and spending of the year's programmes; `balance` (draws × accounts) falls by what is paid."""
    left = moves.available[:, t].copy()
    special = {pair: i for i, pair in enumerate(rules.accounts) if pair[1] in (REINVESTED, MOVED)}
    for g in rules.order:
        transition = figures.double_running[:, t, g] + figures.exit_cost[:, t, g]
        cost = to_pence(running[:, g] + transition) + np.zeros(balance.shape[0])
        own = int(rules.programme_account[g])
        pool = int(rules.pool_of[own]) if own >= 0 else -1
        scale = np.ones(balance.shape[0])
        if pool in rules.capped:
            money_left = np.maximum(left[:, pool], 0.0)
            part = np.divide(money_left, cost, out=np.ones_like(cost), where=cost > money_left)
            scale = part if rules.divisible[g] else np.where(part < 1.0, 0.0, 1.0)
        paid = np.where(scale < 1.0, np.round(scale * cost), cost)
        moves.scale[:, t, g], moves.paid[:, t, g] = scale, paid
        moves.transition[:, t, g] = np.minimum(to_pence(transition * scale), paid)
        if own < 0:
            continue
        left[:, pool] -= paid
        rest = paid
        for n, source in enumerate((REINVESTED, MOVED)):
            at = special.get((rules.pools[pool], source))
            if at is not None:
                take = np.minimum(np.maximum(balance[:, at], 0.0), rest)
                balance[:, at] -= take
                moves.spend[:, t, at] += take
                moves.programme_spend[:, t, g, n] = take
                rest = rest - take
        balance[:, own] -= rest
        moves.spend[:, t, own] += rest
        moves.programme_spend[:, t, g, 2] = rest


def split_by_line(moved: int, budgets: list[float]) -> list[int]:
    """Return a moved amount by acute line, to the penny, in proportion to `budgets` (equal where all are zero)."""
    weights = [max(b, 0.0) for b in budgets]
    return money.split(moved, weights if any(weights) else [1] * len(weights))
