"""Who bears what is spent from each funding source of a pool, and whose the lines' money is.

Draw by draw, as the ledger has it for the plan, to the penny.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np

from icbudget.engine.accounts.successors import Heirs, paid_to_date
from icbudget.engine.projection.projection import Projection
from icbudget.engine.projection.reallocate import split_by_line
from icbudget.engine.projection.wiring import PUMP_PRIME, RELEASING, Rules
from icbudget.engine.rounding import Floats, fewest_draws, split
from icbudget.plan import Plan

_PARTS = 1e4
"""Parts of a pound in which what lines release or are budgeted weighs, where draws are many."""
_FEW = 1_000
"""Draws × years of so few plans are split one by one, as exactly as the ledger's."""


def of_lines(plan: Plan, heirs: Heirs, whose: str, pence: Floats) -> Floats:
    """Return amounts by line, draws × years × lines, by whose they are: draws × years × partners.

    `whose`: `commissioner` or `provider`. A line of a partner that ends is split amount by amount,
    as the ledger does; what is a market's, which is no partner, is left out.
    """
    at = {partner.id: n for n, partner in enumerate(plan.partners)}
    of_line = [getattr(line, whose) for line in plan.acute_lines]
    # A market has no row: what it earns and spends goes to a last column, which is left out.
    column = [len(at) if heirs.has_ended(p) else at.get(p, len(at)) for p in of_line]
    # Sums of whole pence are exact in any order.
    goes_to = np.eye(len(at) + 1)[column][:, :-1]
    total = (pence.swapaxes(0, 1) @ goes_to).swapaxes(0, 1)
    for k in (k for k, partner in enumerate(of_line) if heirs.has_ended(partner)):
        for partner, part in heirs.handed_over(of_line[k], pence[:, :, k]).items():
            total[:, :, at[partner]] += part
    return total


@dataclass(frozen=True, eq=False, slots=True)
class Bearers:
    """Who bears what is spent from an account.

    One partner throughout, or weights, draws × years × partners; one draw where none differs.
    """

    one: int
    weights: Floats | None

    def add(self, total: Floats, pence: Floats, until: int | None = None) -> None:
        """Add amounts of the account, draws × years, to the totals of those who bear them.

        `total`: draws × years × partners. `until`: the first years alone, as for a slice.
        """
        if self.weights is None:
            total[:, :, self.one] += pence
        else:
            total += split(pence, self.weights[:, :until].astype(np.int64))


def bearers_of_accounts(plan: Plan, rules: Rules, run: Projection) -> list[Bearers]:
    """Return who bears what is spent from each account of the rules, in their order.

    A fund filled from a source of its pool is borne as that source is.
    `icbudget.engine.accounts.funders` says the same of a plan, for the ledger. Source: model §7.
    """
    at = {partner.id: n for n, partner in enumerate(plan.partners)}
    bearers: list[Bearers | None] = [None] * len(rules.accounts)
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
    known: list[Bearers | None],
) -> Bearers:
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
        return Bearers(commissioners.pop(), None)
    if stay and not paid_in and not moved:
        return Bearers(hosts[0], None)
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
        return Bearers(int(used[0]), None)
    return Bearers(-1, weights)


def _added(put: Floats, partner: int, pence: Floats) -> Floats:
    pence = fewest_draws(pence)
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
    drawing, moves, heirs = rules.drawings[n], run.moves, Heirs(plan)
    releases = drawing.rule in (*RELEASING, PUMP_PRIME)
    taken = [(moves.moved[:, :, n], releases)]
    if drawing.source < 0 and drawing.rule == PUMP_PRIME:
        taken.append((moves.put_in[:, :, n], False))
    commissioners = [plan.acute_lines[k].commissioner for k in drawing.lines]
    alone = len(set(commissioners)) == 1 and not heirs.has_ended(commissioners[0])
    for pence, released in taken:
        # What all lines of one commissioner give is its own, however it is split among them.
        if alone:
            put = _added(put, at[commissioners[0]], pence)
            continue
        parts = _split_by_line(pence, _line_weights(rules, run, n, released))
        for place, commissioner in enumerate(commissioners):
            for partner, part in heirs.handed_over(commissioner, parts[:, :, place]).items():
                put = _added(put, at[partner], part)
    return put


def _split_by_line(pence: Floats, weights: Floats) -> Floats:
    """Return what is taken, draws × years, by line; `weights`: draws × years × lines, £."""
    if pence.size > _FEW:
        return split(pence, np.round(weights * _PARTS).astype(np.int64))
    parts = np.zeros(weights.shape)
    for draw, t in zip(*np.nonzero(pence), strict=True):
        parts[draw, t] = split_by_line(round(float(pence[draw, t])), weights[draw, t].tolist())
    return parts


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


def _by_source(source: Bearers | None, pence: Floats, put: Floats) -> Floats:
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
