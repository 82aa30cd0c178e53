"""What is kept of every draw, in little memory: a figure that no draw changes is kept once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from icbudget.engine.rounding import Floats

KEPT = 2 * 1024**3
"""Bytes that what is kept of the draws may take.

8 for every draw of every figure that some draw changes, or of one outcome.
"""


@dataclass(eq=False, slots=True)
class Kept:
    """What the draws came to, outcomes × (years + 1) × draws."""

    draws: int
    rows: list[list[Floats]]
    """By outcome and year: every draw's value, or the one value that all share."""

    def of(self, outcome: int) -> Floats:
        """Return an outcome of every draw, (years + 1) × draws."""
        return np.stack([self.year(outcome, t) for t in range(len(self.rows[outcome]))])

    def year(self, outcome: int, t: int) -> Floats:
        """Return one year of an outcome of every draw; −1 is the whole plan."""
        return np.broadcast_to(self.rows[outcome][t], (self.draws,))

    def put(self, first: int, made: Floats) -> None:
        """Put in what the draws from `first` on came to, outcomes × (years + 1) × draws.

        Raises `ValueError` where all draws would take more than may be kept of them, with how many
        would fit.
        """
        places = [(n, t) for n, outcome in enumerate(self.rows) for t in range(len(outcome))]
        changing = [(n, t) for n, t in places if not _shared(self.rows[n][t], made[n, t])]
        # 8 bytes a float; at least one outcome is in memory by itself when it is looked at.
        fits = KEPT // (8 * max(len(changing), made.shape[1]))
        if self.draws > fits:
            raise ValueError(
                f"{self.draws:,} draws are too many: about {fits:,} of this plan fit into the"
                f" {KEPT // 1024**3} GiB kept for them"
            )
        for n, t in changing:
            if self.rows[n][t].size == 1:
                shared, self.rows[n][t] = self.rows[n][t], np.empty(self.draws)
                self.rows[n][t][:first] = shared
            self.rows[n][t][first : first + made.shape[-1]] = made[n, t]

    def first(self, draws: int) -> Kept:
        """Return what the first draws came to."""
        return Kept(draws, [[row[:draws] for row in outcome] for outcome in self.rows])


def kept(draws: int, own: Floats) -> Kept:
    """Return so many draws, each of which comes to what the plan does.

    Outcomes × (years + 1).
    """
    return Kept(draws, [[np.array([value]) for value in outcome] for outcome in own])


def _shared(row: Floats, values: Floats) -> bool:
    """Return whether all draws so far, and these, have one value."""
    if row.size != 1:
        return False
    # NaN is not equal to itself, and still is one value that all draws have.
    same = np.isnan(values) if np.isnan(row[0]) else values == row[0]
    return bool(same.all())
