"""The steps of a risk share with their figures for every draw and year."""

from __future__ import annotations

from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from icbudget import money
from icbudget.engine.accounts.risk_basis import receives, weights_of
from icbudget.engine.accounts.risk_rule import steps_of
from icbudget.engine.accounts.variance import Portion, portions_of, put_in
from icbudget.engine.accounts.waterfall import UNLIMITED, Step
from icbudget.engine.cached_view import cached_view
from icbudget.engine.rounding import Floats
from icbudget.engine.run import Result
from icbudget.plan.pool import Pool
from icbudget.plan.risk_share import BY_LINE, RiskShare

DESTINATION = 0
"""Number of the last step for an underspend: where the pool says that it goes."""
Steps = tuple[tuple[Step, ...], tuple[Step, ...]]
"""The steps that an overspend and an underspend go through."""


@cached_view
def rows_of_steps(result: Result, rule: str) -> dict[int, tuple[RiskShare, ...]]:
    """Return the steps of a rule that is whole; see `icbudget.engine.accounts.risk_rule`."""
    return steps_of(result.plan, rule) if rule else {}


def portions_looked_at(result: Result, rule: str, pools: tuple[Pool, ...]) -> tuple[Portion, ...]:
    """Return what a rule looks at: the scheme lines of its pools, or its pools as a whole."""
    if by_lines(result, rule):
        return tuple(portion for pool in pools for portion in portions_of(result.plan, pool))
    return tuple(Portion(pool.id) for pool in pools)


def by_lines(result: Result, rule: str) -> bool:
    """Return whether a rule has a step that looks at each scheme line."""
    return any(rows[0].basis in BY_LINE for rows in rows_of_steps(result, rule).values())


@cached_view
def steps(result: Result, rule: str, portions: tuple[Portion, ...]) -> Steps:
    """Return the steps that an overspend and an underspend go through under a rule.

    A rule that cannot be used has none. Without a rule (blank) an underspend goes where its pool
    says.
    """
    if not rule:
        return (), tuple(_destinations(result, portions))
    rows = rows_of_steps(result, rule)
    if not rows:
        return (), ()
    every = [_step(result, number, step, portions) for number, step in rows.items()]
    sides = {number: step[0].applies_to for number, step in rows.items()}
    # An offset stands on the side of overspends alone: it takes from both there.
    over = [step for step in every if sides[step.number] != "underspend"]
    # An underspend is shared or goes where its pool says: reserves meet overspends alone.
    under = [step for step in every if sides[step.number] != "overspend" and step.kind == "share"]
    return tuple(over), (*under, *_destinations(result, portions))


class Basis(NamedTuple):
    """Who bears a pool's part of a share step: one entry for each year, or one for all years."""

    bearers: tuple[list[int], ...]
    """The places of the partners that have a part."""
    parts: tuple[Floats | None, ...]
    """Each partner's part, draws × partners; None where the lines of the pool are shared unlike."""

    def of_year(self, t: int) -> tuple[list[int], Floats | None]:
        """Return who bears it in year t, and each one's part: draws × partners, a fraction."""
        place = t if len(self.bearers) > 1 else 0
        return self.bearers[place], self.parts[place]


@cached_view
def bases(
    result: Result, rule: str, portions: tuple[Portion, ...], pool: str
) -> tuple[Basis | None, ...]:
    """Return who bears a pool's part of each step, those of an overspend first.

    See `steps`; None for a step that is no share.
    """
    at = [n for n, portion in enumerate(portions) if portion.pool == pool]
    return tuple(
        None if step.weights is None else _basis(step.weights[..., at, :])
        for step in chain(*steps(result, rule, portions))
    )


def _basis(weights: NDArray[np.int64]) -> Basis:
    """Return who bears a part by weights: … × portions × partners."""
    # Percentages and hosts are the same in every draw and year, and have neither.
    by_year = weights[np.newaxis, np.newaxis] if weights.ndim == 2 else weights
    first = by_year[:, :, 0]
    total = first.sum(axis=-1, keepdims=True)
    parts = np.divide(first, total, out=np.zeros(first.shape), where=total > 0)
    # One percentage can be named only where every line of the pool is shared alike.
    alike = np.asarray((by_year == first[:, :, np.newaxis]).all(axis=(0, 2, 3)))
    bears = np.asarray(by_year.any(axis=(0, 2)))
    return Basis(
        tuple(np.flatnonzero(of_year).tolist() for of_year in bears),
        tuple(parts[:, t] if same else None for t, same in enumerate(alike)),
    )


