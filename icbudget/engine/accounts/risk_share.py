"""The plan's risk shares at work.

Each pool's variance taken through the steps of its rule, for every draw and year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from icbudget import money
from icbudget.engine.accounts.risk_basis import receives, weights_of
from icbudget.engine.accounts.risk_rule import pools_of, rule_of, steps_of
from icbudget.engine.accounts.variance import Item, by_line, line_items, put_in, variances
from icbudget.engine.accounts.waterfall import UNLIMITED, Settled, Step, Taken, waterfall
from icbudget.engine.cached_view import cached_view
from icbudget.engine.rounding import Floats, split
from icbudget.engine.run import Result
from icbudget.plan import Plan
from icbudget.plan.pool import Pool
from icbudget.plan.risk_share import BY_LINE, RiskShare

DESTINATION = 0
"""Number of the last step for an underspend: where the pool says that it goes."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a pool's variance.

    The step that took it, who bears it (blank: nobody), draws × years in pence. `step` is 0 for the
    pool's underspend destination; `by_rule`: the partner's part by the basis before any cap, draws
    × years; none where scheme lines differ.
    """

    step: int
    kind: str
    partner: str
    amounts: Floats
    by_rule: Floats | None = None


@dataclass(frozen=True, slots=True)
class PoolShare:
    """A pool's variance settled.

    `whole = not eligible + Σ parts + unresolved`, draws × years, pence, overspend positive.
    """

    pool: Pool
    rule: str
    whole: Floats
    not_eligible: Floats
    parts: tuple[Part, ...]
    unresolved: Floats


@cached_view
def pool_shares(result: Result) -> tuple[PoolShare, ...]:
    """Return who would bear each pool's variance if it were settled at each year's end.

    Balances brought forward are included.

    Pools under one rule are settled together: contingency, bands and caps are for all of them, and
    each pool's own basis says who bears its part. A rule by commissioner, lead partner or share
    profile looks at each scheme line, others at a pool as a whole. A rule that cannot be used
    shares nothing: all that is eligible stays unresolved. Of a pool without a rule, an underspend
    goes where the pool says, if it does. Source: model §8.
    """
    rules = {pool.id: rule_of(result.plan, pool) for pool in result.plan.pools}
    settled = {rule: _settle(result, rule) for rule in dict.fromkeys(rules.values()) if rule}
    return tuple(
        _of_pool(result, pool, rule, settled.get(rule) or _without_rule(result, pool))
        for pool, rule in zip(result.plan.pools, rules.values(), strict=True)
    )


def exposure(result: Result) -> Floats:
    """Return what each partner would bear of all pools.

    Draws × years × partners, pence, overspend positive.
    """
    order = {p.id: n for n, p in enumerate(result.plan.partners)}
    total = np.zeros((*result.projection.moves.close.shape[:2], len(order)))
    for pool in pool_shares(result):
        for part in pool.parts:
            if part.partner:
                total[:, :, order[part.partner]] += part.amounts
    return total


def shared_alone(result: Result, pool: Pool, pence: Sequence[int]) -> list[dict[str, int]]:
    """Return who would bear a variance of one pool alone in each year.

    Pence by partner, blank for nobody. Under a rule that looks at scheme lines, the lines vary in
    proportion to what they spend.
    """
    rule = rule_of(result.plan, pool)
    items = _items(result, rule)
    mine = np.array([item.pool == pool.id for item in items])
    spent = np.stack(
        [_spent(result, item) if item.pool == pool.id else np.zeros(len(pence)) for item in items],
        axis=-1,
    )
    weights = np.where(spent.any(axis=-1, keepdims=True), spent, mine).astype(np.int64)
    whole = np.broadcast_to(
        split(np.array(pence, dtype=np.float64), weights),
        (*result.projection.moves.close.shape[:2], len(items)),
    )
    settled = _of_pool(result, pool, rule, (items, _run(result, rule, items, whole)))
    return [_borne(result, settled, t) for t in range(len(pence))]


def _spent(result: Result, item: Item) -> Floats:
    """Return what a scheme line spends by year, whole pence; nothing for a pool as a whole."""
    schemes = result.projection.figures.schemes[0]
    return np.zeros(len(schemes)) if item.scheme is None else np.round(schemes[:, item.scheme])


def _borne(result: Result, settled: PoolShare, t: int) -> dict[str, int]:
    borne = {p.id: 0 for p in result.plan.partners} | {"": round(float(settled.unresolved[0, t]))}
    for part in settled.parts:
        borne[part.partner] += round(float(part.amounts[0, t]))
    return {partner: amount for partner, amount in borne.items() if amount}


def _items(result: Result, rule: str) -> tuple[Item, ...]:
    """Return what a rule looks at: the scheme lines of its pools, or its pools as a whole."""
    pools = pools_of(result.plan, rule)
    if _by_line(result.plan, rule):
        return tuple(item for pool in pools for item in line_items(result.plan, pool))
    return tuple(Item(pool.id) for pool in pools)


def _by_line(plan: Plan, rule: str) -> bool:
    return any(rows[0].basis in BY_LINE for rows in steps_of(plan, rule).values())


def _without_rule(result: Result, pool: Pool) -> tuple[tuple[Item, ...], Settled] | None:
    if pool.pooling_status != "pooled" or pool.underspend == "share":
        return None
    items = (Item(pool.id),)
    return items, waterfall(
        variances(result)[pool.id].eligible[..., np.newaxis], [], _destinations(result, items)
    )


def _settle(result: Result, rule: str) -> tuple[tuple[Item, ...], Settled]:
    pools, items = pools_of(result.plan, rule), _items(result, rule)
    if _by_line(result.plan, rule):
        variance = np.concatenate([by_line(result, pool) for pool in pools], axis=-1)
    else:
        variance = np.stack([variances(result)[pool.id].eligible for pool in pools], axis=-1)
    return items, _run(result, rule, items, variance)


def _run(result: Result, rule: str, items: tuple[Item, ...], variance: Floats) -> Settled:
    return waterfall(variance, *_steps(result, rule, items))


@cached_view
def _steps(result: Result, rule: str, items: tuple[Item, ...]) -> tuple[list[Step], list[Step]]:
    """Return the steps that an overspend and an underspend go through under a rule."""
    rows = steps_of(result.plan, rule)
    steps = [_step(result, number, step, items) for number, step in rows.items()]
    sides = {number: step[0].applies_to for number, step in rows.items()}
    over = [step for step in steps if sides[step.number] != "underspend"]
    under = [step for step in steps if sides[step.number] != "overspend" and step.kind == "share"]
    return over, [*under, *_destinations(result, items)] if steps else []


def _step(
    result: Result, number: int, rows: tuple[RiskShare, ...], items: tuple[Item, ...]
) -> Step:
    """Return a step with its figures for every draw and year."""
    first, years = rows[0], result.years
    if first.kind != "share":
        held = [
            float(money.to_pence(first.amounts.get(year, first.amount or Decimal(0))))
            for year in years
        ]
        return Step(number, first.kind, np.array(held) if first.kind != "offset" else UNLIMITED)
    given = {pool: put_in(result, pool) for pool in dict.fromkeys(item.pool for item in items)}
    total = sum(given.values(), np.zeros(1))
    weights = weights_of(result, rows, items, given)
    return Step(
        number, "share", _width(first, total.sum(axis=-1)), weights, _caps(result, rows, total)
    )


def _width(row: RiskShare, income: Floats) -> Floats | float:
    """Return the most a step takes, pence; like a cap, a percentage goes down to the penny.

    At most is never a halfpenny more.
    """
    limits: list[Floats | float] = []
    if row.width is not None:
        limits.append(float(money.to_pence(row.width)))
    if row.width_percent is not None:
        limits.append(np.floor(income * row.width_percent + 1e-6))
    return np.minimum(limits[0], limits[-1]) if limits else UNLIMITED


def _caps(result: Result, rows: tuple[RiskShare, ...], given: Floats) -> Floats | None:
    """Return the caps of a step, draws × years × partners, pence; None where it has none."""
    if all(row.cap is None and row.cap_percent is None for row in rows):
        return None
    caps = np.full_like(given, UNLIMITED)
    for row in rows:
        at = [n for n, p in enumerate(result.plan.partners) if row.partner in ("", p.id)]
        if row.cap is not None:
            caps[..., at] = np.minimum(caps[..., at], float(money.to_pence(row.cap)))
        if row.cap_percent is not None:
            caps[..., at] = np.minimum(
                caps[..., at], np.floor(given[..., at] * row.cap_percent + 1e-6)
            )
    return caps


def _destinations(result: Result, items: tuple[Item, ...]) -> list[Step]:
    """Return the last steps of an underspend: where each pool says that what is left of it goes."""
    rows, steps = {pool.id: pool for pool in result.plan.pools}, []
    for to in dict.fromkeys(rows[item.pool].underspend for item in items):
        only = np.array([rows[item.pool].underspend == to for item in items])
        if to in ("lead_commissioner", "return_recurrent"):
            weights = np.stack([receives(result, rows[item.pool]) for item in items], axis=-2)
            steps.append(Step(DESTINATION, "share", UNLIMITED, weights, only=only))
        elif to != "share":
            steps.append(Step(DESTINATION, to, only=only))
    return steps


def _of_pool(
    result: Result, pool: Pool, rule: str, settled: tuple[tuple[Item, ...], Settled] | None
) -> PoolShare:
    variance = variances(result)[pool.id]
    if settled is None:
        return PoolShare(pool, rule, variance.whole, variance.not_eligible, (), variance.eligible)
    items, told = settled
    at = [n for n, item in enumerate(items) if item.pool == pool.id]
    parts: list[Part] = []
    for taken in told.taken:
        if taken.step.only is not None and not taken.step.only[at].any():
            continue
        parts += _parts(result, taken, at)
    merged = _merged(parts)
    unresolved = told.unresolved[..., at].sum(axis=-1) + 0.0
    return PoolShare(pool, rule, variance.whole, variance.not_eligible, merged, unresolved)


def _parts(result: Result, taken: Taken, at: list[int]) -> list[Part]:
    step = taken.step
    if taken.shares is None or step.weights is None:
        return [Part(step.number, step.kind, "", taken.amounts[..., at].sum(axis=-1) + 0.0)]
    borne = taken.shares[..., at, :].sum(axis=-2) + 0.0
    weights = np.broadcast_to(step.weights, taken.shares.shape)[..., at, :]
    by_rule = None
    if np.array_equal(weights, np.broadcast_to(weights[..., :1, :], weights.shape)):
        first = weights[..., 0, :]
        whole = first.sum(axis=-1, keepdims=True)
        by_rule = np.divide(first, whole, out=np.zeros_like(borne), where=whole > 0)
    return [
        Part(
            step.number,
            step.kind,
            p.id,
            borne[..., n],
            None if by_rule is None else by_rule[..., n],
        )
        for n, p in enumerate(result.plan.partners)
        if weights[..., n].any()
    ]


def _merged(parts: list[Part]) -> tuple[Part, ...]:
    """Return parts with those of one step and partner, for overspend and underspend, as one."""
    found: dict[tuple[int, str, str], Part] = {}
    for part in parts:
        key = (part.step, part.kind, part.partner)
        before = found.get(key)
        amounts = part.amounts if before is None else before.amounts + part.amounts
        found[key] = Part(*key, amounts, part.by_rule)
    return tuple(found.values())


def computed_shares(amounts: Floats, result: Result, pool: str) -> Floats:
    """Return amounts (draws × years) as contributions to the pool would share them.

    Draws × years × partners, pence.
    """
    return split(amounts, put_in(result, pool).astype(np.int64))
