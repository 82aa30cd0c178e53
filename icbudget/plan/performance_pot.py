"""Pay for performance: money of a pool that is released as admissions fall.

It is released quarter by quarter, as hospital admissions fall.
"""

from typing import ClassVar, Literal

from icbudget.plan.columns import Kind, Money, Year, column
from icbudget.plan.provenance import Sourced
from icbudget.plan.shared_columns import clause_of_agreement


class PerformancePot(Sourced):
    """One payment point of a performance pot.

    It has what was planned, what was achieved, and the money that hangs on it.
    """

    further: ClassVar[frozenset[str]] = frozenset({"evidence"})
    id: str = column(
        "Performance pot",
        Kind.TEXT,
        "Short id; the payment points of a pot carry the same",
        min_length=1,
        opens=True,
    )
    year: Year = column(
        "Year",
        Kind.YEAR,
        "Financial year in which the payment points fall",
        opens=True,
    )
    quarter: int = column(
        "Payment point",
        Kind.WHOLE,
        "1 to 4, in the order in which they are paid",
        ge=1,
        le=4,
        opens=True,
    )
    pool: str = column(
        "Pool",
        Kind.REFERENCE,
        "Pool whose income it is",
        table="pools",
        min_length=1,
        opens=True,
    )
    formula: Literal["quarterly", "cumulative"] = column(
        "Formula",
        Kind.CHOICE,
        "quarterly: the part of the quarter's pot that was achieved of its target; cumulative: the"
        " reduction so far, no more than planned, × price, less what was earned before",
        default="quarterly",
    )
    pot: Money = column(
        "Pot",
        Kind.MONEY,
        "Money of this payment point if the target is met",
        ge=0,
        opens=True,
    )
    planned: float = column(
        "Planned reduction",
        Kind.NUMBER,
        "Admissions fewer that the quarter's target asks for",
        ge=0,
        opens=True,
    )
    achieved: float | None = column(
        "Achieved reduction",
        Kind.NUMBER,
        "Admissions fewer that came about, below zero where they rose; blank where it is not known"
        " yet: the target is assumed",
        default=None,
        opens=True,
    )
    provider: str = column(
        "Provider",
        Kind.REFERENCE,
        "Partner that counts the admissions and says what was achieved: in joint work the achieved"
        " reduction is its to fill in, all else the host's; blank: the host's too",
        default="",
        table="partners",
    )
    unit_price: float | None = column(
        "Unit price",
        Kind.PRICE,
        "£ an admission, for the cumulative formula; no price is assumed",
        default=None,
        ge=0,
    )
    clause: str = clause_of_agreement()
