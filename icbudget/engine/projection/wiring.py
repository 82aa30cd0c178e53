"""Where the plan's money sits, which shifts feed which pool, and what each pool buys first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from icbudget.engine.rounding import Floats, Ints
from icbudget.plan import Plan
from icbudget.plan.looked_at import kept_by_fields
from icbudget.plan.shift import Shift

REINVESTED = "Reinvested acute release"
MOVED = "Moved from acute"
FUND = "Pump-prime fund"
MARGINAL_RANK = "marginal_rank"
RELEASING = ("release_then_invest", MARGINAL_RANK)
"""Rules that move the confirmed release of the year before, and whose pools buy only what they have
money for.
"""
PUMP_PRIME = "pump_prime"


@dataclass(frozen=True, slots=True)
class Drawing:
    """One shift.

    Its rule, the lines it draws on, the pool and account it feeds, pence or share by year.
    """

    id: str
    rule: str
    lines: Ints
    replaced: Ints
    """Lines to which activity of its lines moves: what they cost is taken off its release."""
    account: int
    amounts: Floats
    percents: Floats
    source: int
    """Account that a pump-prime fund's money is taken out of; −1: its activity lines' budget."""
    interest: float
    floor: float
    """Least that a pump-prime fund must hold, pence."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """A pool and its programmes, in the order in which they are bought: by priority, ties by id.

    Pool −1: partners pay.
    """

    pool: int
    members: Ints
    divisible: NDArray[np.bool_]
    waits: bool
    """Whether its programmes wait for the money: a shift that moves a release feeds the pool."""
    moved_accounts: tuple[tuple[int, int], ...]
    """(0, account of reinvested release) and (1, account of moved money), where the pool has them;
    these are spent first.
    """
    fund: int
    """Account of the pump-prime fund that pays the rest, −1 for none."""
    own: Floats
    """members × accounts: 1 at the account of the programme's own source."""

    @property
    def only_own(self) -> bool:
        """Return whether a pool buys by its programmes' own sources alone, without waiting."""
        return self.pool >= 0 and not (self.waits or self.moved_accounts) and self.fund < 0


class Pick(NamedTuple):
    """A programme's place in a marginal ranking.

    What it adds, given those picked before it, £ in present value.
    """

    programme: int
    value: float
    """Present value of the net release that it adds, less its cost."""
    per_pound: float
    """That, for each £ that it costs in the binding year."""


class Ranking(NamedTuple):
    """The order in which a pool with the rule marginal_rank buys its programmes.

    And the year whose money is shortest.
    """

    pool: int
    year: int
    picks: tuple[Pick, ...]


