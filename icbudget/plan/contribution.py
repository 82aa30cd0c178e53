"""What partners put into the pools."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from icbudget.plan.columns import Kind, column
from icbudget.plan.rolled_forward import OneOffOrRecurrent


class Contribution(OneOffOrRecurrent):
    """One funding line of one partner into one pool, or a deduction from it."""

    stands_after: ClassVar[Mapping[str, str]] = {
        "base_amount": "kind",
        "index": "base_amount",
        "recurrent": "index",
        "amounts": "ring_fenced",
    }

    pool: str = column(
        "Pool",
        Kind.REFERENCE,
        "Pool the money goes into",
        table="pools",
        min_length=1,
        opens=True,
    )
    partner: str = column(
        "Partner",
        Kind.REFERENCE,
        "Partner that contributes it",
        table="partners",
        min_length=1,
        opens=True,
    )
    source: str = column(
        "Source of funding",
        Kind.CHOICE,
        "Funding source of the rules year",
        choice_list="funding_source",
        min_length=1,
        opens=True,
    )
    line: int = column(
        "Line", Kind.WHOLE, "Number of the line where a source has several", default=1, ge=1
    )
    name: str = column(
        "Name",
        Kind.TEXT,
        "What the line is called where that differs from its source",
        default="",
        opens=True,
    )
    kind: Literal["contribution", "deduction"] = column(
        "Kind",
        Kind.CHOICE,
        "A deduction is entered as a positive amount and taken away",
        default="contribution",
    )
    in_kind: bool = column(
        "In kind", Kind.YES_NO, "Staff, goods or accommodation instead of money", default=False
    )
    tranche_date: str = column(
        "Tranche date",
        Kind.DATE,
        "When the money was or will be notified",
        default="",
        opens="year",
    )
    document: str = column(
        "Document",
        Kind.TEXT,
        "Agreement, allocation letter or determination",
        default="",
        opens="year",
    )
    phasing: str = column(
        "Phasing",
        Kind.REFERENCE,
        "When it is paid in: monthly (also where blank), quarterly, four_equal, annual, or a row of"
        " Profiles",
        default="",
        table="profiles",
        opens="year",
    )
    carry_forward: bool = column(
        "Carried forward",
        Kind.YES_NO,
        "Underspend of the year before; it is an additional contribution and never part of a"
        " minimum",
        default=False,
    )
    paid_from: str = column(
        "Paid from",
        Kind.DATE,
        "First day it is paid where that is later than the profile says, as for an in-year tranche",
        default="",
        opens="year",
    )
    ring_fenced: bool = column(
        "Ring-fenced",
        Kind.YES_NO,
        "Money for one purpose only: an over- or underspend of this source is never shared",
        default=False,
    )
