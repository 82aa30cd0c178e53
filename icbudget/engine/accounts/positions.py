"""Each partner's position in every draw, as the ledger and the bridge have it for the plan.

To the penny.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np

from icbudget.engine.accounts.successors import Heirs, paid_to_date
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.projection.projection import Projection
from icbudget.engine.projection.wiring import PUMP_PRIME, RELEASING, Rules
from icbudget.engine.rounding import Floats, by_year, split
from icbudget.plan import Plan

_PARTS = 1e4
"""Parts of a pound in which what lines release or are budgeted weighs."""


@dataclass(frozen=True, eq=False, slots=True)
class Positions:
    """Positions of partners, draws × years × partners, whole pence.

    `balance`: contributions and activity budget of the year, or income from activity, less what the
    partner pays and bears. `forward`: its part of what the pools brought forward. The unfunded
    gap of the bridge is `−balance − forward`. Both are before what partners settle among themselves
    under a gain share.
    """

    balance: Floats
    forward: Floats


def positions(plan: Plan, rules: Rules, run: Projection, amounts: AcuteAmounts) -> Positions:
    """Return the position of every partner in every draw.

    Source: model §7; `icbudget.engine.accounts.bridge` is the same for the plan. Spending from a
    funding source of a pool is borne in proportion to what each partner has put under it to date;
    where nobody ever did, by the host of the pool.
    """
    at = {p.id: n for n, p in enumerate(plan.partners)}
    shape = (*run.avoided.shape[:2], len(at))
    balance, forward = by_year(*shape), by_year(*shape)
    for n, row in enumerate(plan.contributions):
        if not rules.beside[n]:
            balance[:, :, at[row.partner]] += run.figures.contributions[:, :, n]
    heirs = Heirs(plan)
    for whose, sign, pence in (
        ("commissioner", 1.0, amounts.budget),
        ("commissioner", -1.0, amounts.pay_plan),
        ("provider", 1.0, amounts.pay_plan),
        ("provider", -1.0, amounts.cost_plan),
    ):
        balance += sign * _of_lines(plan, heirs, at, whose, pence)
    for n, drawing in enumerate(rules.drawings):
        pool = next(p for p in plan.pools if p.id == rules.accounts[drawing.account][0])
        for t in range(balance.shape[1]):
            # The host holds the money, so what it earns is the host's.
            balance[:, t, at[heirs.host(pool, t)]] += run.moves.interest[:, t, n]
    for buyer in rules.buyers:
        if buyer.pool < 0:
            for g in buyer.members:
                own = heirs.handed_over(plan.programmes[g].partner, run.moves.paid[:, :, g])
                for partner, paid in own.items():
                    balance[:, :, at[partner]] -= paid
    bearers = _all_bearers(plan, rules, run, at)
    for a, bearer in enumerate(bearers):
        # All that a source pays is split once; the ledger's rows close on it to the penny.
        bearer.take(balance, run.moves.spend[:, :, a])
        if rules.only_in_kind[a]:
            bearer.take(balance, run.moves.beside[:, :, a])
        # What the pools brought forward is this year's by who funded the year before.
        bearer.take(forward[:, 1:], -run.moves.close[:, :-1, a], until=-1)
    if plan.successions:
        forward = _brought_forward(heirs, run, bearers, at)
    return Positions(balance, forward)


def _brought_forward(
    heirs: Heirs, run: Projection, bearers: list[_Bearers], at: dict[str, int]
) -> Floats:
    """Return what partners bring forward where some of them end: their successors bring it."""
    shape = (*run.avoided.shape[:2], len(at))
    forward = by_year(*shape)
    for a, bearer in enumerate(bearers):
        brought = np.zeros_like(forward)
        bearer.take(brought[:, 1:], -run.moves.close[:, :-1, a], until=-1)
        for name, column in at.items():
            for heir, part in heirs.handed_over(name, brought[:, :, column]).items():
                forward[:, :, at[heir]] += part
    return forward


def _of_lines(plan: Plan, heirs: Heirs, at: dict[str, int], whose: str, pence: Floats) -> Floats:
    """Return amounts by line, draws × years × lines, by whose they are: draws × years × partners.

    A line of a partner that ends is split amount by amount, as the ledger does.
    """
    of_line = [getattr(line, whose) for line in plan.acute_lines]
    # A market has no row: what it earns and spends goes to a last column, which is left out.
    column = [len(at) if heirs.has_ended(p) else at.get(p, len(at)) for p in of_line]
    total = _by_partner(pence, column, len(at) + 1)[..., :-1].copy()
    for k in (k for k, partner in enumerate(of_line) if heirs.has_ended(partner)):
        for partner, part in heirs.handed_over(of_line[k], pence[:, :, k]).items():
            total[:, :, at[partner]] += part
    return total


def _by_partner(pence: Floats, partner: list[int], partners: int) -> Floats:
    """Return amounts by line, draws × years × lines, summed by the partner of each line.

    Sums of whole pence are exact.
    """
    goes_to = np.eye(partners)[partner]
    return np.stack([pence[:, t] @ goes_to for t in range(pence.shape[1])], axis=1)


@dataclass(frozen=True, eq=False, slots=True)
class _Bearers:
    """Who bears what is spent from an account.

    One partner throughout, or weights, draws × years × partners.
    """

    one: int
    weights: Floats | None

    def take(self, balance: Floats, pence: Floats, until: int | None = None) -> None:
        """Take spending, draws × years, from the balances of those who bear it."""
        if self.weights is None:
            balance[:, :, self.one] -= pence
        else:
            balance -= split(pence, self.weights[:, :until].astype(np.int64))


def _all_bearers(plan: Plan, rules: Rules, run: Projection, at: dict[str, int]) -> list[_Bearers]:
    """Return who bears what is spent from each account.

    A fund filled from a source of its pool is borne as that source is.
    """
    bearers: list[_Bearers | None] = [None] * len(rules.accounts)
    filled = {drawing.account for drawing in rules.drawings if drawing.source >= 0}
    # Sources first: a fund that is filled from one is borne as that source is.
    for account in sorted(range(len(rules.accounts)), key=lambda account: account in filled):
        bearers[account] = _bearers(plan, rules, run, account, at, bearers)
    return [bearer for bearer in bearers if bearer is not None]


def _bearers(
    plan: Plan,
    rules: Rules,
    run: Projection,
    account: int,
    at: dict[str, int],
    known: list[_Bearers | None],
) -> _Bearers:
    """Return who bears what is spent from an account, draw by draw where that hangs on the draw."""
    paid_in = [
        n for n, a in enumerate(rules.contribution_account) if a == account and not rules.beside[n]
    ]
    moved = [n for n, drawing in enumerate(rules.drawings) if drawing.account == account]
    filled = [n for n in moved if rules.drawings[n].source >= 0]
    drawn_lines = chain.from_iterable(rules.drawings[n].lines for n in moved)
    commissioners = {at[plan.acute_lines[k].commissioner] for k in drawn_lines}
    heirs = Heirs(plan)
    pool = next(p for p in plan.pools if p.id == rules.accounts[account][0])
    hosts = [at[heirs.host(pool, t)] for t in range(run.avoided.shape[1])]
    stay = not any(heirs.has_ended(p.id) for p in plan.partners)
    # One partner throughout needs no weights, draw by draw: most accounts of large plans are such.
    if stay and not paid_in and not filled and len(commissioners) == 1:
        return _Bearers(commissioners.pop(), None)
    if stay and not paid_in and not moved:
        return _Bearers(hosts[0], None)
    put = np.zeros((1, run.avoided.shape[1], len(at)))
    for n in paid_in:
        put = _added(put, at[plan.contributions[n].partner], run.figures.contributions[:, :, n])
    for n in moved:
        put = _by_line(plan, rules, run, n, at, put)
    for n in filled:
        put = _by_source(known[rules.drawings[n].source], run.moves.put_in[:, :, n], put)
    weights = _to_date(plan, put, hosts)
    # The same holds where several could pay in and only one ever does.
    used = np.flatnonzero(weights.any(axis=(0, 1)))
    if used.size == 1:
        return _Bearers(int(used[0]), None)
    return _Bearers(-1, np.broadcast_to(weights, (run.avoided.shape[0], *weights.shape[1:])))


def _added(put: Floats, partner: int, pence: Floats) -> Floats:
    if pence.shape[0] > put.shape[0]:
        put = np.repeat(put, pence.shape[0], axis=0)
    put[:, :, partner] += pence
    return put


def _by_line(
    plan: Plan, rules: Rules, run: Projection, n: int, at: dict[str, int], put: Floats
) -> Floats:
    """Add what a shift takes from its lines to their commissioners.

    See `icbudget.engine.accounts.funders.taken_from_lines`.
    """
    drawing, moves = rules.drawings[n], run.moves
    releases = drawing.rule in (*RELEASING, PUMP_PRIME)
    taken = [(moves.moved[:, :, n], releases)]
    if drawing.source < 0 and drawing.rule == PUMP_PRIME:
        taken.append((moves.put_in[:, :, n], False))
    for pence, released in taken:
        weights = np.round(_line_weights(rules, run, n, released) * _PARTS).astype(np.int64)
        parts = split(pence, weights)
        for place, k in enumerate(drawing.lines):
            whose = Heirs(plan).handed_over(plan.acute_lines[k].commissioner, parts[:, :, place])
            for partner, part in whose.items():
                put = _added(put, at[partner], part)
    return put


def _line_weights(rules: Rules, run: Projection, n: int, released: bool) -> Floats:
    """Return in which proportion a shift takes from its lines.

    Their release, or their budget of the year before.
    """
    drawing = rules.drawings[n]
    weights = np.zeros((*run.avoided.shape[:2], len(drawing.lines)))
    if released:
        contract = run.contract_saving[:, :, drawing.lines]
        system = run.released()[:, :, drawing.lines]
        lower = np.minimum(contract, system)
        own = {"contract": contract, "system": system}.get(rules.basis, lower)
    else:
        own = run.acute_budget[:, :, drawing.lines]
        # The base year has no year before; a fund may be filled in it from its own budget.
        weights[:, 0] = own[:, 0]
    if released and drawing.rule == PUMP_PRIME:
        # A fund is paid back by the release of its own year (model §7.3).
        weights[:] = own
    else:
        weights[:, 1:] = own[:, :-1]
    weights = np.maximum(weights, 0.0)
    # Where no line released anything, each gives alike, as `split_by_line` has it.
    weights[~weights.any(axis=-1)] = 1.0
    return weights


def _by_source(source: _Bearers | None, pence: Floats, put: Floats) -> Floats:
    """Add what a fund takes from another source of its pool to those who bear that source."""
    assert source is not None
    if source.weights is None:
        return _added(put, source.one, pence)
    parts = split(pence, source.weights.astype(np.int64))
    for partner in range(parts.shape[-1]):
        put = _added(put, partner, parts[:, :, partner])
    return put


def _to_date(plan: Plan, put: Floats, hosts: list[int]) -> Floats:
    """Return what each partner has put in to date, above zero.

    Where nobody has, the host of the year alone.
    """
    weights = np.maximum(paid_to_date(plan, put), 0.0)
    for t, host in enumerate(hosts):
        nobody = ~weights[:, t].any(axis=-1)
        weights[nobody, t, host] = 1.0
    return weights