@dataclass(frozen=True)
class Rules:
    """Where money sits and in which order it is spent.

    An account is one funding source in one pool.
    """

    pools: tuple[str, ...]
    accounts: tuple[tuple[str, str], ...]
    pool_of: Ints
    contribution_account: Ints
    in_kind: NDArray[np.bool_]
    """Whether each contribution is in kind."""
    only_in_kind: NDArray[np.bool_]
    """Whether all that is put in under each account is in kind: its scheme lines then use that, not
    money.
    """
    scheme_account: Ints
    buyers: tuple[Buyer, ...]
    drawings: tuple[Drawing, ...]
    basis: str
    share: float
    rankings: tuple[Ranking, ...] = ()
    counted: Floats | None = None
    """Years × shifts, pence: what is confirmed or forecast of each year's release, NaN where the
    planned release counts; None where all of it does."""

    @cached_property
    def beside(self) -> NDArray[np.bool_]:
        """Return whether each contribution is in kind beside money under its source.

        One for each contribution, in the order of the plan. No scheme line uses it.
        """
        return np.asarray(self.in_kind & ~self.only_in_kind[self.contribution_account])

    @cached_property
    def any_only_in_kind(self) -> bool:
        """Return whether all that is put in under any account is in kind."""
        return bool(self.only_in_kind.any())

    @cached_property
    def in_pool(self) -> Floats:
        """Return whether an account is in a pool, 1 or 0, accounts × pools."""
        is_in = self.pool_of[:, np.newaxis] == np.arange(len(self.pools))
        return np.asarray(is_in, dtype=np.float64)

    @cached_property
    def waits(self) -> bool:
        """Return whether any programme waits for money."""
        return any(buyer.waits for buyer in self.buyers)

    @cached_property
    def of_own_source(self) -> Floats:
        """Return whether a programme is paid in full from an account, programmes × accounts.

        1 for those of a pool into which nothing is moved and which has no fund, else 0.
        """
        programmes = sum(buyer.members.size for buyer in self.buyers)
        own = np.zeros((programmes, len(self.accounts)))
        for buyer in self.buyers:
            if buyer.only_own:
                own[buyer.members] = buyer.own
        return own

    @cached_property
    def funds(self) -> tuple[tuple[int, Drawing], ...]:
        """Return the shifts that are pump-prime funds, each with its place."""
        return tuple((n, d) for n, d in enumerate(self.drawings) if d.rule == PUMP_PRIME)

    @cached_property
    def shifts(self) -> tuple[tuple[int, Drawing], ...]:
        """Return the other shifts, each with its place."""
        return tuple((n, d) for n, d in enumerate(self.drawings) if d.rule != PUMP_PRIME)


def payer(plan: Plan, programme: str) -> tuple[str, str] | None:
    """Return (pool, funding source) that a programme's own cost falls on.

    None where a partner pays outside the pools.

    A scheme that names the programme decides; else the programme's own pool and source.
    """
    # model §3.4: its expenditure is then the programme's, and nothing is entered twice.
    for scheme in plan.schemes:
        if scheme.programme == programme:
            return scheme.pool, scheme.source
    row = next(p for p in plan.programmes if p.id == programme)
    return (row.pool, row.source) if row.pool else None


@kept_by_fields(24)
def rules_of(plan: Plan) -> Rules:
    """Return the plan's accounts and shift rules. The plan has no error findings."""
    payers = [payer(plan, p.id) for p in plan.programmes]
    pairs = [(c.pool, c.source) for c in plan.contributions]
    pairs += [(s.pool, s.source) for s in plan.schemes]
    pairs += [p for p in payers if p]
    # A release is reinvested under a source of its own: it never comes out of a minimum (§7.1).
    pairs += [(s.pool, _account_of(s.rule)) for s in plan.shifts]
    pairs += [(s.pool, s.source) for s in plan.shifts if s.rule == PUMP_PRIME and s.source]
    pools = tuple(p.id for p in plan.pools)
    # Pool by pool; within a pool as the rows stand, so that ties of a split have a fixed order.
    accounts = tuple(sorted(dict.fromkeys(pairs), key=lambda pair: pools.index(pair[0])))
    at = {pair: i for i, pair in enumerate(accounts)}
    goes_to = [at[c.pool, c.source] for c in plan.contributions]
    comes_from = [at[s.pool, s.source] for s in plan.schemes]
    line_at = {row.id: i for i, row in enumerate(plan.acute_lines)}
    replaced = replaced_lines(plan)
    money = {(c.pool, c.source) for c in plan.contributions if not c.in_kind}
    in_kind_alone = {(c.pool, c.source) for c in plan.contributions} - money

    def by_year(shift: Shift, field: str, scale: float) -> Floats:
        stated = getattr(shift, field)
        # A release moves money only a year later, so nothing moves in the base year; a fund may.
        first = 0 if shift.rule == PUMP_PRIME else 1
        amounts = np.zeros(len(plan.years))
        for t, year in enumerate(plan.years[first:], first):
            amounts[t] = float(stated.get(year, 0)) * scale
        return amounts

    def drawing(shift: Shift) -> Drawing:
        filled = shift.rule == PUMP_PRIME and bool(shift.source)
        return Drawing(
            shift.id,
            shift.rule,
            np.array([line_at[k] for k in shift.lines], dtype=np.int64),
            np.array([line_at[k] for k in replaced[shift.id]], dtype=np.int64),
            at[shift.pool, _account_of(shift.rule)],
            # Pounds and pence times 100 are whole pence but for binary noise.
            np.round(by_year(shift, "amounts", 100.0)),
            by_year(shift, "percents", 1.0),
            at[shift.pool, shift.source] if filled else -1,
            shift.interest,
            float(shift.fund_floor) * 100.0,
        )

    return Rules(
        pools=pools,
        accounts=accounts,
        pool_of=np.array([pools.index(pool) for pool, _ in accounts], dtype=np.int64),
        contribution_account=np.array(goes_to, dtype=np.int64),
        in_kind=np.array([c.in_kind for c in plan.contributions], dtype=bool),
        only_in_kind=np.array([account in in_kind_alone for account in accounts], dtype=bool),
        scheme_account=np.array(comes_from, dtype=np.int64),
        buyers=_buyers(plan, at, [at[p] if p else -1 for p in payers]),
        drawings=tuple(drawing(shift) for shift in plan.shifts),
        basis=plan.setup.reinvest_basis,
        share=plan.setup.reinvest_share,
    )


