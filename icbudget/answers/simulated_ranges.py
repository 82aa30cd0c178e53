"""The answer about uncertainty: the range of every figure that matters."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from icbudget.answers.answer import OVER_PLAN
from icbudget.answers.block import Cell, Lines, Row
from icbudget.answers.case import Case
from icbudget.answers.goal_tracker import unit_of
from icbudget.engine.appraisal.trajectory import reached_in
from icbudget.engine.rounding import Floats
from icbudget.engine.uncertainty.drawn_from import kept_while_drawn_alike
from icbudget.engine.uncertainty.outcomes import (
    BLOCKS,
    NET_CASH,
    Outcome,
    net_cash,
    net_present_value,
)
from icbudget.engine.uncertainty.sampling import sampler_of
from icbudget.engine.uncertainty.simulate import (
    STEADY,
    Simulation,
    simulate,
    simulate_one,
)
from icbudget.engine.uncertainty.statistics import (
    A_POUND,
    chance,
    not_below,
    percentiles,
    worst_tenth,
)
from icbudget.engine.uncertainty.uncertain_inputs import uncertain_figures
from icbudget.plan import Plan
from icbudget.plan.goal import ENTERED, Goal
from icbudget.recent_view import recent_view

MEASURES = ("As planned", "Mean", "P10", "P50", "P90")
WORST, NOT_BELOW = "Mean of the worst tenth", "Chance of zero or more"
MET, NO_RANGE = "Chance of being met", "no range given"
CLOSED = "Chance of at least one"
ALONE = 10_000
"""Draws with independent drivers, at most: they only tell what correlation does."""
FROM = {
    "assumed": "What is not entered on Uncertainty is icbudget's assumption, a judgement.",
    "entered": "What is not entered on Uncertainty is taken as certain, as Setup says.",
}
Values = tuple[Cell, ...]
_AT_ONCE = 500_000
"""Values of outcomes, by year and draw, whose percentiles are worked out at once."""


@recent_view(2)
def simulated(plan: Plan) -> Simulation:
    """Return the simulation that a plan's own settings ask for.

    The last two are kept, since several answers need them; a plan that is drawn alike takes the
    draws of the one before it.
    """
    made = _drawn_alike(plan)
    return made if made.plan is plan else replace(made, plan=plan, sampler=sampler_of(plan))


@kept_while_drawn_alike(2)
def _drawn_alike(plan: Plan) -> Simulation:
    return simulate(plan, plan.setup.draws)


@kept_while_drawn_alike(16)
def net_worth(plan: Plan) -> Floats:
    """Return the net present value of a plan in each draw of its simulation, pence."""
    return simulate_one(plan, net_present_value, plan.setup.draws)


@kept_while_drawn_alike(2)
def _net_cash_alone(plan: Plan) -> Floats:
    """Return net cash over the plan in draws with independent drivers, pence."""
    return simulate_one(plan, net_cash, min(plan.setup.draws, ALONE), together=False)


def drawn_with(plan: Plan) -> tuple[int, int] | None:
    """Return draws and seed of a plan's own simulation, which make it again.

    It is None where nothing of the plan is uncertain.
    """
    return (plan.setup.draws, plan.setup.seed) if uncertain_figures(plan) else None


def simulation(case: Case) -> Lines:
    """Return the range of every outcome of a plan's own simulation; see `ranges`.

    By year, each in its own unit (£, activity, %), and over the plan. Source: model §11.1.
    """
    return ranges(simulated(case.plan), percentiles(_net_cash_alone(case.plan), 0.1, 0.9))


def ranges(made: Simulation, alone: Floats | None = None) -> Lines:
    """Return mean, percentiles and chances of every outcome by year and over the whole plan.

    Percentiles are PERCENTILE.INC. What stands under `Over the plan` is worked out from what each
    draw comes to over the plan, and is not the sum of the years' percentiles. `alone`: P10 and P90
    of net cash over the plan with independent drivers.
    """
    rows = _about(made, alone)
    for n, values, figures in _figures(made):
        rows.extend(_rows(made, made.outcomes[n], values, figures))
    shows = (
        f"Ranges from {made.draws:,} draws of the figures that are uncertain. Percentiles do not"
        " add up: the P90 of a sum is not the sum of P90s. Less than £1 below zero counts as zero."
        f" {FROM[made.plan.setup.uncertainty]}"
    )
    if any(NO_RANGE in row.values for row in rows):
        shows += (
            " A goal whose values are entered by year has a chance once Uncertainty has a row for"
            " them."
        )
    return Lines(shows, tuple(rows), made.plan.years)


def _about(made: Simulation, alone: Floats | None) -> list[Row]:
    """Return the lines about the simulation itself.

    They are draws, sampling error, and what correlation does.
    """
    blank: Values = (None,) * len(made.plan.years)
    whose = "The simulation"
    steady = "yes" if made.error < STEADY else "no: make more draws"
    rows = [
        Row((whose, "Draws", ""), "draws", (*blank, made.draws)),
        Row((whose, "Seed", ""), "", (*blank, made.sampler.seed)),
        Row((whose, "Uncertain figures", ""), "figures", (*blank, len(made.sampler.uncertain))),
        Row(
            (whose, "Sampling error of the P50 of net cash", "One standard error"),
            "£",
            (*blank, pounds(made.median_error)),
        ),
        Row(
            (whose, "Sampling error of the P50 of net cash", "Share of gross"),
            "%",
            (*blank, six_digits(made.error)),
        ),
        Row((whose, f"Steady to {STEADY:.0%} of gross", ""), "", (*blank, steady)),
    ]
    for name, value in zip(("P10", "P90"), () if alone is None else alone, strict=False):
        rows.append(
            Row(
                (whose, "Net cash if every driver were independent", name),
                "£",
                (*blank, pounds(value)),
            )
        )
    return rows


def _figures(made: Simulation) -> Iterator[tuple[int, Floats, Floats]]:
    """Yield each outcome by its place: its draws, and its figures as `MEASURES` names them.

    (Years + 1) × draws, and measures × (years + 1).
    """
    several = max(_AT_ONCE // (made.draws * (len(made.plan.years) + 1)), 1)
    for first in range(0, len(made.outcomes), several):
        own = made.own[first : first + several]
        values = np.stack([made.kept.of(n) for n in range(first, first + len(own))])
        with np.errstate(invalid="ignore"):
            figures = [own, values.mean(axis=-1), *percentiles(values, 0.1, 0.5, 0.9)]
        for place in range(len(own)):
            yield first + place, values[place], np.stack([figure[place] for figure in figures])


def _rows(made: Simulation, outcome: Outcome, values: Floats, figures: Floats) -> list[Row]:
    labels, unit, by_year = (
        (outcome.subject, outcome.name),
        outcome.unit or "",
        pounds if outcome.money else six_digits,
    )
    goal = next((g for g in made.plan.goals if f"Goal {g.id}" == outcome.subject), None)
    unit = unit if goal is None else unit_of(goal)
    if goal is not None and goal.measured_by in ENTERED and not _drawn(made, goal):
        none = tuple(
            NO_RANGE if year == goal.target_year else None for year in (*made.plan.years, OVER_PLAN)
        )
        return [
            Row((*labels, MEASURES[0]), unit, tuple(by_year(v) for v in figures[0])),
            Row((*labels, MET), "%", none),
        ]
    with np.errstate(invalid="ignore"):
        rows = [
            Row((*labels, name), unit, tuple(by_year(v) for v in line))
            for name, line in zip(MEASURES, figures, strict=True)
        ]
        if outcome.money:
            rows.append(
                Row(
                    (*labels, WORST),
                    unit,
                    tuple(by_year(v) for v in worst_tenth(values, outcome.good)),
                )
            )
        if outcome.money and (
            "alance" in outcome.name or "value" in outcome.name or outcome.name == NET_CASH
        ):
            # A year without a figure has no chance of anything.
            share = np.where(np.isnan(values[:, 0]), np.nan, not_below(values))
            rows.append(Row((*labels, NOT_BELOW), "%", tuple(six_digits(v) for v in share)))
    if outcome.name == BLOCKS:
        rows.append(Row((*labels, CLOSED), "%", tuple(float(v) for v in chance(values > 0))))
    if goal is not None:
        rows.append(Row((*labels, MET), "%", _met(made, goal, values)))
    return rows


def _drawn(made: Simulation, goal: Goal) -> bool:
    return any(u.table == "goals" and u.key == goal.id for u in made.sampler.uncertain)


def _met(made: Simulation, goal: Goal, values: Floats) -> Values:
    """Return the chance that a goal is met by its date.

    It stands under the year of its date; there is none where the goal has no value then.
    """
    chances: list[Cell] = [None] * (len(made.plan.years) + 1)
    at = made.plan.years.index(goal.target_year) if goal.target_year in made.plan.years else None
    if at is not None and not np.isnan(values[at]).all():
        chances[at] = six_digits(float(chance(reached_in(goal, values[at], goal.target))))
    return tuple(chances)


def pounds(pence: float) -> Cell:
    """Return pence as pounds, to the penny; None where there is no figure."""
    return None if math.isnan(pence) else round(float(pence) / 100.0, 2) + 0.0


def six_digits(value: float) -> Cell:
    """Return a number to the six digits that a simulation can carry at most."""
    return None if math.isnan(value) else float(f"{value:.6g}")


def differences(made: Simulation, other: Simulation, names: tuple[str, str]) -> Lines:
    """Return the range of what one scenario comes to less another.

    It is taken draw by draw: both meet the same chances.

    So the difference has a range of its own, which is not the difference of the two ranges. Raises
    `ValueError` where the two do not have the same years and draws.
    """
    if made.plan.years != other.plan.years or made.draws != other.draws:
        raise ValueError("only scenarios over the same years and draws can be compared")
    there = {(o.subject, o.name): n for n, o in enumerate(other.outcomes)}
    rows: list[Row] = []
    for n, outcome in enumerate(made.outcomes):
        at = there.get((outcome.subject, outcome.name))
        if at is None:
            continue
        labels, unit, values = (
            (outcome.subject, outcome.name),
            outcome.unit or "",
            pounds if outcome.money else six_digits,
        )
        draws, own = made.kept.of(n) - other.kept.of(at), made.own[n] - other.own[at]
        with np.errstate(invalid="ignore"):
            lines = (own, draws.mean(axis=-1), *percentiles(draws, 0.1, 0.5, 0.9))
            more = np.where(
                np.isnan(draws[:, 0]),
                np.nan,
                chance(draws >= A_POUND if outcome.money else draws > 0),
            )
        rows += [
            Row((*labels, name), unit, tuple(values(v) for v in line))
            for name, line in zip(MEASURES, lines, strict=True)
        ]
        rows.append(Row((*labels, "Chance of more"), "%", tuple(six_digits(v) for v in more)))
    shows = (
        f"{names[0]} less {names[1]}, draw by draw over {made.draws:,} draws that both meet. The"
        " range of a difference is not the difference of two ranges."
    )
    return Lines(shows, tuple(rows), made.plan.years)
