"""Staff that a programme needs, by role and year, and who is in post."""

from icbudget.plan.columns import Kind, Year, column
from icbudget.plan.provenance import Sourced
from icbudget.plan.shared_columns import financial_year


class Staff(Sourced):
    """One role of a programme in one year: what it needs, who is in post, how fast others come.

    Beside the plan's money: nothing of it is posted. Source: model §15.7.
    """

    programme: str = column(
        "Programme",
        Kind.REFERENCE,
        "Programme that needs the staff",
        table="programmes",
        min_length=1,
        opens=True,
    )
    role: str = column("Role", Kind.TEXT, "Such as nurse or care worker", min_length=1, opens=True)
    year: Year = financial_year()
    needed: float | None = column(
        "Needed",
        Kind.NUMBER,
        "Whole-time equivalents needed; blank: those a person × the programme's people of the year",
        default=None,
        unit="wte",
        ge=0,
        opens=True,
    )
    a_person: float | None = column(
        "Needed a person",
        Kind.NUMBER,
        "Whole-time equivalents for one person served, where the number needed is blank",
        default=None,
        unit="wte a person",
        ge=0,
        opens=True,
    )
    in_post: float = column(
        "In post", Kind.NUMBER, "Whole-time equivalents there are", unit="wte", ge=0, opens=True
    )
    pay: float = column(
        "Pay",
        Kind.PRICE,
        "Pay with on-costs of a whole-time equivalent, in the money of the year",
        unit="£ a wte",
        ge=0,
        opens=True,
    )
    months_to_recruit: float | None = column(
        "Months to recruit",
        Kind.NUMBER,
        "From the beginning of the year in which the need arises",
        default=None,
        unit="months",
        ge=0,
        opens=True,
    )
    agency_premium: float = column(
        "Agency premium",
        Kind.FRACTION,
        "What agency staff cost above that pay",
        default=0.0,
        ge=0,
        le=5,
        opens=True,
    )
    months_beside: float = column(
        "Months beside the old service",
        Kind.NUMBER,
        "Months of the first year in which those who are missing work beside the old service",
        default=0.0,
        unit="months",
        ge=0,
        le=12,
        opens=True,
    )
