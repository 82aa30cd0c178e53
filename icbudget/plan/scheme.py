"""What the pools are spent on."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from icbudget.plan.columns import Kind, Money, MoneyByYear, column
from icbudget.plan.rolled_forward import OneOffOrRecurrent


class Scheme(OneOffOrRecurrent):
    """One expenditure line: a scheme has a line for each funding source that pays for it."""

    stands_after: ClassVar[Mapping[str, str]] = {
        "base_amount": "programme",
        "index": "base_amount",
        "recurrent": "index",
        "amounts": "experience_measure",
    }

    id: str = column(
        "Scheme",
        Kind.TEXT,
        "Scheme id as in the planning return",
        min_length=1,
        opens=True,
    )
    line: int = column(
        "Line",
        Kind.WHOLE,
        "1 for the first funding source of the scheme, 2 for the next",
        default=1,
        ge=1,
    )
    name: str = column(
        "Name",
        Kind.TEXT,
        "Name of the scheme",
        min_length=1,
        opens=True,
    )
    description: str = column(
        "Description",
        Kind.TEXT,
        "Brief description of the scheme, as in the planning return",
        default="",
        opens="returns",
    )
    pool: str = column(
        "Pool",
        Kind.REFERENCE,
        "Pool that pays for it",
        table="pools",
        min_length=1,
        opens=True,
    )
    scheme_type: str = column(
        "Scheme type",
        Kind.CHOICE,
        "Scheme type or activity of the rules year",
        default="",
        choice_list="scheme_type",
        opens=True,
    )
    sub_type: str = column(
        "Sub type",
        Kind.CHOICE,
        "Sub type that belongs to the scheme type",
        default="",
        choice_list="sub_type",
        opens="returns",
    )
    other_type: str = column(
        "Other type",
        Kind.TEXT,
        "What it is where the scheme type or sub type is Other",
        default="",
        opens="returns",
    )
    primary_objective: str = column(
        "Primary objective",
        Kind.CHOICE,
        "Objective of the Better Care Fund it serves first",
        default="",
        choice_list="primary_objective",
        opens="returns",
    )
    area_of_spend: str = column(
        "Area of spend",
        Kind.CHOICE,
        "Area of spend of the rules year",
        default="",
        choice_list="area_of_spend",
        opens=True,
    )
    other_area: str = column(
        "Other area",
        Kind.TEXT,
        "What it is where the area of spend is Other",
        default="",
        opens="returns",
    )
    commissioner: Literal["NHS", "LA", "Joint"] | None = column(
        "Commissioner",
        Kind.CHOICE,
        "Who commissions it",
        default=None,
        opens=True,
    )
    nhs_share: float | None = column(
        "NHS share",
        Kind.FRACTION,
        "Share commissioned by the NHS where the commissioner is Joint",
        default=None,
        ge=0,
        le=1,
    )
    la_share: float | None = column(
        "LA share",
        Kind.FRACTION,
        "Share commissioned by the council where the commissioner is Joint",
        default=None,
        ge=0,
        le=1,
    )
    provider: str = column(
        "Provider",
        Kind.CHOICE,
        "Kind of provider",
        default="",
        choice_list="provider",
        opens=True,
    )
    source: str = column(
        "Source of funding",
        Kind.CHOICE,
        "Funding source that pays for this line",
        choice_list="funding_source",
        min_length=1,
        opens=True,
    )
    new_or_existing: Literal["New", "Existing"] | None = column(
        "New or existing",
        Kind.CHOICE,
        "Whether the scheme ran before",
        default=None,
        opens="returns",
    )
    programme: str = column(
        "Programme",
        Kind.REFERENCE,
        "Prevention programme this scheme pays for; its cost is then the expenditure and no amount"
        " is entered here",
        default="",
        table="programmes",
        opens=True,
    )
    # blank where the line names a programme, whose cost is then the expenditure
    base_amount: Money | None = column(  # type: ignore[assignment]
        "Base amount",
        Kind.MONEY,
        "Expenditure in the base year",
        default=None,
        ge=0,
        opens=True,
    )
    index: str = column(
        "Index",
        Kind.REFERENCE,
        "Index that rolls the expenditure forward; flat means no change; needed where a later year"
        " has no amount of its own",
        default="",
        table="indices",
        opens=True,
    )
    recurrent: bool = column(
        "Recurrent",
        Kind.YES_NO,
        "One-off spending never enters the next year's base",
        default=True,
        opens=True,
    )
    lead_partner: str = column(
        "Lead partner",
        Kind.REFERENCE,
        "Partner that answers for the line and bears its variance under a rule by lead",
        default="",
        table="partners",
    )
    share_profile: Literal["variable", "fixed"] = column(
        "Share profile",
        Kind.CHOICE,
        "Under a rule by share_profile, fixed: the host bears the line's variance; variable: it is"
        " shared",
        default="variable",
    )
    phasing: str = column(
        "Phasing",
        Kind.REFERENCE,
        "Profile of the budget over the months: monthly (also where blank), quarterly, four_equal,"
        " annual, or a row of Profiles",
        default="",
        table="profiles",
        opens="year",
    )
    accounting_basis: (
        Literal["lead_commissioner", "joint_operation", "agency", "aligned"] | None
    ) = column(
        "Accounting basis",
        Kind.CHOICE,
        "Who controls the line (IFRS 10, 11). lead_commissioner: the lead books all of it, the"
        " others' money as income; joint_operation: each books its share; agency: the host only"
        " passes money on; aligned: each books its own",
        default=None,
        opens="year",
    )
    vat_rate: float = column(
        "VAT rate",
        Kind.FRACTION,
        "VAT that suppliers of the line charge on its cost before VAT",
        default=0.0,
        ge=0,
        le=1,
        opens="year",
    )
    vat_contracted_out: float = column(
        "VAT under contracted-out services",
        Kind.FRACTION,
        "Part of that VAT which an NHS body may recover under the contracted-out-services headings",
        default=0.0,
        ge=0,
        le=1,
        opens="year",
    )
    output_unit: str = column(
        "Output unit", Kind.TEXT, "What the scheme delivers, such as packages", default=""
    )
    planned_outputs: float | None = column(
        "Planned outputs", Kind.NUMBER, "Outputs planned in the base year", default=None, ge=0
    )
    experience_measure: str = column(
        "Experience measure",
        Kind.TEXT,
        "How patients' experience of the scheme is watched",
        default="",
    )
    amounts: MoneyByYear = column(
        "Amounts",
        Kind.MONEY,
        "Expenditure set for a year; it overrides the roll-forward",
        by_year=True,
    )
    prevention: bool = column(
        "Prevention",
        Kind.YES_NO,
        "Whether the line counts as prevention in a goal for the share of spending; one that names"
        " a programme counts without it",
        default=False,
    )
