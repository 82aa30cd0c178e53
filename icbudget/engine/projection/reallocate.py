"""Moving money from acute activity into the pools, and what each pool can then buy.

All amounts are whole pence. A release is reinvested under a funding source of its own, so that it
can never come out of a minimum contribution and is never spent twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from icbudget import money
from icbudget.engine.projection.structure import Figures, Ints
from icbudget.engine.projection.wiring import (
    PUMP_PRIME,
    RELEASING,
    Buyer,
    Drawing,
    Rules,
)
from icbudget.engine.rounding import Floats, by_year, cumulative, to_pence

FROM_FUND, FROM_OWN_SOURCE = 2, 3
"""Places in `Moves.programme_spend` of a pump-prime fund and of the programme's own source."""
_PURSES = 4


@dataclass(slots=True)
class Moves:
    """What is moved and bought: draws × years × (accounts, shifts or programmes), whole pence.

    `scale` is a part of 1. For every account and year: `open + income + transfers in + reinvested −
    spend − beside − transfers out = close`, and `open(t) = close(t−1)`. Interest on a pump-prime
    fund is income. What is put in in kind is income and is always used in its year, by scheme lines
    where all that is under the source is in kind, else beside them, so no balance ever holds any of
    it.
    """

    income: Floats
    in_kind: Floats
    """What of the income is in kind."""
    beside: Floats
    """What in kind is used in the year by no scheme line."""
    transfers_in: Floats
    reinvested: Floats
    spend: Floats
    transfers_out: Floats
    close: Floats
    confirmed: Floats
    """What each shift could move: the confirmed release (of the year before; a fund's, of the
    year), or what its rule names.
    """
    moved: Floats
    put_in: Floats
    """One-off money put into each pump-prime fund, by shift."""
    interest: Floats
    """Interest on each pump-prime fund, by shift."""
    available: Floats
    """draws × years × pools: uncommitted money with what was moved in, before programmes."""
    scale: Floats
    paid: Floats
    transition: Floats
    """Double running and exit cost within `paid`."""
    programme_spend: Floats
    """draws × years × programmes × purses: reinvested release, moved money, `FROM_FUND`,
    `FROM_OWN_SOURCE`.
    """

    @property
    def open(self) -> Floats:
        """Return opening balances: last year's close, nothing in the base year."""
        return np.concatenate([np.zeros_like(self.close[:, :1]), self.close[:, :-1]], axis=1)


def opening(rules: Rules, draws: int, years: int, programmes: int) -> Moves:
    """Return empty moves for so many draws, years and programmes."""

    def empty(size: int) -> Floats:
        return by_year(draws, years, size)

    accounts, shifts = len(rules.accounts), len(rules.drawings)
    return Moves(
        income=empty(accounts),
        in_kind=empty(accounts),
        beside=empty(accounts),
        transfers_in=empty(accounts),
        reinvested=empty(accounts),
        spend=empty(accounts),
        transfers_out=empty(accounts),
        close=empty(accounts),
        confirmed=empty(shifts),
        moved=empty(shifts),
        put_in=empty(shifts),
        interest=empty(shifts),
        available=empty(len(rules.pools)),
        scale=empty(programmes),
        paid=empty(programmes),
        transition=empty(programmes),
        programme_spend=np.zeros((draws, years, programmes, _PURSES)),
    )


def open_pools(moves: Moves, rules: Rules, figures: Figures, budget: Floats) -> None:
    """Fill the income and scheme expenditure of every year, and the balance of the base year.

    `budget`: the activity budget of the base year, draws × lines, £.
    """
    _add_at(moves.income, rules.contribution_account, figures.contributions)
    for kind, held in ((rules.in_kind, moves.in_kind), (rules.beside, moves.beside)):
        if kind.any():
            _add_at(held, rules.contribution_account, figures.contributions * kind)
    _add_at(moves.spend, rules.scheme_account, figures.schemes)
    _fill_funds(moves, rules, 0, budget)
    _close(moves, rules, 0, _balance(moves, 0))


