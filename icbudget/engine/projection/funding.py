"""Funding and scheme lines by year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from icbudget import money
from icbudget.engine.accounts.virements import next_bases
from icbudget.engine.projection.draw_inputs import NOTHING_DRAWN, Drawn, overlaid, rates
from icbudget.engine.rounding import Floats, by_year, half_up, to_pence
from icbudget.plan import TABLES, Plan
from icbudget.plan.contribution import Contribution
from icbudget.plan.looked_at import kept_by_fields
from icbudget.plan.minimum import Minimum
from icbudget.plan.pass_down import PassDown
from icbudget.plan.scheme import Scheme


def roll_forward(
    base: Floats,
    growth: Floats,
    explicit: Floats,
    recurrent: NDArray[np.bool_],
    unit: float,
    changed: Floats | float = 0.0,
) -> Floats:
    """Return amounts by year: draws × years × lines, whole pence.

    `amount(t) = explicit(t)` if given; else, recurrent: `half_up((amount(t−1) + changed(t−1)) × (1
    + rate(t)), unit)`; one-off: 0. One-off money never enters the next year's base. `base`: draws ×
    lines, pence; `growth`: draws × years × lines; `explicit`: draws × years × lines, pence or NaN;
    `recurrent`: lines; `unit`: pence; `changed`: years × lines, pence, what recurrent virements of
    a year change the next year's base by, while its own amount stays the original budget. Example:
    £11,651,150 at 5.66 % rounded to £1 is £12,310,605. Source: model §3, §9.
    """
    changes = np.broadcast_to(changed, growth.shape[1:])
    # Only some of the figures may be drawn; each of the others is one draw.
    shape = np.broadcast_shapes(growth.shape, explicit.shape, (base.shape[0], 1, base.shape[-1]))
    amounts, typed = by_year(*shape), ~np.isnan(explicit)
    amounts[:, 0] = np.where(np.isnan(explicit[:, 0]), base, explicit[:, 0])
    for t in range(1, growth.shape[1]):
        # Rounded every year, since next year's uplift is on the amount that was agreed and paid.
        uplifted = half_up((amounts[:, t - 1] + changes[t - 1]) * (1.0 + growth[:, t]), unit)
        # model §3.1: one-off money never enters the next year's base
        rolled = uplifted if recurrent.all() else np.where(recurrent, uplifted, 0.0)
        some = typed[:, t].any()
        amounts[:, t] = np.where(typed[:, t], explicit[:, t], rolled) if some else rolled
    return amounts


def rolls(plan: Plan, row: Contribution | Scheme | Minimum | PassDown) -> bool:
    """Return whether some projected year of the row is rolled forward, and so takes a rate."""
    if not getattr(row, "recurrent", True):
        return False
    typed = row.amounts
    return any(year not in typed for year in plan.years[1:])


def _rolled(plan: Plan, table: str, drawn: Drawn) -> Floats:
    return _rolled_forward(plan, table, drawn) if drawn else _as_stated(plan, table)


@kept_by_fields(64)
def _as_stated(plan: Plan, table: str) -> Floats:
    """Return the amounts of a table of which nothing is drawn; few scenarios change any of it."""
    return _rolled_forward(plan, table, NOTHING_DRAWN)


def _rolled_forward(plan: Plan, table: str, drawn: Drawn) -> Floats:
    if not getattr(plan, table):
        return np.zeros((1, len(plan.years), 0))
    typed = _typed(plan, table)
    base, explicit = typed.base, typed.explicit
    growth = rates(plan, typed.indices, drawn)
    if any(name == table for name, _, _ in drawn):
        keys = [TABLES[table].key_of(row) for row in getattr(plan, table)]
        base = to_pence(overlaid(base / 100.0, drawn, table, keys, "base_amount"))
        explicit = to_pence(overlaid(explicit / 100.0, drawn, table, keys, "amounts"))
    changed = next_bases(plan, table)
    return roll_forward(base, growth, explicit, typed.recurrent, typed.unit, changed)


class _Typed(NamedTuple):
    """What is typed of the rows of a table; nobody changes it."""

    base: Floats
    """1 × rows, pence."""
    explicit: Floats
    """1 × years × rows, pence; NaN where the year is not typed."""
    recurrent: NDArray[np.bool_]
    indices: tuple[str, ...]
    unit: float


@kept_by_fields(32)
def _typed(plan: Plan, table: str) -> _Typed:
    rows: Sequence[Contribution | Scheme | Minimum | PassDown] = getattr(plan, table)
    years = plan.years
    # A blank base is 0 here; where it is needed the checks have refused it before.
    base = np.array([[money.to_pence(row.base_amount or 0) for row in rows]], dtype=np.float64)
    explicit = np.full((1, len(years), len(rows)), np.nan)
    for n, row in enumerate(rows):
        for t, year in enumerate(years):
            if year in row.amounts:
                explicit[0, t, n] = money.to_pence(row.amounts[year])
    recurrent = np.array([getattr(row, "recurrent", True) for row in rows], dtype=bool)
    # A row whose years are all typed needs no rate, so a gap in its index is no fault.
    indices = tuple(row.index if rolls(plan, row) else "" for row in rows)
    unit = float(money.to_pence(plan.setup.rounding_unit))
    return _Typed(base, explicit, recurrent, indices, unit)


def contributions(plan: Plan, drawn: Drawn = NOTHING_DRAWN) -> Floats:
    """Return each contribution row by year.

    Draws × years × rows, whole pence, a deduction negative.
    """
    sign = np.array([-1.0 if row.kind == "deduction" else 1.0 for row in plan.contributions])
    rolled: Floats = _rolled(plan, "contributions", drawn) * sign
    # + 0.0: a deduction of nothing is 0, not −0.
    return rolled * _budgeted(plan, "contributions") + 0.0


def schemes(plan: Plan, drawn: Drawn = NOTHING_DRAWN) -> Floats:
    """Return each scheme row's own expenditure by year, whole pence.

    0 for a row that pays for a programme.
    """
    # What pays for a programme is spent as the programme's; here it would count twice.
    own = np.array([not row.programme for row in plan.schemes], dtype=bool)
    spent, counts = _rolled(plan, "schemes", drawn), own & _budgeted(plan, "schemes")
    return spent if counts.all() else np.where(counts, spent, 0.0)


def _budgeted(plan: Plan, table: str) -> NDArray[np.bool_]:
    """Return whether a row is budgeted in a year: years × rows.

    Not after the last day of its pool (model §3); the year of that day counts whole.
    """
    pools = {pool.id: pool for pool in plan.pools}
    rows = getattr(plan, table)
    open_pools = np.ones((len(plan.years), len(rows)), dtype=bool)
    for n, row in enumerate(rows):
        pool = pools.get(row.pool)
        if pool is not None and pool.closed_on:
            open_pools[:, n] = [not pool.ended(year) for year in plan.years]
    return open_pools


def minimums(plan: Plan, drawn: Drawn = NOTHING_DRAWN) -> Floats:
    """Return each minimum's limit by year: draws × years × rows, whole pence."""
    return _rolled(plan, "minimums", drawn)


def pass_downs(plan: Plan, drawn: Drawn = NOTHING_DRAWN) -> Floats:
    """Return each row that goes on to a district by year: draws × years × rows, whole pence."""
    return _rolled(plan, "pass_downs", drawn)
