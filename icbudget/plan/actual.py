"""What was really spent and received."""

from decimal import Decimal
from typing import ClassVar, Literal

from icbudget.plan.columns import Kind, Money, Year, column
from icbudget.plan.provenance import Sourced
from icbudget.plan.shared_columns import financial_year, line_of_scheme


class Actual(Sourced):
    """One month's actual and accrual.

    It is of a scheme line (expenditure) or of a funding source (income).
    """

    further: ClassVar[frozenset[str]] = frozenset({"evidence"})
    year: Year = financial_year()
    month: int = column(
        "Month",
        Kind.WHOLE,
        "Month of the year: 1 is April, 12 is March",
        ge=1,
        le=12,
        opens=True,
    )
    kind: Literal["expenditure", "income"] = column(
        "Kind",
        Kind.CHOICE,
        "Spent from the pool, or paid into it",
        default="expenditure",
        opens=True,
    )
    scheme: str = column(
        "Scheme",
        Kind.REFERENCE,
        "Scheme the money was spent on; blank for income",
        default="",
        table="schemes",
        opens=True,
    )
    line: int = line_of_scheme()
    pool: str = column(
        "Pool",
        Kind.REFERENCE,
        "Pool the income came into; blank for expenditure",
        default="",
        table="pools",
        opens=True,
    )
    source: str = column(
        "Source of funding",
        Kind.CHOICE,
        "Funding source of the income; blank for expenditure",
        default="",
        choice_list="funding_source",
        opens=True,
    )
    partner: str = column(
        "Partner",
        Kind.REFERENCE,
        "Partner that paid income in, or whose ledger holds the expenditure; blank: the host",
        default="",
        table="partners",
        opens=True,
    )
    amount: Money = column(
        "Actual",
        Kind.MONEY,
        "Booked in the month; a refund or credit is negative",
        default=Decimal(0),
        opens=True,
    )
    accrual: Money = column(
        "Accrual",
        Kind.MONEY,
        "Due in the month and not yet booked; its release in a later month is negative",
        default=Decimal(0),
        opens=True,
    )
