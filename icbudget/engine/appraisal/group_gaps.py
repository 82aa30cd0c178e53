"""The gap between a group and those it is compared with, and whether the plan widens it."""

from __future__ import annotations

from dataclasses import dataclass

from icbudget.engine.appraisal.trajectory import Path, trajectory
from icbudget.engine.run import Result
from icbudget.plan.goal import Goal


@dataclass(frozen=True, slots=True)
class Gap:
    """A goal of a group beside the goal it is compared with, and the gap by year.

    Signed so that more is worse: `gap(t) = v(group, t) − v(compared, t)`, times −1 where higher is
    better. None where either has no value.
    """

    goal: Goal
    other: Goal
    by_year: Path

    def widens_by(self, t: int) -> float | None:
        """Return how much larger the gap is in year t than in the base year; below zero: closer."""
        now, before = self.by_year[t], self.by_year[0]
        return None if now is None or before is None else now - before


def gaps(result: Result) -> tuple[Gap, ...]:
    """Return the gap of every goal that is compared with another. Source: model §15.6."""
    goals = {goal.id: goal for goal in result.plan.goals}
    return tuple(
        _gap(result, goal, goals[goal.compared_with])
        for goal in result.plan.goals
        if goal.compared_with
    )


def _gap(result: Result, goal: Goal, other: Goal) -> Gap:
    # model §15.6: signed so that more is always worse, whichever way is good.
    worse = 1.0 if goal.good == "lower" else -1.0
    by_year: list[float | None] = []
    for a, b in zip(trajectory(result, goal), trajectory(result, other), strict=True):
        by_year.append(None if a is None or b is None else worse * (a - b))
    return Gap(goal, other, tuple(by_year))
