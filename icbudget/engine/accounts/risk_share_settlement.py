"""The plan's risk shares at work: each year's variance settled by the steps of its rule.

For every draw. Each year stands alone: what is settled is received by the pool, or paid by it, in
that year, so that the next one starts without it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from icbudget.engine.accounts.differing_draws import first_that_differs, of_first_draw
from icbudget.engine.accounts.outturn import money_spent
from icbudget.engine.accounts.pool_end import last_years
from icbudget.engine.accounts.pool_ledger import PoolLedger, PoolShare
from icbudget.engine.accounts.risk_rule import pools_of, rule_of
from icbudget.engine.accounts.risk_steps import (
    amount_of,
    bases,
    by_lines,
    of_year,
    portions_looked_at,
    rows_of_steps,
    steps,
)
from icbudget.engine.accounts.variance import (
    Portion,
    set_aside,
    shareable,
    variance_by_account,
    variance_by_line,
)
from icbudget.engine.accounts.waterfall import Settled, Step, waterfall
from icbudget.engine.cached_view import cached_view
from icbudget.engine.rounding import Floats, by_year, split, sum_of
from icbudget.engine.run import Result
from icbudget.plan.pool import Pool


@dataclass(frozen=True, eq=False, slots=True)
class Settlement:
    """Every account by year as it came out, before and after its variance is settled, pence.

    Draws × years × accounts (as in `icbudget.engine.accounts.outturn.YearChanges`): `close =
    opening − spent + settled − returned`, and each year opens with the close of the year before.
    """

    opening: Floats
    spent: Floats
    """Spending less income of the year, money alone."""
    settled: Floats
    """What settling moves into the account, from partners, a reserve or other money; out: < 0."""
    unresolved: Floats
    """Of the variance that may be shared, what no step took: who bears it is not settled yet."""
    assumed: Floats
    """Of what is moved in, what no line funds: it is borne by nobody."""
    returned: Floats
    """What goes back to those who paid it in, on the last day of the pool."""
    close: Floats
    shares: tuple[PoolShare, ...]


@cached_view
def settlement(result: Result) -> Settlement:
    """Return every year settled at its end, and what each account carries into the next.

    Pools under one rule are settled together: contingency, bands and caps are for all of them, and
    each pool's own basis says who bears its part. A rule by commissioner, lead partner or share
    profile looks at each scheme line, others at a pool as a whole. A rule that cannot be used
    shares nothing: all that is eligible stays unresolved. Of a pool without a rule, an underspend
    goes where the pool says, if it does. Source: model §8.
    """
    _, spent = money_spent(result)
    opening, settled, unresolved, assumed, back, close = (np.zeros_like(spent) for _ in range(6))
    years = Settlement(opening, spent, settled, unresolved, assumed, back, close, ())
    ending = tuple(last_years(result))
    groups = _groups(result)
    first = of_first_draw(result)
    ledgers = {pool.id: PoolLedger(result, pool) for pool in result.plan.pools}
    for t in range(len(result.years)):
        if t:
            years.opening[:, t] = years.close[:, t - 1]
        _fill_ineligible(result, t, years.opening[:, t], ledgers)
        # In the order of the pools; no pool is in two groups, so the order changes no figure.
        for group in groups:
            # As long as no draw differs from another, one is settled for all of them.
            group.settle(first if t < group.differs_from else result, t, years, ledgers)
        years.close[:, t] = years.opening[:, t] - spent[:, t] + years.settled[:, t]
        for a in (a for a, last in ending if last == t):
            # A deficit is not returned: nobody has agreed to make it good (model §3.6).
            back[:, t, a] = np.maximum(years.close[:, t, a], 0.0)
            years.close[:, t, a] -= back[:, t, a]
    shares = tuple(ledger.share() for ledger in ledgers.values())
    return replace(years, shares=shares)


def pool_shares(result: Result) -> tuple[PoolShare, ...]:
    """Return who bears each pool's variance of each year; see `settlement`."""
    return settlement(result).shares