def of_year(step: Step, t: int) -> Step:
    """Return a step with its figures of one year alone."""
    limit, weights, caps = step.limit, step.weights, step.caps
    if isinstance(limit, np.ndarray):
        limit = limit[..., t]
    # percentages and hosts are the same in every year and have no year axis
    if weights is not None and weights.ndim == 4:
        weights = weights[:, t]
    if caps is not None:
        caps = caps[:, t]
    return step._replace(limit=limit, weights=weights, caps=caps)


def amount_of(result: Result, row: RiskShare, t: int) -> float | None:
    """Return the amount typed for a contingency or uncommitted step in year t, pence, if any."""
    amount = row.amounts.get(result.years[t], row.amount)
    return None if amount is None else float(money.to_pence(amount))


def _step(
    result: Result, number: int, rows: tuple[RiskShare, ...], portions: tuple[Portion, ...]
) -> Step:
    first = rows[0]
    if first.kind != "share":
        return Step(number, first.kind)
    put = {pool: put_in(result, pool) for pool in dict.fromkeys(p.pool for p in portions)}
    total = sum(put.values(), np.zeros(1))
    weights = weights_of(result, rows, portions, put)
    limit = _width(first, total.sum(axis=-1))
    return Step(number, "share", limit, weights, _caps(result, rows, total))


def _width(row: RiskShare, income: Floats) -> Floats | float:
    """Return the most that a step takes, pence.

    Like a cap, a percentage goes down to the penny: at most is never a halfpenny more.
    """
    limits: list[Floats | float] = []
    if row.width is not None:
        limits.append(float(money.to_pence(row.width)))
    if row.width_percent is not None:
        # Rounded down, not half-up; the millionth takes off binary noise below a whole penny.
        limits.append(np.floor(income * row.width_percent + 1e-6))
    # Where a width is typed in £ and in per cent the lower one holds.
    return np.minimum(limits[0], limits[-1]) if limits else UNLIMITED


def _caps(result: Result, rows: tuple[RiskShare, ...], put: Floats) -> Floats | None:
    """Return the caps of a step, draws × years × partners, pence; None where it has none."""
    if all(row.cap is None and row.cap_percent is None for row in rows):
        return None
    caps = np.full_like(put, UNLIMITED)
    for row in rows:
        at = [n for n, p in enumerate(result.plan.partners) if row.partner in ("", p.id)]
        if row.cap is not None:
            caps[..., at] = np.minimum(caps[..., at], float(money.to_pence(row.cap)))
        if row.cap_percent is not None:
            # Rounded down, as a width is: a cap is never passed by a halfpenny.
            of_contribution = np.floor(put[..., at] * row.cap_percent + 1e-6)
            caps[..., at] = np.minimum(caps[..., at], of_contribution)
    return caps


def _destinations(result: Result, portions: tuple[Portion, ...]) -> list[Step]:
    """Return the last steps of an underspend: where each pool says that what is left of it goes."""
    pools = {pool.id: pool for pool in result.plan.pools}
    last: list[Step] = []
    for to in dict.fromkeys(pools[portion.pool].underspend for portion in portions):
        only = np.array([pools[portion.pool].underspend == to for portion in portions])
        if to in ("lead_commissioner", "return_recurrent"):
            by_portion = [receives(result, pools[portion.pool]) for portion in portions]
            # Contributions that no draw changes have one draw; a lead commissioner stands in all.
            weights = np.stack(np.broadcast_arrays(*by_portion), axis=-2)
            last.append(Step(DESTINATION, "share", UNLIMITED, weights, only=only))
        # `share`: the rule's own steps have shared it already.
        elif to != "share":
            last.append(Step(DESTINATION, to, only=only))
    return last