def _close(moves: Moves, rules: Rules, t: int, balance: Floats) -> None:
    """Fill the unused part of what is in kind, and the closing balance of year t.

    Only where a source is all in kind.
    """
    unused = _unused_in_kind(moves, rules, t, balance)
    moves.beside[:, t] += unused
    moves.close[:, t] = balance - unused


def _unused_in_kind(moves: Moves, rules: Rules, t: int, balance: Floats) -> Floats:
    """Return what of a year's contributions in kind is left in sources all in kind.

    Draws × accounts.
    """
    if not rules.only_in_kind.any():
        return np.zeros_like(balance)
    brought = moves.close[:, t - 1] if t else np.zeros_like(balance)
    # Only what came in this year is in kind: what was brought forward is money.
    left = np.clip(balance - brought, 0.0, np.maximum(moves.in_kind[:, t], 0.0))
    return np.asarray(left * rules.only_in_kind)


def _balance(moves: Moves, t: int) -> Floats:
    """Return the balance of every account in year t as far as it is filled, draws × accounts."""
    brought = moves.close[:, t - 1] if t else np.zeros_like(moves.close[:, 0])
    into = moves.income[:, t] + moves.transfers_in[:, t] + moves.reinvested[:, t]
    return np.asarray(
        brought + into - moves.spend[:, t] - moves.beside[:, t] - moves.transfers_out[:, t]
    )


def _add_at(total: Floats, account: Ints, rows: Floats) -> None:
    """Add rows to the accounts they go to; sums of whole pence are exact in any order."""
    goes = np.eye(total.shape[2])[account]
    for t in range(total.shape[1]):
        total[:, t] += rows[:, t] @ goes


def acute_budget(pay_nothing: Floats, growth: Floats) -> Floats:
    """Return the commissioner's budget for each activity line, draws × years × lines, £.

    With a budget index: base-year payment × `Π (1 + growth)`; without one (NaN) the budget meets do
    nothing.
    """
    meets = np.isnan(growth)
    if meets.all():
        return pay_nothing
    level = cumulative(1.0 + np.where(meets, 0.0, growth))
    return np.where(meets, pay_nothing, pay_nothing[:, :1] * level)


def fund_year(
    moves: Moves,
    rules: Rules,
    figures: Figures,
    t: int,
    last: tuple[Floats, Floats] | None,
    budget: Floats,
    running: Floats,
) -> None:
    """Fill year t: what each shift moves, what each programme gets, and the closing balances.

    - `release_then_invest`: φ × the confirmed release of the year before goes into the pool under
      its own source. Release is K, G or, line by line, the lower of the two, as Setup says, summed
      over the shift's lines and never below zero.
    - `marginal_rank`: moves the same; its pool buys in the order of the ranking
      (`icbudget.engine.projection.rank`).
    - `fixed_amount`: the amount of the year; `fixed_percent`: s(t) × the activity budget of the
      lines in the year before.
    - `pump_prime`: one-off money is put into the fund, which pays for the programmes of its pool in
      full; see `repay_funds`.
    - Programmes of a pool that a release feeds share `uncommitted(t) + φ·release(t−1)` in order of
      priority: a divisible one is scaled to the money, an indivisible one is bought whole or not at
      all. Other programmes are bought in full.

    `last`: (K, G) of the year before, draws × lines, £, None in year 1; `budget`: activity budget
    of the year before. Source: model §7.
    """
    _fill_funds(moves, rules, t, budget)
    for n, drawing in enumerate(rules.drawings):
        # A fund is filled before anything is bought, and paid back when the year is over.
        if drawing.rule == PUMP_PRIME:
            continue
        could_move = _confirmed(n, rules, t, last, budget)
        moves.confirmed[:, t, n] = could_move
        # A release is reinvested by the share φ; a sum or percentage that was agreed moves whole.
        if drawing.rule in RELEASING:
            # Rounded once, here, so that what leaves the lines is to the penny what the pool gets.
            moves.moved[:, t, n] = to_pence(moves.confirmed[:, t, n] / 100.0 * rules.share)
            into = moves.reinvested
        else:
            moves.moved[:, t, n] = could_move
            into = moves.transfers_in
        into[:, t, drawing.account] += moves.moved[:, t, n]
    balance = _balance(moves, t)
    in_money = balance - _unused_in_kind(moves, rules, t, balance)
    for pool in range(len(rules.pools)):
        moves.available[:, t, pool] = in_money[:, rules.pool_of == pool].sum(axis=-1)
    _buy(moves, rules, figures, t, running, balance)
    _close(moves, rules, t, balance)


