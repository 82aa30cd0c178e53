"""The acute side if nothing changes: activity, price and cost by year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from icbudget.engine.rounding import Floats, cumulative
from icbudget.engine.structure import Figures


@dataclass(frozen=True, slots=True)
class DoNothing:
    """Acute activity, price and cost if nothing changes: draws × years × lines, year 0 first."""

    activity: Floats
    price: Floats
    uplift: Floats
    """price(t) / price(0)."""
    cost: Floats


def growth(*rates: Floats) -> Floats:
    """Return cumulative growth: `Π_{τ=1..t} Π_i (1 + rate_i(τ))`, draws × years × lines, 1 in year 0."""
    factor = np.ones(np.broadcast_shapes(*(r.shape for r in rates)))
    for rate in rates:
        factor = factor * (1.0 + rate)
    factor[:, 0] = 1.0
    return cumulative(factor)


def net_uplift(uplift: Floats, efficiency: Floats, *, multiplicative: bool) -> Floats:
    """Return the cumulative net uplift, draws × years × lines, 1 in year 0.

    additive: `Π (1 + CUF − E)`, as NHS England quotes it; multiplicative: `Π (1 + CUF)(1 − E)`.
    """
    net = (1.0 + uplift) * (1.0 - efficiency) - 1.0 if multiplicative else uplift - efficiency
    return growth(net)


def do_nothing(figures: Figures, *, multiplicative: bool) -> DoNothing:
    """Return the acute side if nothing changes.

    `A_dn(t) = A0 (1 + baseline adjustment) Π (1 + gd(τ))(1 + gn(τ))`; `price(t) = price0 × MFF × Π net(τ)`;
    `cost(t)` likewise from the unit cost and its own indices, without the market forces factor. Source: model §4.
    """
    uplift = net_uplift(figures.price_uplift, figures.price_efficiency, multiplicative=multiplicative)
    cost = net_uplift(figures.cost_uplift, figures.cost_efficiency, multiplicative=multiplicative)
    return DoNothing(
        activity=figures.activity0[:, np.newaxis] * growth(figures.demographic, figures.non_demographic),
        price=figures.price0[:, np.newaxis] * uplift,
        uplift=uplift,
        cost=figures.cost0[:, np.newaxis] * cost,
    )
