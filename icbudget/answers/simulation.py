"""Answers about uncertainty: the range of every figure that matters, and what drives it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from icbudget.answers.block import Block, Cell, Row
from icbudget.answers.case import Case
from icbudget.engine.goals import reached
from icbudget.engine.knowing import Driver, drivers_by_swing, value_of_perfect_information
from icbudget.engine.outcomes import BLOCKS, NET_CASH, NPV, SYSTEM, Outcome
from icbudget.engine.rounding import Floats
from icbudget.engine.simulate import STEADY, Simulation, runner_of, simulate
from icbudget.engine.statistics import chance, percentiles, worst_tenth
from icbudget.engine.uncertain import uncertain_figures
from icbudget.money import display
from icbudget.plan import Plan
from icbudget.plan.text import plan_hash

OVER_PLAN = "Over the plan"
MEASURES = ("As planned", "Mean", "P10", "P50", "P90")
WORST, NOT_BELOW = "Mean of the worst tenth", "Chance of zero or more"
NET_AT = "Net cash over the plan"
ALONE = 10_000
"""Draws with independent drivers, at most: they only tell what correlation does."""
MEASURES_OF_A_DRIVER = 5
"""Rows that each driver has in the answer about what drives the range; net cash is the first."""
Values = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """A plan by its hash, so that the same plan is simulated once whoever asks."""

    hash: str
    plan: Plan = field(compare=False)


def simulated(plan: Plan, *, together: bool = True) -> Simulation:
    """Return the simulation that a plan's own settings ask for; the last few are kept, since several answers need them."""
    return _simulated(_Known(plan_hash(plan), plan), together)


@lru_cache(maxsize=8)
def _simulated(known: _Known, together: bool) -> Simulation:
    draws = known.plan.setup.draws
    return simulate(known.plan, draws if together else min(draws, ALONE), together=together)


def drawn_with(plan: Plan) -> tuple[int, int] | None:
    """Return draws and seed of a plan's own simulation, which make it again; None where nothing of the plan is uncertain."""
    return (plan.setup.draws, plan.setup.seed) if uncertain_figures(plan) else None


def drivers_of_plan(plan: Plan) -> tuple[Driver, ...]:
    """Return the drivers of a plan's own simulation, the one that moves net cash most first."""
    return _drivers(_Known(plan_hash(plan), plan))


@lru_cache(maxsize=8)
def _drivers(known: _Known) -> tuple[Driver, ...]:
    return drivers_by_swing(runner_of(known.plan), _simulated(known, True))


def simulation(case: Case) -> Block:
    """Return the range of every outcome of a plan's own simulation; see `simulation_block`."""
    alone = simulated(case.plan, together=False)
    return simulation_block(simulated(case.plan), percentiles(alone.of(SYSTEM, NET_CASH)[-1], 0.1, 0.9))


def simulation_block(made: Simulation, alone: Floats | None = None) -> Block:
    """Return mean, percentiles and chances of every outcome by year and over the whole plan.

    Percentiles are PERCENTILE.INC. What stands under `Over the plan` is worked out from what each draw comes to over the plan,
    and is not the sum of the years' percentiles. `alone`: P10 and P90 of net cash over the plan with independent drivers.
    """
    rows = _about(made, alone)
    for n, outcome in enumerate(made.outcomes):
        rows.extend(_rows(made, outcome, made.values[n], made.own[n]))
    shows = (
        f"Ranges from {made.draws:,} draws of the figures that are uncertain. Percentiles do not add up: the P90 of a sum is not "
        "the sum of P90s. What is not entered on Uncertainty is icbudget's assumption, a judgement."
    )
    return Block("Simulation", shows, ("Whose", "Figure", "Measure"), (*made.plan.years, OVER_PLAN), tuple(rows))