def exposure(result: Result) -> Floats:
    """Return what each partner bears of all pools in each year: draws × years × partners, pence."""
    order = {p.id: n for n, p in enumerate(result.plan.partners)}
    draws, years, _ = result.projection.moves.close.shape
    total = by_year(draws, years, len(order))
    for pool in pool_shares(result):
        for part in pool.parts:
            if part.partner:
                total[:, :, order[part.partner]] += part.amounts
    return total


def variance_of_lines(result: Result, pool: Pool) -> Floats:
    """Return the variance of each year of a pool that may be shared, by part.

    Draws × years × parts, as `icbudget.engine.accounts.variance.portions_of` has them, pence.
    """
    opening = settlement(result).opening
    by_year: list[Floats] = []
    for t in range(len(result.years)):
        by_account = _eligible(result, t, opening[:, t], pool)
        by_year.append(variance_by_line(result, pool, t, by_account))
    return np.stack(by_year, axis=1)


def _fill_ineligible(
    result: Result, t: int, opening: Floats, ledgers: dict[str, PoolLedger]
) -> None:
    for pool in result.plan.pools:
        _, others = shareable(result, pool, t)
        if others:
            by_account = variance_by_account(result, pool, t, opening, others)
            ledgers[pool.id].not_eligible[:, t] = sum_of(by_account)


