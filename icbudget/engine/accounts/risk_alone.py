"""Who would bear a variance that somebody asks about, of one pool alone, by its rule as written."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from icbudget.engine.accounts.risk_rule import rule_of
from icbudget.engine.accounts.risk_steps import (
    amount_of,
    of_year,
    portions_looked_at,
    rows_of_steps,
    steps,
)
from icbudget.engine.accounts.variance import Portion
from icbudget.engine.accounts.waterfall import Settled, Step, waterfall
from icbudget.engine.rounding import split
from icbudget.engine.run import Result
from icbudget.plan.pool import Pool
from icbudget.plan.risk_share import RiskShare


def shared_alone(result: Result, pool: Pool, pence: Sequence[int]) -> list[dict[str, int]]:
    """Return who would bear a variance of one pool alone in each year, by its rule as written.

    Pence by partner, blank for nobody. Under a rule that looks at scheme lines, the lines vary in
    proportion to what they spend. A contingency or uncommitted step gives up to the amount that is
    typed for it; one without an amount gives nothing here.
    """
    rule = rule_of(pool)
    portions = portions_looked_at(result, rule, (pool,))
    rows = rows_of_steps(result, rule)
    both_sides = steps(result, rule, portions)
    years: list[dict[str, int]] = []
    for t, variance in enumerate(pence):
        if not variance:
            years.append({})
            continue
        weights = [max(_spent(result, portion, t), 0) for portion in portions]
        if not any(weights):
            # Where no line spends anything, each varies alike.
            weights = [1] * len(portions)
        by_portion = split(np.array([float(variance)]), np.array([weights]))
        over, under = ([of_year(step, t) for step in side] for side in both_sides)
        over = [_with_typed_amount(result, step, rows, t) for step in over]
        settled = waterfall(by_portion, list(map(_one_draw, over)), list(map(_one_draw, under)))
        years.append(_by_partner(result, settled))
    return years


def _with_typed_amount(
    result: Result, step: Step, rows: dict[int, tuple[RiskShare, ...]], t: int
) -> Step:
    """Return a step with what is typed for it as what it holds.

    What a reserve holds hangs on the years before, which are not asked about.
    """
    if step.kind not in ("contingency", "uncommitted"):
        return step
    return step._replace(limit=amount_of(result, rows[step.number][0], t) or 0.0)


def _one_draw(step: Step) -> Step:
    """Return a step of the first draw alone: a plan is one draw, and so is what is asked here."""
    first = slice(0, 1)
    limit, weights, caps = step.limit, step.weights, step.caps
    if isinstance(limit, np.ndarray) and limit.ndim:
        limit = limit[first]
    if weights is not None and weights.ndim == 3:
        weights = weights[first]
    if caps is not None:
        caps = caps[first]
    return step._replace(limit=limit, weights=weights, caps=caps)


def _spent(result: Result, portion: Portion, t: int) -> int:
    """Return what a scheme line spends in year t, whole pence; nothing for a pool as a whole."""
    if portion.scheme is None:
        return 0
    return round(float(result.projection.figures.schemes[0, t, portion.scheme]))


def _by_partner(result: Result, settled: Settled) -> dict[str, int]:
    borne = {p.id: 0 for p in result.plan.partners} | {"": round(float(settled.unresolved.sum()))}
    for taken in settled.taken:
        if taken.shares is None:
            borne[""] += round(float(taken.amounts.sum()))
            continue
        for n, partner in enumerate(result.plan.partners):
            borne[partner.id] += round(float(taken.shares[..., n].sum()))
    return {partner: amount for partner, amount in borne.items() if amount}
