"""Where each goal is heading, and where it would have to be in each year to be met by its date."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from icbudget import years
from icbudget.engine.projection.draw_inputs import Drawn
from icbudget.engine.projection.projection import Projection
from icbudget.engine.projection.wiring import Rules
from icbudget.engine.rounding import Floats, sum_of
from icbudget.engine.run import Result
from icbudget.plan import Plan
from icbudget.plan.acute_line import BED_DAY, AcuteLine
from icbudget.plan.goal import COMPUTED, Goal

Path = tuple[float | None, ...]
"""A value for each year of the plan; None where there is none."""


def lines_of(plan: Plan, goal: Goal) -> list[int]:
    """Return the positions of the activity lines whose planned activity is a goal's measure.

    The line the goal names; else for `admissions` every line of spells or episodes whose point of
    delivery begins with "Non-elective", for `bed_days` every line counted in bed days.
    """
    if goal.measured_by not in COMPUTED[:3]:
        return []
    return [k for k, row in enumerate(plan.acute_lines) if _counts(goal, row)]


def _counts(goal: Goal, line: AcuteLine) -> bool:
    """Return whether a line's activity is part of a goal's measure."""
    if goal.acute_line:
        return line.id == goal.acute_line
    if goal.measured_by == "admissions":
        return line.emergency_admissions
    return goal.measured_by == "bed_days" and line.currency == BED_DAY


def trajectory(result: Result, goal: Goal) -> Path:
    """Return a goal's value by year, in its own unit.

    Worked out, see `over_draws`, or the baseline and the values entered. Source: model §10.2.
    """
    if goal.measured_by in COMPUTED:
        values = over_draws(result.plan, result.rules, result.projection, goal)
        if values is None:
            return (None,) * len(result.years)
        return tuple(None if np.isnan(v) else float(v) for v in values[0])
    return (goal.baseline, *(goal.expected.get(year) for year in result.years[1:]))


def if_nothing_changes(result: Result, goal: Goal) -> Path | None:
    """Return what a goal that counts activity would be by year under do nothing.

    `Σ_k A_nothing(k,t)` over the goal's lines; None for a goal that counts no activity.
    """
    at = lines_of(result.plan, goal)
    if not at:
        return None
    return tuple(float(v) for v in result.projection.nothing.activity[0][:, at].sum(axis=-1))


def over_draws(plan: Plan, rules: Rules, run: Projection, goal: Goal) -> Floats | None:
    """Return the value of a goal that is worked out, draws × years, NaN where there is none.

    None where nothing leads to it.

    - `activity`, `admissions`, `bed_days`: `Σ_k A_plan(k,t)` over the goal's lines
    - `prevention_share`: `100 × (paid(t) + tagged(t)) / (Pay_plan(t) + spend(t) + paid outside the
      pools(t))`, per cent: what programmes are paid and schemes tagged as prevention spend, over
      what commissioners pay for activity, what every pool spends, and programmes that a
      partner pays itself. A scheme that names a programme spends the programme's payment, and is
      counted once.
    """
    if goal.measured_by == "prevention_share":
        paid = sum_of(run.moves.paid)
        outside = [buyer.members for buyer in rules.buyers if buyer.pool < 0]
        own = sum_of(run.moves.paid[:, :, np.concatenate(outside)]) if outside else 0.0
        prevention = [row.prevention for row in plan.schemes]
        tagged = sum_of(run.figures.schemes[:, :, prevention])
        acute = run.pay_plan.sum(axis=-1) * 100.0  # £ become pence, as all else here is
        total = acute + sum_of(run.moves.spend) + own
        unknown = np.full(paid.shape, np.nan)
        share: Floats = 100.0 * np.divide(paid + tagged, total, out=unknown, where=total > 0)
        return share
    at = lines_of(plan, goal)
    return np.asarray(run.activity[:, :, at].sum(axis=-1)) if at else None


def entered_over_draws(plan: Plan, goal: Goal, drawn: Drawn) -> Floats:
    """Return the value of a goal that is entered, draws × years.

    Its baseline, then the values entered, or draws of them.

    NaN where there is none. One draw where Uncertainty has no row for the goal.
    """
    base = np.nan if goal.baseline is None else goal.baseline
    drawn_path = drawn.get(("goals", goal.id, "expected"))
    if drawn_path is None:
        later = [goal.expected.get(year, np.nan) for year in plan.years[1:]]
        return np.array([[base, *later]])
    path = drawn_path.copy()
    path[:, 0] = base
    return path


def needed(plan: Plan, goal: Goal, path: Path) -> Path:
    """Return where a goal would have to be each year on a straight line to its target.

    `baseline + (target − baseline) · t / T` up to the target year T, then the target; no value
    without a baseline, nor where T is not after the base year. The target year may be beyond the
    plan. Source: model §10.2.
    """
    # What was measured is the start; where nobody measured, the plan's own base year is.
    start = path[0] if goal.baseline is None else goal.baseline
    span = years.start(goal.target_year) - years.start(plan.setup.base_year)
    if start is None or span <= 0:
        return (None,) * len(plan.years)
    return tuple(
        start + (goal.target - start) * min(t, span) / span for t in range(len(plan.years))
    )


def measured(plan: Plan, goal: Goal) -> dict[str, float]:
    """Return what was measured of a goal, by year, where it is entered."""
    rows = [row for row in plan.quarterly_plans if row.goal == goal.id]
    return {row.year: row.measured for row in rows if row.measured is not None}


def reached_in(goal: Goal, values: Floats, aim: float) -> NDArray[np.bool_]:
    """Return whether each value (any shape) is at or beyond an aim on the good side.

    See `reached`.
    """
    room = 1e-9 * np.maximum(abs(aim), np.abs(values))
    lower = goal.good == "lower"
    return np.asarray(values <= aim + room if lower else values >= aim - room)


def reached(goal: Goal, value: float, aim: float) -> bool:
    """Return whether a value is at or beyond an aim on the good side.

    Within a billionth, which is binary noise.
    """
    room = 1e-9 * max(abs(aim), abs(value))
    return value <= aim + room if goal.good == "lower" else value >= aim - room
