"""Demand for intermediate care and the capacity there is, month by month."""

from icbudget.plan.columns import Kind, Year, column
from icbudget.plan.provenance import Sourced
from icbudget.plan.shared_columns import financial_year


class Capacity(Sourced):
    """One service in one month: who needs it, who can be served, what is bought beyond that.

    Beside the plan's money: nothing of it is posted. Source: model §15.5.
    """

    service: str = column(
        "Service",
        Kind.TEXT,
        "Such as reablement at home or rehabilitation beds",
        min_length=1,
        opens=True,
    )
    year: Year = financial_year()
    month: int = column(
        "Month", Kind.WHOLE, "Month of the year; 1 is April", ge=1, le=12, opens=True
    )
    demand: float = column(
        "Demand", Kind.NUMBER, "People who need it in the month", unit="people", ge=0, opens=True
    )
    capacity: float = column(
        "Capacity",
        Kind.NUMBER,
        "People whom it can begin to serve in the month",
        unit="people",
        ge=0,
        opens=True,
    )
    spot_places: float | None = column(
        "Spot places",
        Kind.NUMBER,
        "Most people for whom places are bought beyond that; blank: no limit",
        default=None,
        unit="people",
        ge=0,
        opens=True,
    )
    days: float = column(
        "Length of stay", Kind.NUMBER, "Days that one person has it", unit="days", ge=0, opens=True
    )
    spot_price: float | None = column(
        "Spot price",
        Kind.PRICE,
        "Price of a day that is bought",
        default=None,
        unit="£ a day",
        ge=0,
        opens=True,
    )
    days_waited: float = column(
        "Days waited",
        Kind.NUMBER,
        "Days that one person waits in a hospital bed who is not served",
        default=0.0,
        unit="days",
        ge=0,
        opens=True,
    )
    bed_night: float | None = column(
        "Delayed bed night",
        Kind.PRICE,
        "Cost of a night of delay, the hospital's; £562 in September 2025 is an average, not what"
        " is released",
        default=None,
        unit="£ a night",
        ge=0,
        opens=True,
    )
