"""Answers about patients: experience beside the money that is moved, and gaps between groups."""

from __future__ import annotations

from icbudget import glossary
from icbudget.answers.amounts import pounds
from icbudget.answers.block import Lines, Row
from icbudget.answers.case import Case
from icbudget.answers.goal_tracker import measured_by_year, unit_of
from icbudget.engine.appraisal.group_gaps import gaps
from icbudget.engine.appraisal.reach_by_group import reach_by_group
from icbudget.engine.appraisal.trajectory import needed, trajectory
from icbudget.engine.projection.acute_amounts import AcuteAmounts


def fairness(case: Case) -> Lines:
    """Return the gap of every group that a goal names, by year, and how it has changed.

    Source: model §15.6.
    """
    rows: list[Row] = []
    for gap in gaps(case.answered):
        labels = (gap.goal.id, gap.goal.group or gap.goal.measure)
        changes = tuple(gap.widens_by(t) for t in range(len(case.plan.years)))
        unit = unit_of(gap.goal)
        rows.append(Row((*labels, glossary.FAIR_GAP), unit, gap.by_year))
        rows.append(Row((*labels, glossary.GAP_CHANGE), unit, changes))
    shows = (
        "Whether the plan brings a group closer to those it is compared with. A gap may widen while"
        " both get better."
    )
    return Lines(shows, tuple(rows), case.plan.years)


def reach(case: Case) -> Lines:
    """Return how far each programme reaches a group and everyone else it is for, and the gap.

    By year, shares of the people; a year in which nobody is reached has 0. Source: model §15.6.
    """
    rows: list[Row] = []
    for one in reach_by_group(case.answered):
        labels = (one.row.programme, one.row.group)
        rows.append(Row((*labels, glossary.REACH_OF_GROUP), "%", one.group))
        rows.append(Row((*labels, glossary.REACH_OF_OTHERS), "%", one.others))
        rows.append(Row((*labels, glossary.FAIR_GAP), "%", one.gap))
    shows = (
        "Whether a programme reaches a group as far as everyone else it is for. Nobody is reached"
        " in the base year, so a gap above nothing is the plan's own."
    )
    return Lines(shows, tuple(rows), case.plan.years)


def experience(case: Case) -> Lines:
    """Return money and people's experience by year.

    What is paid for prevention and saved on activity, £, and beside it every goal of people's
    experience: expected, and needed to be on track. Source: model §15.6.
    """
    result = case.answered
    moves, amounts = result.projection.moves, AcuteAmounts(result.projection)
    rows = [
        Row(("Money", "", glossary.PAID), "£", pounds(moves.paid[0].sum(axis=-1))),
        Row(
            ("Money", "", glossary.CONTRACT_SAVING_NET), "£", pounds(amounts.saving[0].sum(axis=-1))
        ),
    ]
    for goal in case.plan.goals:
        # A goal may be of people's experience by its words alone, whatever it is measured by.
        named = "experience" in goal.measure.casefold()
        if goal.measured_by != "experience" and not named:
            continue
        path = trajectory(result, goal)
        labels, unit = ("Experience", goal.id), unit_of(goal)
        rows.append(Row((*labels, glossary.EXPECTED), unit, path))
        line = needed(case.plan, goal, path)
        rows.append(Row((*labels, glossary.NEEDED), unit, (None, *line[1:])))
        if values := measured_by_year(case, goal):
            rows.append(Row((*labels, glossary.MEASURED), unit, values))
    shows = (
        "Money moved and people's experience side by side: what is paid, what is saved, and what"
        " people say of the care they get instead."
    )
    return Lines(shows, tuple(rows), case.plan.years)