def _confirmed(
    n: int, rules: Rules, t: int, last: tuple[Floats, Floats] | None, budget: Floats
) -> Floats | float:
    drawing = rules.drawings[n]
    if drawing.rule == "fixed_amount":
        return float(drawing.amounts[t])
    if drawing.rule == "fixed_percent":
        return to_pence(drawing.percents[t] * budget[:, drawing.lines].sum(axis=-1))
    return 0.0 if last is None else _counted(n, rules, t - 1, last)


def _counted(n: int, rules: Rules, t: int, worth: tuple[Floats, Floats]) -> Floats | float:
    """Return what counts of the release of year t for a shift, draws or one figure, pence.

    What was confirmed or forecast of it where that counts, whatever was planned; else what is
    released.
    """
    if rules.counted is not None and not np.isnan(rules.counted[t, n]):
        return float(rules.counted[t, n])
    return released(rules.drawings[n], rules, worth)


def released(drawing: Drawing, rules: Rules, worth: tuple[Floats, Floats]) -> Floats:
    """Return the net release of a shift's lines that may be reinvested, draws, pence.

    By line as Setup says, K, G or the lower of the two, less what the lines cost to which their
    activity moves. `worth`: (K, G), draws × lines, £. Source: model §6.
    """
    contract, system = worth
    by_basis = {"contract": contract, "system": system, "lower": np.minimum(contract, system)}
    chosen = by_basis[rules.basis]
    released = chosen[:, drawing.lines].sum(axis=-1)
    # The shift does not draw on these lines, so only what they cost counts, not what they release.
    replacement = np.minimum(chosen[:, drawing.replaced], 0.0).sum(axis=-1)
    return to_pence(np.maximum(released + replacement, 0.0))


def _buy(
    moves: Moves, rules: Rules, figures: Figures, t: int, running: Floats, balance: Floats
) -> None:
    """Fill scale, payments and spending of the year's programmes.

    `balance` (draws × accounts) falls by what is paid.
    """
    transition = figures.double_running[:, t] + figures.exit_cost[:, t]
    paid = moves.paid[:, t]
    cost = to_pence(running + transition) + np.zeros_like(paid)
    paid[...] = cost
    for buyer in rules.buyers:
        if buyer.waits:
            paid[:, buyer.members] = _within(
                moves.available[:, t, buyer.pool], cost[:, buyer.members], buyer.divisible
            )
        if buyer.pool >= 0:
            _charge(moves, buyer, t, balance)
    # What is paid in full is at work in full: exactly 1, whatever its cost was rounded to.
    # With less money a programme reaches fewer people and has less effect, in proportion (model
    # §7.2).
    scale = np.divide(paid, cost, out=np.ones_like(cost), where=paid < cost)
    moves.scale[:, t] = scale
    if transition.any():
        # A part of what is paid, which it must not exceed by its own rounding.
        moves.transition[:, t] = np.minimum(to_pence(transition * scale), paid)


def _within(available: Floats, cost: Floats, divisible: NDArray[np.bool_]) -> Floats:
    """Return what is paid for each programme, in order, with so much money for all of them.

    Draws × programmes; `available`: draws.
    """
    # A pool that is below zero has nothing to buy with.
    purse = np.maximum(available, 0.0)
    if divisible.all():
        return _in_turn(purse, cost)
    paid = np.empty_like(cost)
    for n, is_divisible in enumerate(divisible):
        if is_divisible:
            paid[:, n] = np.minimum(cost[:, n], purse)
        else:
            # Bought whole or not at all; the money that it leaves goes on to the next.
            paid[:, n] = np.where(cost[:, n] <= purse, cost[:, n], 0.0)
        purse = purse - paid[:, n]
    return paid


