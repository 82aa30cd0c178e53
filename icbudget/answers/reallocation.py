"""The answer about reallocation.

It has what is moved, what it leaves unfunded, what pays first, and what is bought in which order.
"""

from __future__ import annotations

import numpy as np

from icbudget import glossary
from icbudget.answers.amounts import numbers, pounds
from icbudget.answers.block import Cell, Lines, Row
from icbudget.answers.case import Case
from icbudget.engine.accounts.benefits_realised import NOT_CONFIRMED
from icbudget.engine.projection.acute_amounts import unfunded_gap
from icbudget.engine.projection.pump_prime import Fund, funds
from icbudget.engine.projection.wiring import PUMP_PRIME, RELEASING
from icbudget.engine.rounding import half_up
from icbudget.plan import Plan


def reallocate(case: Case) -> Lines:
    """Return what moves, and what it buys, by year.

    What each shift moves, what each pool can buy with it, and what each programme gets.

    A rule that moves money before it is released leaves a gap between what the activity still costs
    and what is left of the activity budget: it is always shown. Source: model §7.1, §7.2.
    """
    result = case.answered
    run, rules, years = result.projection, result.rules, case.plan.years
    rows: list[Row] = []
    fund_at = {fund.shift: fund for fund in funds(run.moves, rules)}
    for n, drawing in enumerate(rules.drawings):
        labels = (glossary.SHIFT, drawing.id)
        confirmed = release_label(case.plan, drawing.rule) or glossary.SET_BY_RULE
        rows.append(Row((*labels, confirmed), "£", pounds(run.moves.confirmed[0, :, n])))
        moved = pounds(run.moves.moved[0, :, n])
        rows.append(Row((*labels, glossary.MOVED_INTO_POOL), "£", moved))
        if n in fund_at:
            rows.extend(_fund(case, drawing.id, fund_at[n]))
        # A release is moved only once it has come; other rules move money before it has.
        if drawing.rule not in RELEASING:
            gap = pounds(unfunded_gap(run, drawing, n))
            rows.append(Row((*labels, glossary.UNFUNDED_ACUTE), "£", gap))
    for p, pool in enumerate(rules.pools):
        available = pounds(run.moves.available[0, :, p])
        rows.append(Row((glossary.POOL, pool, glossary.MONEY_FOR_PROGRAMMES), "£", available))
    transition = run.figures.double_running[0] + run.figures.exit_cost[0]
    for g, programme in enumerate(case.plan.programmes):
        labels = (glossary.PROGRAMME, programme.id)
        full = half_up(run.running_cost[0, :, g] + transition[:, g], 0.01)
        in_full = tuple(round(float(v), 2) for v in full)
        rows.append(Row((*labels, glossary.COST_IN_FULL), "£", in_full))
        rows.append(Row((*labels, glossary.PAID), "£", pounds(run.moves.paid[0, :, g])))
        # Nothing is bought in the base year, so it has no part of anything.
        scale: tuple[Cell, ...] = (None, *numbers(run.moves.scale[0, 1:, g]))
        rows.append(Row((*labels, glossary.PART_BOUGHT), "%", scale))
        rows.append(Row((*labels, glossary.EFFECT_AT_WORK), "%", numbers(run.active[0, :, g])))
    shows = (
        "Money moved from activity into the pools, and what each programme could be bought"
        " with it, in order of priority."
    )
    if any(drawing.rule in (*RELEASING, PUMP_PRIME) for drawing in rules.drawings):
        # model §1.8: what was only planned is never shown as if it had come
        shows += (
            f" Releases are {NOT_CONFIRMED}."
            if result.benefits is None
            else " Reinvestment says which releases are confirmed, forecast or only planned."
        )
    return Lines(shows, (*rows, *_rankings(case)), years)


def release_label(plan: Plan, rule: str) -> str:
    """Return what the release is called that a rule moves; blank for a rule that waits for none.

    It is called planned where nobody has confirmed any (model §1.8).
    """
    is_confirmed = bool(plan.confirmed_releases)
    if rule in RELEASING:
        return glossary.CONFIRMED_BEFORE if is_confirmed else glossary.PLANNED_BEFORE
    if rule == PUMP_PRIME:
        return glossary.CONFIRMED_RELEASE if is_confirmed else glossary.PLANNED_RELEASE
    return ""


def _fund(case: Case, id: str, fund: Fund) -> list[Row]:
    """Return a pump-prime fund by year.

    Peak draw and self-funding year stand in the year they fall in.
    """
    drawn, peak = fund.drawn[0], round(float(fund.peak_draw[0]))
    first = None if np.isnan(fund.self_funding[0]) else int(fund.self_funding[0])
    at_peak = int(np.argmax(drawn)) if peak else None

    def at_year(at: int | None, value: Cell) -> tuple[Cell, ...]:
        return tuple(value if t == at else None for t in range(len(case.plan.years)))

    figures: tuple[tuple[str, tuple[Cell, ...]], ...] = (
        (glossary.PUT_INTO_FUND, pounds(fund.put_in[0])),
        (glossary.INTEREST_ON_FUND, pounds(fund.interest[0])),
        (glossary.PAID_OUT_OF_FUND, pounds(fund.invested[0])),
        (glossary.BALANCE_OF_FUND, pounds(fund.balance[0])),
        (glossary.FUND_BELOW_FLOOR, pounds(fund.below_floor[0])),
        (glossary.PEAK_DRAW, at_year(at_peak, peak / 100)),
    )
    rows = [Row((glossary.SHIFT, id, name), "£", values) for name, values in figures]
    label = (
        "Self-funding from this year on"
        if first is not None
        else "Not self-funding within the plan"
    )
    return [*rows, Row((glossary.SHIFT, id, label), "%", at_year(first, 1.0))]


def _rankings(case: Case) -> list[Row]:
    """Return the order of each ranking in the column of its binding year.

    It has the place, the worth added, and the worth for each £.
    """
    rows: list[Row] = []
    for ranking in case.answered.rules.rankings:
        for place, pick in enumerate(ranking.picks, 1):
            name = case.plan.programmes[pick.programme].id
            # What costs nothing in the binding year has no worth for each £ of it.
            ratio = float(pick.per_pound) if np.isfinite(pick.per_pound) else None
            for figure, unit, value in (
                (glossary.PLACE_IN_RANKING, "place", place),
                ("Present value added, given those before it", "£", round(pick.value, 2)),
                ("Present value for each £ of the binding year", "factor", ratio),
            ):
                cells: list[Cell] = [None] * len(case.plan.years)
                cells[ranking.year] = value
                rows.append(Row(("Ranking", name, figure), unit, tuple(cells)))
    return rows
