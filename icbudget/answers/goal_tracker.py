"""Answers about goals.

They say where each is heading, whether it is on track, and what would close its gap.
"""

from __future__ import annotations

from icbudget import glossary
from icbudget.answers.block import Cell, Lines, Row
from icbudget.answers.case import Case
from icbudget.answers.names import called
from icbudget.engine.appraisal.goal_gaps import LARGEST, Closing, closings
from icbudget.engine.appraisal.trajectory import (
    Path,
    if_nothing_changes,
    measured,
    needed,
    reached,
    trajectory,
)
from icbudget.plan import Plan
from icbudget.plan.goal import COMPUTED, Goal


def goals(case: Case) -> Lines:
    """Return each goal's trajectory by year, its target, and the verdict.

    Beside it stand where it would have to be, and whether it is on track.

    Values are in the unit as typed: 66 with the unit % is 66 per cent, not 6,600 %, so that unit is
    written out. On track means at or beyond the straight line from the baseline to the target.
    Source: model §10.2.
    """
    rows: list[Row] = []
    blank: tuple[Cell, ...] = (None,) * len(case.plan.years)
    for goal in case.plan.goals:
        path = trajectory(case.answered, goal)
        line = needed(case.plan, goal, path)
        labels, unit = (goal.id, goal.measure), unit_of(goal)
        rows.append(Row((*labels, glossary.EXPECTED), unit, path))
        if (nothing := if_nothing_changes(case.answered, goal)) is not None:
            rows.append(Row((*labels, glossary.IF_NOTHING_CHANGES), unit, nothing))
        # In the base year nothing is needed: it is where the line begins.
        rows.append(Row((*labels, glossary.NEEDED), unit, (None, *line[1:])))
        rows.append(Row((*labels, glossary.ON_TRACK), "", _on_track(goal, path, line)))
        if values := measured_by_year(case, goal):
            rows.append(Row((*labels, glossary.MEASURED), unit, values))
        target = [goal.target if year == goal.target_year else None for year in case.plan.years]
        rows.append(Row((*labels, glossary.TARGET), unit, tuple(target)))
        rows.append(Row((*labels, verdict(case.plan, goal, path)), unit, blank))
    shows = (
        "Where each goal is heading, whether it is on the straight line from its baseline to its"
        " target, and whether it is met."
    )
    return Lines(shows, tuple(rows), case.plan.years)


def measured_by_year(case: Case, goal: Goal) -> tuple[Cell, ...]:
    """Return what was measured of a goal by year, its baseline first; nothing where nothing was."""
    by_year = measured(case.plan, goal)
    values = (by_year.get(year) for year in case.plan.years[1:])
    return (goal.baseline, *values) if by_year else ()


PER_CENT = "per cent"


def unit_of(goal: Goal) -> str:
    """Return the unit of a goal's values; % is written out, since the values are not fractions."""
    unit = goal.unit or ("%" if goal.measured_by == "prevention_share" else "")
    return PER_CENT if unit == "%" else unit


def _on_track(goal: Goal, path: Path, line: Path) -> tuple[Cell, ...]:
    answers: list[Cell] = [None]  # the base year is where the line begins
    for value, aim in zip(path[1:], line[1:], strict=True):
        if value is None or aim is None:
            answers.append(None)
        else:
            answers.append("yes" if reached(goal, value, aim) else "no")
    return tuple(answers)


def verdict(plan: Plan, goal: Goal, path: Path) -> str:
    """Return in words whether a goal is met by its date, and if not by how much it misses."""
    if goal.target_year not in plan.years:
        return f"Target year {goal.target_year} is outside the plan"
    value = path[plan.years.index(goal.target_year)]
    if value is None:
        return f"No value expected for {goal.target_year}"
    if reached(goal, value, goal.target):
        # A value that somebody typed is what is hoped for, not what the plan brings about.
        entered = "" if goal.measured_by in COMPUTED else ", as entered"
        return f"Met by {goal.target_year}{entered}"
    return f"Not met by {goal.target_year}: {_missed_by(goal, value)}"


def goal_gaps(case: Case) -> Lines:
    """Return in words what would close the gap of each goal, and what it would cost.

    The cost is what is paid beyond the plan, £ over all years. Source: model §10.3.
    """
    rows: list[Row] = []
    for goal in case.plan.goals:
        path = trajectory(case.answered, goal)
        ways = closings(case.answered, goal)
        if not ways:
            rows.append(Row((goal.id, "–", _no_way(case, goal, path)), "£", (None,)))
        for way in ways:
            more = None if way.size is None else way.more / 100
            rows.append(Row((goal.id, _whose(case, way), _way(goal, way)), "£", (more,)))
    shows = (
        "How much larger the programmes would have to be, cost in proportion, or how much more"
        " money they need, for each goal to be met by its date; found by running the plan again."
    )
    return Lines(shows, tuple(rows))


def _whose(case: Case, way: Closing) -> str:
    if len(way.programmes) > 1:
        return "All programmes that reach it"
    return called(case.plan, "programmes")[way.programmes[0]]


def _way(goal: Goal, way: Closing) -> str:
    comes = f"{in_unit(goal, way.value)} in {goal.target_year}"
    if way.size is None:
        message = f"Not even {LARGEST} times the planned size, or the most it can reach, is enough"
        return f"{message}: {comes}, {_missed_by(goal, way.value)}."
    if way.a_year is not None:
        return (
            f"Paid in full as planned, with £{way.a_year // 100:,} more a year in the pool, it"
            f" comes to {comes}."
        )
    return (
        f"{way.size:.2f} times the planned size, every programme paid in full: it comes to {comes}."
    )


def _no_way(case: Case, goal: Goal, path: Path) -> str:
    message = verdict(case.plan, goal, path)
    if message.startswith("Met"):
        return f"{message}: nothing more is needed."
    if goal.target_year not in case.plan.years[1:]:
        return f"{message}."
    if goal.measured_by not in COMPUTED:
        return f"{message}. Its values are entered: nothing else in the plan moves them."
    return f"{message}. No programme with an effect reaches it."


def in_unit(goal: Goal, value: float) -> str:
    """Return a goal's figure with its unit: `550.2 episodes`, `£464,020,000`, `79.5%`."""
    if goal.unit == "£":
        return f"£{value:,.0f}"
    if unit_of(goal) == PER_CENT:
        return f"{_figure(value)}%"
    return f"{_figure(value)} {unit_of(goal)}".rstrip()


def _missed_by(goal: Goal, value: float) -> str:
    """Return by how much a value is off the target, and on which side of it.

    Two percentages differ by percentage points; half a per cent of one would be another figure.
    """
    off = abs(value - goal.target)
    is_percentage = unit_of(goal) == PER_CENT
    amount = f"{_figure(off)} percentage points" if is_percentage else in_unit(goal, off)
    return f"{amount} {'above' if value > goal.target else 'below'} the target"


def _figure(value: float) -> str:
    """Return a goal's figure as text.

    No decimals from 1,000 upwards, one from 10, else at most two. What is missed by less than that
    is not missed by nothing: its first digit is written.
    """
    size = abs(value)
    if size >= 10:
        return f"{value:,.{0 if size >= 1000 else 1}f}"
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{value:.1g}" if size and not written.strip("-0") else written