def _in_turn(purse: Floats, wanted: Floats) -> Floats:
    """Return what each gets of a purse that is emptied in their order; draws, draws × columns."""
    wanted_before = np.cumsum(wanted, axis=-1) - wanted
    return np.clip(purse[:, np.newaxis] - wanted_before, 0.0, wanted)


def _charge(moves: Moves, buyer: Buyer, t: int, balance: Floats) -> None:
    """Take what a pool's programmes are paid from its accounts.

    Reinvested release, moved money, then the fund or their own.
    """
    rest = moves.paid[:, t, buyer.members]
    # Money moved for prevention goes first; contributions pay only for what it leaves.
    for n, account in buyer.moved_accounts:
        take = _in_turn(np.maximum(balance[:, account], 0.0), rest)
        moves.programme_spend[:, t, buyer.members, n] = take
        total = take.sum(axis=-1)
        balance[:, account] -= total
        moves.spend[:, t, account] += total
        rest = rest - take
    # A fund pays all of the rest, below its floor if need be: a check says so (model §7.3).
    if buyer.fund >= 0:
        moves.programme_spend[:, t, buyer.members, FROM_FUND] = rest
        balance[:, buyer.fund] -= rest.sum(axis=-1)
        moves.spend[:, t, buyer.fund] += rest.sum(axis=-1)
        return
    moves.programme_spend[:, t, buyer.members, FROM_OWN_SOURCE] = rest
    own = rest @ buyer.own
    balance -= own
    moves.spend[:, t] += own


def _fill_funds(moves: Moves, rules: Rules, t: int, budget: Floats) -> None:
    """Fill the money put into each pump-prime fund in year t and the interest on its balance."""
    for n, drawing in enumerate(rules.drawings):
        if drawing.rule != PUMP_PRIME:
            continue
        # An amount and a percentage of one year add up: the fund may be filled by both.
        of_budget = to_pence(drawing.percents[t] * budget[:, drawing.lines].sum(axis=-1))
        moves.put_in[:, t, n] = drawing.amounts[t] + of_budget
        moves.transfers_in[:, t, drawing.account] += moves.put_in[:, t, n]
        # A fund filled from a source of its pool is no new money: it comes out there.
        if drawing.source >= 0:
            moves.transfers_out[:, t, drawing.source] += moves.put_in[:, t, n]
        if t:
            # model §7.3: on what the fund held when the year began, R(t−1)(1 + i)
            held = moves.close[:, t - 1, drawing.account]
            moves.interest[:, t, n] = to_pence(held / 100.0 * drawing.interest)
            moves.income[:, t, drawing.account] += moves.interest[:, t, n]


def repay_funds(moves: Moves, rules: Rules, t: int, worth: tuple[Floats, Floats]) -> None:
    """Put φ × the release of year t back into each pump-prime fund.

    At the end of the year, once the release is known.

    `R(t) = R(t−1)(1 + i) + put in(t) − invest(t) + φ·release(t)`. `worth`: (K, G) of the year,
    draws × lines, £. Source: model §7, AP §5 option C.
    """
    for n, drawing in enumerate(rules.drawings):
        if drawing.rule == PUMP_PRIME:
            moves.confirmed[:, t, n] = _counted(n, rules, t, worth)
            moves.moved[:, t, n] = to_pence(moves.confirmed[:, t, n] / 100.0 * rules.share)
            moves.reinvested[:, t, drawing.account] += moves.moved[:, t, n]
            moves.close[:, t, drawing.account] += moves.moved[:, t, n]


def split_by_line(moved: int, budgets: list[float]) -> list[int]:
    """Return a moved amount by activity line, to the penny, in proportion to `budgets`.

    Equal parts where all budgets are zero.
    """
    # A line that is below zero has nothing to give.
    weights = [max(b, 0.0) for b in budgets]
    return money.split(moved, weights if any(weights) else [1] * len(weights))
