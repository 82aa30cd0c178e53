"""The answers about people: their experience beside the money, and gaps between groups."""

from __future__ import annotations

from icbudget.answers import fairness
from icbudget.answers.answer import BY_YEAR, PLANNED, Answer
from icbudget.plan.modules import SHIFT

FAIRNESS = Answer(
    id="fairness",
    title="Fairness",
    help="Gap between groups by year, and whether the plan widens it",
    module=SHIFT,
    lines=fairness.fairness,
    labels=("goal", "group", "figure"),
    columns=(BY_YEAR,),
    basis=PLANNED,
)
MONEY_AND_EXPERIENCE = Answer(
    id="money-and-experience",
    title="Money and experience",
    help="Money paid and saved, and people's experience of care beside it",
    module=SHIFT,
    lines=fairness.experience,
    labels=("kind", "goal", "figure"),
    columns=(BY_YEAR,),
    basis=PLANNED,
)
