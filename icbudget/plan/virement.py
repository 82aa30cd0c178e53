"""Budget moved in the year."""

from typing import ClassVar, Literal

from icbudget.plan.columns import Kind, Money, Role, Year, column
from icbudget.plan.provenance import Sourced
from icbudget.plan.shared_columns import line_of_scheme


class Virement(Sourced):
    """One virement of the log: budget moved.

    It moves between two scheme lines, or between a scheme line and money outside the pool.

    Inside a pool the two sides sum to zero. Where one side is outside, or the two are in different
    pools, the contribution of `partner` under the scheme line's funding source changes by the
    amount.
    """

    further: ClassVar[frozenset[str]] = frozenset({"evidence"})
    id: str = column(
        "Virement",
        Kind.TEXT,
        "Number in the virement log",
        min_length=1,
        opens=True,
    )
    year: Year = column(
        "Year",
        Kind.YEAR,
        "Financial year whose budget it changes",
        opens=True,
    )
    month: int = column(
        "Month",
        Kind.WHOLE,
        "Month it takes effect: 1 is April, 12 is March",
        ge=1,
        le=12,
        opens=True,
    )
    from_scheme: str = column(
        "From scheme",
        Kind.REFERENCE,
        "Scheme that gives budget up; blank: from outside the pool",
        default="",
        table="schemes",
        opens=True,
    )
    from_line: int = line_of_scheme("From line", opens=False)
    to_scheme: str = column(
        "To scheme",
        Kind.REFERENCE,
        "Scheme that gets it; blank: money leaves the pool",
        default="",
        table="schemes",
        opens=True,
    )
    to_line: int = line_of_scheme("To line", opens=False)
    amount: Money = column(
        "Amount",
        Kind.MONEY,
        "Budget moved in this year",
        gt=0,
        opens=True,
    )
    recurrent: bool = column(
        "Recurrent",
        Kind.YES_NO,
        "Whether next year's budget starts from it; a one-off virement never enters a later base",
        default=False,
        opens=True,
    )
    full_year: Money | None = column(
        "Full-year effect",
        Kind.MONEY,
        "What a recurrent virement changes next year's base by; blank: as much as this year's"
        " budget",
        default=None,
        ge=0,
    )
    partner: str = column(
        "Partner",
        Kind.REFERENCE,
        "Partner whose contribution changes, where money crosses the edge of a pool",
        default="",
        table="partners",
    )
    authority: (
        Literal["pool_manager", "joint_officer_group", "partnership_board", "all_partners"] | None
    ) = column(
        "Authority",
        Kind.CHOICE,
        "Who may decide it; the limit of each stands in Setup, all_partners has none",
        default=None,
        opens=True,
    )
    approved_by: str = column(
        "Approved by",
        Kind.TEXT,
        "Who approved it; a virement that nobody has approved does not change the budget",
        default="",
        opens=True,
    )
    approved_on: str = column(
        "Approved on",
        Kind.DATE,
        "Day it was approved",
        default="",
        opens=True,
    )
    document: str = column(
        "Document", Kind.TEXT, "Minute, decision or form that approves it", default=""
    )
    capital_permission: str = column(
        "Capital permission",
        Kind.TEXT,
        "Document that allows money to cross between capital and revenue; without one it may not",
        default="",
        role=Role.TERM,
    )
    reason: str = column(
        "Reason",
        Kind.TEXT,
        "What it is for",
        default="",
        opens=True,
    )
