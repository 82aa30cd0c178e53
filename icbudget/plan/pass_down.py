"""What of a grant goes on to district councils."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from icbudget.plan.columns import Kind, Role, column
from icbudget.plan.rolled_forward import OneOffOrRecurrent


class PassDown(OneOffOrRecurrent):
    """One district's part of a grant that its county receives.

    Such is the Disabled Facilities Grant.

    The parts of a grant sum to the grant. What a county keeps of a district's part needs that
    district's recorded consent. It is a breakdown of the grant, not spending: what the money is
    spent on stands on the Schemes sheet.
    """

    further: ClassVar[frozenset[str]] = frozenset({"index", "recurrent"})
    stands_after: ClassVar[Mapping[str, str]] = {
        "base_amount": "kind",
        "index": "base_amount",
        "recurrent": "index",
        "amounts": "consent",
    }

    pool: str = column(
        "Pool",
        Kind.REFERENCE,
        "Pool that receives the grant",
        table="pools",
        min_length=1,
        opens=True,
    )
    source: str = column(
        "Source of funding",
        Kind.CHOICE,
        "Grant that is passed down",
        choice_list="funding_source",
        min_length=1,
        opens=True,
    )
    district: str = column(
        "District",
        Kind.REFERENCE,
        "District council, from the Partners sheet",
        table="partners",
        min_length=1,
        opens=True,
    )
    kind: Literal["passed down", "kept by consent"] = column(
        "Kind",
        Kind.CHOICE,
        "Whether the district receives it, or agrees that the county keeps it for other social care"
        " capital",
        default="passed down",
        opens=True,
    )
    consent: str = column(
        "Consent",
        Kind.TEXT,
        "Where the district's consent is recorded; needed for what is kept",
        default="",
        role=Role.TERM,
    )
