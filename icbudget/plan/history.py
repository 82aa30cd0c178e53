"""What was done to the plan, entry by entry, each chained to the one before."""

from typing import Literal

from icbudget.plan.columns import Kind, Noun, column


class HistoryEntry(Noun):
    """One entry: what was done, the hash of the figures after it, and the chain.

    The hash of an entry covers the entry before it, so that none can be changed, taken out or put
    between others without its being seen (`icbudget history --verify`).
    """

    number: int = column("Entry", Kind.WHOLE, "1 for the first", ge=1, opens=True)
    what: Literal[
        "new",
        "shared",
        "merged",
        "chosen",
        "re-keyed",
        "agreed",
        "signed",
        "in force",
        "superseded",
    ] = column("What was done", Kind.CHOICE, "What was done", opens=True)
    figures: str = column(
        "Figures hash", Kind.TEXT, "Hash of the plan's figures after it", default="", opens=True
    )
    partner: str = column(
        "For partner", Kind.TEXT, "Partner that it was done for or by", default="", opens=True
    )
    by: str = column("Done by", Kind.TEXT, "Who did it", default="", opens=True)
    on: str = column("Done on", Kind.DATE, "Day it was done", default="", opens=True)
    why: str = column("Why", Kind.TEXT, "What it was for", default="", opens=True)
    table: str = column("Table", Kind.TEXT, "Re-keyed: table of the row", default="")
    was: str = column("Key before", Kind.TEXT, "Re-keyed: key of the row before", default="")
    now: str = column("Key after", Kind.TEXT, "Re-keyed: key of the row after", default="")
    version: str = column(
        "icbudget version", Kind.TEXT, "Version of icbudget that did it", default="", opens=True
    )
    before: str = column(
        "Entry hash before", Kind.TEXT, "Hash of the entry before it", default="", opens=True
    )
    entry: str = column(
        "Entry hash", Kind.TEXT, "Hash of this entry and the one before", default="", opens=True
    )
