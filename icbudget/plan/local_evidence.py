"""What a plan's own releases showed of a programme: evidence of one place, without a control."""

from typing import Literal

from icbudget.plan.columns import Kind, Money, Noun, Year, column
from icbudget.reference import LIBRARY

CAVEATS = (
    "No comparison group: what would have come anyway is the plan's own projection. Regression to"
    " the mean, the programme's ramp and other programmes on the same lines are not taken out."
)
"""What no before-and-after of one place can shed."""


class LocalEvidence(Noun):
    """What the confirmed releases of a programme come to, beside the studies and never over them.

    `icbudget evidence --local` writes it; a plan uses it only where a person names it. It is a
    before and after of one place, so its grade is D at most. Source: model §16.
    """

    id: str = column(
        "Local evidence", Kind.TEXT, "Short id, such as local-falls", min_length=1, opens=True
    )
    programme: str = column(
        "Programme",
        Kind.REFERENCE,
        "Programme it was seen in",
        table="programmes",
        min_length=1,
        opens=True,
    )
    library: str = column(
        "Evidence row",
        Kind.CHOICE,
        "Row of the Evidence sheet whose studies it stands beside",
        default="",
        choice_list=LIBRARY,
        opens=True,
    )
    first_year: Year = column("From year", Kind.YEAR, "First year it was seen in", opens=True)
    last_year: Year = column("To year", Kind.YEAR, "Last year it was seen in", opens=True)
    people: float = column(
        "People", Kind.NUMBER, "People reached, all years added up", default=0.0, ge=0, opens=True
    )
    before: float = column(
        "Activity before",
        Kind.NUMBER,
        "Activity of its lines in the base year, for as many years",
        ge=0,
        opens=True,
    )
    expected: float = column(
        "Activity expected",
        Kind.NUMBER,
        "The same with do-nothing growth: what would have come without the programme",
        ge=0,
        opens=True,
    )
    after: float = column(
        "Activity after", Kind.NUMBER, "What came: expected less what was confirmed", opens=True
    )
    effect: float = column(
        "Effect seen",
        Kind.FRACTION,
        "Activity avoided of what the people reached would have had; below zero: more came",
        ge=-10,
        le=1,
        opens=True,
    )
    planned: Money = column(
        "Planned release", Kind.MONEY, "Planned for the decided quarters", opens=True
    )
    confirmed: Money = column(
        "Confirmed release", Kind.MONEY, "Confirmed in the decided quarters", opens=True
    )
    grade: Literal["D", "N"] = column(
        "Evidence grade",
        Kind.CHOICE,
        "D: before and after in one place; N: evidence of no effect. Nothing higher without a"
        " control group",
        default="D",
        opens=True,
    )
    caveats: str = column(
        "Caveats", Kind.TEXT, "What it does not show", default=CAVEATS, opens=True
    )
