"""Year-of-care capitation: one sum for a year of people's care, and who holds what is left."""

from decimal import Decimal
from typing import Literal

from icbudget.plan.columns import Kind, Money, NumberByYear, column
from icbudget.plan.provenance import Sourced


class Capitation(Sourced):
    """One capitated contract, held beside the contracts of the plan: nothing of it is posted.

    The holder is paid a price for each weighted person of a year, bears what the activity that the
    contract covers costs, and shares with the commissioner what lies beyond a corridor. Source:
    model §15.4.
    """

    id: str = column("Capitation", Kind.TEXT, "Short id of the contract", min_length=1, opens=True)
    # From the narrowest to the widest, as the ten-year plan names them.
    form: Literal[
        "year_of_care",
        "single_neighbourhood_provider",
        "multi_neighbourhood_provider",
        "integrated_health_organisation",
    ] = column(
        "Form",
        Kind.CHOICE,
        "year_of_care: one sum for people's care in the year; single_neighbourhood_provider: for"
        " about 50,000 people; multi_neighbourhood_provider: about 250,000;"
        " integrated_health_organisation: a whole population's budget, out of which it contracts"
        " the rest",
        default="year_of_care",
        opens=True,
    )
    commissioner: str = column(
        "Commissioner",
        Kind.REFERENCE,
        "Partner that pays the sum; it commissions the lines that the contract covers",
        table="partners",
        min_length=1,
        opens=True,
    )
    holder: str = column(
        "Holder",
        Kind.REFERENCE,
        "Partner that is paid the sum and holds what is left of it",
        table="partners",
        min_length=1,
        opens=True,
    )
    covers: tuple[str, ...] = column(
        "Covers",
        Kind.REFERENCES,
        "Activity lines that the sum is for, separated by semicolons",
        table="acute_lines",
        default=(),
        opens=True,
    )
    price: float = column(
        "Price",
        Kind.PRICE,
        "For one weighted person's year of care, in base-year prices; no national price is known",
        unit="£ a person",
        ge=0,
        opens=True,
    )
    index: str = column(
        "Price index",
        Kind.REFERENCE,
        "Index of the price and of the exclusions; flat, also where blank, means no change",
        default="",
        table="indices",
        opens=True,
    )
    exclusions: Money = column(
        "Exclusions",
        Kind.MONEY,
        "Taken off the sum for what the contract leaves out, in base-year prices",
        default=Decimal(0),
        ge=0,
        opens=True,
    )
    quality_share: float = column(
        "Quality share",
        Kind.FRACTION,
        "Part of the sum that is paid for quality only",
        default=0.0,
        ge=0,
        le=1,
        opens=True,
    )
    quality_achieved: float = column(
        "Quality achieved",
        Kind.FRACTION,
        "Part of the quality share that is earned",
        default=1.0,
        ge=0,
        le=1,
        opens=True,
    )
    corridor: float = column(
        "Corridor",
        Kind.FRACTION,
        "Part of the sum up to which all that is over or short is the holder's",
        default=0.0,
        ge=0,
        le=1,
        opens=True,
    )
    beyond: float = column(
        "Holder's part beyond",
        Kind.FRACTION,
        "Holder's part of what is over or short beyond the corridor; the commissioner has the rest."
        " 100 %: the holder has all of it",
        default=1.0,
        ge=0,
        le=1,
        opens=True,
    )
    most_a_person: float | None = column(
        "Most a person",
        Kind.PRICE,
        "Limit on what is paid for a weighted person, in the money of the year; blank: none",
        default=None,
        unit="£ a person",
        ge=0,
    )
    people: NumberByYear = column(
        "Weighted people",
        Kind.NUMBER,
        "People on the weighted list in the year; blank: the contract is not in force",
        by_year=True,
        unit="people",
        opens=True,
    )
