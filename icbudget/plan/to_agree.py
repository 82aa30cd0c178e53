"""What the partners have still to agree: every ask that did not simply count, and the choices."""

from typing import Literal

from icbudget.plan.columns import Kind, Money, Noun, column

CHOSEN = ("choice", "other", "chosen_for", "chosen_by", "chosen_on", "reason")
"""The fields that people fill in; the others are icbudget's."""


class ToAgree(Noun):
    """One way to settle a figure: what stands, or what a partner asks for.

    The rows of one figure belong together; a person marks one of them.
    """

    figure: str = column(
        "Figure", Kind.TEXT, "Table, key and cell that it is about", min_length=1, opens=True
    )
    partner: str = column(
        "Asked by partner",
        Kind.TEXT,
        "Partner that asks for it; blank: what stands in the plan",
        default="",
        opens=True,
    )
    says: str = column("What is asked", Kind.TEXT, "The row and its figure", default="", opens=True)
    asked: str = column("Value asked", Kind.TEXT, "Value that is asked for", default="", opens=True)
    became: Literal["to agree", "proposed", "owner stands", "chosen"] | None = column(
        "Became",
        Kind.CHOICE,
        "to agree: the plan waits for a choice; proposed: of one who may not change it alone;"
        " owner stands: the owner's value counts; chosen: somebody chose",
        default=None,
        opens=True,
    )
    because: str = column("Open because", Kind.TEXT, "Why it is so", default="", opens=True)
    own_worth: Money | None = column(
        "To the partner that asks",
        Kind.MONEY,
        "How much better (+) or worse (−) off it makes the partner that asks, all years, this"
        " change alone",
        default=None,
        opens=True,
    )
    whole_worth: Money | None = column(
        "To all partners",
        Kind.MONEY,
        "How much better (+) or worse (−) off it makes all partners together",
        default=None,
        opens=True,
    )
    choice: Literal["this", "both", "other"] | None = column(
        "Choice",
        Kind.CHOICE,
        "this: the value of this row counts; both: each of two rows added under one key, the"
        " second under the next free one; other: the value beside counts",
        default=None,
        opens=True,
    )
    other: str = column(
        "Other value",
        Kind.TEXT,
        "Value where the choice is other",
        default="",
        opens=True,
    )
    chosen_for: str = column(
        "Chosen for",
        Kind.TEXT,
        "Partners whose officers chose, separated by ;. A joint figure needs each that asked",
        default="",
        opens=True,
    )
    chosen_by: str = column("Chosen by", Kind.TEXT, "Who chose", default="", opens=True)
    chosen_on: str = column("Chosen on", Kind.DATE, "Day of the choice", default="", opens=True)
    reason: str = column("Reason of choice", Kind.TEXT, "Why it was chosen", default="", opens=True)
    asks: str = column(
        "Asks",
        Kind.TEXT,
        "What a choice holds for; kept by icbudget",
        default="",
        opens=True,
    )