def _about(made: Simulation, alone: Floats | None) -> list[Row]:
    """Return the lines about the simulation itself: draws, sampling error, and what correlation does."""
    blank: Values = (None,) * len(made.plan.years)
    whose = "The simulation"
    steady = "yes" if made.error < STEADY else "no: make more draws"
    rows = [
        Row((whose, "Draws", ""), "draws", (*blank, made.draws)),
        Row((whose, "Seed", ""), "", (*blank, made.sampler.seed)),
        Row((whose, "Uncertain figures", ""), "figures", (*blank, len(made.sampler.uncertain))),
        Row((whose, "Sampling error of the P50 of net cash", "One standard error"), "£", (*blank, _pounds(made.median_error))),
        Row((whose, "Sampling error of the P50 of net cash", "Share of gross"), "%", (*blank, _number(made.error))),
        Row((whose, f"Steady to {STEADY:.0%} of gross", ""), "", (*blank, steady)),
    ]
    for name, value in zip(("P10", "P90"), () if alone is None else alone, strict=False):
        rows.append(Row((whose, "Net cash if every driver were independent", name), "£", (*blank, _pounds(value))))
    return rows


def _rows(made: Simulation, outcome: Outcome, values: Floats, own: Floats) -> list[Row]:
    labels, unit, told = (outcome.subject, outcome.name), outcome.unit or "", _pounds if outcome.money else _number
    with np.errstate(invalid="ignore"):
        low, middle, high = percentiles(values, 0.1, 0.5, 0.9)
        figures = (own, values.mean(axis=-1), low, middle, high)
        rows = [Row((*labels, name), unit, tuple(told(v) for v in line)) for name, line in zip(MEASURES, figures, strict=True)]
        if outcome.money:
            rows.append(Row((*labels, WORST), unit, tuple(told(v) for v in worst_tenth(values))))
        if outcome.money and ("alance" in outcome.name or "value" in outcome.name or outcome.name == NET_CASH):
            share = np.where(np.isnan(values[:, 0]), np.nan, chance(values >= 0))
            rows.append(Row((*labels, NOT_BELOW), "%", tuple(_number(v) for v in share)))
    if outcome.name == BLOCKS:
        rows.append(Row((*labels, "Chance of at least one"), "%", tuple(float(v) for v in chance(values > 0))))
    if outcome.subject.startswith("Goal "):
        rows.append(Row((*labels, "Chance of being met"), "%", _met(made, outcome, values)))
    return rows


def _met(made: Simulation, outcome: Outcome, values: Floats) -> Values:
    """Return the chance that a goal is met by its date, under the year of its date."""
    goal = next(g for g in made.plan.goals if f"Goal {g.id}" == outcome.subject)
    told: list[Cell] = [None] * (len(made.plan.years) + 1)
    if goal.target_year in made.plan.years:
        at = made.plan.years.index(goal.target_year)
        told[at] = _number(float(np.mean([reached(goal, float(v), goal.target) for v in values[at]])))
    return tuple(told)


def _pounds(pence: float) -> Cell:
    return None if np.isnan(pence) else round(float(pence) / 100.0, 2) + 0.0


def _number(value: float) -> Cell:
    """Return a number to the six digits that a simulation can carry at most."""
    return None if np.isnan(value) else float(f"{value:.6g}")


def difference_block(made: Simulation, other: Simulation, names: tuple[str, str]) -> Block:
    """Return the range of what one scenario comes to less another, draw by draw: both meet the same chances.

    So the difference has a range of its own, which is not the difference of the two ranges. Raises `ValueError` where the two do
    not have the same years and draws.
    """
    if made.plan.years != other.plan.years or made.draws != other.draws:
        raise ValueError("only scenarios over the same years and draws can be compared")
    there = {(o.subject, o.name): n for n, o in enumerate(other.outcomes)}
    rows: list[Row] = []
    for n, outcome in enumerate(made.outcomes):
        at = there.get((outcome.subject, outcome.name))
        if at is None:
            continue
        labels, unit, told = (outcome.subject, outcome.name), outcome.unit or "", _pounds if outcome.money else _number
        draws, own = made.values[n] - other.values[at], made.own[n] - other.own[at]
        with np.errstate(invalid="ignore"):
            lines = (own, draws.mean(axis=-1), *percentiles(draws, 0.1, 0.5, 0.9))
            more = np.where(np.isnan(draws[:, 0]), np.nan, chance(draws > 0))
        rows += [Row((*labels, name), unit, tuple(told(v) for v in line)) for name, line in zip(MEASURES, lines, strict=True)]
        rows.append(Row((*labels, "Chance of more"), "%", tuple(_number(v) for v in more)))
    shows = (
        f"{names[0]} less {names[1]}, draw by draw over {made.draws:,} draws that both meet. The range of a difference is not "
        "the difference of two ranges."
    )
    return Block("Difference", shows, ("Whose", "Figure", "Measure"), (*made.plan.years, OVER_PLAN), tuple(rows))


