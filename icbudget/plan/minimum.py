"""Minimums that the rules require."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from icbudget.plan.columns import Kind, Money, MoneyByYear, column
from icbudget.plan.rolled_forward import RolledForward


class Minimum(RolledForward):
    """A floor under what is put in or spent from one funding source, with its own roll-forward."""

    stands_after: ClassVar[Mapping[str, str]] = {
        "base_amount": "applies",
        "index": "base_amount",
        "amounts": "index",
    }

    rule: Literal["adult_social_care", "nhs_out_of_hospital", "minimum_contribution"] = column(
        "Rule",
        Kind.CHOICE,
        "adult_social_care: spending on the Social Care area; nhs_out_of_hospital: spending outside"
        " Acute, as far as the NHS commissions it; minimum_contribution: what is put into the"
        " pools",
        opens=True,
    )
    source: str = column(
        "Source of funding",
        Kind.CHOICE,
        "Funding source the minimum must come from",
        choice_list="funding_source",
        min_length=1,
        opens=True,
    )
    applies: Literal["by rules year", "yes", "no"] = column(
        "Applies",
        Kind.CHOICE,
        "Whether the test counts: as the rules year says, or as you have confirmed yourself",
        default="by rules year",
    )
    base_amount: Money = column(
        "Base amount",
        Kind.MONEY,
        "Minimum in the base year",
        ge=0,
        opens=True,
    )
    index: str = column(
        "Index",
        Kind.REFERENCE,
        "Index of the minimum itself; flat means no change",
        default="",
        table="indices",
        opens=True,
    )
    amounts: MoneyByYear = column(
        "Amounts",
        Kind.MONEY,
        "Minimum published for a year; it overrides the roll-forward",
        by_year=True,
    )
