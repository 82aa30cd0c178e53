"""The money a partner has in a year for what the plan covers."""

from icbudget.plan.columns import Kind, Money, Year, column
from icbudget.plan.provenance import Sourced


class Envelope(Sourced):
    """What one partner has in one year for what the plan covers, from outside the plan.

    An ICB's allocation, a provider's income plan, a line of a council's medium-term plan. What one
    partner of the plan pays another is in no envelope. Where a partner and year have no row, every
    answer says that do nothing is assumed to be funded. Source: model §7, Bridge.
    """

    partner: str = column(
        "Partner",
        Kind.REFERENCE,
        "Partner that has the money",
        table="partners",
        min_length=1,
        opens=True,
    )
    year: Year = column(
        "Year",
        Kind.YEAR,
        "Financial year the money is for",
        opens=True,
    )
    amount: Money = column(
        "Envelope",
        Kind.MONEY,
        "Money the partner has in the year for what the plan covers, from outside the plan's"
        " partners: an ICB's allocation, a council's budget line; a provider's without what the"
        " partners pay it",
        opens=True,
    )