@dataclass(eq=False, slots=True)
class _Group:
    """Pools that are settled together, and the reserves of their rule that no line funds."""

    rule: str
    pools: tuple[Pool, ...]
    portions: tuple[Portion, ...]
    differs_from: int
    """The first year in which some draw differs from another."""
    unfunded: dict[int, Floats]
    """What is left of each contingency without a funding line, by step: draws, pence."""

    def settle(
        self, result: Result, t: int, years: Settlement, ledgers: dict[str, PoolLedger]
    ) -> None:
        """Settle year t of these pools.

        `result`: of all draws, or of the first of them where they do not differ.
        """
        opening = years.opening[: len(result.projection.moves.close), t]
        by_pool = {pool.id: _eligible(result, t, opening, pool) for pool in self.pools}
        variance = self._variance(result, t, by_pool)
        # Steps are of all years at once; money that is held is known only when its year comes.
        of_all_years = steps(result, self.rule, self.portions)
        over, under = ([of_year(step, t) for step in side] for side in of_all_years)
        over = self._limited(result, t, opening, over)
        settled = waterfall(variance, over, under)
        assumed = self._use(result, t, opening, settled, years)
        some = variance.any()
        for pool in self.pools:
            at = [n for n, portion in enumerate(self.portions) if portion.pool == pool.id]
            ledger = ledgers[pool.id]
            moved_in = self._record(result, t, settled, assumed, at, ledger)
            # Most years come out as planned: who would bear what is recorded, and nothing moves.
            if not some:
                continue
            ledger.eligible[:, t] = _of_pool(variance, at)
            ledger.unresolved[:, t] = _of_pool(settled.unresolved, at)
            self._move(result, t, pool, by_pool[pool.id], moved_in, years)
            self._leave(result, t, pool, by_pool[pool.id], ledger, years)

    def _variance(self, result: Result, t: int, by_pool: dict[str, Floats]) -> Floats:
        """Return the eligible variance by portion: draws × portions."""
        if by_lines(result, self.rule):
            parts = [variance_by_line(result, pool, t, by_pool[pool.id]) for pool in self.pools]
            return np.concatenate(parts, axis=-1)
        return np.stack([sum_of(by_pool[pool.id]) for pool in self.pools], axis=-1)

    def _limited(self, result: Result, t: int, opening: Floats, over: list[Step]) -> list[Step]:
        """Return the steps of an overspend with what contingency and uncommitted money hold now."""
        rows = rows_of_steps(result, self.rule)
        left_in: dict[str, Floats] = {}
        limited: list[Step] = []
        for step in over:
            if step.kind == "contingency":
                row = rows[step.number][0]
                typed = amount_of(result, row, t)
                if row.funding_line:
                    # Two steps may draw on one reserve: the second finds what the first left.
                    if row.funding_line not in left_in:
                        reserve = self._reserve(result, t, opening, row.funding_line)
                        left_in[row.funding_line] = reserve
                    before = left_in[row.funding_line]
                    # An amount typed says the most; the reserve can give no more than it holds.
                    limit = before if typed is None else np.minimum(before, typed)
                    left_in[row.funding_line] = before - limit
                else:
                    limit = self._left_unfunded(step.number, typed, opening.shape[0])
                step = step._replace(limit=limit)
            elif step.kind == "uncommitted":
                typed = amount_of(result, rows[step.number][0], t)
                balance = self._uncommitted(result, t, opening)
                step = step._replace(limit=balance if typed is None else typed)
            limited.append(step)
        return limited

    def _left_unfunded(self, number: int, typed: float | None, draws: int) -> Floats:
        """Return what is left of a contingency that no line funds, draws.

        It is opened once, in the first year that names an amount (model §8.1).
        """
        if number not in self.unfunded and typed is not None:
            self.unfunded[number] = np.full(draws, typed)
        return self.unfunded.get(number, np.zeros(draws))

    def _reserve(self, result: Result, t: int, opening: Floats, line: str) -> Floats:
        """Return what a reserve holds in year t: brought forward and put in by its line; draws."""
        accounts = self._reserve_accounts(result, line)
        held = opening[:, accounts] - money_spent(result)[1][:, t, accounts]
        return sum_of(np.maximum(held, 0.0))

    def _reserve_accounts(self, result: Result, line: str) -> list[int]:
        names = result.rules.accounts
        of_pools = [a for pool in self.pools for a in set_aside(result, pool)]
        return [a for a in of_pools if names[a][1] == line]

    def _uncommitted(self, result: Result, t: int, opening: Floats) -> Floats:
        """Return money that is not committed: opening + income − schemes − programmes; draws.

        As budgeted, since what is spent beyond the budget is the variance that it meets.
        """
        return np.maximum(sum_of(self._free(result, t, opening)), 0.0)

    def _free(self, result: Result, t: int, opening: Floats) -> Floats:
        """Return the budgeted closing balance of the accounts that may be shared, 0 for others."""
        budgeted, _ = money_spent(result)
        free = np.zeros_like(opening)
        for pool in self.pools:
            accounts = list(shareable(result, pool, t)[0])
            free[:, accounts] = opening[:, accounts] - budgeted[:, t, accounts]
        return free

    def _use(
        self, result: Result, t: int, opening: Floats, settled: Settled, years: Settlement
    ) -> dict[int, Floats]:
        """Take what contingency and uncommitted steps gave out of where it was held.

        Return how much of each step is assumed, by step: draws × portions, pence.
        """
        rows = rows_of_steps(result, self.rule)
        assumed: dict[int, Floats] = {}
        for taken in settled.taken:
            number, total = taken.step.number, sum_of(taken.amounts)
            if taken.step.kind == "contingency":
                line = rows[number][0].funding_line
                accounts = self._reserve_accounts(result, line)
                if accounts:
                    held = opening[:, accounts] - money_spent(result)[1][:, t, accounts]
                    years.settled[:, t, accounts] -= split(total, _weights(held))
                elif not line:
                    if number in self.unfunded:
                        self.unfunded[number] = self.unfunded[number] - total
                    assumed[number] = taken.amounts
            elif taken.step.kind == "uncommitted":
                free = self._free(result, t, opening)
                # What was typed beyond the money there is assumed, and shown as such, not taken.
                there = np.minimum(total, np.maximum(sum_of(free), 0.0))
                years.settled[:, t] -= split(there, _weights(free))
                assumed[number] = split(total - there, _weights(taken.amounts))
        return assumed

    def _record(
        self,
        result: Result,
        t: int,
        settled: Settled,
        assumed: dict[int, Floats],
        at: list[int],
        ledger: PoolLedger,
    ) -> Floats:
        """Record who took what of a pool's variance; return what it moves into the pool, draws."""
        moved_in = np.zeros(settled.variance.shape[0])
        by_step = bases(result, self.rule, self.portions, ledger.pool.id)
        for taken, basis in zip(settled.taken, by_step, strict=True):
            step = taken.step
            # A destination of other pools is no step of this one.
            if step.only is not None and not step.only[at].any():
                continue
            amounts = _of_pool(taken.amounts, at)
            if taken.shares is None or basis is None:
                of_step = assumed.get(step.number)
                part = None if of_step is None else _of_pool(of_step, at)
                ledger.add((step.number, step.kind, ""), t, amounts, None, part)
                # Money of the pools themselves that meets an overspend; a destination such as carry
                # forward moves nothing, as what is left simply stays.
                if step.kind in ("offset", "contingency", "uncommitted"):
                    moved_in += amounts
                continue
            moved_in += amounts
            borne = taken.shares[:, at, :].sum(axis=-2) + 0.0
            bearers, parts = basis.of_year(t)
            for n in bearers:
                key = (step.number, step.kind, result.plan.partners[n].id)
                ledger.add(key, t, borne[:, n], None if parts is None else parts[:, n], None)
        return moved_in

    def _move(
        self,
        result: Result,
        t: int,
        pool: Pool,
        by_account: Floats,
        moved_in: Floats,
        years: Settlement,
    ) -> None:
        """Put what is settled into the accounts that are over, or take it from those under."""
        accounts = list(shareable(result, pool, t)[0])
        if not accounts or not moved_in.any():
            return
        # Split by how far each account is over, so that none is lifted above its budget.
        for sign in (1.0, -1.0):
            moved = np.maximum(sign * moved_in, 0.0)
            if moved.any():
                weights = _weights(sign * by_account)
                years.settled[:, t, accounts] += sign * split(moved, weights)

    def _leave(
        self,
        result: Result,
        t: int,
        pool: Pool,
        by_account: Floats,
        ledger: PoolLedger,
        years: Settlement,
    ) -> None:
        """Fill what no step took of an overspend, and what was assumed, by account."""
        accounts = list(shareable(result, pool, t)[0])
        if not accounts:
            return
        of_parts = [p.assumed[:, t] for p in ledger.parts.values() if p.assumed is not None]
        for amounts, by_account_left in (
            (np.maximum(ledger.unresolved[:, t], 0.0), years.unresolved),
            (np.sum(of_parts, axis=0), years.assumed),
        ):
            if amounts.any():
                over = _weights(by_account)
                by_account_left[:, t, accounts] += split(amounts, over)


