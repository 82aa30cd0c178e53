"""Pay for performance: what a reduction in admissions earns, by both published formulas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np

from icbudget import money
from icbudget.engine.rounding import Floats
from icbudget.plan import Plan
from icbudget.plan.performance_pot import PerformancePot

QUARTERLY, CUMULATIVE = "quarterly", "cumulative"


class Payment(NamedTuple):
    """One payment point: its row, its pot and what was earned, pence."""

    row: PerformancePot
    pot: int
    earned: int

    @property
    def shortfall(self) -> int:
        """Return the pot less what was earned, pence."""
        return self.pot - self.earned


def released(pot: int, planned: float, achieved: float) -> int:
    """Return what a quarter releases: `pot × min(1, max(0, achieved ÷ planned))`, pence half-up.

    Nothing without a target. "If the targeted reduction is met, 100 % of the quarterly sum is
    released. If, say, 30 % is achieved, 30 % is released." Source: PB §4.3, HFMA September 2014.
    """
    part = min(1.0, max(0.0, achieved / planned)) if planned > 0 else 0.0
    return money.to_pence(pot / 100 * part)


def earned(planned: Sequence[float], achieved: Sequence[float], unit_price: float) -> list[int]:
    """Return what each quarter earns, pence.

    `max(0, max(0, min(Σ achieved, Σ planned)) × price − Σ earned before)`. What was paid is not
    taken back when admissions rise again. Source: PB §4.3, technical guidance for 2015-16.
    """
    paid: list[int] = []
    for quarter in range(1, len(planned) + 1):
        # To date and not by quarter, so that a late quarter can make good an early one, up to what
        # was planned.
        reduction = max(0.0, min(sum(achieved[:quarter]), sum(planned[:quarter])))
        paid.append(max(0, money.to_pence(reduction * unit_price) - sum(paid)))
    return paid


def payments(plan: Plan) -> tuple[Payment, ...]:
    """Return every payment point, by pot, year and quarter.

    A reduction that is not known yet is taken as planned.
    """
    all_points: list[Payment] = []
    # By quarter: a cumulative pot pays what the quarters so far earned, less what they were paid.
    rows = sorted(plan.performance_pots, key=lambda row: (row.id, row.year, row.quarter))
    for _, group in groupby(rows, key=lambda row: (row.id, row.year)):
        points = list(group)
        pots = [money.to_pence(row.pot) for row in points]
        # Not known is not zero: until it is known the plan stands, as for every other line.
        achieved = [row.planned if row.achieved is None else row.achieved for row in points]
        planned = [row.planned for row in points]
        if points[0].formula == CUMULATIVE:
            sums = earned(planned, achieved, points[0].unit_price or 0.0)
        else:
            sums = list(map(released, pots, planned, achieved))
        for row, pot, sum_earned in zip(points, pots, sums, strict=True):
            all_points.append(Payment(row, pot, sum_earned))
    return tuple(all_points)


def shortfalls(plan: Plan) -> Floats:
    """Return the performance money of each pool that is not earned, years × pools, pence."""
    return _by_pool(plan, lambda payment: payment.shortfall)


def budgeted_pots(plan: Plan) -> Floats:
    """Return the money of each pool that depends on performance, years × pools, pence.

    It is budgeted as if all of it were earned (model §8).
    """
    return _by_pool(plan, lambda payment: payment.pot)


def _by_pool(plan: Plan, amount: Callable[[Payment], int]) -> Floats:
    """Return an amount of every payment point added up by its year and pool, pence."""
    sums = np.zeros((len(plan.years), len(plan.pools)))
    at = {pool.id: n for n, pool in enumerate(plan.pools)}
    for payment in payments(plan):
        if payment.row.year in plan.years:
            sums[plan.years.index(payment.row.year), at[payment.row.pool]] += amount(payment)
    return sums
