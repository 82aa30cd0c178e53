"""Limits that a best plan must keep."""

from __future__ import annotations

from typing import Literal

from icbudget.plan.columns import Kind, NumberByYear, column
from icbudget.plan.provenance import Sourced

MEASURES = ("staff", "loss")


class Limit(Sourced):
    """The most there may be of something in each year when a best plan is sought; a year without a figure has no limit."""

    measure: Literal["staff", "loss"] = column(
        "Measure",
        Kind.CHOICE,
        "staff: wte that all programmes together may need; loss: £ by which the partner may be worse off than under do nothing, "
        "all years so far",
        choices=MEASURES,
    )
    partner: str = column("Partner", Kind.REFERENCE, "Partner of a limit on loss", default="", table="partners")
    most: NumberByYear = column("Most", Kind.NUMBER, "Limit in the year", by_year=True, unit="wte or £")
