"""Each partner's position in every draw, as the ledger and the bridge have it for the plan.

To the penny.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from icbudget.engine.accounts.account_bearers import Bearers, bearers_of_accounts, of_lines
from icbudget.engine.accounts.successors import Heirs
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.projection.projection import Projection
from icbudget.engine.projection.wiring import Rules
from icbudget.engine.rounding import Floats, by_year
from icbudget.plan import Plan


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
        balance += sign * of_lines(plan, heirs, whose, pence)
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
    bearers = bearers_of_accounts(plan, rules, run)
    for a, bearer in enumerate(bearers):
        # All that a source pays is split once; the ledger's rows close on it to the penny.
        bearer.add(balance, -run.moves.spend[:, :, a])
        if rules.only_in_kind[a]:
            bearer.add(balance, -run.moves.beside[:, :, a])
        # What the pools brought forward is this year's by who funded the year before.
        bearer.add(forward[:, 1:], run.moves.close[:, :-1, a], until=-1)
    if plan.successions:
        forward = _brought_forward(heirs, run, bearers, at)
    return Positions(balance, forward)


def _brought_forward(
    heirs: Heirs, run: Projection, bearers: list[Bearers], at: dict[str, int]
) -> Floats:
    """Return what partners bring forward where some of them end: their successors bring it."""
    shape = (*run.avoided.shape[:2], len(at))
    forward = by_year(*shape)
    for a, bearer in enumerate(bearers):
        brought = np.zeros_like(forward)
        bearer.add(brought[:, 1:], run.moves.close[:, :-1, a], until=-1)
        for name, column in at.items():
            for heir, part in heirs.handed_over(name, brought[:, :, column]).items():
                forward[:, :, at[heir]] += part
    return forward
