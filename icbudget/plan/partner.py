"""Who takes part in the plan."""

from typing import Literal

from icbudget.plan.columns import Kind, Noun, column


class Partner(Noun):
    """An organisation of the plan.

    The order of the rows is the fixed order that decides ties of a penny.
    """

    id: str = column(
        "Partner",
        Kind.TEXT,
        "Short id used in the other tables, such as icb",
        min_length=1,
        opens=True,
    )
    name: str = column(
        "Name",
        Kind.TEXT,
        "Full name of the organisation",
        min_length=1,
        opens=True,
    )
    kind: Literal["icb", "council", "district", "nhs_provider", "other"] = column(
        "Kind",
        Kind.CHOICE,
        "What kind of organisation it is",
        opens=True,
    )
    vat_regime: Literal["section_33", "contracted_out_services", "other"] | None = column(
        "VAT regime",
        Kind.CHOICE,
        "How the organisation recovers VAT (councils: section 33; NHS bodies: contracted-out"
        " services)",
        default=None,
        opens="year",
    )
