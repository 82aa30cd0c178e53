"""Sections about the whole: the bridge, who pays and who gains, appraisal, goals."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, product
from math import ceil

from icbudget import glossary
from icbudget.answers import catalogue
from icbudget.answers.block import Block, Row
from icbudget.answers.goal_tracker import in_unit
from icbudget.answers.pool_balances import NOT_FUNDED
from icbudget.engine.accounts.better_or_worse_off import NO_PARTNER
from icbudget.engine.accounts.bridge import ASSUMED, ROWS, STEPS, SYSTEM, TOTALS
from icbudget.plan.goal import COMPUTED, Goal
from icbudget.report import report_charts
from icbudget.report.document import (
    Chart,
    Line,
    MoneyLine,
    Paper,
    Section,
    Table,
    amounts_of,
    numbers,
    one_group,
)
from icbudget.report.pool_sections import nothing_moves
from icbudget.report.report_figures import (
    Scale,
    in_words,
    listed,
    number,
    percent,
    rounded,
    scale_for,
)

COLUMNS = 7
"""Partners side by side in one table of the bridge; more go into a further table."""


def section_bridge(paper: Paper) -> Section | None:
    """Return the bridge of the last year: a waterfall of the system, and tables by partner."""
    block = paper.block(catalogue.BRIDGE)
    last = {row.labels: numbers(row)[-1] for row in block.rows if row.unit == "£"}
    if len(paper.years) == 1 or not any(last.values()):
        return None
    year = paper.years[-1]
    scale = scale_for(last.values())
    steps: list[tuple[str, float, bool]] = []
    for step in STEPS:
        amount, is_total = last[SYSTEM, step], step in TOTALS
        if amount or is_total:  # a step of nothing would be a row without a bar
            steps.append((step, amount, is_total))
    steps.append((glossary.FUNDING, last[SYSTEM, glossary.FUNDING], True))
    title = f"Bridge of the whole system to {year}"
    drawn = report_charts.waterfall("bridge-chart", title, steps, scale)
    chart = Chart("bridge-chart", title, drawn)
    names = {**paper.names("partners"), SYSTEM: SYSTEM}
    wanted = [*paper.names("partners"), SYSTEM]
    # Tables as equal in width as can be, so that the last does not hold one partner alone.
    count = ceil(len(wanted) / COLUMNS)
    wide = ceil(len(wanted) / count)
    tables = tuple(
        _bridge_table(last, wanted[n * wide :][:wide], names, scale, paper, n + 1)
        for n in range(count)
    )
    paragraph = (
        f"From what each partner spent net in {paper.years[0]} to what it spends in {year}. A"
        " provider's net spending is its cost less its income, so that a payment between partners"
        " is nothing to the whole system. Gap is plan less funding: above zero, nobody has the"
        f" money yet; below zero, money is left. {funding_rests_on(paper)}"
    )
    return Section(
        "bridge",
        f"From {paper.years[0]} to {year}, step by step",
        (paragraph,),
        parts=(chart, *tables),
    )


def funding_rests_on(paper: Paper) -> str:
    """Return what the funding of the last year rests on, in a sentence."""
    names = paper.names("partners")
    block = paper.block(catalogue.BRIDGE)
    last = {
        block.label(row, "partner"): str(row.values[-1])
        for row in block.where(step=glossary.BASIS_OF_FUNDING)
    }
    assumed = [names[id] for id in names if last.get(id) == ASSUMED]
    if not assumed:
        return "Funding is as stated in the envelopes."
    whose = "every partner" if len(assumed) == len(names) else listed(assumed)
    return f"Funding of {whose} is {ASSUMED}."


def _bridge_table(
    last: dict[tuple[str, ...], float],
    wanted: list[str],
    names: dict[str, str],
    scale: Scale,
    paper: Paper,
    at: int,
) -> Table:
    steps = [step for step in ROWS if step in TOTALS or any(last[id, step] for id in names)]
    lines = tuple(
        Line(step, paper.money(scale, [last[id, step] for id in wanted]), step in TOTALS)
        for step in steps
    )
    caption = (
        f"Bridge by partner to {paper.years[-1]}, {scale.name}{', continued' if at > 1 else ''}"
    )
    return Table(f"bridge-{at}", caption, ("Step", *(names[id] for id in wanted)), one_group(lines))


def section_partners(paper: Paper) -> Section | None:
    """Return who pays and who gains against do nothing, the whole system last."""
    names = {**paper.names("partners"), **of_no_partner(paper), SYSTEM: SYSTEM}
    if not paper.case.plan.partners or not any(
        any(numbers(row)) for row in paper.block(catalogue.PARTNER_POSITIONS).rows
    ):
        return None
    gain = {
        id: paper.values(catalogue.PARTNER_POSITIONS, partner=id, figure=glossary.GAIN)
        for id in names
    }
    rows: list[MoneyLine] = [(names[id], gain[id], id == SYSTEM) for id in names]
    parts: list[Table | Chart] = [_positions(paper, names), *_four_steps(paper)]
    if len(paper.years) > 1:
        parts.append(
            paper.money_table(
                "gains",
                f"{glossary.GAIN} by year, after settlement",
                "Partner",
                [("", rows)],
            )
        )
        # Only who gains or loses is drawn; the table has everybody.
        sums = {id: sum(gain[id]) for id in names}
        over = [(names[id], sums[id]) for id in names if rounded(sums[id], 0) or id == SYSTEM]
        title = f"{glossary.GAIN_SO_FAR} in {paper.years[-1]}, each partner"
        drawn = report_charts.bars(
            "partners-chart", title, over, scale_for(v for _, v in over), ("gain", "loss")
        )
        parts.insert(0, Chart("partners-chart", title, drawn))
    paragraph = (
        "Each partner in the plan against the same partner if nothing changes, after settlement:"
        " stranded cost, what the pools settle and transfers between partners are included. What is"
        " right for the whole system may still leave a partner worse off, and then somebody must"
        " agree to that."
    )
    if len(paper.years) == 1:
        return Section("partners", "Who pays", parts=tuple(parts))
    return Section("partners", "Who pays, who gains", (paragraph,), parts=tuple(parts))


def of_no_partner(paper: Paper) -> dict[str, str]:
    """Return the rows of positions that no partner stands behind, where there is any money.

    Without them the partners do not add up to the whole system.
    """
    block = paper.block(catalogue.PARTNER_POSITIONS)
    return {
        who: who
        for who in NO_PARTNER
        if any(any(numbers(row)) for row in block.where(partner=who, figure=glossary.GAIN))
    }


def _positions(paper: Paper, names: dict[str, str]) -> Table:
    wanted: tuple[str, ...] = (
        glossary.PUT_INTO_POOLS,
        glossary.DO_NOTHING,
        glossary.PLAN,
        glossary.PAID,
        glossary.GAIN,
    )
    if len(paper.years) == 1:
        wanted = (glossary.PUT_INTO_POOLS, glossary.PLAN)
    last = {row.labels: numbers(row)[-1] for row in paper.block(catalogue.PARTNER_POSITIONS).rows}
    # What no partner stands behind is a gain or a loss, and nothing else.
    scale = scale_for(last.get(position, 0.0) for position in product(names, wanted))
    lines = tuple(
        Line(names[id], paper.money(scale, [last.get((id, f), 0.0) for f in wanted]), id == SYSTEM)
        for id in names
    )
    caption = (
        f"Position of each partner in {paper.years[-1]}, {scale.name}; do nothing and plan are net"
        " spending"
    )
    return Table("positions", caption, ("Partner", *wanted), one_group(lines))


FOUR_STEPS = (
    glossary.POSITION_ACTIVITY,
    glossary.POSITION_POOLS,
    glossary.POSITION_SETTLED,
    glossary.POSITION_TRANSFERS,
    glossary.GAIN,
)


def _four_steps(paper: Paper) -> list[Table]:
    """Return the positions of the year decided about, step by step to what each comes to.

    Who is neither better nor worse off by any step has no row. What is over and not settled, or
    borne by nobody, has one where there is any.
    """
    block, names = paper.block(catalogue.PARTNER_POSITIONS), paper.names("partners")
    held: dict[str, dict[str, float]] = {}
    for row in block.rows:
        who, figure = block.labels_of(row, "partner", "figure")
        if figure in FOUR_STEPS:
            held.setdefault(who, {})[figure] = numbers(row)[paper.decided]
    steps_by_partner = {who: steps for who, steps in held.items() if any(steps.values())}
    if not steps_by_partner:
        return []
    every_step = chain.from_iterable(steps.values() for steps in steps_by_partner.values())
    scale = scale_for(every_step)
    lines = tuple(
        Line(names.get(who, who), paper.money(scale, [steps[f] for f in FOUR_STEPS]), who == SYSTEM)
        for who, steps in steps_by_partner.items()
    )
    caption = (
        f"Positions after settlement in {paper.years[paper.decided]}, four steps that add up,"
        f" {scale.name}, each figure rounded on its own"
    )
    return [Table("steps", caption, ("Partner", *FOUR_STEPS), one_group(lines))]


def section_appraisal(paper: Paper) -> Section | None:
    """Return the appraisal: one column a view, because views are never added up."""
    if len(paper.years) == 1 or not any(paper.sums(catalogue.REALLOCATION, figure=glossary.PAID)):
        return None
    block = paper.block(catalogue.APPRAISAL)
    capacity = block.where(view=glossary.CAPACITY)
    public = block.where(view=glossary.PUBLIC_VALUE)
    compared = [row for row in block.rows if row not in (*capacity, *public)]
    freed = zip(paper.names("acute_lines").values(), capacity, strict=True)
    points = [
        f"Capacity: {name}, {number(numbers(row)[0])} {row.unit}s released over the plan."
        for name, row in freed
        if row.unit != "pound" and rounded(numbers(row)[0], 0)
    ]
    for row in public:
        measure = block.label(row, "measure")
        points.append(f"Public value: {measure[0].lower()}{measure[1:]}{_public(paper, row)}.")
    paragraph = (
        "Four views of the same plan: commissioners' cash, the system's cash, capacity, public"
        " value. They overlap and must never be added together. Activity that replaces what is"
        " avoided costs money, and that is a cost, as the programmes are. The last column is for"
        " comparison only: what the result would seem to be if tariff value were cash."
    )
    table = _appraisal_table(paper, block, compared)
    return Section("appraisal", "Appraisal", (paragraph,), tuple(points), (table,))


def _appraisal_table(paper: Paper, block: Block, rows: Sequence[Row]) -> Table:
    scale = scale_for(numbers(row)[0] for row in rows if row.unit == "£")
    cells = {block.labels_of(row, "view", "measure"): _measured(paper, row, scale) for row in rows}
    views = list(dict.fromkeys(view for view, _ in cells))
    lines = []
    for measure in dict.fromkeys(measure for _, measure in cells):
        lines.append(Line(measure, tuple(cells.get((view, measure), "–") for view in views)))
    setup = paper.case.plan.setup
    prices = "prices of each year (the plan names no deflator)"
    if setup.deflator:
        prices = f"prices of {setup.price_base or setup.base_year}"
    caption = (
        f"Appraisal by view, {scale.name} where it is money, {prices}, discounted to"
        f" {paper.years[0]}"
    )
    return Table("appraisal-table", caption, ("Measure", *views), one_group(lines))


def _public(paper: Paper, row: Row) -> str:
    (stated,) = row.values
    if stated is None:
        return ""
    if isinstance(stated, str):
        return f", {stated}"
    (value,) = numbers(row)
    if row.unit == "QALY":
        return f", {number(value, 1)} QALYs"
    scale = scale_for([value])
    measured = _measured(paper, row, scale)
    return f", {scale.name} {measured}" if row.unit == "£" else f", {measured}"


def _measured(paper: Paper, row: Row, scale: Scale) -> str:
    (value,) = row.values
    if isinstance(value, str) or value is None:
        return value or "–"
    if row.unit == "£":
        return scale.write(value, brackets=paper.brackets)
    return (
        percent(value, brackets=paper.brackets)
        if row.unit == "%"
        else number(value, 2, brackets=paper.brackets)
    )


def verdicts(block: Block) -> dict[str, str]:
    """Return in words whether each goal is met, by its id, from the goal tracker.

    A goal's verdict is its last row; its other rows have the figures.
    """
    return {block.label(row, "goal"): block.label(row, "figure") for row in block.rows}


def met_in_words(paper: Paper) -> tuple[list[Goal], list[Goal], str]:
    """Return the goals that are met, the others, and what to know of the first, in words.

    A value that somebody typed is what is hoped for, not what the plan brings about; a plan that
    nobody has funded brings nothing about.
    """
    goals = {goal.id: goal for goal in paper.case.plan.goals}
    by_goal = verdicts(paper.block(catalogue.GOAL_TRACKER))
    met = [goals[id] for id, verdict in by_goal.items() if verdict.startswith("Met ")]
    missed = [goals[id] for id, verdict in by_goal.items() if not verdict.startswith("Met ")]
    entered = [goal for goal in met if goal.measured_by not in COMPUTED]
    words = ""
    if entered:
        all_of_them = len(entered) == len(met)
        count = "" if all_of_them else f"{in_words(len(entered)).lower()} of them "
        words = f", {count}on values that are entered and not worked out by the plan"
    paid = paper.sums(catalogue.REALLOCATION, figure=glossary.PAID)
    if met and nothing_moves(paper) and not any(paid):
        words += f", though {NOT_FUNDED}"
    return met, missed, words


def with_its_gap(paper: Paper, goal: Goal) -> str:
    """Return what a goal is called, with what is expected at its date against its target."""
    block = paper.block(catalogue.GOAL_TRACKER)
    (row,) = block.where(goal=goal.id, figure=glossary.EXPECTED)
    value = dict(zip(block.columns, row.values, strict=True)).get(goal.target_year)
    if not isinstance(value, (int, float)):
        return goal.called
    return f"{goal.called} ({in_unit(goal, value)} against {in_unit(goal, goal.target)})"


def without_cost(paper: Paper) -> str:
    """Return in a sentence which programmes are at work though nothing is paid for them.

    What the plan gains is then before what they cost, which nobody has entered.
    """
    free = [
        name
        for id, name in paper.names("programmes").items()
        if any(paper.values(catalogue.REALLOCATION, thing=id, figure=glossary.EFFECT_AT_WORK))
        and not any(paper.values(catalogue.REALLOCATION, thing=id, figure=glossary.PAID))
    ]
    if not free:
        return ""
    verb = "costs" if len(free) == 1 else "cost"
    return f"No row states what {listed(free)} {verb}: it would come off that."


def section_goals(paper: Paper) -> Section | None:
    """Return where each goal is heading and whether it is met by its date."""
    goals = paper.case.plan.goals
    if not goals:
        return None
    block = paper.block(catalogue.GOAL_TRACKER)
    lines = []
    for goal in goals:
        (expected_row,) = block.where(goal=goal.id, figure=glossary.EXPECTED)
        path = expected_row.values
        # A goal may be due after the last year of the plan, which then expects nothing of it.
        is_in_plan = goal.target_year in paper.years
        expected = path[paper.years.index(goal.target_year)] if is_in_plan else None
        figures = (path[0], expected, goal.target)
        written = map(_goal_figure, amounts_of(figures))
        verdict = verdicts(block)[goal.id]
        cells = (goal.unit or "–", goal.good, *written, goal.target_year, verdict)
        lines.append(Line(goal.called, cells))
    headings = (
        "Goal",
        "Unit",
        "Better is",
        f"In {paper.years[0]}",
        "Expected at its date",
        "Target",
        "Date",
        "Verdict",
    )
    caption = "Goals, and whether the plan meets them by their date"
    table = Table("goals-table", caption, headings, one_group(lines), frozenset({0, 1, 5, 6}))
    paragraph = "Money is not the purpose. These are the goals it is moved for."
    return Section("goals", "Goals", (paragraph,), parts=(table,))


def _goal_figure(value: float | None) -> str:
    """Return a goal's figure with two decimals at most, none from 1,000 upwards."""
    digits = number(value, 0 if value is None or abs(value) >= 1000 else 2)
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
