"""Who shares in what the plan gains or loses.

The partner that pays is often not the partner that gains.
"""

from typing import ClassVar, Literal

from icbudget.plan.columns import Kind, Money, column
from icbudget.plan.provenance import Sourced
from icbudget.plan.shared_columns import clause_of_agreement


class GainShare(Sourced):
    """One partner's row of an agreement to share the result of the plan.

    A partner is in one agreement only.
    """

    further: ClassVar[frozenset[str]] = frozenset({"evidence"})
    id: str = column(
        "Gain share",
        Kind.TEXT,
        "Name of the agreement; its partners share its id",
        min_length=1,
        opens=True,
    )
    partner: str = column(
        "Partner",
        Kind.REFERENCE,
        "Partner that takes part",
        table="partners",
        min_length=1,
        opens=True,
    )
    basis: Literal["fixed", "cost", "contributions", "shapley"] = column(
        "Basis",
        Kind.CHOICE,
        "fixed: the shares typed here; cost: in proportion to what each has paid for prevention so"
        " far; contributions: to what each has put into the pools so far; shapley: by what each"
        " adds to every coalition of the partners",
        default="fixed",
    )
    gain_share: float | None = column(
        "Share of a gain",
        Kind.FRACTION,
        "Share of a surplus (fixed); the shares sum to 100 %",
        default=None,
        ge=0,
        le=1,
        opens=True,
    )
    loss_share: float | None = column(
        "Share of a loss",
        Kind.FRACTION,
        "Share of a deficit, whatever the basis; blank for every partner: a loss is not shared",
        default=None,
        ge=0,
        le=1,
        opens=True,
    )
    cap: Money | None = column(
        "Cap",
        Kind.MONEY,
        "Most that the partner pays the others in a year; blank: no cap",
        default=None,
        ge=0,
        opens=True,
    )
    settlement: Literal["yearly", "cumulative"] = column(
        "Settlement",
        Kind.CHOICE,
        "yearly: each year's result on its own; cumulative: all years so far, less what was settled"
        " before",
        default="yearly",
        opens=True,
    )
    settles_on: Literal["plan", "confirmed"] = column(
        "Settles on",
        Kind.CHOICE,
        "plan: what the plan releases; confirmed: what is confirmed of each year that has ended"
        " (Confirmed releases), the forecast of the year reported, the plan beyond",
        default="plan",
    )
    claw_back: Money | None = column(
        "Claw-back limit",
        Kind.MONEY,
        "cumulative: most of what the partner received earlier that is taken back in a year; blank:"
        " no limit",
        default=None,
        ge=0,
    )
    clause: str = clause_of_agreement()
