"""Bodies that end in the years of a plan, and whose what they had is from then on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from icbudget.engine.rounding import Floats, split
from icbudget.plan import Plan
from icbudget.plan.partner import Partner
from icbudget.plan.succession import Succession
from icbudget.reference import BodyChange, body_changes

_WHOLE = 10**9
"""Parts in which a share weighs, so that splits are of whole numbers."""


@dataclass(frozen=True, slots=True)
class Ending:
    """A partner that ends: its successors from year t on, and their shares as whole numbers."""

    old: str
    t: int
    rows: tuple[Succession, ...]

    @property
    def weights(self) -> tuple[int, ...]:
        """Return the shares as whole numbers, in the order of the rows."""
        return tuple(round(row.share * _WHOLE) for row in self.rows)


def ending_in(plan: Plan, partner: Partner) -> tuple[BodyChange, ...]:
    """Return how the partner is known to end in a year of the plan after its base year, if it is.

    One entry a successor, whatever its standing; source: the table of bodies that change.
    """
    return tuple(
        change
        for change in body_changes(partner.kind)
        if change.first_year in plan.years[1:] and change.ends(partner.name, plan.setup.ons_code)
    )


def endings(plan: Plan) -> tuple[Ending, ...]:
    """Return the partners that end in a year of the plan after its base year, in that order."""
    by_old: dict[tuple[str, str], list[Succession]] = {}
    for row in plan.successions:
        by_old.setdefault((row.year, row.old), []).append(row)
    return tuple(
        Ending(old, plan.years.index(year), tuple(rows))
        for (year, old), rows in sorted(by_old.items(), key=lambda ending: ending[0])
        if year in plan.years[1:]
    )


def paid_to_date(plan: Plan, put: Floats) -> Floats:
    """Return what each partner has put in to date, successors with what they took over.

    `put`: draws × years × partners, pence. `paid(new) += s × paid(old)`, `paid(old) = 0` on the day
    the old one ends, by largest remainder. Source: model §15.1.
    """
    to_date = np.cumsum(put, axis=1)
    at = {partner.id: n for n, partner in enumerate(plan.partners)}
    for ending in endings(plan):
        before = to_date[:, ending.t - 1, at[ending.old]].copy()
        weights = np.broadcast_to(np.array(ending.weights), (*before.shape, len(ending.rows)))
        parts = split(before, weights)
        # From its last day the old body has paid in nothing: its successors have.
        to_date[:, ending.t :, at[ending.old]] -= before[:, np.newaxis]
        for place, row in enumerate(ending.rows):
            to_date[:, ending.t :, at[row.new]] += parts[:, np.newaxis, place]
    return to_date