def tornado(case: Case) -> Block:
    """Return what drives the range of a plan's own simulation; see `tornado_block`."""
    return tornado_block(simulated(case.plan), drivers_of_plan(case.plan))


def tornado_block(made: Simulation, drivers: tuple[Driver, ...]) -> Block:
    """Return every driver of uncertainty, the one that moves net cash most first: swing, rank correlation, value of knowing it.

    A driver is put at its P10 and its P90 with every other figure as planned. Knowing is worth what a better decision between
    going ahead and doing nothing would bring, in present value of the system's cash.
    """
    rows: list[Row] = []
    for driver in drivers:
        first = driver.figures[0]
        source = "assumed: a judgement" if all(u.assumed for u in driver.figures) else "entered on Uncertainty"
        labels = (driver.name, first.shape if len(driver.figures) == 1 else f"{len(driver.figures)} figures", source)
        ends = [float(v) for v in first.distribution.at(np.array([-1.2815515655446004, 1.2815515655446004]))]
        worst = abs(driver.worst_high - driver.worst_low)
        way = {"factor": "Factor on every year", "added": "Added to every year's rate"}.get(first.way, "The figure itself")
        rows += [
            Row((*labels, NET_AT), "£", tuple(map(_pounds, (driver.low, driver.high, driver.swing)))),
            Row((*labels, "Worst balance of a year"), "£", tuple(map(_pounds, (driver.worst_low, driver.worst_high, worst)))),
            Row((*labels, "Rank correlation with net cash"), "factor", (None, None, round(driver.rank_correlation, 3))),
            Row((*labels, "Worth knowing before deciding"), "£", (None, None, _pounds(driver.worth))),
            Row((*labels, f"{way}, mean last"), "factor", tuple(map(_number, (*ends, first.distribution.mean)))),
        ]
    shows = f"What moves the range most comes first, each driver alone, all else as planned. {worth_knowing(made, drivers)}"
    headings = ("Driver", "Distribution", "Where from", "Measure")
    return Block("What drives the range", shows, headings, ("At its P10", "At its P90", "Swing or value"), tuple(rows))


def worth_knowing(made: Simulation, drivers: tuple[Driver, ...]) -> str:
    """Return in words what it would be worth to find out before deciding to go ahead."""
    worth = made.of(SYSTEM, NPV)[-1]
    everything = round(value_of_perfect_information(worth))
    share = float(chance(worth >= 0))
    if not drivers:
        return "Nothing in the plan is uncertain."
    if everything < 100:
        loses = worth.mean() < 0
        told = "costs more cash than it releases" if loses else "releases more cash than it costs"
        known = f"going ahead {told} in {1 - share if loses else share:.0%} of draws"
        return f"On the system's cash no study would change the decision: {known}."
    best = max(drivers, key=lambda d: d.worth)
    told = f"Knowing everything before deciding would be worth up to {display(everything, pounds_only=True)}"
    if round(best.worth) < 100:
        return f"{told}; no single driver would change the decision by itself."
    return f"{told}; to evaluate {best.name} before scaling is worth up to {display(round(best.worth), pounds_only=True)}."
