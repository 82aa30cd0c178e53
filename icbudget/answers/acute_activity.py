"""Answers about activity: do nothing and plan, what is avoided, what that releases."""

from __future__ import annotations

import numpy as np

from icbudget import glossary
from icbudget.answers.amounts import numbers, pounds
from icbudget.answers.block import Lines, Row
from icbudget.answers.case import Case
from icbudget.engine.appraisal import overlap
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.plan.acute_line import BED_DAY

DAYS = 365
ALL_LINES = "All lines"
"""Row key of a figure of all activity lines together."""


def acute(case: Case) -> Lines:
    """Return activity, price, cost and payment of each activity line by year.

    Each stands twice: if nothing changes, and in the plan. Source: model §4.1, §6.1.
    """
    run = case.answered.projection
    rows: list[Row] = []
    amounts = AcuteAmounts(run)
    for k, line in enumerate(case.plan.acute_lines):
        figures = (
            (glossary.DO_NOTHING_ACTIVITY, line.currency, numbers(run.nothing.activity[0, :, k])),
            (glossary.PLAN_ACTIVITY, line.currency, numbers(run.activity[0, :, k])),
            (glossary.UNIT_PRICE, "£ a unit", numbers(run.nothing.price[0, :, k])),
            (glossary.UNIT_COST, "£ a unit", numbers(run.nothing.cost[0, :, k])),
            (glossary.DO_NOTHING_PAYMENT, "£", pounds(amounts.pay_nothing[0, :, k])),
            (glossary.PLAN_PAYMENT, "£", pounds(amounts.pay_plan[0, :, k])),
            (glossary.DO_NOTHING_COST, "£", pounds(amounts.cost_nothing[0, :, k])),
            (glossary.PLAN_COST, "£", pounds(amounts.cost_plan[0, :, k])),
        )
        rows.extend(Row((line.id, name), unit, values) for name, unit, values in figures)
    shows = (
        "Activity if nothing changes and in the plan; what the commissioner pays and what it"
        " costs the provider."
    )
    return Lines(shows, tuple(rows), case.plan.years)


def avoided(case: Case) -> Lines:
    """Return the units each programme avoids on each line by year.

    They sum to the line's total; beside each stands what it would avoid if it were alone.

    If alone: what the programme would avoid if no other ran, on a line that follows a parent
    through the parent too; these are not additive. Source: model §5.5, §5.6.
    """
    result = case.answered
    run = result.projection
    units = result.units_by_programme()[0]
    alone, reach = overlap.alone(run), run.structure.reaching
    rows: list[Row] = []
    for k, line in enumerate(case.plan.acute_lines):
        for g, programme in enumerate(case.plan.programmes):
            share = float(reach.share_of_line[reach.reached[:, g], k].sum())
            if share == 0 and not units[:, g, k].any():
                continue
            labels, unit = (line.id, programme.id), line.currency
            rows.append(Row((*labels, glossary.AVOIDED), unit, numbers(units[:, g, k])))
            # + 0.0: what avoids nothing alone is 0, not −0.
            by_itself = numbers(alone[:, g, k] + 0.0)
            rows.append(Row((*labels, glossary.AVOIDED_ALONE), unit, by_itself))
        of_all = (line.id, "All programmes")
        in_all = numbers(run.avoided[0, :, k])
        rows.append(Row((*of_all, glossary.AVOIDED_IN_ALL), line.currency, in_all))
        if run.moved_in[0, :, k].any():
            moved_in = numbers(run.moved_in[0, :, k])
            rows.append(Row((*of_all, glossary.MOVED_IN), line.currency, moved_in))
    shows = (
        "Activity that prevention avoids. An admission is avoided once: programmes that reach the"
        " same people share it."
    )
    return Lines(shows, tuple(rows), case.plan.years)


def release(case: Case) -> Lines:
    """Return the three different worths of what is avoided, by line and year.

    Beside them stands what each release is made of. Source: model §6.1, §6.2, §6.3.
    """
    run = case.answered.projection
    amounts = AcuteAmounts(run)
    blocks = run.released("blocks")[0]
    rows: list[Row] = []
    for k, line in enumerate(case.plan.acute_lines):
        figures = (
            (glossary.CONTRACT_SAVING, "£", pounds(amounts.saving[0, :, k])),
            (glossary.VARIABLE_RELEASED, "£", pounds(np.maximum(amounts.variable[0, :, k], 0.0))),
            (glossary.SEMI_FIXED_RELEASED, "£", pounds(amounts.semi_fixed[0, :, k])),
            (glossary.FIXED_RELEASED, "£", pounds(amounts.fixed[0, :, k])),
            (glossary.GROSS_RELEASE, "£", pounds(amounts.gross_release[0, :, k])),
            (glossary.REPLACEMENT_COST, "£", pounds(amounts.replacement[0, :, k])),
            (glossary.NET_RELEASE, "£", pounds(amounts.release[0, :, k])),
            (glossary.STRANDED_COST, "£", pounds(amounts.stranded_cost[0, :, k])),
            (glossary.REPLACEMENT_MARGIN, "£", pounds(amounts.margin[0, :, k])),
            (glossary.BLOCKS_CLOSED, "blocks", numbers(blocks[:, k])),
            (glossary.CAPACITY_RELEASED, line.currency, numbers(run.avoided[0, :, k])),
            *_capacity(case, k),
            (glossary.GROSS_TARIFF, "£", pounds(amounts.gross_value[0, :, k])),
        )
        rows.extend(Row((line.id, name), unit, values) for name, unit, values in figures)
    if case.plan.acute_lines:
        for name, pence in (
            (glossary.CONTRACT_SAVING_NET, amounts.saving),
            (glossary.PROVIDERS_LOSE, amounts.stranded),
        ):
            rows.append(Row((ALL_LINES, name), "£", pounds(pence[0].sum(axis=-1))))
    shows = (
        "Three different things: what commissioners stop paying, what the provider stops spending,"
        " and the capacity freed. Net release is gross release less what the activity in its place"
        " costs."
    )
    return Lines(shows, tuple(rows), case.plan.years)


def _capacity(case: Case, k: int) -> tuple[tuple[str, str, tuple[float, ...]], ...]:
    """Return what the freed capacity is beside its units.

    That is what other patients fill of it, its bed days and its beds.

    Filled again: `β·V`; bed days: V × bed days a unit; beds: `bed days / (365 × occupancy)`. Bed
    days that activity moved in takes up stand at the line it moves to, below zero.
    """
    run, line = case.answered.projection, case.plan.acute_lines[k]
    freed, moved_in = run.avoided[0, :, k], run.moved_in[0, :, k]
    figures: list[tuple[str, str, tuple[float, ...]]] = []
    if line.backfill:
        filled = numbers(line.backfill * np.maximum(freed, 0.0))
        figures.append((glossary.FILLED_AGAIN, line.currency, filled))
    # A line that is counted in bed days needs no length of stay.
    stay = 1.0 if line.currency == BED_DAY else line.bed_days
    if stay is not None:
        days = (freed - moved_in) * stay
        figures.append((glossary.BED_DAYS_RELEASED, BED_DAY, numbers(days)))
        figures.append((glossary.BEDS_RELEASED, "beds", numbers(days / (DAYS * line.occupancy))))
    return tuple(figures)
