"""Who has signed the plan."""

from __future__ import annotations

from typing import Literal

from icbudget.plan.columns import Kind, Noun, column

ROLES = (
    "Chief executive",
    "Section 151 officer",
    "Chief finance officer",
    "Health and Wellbeing Board chair",
    "Other",
)


class SignOff(Noun):
    """One signature under the plan: which organisation, in which office, by whom and when."""

    partner: str = column(
        "Partner",
        Kind.REFERENCE,
        "Organisation that signs",
        table="partners",
        min_length=1,
        opens=True,
    )
    role: Literal[
        "Chief executive",
        "Section 151 officer",
        "Chief finance officer",
        "Health and Wellbeing Board chair",
        "Other",
    ] = column(
        "Role",
        Kind.CHOICE,
        "Office of the person who signs",
        choices=ROLES,
        opens=True,
    )
    name: str = column(
        "Name",
        Kind.TEXT,
        "Who signs",
        default="",
        opens=True,
    )
    date: str = column(
        "Date",
        Kind.DATE,
        "Day of the signature; blank: not yet",
        default="",
        opens=True,
    )
    document: str = column(
        "Document",
        Kind.TEXT,
        "Minute or letter that records it",
        default="",
        opens=True,
    )
