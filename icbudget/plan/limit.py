"""Limits that a best plan must keep."""

from typing import ClassVar, Literal

from icbudget.plan.columns import Kind, NumberByYear, column
from icbudget.plan.provenance import Sourced

OF_PARTNER = ("loss", "transfer")


class Limit(Sourced):
    """The most (of two measures the least) there may be in each year of a best plan.

    A blank year has no limit.
    """

    further: ClassVar[frozenset[str]] = frozenset({"evidence"})
    measure: Literal[
        "staff", "loss", "transfer", "starts", "programmes", "least_starts", "least_programmes"
    ] = column(
        "Measure",
        Kind.CHOICE,
        "staff: wte that all programmes together may need; loss: £ by which the partner may be"
        " worse off than under do nothing, all years so far, before pools are settled; transfer:"
        " £ that the partner may pay to the others in the year, net, as Transfers of the Bridge has"
        " it; starts: programmes"
        " begun in the year; programmes: programmes begun by the year, all so far; least_starts and"
        " least_programmes: the fewest instead of the most",
        opens=True,
    )
    partner: str = column(
        "Partner",
        Kind.REFERENCE,
        "Partner of a limit on loss or transfer",
        default="",
        table="partners",
        opens=True,
    )
    most: NumberByYear = column(
        "Most",
        Kind.NUMBER,
        "Limit in the year",
        by_year=True,
        unit="wte, £ or programmes",
        opens=True,
    )
