"""Demand against capacity of intermediate care: gap, spot places, who waits, what it costs."""

from __future__ import annotations

from typing import NamedTuple

from icbudget import money
from icbudget.plan.capacity import Capacity


class MonthOfService(NamedTuple):
    """One row of Capacity worked out: people, and costs in pence (None: no price is stated).

    `gap = max(0, demand − capacity)`; `spot = min(gap, spot places)`; `waiting = gap − spot`; spot
    cost = spot × days × price; delay cost = waiting × days waited × cost of a bed night; serving
    those who wait would cost waiting × days × price. Source: model §15.5.
    """

    row: Capacity
    gap: float
    spot: float
    waiting: float
    spot_pence: int | None
    delay_pence: int | None
    serving_pence: int | None


def month_of_service(row: Capacity) -> MonthOfService:
    """Return a row of Capacity worked out; see `MonthOfService`."""
    gap = max(0.0, row.demand - row.capacity)
    # model §15.5: a blank number of places is no limit.
    spot = gap if row.spot_places is None else min(gap, row.spot_places)
    if row.spot_price is None and row.spot_places is None:
        spot = 0.0  # nothing is bought where neither a price nor a number of places is stated
    waiting = gap - spot
    return MonthOfService(
        row,
        gap,
        spot,
        waiting,
        _cost(spot * row.days, row.spot_price),
        _cost(waiting * row.days_waited, row.bed_night),
        _cost(waiting * row.days, row.spot_price),
    )


def _cost(days: float, price: float | None) -> int | None:
    # Nobody waits: that costs nothing, whatever the price is.
    if not days:
        return 0
    return None if price is None else money.to_pence(days * price)
