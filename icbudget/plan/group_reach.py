"""Whom a programme reaches: a group's part of those it is for, and of those it reaches."""

from icbudget.plan.columns import Kind, NumberByYear, column
from icbudget.plan.provenance import Sourced


class GroupReach(Sourced):
    """One group of the people a programme is for, such as the most deprived fifth.

    Beside the plan's money: nothing of it is posted. Source: model §15.6.
    """

    programme: str = column(
        "Programme",
        Kind.REFERENCE,
        "Programme that reaches the group",
        table="programmes",
        min_length=1,
        opens=True,
    )
    group: str = column(
        "Group", Kind.TEXT, "Such as the most deprived fifth", min_length=1, opens=True
    )
    share: float = column(
        "Part of the people",
        Kind.FRACTION,
        "The group's part of those whom the programme is for",
        gt=0,
        lt=1,
        opens=True,
    )
    reached: NumberByYear = column(
        "Part of those reached",
        Kind.FRACTION,
        "The group's part of those whom the programme reaches in the year; blank: not known",
        by_year=True,
        opens=True,
    )
