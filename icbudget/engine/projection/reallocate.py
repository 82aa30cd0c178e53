"""Moving money from acute activity into the pools, and what each pool can then buy.

All amounts are whole pence. A release is reinvested under a funding source of its own, so that it
can never come out of a minimum contribution and is never spent twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from icbudget import money
from icbudget.engine.projection.structure import Figures
from icbudget.engine.projection.wiring import (
    RELEASING,
    Buyer,
    Drawing,
    Rules,
)
from icbudget.engine.rounding import Floats, Ints, by_year, cumulative, sum_of, to_pence

FROM_FUND, FROM_OWN_SOURCE = 2, 3
"""Places in `Moves.programme_spend` of a pump-prime fund and of the programme's own source."""
_PURSES = 4
Shape: TypeAlias = tuple[int, int, int]


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
        # Purse by purse in memory, as they are filled.
        programme_spend=np.zeros((_PURSES, years, draws, programmes)).transpose(2, 1, 3, 0),
    )


class Bill(NamedTuple):
    """What programmes cost in full: years × draws × programmes."""

    cost: Floats
    """Running cost, double running and exit cost, whole pence."""
    transition: Floats
    """Double running and exit cost, £."""
    in_transition: tuple[bool, ...]
    """Whether there is any in each year."""

    def of_draws(self, draws: int) -> Bill:
        """Return the bill of so many draws; what is not drawn is not copied."""
        years, _, programmes = self.cost.shape
        return self._replace(cost=np.broadcast_to(self.cost, (years, draws, programmes)))


def bill_of(figures: Figures, running: Floats) -> Bill:
    """Return what programmes cost; `running`: draws × years × programmes, £."""
    transition = (figures.double_running + figures.exit_cost).swapaxes(0, 1)
    cost = to_pence(running.swapaxes(0, 1) + transition)
    return Bill(cost, transition, tuple(bool(of_year.any()) for of_year in transition))


