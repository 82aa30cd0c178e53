"""The answers about people: their experience, gaps between groups, capacity, staff."""

from __future__ import annotations

from icbudget.answers.answer import BY_YEAR, MEASURES_PLANNED, PLANNED, Answer, made_by
from icbudget.answers.value_column import Column
from icbudget.engine.accounts.phasing import MONTHS
from icbudget.plan.modules import SHIFT

FAIRNESS = Answer(
    id="fairness",
    title="Fairness",
    help="Gap between groups by year, and whether the plan widens it",
    module=SHIFT,
    lines=made_by("fairness.fairness"),
    labels=("goal", "group", "figure"),
    columns=(BY_YEAR,),
    basis=MEASURES_PLANNED,
    report="people",
    paper="metrics",
)
REACH_OF_GROUPS = Answer(
    id="reach-of-groups",
    title="Reach of groups",
    help="How far programmes reach a group and everyone else, and the gap by year",
    module=SHIFT,
    lines=made_by("fairness.reach"),
    labels=("programme", "group", "figure"),
    columns=(BY_YEAR,),
    basis="parts of the people of a group, as planned",
    report="people",
    paper="metrics",
)
MONEY_AND_EXPERIENCE = Answer(
    id="money-and-experience",
    title="Money and experience",
    help="Money paid and saved, and people's experience of care beside it",
    module=SHIFT,
    lines=made_by("fairness.experience"),
    labels=("kind", "goal", "figure"),
    columns=(BY_YEAR,),
    basis=f"{PLANNED}; {MEASURES_PLANNED}",
    report="people",
    paper="metrics",
)
CAPACITY_AND_DEMAND = Answer(
    id="capacity-and-demand",
    title="Capacity and demand",
    help="Intermediate care by month: demand, capacity, gap, spot places and their cost",
    module=SHIFT,
    lines=made_by("intermediate_care.capacity"),
    labels=("service", "year", "figure"),
    columns=(*(Column(f"Month {month}") for month in range(1, MONTHS + 1)), Column("Whole year")),
    basis=f"people of each month, and {PLANNED}",
    report="people",
    paper="metrics",
)
WORKFORCE = Answer(
    id="workforce",
    title="Workforce",
    help="Staff needed, in post and missing; agency premium, double running",
    module=SHIFT,
    lines=made_by("workforce.workforce"),
    labels=("programme", "role", "figure"),
    columns=(BY_YEAR,),
    basis=f"whole-time equivalents, and {PLANNED}",
    report="people",
    paper="metrics",
)
