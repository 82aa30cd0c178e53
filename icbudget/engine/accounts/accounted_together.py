"""Results that differ in figures alone, looked at as draws of one: positions, bridges, gain shares.

What partners bear, gain and pay is arithmetic on draws, so that all scenarios of a plan have it in
the time that one takes. What does not go together is worked out by itself, as ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np

from icbudget.engine.accounts.better_or_worse_off import (
    SettledAmounts,
    positions_by_draw,
    positions_of,
    settled_amounts,
    spent_beyond,
)
from icbudget.engine.accounts.bridge import bridges, bridges_by_draw, levels
from icbudget.engine.accounts.gain_rule import agreements_of
from icbudget.engine.accounts.gain_share_settlement import settlements, settlements_by_draw
from icbudget.engine.accounts.gains_by_partner import parts_of_savings
from icbudget.engine.accounts.pay_for_performance import shortfalls
from icbudget.engine.accounts.settled_together import (
    kinds_of,
    same_but_amounts,
    same_rows,
    settle_together,
    stacked,
)
from icbudget.engine.cached_view import is_kept, keep_view
from icbudget.engine.projection.do_nothing import DoNothing
from icbudget.engine.projection.projection import Projection
from icbudget.engine.projection.reallocate import Moves
from icbudget.engine.projection.release import Release
from icbudget.engine.projection.wiring import RELEASING
from icbudget.engine.run import Result
from icbudget.plan.columns import Noun

TERMS = ("partners", "successions", "gain_shares", "envelopes")
"""Tables that positions and bridges look at whole."""
FIELDS = {
    "pools": ("id", "host"),
    "programmes": ("id", "partner", "pool", "source"),
    "acute_lines": ("id", "commissioner", "provider"),
}
"""Tables of which they look at some fields; the figures come from the projection."""
ROWS = ("contributions", "schemes")
"""Tables of which they look at all but the amounts, which the projection has."""
_Part = TypeVar("_Part", bound="DoNothing | Release | Moves")


def account_together(results: Sequence[Result]) -> None:
    """Settle results, and work out their positions, bridges and gain shares, at once.

    `settlement`, `positions_of`, `bridges` and `settlements` of each then have it: each comes out
    as it would by itself, to the penny.
    """
    settle_together(results)
    for kind in kinds_of([result for result in results if not is_kept(bridges, result)], _alike):
        if len(kind) > 1:
            _account(kind)


def _alike(result: Result, other: Result) -> bool:
    """Return whether two results differ in nothing that is not worked out draw by draw."""
    one, two = result.plan, other.plan
    return (
        one.years == two.years
        and all(same_rows(getattr(one, table), getattr(two, table)) for table in TERMS)
        and all(
            _same_fields(getattr(one, table), getattr(two, table), names)
            for table, names in FIELDS.items()
        )
        and all(same_but_amounts(getattr(one, table), getattr(two, table)) for table in ROWS)
        and _same_rules(result, other)
        and np.array_equal(shortfalls(one), shortfalls(two))
    )


def _same_fields(rows: Sequence[Noun], others: Sequence[Noun], names: Sequence[str]) -> bool:
    if rows is others:
        return True
    pairs = zip(rows, others, strict=False)
    return len(rows) == len(others) and all(
        one is two or all(getattr(one, name) == getattr(two, name) for name in names)
        for one, two in pairs
    )


def _same_rules(result: Result, other: Result) -> bool:
    """Return whether money sits in the same places, and moves there by the same shifts."""
    one, two = result.rules, other.rules
    shifts, others = (
        [
            # what is released is moved alike, in whatever order it buys
            (d.id, d.rule in RELEASING or d.rule, d.account, d.source, d.lines.tobytes())
            for d in rules.drawings
        ]
        for rules in (one, two)
    )
    # What was confirmed is each plan's own, and not worked out draw by draw.
    confirmed = agreements_of(result.plan) and (result.benefits or other.benefits)
    return (
        one.accounts == two.accounts
        and (not shifts or one.basis == two.basis)
        and shifts == others
        and not confirmed
    )


def _account(results: Sequence[Result]) -> None:
    """Work out results as draws of the first, and keep with each what is its own."""
    as_draws = replace(results[0], projection=_stacked(results))
    keep_view(spent_beyond, as_draws, stacked([spent_beyond(result) for result in results]))
    keep_view(levels, as_draws, _levels(results))
    if agreements_of(as_draws.plan):
        parts = stacked([parts_of_savings(result) for result in results])
        keep_view(parts_of_savings, as_draws, parts)
    settled = [settled_amounts(result) for result in results]
    amounts = {
        field.name: stacked([getattr(one, field.name) for one in settled])
        for field in fields(SettledAmounts)
    }
    keep_view(settled_amounts, as_draws, SettledAmounts(**amounts))
    every = (settlements_by_draw(as_draws), positions_by_draw(as_draws), bridges_by_draw(as_draws))
    for result, *of_draw in zip(results, *every, strict=True):
        keep_view(settlements, result, of_draw[0])
        keep_view(positions_of, result, of_draw[1])
        keep_view(bridges, result, of_draw[2])


def _levels(results: Sequence[Result]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    every = [levels(result) for result in results]
    paid, costs = zip(*every, strict=True)
    return (
        [stacked(of_level) for of_level in zip(*paid, strict=True)],
        [stacked(of_level) for of_level in zip(*costs, strict=True)],
    )


def _stacked(results: Sequence[Result]) -> Projection:
    """Return the projections as draws of one, in all that positions and bridges look at."""
    every = [result.projection for result in results]
    first = every[0]

    def fields_of(part: _Part, name: str) -> _Part:
        of_all = [getattr(run, name) for run in every]
        arrays: dict[str, Any] = {
            f.name: stacked([getattr(one, f.name) for one in of_all]) for f in fields(part)
        }
        return replace(part, **arrays)

    figures = replace(
        first.figures,
        **{name: stacked([getattr(run.figures, name) for run in every]) for name in ROWS},
    )
    pay_nothing = stacked([run.pay_nothing for run in every])
    # a budget that meets do nothing is rounded as do nothing is
    meets = all(run.acute_budget is run.pay_nothing for run in every)
    return replace(
        first,
        figures=figures,
        nothing=fields_of(first.nothing, "nothing"),
        pay_nothing=pay_nothing,
        acute_budget=pay_nothing if meets else stacked([run.acute_budget for run in every]),
        avoided=stacked([run.avoided for run in every]),
        pay_plan=stacked([run.pay_plan for run in every]),
        moves=fields_of(first.moves, "moves"),
        release=fields_of(first.release, "release"),
        of_nothing={},
    )