def _of_pool(amounts: Floats, at: list[int]) -> Floats:
    """Return the sum of the portions of a pool: draws; `amounts`: draws × portions."""
    # Most pools are looked at as a whole, and one portion needs no sum.
    return (amounts[:, at[0]] if len(at) == 1 else sum_of(amounts[:, at])) + 0.0


def _eligible(result: Result, t: int, opening: Floats, pool: Pool) -> Floats:
    """Return the eligible variance of a pool by account: draws × those that may be shared."""
    accounts, _ = shareable(result, pool, t)
    if not accounts:
        return np.zeros((len(opening), 0))
    return variance_by_account(result, pool, t, opening, accounts)


def _weights(amounts: Floats) -> NDArray[np.int64]:
    """Return amounts as weights, 0 for what is below zero; the first alone where none is above."""
    above_zero = np.maximum(amounts, 0.0)
    weights = above_zero.astype(np.int64)
    nothing = sum_of(above_zero) == 0.0
    if nothing.any():
        weights[nothing, 0] = 1
    return weights


def _groups(result: Result) -> list[_Group]:
    """Return the pools that are settled together: those of each rule, and each pool without one."""
    groups: list[_Group] = []
    pooled = [pool for pool in result.plan.pools if pool.is_pooled]
    for rule in dict.fromkeys(rule_of(pool) for pool in pooled):
        if rule:
            groups.append(_group(result, rule, pools_of(result.plan, rule)))
        else:
            groups += [_group(result, "", (pool,)) for pool in pooled if not rule_of(pool)]
    return groups


def _group(result: Result, rule: str, pools: tuple[Pool, ...]) -> _Group:
    portions = portions_looked_at(result, rule, pools)
    differs_from = 0 if by_lines(result, rule) else first_that_differs(result, pools)
    return _Group(rule, pools, portions, differs_from, {})
