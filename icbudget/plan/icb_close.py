"""The figures with which the ICB closed its books, before the council's year end."""

from typing import ClassVar

from icbudget.plan.columns import Kind, Money, Year, column
from icbudget.plan.provenance import Sourced
from icbudget.plan.shared_columns import line_of_scheme


class IcbClose(Sourced):
    """The month-12 spending of a scheme line as the ICB closed its books.

    It is never changed afterwards.
    """

    further: ClassVar[frozenset[str]] = frozenset({"evidence"})
    year: Year = column(
        "Year",
        Kind.YEAR,
        "Financial year that was closed",
        opens=True,
    )
    scheme: str = column(
        "Scheme",
        Kind.REFERENCE,
        "Scheme",
        table="schemes",
        min_length=1,
        opens=True,
    )
    line: int = line_of_scheme()
    amount: Money = column(
        "As closed",
        Kind.MONEY,
        "Spending of the year, estimated accruals included, as the ICB closed it",
        opens=True,
    )
    closed_on: str = column(
        "Closed on",
        Kind.DATE,
        "Day the figures were frozen",
        default="",
        opens=True,
    )
    change_reason: str = column(
        "Why it changed",
        Kind.TEXT,
        "Why the council's later figure differs, where it does",
        default="",
        opens=True,
    )
