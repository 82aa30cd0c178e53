"""The best choice of programmes for a budget. SciPy is loaded only where it is used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def best_selection(costs: Sequence[float], values: Sequence[float], budget: float) -> tuple[bool, ...]:
    """Return which options to buy, whole or not at all, so that their value is greatest within the budget.

    `max Σ v_i x_i` subject to `Σ c_i x_i ≤ budget`, `x_i ∈ {0, 1}`, solved as a mixed-integer programme (HiGHS) to a proven
    gap of nothing; the same figures always give the same choice. Costs and budget in one unit, such as pence, and zero or
    more. Example: costs 60, 50, 40 and values 90, 70, 50 with 100 to spend buy the first and the third, worth 140.
    Raises `ValueError` when a cost or the budget is negative, or there are not as many values as costs.
    """
    return tuple(bool(round(x)) for x in _solved(costs, values, budget, whole=True))


def relaxed_value(costs: Sequence[float], values: Sequence[float], budget: float) -> float:
    """Return the value within reach if options could be bought in part: no selection is worth more.

    As `best_selection`, with `0 ≤ x_i ≤ 1`. Example as there: the first whole and four fifths of the second, worth 146.
    """
    return float(sum(v * x for v, x in zip(values, _solved(costs, values, budget, whole=False), strict=True)))


def _solved(costs: Sequence[float], values: Sequence[float], budget: float, *, whole: bool) -> Any:
    from scipy.optimize import Bounds, LinearConstraint, milp

    if len(costs) != len(values):
        raise ValueError("each option needs one cost and one value")
    if budget < 0 or any(cost < 0 for cost in costs):
        raise ValueError("costs and the budget must be zero or more")
    if not costs:
        return ()
    solution = milp(
        [-float(v) for v in values],
        integrality=[int(whole)] * len(costs),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint([[float(c) for c in costs]], ub=float(budget)),
        options={"mip_rel_gap": 0.0},
    )
    return solution.x
