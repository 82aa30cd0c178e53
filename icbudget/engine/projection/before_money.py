"""What of a projection the pools' money does not change: worked out once, for all years.

Activity, prices and payments if nothing changes, what programmes cost in full, how lines are paid
and what they release. Only how much of each programme is bought hangs on money, year by year.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from icbudget.engine.projection import programme_cost, reallocate
from icbudget.engine.projection.avoided import Lags, lags_of
from icbudget.engine.projection.contract import Payments, payments
from icbudget.engine.projection.do_nothing import DoNothing, do_nothing
from icbudget.engine.projection.release import Releasing, releasing
from icbudget.engine.projection.structure import Figures, Structure
from icbudget.engine.rounding import Floats


@dataclass(frozen=True, eq=False, slots=True)
class BeforeMoney:
    """What stays as it is whatever is bought. Arrays are draws × years × lines or programmes."""

    nothing: DoNothing
    pay_nothing: Floats
    acute_budget: Floats
    """The commissioner's budget for each line before anything is moved."""
    payments: Payments
    releasing: Releasing
    lags: Lags
    running_cost: Floats
    """Running cost in full, before scaling to the money."""
    bill: reallocate.Bill
    of_nothing: dict[str, Any] = field(default_factory=dict)
    """What others worked out of the figures and of do nothing, by its name."""


def before_money(structure: Structure, figures: Figures) -> BeforeMoney:
    """Return what of a projection no purchase changes. Source: model §4, §6."""
    every = (figures.draws, len(structure.years), len(structure.lines.ids))
    nothing = do_nothing(structure, figures)
    paid = payments(structure.lines, nothing.price, nothing.uplift, nothing.charge)
    pay_nothing = np.broadcast_to(paid.of_path(nothing.activity), every)
    running_cost = programme_cost.running_cost(figures)
    return BeforeMoney(
        nothing=_in_every_draw(nothing, every),
        pay_nothing=pay_nothing,
        acute_budget=reallocate.acute_budget(pay_nothing, figures.budget_growth),
        payments=paid,
        releasing=releasing(
            structure.lines, nothing.activity, nothing.cost, figures.close, figures.backfill
        ),
        lags=lags_of(figures.lag),
        running_cost=running_cost,
        bill=reallocate.bill_of(figures, running_cost),
    )


def _in_every_draw(nothing: DoNothing, shape: tuple[int, int, int]) -> DoNothing:
    """Return do nothing with all draws in every figure; what is not drawn is not copied."""
    return DoNothing(
        activity=np.broadcast_to(nothing.activity, shape),
        price=np.broadcast_to(nothing.price, shape),
        uplift=np.broadcast_to(nothing.uplift, shape),
        cost=np.broadcast_to(nothing.cost, shape),
        charge=np.broadcast_to(nothing.charge, shape),
    )
