"""Clear, measurable goals with a date."""

from typing import Literal

from icbudget.plan.columns import Kind, NumberByYear, Year, column
from icbudget.plan.provenance import Sourced

COMPUTED = ("activity", "admissions", "bed_days", "prevention_share")
"""Kinds of goal whose trajectory the engine works out."""
ENTERED = ("residential", "experience", "entered")
"""Kinds of goal whose trajectory a person enters."""
GoalKind = Literal[
    "activity", "admissions", "bed_days", "prevention_share", "residential", "experience", "entered"
]


class Goal(Sourced):
    """What the plan is to reach, by when, measured how."""

    id: str = column(
        "Goal",
        Kind.TEXT,
        "Short id",
        min_length=1,
        opens=True,
    )
    measure: str = column(
        "Measure",
        Kind.TEXT,
        "What is measured",
        min_length=1,
        opens=True,
    )
    unit: str = column(
        "Unit",
        Kind.TEXT,
        "Unit of the measure",
        default="",
        opens=True,
    )
    good: Literal["lower", "higher"] = column(
        "Better is",
        Kind.CHOICE,
        "Whether lower or higher is better",
        opens=True,
    )
    kind: GoalKind | None = column(
        "Kind of goal",
        Kind.CHOICE,
        "admissions, bed_days: planned activity of the activity line, or where none is named of"
        " every line of non-elective spells or episodes, or of bed days; activity: of any line;"
        " prevention_share: spending on programmes, and on schemes tagged as prevention, as % of"
        " activity payments and pool spending; residential, experience, entered: values you enter."
        " Blank: the activity line's activity where one is named, else entered",
        default=None,
        opens=True,
    )
    acute_line: str = column(
        "Activity line",
        Kind.REFERENCE,
        "Line whose planned activity is the trajectory; blank where the trajectory is entered",
        default="",
        table="acute_lines",
        opens=True,
    )
    baseline: float | None = column(
        "Baseline",
        Kind.NUMBER,
        "Value in the base year; blank takes what the plan works out for it",
        default=None,
        unit="",
        opens=True,
    )
    target: float = column(
        "Target",
        Kind.NUMBER,
        "Value to be reached",
        unit="",
        opens=True,
    )
    target_year: Year = column(
        "Target year",
        Kind.YEAR,
        "Year by which it is to be reached",
        opens=True,
    )
    expected: NumberByYear = column(
        "Expected",
        Kind.NUMBER,
        "Value expected in the year, where no activity line gives it; a row goals/…/expected on"
        " Uncertainty gives it a range",
        by_year=True,
        opens=True,
    )

    group: str = column(
        "Group",
        Kind.TEXT,
        "Whom the goal is about, such as the most deprived fifth; blank: everyone",
        default="",
    )
    compared_with: str = column(
        "Compared with",
        Kind.REFERENCE,
        "Goal of the same measure for others; the gap between the two is followed, and a gap that"
        " widens is a finding",
        default="",
        table="goals",
    )

    @property
    def called(self) -> str:
        """Return what people call the goal: its measure, and whom it is about where it says so."""
        return f"{self.measure} ({self.group})" if self.group else self.measure

    @property
    def measured_by(self) -> str:
        """Return the kind of goal.

        Where none is named, it is `activity` with an activity line and `entered` without.
        """
        return self.kind or ("activity" if self.acute_line else "entered")

    quarter_1: float | None = column(
        "Quarter 1 plan",
        Kind.NUMBER,
        "Value planned for April to June of the base year, for the planning return",
        default=None,
        unit="",
        opens="returns",
    )
    quarter_2: float | None = column(
        "Quarter 2 plan",
        Kind.NUMBER,
        "The same for July to September",
        default=None,
        unit="",
        opens="returns",
    )
    quarter_3: float | None = column(
        "Quarter 3 plan",
        Kind.NUMBER,
        "The same for October to December",
        default=None,
        unit="",
        opens="returns",
    )
    quarter_4: float | None = column(
        "Quarter 4 plan",
        Kind.NUMBER,
        "The same for January to March",
        default=None,
        unit="",
        opens="returns",
    )
    denominator: float | None = column(
        "Denominator",
        Kind.NUMBER,
        "People that a rate is of, as the planning return asks; the numerator follows from it",
        default=None,
        gt=0,
        unit="",
        opens="returns",
    )
    rationale: str = column(
        "Rationale",
        Kind.TEXT,
        "Why the planned values are right, for the planning return",
        default="",
        opens="returns",
    )
    local_plan: str = column(
        "Local plan",
        Kind.TEXT,
        "What is done to meet them, for the planning return",
        default="",
        opens="returns",
    )
