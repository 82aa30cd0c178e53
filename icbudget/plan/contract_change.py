"""Contracts that change in a year."""

from collections.abc import Iterable, Mapping
from typing import ClassVar

from icbudget.plan.acute_line import AcuteLine
from icbudget.plan.columns import Kind, Money, Year, column
from icbudget.plan.contract_terms import Contract, ContractTerms


class ContractChange(ContractTerms):
    """The terms an activity line is paid under from a year on.

    Until its first change the terms on the line itself apply.
    """

    further: ClassVar[frozenset[str]] = frozenset({"evidence"})
    stands_after: ClassVar[Mapping[str, str]] = {
        "contract": "year",
        "marginal_rate": "contract",
        "baseline_value": "marginal_rate",
        "block_value": "baseline_value",
        "variable_share": "block_value",
    }

    acute_line: str = column(
        "Activity line",
        Kind.REFERENCE,
        "Line whose contract changes",
        table="acute_lines",
        min_length=1,
        opens=True,
    )
    year: Year = column(
        "From year",
        Kind.YEAR,
        "First year of the new contract; a later change of the line ends it",
        opens=True,
    )
    contract: Contract = column(
        "Contract",
        Kind.CHOICE,
        "Contract from that year on, as on Activity lines",
        opens=True,
    )
    baseline_value: Money | None = column(
        "Baseline value",
        Kind.MONEY,
        "Value above which the marginal rate applies, in the money of the first year; it follows"
        " the price after that",
        default=None,
        ge=0,
    )
    block_value: Money | None = column(
        "Block value",
        Kind.MONEY,
        "Fixed sum in the money of the first year; it follows the price after that. Blank means the"
        " activity of the year before at the price of the first year",
        default=None,
        ge=0,
        opens=True,
    )


def terms_by_year(
    line: AcuteLine, changes: Iterable[ContractChange], years: tuple[str, ...]
) -> tuple[ContractTerms, ...]:
    """Return the terms in force in each year.

    A change counts from its year on, one of the base year or before never.
    """
    own = sorted(
        (c for c in changes if c.acute_line == line.id and c.year > years[0]), key=lambda c: c.year
    )
    return tuple(next((c for c in reversed(own) if c.year <= year), line) for year in years)
