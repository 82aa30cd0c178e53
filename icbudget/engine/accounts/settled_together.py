"""Results that differ in amounts alone, settled as draws of one.

Scenarios mostly change amounts, effects or contracts, and leave pools and risk shares as they are.
The steps of a settlement work on draws, so that the years of all such results are settled in the
time that one takes. What does not go together is settled by itself, as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace

import numpy as np

from icbudget.engine.accounts.outturn import changes, money_spent
from icbudget.engine.accounts.pool_ledger import PoolShare
from icbudget.engine.accounts.risk_rule import rule_of
from icbudget.engine.accounts.risk_share_settlement import Settlement, settlement
from icbudget.engine.accounts.risk_steps import by_lines
from icbudget.engine.accounts.variance import put_in
from icbudget.engine.cached_view import cached_view, is_kept, keep_view
from icbudget.engine.projection.reallocate import Moves
from icbudget.engine.rounding import Floats
from icbudget.engine.run import Result
from icbudget.plan.columns import Noun

TERMS = ("partners", "pools", "risk_shares", "virements", "successions")
"""Tables that a settlement looks at whole."""
ROWS = ("contributions", "schemes")
"""Tables that it looks at but for their amounts, which it takes from the projection."""
AMOUNTS = ("base_amount", "amounts", "index")


def settle_together(results: Sequence[Result]) -> None:
    """Settle results at once, those of each kind as one; `settlement` of each then has it.

    Each comes out as it would by itself, to the penny.
    """
    new = [result for result in results if not is_kept(settlement, result) and _can(result)]
    for kind in kinds_of(new, _alike):
        if len(kind) > 1:
            _settle(kind)


def kinds_of(
    results: Sequence[Result], alike: Callable[[Result, Result], bool]
) -> list[list[Result]]:
    """Return results by kind: those of one kind are alike."""
    kinds: list[list[Result]] = []
    for result in results:
        kind = next((kind for kind in kinds if alike(result, kind[0])), None)
        if kind is None:
            kinds.append([result])
        else:
            kind.append(result)
    return kinds


def _can(result: Result) -> bool:
    """Return whether a result is one draw of which no rule looks at single scheme lines."""
    rules = {rule_of(pool) for pool in result.plan.pools}
    one_draw = result.projection.moves.close.shape[0] == 1
    return one_draw and not any(by_lines(result, rule) for rule in rules if rule)


def _alike(result: Result, other: Result) -> bool:
    """Return whether two results differ in nothing that is not worked out draw by draw."""
    one, two = result.plan, other.plan
    return (
        one.years == two.years
        and all(same_rows(getattr(one, table), getattr(two, table)) for table in TERMS)
        and all(same_but_amounts(getattr(one, table), getattr(two, table)) for table in ROWS)
        and [row.id for row in one.programmes] == [row.id for row in two.programmes]
        and result.rules.accounts == other.rules.accounts
        and np.array_equal(result.rules.scheme_account, other.rules.scheme_account)
        and np.array_equal(changes(result).reported, changes(other).reported)
        and _same_payers(result, other)
    )


def same_rows(rows: Sequence[Noun], others: Sequence[Noun]) -> bool:
    """Return whether two tables have the same rows."""
    return rows is others or rows == others


def same_but_amounts(rows: Sequence[Noun], others: Sequence[Noun]) -> bool:
    """Return whether two tables have the same rows, whatever their amounts."""
    if rows is others:
        return True
    pairs = zip(rows, others, strict=False)
    return len(rows) == len(others) and all(
        one is two or _terms(one) == _terms(two) for one, two in pairs
    )


def _terms(row: Noun) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in type(row).model_fields if name not in AMOUNTS)


def _same_payers(result: Result, other: Result) -> bool:
    """Return whether the same partners put money into each pool; rows and virements are alike."""
    figures, others = result.projection.figures, other.projection.figures
    if np.array_equal(figures.contributions, others.contributions):
        return True
    return _payers(result) == _payers(other)


@cached_view
def _payers(result: Result) -> bytes:
    """Return who puts money into which pool in which year: only who does has a part."""
    pools = [pool.id for pool in result.plan.pools if pool.is_pooled]
    kinds = (put_in(result, pool, recurrent=only) > 0 for pool in pools for only in (False, True))
    return b"".join(kind.tobytes() for kind in kinds)


def _settle(results: Sequence[Result]) -> None:
    """Settle results as draws of the first, and keep with each what is its own."""
    first = results[0]
    moves, figures = first.projection.moves, first.projection.figures
    of_all = [result.projection for result in results]
    together = replace(
        first.projection,
        moves=replace(
            moves,
            **{f.name: stacked([getattr(p.moves, f.name) for p in of_all]) for f in fields(Moves)},
        ),
        figures=replace(
            figures,
            **{name: stacked([getattr(p.figures, name) for p in of_all]) for name in ROWS},
        ),
    )
    as_draws = replace(first, projection=together)
    keep_view(changes, as_draws, changes(first))
    spent = [money_spent(result) for result in results]
    keep_view(money_spent, as_draws, tuple(map(stacked, zip(*spent, strict=True))))
    settled = settlement(as_draws)
    for draw, result in enumerate(results):
        keep_view(settlement, result, _of_draw(settled, draw))


def stacked(parts: Sequence[Floats]) -> Floats:
    """Return arrays of one draw each as so many draws, in the unit that they have (£ or pence)."""
    first = parts[0]
    if all(part is first for part in parts):
        return np.broadcast_to(first, (len(parts), *first.shape[1:]))
    return np.concatenate(parts)


def _of_draw(settled: Settlement, draw: int) -> Settlement:
    """Return one draw of a settlement, as a settlement of one draw."""
    names = [field.name for field in fields(Settlement) if field.name != "shares"]
    # Copied, so that what is kept of one result does not hold the others in memory.
    arrays = {name: getattr(settled, name)[draw : draw + 1].copy() for name in names}
    return Settlement(**arrays, shares=tuple(_share(share, draw) for share in settled.shares))


def _share(share: PoolShare, draw: int) -> PoolShare:
    def one(values: Floats) -> Floats:
        return values[draw : draw + 1].copy()

    parts = (
        replace(
            part,
            amounts=one(part.amounts),
            by_rule=None if part.by_rule is None else one(part.by_rule),
            assumed=None if part.assumed is None else one(part.assumed),
        )
        for part in share.parts
    )
    return replace(
        share,
        variance=one(share.variance),
        not_eligible=one(share.not_eligible),
        unresolved=one(share.unresolved),
        parts=tuple(parts),
    )
