"""What a goal is planned to reach in each quarter of a year after the base year."""

from icbudget.plan.columns import Kind, Role, Year, column
from icbudget.plan.provenance import Sourced

QUARTERS = ("quarter_1", "quarter_2", "quarter_3", "quarter_4")
"""Columns of a goal's quarters: on Goals for the base year, here for a later one."""


class QuarterlyPlan(Sourced):
    """A goal's quarters in one later year, for the planning return, and what was measured in it.

    Source: model §15.8.
    """

    goal: str = column(
        "Goal",
        Kind.REFERENCE,
        "Goal whose quarters they are",
        table="goals",
        min_length=1,
        opens=True,
    )
    year: Year = column("Year", Kind.YEAR, "Financial year after the base year", opens=True)
    quarter_1: float | None = column(
        "Quarter 1 plan", Kind.NUMBER, "Value planned for April to June", default=None, opens=True
    )
    quarter_2: float | None = column(
        "Quarter 2 plan",
        Kind.NUMBER,
        "The same for July to September",
        default=None,
        opens=True,
    )
    quarter_3: float | None = column(
        "Quarter 3 plan",
        Kind.NUMBER,
        "The same for October to December",
        default=None,
        opens=True,
    )
    quarter_4: float | None = column(
        "Quarter 4 plan", Kind.NUMBER, "The same for January to March", default=None, opens=True
    )
    measured: float | None = column(
        "Measured in the year",
        Kind.NUMBER,
        "What was measured of the goal in the whole year, once it is known",
        default=None,
        role=Role.RECORD,
        opens=True,
    )
    denominator: float | None = column(
        "Denominator",
        Kind.NUMBER,
        "People that a rate is of in that year; blank: as on Goals",
        default=None,
        gt=0,
        opens=True,
    )
