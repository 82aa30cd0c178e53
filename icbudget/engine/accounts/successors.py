"""Bodies that end in the years of a plan, and whose what they had is from then on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from icbudget import money
from icbudget.engine.rounding import Floats, split
from icbudget.plan import Plan
from icbudget.plan.partner import Partner
from icbudget.plan.pool import Pool
from icbudget.plan.succession import Succession
from icbudget.reference import BodyChange, body_changes

_WHOLE = 10**9
"""Parts in which a share weighs, so that splits are of whole numbers."""


class Ending(NamedTuple):
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
        # By year, since a successor may itself end later and then hands on what it took over.
        for (year, old), rows in sorted(by_old.items(), key=lambda ending: ending[0])
        if year in plan.years[1:]
    )


class Heirs:
    """Whose a partner's money is in a year, once it has ended.

    Activity that it pays for or provides, a programme of its own, a part of a risk or gain share:
    from the year of its end on each amount is split by the shares of its successors, by largest
    remainder; a successor's part again where that one ends. Source: model §15.1.
    """

    def __init__(self, plan: Plan) -> None:
        self._endings = endings(plan)
        self._ended = {ending.old for ending in self._endings}

    def shared(self, partner: str, t: int, pence: int) -> list[tuple[str, int]]:
        """Return whose an amount of a partner is in year t, to the penny."""
        if partner not in self._ended:
            return [(partner, pence)]
        held = {partner: pence}
        for ending in self._endings:
            if ending.t <= t and ending.old in held:
                parts = money.split(held.pop(ending.old), ending.weights)
                for row, part in zip(ending.rows, parts, strict=True):
                    held[row.new] = held.get(row.new, 0) + part
        return list(held.items())

    def shares(self, partner: str, t: int) -> dict[str, float]:
        """Return the parts of 1 in which a partner's money is whose in year t."""
        return {heir: part / _WHOLE for heir, part in self.shared(partner, t, _WHOLE)}

    def handed_over(self, partner: str, pence: Floats) -> dict[str, Floats]:
        """Return whose amounts of a partner are, draws × years, as `shared` has them."""
        held = {partner: pence}
        for ending in self._endings if partner in self._ended else ():
            if ending.old not in held:
                continue
            before = held[ending.old]
            weights = np.broadcast_to(
                np.array(ending.weights), (*before[:, ending.t :].shape, len(ending.rows))
            )
            parts = split(before[:, ending.t :], weights)
            held[ending.old] = before.copy()
            held[ending.old][:, ending.t :] = 0.0
            for place, row in enumerate(ending.rows):
                taken = held[row.new].copy() if row.new in held else np.zeros_like(before)
                taken[:, ending.t :] += parts[..., place]
                held[row.new] = taken
        return held

    def has_ended(self, partner: str) -> bool:
        """Return whether the partner ends in a year of the plan after its base year."""
        return partner in self._ended

    def host(self, pool: Pool, t: int) -> str:
        """Return who hosts a pool in year t.

        After its host has ended, the successor that is stated, else the one with the largest share.
        """
        host = pool.host
        for ending in self._endings:
            if ending.t <= t and ending.old == host:
                host = max(ending.rows, key=lambda row: (row.hosts, row.share)).new
        return host


def hosts_in(plan: Plan, year: str) -> dict[str, str]:
    """Return who hosts each pool in a financial year."""
    heirs = Heirs(plan)
    t = plan.years.index(year) if year in plan.years else 0
    return {pool.id: heirs.host(pool, t) for pool in plan.pools}


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
