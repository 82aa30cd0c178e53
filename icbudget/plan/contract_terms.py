"""The terms that activity is paid under, on the line itself and where they change."""

from typing import Literal

from icbudget.plan.columns import Kind, Money, column
from icbudget.plan.provenance import Sourced

Contract = Literal["activity", "marginal", "block", "aligned", "lva"]


class ContractTerms(Sourced):
    """A contract and what its kind needs: a rate and a baseline, a fixed sum, or a share."""

    contract: Contract = column(
        "Contract",
        Kind.CHOICE,
        "activity: every unit is paid; marginal: above the baseline value at the marginal rate;"
        " block: a fixed sum; aligned: fixed with a variable share; lva: three-year average"
        " (low-volume activity). It may change in a year: see Contract changes",
        opens=True,
    )
    marginal_rate: float | None = column(
        "Marginal rate",
        Kind.FRACTION,
        "Share of the price paid above the baseline value",
        default=None,
        ge=0,
        le=1,
    )
    baseline_value: Money | None = column(
        "Baseline value",
        Kind.MONEY,
        "Value in the base year above which the marginal rate applies",
        default=None,
        ge=0,
    )
    block_value: Money | None = column(
        "Block value",
        Kind.MONEY,
        "Fixed sum in the base year; blank means base activity at base price",
        default=None,
        ge=0,
    )
    variable_share: float | None = column(
        "Variable share",
        Kind.FRACTION,
        "Share of the price that moves with activity in an aligned contract",
        default=None,
        ge=0,
        le=1,
        opens=True,
    )
