"""The parts of a plan that partners fill in: what went out, what came back, what this file is."""

from typing import Literal

from icbudget.plan.columns import Kind, Noun, column


class Part(Noun):
    """One part of the plan that a partner was sent or handed in."""

    partner: str = column("Part of", Kind.TEXT, "Partner", min_length=1, opens=True)
    number: int = column("Part", Kind.WHOLE, "1 for its first part", ge=1, opens=True)
    state: Literal["out", "in", "replaced", "refused"] = column(
        "State of part",
        Kind.CHOICE,
        "out: sent and not back; in: merged; replaced: a later part of the partner came",
        default="out",
        opens=True,
    )
    base: str = column(
        "Base figures hash",
        Kind.TEXT,
        "Figures hash of the plan it was made from",
        default="",
        opens=True,
    )
    view: str = column(
        "Hash of base as seen",
        Kind.TEXT,
        "Hash of that plan as the part shows it, without rows left out",
        default="",
        opens=True,
    )
    made_on: str = column("Made on", Kind.DATE, "Day the part was made", default="", opens=True)
    made_by: str = column("Made by", Kind.TEXT, "Who made it", default="", opens=True)
    received_on: str = column("Received on", Kind.DATE, "Day it came back", default="", opens=True)
    received_from: str = column(
        "Received from", Kind.TEXT, "File it came in", default="", opens=True
    )
    left_out: str = column(
        "Rows left out",
        Kind.TEXT,
        "Confidential rows of other partners that it does not hold, by table",
        default="",
        opens=True,
    )


class ThisPart(Noun):
    """What a part says of itself; a plan that is no part has no such row."""

    partner: str = column(
        "This part is of",
        Kind.TEXT,
        "Partner that fills it in: its cells are yellow, the others' grey",
        min_length=1,
        opens=True,
    )
    number: int = column("Part number", Kind.WHOLE, "1 for its first part", ge=1, opens=True)
    made_on: str = column("Part made on", Kind.DATE, "Day it was made", default="", opens=True)
    made_by: str = column("Part made by", Kind.TEXT, "Who made it", default="", opens=True)
    base: str = column(
        "Figures hash of its base",
        Kind.TEXT,
        "Hash of the figures of the whole plan it was made from",
        default="",
        opens=True,
    )
    view: str = column(
        "Hash of what it was given",
        Kind.TEXT,
        "Hash of that plan as this part shows it",
        default="",
        opens=True,
    )
    version: str = column(
        "Made with icbudget", Kind.TEXT, "Version that made it", default="", opens=True
    )
    left_out: str = column(
        "Confidential rows left out",
        Kind.TEXT,
        "How many rows of other partners it does not hold, by table. Such a part has no answers:"
        " its totals would be wrong",
        default="",
        opens=True,
    )
    questions: str = column(
        "Questions to",
        Kind.TEXT,
        "Whom to ask, and where to send it back",
        default="",
        opens=True,
    )


class BaseRow(Noun):
    """One row of the plan that parts are held against, kept so that merging can go on."""

    table: str = column("Base table", Kind.TEXT, "Table", min_length=1, opens=True)
    number: int = column("Base row", Kind.WHOLE, "Its place in the table", ge=1, opens=True)
    piece: int = column("Piece", Kind.WHOLE, "A long row has several", default=1, ge=1)
    held: str = column(
        "Row held",
        Kind.TEXT,
        "The row as JSON. Kept by icbudget: change nothing here",
        default="",
        opens=True,
    )


class ReceivedChange(Noun):
    """One change that a partner asks for, as its part says it."""

    partner: str = column("Asked by", Kind.TEXT, "Partner that asks", min_length=1, opens=True)
    number: int = column("Change", Kind.WHOLE, "Number of the change", ge=1, opens=True)
    part: int = column("In part", Kind.WHOLE, "Number of its part", default=1, ge=1, opens=True)
    figure: str = column(
        "Figure changed", Kind.TEXT, "Table, key and cell that it changes", default="", opens=True
    )
    says: str = column("In words", Kind.TEXT, "What it changes", default="", opens=True)
    became: str = column("What became of it", Kind.TEXT, "Its outcome", default="", opens=True)
    was: str = column(
        "Value before",
        Kind.TEXT,
        "What stood there, as JSON. Kept by icbudget: change nothing here",
        default="",
        opens=True,
    )
    now: str = column("Value asked for", Kind.TEXT, "What is asked for", default="", opens=True)
