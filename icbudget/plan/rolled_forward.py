"""An amount of the base year that an index carries on, unless a year has an amount of its own."""

from icbudget.plan.columns import Kind, Money, MoneyByYear, column
from icbudget.plan.provenance import Sourced


class RolledForward(Sourced):
    """A row whose amount of the base year is rolled forward; where its fields stand, it says."""

    base_amount: Money = column(
        "Base amount",
        Kind.MONEY,
        "Amount in the base year",
        ge=0,
        opens=True,
    )
    index: str = column(
        "Index",
        Kind.REFERENCE,
        "Index that rolls the amount forward; flat means no change; needed where a later year has"
        " no amount of its own",
        default="",
        table="indices",
        opens=True,
    )
    amounts: MoneyByYear = column(
        "Amounts", Kind.MONEY, "Amount set for a year; it overrides the roll-forward", by_year=True
    )


class OneOffOrRecurrent(RolledForward):
    """An amount that either comes again in the next year or stands for one year only."""

    recurrent: bool = column(
        "Recurrent",
        Kind.YES_NO,
        "One-off money never enters the next year's base",
        default=True,
        opens=True,
    )
