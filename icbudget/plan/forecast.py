"""What people expect the year to come to."""

from decimal import Decimal
from typing import ClassVar, Literal

from icbudget.plan.columns import Kind, Money, Year, column
from icbudget.plan.provenance import Sourced
from icbudget.plan.shared_columns import line_of_scheme


class Forecast(Sourced):
    """The forecast of a scheme line, or of a pool's income, made in a month.

    Rows are added and never changed: history stays.

    An override stands until a later row of the line: one with a blank outturn goes back to year to
    date + remaining profile. A kept forecast only records what was reported that month.
    """

    further: ClassVar[frozenset[str]] = frozenset({"evidence"})
    year: Year = column(
        "Year",
        Kind.YEAR,
        "Financial year that is forecast",
        opens=True,
    )
    month: int = column(
        "Month made",
        Kind.WHOLE,
        "Month whose figures it rests on: 1 is April, 12 is March",
        ge=1,
        le=12,
        opens=True,
    )
    scheme: str = column(
        "Scheme",
        Kind.REFERENCE,
        "Scheme that is forecast; blank for income",
        default="",
        table="schemes",
        opens=True,
    )
    line: int = line_of_scheme()
    basis: Literal["override", "kept"] = column(
        "Basis",
        Kind.CHOICE,
        "override: a person's own forecast; kept: what was worked out and reported that month",
        default="override",
        opens=True,
    )
    outturn: Money | None = column(
        "Forecast outturn",
        Kind.MONEY,
        "Spending, or income, of the whole year before recovery measures; blank: year to date +"
        " remaining profile",
        default=None,
        opens=True,
    )
    recovery: Money = column(
        "Recovery measures",
        Kind.MONEY,
        "What agreed recovery measures will take off the outturn, or add to income",
        default=Decimal(0),
        ge=0,
        opens=True,
    )
    reason: str = column(
        "Reason",
        Kind.TEXT,
        "Why, and what the recovery measures are",
        default="",
        opens=True,
    )
    pool: str = column(
        "Pool",
        Kind.REFERENCE,
        "Pool whose income is forecast; blank for a scheme",
        default="",
        table="pools",
    )
    source: str = column(
        "Source of funding",
        Kind.CHOICE,
        "Funding source of the income; blank for a scheme",
        default="",
        choice_list="funding_source",
    )
    partner: str = column(
        "Partner",
        Kind.REFERENCE,
        "Partner whose income is forecast; blank: the first that gives that source to the pool",
        default="",
        table="partners",
    )
