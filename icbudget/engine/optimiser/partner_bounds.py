"""What each partner gains, bears and pays over, as bounds of the model behind `optimise`.

Source: AP §5 option E, (8).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, product

import numpy as np

from icbudget import money
from icbudget.engine.accounts.funders import bearers
from icbudget.engine.accounts.gain_rule import agreements_of
from icbudget.engine.optimiser.judge import Judge
from icbudget.engine.optimiser.milp import Terms, added
from icbudget.engine.optimiser.money_limits import A_PENNY, Moved, Sought, feeds, kept
from icbudget.engine.projection.wiring import MOVED, REINVESTED, Buyer
from icbudget.engine.run import Result
from icbudget.plan.gain_share import GainShare

_WHOLE = 10**9
"""Pence that are split to see in which parts a source is borne."""


@dataclass(eq=False, slots=True)
class _Years:
    """Terms and a constant for each year."""

    terms: list[Terms]
    constant: list[float]

    @classmethod
    def of(cls, years: int) -> _Years:
        return cls([{} for _ in range(years)], [0.0] * years)

    def add(self, t: int, terms: Terms, constant: float = 0.0, times: float = 1.0) -> None:
        self.terms[t] = added(self.terms[t], added(terms, times=times))
        self.constant[t] += times * constant


def bear(made: Sought, judge: Judge, moved: Moved) -> set[int]:
    """Return the activity lines that matter for the limits on what partners lose and pay over.

    These limits are added to the model.

    `Σ_{s ≤ t} (gain − cost + transfer) ≥ −limit(t)` and `Σ over partners of transfers = 0`. A
    partner's gain is the contract saving of its lines as a commissioner, release less contract
    saving as a provider; its cost is its part of what programmes cost, by who funds their own
    source, each never understated or overstated against it. What is only bounded: that moved money
    pays first, and is then borne by others (as much as there can be of it); and what is settled
    under a gain share, where the payer pays no more than its cap and, where no loss is shared, than
    its gain. So the model refuses no plan that keeps the limits, and the engine hears each.
    """
    plan = judge.plan
    kinds = product(("loss", "transfer"), (p.id for p in plan.partners))
    limits = {(measure, partner): judge.by_year(measure, partner) for measure, partner in kinds}
    limited = {
        partner for (_, partner), by_year in limits.items() if np.isfinite(by_year[1:]).any()
    }
    if not limited:
        return set()
    agreements: list[tuple[GainShare, ...]] = []
    concerned = set(limited)
    for rows in agreements_of(plan).values():
        partners = {row.partner for row in rows}
        # Who settles with a limited partner changes what it gains, so it is bounded as well.
        if limited & partners:
            agreements.append(tuple(rows))
            concerned |= partners
    gains = {p: _gains(made, judge, p) for p in sorted(concerned)}
    others = _others_pay(made, judge.base, moved, gains)
    received = _settled(made, agreements, {p: (gains[p], others[p]) for p in gains})
    for p in sorted(limited):
        _keep(
            made,
            p,
            gains[p],
            others[p],
            received.get(p, {}),
            limits["loss", p],
            limits["transfer", p],
        )
    return {
        k for k, row in enumerate(plan.acute_lines) if limited & {row.commissioner, row.provider}
    }


def _gains(made: Sought, judge: Judge, partner: str) -> _Years:
    """Return at most what a partner gains in each year, less its part of what programmes cost.

    Before anything is paid over.
    """
    plan, out = judge.plan, _Years.of(len(judge.plan.years))
    for (k, t), saved in made.saved.items():
        row = plan.acute_lines[k]
        if row.commissioner == partner:
            out.add(t, *saved.most)
        if row.provider == partner:
            out.add(t, {made.released[k, t]: 1.0})
            # One piece is a straight line and needs no column of its own.
            if len(saved.least) == 1:
                out.add(t, *saved.least[0], times=-1.0)
                continue
            ends = [made.model.span(terms)[0] + constant for terms, constant in saved.least]
            at_least = made.model.column(low=max(ends))
            for terms, constant in saved.least:
                made.model.row({at_least: 1.0, **added(terms, times=-1.0)}, low=constant)
            out.add(t, {at_least: 1.0}, times=-1.0)
    parts: dict[tuple[str, str], list[float]] = {}
    for c, o in enumerate(made.options):
        programme = plan.programmes[o.programme]
        account = judge.account_of(o)
        if account is not None and account not in parts:
            parts[account] = [
                _part(judge.base, account, t, partner) for t in range(len(plan.years))
            ]
        for t in range(1, len(plan.years)):
            part = parts[account][t] if account is not None else float(programme.partner == partner)
            if part and o.cost[t]:
                out.add(t, {c: -part * float(o.cost[t])})
    return out


def _part(base: Result, account: tuple[str, str], t: int, partner: str) -> float:
    """Return which part a partner bears of what a source of a pool spends in year t."""
    return dict(bearers(base, account, t, _WHOLE)).get(partner, 0) / _WHOLE


def _others_pay(
    made: Sought, base: Result, moved: Moved, partners: Mapping[str, _Years]
) -> dict[str, _Years]:
    """Return at most what each partner is spared because moved money or a fund pays first.

    By year; below zero where it pays.
    """
    years = len(base.years)
    out = {p: _Years.of(years) for p in partners}
    for buyer in base.rules.buyers:
        if buyer.pool < 0 or (buyer.fund < 0 and not buyer.moved_accounts):
            continue
        pool = base.rules.pools[buyer.pool]
        own = {(pool, o.source) for o in made.options if o.programme in buyer.members}
        has = sum(
            (kept(base.rules, base.projection, a) for _, a in buyer.moved_accounts), np.zeros(years)
        )
        so_far: Terms = {}
        for t in range(1, years):
            paid = {
                c: -float(o.cost[t])
                for c, o in enumerate(made.options)
                if o.programme in buyer.members and o.cost[t]
            }
            first = made.model.column(high=-made.model.span(paid)[0])
            made.model.row({first: 1.0, **paid}, high=A_PENNY * len(buyer.members))
            so_far[first] = 1.0
            if buyer.fund < 0:
                fed = added(feeds(base.rules, buyer, moved, t), times=-1.0)
                made.model.row({**so_far, **fed}, high=float(has[t]) + A_PENNY * t)
            for p, spared in out.items():
                # At most: the bound may be too kind to a choice, never too hard.
                most = max((_part(base, account, t, p) for account in own), default=0.0)
                spared.add(t, {first: most - _surely(base, buyer, p)})
    return out


def _surely(base: Result, buyer: Buyer, partner: str) -> float:
    """Return which part of what moved money pays a partner surely bears.

    All, where its lines alone are drawn on.
    """
    rules = base.rules
    into = [d for d in rules.drawings if rules.pool_of[d.account] == buyer.pool]
    from_releases = all(rules.accounts[d.account][1] in (REINVESTED, MOVED) for d in into)
    lines = chain.from_iterable(d.lines.tolist() for d in into)
    commissioners = {base.plan.acute_lines[k].commissioner for k in lines}
    return float(buyer.fund < 0 and from_releases and commissioners == {partner})


def _settled(
    made: Sought,
    agreements: Sequence[Sequence[GainShare]],
    gains: Mapping[str, tuple[_Years, _Years]],
) -> dict[str, dict[int, int]]:
    """Return the columns of what each partner receives under its agreement in each year.

    They sum to nothing over partners.
    """
    out: dict[str, dict[int, int]] = {}
    for rows in agreements:
        years = range(1, len(made.structure.years))
        lossless = all(row.loss_share is None for row in rows)
        for row in rows:
            most = np.inf if row.cap is None else money.to_pence(row.cap) / 100.0
            out[row.partner] = {t: made.model.column(low=-most, high=np.inf) for t in years}
            own, spared = gains[row.partner]
            paid: Terms = {}
            room = 0.0
            # Where losses are shared too a partner may pay beyond its gain, and only its cap holds
            # it.
            for t in years if lossless else ():
                terms, constant = made.model.positive(
                    added(own.terms[t], spared.terms[t]), own.constant[t] + spared.constant[t]
                )
                paid = added(paid, {out[row.partner][t]: -1.0}, added(terms, times=-1.0))
                room += constant + A_PENNY * (len(made.options) + len(rows))
                if np.isfinite(room):
                    made.model.row(paid, high=room)
        for t in years:
            made.model.row({out[row.partner][t]: 1.0 for row in rows}, low=0.0, high=0.0)
    return out


def _keep(
    made: Sought,
    partner: str,
    gains: _Years,
    others: _Years,
    received: Mapping[int, int],
    loss: np.ndarray,
    transfer: np.ndarray,
) -> None:
    so_far: Terms = {}
    constant = 0.0
    # A penny for each amount that the engine rounds and the model does not.
    rounded = 2 * len(made.structure.programmes) + 2 * len(made.structure.lines.ids) + 2
    slack = A_PENNY * rounded
    for t, year in enumerate(made.structure.years):
        if not t:
            continue
        over = added(others.terms[t], {received[t]: 1.0} if t in received else {})
        so_far = added(so_far, gains.terms[t], over)
        constant += gains.constant[t] + others.constant[t]
        if np.isfinite(loss[t]):
            low = -float(loss[t]) - constant - slack * t
            made.model.row(so_far, low=low, name=f"loss of {partner} by {year}", kind="loss")
        if np.isfinite(transfer[t]):
            name = f"paid over by {partner} in {year}"
            made.model.row(over, low=-float(transfer[t]) - slack, name=name, kind="transfer")
