"""Who bears a pool's over- or underspend."""

from __future__ import annotations

from typing import Literal

from icbudget.plan.columns import Kind, Noun, column


class RiskShare(Noun):
    """One row of a share rule: a rule by contributions has one row, a rule by fixed % one row a partner."""

    id: str = column("Risk share", Kind.TEXT, "Name of the rule, used in the Pools sheet", min_length=1)
    basis: Literal["contributions", "fixed"] = column(
        "Basis",
        Kind.CHOICE,
        "contributions: in proportion to what each partner puts in that year; fixed: agreed percentages",
        choices=("contributions", "fixed"),
    )
    partner: str = column("Partner", Kind.REFERENCE, "Partner of a fixed share", default="", table="partners")
    share: float | None = column(
        "Share", Kind.FRACTION, "Agreed share of the partner; the shares of a rule sum to 100 %", default=None, ge=0, le=1
    )
    clause: str = column("Clause", Kind.TEXT, "Where the agreement says so", default="")
