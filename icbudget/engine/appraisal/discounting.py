"""Appraisal: discount factors, net present social value, benefit-cost ratio, payback."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from icbudget import reference
from icbudget.engine.projection.draw_inputs import NOTHING_DRAWN, Drawn, rates
from icbudget.engine.rounding import Floats
from icbudget.plan import Plan

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def discount_factors(
    steps: int, kind: str = "standard", discount_set: str = "green_book_2026"
) -> Floats:
    """Return `D(0) … D(steps)`.

    `D(t) = Π_{s=1..t} 1 / (1 + r(s))`, year 0 undiscounted. Shape: years.

    The rate r(s) is that of the band s falls in: Green Book 2026, `standard` 3.5 % to year 30 then
    3.0 % …, `health` 1.5 %.
    """
    bands = reference.discount_bands(discount_set, kind)
    # Green Book 2026: the rate falls with distance, so each year takes the rate of its own band.
    rate_of_year = [_rate(bands, step) for step in range(1, steps + 1)]
    factors = 1.0 / np.cumprod(1.0 + np.array(rate_of_year, dtype=np.float64))
    return np.concatenate([[1.0], factors])


def _rate(bands: Sequence[tuple[int, int | None, float]], step: int) -> float:
    """Return the discount rate of the band that a year falls in, a fraction."""
    for first, last, rate in bands:
        if first <= step and (last is None or step <= last):
            return rate
    raise ValueError(f"no discount rate for year {step}")


def discount_factor(
    steps: int, kind: str = "standard", discount_set: str = "green_book_2026"
) -> float:
    """Return `D(steps)`, the present value of £1 in that many years; see `discount_factors`."""
    return float(discount_factors(steps, kind, discount_set)[steps])


def price_level(plan: Plan, drawn: Drawn = NOTHING_DRAWN) -> Floats:
    """Return the price level, draws × years, 1 in the price base.

    `Π (1 + deflator)`; 1 throughout without a deflator.
    """
    level = np.cumprod(1.0 + rates(plan, (plan.setup.deflator,), drawn), axis=1)[:, :, 0]
    base = plan.setup.price_base or plan.setup.base_year
    # A price base outside the plan's years has no index of its own here: the base year stands for
    # it.
    at = plan.years.index(base) if base in plan.years else 0
    # The index may begin before the price base, which is where £1 is £1.
    return np.asarray(level / level[:, at : at + 1])


def present_value(nominal: Floats, deflator: Floats, discount: Floats) -> Floats:
    """Return the present value of a nominal cash flow: `Σ_t nominal(t) / I(t) · D(t)`.

    `nominal`: draws × years, £; `deflator` I: draws × years, price level with 1 in the price base;
    `discount`: years. Shape of the result: draws.
    """
    # model §10.1: the discount rate is a real one, so money is deflated before it is discounted.
    return np.asarray((nominal / deflator * discount).sum(axis=-1))


class Appraisal(NamedTuple):
    """One view of a plan's worth.

    Arrays over draws, £ of the price base. Ratios are NaN where there is no cost.
    """

    benefits: Floats
    costs: Floats
    npsv: Floats
    bcr: Floats
    roi: Floats
    payback: Floats
    """First year (0 is the base year) in which cumulative benefit covers cumulative cost.

    NaN: not within the plan.
    """


def appraise(benefit: Floats, cost: Floats, deflator: Floats, discount: Floats) -> Appraisal:
    """Return the appraisal of nominal benefits and costs, draws × years, £.

    `NPSV = PV(B) − PV(C)`, `BCR = PV(B) / PV(C)`, `ROI = (PV(B) − PV(C)) / PV(C)`; payback is on
    cumulative nominal cash. Source: model §10, Green Book 2026.
    """
    pv_benefit = present_value(benefit, deflator, discount)
    pv_cost = present_value(cost, deflator, discount)
    # Without a cost there is no ratio: a division would call any benefit endless value.
    spent = pv_cost > 0
    ratio = np.divide(pv_benefit, pv_cost, out=np.full(pv_benefit.shape, np.nan), where=spent)
    return Appraisal(
        pv_benefit, pv_cost, pv_benefit - pv_cost, ratio, ratio - 1.0, payback(benefit, cost)
    )


def payback(benefit: Floats, cost: Floats) -> Floats:
    """Return the first year in which cumulative nominal benefit covers cumulative nominal cost.

    Year 0 is the base year.

    Draws × years in, draws out. NaN where that is not within the plan, and where nothing is ever
    spent.
    """
    spent, gained = np.cumsum(cost, axis=-1), np.cumsum(benefit, axis=-1)
    # Rounded, so that binary noise does not delay a payback that is exact.
    covered = (spent > 0) & (np.round(gained - spent, 6) >= 0)
    first = np.argmax(covered, axis=-1).astype(np.float64)
    return np.where(covered.any(axis=-1), first, np.nan)


def switching_value(gross_benefit: ArrayLike, cost: ArrayLike) -> Floats:
    """Return the share of the benefit at which the option just breaks even: `PV(C) / PV(B)`.

    A fraction, in the shape of the two broadcast (draws); below 1 where the option is worth its
    cost, infinite where it has no benefit. Example: £169 of cost against £884 of gross savings
    breaks even at 19 % (British Red Cross, Support at Home).
    """
    return np.asarray(
        np.divide(np.asarray(cost, dtype=np.float64), np.asarray(gross_benefit, dtype=np.float64))
    )
