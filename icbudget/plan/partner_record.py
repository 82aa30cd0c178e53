"""What each partner's own books say it is owed by, or owes to, another.

It is agreed before the accounts close.
"""

from typing import ClassVar, Literal

from icbudget.plan.columns import Kind, Money, Year, column
from icbudget.plan.provenance import Sourced

OTHER_SIDE = {"receivable": "payable", "income": "expenditure"}
"""Which record of one partner answers which of the other."""


class PartnerRecord(Sourced):
    """One partner's record of dealings with another about a pool.

    It is of a balance or of the year.
    """

    further: ClassVar[frozenset[str]] = frozenset({"evidence"})
    year: Year = column(
        "Year",
        Kind.YEAR,
        "Financial year that closed",
        opens=True,
    )
    pool: str = column(
        "Pool",
        Kind.REFERENCE,
        "Pool it is about",
        table="pools",
        min_length=1,
        opens=True,
    )
    partner: str = column(
        "Partner",
        Kind.REFERENCE,
        "Whose books these are",
        table="partners",
        min_length=1,
        opens=True,
    )
    counterparty: str = column(
        "Counterparty",
        Kind.REFERENCE,
        "The other partner",
        table="partners",
        min_length=1,
        opens=True,
    )
    kind: Literal["receivable", "payable", "income", "expenditure"] = column(
        "Kind",
        Kind.CHOICE,
        "receivable and payable: balances at the year end; income and expenditure: of the year",
        opens=True,
    )
    amount: Money = column(
        "Amount",
        Kind.MONEY,
        "Amount in the partner's books",
        opens=True,
    )
    reference: str = column(
        "Reference",
        Kind.TEXT,
        "Ledger code, invoice or form",
        default="",
        opens=True,
    )
