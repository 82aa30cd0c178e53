"""The settings of a plan."""

from decimal import Decimal
from typing import Literal

from icbudget.plan.columns import Kind, Money, Noun, Role, Year, column

LONGEST_HORIZON = 30
"""Years that a plan may run after its base year."""
MOST_DRAWS, LARGEST_SEED = 100_000, 2_000_000_000
"""What a workbook can hold of its own simulation."""
WHEN_ASKED = "when_asked"
"""Value of Simulate: Simulation and Tornado are drawn when somebody asks for them."""


class Setup(Noun):
    """What the plan is about, its years, its rules and how its money is treated."""

    title: str = column(
        "Title",
        Kind.TEXT,
        "What the plan is called in every report",
        min_length=1,
        opens=True,
    )
    area: str = column(
        "Area",
        Kind.TEXT,
        "Health and Wellbeing Board the plan is for",
        default="",
        opens=True,
    )
    ons_code: str = column(
        "ONS code",
        Kind.TEXT,
        "ONS code of that area, such as E09000023",
        default="",
        opens=True,
    )
    base_year: Year = column(
        "Base year",
        Kind.YEAR,
        "Financial year of the base amounts and base activity",
        opens=True,
    )
    horizon: int = column(
        "Horizon",
        Kind.WHOLE,
        "Years projected after the base year",
        unit="years",
        ge=0,
        le=LONGEST_HORIZON,
        opens=True,
    )
    rules_year: str = column(
        "Rules year",
        Kind.CHOICE,
        "Which Better Care Fund lists and rules apply",
        default="2025-26",
        choice_list="rules_year",
        opens=True,
    )
    price_base: Year | None = column(
        "Price base",
        Kind.YEAR,
        "Year whose prices the appraisal is shown in; blank means the base year",
        default=None,
    )
    uplift_form: Literal["additive", "multiplicative"] = column(
        "Uplift form",
        Kind.CHOICE,
        "How uplift and efficiency make the net uplift: additive is 1 + uplift − efficiency,"
        " multiplicative is (1 + uplift)(1 − efficiency)",
        default="additive",
    )
    rounding_unit: Money = column(
        "Rounding unit",
        Kind.MONEY,
        "Rolled-forward contributions and schemes are rounded half-up to this",
        default=Decimal(1),
        gt=0,
    )
    price_uplift: str = column(
        "Price uplift index",
        Kind.REFERENCE,
        "Cost uplift factor in the price of every activity line that names none; blank: flat",
        default="",
        table="indices",
        opens="shift",
    )
    price_efficiency: str = column(
        "Price efficiency index",
        Kind.REFERENCE,
        "Efficiency factor in the price of every activity line that names none; blank: flat",
        default="",
        table="indices",
        opens="shift",
    )
    reinvest_basis: Literal["lower", "contract", "system"] = column(
        "Reinvest basis",
        Kind.CHOICE,
        "Which release may be reinvested: the contract saving, the net release, or the lower of"
        " the two",
        default="lower",
    )
    reinvest_share: float = column(
        "Reinvest share",
        Kind.FRACTION,
        "Share of a release that goes into the pool",
        default=1.0,
        ge=0,
        le=1,
    )
    family_overlap: float = column(
        "Overlap in a family",
        Kind.FRACTION,
        "How far programmes of one family reach the same admissions: 0 % independent, 100 % the"
        " same people. 50 % is a judgement, not evidence",
        default=0.5,
        ge=0,
        le=1,
    )
    deflator: str = column(
        "Deflator",
        Kind.REFERENCE,
        "Index that takes inflation out in the appraisal (GDP deflator)",
        default="",
        table="indices",
        opens=True,
    )
    discount_set: Literal["green_book_2026"] = column(
        "Discount rates",
        Kind.CHOICE,
        "Dated set of discount rates",
        default="green_book_2026",
    )
    qaly_value: Money | None = column(
        "Value of a QALY",
        Kind.MONEY,
        "£ for one quality-adjusted life year in the prices of the price base, for the view of"
        " public value only; an assumption that you make and source, never cash. Blank: health"
        " effects are counted and not valued",
        default=None,
        ge=0,
    )
    qaly_evidence: str = column(
        "Source of that value", Kind.TEXT, "Document the £ for a QALY comes from", default=""
    )
    display_sign: Literal["council", "nhs"] = column(
        "Sign shown",
        Kind.CHOICE,
        "council: an overspend is positive; nhs: an adverse variance is in brackets",
        default="council",
        role=Role.WORDS,
    )
    active_scenario: str = column(
        "Active scenario",
        Kind.TEXT,
        "Scenario laid over the plan: one of the Scenarios sheet, or a ready-made one (Low"
        " evidence, High evidence, Block contracts, Aligned budgets, Lead commissioning, Pooled"
        " fund, One budget …); blank for the plan itself",
        default="",
    )
    uncertainty: Literal["assumed", "entered"] = column(
        "Uncertainty",
        Kind.CHOICE,
        "assumed: figures of which nothing is entered on Uncertainty get icbudget's assumptions,"
        " which are judgements; entered: only what is entered there is uncertain",
        default="assumed",
        role=Role.VIEW,
        opens="uncertainty",
    )
    draws: int = column(
        "Draws",
        Kind.WHOLE,
        "Draws of the simulation in the workbook; the command simulate can make more",
        default=1000,
        role=Role.VIEW,
        ge=2,
        le=MOST_DRAWS,
        opens="uncertainty",
    )
    seed: int = column(
        "Seed",
        Kind.WHOLE,
        "Where the random numbers start: the same seed, the same answer",
        default=1,
        role=Role.VIEW,
        ge=0,
        le=LARGEST_SEED,
        opens="uncertainty",
    )
    simulate: Literal["at_every_change", "when_asked"] = column(
        "Simulate",
        Kind.CHOICE,
        "When a workbook draws Simulation and Tornado: at_every_change; or when_asked, by the"
        " button Simulate, ICB_SIMULATE or the command simulate",
        default="at_every_change",
        role=Role.VIEW,
        opens="uncertainty",
    )
    prepared_by: str = column(
        "Prepared by",
        Kind.TEXT,
        "Name and organisation",
        default="",
        opens=True,
    )
    approved_by: str = column(
        "Approved by",
        Kind.TEXT,
        "Name and office, such as section 151 officer",
        default="",
        opens="returns",
    )
    monitored_year: Year | None = column(
        "Year monitored",
        Kind.YEAR,
        "Financial year of the monitoring report; blank: the latest that has actuals",
        default=None,
        role=Role.VIEW,
        opens="year",
    )
    monitored_month: int | None = column(
        "Month monitored",
        Kind.WHOLE,
        "Month of the monitoring report, 1 is April; blank: the latest that has actuals",
        default=None,
        role=Role.VIEW,
        ge=1,
        le=12,
        opens="year",
    )
    amber_above: float = column(
        "Amber above",
        Kind.FRACTION,
        "A forecast above the budget by more than this is Amber. A judgement, not a rule: agree"
        " your own",
        default=0.0,
        ge=0,
        le=1,
        opens="year",
    )
    red_above: float = column(
        "Red above",
        Kind.FRACTION,
        "A forecast above the budget by more than this is Red. A judgement, not a rule: agree"
        " your own",
        default=0.02,
        ge=0,
        le=1,
        opens="year",
    )
    overdue_after: int = column(
        "Benefits overdue after",
        Kind.WHOLE,
        "Days after the end of a quarter by which its releases are to be confirmed or refused",
        unit="days",
        default=60,
        role=Role.VIEW,
        ge=0,
        le=3650,
        opens="benefits",
    )
    limit_pool_manager: Money | None = column(
        "Virement limit of the pool manager",
        Kind.MONEY,
        "Largest virement the pool manager may decide alone; blank: no limit was set",
        default=None,
        ge=0,
        opens="year",
    )
    limit_joint_officer_group: Money | None = column(
        "Virement limit of the joint officer group",
        Kind.MONEY,
        "Largest virement the joint officer group may decide; blank: no limit was set",
        default=None,
        ge=0,
        opens="year",
    )
    limit_partnership_board: Money | None = column(
        "Virement limit of the partnership board",
        Kind.MONEY,
        "Largest virement the partnership board may decide; blank: no limit was set",
        default=None,
        ge=0,
        opens="year",
    )
    notes: str = column(
        "Notes",
        Kind.TEXT,
        "What a reader must know about this plan and its sources",
        default="",
        opens=True,
    )
