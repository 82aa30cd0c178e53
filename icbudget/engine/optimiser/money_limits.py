"""Limits of the model behind `optimise` that money sets.

What pools, sources and funds have, and what must be spent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from icbudget.engine.optimiser.milp import Model, Terms, added
from icbudget.engine.optimiser.programme_options import Option
from icbudget.engine.optimiser.release_bounds import Columns, Saving
from icbudget.engine.projection.projection import Projection
from icbudget.engine.projection.structure import Structure
from icbudget.engine.projection.wiring import (
    PUMP_PRIME,
    RELEASING,
    Buyer,
    Drawing,
    Rules,
)
from icbudget.engine.rounding import Floats

A_PENNY = 0.01
Moved = Mapping[tuple[int, int], int]
"""(shift, year) → column of what it moves into its pool then, £."""


@dataclass(frozen=True, slots=True)
class Need:
    """Spending that must not fall short in a year.

    Which part of each programme's cost counts, and how much more is needed.
    """

    name: str
    year: int
    counts: Mapping[int, float]
    """Programme → part of its cost that counts."""
    more: float
    """£ beyond what is spent without any programme."""


@dataclass(frozen=True, eq=False, slots=True)
class Sought:
    """What limits are about.

    The model, whose first columns are the options in their order, and what is saved and released.
    """

    model: Model
    options: tuple[Option, ...]
    structure: Structure
    released: Columns
    """(line, year) → column of the net release G."""
    saved: Mapping[tuple[int, int], Saving]


def keep(made: Sought, rules: Rules, base: Projection, needs: Sequence[Need]) -> Moved:
    """Return what is moved, once the limits of every pool, source, fund and needed spending stand.

    They are added to the model. Source: AP §5 option E, (1) to (3).

    Each is loose where the engine is not linear: it never refuses what the engine allows, and the
    engine settles the rest.
    """
    years = base.activity.shape[1]
    moved: dict[tuple[int, int], int] = {}
    for n, drawing in enumerate(rules.drawings):
        # What is released in one year is moved in the next; a fund pays in the year itself.
        lag = drawing.rule != PUMP_PRIME
        first = 1 + lag
        if drawing.rule == PUMP_PRIME or drawing.rule in RELEASING:
            for t in range(first, years):
                moved[n, t] = _moved(made, rules, drawing, t - lag)
    for buyer in rules.buyers:
        if buyer.pool >= 0:
            (_fund if buyer.fund >= 0 else _pool)(made, rules, base, buyer, moved)
    for need in needs:
        spent: Terms = {}
        for c, o in enumerate(made.options):
            counts = float(o.cost[need.year] * need.counts.get(o.programme, 0.0))
            if counts:
                spent[c] = counts
        # The engine rounds each programme to the penny: so much less may still be enough.
        least = need.more - A_PENNY * (len(spent) + 1)
        made.model.row(spent, low=least, name=need.name, kind="minimum")
    return moved


def _moved(made: Sought, rules: Rules, drawing: Drawing, t: int) -> int:
    """Return the column of what a shift moves on account of the release of year t.

    `φ ×` what its lines release, at the most.

    The release of all its lines together counts only where it is above nothing; of each, the lower
    of contract and net release where Setup says so.
    """
    released: Terms = {}
    constant = 0.0
    for k in drawing.lines.tolist():
        terms, fixed = _counted(made, rules, k, t)
        released, constant = added(released, terms), constant + fixed
    for k in drawing.replaced.tolist():
        released = added(released, {_replacement(made, rules, k, t): 1.0})
    # Lines that cost more count against those that release, but a pool never pays for them.
    terms, constant = made.model.positive(released, constant)
    column = made.model.column()
    most = rules.share * constant + A_PENNY
    made.model.row({column: 1.0, **added(terms, times=-rules.share)}, high=most)
    return column


def _counted(made: Sought, rules: Rules, k: int, t: int) -> tuple[Terms, float]:
    """Return what of a line's release counts, as terms and a constant, by Setup's basis."""
    system: tuple[Terms, float] = ({made.released[k, t]: 1.0}, 0.0)
    if rules.basis == "system":
        return system
    if rules.basis == "contract":
        return made.saved[k, t].most
    return _lower(made, k, t, system)


def _replacement(made: Sought, rules: Rules, k: int, t: int) -> int:
    """Return the column of what a line costs that a shift's activity moves to: never above zero."""
    system: tuple[Terms, float] = ({made.released[k, t]: 1.0}, 0.0)
    contract = made.saved[k, t].most
    ends = {"contract": (contract,), "system": (system,)}.get(rules.basis, (contract, system))
    least = min(made.model.span(terms)[0] + constant for terms, constant in ends)
    column = made.model.column(low=min(least, 0.0), high=0.0)
    for terms, constant in ends:
        made.model.row({column: 1.0, **added(terms, times=-1.0)}, high=constant)
    return column


