"""Where an assumption comes from: every row that carries figures carries this."""

from typing import Literal

from icbudget.plan.columns import PROVENANCE, Kind, Noun, column

Status = Literal["confirmed", "indicative", "published", "derived", "illustrative"]


class Sourced(Noun):
    """A row with figures: its source, when that was read, who owns it and how firm it is."""

    evidence: str = column(
        "Source",
        Kind.TEXT,
        "Document, page or address the figures of this row come from",
        default="",
        group=PROVENANCE,
        opens=True,
    )
    date_read: str = column(
        "Date read",
        Kind.DATE,
        "When the source was read, as 2026-11-22",
        default="",
        group=PROVENANCE,
    )
    owner: str = column(
        "Owner", Kind.TEXT, "Who answers for these figures", default="", group=PROVENANCE
    )
    status: Status | None = column(
        "Status",
        Kind.CHOICE,
        "published: printed in the source; derived: worked out from it; confirmed or indicative:"
        " agreed locally or not yet; illustrative: an example, not a fact",
        default=None,
        group=PROVENANCE,
    )
