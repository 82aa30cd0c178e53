"""Who has signed the plan, and which figures each signature is about."""

from typing import Literal, get_args

from icbudget.plan.columns import Kind, Noun, column

Office = Literal[
    "Chief executive",
    "Section 151 officer",
    "Chief finance officer",
    "Health and Wellbeing Board chair",
    "Other",
]
"""Offices that sign a plan."""
OFFICES: tuple[str, ...] = get_args(Office)
MADE_BY_SIGNING = "; written by icbudget sign"
"""Ends the note of every column that nobody types."""


class SignOff(Noun):
    """One signature under the plan: which organisation, in which office, by whom and when.

    A row that a person types is a name and a date, and says nothing about which figures. What
    `icbudget sign` writes binds it to the figures of the plan: their hash, the statement that was
    signed, and with a key the signature. Its state is worked out, never typed.
    """

    partner: str = column(
        "Partner",
        Kind.REFERENCE,
        "Organisation that signs",
        table="partners",
        min_length=1,
        opens=True,
    )
    role: Office = column(
        "Role",
        Kind.CHOICE,
        "Office of the person who signs",
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
    figures_hash: str = column(
        "Figures hash",
        Kind.TEXT,
        f"Hash of the figures that were signed, after its version{MADE_BY_SIGNING}",
        default="",
    )
    words_hash: str = column(
        "Words hash",
        Kind.TEXT,
        f"Hash of the names, notes and sources as they were signed{MADE_BY_SIGNING}",
        default="",
    )
    statement: str = column(
        "Statement",
        Kind.TEXT,
        f"What was signed, in pounds, as canonical JSON{MADE_BY_SIGNING}",
        default="",
    )
    signed_figures: str = column(
        "Figures signed",
        Kind.TEXT,
        "Copy of the figures as they were signed, packed, so that what changed since can be"
        f" shown{MADE_BY_SIGNING}",
        default="",
    )
    key: str = column(
        "Key",
        Kind.REFERENCE,
        f"Key of the signature; blank: a recorded statement, without one{MADE_BY_SIGNING}",
        default="",
        table="signing_keys",
    )
    signature: str = column(
        "Signature",
        Kind.TEXT,
        f"Ed25519 signature over the statement{MADE_BY_SIGNING}",
        default="",
    )
