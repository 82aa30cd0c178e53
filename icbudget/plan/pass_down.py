"""What of a grant goes on to district councils."""

from __future__ import annotations

from typing import Literal

from icbudget.plan.columns import Kind, Money, MoneyByYear, Role, column
from icbudget.plan.provenance import Sourced


class PassDown(Sourced):
    """One district's part of a grant that its county receives, such as the Disabled Facilities
    Grant.

    The parts of a grant sum to the grant. What a county keeps of a district's part needs that
    district's recorded consent. It is a breakdown of the grant, not spending: what the money is
    spent on stands on the Schemes sheet.
    """

    pool: str = column(
        "Pool", Kind.REFERENCE, "Pool that receives the grant", table="pools", min_length=1
    )
    source: str = column(
        "Source of funding",
        Kind.CHOICE,
        "Grant that is passed down",
        choice_list="funding_source",
        min_length=1,
    )
    district: str = column(
        "District",
        Kind.REFERENCE,
        "District council, from the Partners sheet",
        table="partners",
        min_length=1,
    )
    kind: Literal["passed down", "kept by consent"] = column(
        "Kind",
        Kind.CHOICE,
        "Whether the district receives it, or agrees that the county keeps it for other social care"
        " capital",
        default="passed down",
        choices=("passed down", "kept by consent"),
    )
    base_amount: Money = column("Base amount", Kind.MONEY, "Amount in the base year", ge=0)
    index: str = column(
        "Index",
        Kind.REFERENCE,
        "Index that rolls the amount forward; flat means no change; needed where a later year has"
        " no amount of its own",
        default="",
        table="indices",
    )
    recurrent: bool = column(
        "Recurrent", Kind.YES_NO, "One-off money never enters the next year's base", default=True
    )
    consent: str = column(
        "Consent",
        Kind.TEXT,
        "Where the district's consent is recorded; needed for what is kept",
        default="",
        role=Role.TERM,
    )
    amounts: MoneyByYear = column(
        "Amounts", Kind.MONEY, "Amount set for a year; it overrides the roll-forward", by_year=True
    )