def _lower(made: Sought, k: int, t: int, system: tuple[Terms, float]) -> tuple[Terms, float]:
    """Return the lower of what a line saves and releases, as terms.

    A constant where nothing is ever saved.
    """
    saved, fixed = made.saved[k, t].most
    ends = []
    for terms, constant in ((saved, fixed), system):
        low, high = made.model.span(terms)
        ends.append((low + constant, high + constant))
    if not saved:
        return ({}, min(fixed, ends[1][1]))
    least, most = (min(end) for end in zip(*ends, strict=True))
    column = made.model.column(low=least, high=most)
    for terms, constant in ((saved, fixed), system):
        made.model.row({column: 1.0, **added(terms, times=-1.0)}, high=constant)
    return {column: 1.0}, 0.0


def feeds(rules: Rules, buyer: Buyer, moved: Moved, t: int) -> Terms:
    """Return all that releases have moved into a pool by year t, but into its fund, as terms."""
    into = [
        n
        for n, d in enumerate(rules.drawings)
        if rules.pool_of[d.account] == buyer.pool and d.rule in RELEASING
    ]
    return {moved[n, s]: 1.0 for n in into for s in range(2, t + 1)}


def kept(rules: Rules, base: Projection, account: int) -> Floats:
    """Return what an account has without any programme, by year, £.

    Without what releases then move, which terms hold.
    """
    into = [n for n, d in enumerate(rules.drawings) if d.account == account and d.rule in RELEASING]
    came = base.moves.moved[0][:, into].sum(axis=-1).cumsum()
    # A source that is short without any programme buys nothing, and is not made up for by others.
    return np.asarray(np.maximum(base.moves.close[0, :, account] - came, 0.0) / 100.0)


def _pool(made: Sought, rules: Rules, base: Projection, buyer: Buyer, moved: Moved) -> None:
    """Keep a pool, and each source in it, from paying more by any year than it has.

    With what is moved into the pool.

    What is moved pays first, so a source pays no less than its programmes cost beyond that.
    """
    has = {int(a): kept(rules, base, int(a)) for a in np.flatnonzero(rules.pool_of == buyer.pool)}
    first = sum((has[a] for _, a in buyer.moved_accounts), np.zeros(base.activity.shape[1]))
    pool = rules.pools[buyer.pool]
    own = {
        c: rules.accounts.index((pool, o.source))
        for c, o in enumerate(made.options)
        if o.programme in buyer.members
    }
    # By each year, not in it: money that is not spent is there in the next.
    for t, year in enumerate(made.structure.years[1:], 1):
        fed = {c: -v for c, v in feeds(rules, buyer, moved, t).items()}
        paid: Terms = {}
        for c in own:
            to_date = made.options[c].cost[: t + 1]
            if to_date.any():
                paid[c] = float(to_date.sum())
        # The engine rounds every programme to the penny each year; the model does not.
        slack = A_PENNY * (t + 1) * len(made.structure.programmes)
        in_pool = float(sum(of[t] for of in has.values())) + slack
        name = f"money of {pool} by {year}"
        made.model.row({**paid, **fed}, high=in_pool, name=name, kind="money")
        for a in dict.fromkeys(own.values()):
            of_source = {c: v for c, v in paid.items() if own[c] == a}
            # With one source the pool's own limit says the same.
            if of_source and len(set(own.values())) > 1:
                in_source = float(has[a][t] + first[t]) + slack
                name = f"{rules.accounts[a][1]} of {pool} by {year}"
                made.model.row({**of_source, **fed}, high=in_source, name=name, kind="money")


def _fund(made: Sought, rules: Rules, base: Projection, buyer: Buyer, moved: Moved) -> None:
    """Keep a pump-prime fund above its floor.

    `R(t) ≤ R(t−1)(1 + i) + put in(t) − cost(t) + moved(t) + what else pays(t)`.
    """
    model = made.model
    n = next(n for n, d in enumerate(rules.drawings) if d.account == buyer.fund)
    drawing, put_in = rules.drawings[n], base.moves.put_in[0, :, n] / 100.0
    others = sum(
        (kept(rules, base, a) for _, a in buyer.moved_accounts), np.zeros(base.activity.shape[1])
    )
    in_base_year = float(base.moves.close[0, 0, buyer.fund]) / 100.0
    held, else_paid = -1, dict[int, float]()
    for t, year in enumerate(made.structure.years[1:], 1):
        now, other = model.column(low=-np.inf), model.column()
        else_paid[other] = 1.0
        fed = {c: -v for c, v in feeds(rules, buyer, moved, t).items()}
        model.row({**else_paid, **fed}, high=float(others[t]) + A_PENNY)
        terms: Terms = {now: 1.0, other: -1.0, moved[n, t]: -1.0}
        for c, o in enumerate(made.options):
            if o.programme in buyer.members and o.cost[t]:
                terms[c] = float(o.cost[t])
        # What it held is a figure in the first year, and a column of the model after it.
        before = 0.0
        if held >= 0:
            terms[held] = -(1.0 + drawing.interest)
        else:
            before = in_base_year * (1.0 + drawing.interest)
        slack = A_PENNY * (len(made.structure.programmes) + 2)
        model.row(terms, high=before + float(put_in[t]) + slack)
        floor = drawing.floor / 100.0 - A_PENNY
        model.row({now: 1.0}, low=floor, name=f"floor of fund {drawing.id} in {year}", kind="fund")
        held = now
