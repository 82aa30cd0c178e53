"""The acute side if nothing changes: activity, price and cost by year."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from icbudget.engine.projection.structure import Figures, Structure
from icbudget.engine.rounding import Floats, Ints, columns, cumulative, nothing


@dataclass(frozen=True, slots=True)
class DoNothing:
    """Acute activity, price and cost if nothing changes: draws × years × lines, year 0 first."""

    activity: Floats
    price: Floats
    uplift: Floats
    """price(t) / price(0)."""
    cost: Floats
    charge: Floats
    """What clients pay for a unit."""


def growth(rates: Floats, *indices: Ints) -> Floats:
    """Return cumulative growth.

    `Π_{τ=1..t} Π_i (1 + rate_i(τ))`, draws × years × lines, 1 in year 0. `rates`: see `Figures`;
    `indices`: which of them each line takes as its i-th rate.
    """
    return _of_lines(lambda *taken: math.prod(1.0 + rate for rate in taken), rates, *indices)


def net_uplift(rates: Floats, uplift: Ints, efficiency: Ints, *, multiplicative: bool) -> Floats:
    """Return the cumulative net uplift, draws × years × lines, 1 in year 0.

    additive: `Π (1 + CUF − E)`, as NHS England quotes it; multiplicative: `Π (1 + CUF)(1 − E)`.
    `rates`: see `Figures`; `uplift`, `efficiency`: which of them each line takes.
    """
    if multiplicative:
        return _of_lines(
            lambda cuf, e: 1.0 + ((1.0 + cuf) * (1.0 - e) - 1.0), rates, uplift, efficiency
        )
    return _of_lines(lambda cuf, e: 1.0 + (cuf - e), rates, uplift, efficiency)


def _of_lines(factor: Callable[..., Floats], rates: Floats, *indices: Ints) -> Floats:
    """Return the running product of a factor of rates.

    Lines that take the same rates have it worked out once.
    """
    taken = list(zip(*indices, strict=True))
    once = list(dict.fromkeys(taken))
    of_once = [rates[:, :, [of[n] for of in once]] for n in range(len(indices))]
    yearly = np.array(factor(*of_once))
    # The base year is what the others are measured from, and has no rate.
    yearly[:, 0] = 1.0
    at = np.array([once.index(of) for of in taken], dtype=np.int64)
    # Most plans have one set of indices for all lines.
    return columns(cumulative(yearly), at)


def do_nothing(structure: Structure, figures: Figures) -> DoNothing:
    """Return the acute side if nothing changes.

    `A_dn(t) = A0 (1 + baseline adjustment) Π (1 + gd(τ))(1 + gn(τ))`; `price(t) = price0 × MFF × Π
    net(τ)`; `cost(t)` likewise from the unit cost and its own indices, without the market forces
    factor; `charge(t) = charge0 × Π (1 + charge index(τ))`. Source: model §4, §15.3.
    """
    lines, rates, multiplicative = structure.lines, figures.rates, structure.multiplicative
    uplift = net_uplift(
        rates, lines.price_uplift, lines.price_efficiency, multiplicative=multiplicative
    )
    cost = net_uplift(
        rates, lines.cost_uplift, lines.cost_efficiency, multiplicative=multiplicative
    )
    more_people_and_need = growth(rates, lines.demographic, lines.non_demographic)
    return DoNothing(
        activity=figures.activity0[:, np.newaxis] * more_people_and_need,
        price=figures.price0[:, np.newaxis] * uplift,
        uplift=uplift,
        cost=figures.cost0[:, np.newaxis] * cost,
        charge=_charge(figures, lines.charge),
    )


def _charge(figures: Figures, index: Ints) -> Floats:
    """Return what clients pay for a unit, draws × years × lines; most lines charge nothing."""
    if not figures.charge0.any():
        draws, years, _ = figures.rates.shape
        return nothing(draws, years, index.size)
    charge: Floats = figures.charge0[:, np.newaxis] * growth(figures.rates, index)
    return charge
