"""How far a programme reaches a group, and everyone else it is for."""

from __future__ import annotations

from dataclasses import dataclass

from icbudget.engine.appraisal.trajectory import Path
from icbudget.engine.run import Result
from icbudget.plan.group_reach import GroupReach


@dataclass(frozen=True, slots=True)
class ReachOfGroup:
    """A row of Reach by group worked out by year, as fractions; None where it is not known.

    `group = ρ · r ÷ s`, `others = ρ · (1 − r) ÷ (1 − s)`, with ρ the programme's reach of the year,
    s the group's part of the people and r its part of those reached. `gap = others − group`: more
    is worse. Source: model §15.6.
    """

    row: GroupReach
    group: Path
    others: Path

    @property
    def gap(self) -> Path:
        """Return by how much the group is reached less than everyone else."""
        both = zip(self.others, self.group, strict=True)
        return tuple(None if a is None or b is None else a - b for a, b in both)


def reach_by_group(result: Result) -> tuple[ReachOfGroup, ...]:
    """Return how far every programme reaches each of its groups, in the order of the table."""
    return tuple(_of_row(result, row) for row in result.plan.group_reaches)


def _of_row(result: Result, row: GroupReach) -> ReachOfGroup:
    at = next(g for g, p in enumerate(result.plan.programmes) if p.id == row.programme)
    reach = result.projection.reach[0, :, at].tolist()
    group: list[float | None] = []
    others: list[float | None] = []
    for year, of_all in zip(result.years, reach, strict=True):
        part = row.reached.get(year)
        # In a year in which nobody is reached, no group is, whatever its part would be.
        known = 0.0 if not of_all else part
        group.append(None if known is None else of_all * known / row.share)
        others.append(None if known is None else of_all * (1.0 - known) / (1.0 - row.share))
    return ReachOfGroup(row, tuple(group), tuple(others))
