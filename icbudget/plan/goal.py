"""Clear, measurable goals with a date."""

from __future__ import annotations

from typing import Literal

from icbudget.plan.columns import Kind, NumberByYear, Year, column
from icbudget.plan.provenance import Sourced


class Goal(Sourced):
    """What the plan is to reach, by when, measured how."""

    id: str = column("Goal", Kind.TEXT, "Short id", min_length=1)
    measure: str = column("Measure", Kind.TEXT, "What is measured", min_length=1)
    unit: str = column("Unit", Kind.TEXT, "Unit of the measure", default="")
    good: Literal["lower", "higher"] = column(
        "Better is", Kind.CHOICE, "Whether lower or higher is better", choices=("lower", "higher")
    )
    acute_line: str = column(
        "Acute line",
        Kind.REFERENCE,
        "Line whose planned activity is the trajectory; blank where the trajectory is entered",
        default="",
        table="acute_lines",
    )
    baseline: float | None = column(
        "Baseline", Kind.NUMBER, "Value in the base year; blank takes the acute line's", default=None, unit=""
    )
    target: float = column("Target", Kind.NUMBER, "Value to be reached", unit="")
    target_year: Year = column("Target year", Kind.YEAR, "Year by which it is to be reached")
    expected: NumberByYear = column(
        "Expected", Kind.NUMBER, "Value expected in the year, where no acute line gives it", by_year=True
    )
