"""Moving money from acute activity into the pools, and what each pool can then buy.

All amounts are whole pence. A release is reinvested under a funding source of its own, so that it can never come out of a
minimum contribution and is never spent twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from icbudget import money
from icbudget.engine.rounding import Floats, to_pence
from icbudget.engine.rules import Buyer, Drawing, Rules
from icbudget.engine.structure import Figures, Ints


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
    transition = figures.double_running[:, t] + figures.exit_cost[:, t]
    paid = moves.paid[:, t]
    paid[...] = cost = to_pence(running + transition) + np.zeros_like(paid)
    for buyer in rules.buyers:
        if buyer.waits:
            paid[:, buyer.members] = _within(moves.available[:, t, buyer.pool], cost[:, buyer.members], buyer.divisible)
        if buyer.pool >= 0:
            _charge(moves, buyer, t, balance)
    moves.scale[:, t] = scale = np.divide(paid, cost, out=np.ones_like(cost), where=paid < cost)
    moves.transition[:, t] = np.minimum(to_pence(transition * scale), paid)


def _within(available: Floats, cost: Floats, divisible: NDArray[np.bool_]) -> Floats:
    """Return what is paid for each programme, draws × programmes in their order, with so much money (draws) for all of them."""
    money_left = np.maximum(available, 0.0)
    if divisible.all():
        return np.clip(money_left[:, np.newaxis] - (np.cumsum(cost, axis=-1) - cost), 0.0, cost)
    paid = np.empty_like(cost)
    for n, part in enumerate(divisible):
        paid[:, n] = np.minimum(cost[:, n], money_left) if part else np.where(cost[:, n] <= money_left, cost[:, n], 0.0)
        money_left = money_left - paid[:, n]
    return paid


def _charge(moves: Moves, buyer: Buyer, t: int, balance: Floats) -> None:
    """Take what a pool's programmes are paid from its accounts: reinvested release first, then moved money, then their own."""
    rest = moves.paid[:, t, buyer.members]
    for n, account in buyer.moved_accounts:
        purse = np.maximum(balance[:, account], 0.0)[:, np.newaxis]
        take = np.clip(purse - (np.cumsum(rest, axis=-1) - rest), 0.0, rest)
        moves.programme_spend[:, t, buyer.members, n] = take
        total = take.sum(axis=-1)
        balance[:, account] -= total
        moves.spend[:, t, account] += total
        rest = rest - take
    moves.programme_spend[:, t, buyer.members, 2] = rest
    own = rest @ buyer.own
    balance -= own
    moves.spend[:, t] += own


def split_by_line(moved: int, budgets: list[float]) -> list[int]:
    """Return a moved amount by acute line, to the penny, in proportion to `budgets` (equal where all are zero)."""
    weights = [max(b, 0.0) for b in budgets]
    return money.split(moved, weights if any(weights) else [1] * len(weights))
