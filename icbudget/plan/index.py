"""Rates by year: uplift, efficiency, growth, inflation."""

from icbudget.plan.columns import Kind, NumberByYear, column
from icbudget.plan.provenance import Sourced
from icbudget.plan.shared_columns import short_id

FLAT = "flat"


class Index(Sourced):
    """A rate for each projected year: the change from the year before.

    `flat` is built in and is 0 %.
    """

    id: str = short_id("Index")
    name: str = column(
        "Name",
        Kind.TEXT,
        "What the rates measure",
        default="",
        opens=True,
    )
    version: str = column(
        "Version", Kind.TEXT, "Edition of the rates, such as after the pay award", default=""
    )
    earlier: str = column(
        "Earlier version",
        Kind.REFERENCE,
        "Index that holds the rates of the version before this one, such as before the pay award;"
        " the difference is an answer",
        default="",
        table="indices",
    )
    rates: NumberByYear = column(
        "Rates",
        Kind.FRACTION,
        "Change from the year before to this year",
        by_year=True,
        opens=True,
    )
