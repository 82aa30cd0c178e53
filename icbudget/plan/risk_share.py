"""Who bears a pool's over- or underspend: the ordered steps of a risk-share agreement."""

from typing import Literal, get_args

from icbudget.plan.columns import Kind, Money, MoneyByYear, Noun, column
from icbudget.plan.shared_columns import clause_of_agreement

Basis = Literal["contributions", "agreed", "fixed", "commissioner", "lead", "host", "share_profile"]
BASES: tuple[str, ...] = get_args(Basis)
BY_LINE = ("commissioner", "lead", "share_profile")
"""Bases that look at each scheme line; the others look at a pool as a whole."""
BY_PERCENTAGE = ("agreed", "fixed")
"""Bases with a percentage for each partner."""


class RiskShare(Noun):
    """One row of a step.

    A step by percentages, or with a cap, has one row a partner; any other step has one row.
    """

    id: str = column(
        "Risk share",
        Kind.TEXT,
        "Name of the rule, used in the Pools sheet",
        min_length=1,
        opens=True,
    )
    step: int = column(
        "Step",
        Kind.WHOLE,
        "Order of the step in the rule: each step takes from what the steps before it left",
        default=1,
        ge=1,
        opens=True,
    )
    applies_to: Literal["both", "overspend", "underspend"] = column(
        "Applies to",
        Kind.CHOICE,
        "Whether the step is for overspends, underspends or both: each has its own list of steps",
        default="both",
        opens=True,
    )
    kind: Literal["share", "offset", "contingency", "uncommitted"] = column(
        "Kind",
        Kind.CHOICE,
        "share: partners bear it; offset: underspends of the rule's other lines and pools meet"
        " overspends; contingency and uncommitted: so much of a risk pool, or of money not yet"
        " committed, meets overspends",
        default="share",
        opens=True,
    )
    basis: Basis | None = column(
        "Basis",
        Kind.CHOICE,
        "contributions: in proportion to what each partner puts in that year; agreed: percentages"
        " agreed in their place, the difference is shown; fixed: agreed percentages; commissioner:"
        " by who commissions each scheme line; lead: the lead partner of each line; host: the"
        " pool's host; share_profile: the host bears fixed lines, contributions share the others",
        default=None,
        opens=True,
    )
    partner: str = column(
        "Partner",
        Kind.REFERENCE,
        "Partner of the percentage or cap; a step by contributions that names partners is shared"
        " among these only",
        default="",
        table="partners",
        opens=True,
    )
    share: float | None = column(
        "Share",
        Kind.FRACTION,
        "Agreed share of the partner; the shares of a step sum to 100 %",
        default=None,
        ge=0,
        le=1,
        opens=True,
    )
    amount: Money | None = column(
        "Amount",
        Kind.MONEY,
        "contingency with a funding line: the most it gives in a year; without one: what it holds"
        " when it begins, used once; uncommitted: the most it gives in a year, blank for all that"
        " is uncommitted",
        default=None,
        ge=0,
    )
    width: Money | None = column(
        "Width",
        Kind.MONEY,
        "The most that a share step takes in a year, so that bands stack; blank: no limit",
        default=None,
        ge=0,
    )
    width_percent: float | None = column(
        "Width as % of pool",
        Kind.FRACTION,
        "The same as a share of the income of the rule's pools in the year",
        default=None,
        ge=0,
        le=1,
    )
    cap: Money | None = column(
        "Cap",
        Kind.MONEY,
        "The most this partner bears in the step in a year; what it keeps back goes on to the next"
        " step",
        default=None,
        ge=0,
        opens=True,
    )
    cap_percent: float | None = column(
        "Cap as % of contribution",
        Kind.FRACTION,
        "The same as a share of what the partner puts into the rule's pools in the year",
        default=None,
        ge=0,
    )
    clause: str = clause_of_agreement()
    amounts: MoneyByYear = column(
        "Amounts",
        Kind.MONEY,
        "Amount of the contingency or uncommitted step set for a year. A contingency without a"
        " funding line holds the amount of the first year that has one, and what it gives is gone",
        by_year=True,
    )
    funding_line: str = column(
        "Funding line",
        Kind.TEXT,
        "contingency: funding source of the rule's pools that fills the reserve; it is set aside,"
        " is no income of the variance, and what is not used is carried forward",
        default="",
    )
