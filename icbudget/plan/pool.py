"""Pooled funds and the budgets that stand beside them."""

from typing import Literal

from icbudget import years
from icbudget.plan.columns import Kind, Noun, Role, column
from icbudget.plan.shared_columns import short_id

CONTRIBUTORS = "contributors"
"""What a pool holds on its last day goes back to those who paid it in."""


class Pool(Noun):
    """A pooled fund, or an aligned or in-view budget shown beside one."""

    id: str = short_id("Pool")
    name: str = column(
        "Name",
        Kind.TEXT,
        "Name of the pooled fund",
        min_length=1,
        opens=True,
    )
    host: str = column(
        "Host",
        Kind.REFERENCE,
        "Partner that hosts the pooled fund and keeps its accounts",
        table="partners",
        opens=True,
    )
    legal_basis: Literal["s75", "s65Z5", "s256", "s76"] = column(
        "Legal basis",
        Kind.CHOICE,
        "NHS Act 2006 power the fund rests on",
        default="s75",
    )
    pooling_status: Literal["pooled", "aligned", "in_view"] = column(
        "Pooling status",
        Kind.CHOICE,
        "Only pooled money is shared; aligned and in-view budgets are shown beside it",
        default="pooled",
        opens=True,
    )
    money_kind: Literal["revenue", "capital"] = column(
        "Revenue or capital",
        Kind.CHOICE,
        "Whether the pool holds revenue or capital; keep capital in a pool of its own",
        default="revenue",
        opens=True,
    )
    parent: str = column(
        "Parent pool", Kind.REFERENCE, "Pool this one is part of, if any", default="", table="pools"
    )
    risk_share: str = column(
        "Risk share",
        Kind.REFERENCE,
        "Rule that shares the pool's own variance, from the Risk share sheet; a parent's rule is"
        " not its sub-pools'",
        default="",
        table="risk_shares",
        opens=True,
    )
    lead_commissioner: str = column(
        "Lead commissioner",
        Kind.REFERENCE,
        "Partner that commissions for the pool, where the agreement gives it the surplus; blank for"
        " the host",
        default="",
        table="partners",
    )
    underspend: Literal[
        "share", "retain", "redeploy", "lead_commissioner", "carry_forward", "return_recurrent"
    ] = column(
        "Underspend goes to",
        Kind.CHOICE,
        "What the risk share leaves of an underspend. share: nothing more is agreed; retain: stays"
        " as contingency; redeploy: non-recurrent use in the pool; lead_commissioner: goes to it;"
        " carry_forward: next year's additional contribution; return_recurrent: returned in"
        " proportion to recurrent contributions",
        default="share",
    )
    closed_on: str = column(
        "Closed on",
        Kind.DATE,
        "Last day of the pool, if it has one; no virement goes into or out of it in a later month,"
        " and in later years nothing of it is shared",
        default="",
        opens="year",
    )
    left_at_end: Literal["", "contributors"] = column(
        "What is left at its end",
        Kind.CHOICE,
        "Where the money goes that the pool holds on its last day. contributors: back to the"
        " partners, by what each has paid in; blank: the agreement does not say, to be settled",
        default="",
        role=Role.TERM,
        opens="year",
    )
    agreement: str = column(
        "Agreement",
        Kind.TEXT,
        "Signed agreement, or the variation in force, that the pool rests on: document and clause",
        default="",
        role=Role.TERM,
        opens="year",
    )
    signed_on: str = column(
        "Signed on",
        Kind.DATE,
        "Day on which the last partner signed it; blank: not yet",
        default="",
        role=Role.RECORD,
        opens="year",
    )
    covers_from: str = column(
        "Covers from",
        Kind.DATE,
        "First day that it covers",
        default="",
        opens="year",
    )
    covers_to: str = column(
        "Covers to",
        Kind.DATE,
        "Last day that it covers; blank: until it is ended",
        default="",
        opens="year",
    )
    pool_manager: str = column(
        "Pool manager",
        Kind.TEXT,
        "Officer whom the host appoints to manage the fund and report to the partners, quarterly"
        " and annually",
        default="",
        opens="year",
    )

    @property
    def is_pooled(self) -> bool:
        """Return whether it is a pooled fund: money of no other budget is shared."""
        return self.pooling_status == "pooled"

    @property
    def last_year(self) -> str:
        """Return the financial year of the pool's last day; blank where it has none."""
        if not self.closed_on:
            return ""
        begins = int(self.closed_on[:4]) - (self.closed_on[5:7] < "04")
        return years.of(begins)

    def ended(self, year: str) -> bool:
        """Return whether the pool's last day was before the year began."""
        return bool(self.closed_on) and self.closed_on < f"{years.start(year)}-04-01"
