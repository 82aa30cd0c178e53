"""How a year's money is spread over its months."""

from typing import Any, ClassVar

from icbudget.plan.columns import Kind, column
from icbudget.plan.provenance import Sourced

MONTHS = (
    *("April", "May", "June", "July", "August", "September"),
    *("October", "November", "December", "January", "February", "March"),
)
"""The months of a financial year; month 1 is April."""
BUILT_IN = ("monthly", "quarterly", "four_equal", "annual")
"""Profiles that need no row: see `icbudget.engine.accounts.phasing`."""


def _month(name: str) -> Any:
    return column(
        name,
        Kind.NUMBER,
        f"Weight of {name}: its part of the year is this divided by all twelve",
        default=0.0,
        ge=0,
        opens=True,
    )


class Profile(Sourced):
    """A custom profile: twelve weights, April to March.

    Amounts, percentages or parts of twelve all do.
    """

    further: ClassVar[frozenset[str]] = frozenset({"evidence"})
    id: str = column(
        "Profile",
        Kind.TEXT,
        "Short id; monthly, quarterly, four_equal and annual are built in and need no row",
        min_length=1,
        opens=True,
    )
    april: float = _month("April")
    may: float = _month("May")
    june: float = _month("June")
    july: float = _month("July")
    august: float = _month("August")
    september: float = _month("September")
    october: float = _month("October")
    november: float = _month("November")
    december: float = _month("December")
    january: float = _month("January")
    february: float = _month("February")
    march: float = _month("March")

    @property
    def weights(self) -> tuple[float, ...]:
        """Return the twelve weights, April first."""
        return tuple(getattr(self, month.lower()) for month in MONTHS)
