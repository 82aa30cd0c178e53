"""The answer about reallocation: what is moved, what it leaves unfunded, what pays first, and what
is bought in which order.
"""

from __future__ import annotations

import numpy as np

from icbudget.answers.block import Block, Cell, Row
from icbudget.answers.case import Case
from icbudget.answers.pool_balances import pounds
from icbudget.engine.projection.acute_amounts import unfunded_gap
from icbudget.engine.projection.pump_prime import Fund, funds
from icbudget.engine.projection.wiring import PUMP_PRIME, RELEASING
from icbudget.engine.rounding import half_up


def reallocate(case: Case) -> Block:
    """Return what each shift moves, what each pool can buy with it, and what each programme gets,
    by year.

    A rule that moves money before it is released leaves a gap between what the activity still costs
    and what is left of the acute budget: it is always shown.
    """
    result = case.answered
    run, rules, years = result.projection, result.rules, case.plan.years
    rows: list[Row] = []
    fund_at = {fund.shift: fund for fund in funds(run.moves, rules)}
    for n, drawing in enumerate(rules.drawings):
        confirmed = _CONFIRMED.get(drawing.rule, "Set by the rule")
        rows.append(
            Row(("Shift", drawing.id, confirmed), "£", pounds(run.moves.confirmed[0, :, n]))
        )
        rows.append(
            Row(("Shift", drawing.id, "Moved into the pool"), "£", pounds(run.moves.moved[0, :, n]))
        )
        if n in fund_at:
            rows.extend(_fund(case, drawing.id, fund_at[n]))
        if drawing.rule not in RELEASING:
            rows.append(
                Row(
                    ("Shift", drawing.id, "Unfunded gap on the acute side"),
                    "£",
                    pounds(unfunded_gap(run, drawing, n)),
                )
            )
    for p, pool in enumerate(rules.pools):
        rows.append(
            Row(("Pool", pool, "Money for programmes"), "£", pounds(run.moves.available[0, :, p]))
        )
    transition = run.figures.double_running[0] + run.figures.exit_cost[0]
    for g, programme in enumerate(case.plan.programmes):
        full = half_up(run.running_cost[0, :, g] + transition[:, g], 0.01)
        rows.append(
            Row(
                ("Programme", programme.id, "Cost in full"),
                "£",
                tuple(round(float(v), 2) for v in full),
            )
        )
        rows.append(Row(("Programme", programme.id, "Paid"), "£", pounds(run.moves.paid[0, :, g])))
        scale: tuple[Cell, ...] = (None, *(float(v) for v in run.moves.scale[0, 1:, g]))
        rows.append(Row(("Programme", programme.id, "Part bought"), "%", scale))
        active = tuple(float(v) for v in run.active[0, :, g])
        rows.append(
            Row(("Programme", programme.id, "Effect at work (reach after lag)"), "%", active)
        )
    shows = (
        "Money moved from acute activity into the pools, and what each programme could be bought"
        " with it, in order of priority."
    )
    return Block(
        "Reallocation", shows, ("Kind", "Name", "Figure"), years, (*rows, *_rankings(case))
    )


_CONFIRMED = dict.fromkeys(RELEASING, "Confirmed release of the year before") | {
    PUMP_PRIME: "Confirmed release of the year"
}


def _fund(case: Case, id: str, fund: Fund) -> list[Row]:
    """Return a pump-prime fund by year; peak draw and self-funding year stand in the year they fall
    in.
    """
    drawn, peak = fund.drawn[0], round(float(fund.peak_draw[0]))
    first = None if np.isnan(fund.self_funding[0]) else int(fund.self_funding[0])
    at_peak = int(np.argmax(drawn)) if peak else None

    def at_year(at: int | None, value: Cell) -> tuple[Cell, ...]:
        return tuple(value if t == at else None for t in range(len(case.plan.years)))

    figures: tuple[tuple[str, tuple[Cell, ...]], ...] = (
        ("Put into the fund", pounds(fund.put_in[0])),
        ("Interest on the fund", pounds(fund.interest[0])),
        ("Paid out of the fund", pounds(fund.invested[0])),
        ("Balance of the fund", pounds(fund.balance[0])),
        ("Fund below its floor", pounds(fund.below_floor[0])),
        ("Peak draw on the fund", at_year(at_peak, peak / 100)),
    )
    rows = [Row(("Shift", id, name), "£", values) for name, values in figures]
    told = (
        "Self-funding from this year on"
        if first is not None
        else "Not self-funding within the plan"
    )
    return [*rows, Row(("Shift", id, told), "%", at_year(first, 1.0))]


def _rankings(case: Case) -> list[Row]:
    """Return the order of each ranking in the column of its binding year: place, worth added, and
    worth for each £.
    """
    rows: list[Row] = []
    for ranking in case.answered.rules.rankings:
        for place, pick in enumerate(ranking.picks, 1):
            name = case.plan.programmes[pick.programme].id
            ratio = float(pick.per_pound) if np.isfinite(pick.per_pound) else None
            figures = (
                ("Place in the ranking", "place", place),
                ("Present value added, given those before it", "£", round(pick.value, 2)),
            )
            for figure, unit, value in (
                *figures,
                ("Present value for each £ of the binding year", "factor", ratio),
            ):
                rows.append(
                    Row(
                        ("Ranking", name, figure),
                        unit,
                        tuple(
                            value if t == ranking.year else None
                            for t in range(len(case.plan.years))
                        ),
                    )
                )
    return rows