@dataclass(frozen=True, eq=False, slots=True)
class Walk:
    """The walk of the pools' money through the years: they must be taken one after another.

    What a year needs of all years is worked out once, in `open_pools`.
    """

    moves: Moves
    rules: Rules
    bill: Bill
    flow: Floats
    """years × draws × accounts, whole pence: what comes in of contributions, less what scheme lines
    and contributions in kind beside them use.
    """
    own: Floats
    """years × draws × accounts: what programmes are paid that wait for nothing and get nothing
    moved.
    """

    def fund(self, t: int, last: tuple[Floats, Floats] | None, budget: Floats) -> None:
        """Fill year t: what each shift moves, what each programme gets, the closing balances.

        - `release_then_invest`: φ × the confirmed release of the year before goes into the pool
          under its own source. Release is K, G or, line by line, the lower of the two, as Setup
          says, summed over the shift's lines and never below zero.
        - `marginal_rank`: moves the same; its pool buys in the order of the ranking
          (`icbudget.engine.projection.rank`).
        - `fixed_amount`: the amount of the year; `fixed_percent`: s(t) × the activity budget of the
          lines in the year before.
        - `pump_prime`: one-off money is put into the fund, which pays for the programmes of its
          pool in full; see `repay`.
        - Programmes of a pool that a release feeds share `uncommitted(t) + φ·release(t−1)` in order
          of priority: a divisible one is scaled to the money, an indivisible one is bought whole or
          not at all. Other programmes are bought in full.

        `last`: (K, G) of the year before, draws × lines, £, None in year 1; `budget`: activity
        budget of the year before, draws × lines. Source: model §7.
        """
        moves, rules = self.moves, self.rules
        balance = self._brought(t)
        self._fill_funds(t, budget, balance)
        # A fund is filled before anything is bought, and paid back when the year is over.
        for n, drawing in rules.shifts:
            could_move = _confirmed(n, rules, t, last, budget)
            moves.confirmed[:, t, n] = could_move
            # A release is reinvested by the share φ; a sum or percentage agreed moves whole.
            if drawing.rule in RELEASING:
                # Rounded once, here: what leaves the lines is to the penny what the pool gets.
                could_move = to_pence(moves.confirmed[:, t, n] / 100.0 * rules.share)
                into = moves.reinvested
            else:
                into = moves.transfers_in
            moves.moved[:, t, n] = could_move
            into[:, t, drawing.account] += could_move
            balance[:, drawing.account] += could_move
        in_money = balance
        if rules.any_only_in_kind:
            in_money = balance - self._unused_in_kind(t, balance)
        # sums of whole pence are exact in any order
        moves.available[:, t] = in_money @ rules.in_pool
        self._buy(t, balance)
        self._close(t, balance)

    def repay(self, t: int, worth: tuple[Floats, Floats]) -> None:
        """Put φ × the release of year t back into each pump-prime fund.

        At the end of the year, once the release is known.

        `R(t) = R(t−1)(1 + i) + put in(t) − invest(t) + φ·release(t)`. `worth`: (K, G) of the year,
        draws × lines, £. Source: model §7, AP §5 option C.
        """
        moves, rules = self.moves, self.rules
        for n, drawing in rules.funds:
            moves.confirmed[:, t, n] = _counted(n, rules, t, worth)
            moved = to_pence(moves.confirmed[:, t, n] / 100.0 * rules.share)
            moves.moved[:, t, n] = moved
            moves.reinvested[:, t, drawing.account] += moved
            moves.close[:, t, drawing.account] += moved

    def _brought(self, t: int) -> Floats:
        """Return what every account has in year t before anything is moved or bought."""
        flow = self.flow[t]
        return self.moves.close[:, t - 1] + flow if t else np.array(flow)

    def _fill_funds(self, t: int, budget: Floats, balance: Floats) -> None:
        """Fill the money put into each fund in year t and the interest on its balance.

        `balance` rises by it.
        """
        moves = self.moves
        for n, drawing in self.rules.funds:
            # An amount and a percentage of one year add up: the fund may be filled by both.
            of_budget = to_pence(drawing.percents[t] * budget[:, drawing.lines].sum(axis=-1))
            put_in = drawing.amounts[t] + of_budget
            moves.put_in[:, t, n] = put_in
            moves.transfers_in[:, t, drawing.account] += put_in
            balance[:, drawing.account] += put_in
            # A fund filled from a source of its pool is no new money: it comes out there.
            if drawing.source >= 0:
                moves.transfers_out[:, t, drawing.source] += put_in
                balance[:, drawing.source] -= put_in
            if t:
                # model §7.3: on what the fund held when the year began, R(t−1)(1 + i)
                held = moves.close[:, t - 1, drawing.account]
                interest = to_pence(held / 100.0 * drawing.interest)
                moves.interest[:, t, n] = interest
                moves.income[:, t, drawing.account] += interest
                balance[:, drawing.account] += interest

    def _buy(self, t: int, balance: Floats) -> None:
        """Fill scale, payments and spending of the year's programmes.

        `balance` (draws × accounts) falls by what is paid.
        """
        moves, bill = self.moves, self.bill
        cost, paid = bill.cost[t], moves.paid[:, t]
        for buyer in self.rules.buyers:
            if buyer.waits:
                available = moves.available[:, t, buyer.pool]
                some = buyer.members
                paid[:, some] = _within(available, cost[:, some], buyer.divisible)
            if buyer.pool >= 0 and not buyer.only_own:
                self._charge(buyer, t, balance)
        if self.rules.waits:
            # What is paid in full is at work in full: exactly 1, whatever its cost was rounded to.
            # With less money a programme reaches fewer people and has less effect, in proportion
            # (model §7.2).
            scale = np.ones_like(paid)
            np.divide(paid, cost, out=scale, where=paid < cost)
            moves.scale[:, t] = scale
            if bill.in_transition[t]:
                # A part of what is paid, which it must not exceed by its own rounding.
                late = to_pence(bill.transition[t] * scale)
                moves.transition[:, t] = np.minimum(late, paid)
        balance -= self.own[t]

    def _charge(self, buyer: Buyer, t: int, balance: Floats) -> None:
        """Take what a pool's programmes are paid from its accounts.

        Reinvested release, moved money, then the fund or their own.
        """
        moves, members = self.moves, buyer.members
        rest = moves.paid[:, t, members]
        spent = moves.spend[:, t]
        # Money moved for prevention goes first; contributions pay only for what it leaves.
        for n, account in buyer.moved_accounts:
            take = _in_turn(np.maximum(balance[:, account], 0.0), rest)
            moves.programme_spend[:, t, members, n] = take
            total = sum_of(take)
            balance[:, account] -= total
            spent[:, account] += total
            rest = rest - take
        # A fund pays all of the rest, below its floor if need be: a check says so (model §7.3).
        if buyer.fund >= 0:
            moves.programme_spend[:, t, members, FROM_FUND] = rest
            total = sum_of(rest)
            balance[:, buyer.fund] -= total
            spent[:, buyer.fund] += total
            return
        moves.programme_spend[:, t, members, FROM_OWN_SOURCE] = rest
        own = rest @ buyer.own
        balance -= own
        spent += own

    def _close(self, t: int, balance: Floats) -> None:
        """Fill the closing balance of year t, and the unused part of what is in kind.

        The latter only where a source is all in kind.
        """
        if self.rules.any_only_in_kind:
            unused = self._unused_in_kind(t, balance)
            self.moves.beside[:, t] += unused
            balance = balance - unused
        self.moves.close[:, t] = balance

    def _unused_in_kind(self, t: int, balance: Floats) -> Floats:
        """Return what of a year's contributions in kind is left in sources all in kind.

        Draws × accounts.
        """
        moves = self.moves
        brought = moves.close[:, t - 1] if t else np.zeros_like(balance)
        # Only what came in this year is in kind: what was brought forward is money.
        left = np.clip(balance - brought, 0.0, np.maximum(moves.in_kind[:, t], 0.0))
        return np.asarray(left * self.rules.only_in_kind)


