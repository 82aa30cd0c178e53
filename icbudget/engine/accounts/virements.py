"""Virements: which of them count, and what they change in this year's budget and the next base."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np

from icbudget import money, years
from icbudget.engine.rounding import Floats
from icbudget.plan import Plan
from icbudget.plan.looked_at import kept_by_fields
from icbudget.plan.scheme import Scheme
from icbudget.plan.virement import Virement

REFUSALS = {
    "unknown-scheme": "it names a scheme line that is not in the plan",
    "no-scheme": "it names no scheme line on either side",
    "itself": "it gives to the line it takes from",
    "outside-plan": "its year is not in the plan",
    "not-approved": "nobody is named who approved it",
    "no-partner": "it crosses the edge of a pool and does not say whose contribution changes",
    "closed-pool": "one of its pools had closed by then",
    "capital-revenue": "it crosses between capital and revenue without a document that allows it",
}
"""Why a virement does not change the budget, in words; the first that holds is the reason."""


class Standing(NamedTuple):
    """A virement, the lines it moves budget between, and why it does not count, if so.

    A line is None where that side is outside the pool.
    """

    virement: Virement
    giver: Scheme | None
    taker: Scheme | None
    refusal: str

    @property
    def pence(self) -> int:
        """Return the budget moved this year."""
        return money.to_pence(self.virement.amount)

    @property
    def base_pence(self) -> int:
        """Return what it changes next year's base by: nothing for a one-off virement."""
        if not self.virement.recurrent:
            return 0
        # Made within a year it moves only a part of a year's money; the next year needs all of it.
        if self.virement.full_year is not None:
            return money.to_pence(self.virement.full_year)
        return self.pence

    @property
    def lines(self) -> tuple[tuple[Scheme, int], ...]:
        """Return the scheme lines it changes, each with its sign."""
        sides = ((self.giver, -1), (self.taker, 1))
        return tuple((row, sign) for row, sign in sides if row is not None)

    @property
    def crosses(self) -> bool:
        """Return whether money crosses the edge of a pool, so that a contribution changes."""
        return self.giver is None or self.taker is None or self.giver.pool != self.taker.pool


@kept_by_fields(8)
def standing(plan: Plan) -> tuple[Standing, ...]:
    """Return every virement of the log with whether it counts.

    Inside a pool its two sides sum to zero. Source: PB §5.3-5.4.
    """
    at = {(row.id, row.line): row for row in plan.schemes}
    every: list[Standing] = []
    for row in plan.virements:
        giver = at.get((row.from_scheme, row.from_line)) if row.from_scheme else None
        taker = at.get((row.to_scheme, row.to_line)) if row.to_scheme else None
        every.append(Standing(row, giver, taker, _refusal(plan, row, giver, taker)))
    return tuple(every)


def _refusal(plan: Plan, row: Virement, giver: Scheme | None, taker: Scheme | None) -> str:
    pools = {pool.id: pool for pool in plan.pools}
    partners = {partner.id for partner in plan.partners}
    sides = [pools[side.pool] for side in (giver, taker) if side is not None and side.pool in pools]
    unknown_giver = bool(row.from_scheme) and giver is None
    unknown_taker = bool(row.to_scheme) and taker is None
    holds = {
        "unknown-scheme": unknown_giver or unknown_taker,
        "no-scheme": not row.from_scheme and not row.to_scheme,
        "itself": giver is not None and giver is taker,
        "outside-plan": row.year not in plan.years,
        "not-approved": not row.approved_by,
        "no-partner": Standing(row, giver, taker, "").crosses and row.partner not in partners,
        "closed-pool": any(
            pool.closed_on and pool.closed_on < first_day(row.year, row.month) for pool in sides
        ),
        "capital-revenue": (
            len({pool.money_kind for pool in sides}) > 1 and not row.capital_permission
        ),
    }
    return next((refusal for refusal in REFUSALS if holds[refusal]), "")


def first_day(year: str, month: int) -> str:
    """Return the first day of a month of a financial year as `2025-07-01`; month 1 is April."""
    calendar = (month + 2) % 12 + 1
    return f"{years.start(year) + (calendar < 4)}-{calendar:02d}-01"


def contribution_changes(row: Standing) -> Iterator[tuple[str, str, str, int]]:
    """Yield how a virement changes contributions: (pool, partner, source, sign).

    Nothing where it stays inside a pool.
    """
    # Inside a pool both sides have the same contributions, so nobody pays more or less.
    if row.crosses:
        for scheme, sign in row.lines:
            yield scheme.pool, row.virement.partner, scheme.source, sign


def next_bases(plan: Plan, table: str) -> Floats:
    """Return what recurrent virements change the next year's base of each row of a table by.

    Years × rows, pence.

    A contribution changes in its first recurrent line of the partner under the source; without one
    it does not, which is a finding. Tables other than schemes and contributions do not change.
    """
    changed = np.zeros((len(plan.years), len(getattr(plan, table))))
    for row, n, sign in base_changes(plan, table):
        changed[plan.years.index(row.virement.year), n] += sign * row.base_pence
    return changed


def base_changes(plan: Plan, table: str) -> list[tuple[Standing, int, int]]:
    """Return each recurrent virement that counts, the row whose base it changes, and the sign."""
    has_bases = table in ("schemes", "contributions")
    if not has_bases or not any(row.recurrent for row in plan.virements):
        return []
    rows_of = _scheme_rows if table == "schemes" else _contribution_rows
    # A virement that is refused or one-off leaves next year's base as it is.
    moved = [row for row in standing(plan) if not row.refusal and row.base_pence]
    changes: list[tuple[Standing, int, int]] = []
    for row in moved:
        changes += [(row, n, sign) for n, sign in rows_of(plan, row)]
    return changes


def _scheme_rows(plan: Plan, row: Standing) -> list[tuple[int, int]]:
    pairs = product(enumerate(plan.schemes), row.lines)
    return [(n, sign) for (n, scheme), (line, sign) in pairs if line is scheme]


def _contribution_rows(plan: Plan, row: Standing) -> list[tuple[int, int]]:
    at: dict[tuple[str, str, str], int] = {}
    for n, contribution in enumerate(plan.contributions):
        if contribution.recurrent and contribution.kind == "contribution":
            key = (contribution.pool, contribution.partner, contribution.source)
            at.setdefault(key, n)
    changed: list[tuple[int, int]] = []
    for pool, partner, source, sign in contribution_changes(row):
        # Where nobody pays in under the source there is no base to change: a check says so.
        if (pool, partner, source) in at:
            changed.append((at[pool, partner, source], sign))
    return changed
