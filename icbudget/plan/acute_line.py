"""Activity, its price and cost, its contract and how its cost behaves."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from icbudget.plan.columns import Kind, MoneyByYear, NumberByYear, Year, column
from icbudget.plan.contract_terms import ContractTerms
from icbudget.plan.shared_columns import short_id

Currency = Literal[
    "spell",
    "episode",
    "attendance",
    "bed day",
    "contact",
    "journey",
    "procedure",
    "week",
    "hour",
    "pound",
]
BED_DAY = "bed day"
ADMISSIONS = ("spell", "episode")
"""Currencies that count admissions."""


class AcuteLine(ContractTerms):
    """One line of activity between one commissioner and one provider."""

    stands_after: ClassVar[Mapping[str, str]] = {
        "contract": "budget_index",
        "marginal_rate": "contract",
        "baseline_value": "marginal_rate",
        "block_value": "baseline_value",
        "variable_share": "block_value",
    }

    id: str = short_id("Activity line")
    name: str = column("Name", Kind.TEXT, "What the activity is", default="")
    point_of_delivery: str = column(
        "Point of delivery",
        Kind.TEXT,
        "Such as Non-elective admission or A&E attendance",
        default="",
        opens=True,
    )
    currency: Currency = column(
        "Currency",
        Kind.CHOICE,
        "What one unit of activity is",
        opens=True,
    )
    commissioner: str = column(
        "Commissioner",
        Kind.REFERENCE,
        "Partner that pays for the activity",
        table="partners",
        min_length=1,
        opens=True,
    )
    provider: str = column(
        "Provider",
        Kind.REFERENCE,
        "Partner that provides it; blank: a market of providers who are no partners of the plan,"
        " which stops spending what it is no longer paid",
        default="",
        table="partners",
        opens=True,
    )
    cohort: str = column("Cohort", Kind.TEXT, "Patients or age band", default="")
    base_activity: float = column(
        "Base activity",
        Kind.NUMBER,
        "Activity in the base year; blank where clients and units a client are filled in",
        unit="a year",
        ge=0,
        unless="clients",
        opens=True,
    )
    baseline_adjustment: float = column(
        "Baseline adjustment",
        Kind.FRACTION,
        "Correction of the base activity",
        default=0.0,
        gt=-1,
        le=10,
    )
    demographic_index: str = column(
        "Demographic index",
        Kind.REFERENCE,
        "Growth from population and age; blank: flat",
        default="",
        table="indices",
        opens=True,
    )
    non_demographic_index: str = column(
        "Non-demographic index",
        Kind.REFERENCE,
        "Growth beyond population; blank: flat",
        default="",
        table="indices",
    )
    unit_price: float = column(
        "Unit price",
        Kind.PRICE,
        "What the commissioner pays for one unit in the base year",
        ge=0,
        opens=True,
    )
    price_currency: Currency | None = column(
        "Price currency",
        Kind.CHOICE,
        "What the price is for, where that may differ from the activity; blank means the same",
        default=None,
    )
    unit_cost: float | None = column(
        "Unit cost",
        Kind.PRICE,
        "What one unit costs the provider on average in the base year; blank: the unit price, as an"
        " assumption",
        default=None,
        ge=0,
        opens=True,
    )
    cost_currency: Currency | None = column(
        "Cost currency",
        Kind.CHOICE,
        "What the cost is for; blank means the same as the activity",
        default=None,
    )
    price_year: Year | None = column(
        "Price year",
        Kind.YEAR,
        "Year of the unit price and unit cost; blank means the base year",
        default=None,
    )
    market_forces_factor: float = column(
        "Market forces factor",
        Kind.NUMBER,
        "Multiplies the price, not the cost",
        default=1.0,
        gt=0,
        le=2,
    )
    price_uplift: str = column(
        "Price uplift index",
        Kind.REFERENCE,
        "Cost uplift factor in the price; blank: that of Setup",
        default="",
        table="indices",
    )
    price_efficiency: str = column(
        "Price efficiency index",
        Kind.REFERENCE,
        "Efficiency factor in the price; blank: that of Setup",
        default="",
        table="indices",
    )
    cost_uplift: str = column(
        "Cost uplift index",
        Kind.REFERENCE,
        "Inflation of the provider's cost; blank means as the price",
        default="",
        table="indices",
    )
    cost_efficiency: str = column(
        "Cost efficiency index",
        Kind.REFERENCE,
        "Efficiency in the provider's cost; blank means as the price",
        default="",
        table="indices",
    )
    budget_index: str = column(
        "Budget index",
        Kind.REFERENCE,
        "Growth of the commissioner's budget for the line; blank means the budget meets do nothing",
        default="",
        table="indices",
    )
    rebase_years: tuple[Year, ...] = column(
        "Rebase years",
        Kind.YEARS,
        "Years in which a block or aligned contract is reset to the activity of the year before",
        default=(),
    )
    variable_cost: float = column(
        "Variable cost",
        Kind.FRACTION,
        "Share of the unit cost released at once with each unit",
        ge=0,
        le=1,
        opens=True,
    )
    semi_fixed_cost: float = column(
        "Semi-fixed cost",
        Kind.FRACTION,
        "Share of the unit cost released in whole blocks",
        ge=0,
        le=1,
        opens=True,
    )
    fixed_cost: float | None = column(
        "Fixed cost",
        Kind.FRACTION,
        "Share of the unit cost released only by decision; blank: what the other two shares leave"
        " of 100 %",
        default=None,
        ge=0,
        le=1,
    )
    block_size: float | None = column(
        "Block size",
        Kind.NUMBER,
        "Units of activity that one ward or team serves",
        default=None,
        unit="a year",
        ge=1e-9,
        opens=True,
    )
    hold: int = column(
        "Hold",
        Kind.WHOLE,
        "Years that demand must have stayed down before a block closes",
        default=1,
        unit="years",
        ge=0,
        le=30,
    )
    backfill: float = column(
        "Backfill",
        Kind.FRACTION,
        "Share of released capacity that other patients fill",
        default=0.0,
        ge=0,
        le=1,
    )
    bed_days: float | None = column(
        "Bed days a unit",
        Kind.NUMBER,
        "Average length of stay of one unit, where beds are to be shown; a line that counts bed"
        " days needs none",
        default=None,
        unit="bed days",
        ge=0,
        le=366,
    )
    occupancy: float = column(
        "Bed occupancy",
        Kind.FRACTION,
        "Occupancy at which bed days become beds; 92 % is a judgement",
        default=0.92,
        gt=0,
        le=1,
    )
    floor: float | None = column(
        "Floor",
        Kind.NUMBER,
        "Activity that the plan must not go below",
        default=None,
        unit="a year",
        ge=0,
    )
    clients: float | None = column(
        "Clients",
        Kind.NUMBER,
        "People in the service through the base year, for activity that a council pays for; with"
        " units a client they give a base activity that is left blank",
        default=None,
        unit="people",
        ge=0,
    )
    units_a_client: float | None = column(
        "Units a client",
        Kind.NUMBER,
        "Weeks or hours that one client has in a year",
        default=None,
        unit="a year",
        ge=0,
    )
    client_charge: float = column(
        "Client charge",
        Kind.PRICE,
        "What clients pay for one unit in the base year on average, after means tests: income of"
        " the commissioner; only where a market provides",
        default=0.0,
        ge=0,
    )
    charge_index: str = column(
        "Charge index",
        Kind.REFERENCE,
        "Growth of the client charge; blank: flat",
        default="",
        table="indices",
    )
    parent: str = column(
        "Parent line",
        Kind.REFERENCE,
        "Line this one follows, as bed days follow spells",
        default="",
        table="acute_lines",
    )
    closes: NumberByYear = column(
        "Blocks close",
        Kind.FRACTION,
        "Decision to close what can close: 100 % yes, 0 % or blank no",
        by_year=True,
    )
    fixed_release: MoneyByYear = column(
        "Fixed cost released",
        Kind.MONEY,
        "Fixed cost released in the year by decision",
        by_year=True,
    )
    most_blocks: NumberByYear = column(
        "Largest number of blocks",
        Kind.NUMBER,
        "Most blocks that can be closed at once in the year, however much demand is down; blank: no"
        " limit",
        by_year=True,
        unit="blocks",
    )

    @property
    def emergency_admissions(self) -> bool:
        """Return whether the line counts emergency admissions.

        These are spells or episodes of a non-elective point of delivery.
        """
        return self.currency in ADMISSIONS and self.point_of_delivery.casefold().startswith(
            "non-elective"
        )