def replaced_lines(plan: Plan) -> dict[str, list[str]]:
    """Return the lines to which activity moves from the lines of each shift that moves a release.

    Reinvestable is what is left after replacement activity is paid (model §6). A line that a shift
    draws on itself counts there; one that several shifts' lines feed counts at the first of them,
    so that its cost is neither lost nor counted twice.
    """
    releasing = [shift for shift in plan.shifts if shift.rule in (*RELEASING, PUMP_PRIME)]
    counted = {line for shift in releasing for line in shift.lines}
    out: dict[str, list[str]] = {shift.id: [] for shift in plan.shifts}
    for shift in releasing:
        for move in plan.moves:
            if move.from_line in shift.lines and move.to_line not in counted:
                out[shift.id].append(move.to_line)
                counted.add(move.to_line)
    return out


def _buyers(
    plan: Plan, account_at: dict[tuple[str, str], int], own: list[int]
) -> tuple[Buyer, ...]:
    """Return the buyers of the plan's programmes.

    `own`: the account of each programme's own source, −1 for none.
    """
    # model §7.2: in priority order, ties by id
    order = sorted(
        range(len(plan.programmes)),
        key=lambda g: (plan.programmes[g].priority, plan.programmes[g].id),
    )
    pools = [pool.id for pool in plan.pools]
    pool_at = {account: pools.index(pool) for (pool, _), account in account_at.items()} | {-1: -1}
    fed = {shift.pool for shift in plan.shifts if shift.rule in RELEASING}
    buyers: list[Buyer] = []
    for pool in sorted({pool_at[account] for account in own}):
        members = [g for g in order if pool_at[own[g]] == pool]
        name = plan.pools[pool].id if pool >= 0 else ""
        moved = [
            (n, account_at[name, source])
            for n, source in enumerate((REINVESTED, MOVED))
            if (name, source) in account_at
        ]
        own_accounts = np.array([own[g] for g in members])[:, np.newaxis]
        buyers.append(
            Buyer(
                pool=pool,
                members=np.array(members, dtype=np.int64),
                divisible=np.array([plan.programmes[g].divisible for g in members], dtype=bool),
                waits=name in fed,
                moved_accounts=tuple(moved),
                fund=account_at.get((name, FUND), -1),
                own=(own_accounts == np.arange(len(account_at))).astype(np.float64),
            )
        )
    return tuple(buyers)


def _account_of(rule: str) -> str:
    """Return the source in its pool under which a shift's money is kept."""
    if rule in RELEASING:
        return REINVESTED
    return FUND if rule == PUMP_PRIME else MOVED
