"""What partners put into the pools."""

from __future__ import annotations

from typing import Literal

from icbudget.plan.columns import Kind, Money, MoneyByYear, column
from icbudget.plan.provenance import Sourced


class Contribution(Sourced):
    """One funding line of one partner into one pool, or a deduction from it."""

    pool: str = column(
        "Pool", Kind.REFERENCE, "Pool the money goes into", table="pools", min_length=1
    )
    partner: str = column(
        "Partner", Kind.REFERENCE, "Partner that contributes it", table="partners", min_length=1
    )
    source: str = column(
        "Source of funding",
        Kind.CHOICE,
        "Funding source of the rules year",
        choice_list="funding_source",
        min_length=1,
    )
    line: int = column(
        "Line", Kind.WHOLE, "Number of the line where a source has several", default=1, ge=1
    )
    name: str = column(
        "Name", Kind.TEXT, "What the line is called where that differs from its source", default=""
    )
    kind: Literal["contribution", "deduction"] = column(
        "Kind",
        Kind.CHOICE,
        "A deduction is entered as a positive amount and taken away",
        default="contribution",
        choices=("contribution", "deduction"),
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
    in_kind: bool = column(
        "In kind", Kind.YES_NO, "Staff, goods or accommodation instead of money", default=False
    )
    tranche_date: str = column(
        "Tranche date", Kind.DATE, "When the money was or will be notified", default=""
    )
    document: str = column(
        "Document", Kind.TEXT, "Agreement, allocation letter or determination", default=""
    )
    phasing: str = column(
        "Phasing",
        Kind.REFERENCE,
        "When it is paid in: monthly (also where blank), quarterly, four_equal, annual, or a row of"
        " Profiles",
        default="",
        table="profiles",
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
    )
    ring_fenced: bool = column(
        "Ring-fenced",
        Kind.YES_NO,
        "Money for one purpose only: an over- or underspend of this source is never shared",
        default=False,
    )
    amounts: MoneyByYear = column(
        "Amounts", Kind.MONEY, "Amount set for a year; it overrides the roll-forward", by_year=True
    )