def open_pools(rules: Rules, figures: Figures, bill: Bill, shape: Shape, budget: Floats) -> Walk:
    """Return the walk of the pools' money, with all that hangs on no release.

    The income and scheme expenditure of every year, what programmes that wait for nothing are paid,
    and the balance of the base year. `shape`: draws × years × programmes; `budget`: the activity
    budget of the base year, draws × lines, £.
    """
    moves = opening(rules, *shape)
    bill = bill.of_draws(shape[0])
    _add_at(moves.income, rules.contribution_account, figures.contributions)
    for kind, held in ((rules.in_kind, moves.in_kind), (rules.beside, moves.beside)):
        if kind.any():
            _add_at(held, rules.contribution_account, figures.contributions * kind)
    _add_at(moves.spend, rules.scheme_account, figures.schemes)
    flow = (moves.income - moves.spend - moves.beside).swapaxes(0, 1)
    walk = Walk(moves, rules, bill, flow, _in_full(moves, rules, bill))
    balance = walk._brought(0)
    walk._fill_funds(0, budget, balance)
    walk._close(0, balance)
    return walk


def _in_full(moves: Moves, rules: Rules, bill: Bill) -> Floats:
    """Fill what every programme is paid if all are bought in full, after the base year.

    Return what the accounts of those pay that wait for nothing: years × draws × accounts.
    """
    own = np.zeros((*moves.close.swapaxes(0, 1).shape,))
    if not moves.paid.shape[2]:
        return own
    moves.paid.swapaxes(0, 1)[1:] = bill.cost[1:]
    moves.scale[:, 1:] = 1.0
    if any(bill.in_transition):
        late = to_pence(bill.transition)
        moves.transition.swapaxes(0, 1)[1:] = np.minimum(late, bill.cost)[1:]
    own[1:] = bill.cost[1:] @ rules.of_own_source
    moves.spend.swapaxes(0, 1)[...] += own
    for buyer in rules.buyers:
        if buyer.only_own:
            paid = moves.paid[:, :, buyer.members]
            moves.programme_spend[:, :, buyer.members, FROM_OWN_SOURCE] = paid
    return own


def _add_at(total: Floats, account: Ints, rows: Floats) -> None:
    """Add rows to the accounts they go to; sums of whole pence are exact in any order."""
    if rows.shape[2]:
        goes = np.eye(total.shape[2])[account]
        total.swapaxes(0, 1)[...] += rows.swapaxes(0, 1) @ goes


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
    if rules.basis == "lower":
        by_line = np.minimum(contract, system)
    else:
        by_line = contract if rules.basis == "contract" else system
    released = by_line[:, drawing.lines].sum(axis=-1)
    if drawing.replaced.size:
        # The shift does not draw on these lines, so only what they cost counts, not what they
        # release.
        released = released + np.minimum(by_line[:, drawing.replaced], 0.0).sum(axis=-1)
    return to_pence(np.maximum(released, 0.0))


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
    left = np.maximum(purse[:, np.newaxis] - wanted_before, 0.0)
    return np.asarray(np.minimum(left, wanted))


def split_by_line(moved: int, budgets: list[float]) -> list[int]:
    """Return a moved amount by activity line, to the penny, in proportion to `budgets`.

    Equal parts where all budgets are zero.
    """
    # A line that is below zero has nothing to give.
    weights = [max(b, 0.0) for b in budgets]
    return money.split(moved, weights if any(weights) else [1] * len(weights))
