"""What the charts draw, by ordinary formulas over the answers, each on the sheet of its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from icbudget import glossary, reference
from icbudget.answers import catalogue, risk_shared
from icbudget.answers.answer import OVER_PLAN, Answer
from icbudget.answers.block import Cell
from icbudget.answers.simulated_ranges import MEASURES
from icbudget.answers.tornado import MEASURES_OF_A_DRIVER, NET_AT
from icbudget.engine.uncertainty.outcomes import NET_CASH, PAY_NOTHING, PAY_PLAN
from icbudget.glossary import HEADINGS
from icbudget.plan import Plan
from icbudget.plan.unread_cells import NOT_KNOWN, NotKnown
from icbudget.workbook import layout
from icbudget.workbook.writing.answer_totals import SYSTEM, line
from icbudget.workbook.writing.chart_series import (
    BAND,
    Chart,
    Corner,
    Row,
    Series,
    first_row,
    with_year,
    years_of,
)
from icbudget.workbook.writing.cross_checks import Placed
from icbudget.workbook.writing.formulas import Area, Figure, at_place, number, text
from icbudget.workbook.writing.styles import ACTIVITY

CHANGES = (
    *(
        glossary.PRICE,
        glossary.DEMOGRAPHIC,
        glossary.NON_DEMOGRAPHIC,
        glossary.PROVIDER_EFFICIENCY,
        glossary.SCHEMES,
        glossary.DO_NOTHING,
    ),
    *(
        glossary.AVOIDED_CASHABLE,
        glossary.PREVENTION_COST,
        glossary.DOUBLE_RUNNING,
        glossary.TRANSFERS,
        glossary.PLAN,
    ),
)
LEVELS = (glossary.DO_NOTHING, glossary.PLAN)
WATERFALL = (
    "Hidden, above zero",
    "Hidden, below zero",
    "More spending",
    "More, below zero",
    "Less spending",
    "Less, below zero",
)
POSITIONS = (glossary.GAIN_SO_FAR,)
WORTHS = (glossary.CONTRACT_SAVING, glossary.NET_RELEASE, glossary.GROSS_TARIFF)
FAN = ("P90", "P50", "P10", "As planned")
PATHS = {
    glossary.DO_NOTHING: (glossary.DO_NOTHING_PAYMENT, PAY_NOTHING),
    glossary.PLAN: (glossary.PLAN_PAYMENT, PAY_PLAN),
}
"""The paths of activity payments: the line of totals that holds what is planned, and the outcome
that holds its range.
"""
ENDS = ("P90", "P10")
# Seven sources and “Other” are the eight colours that can be told apart; nine partners and “Other”
# the bars whose names can be read, and 36 letters the room of a name.
_MOST_SOURCES, _MOST_PARTNERS, _LABEL = 7, 9, 36
# As many bars as have names that can be read.
_MOST_DRIVERS = 10
_NO_GOAL = "There is no goal yet"


def series_of(plan: Plan, placed: Placed) -> dict[Chart, Series]:
    """Return the table of figures of each chart by the chart's name, below the totals of its sheet.

    Those without an answer are left out.
    """
    drawn: dict[Chart, Series] = {}
    rows: dict[Answer, int] = {}  # the row below the last table of each sheet
    for name, answer, draw in _CHARTS:
        if answer not in placed or _AGAINST.get(name, answer) not in placed:
            continue
        area, totals = placed[answer]
        row = rows.get(answer, first_row(totals)) + 1
        corner = Corner(area.sheet, row, area.block.unit_at + 1)
        drawn[name] = _marked_short(draw(plan, placed, corner))
        rows[answer] = drawn[name].last + 2
    return drawn


def room_of(drawn: Mapping[Chart, Series]) -> dict[Answer, int]:
    """Return how many rows the figures and the charts of each sheet take above its block."""
    room: dict[Answer, int] = {}
    for name, answer, _ in _CHARTS:
        if name in drawn:
            room[answer] = room.get(answer, BAND) + len(drawn[name].rows) + 3
    return room


SHORT = "; what is not known is left out"
"""What the title of a chart ends with where a figure of it is not known: a chart draws nothing
there.
"""


def _marked_short(drawn: Series) -> Series:
    every_figure = chain.from_iterable(figures for _, figures in drawn.rows)
    if not any(isinstance(figure.value, NotKnown) for figure in every_figure):
        return drawn
    title = drawn.title
    if isinstance(title, Figure):
        return replace(drawn, title=Figure(f'{title.formula}&"{SHORT}"', f"{title.value}{SHORT}"))
    return replace(drawn, title=f"{title}{SHORT}")


def _income(plan: Plan, placed: Placed, corner: Corner) -> Series:
    """Return money in by funding source and year, of pooled funds and of what stands beside them.

    Sources beyond the first few, and those added later, are one row.
    """
    area, lines = placed[catalogue.BALANCES]
    used = list(dict.fromkeys(r.source for r in plan.contributions)) or list(
        reference.choices("funding_source", plan.setup.rules_year)
    )
    income = text(glossary.INCOME)
    rows: list[Row] = []
    for at, source in enumerate(used[:_MOST_SOURCES], start=corner.row + 1):
        label = corner.here(at, 0, source)
        figures = (area.sum(c, source=label, figure=income) for c in area.block.columns)
        rows.append((source, tuple(figures)))
    others = []
    for at, heading in enumerate(area.block.columns, start=1):
        known = sum(number(figures[at - 1]) for _, figures in rows)
        first = corner.here(corner.row + 1, at, "").formula
        last = corner.here(corner.row + len(rows), at, "").formula
        all_income = line(area, lines, glossary.INCOME, heading, here=True)
        others.append(all_income - Figure(f"SUM({first}:{last})", known))
    rows.append(("Other sources", tuple(others)))
    return Series(
        "Money in by source, as planned, with aligned money",
        corner,
        ("Source", *years_of(area)),
        tuple(rows),
    )


def _left(plan: Plan, placed: Placed, corner: Corner) -> Series:
    """Return what is left at the end of each year in each pooled fund."""
    area = placed[catalogue.BALANCES][0]
    close = text(glossary.CLOSE)
    pooled = [pool for pool in plan.pools if pool.is_pooled]
    rows: list[Row] = []
    for pool in pooled:
        at = f"ROWS($A$1:$A${plan.pools.index(pool) + 1})"
        label = Figure(f'INDEX({layout.column_reference("pools", "name")},{at})&""', pool.name)
        id = Figure(f'INDEX({layout.column_reference("pools", "id")},{at})&""', pool.id)
        figures = (
            area.sum(c, pool=id, figure=close, source=text(glossary.ALL_SOURCES))
            for c in area.block.columns
        )
        rows.append((label, tuple(figures)))
    if not rows:
        nothing = tuple(Figure("0", 0.0) for _ in area.block.columns)
        rows.append(("No pooled fund", nothing))
    title = "Left at the end of the year, by pooled fund"
    return Series(title, corner, ("Pool", *years_of(area)), tuple(rows))


def _borne(plan: Plan, placed: Placed, corner: Corner) -> Series:
    """Return what each partner would bear of all pools' over- and underspends, by year."""
    area = placed[catalogue.RISK_SHARED][0]
    rows: list[Row] = []
    for place, partner in enumerate(plan.partners, start=1):
        id, name = at_place("partners", place, partner)
        figures = [
            area.sum(c, partner=id, figure=text(risk_shared.SHARE)) for c in area.block.columns
        ]
        rows.append((name, tuple(figures)))
    if not rows:
        nothing = tuple(Figure("0", 0.0) for _ in area.block.columns)
        rows.append(("No partner", nothing))
    title = "Who would bear over- and underspends"
    return Series(title, corner, ("Partner", *years_of(area)), tuple(rows))


def _acute(plan: Plan, placed: Placed, corner: Corner) -> Series:
    """Return payments for activity by path and year.

    Each path has its P90 and P10 where there is a simulation.
    """
    area, lines = placed[catalogue.ACTIVITY]
    rows: list[Row] = []
    for path, (label, outcome) in PATHS.items():
        rows.append((path, tuple(line(area, lines, label, c) for c in area.block.columns)))
        rows += [
            (f"{path}, {end}", _range(placed, outcome, text(end)))
            for end in ENDS
            if catalogue.SIMULATION in placed
        ]
    return Series(
        "Payments for activity, with P10 to P90",
        corner,
        ("Path", *years_of(area)),
        tuple(rows),
    )


def _range(placed: Placed, outcome: str, measure: Figure) -> tuple[Figure, ...]:
    """Return a measure of the range of one of the whole system's outcomes, by year."""
    area = placed[catalogue.SIMULATION][0]
    return tuple(
        area.sum(y, whose=text(SYSTEM), figure=text(outcome), measure=measure)
        for y in area.block.columns[:-1]
    )


def _bridge(plan: Plan, placed: Placed, corner: Corner) -> Series:
    """Return the steps from the base year to the plan of the last year.

    They are changes, each with the parts of its column.

    A column hangs between the change before it (start) and after it (end); levels stand on zero.
    What lies between zero and the column is drawn without fill, above and below zero apart, so
    that columns may cross it.
    """
    area, last = placed[catalogue.BRIDGE][0], placed[catalogue.BRIDGE][0].block.columns[-1]
    system = Figure(f'"{SYSTEM}"', SYSTEM)
    base = area.sum(last, partner=system, step=text(glossary.BASE))
    rows: list[Row] = []
    end_before = Figure("0", 0.0)
    for at, step in enumerate(CHANGES, start=corner.row + 1):
        amount = area.sum(last, partner=system, step=corner.here(at, 0, step))
        level = step in LEVELS
        start = Figure("0", 0.0) if level else end_before
        change = corner.here(at, 1, number(amount))
        end = change - base if level else corner.here(at, 2, number(start)) + change
        s, e = corner.here(at, 2, number(start)), corner.here(at, 3, number(end))
        rows.append((step, (amount, start, end, *column_parts(corner, s, e, row=at))))
        end_before = e
    headings = ("Step", Figure(area.cell(-1, last), last), "Start", "End", *WATERFALL)
    title = with_year("Change in the whole system's net spending from the base year to ", area)
    return Series(title, corner, headings, tuple(rows))


def column_parts(corner: Corner, start: Figure, end: Figure, row: int) -> Iterable[Figure]:
    """Return hidden and shown parts of a column between two values.

    Those above and below zero, more and less, stand apart.
    """
    s, e, one, other = start.formula, end.formula, number(start), number(end)
    known = not isinstance(one + other, NotKnown)
    low, high = (min(one, other), max(one, other)) if known else (NOT_KNOWN, NOT_KNOWN)
    parts: list[Figure] = [
        Figure(f"MAX(0,MIN({s},{e}))", max(0.0, low) if known else low),
        Figure(f"MIN(0,MAX({s},{e}))", min(0.0, high) if known else high),
    ]
    above = Figure(
        f"MAX(0,{s},{e})-{corner.here(row, 4, '').formula}",
        max(0.0, high) - max(0.0, low) if known else high,
    )
    beneath = Figure(
        f"MIN(0,{s},{e})-{corner.here(row, 5, '').formula}",
        min(0.0, low) - min(0.0, high) if known else low,
    )
    for more in (True, False):
        sign = ">=" if more else "<"
        drawn = known and (other >= one) is more
        for part in (above, beneath):
            parts.append(
                Figure(
                    f"IF({e}{sign}{s},{part.formula},0)",
                    number(part) if drawn or not known else 0.0,
                )
            )
    return parts


def _worth(plan: Plan, placed: Placed, corner: Corner) -> Series:
    """Return cash of commissioners, cash of providers and tariff value by year.

    They are three worths that are never added together.
    """
    area = placed[catalogue.CASH_RELEASED][0]
    rows: list[Row] = []
    for row, name in enumerate(WORTHS, start=corner.row + 1):
        label = corner.here(row, 0, name)
        rows.append((name, tuple(area.sum(c, figure=label) for c in area.block.columns)))
    return Series(
        "Worth of what is avoided: cash is not tariff value",
        corner,
        ("Worth", *years_of(area)),
        tuple(rows),
    )


def _partners(plan: Plan, placed: Placed, corner: Corner) -> Series:
    """Return by how much each partner is better or worse off over the plan.

    Where they are many, it is of those with most at stake.

    The others are one row, the whole system less those shown. A name too long for a label gives way
    to its id.
    """
    area = placed[catalogue.PARTNER_POSITIONS][0]
    rows: list[Row] = []
    drawn = _partners_drawn(plan, area)
    # A plan without partners has room for three, so that the chart follows as they are typed.
    for place in drawn or range(3):
        partner = plan.partners[place] if place < len(plan.partners) else None
        named = "name" if partner is None or len(partner.name) <= _LABEL else "id"
        at = f"ROWS($A$1:$A${place + 1})"
        id, label = (
            f'INDEX({layout.column_reference("partners", part)},{at})&""' for part in ("id", named)
        )
        words = Figure(label, getattr(partner, named) if partner else "")
        rows.append((words, _positions(area, Figure(id, partner.id if partner else ""))))
    if len(drawn) < len(plan.partners):
        rows.append(("Other partners", _of_others(area, corner, rows)))
    title = with_year(f"{glossary.GAIN_SO_FAR} in ", area)
    return Series(title, corner, ("Partner", *POSITIONS), tuple(rows))


def _positions(area: Area, partner: Figure) -> tuple[Figure, ...]:
    """Return each position of a partner in the last year."""
    last = area.block.columns[-1]
    return tuple(area.sum(last, partner=partner, figure=text(name)) for name in POSITIONS)


def _partners_drawn(plan: Plan, area: Area) -> list[int]:
    """Return the places of the partners that have a bar of their own, in the plan's order.

    One partner too many would make “Other partners” a single one, so it has its bar too.
    """
    stakes: dict[int, float] = {}
    for place, partner in enumerate(plan.partners):
        stakes[place] = sum(abs(number(f)) for f in _positions(area, text(partner.id)))
    if len(stakes) <= _MOST_PARTNERS + 1:
        return list(stakes)
    # Whoever's position is not known may have most at stake, so those come first.
    unknown = [place for place, stake in stakes.items() if isinstance(stake, NotKnown)]
    known = [place for place in stakes if place not in unknown]
    largest = [*unknown, *sorted(known, key=lambda place: -stakes[place])]
    return sorted(largest[:_MOST_PARTNERS])


def _of_others(area: Area, corner: Corner, rows: Sequence[Row]) -> tuple[Figure, ...]:
    """Return the positions of the whole system less those of the rows above."""
    figures: list[Figure] = []
    for at, of_system in enumerate(_positions(area, text(SYSTEM)), start=1):
        first = corner.here(corner.row + 1, at, "").formula
        last = corner.here(corner.row + len(rows), at, "").formula
        above = sum(number(figures_of_row[at - 1]) for _, figures_of_row in rows)
        figures.append(of_system - Figure(f"SUM({first}:{last})", above))
    return tuple(figures)


def _goal(plan: Plan, placed: Placed, corner: Corner) -> Series:
    """Return the trajectory of a goal, what it would be if nothing changed, and what is needed.

    The goal is the first that has a value for every year, else the first.

    A year without a value repeats the one before, since a chart would draw it as nought. A goal
    that counts no activity has no line for do nothing.
    """
    area = placed[catalogue.GOAL_TRACKER][0]
    at = next((n for n, goal in enumerate(plan.goals) if None not in _expected(area, goal.id)), 0)
    goal = plan.goals[at] if plan.goals else None
    id, target = (
        f"INDEX({layout.column_reference('goals', name)},ROWS($A$1:$A${at + 1}))"
        for name in ("id", "target")
    )
    chosen = Figure(f'{id}&""', goal.id if goal else "")
    aim = Figure(f"N({target})", goal.target if goal else 0.0)

    def path(figure: str, row: int, start: Figure) -> tuple[Figure, ...]:
        return _path_of_goal(area, corner, chosen, figure, row, start)

    first = corner.row + 1
    expected = path(glossary.EXPECTED, first, aim)
    start = corner.here(first, 1, expected[0].value) if expected else aim
    needed = path(glossary.NEEDED, first + 1, start)
    rows: list[Row] = []
    rows += [(glossary.PLAN, expected), ("Needed for the goal", needed)]
    if goal and area.block.where(goal=goal.id, figure=glossary.IF_NOTHING_CHANGES):
        nothing = path(glossary.IF_NOTHING_CHANGES, first + 2, Figure("NA()", NOT_KNOWN))
        rows.append((glossary.IF_NOTHING_CHANGES, nothing))
    named = "id" if goal and len(goal.measure) > 2 * _LABEL else "measure"
    words = f"INDEX({layout.column_reference('goals', named)},ROWS($A$1:$A${at + 1}))"
    # A chart without a title would be called by the program's own words for one.
    formula = f'IF({words}="","{_NO_GOAL}",{words})'
    title = Figure(formula, getattr(goal, named) if goal else _NO_GOAL)
    return Series(title, corner, ("Goal", *years_of(area)), tuple(rows), ACTIVITY)


def _path_of_goal(
    area: Area, corner: Corner, goal: Figure, figure: str, row: int, start: Figure
) -> tuple[Figure, ...]:
    """Return a figure of a goal by year; a year without a value repeats the one before."""
    matching = area.block.where(goal=str(goal.value), figure=figure) if goal.value else ()
    values = matching[0].values if matching else (None,) * len(area.block.columns)
    goals, figures = area.column(HEADINGS["goal"]), area.column(HEADINGS["figure"])
    labels = f'--({goals}={goal.formula}),--({figures}="{figure}")'
    steps: list[Figure] = []
    before = start
    for step, heading in enumerate(area.block.columns, start=1):
        value = area.sum(heading, goal=goal, figure=text(figure))
        amounts = area.column(heading)
        # What is not known, an error, counts as there: it is not repeated, and stays an error.
        is_there = f"SUMPRODUCT({labels},ISNUMBER({amounts})+ISERROR({amounts}))>0"
        now = value.value if values[step - 1] is not None else before.value
        steps.append(Figure(f"IF({is_there},{value.formula},{before.formula})", now))
        before = corner.here(row, step, now)
    return tuple(steps)


def _fan(outcome: str, title: str) -> Callable[[Plan, Placed, Corner], Series]:
    """Return what draws the range by year of one of the whole system's outcomes."""

    def draw(plan: Plan, placed: Placed, corner: Corner) -> Series:
        rows = tuple(
            (name, _range(placed, outcome, corner.here(corner.row + 1 + at, 0, name)))
            for at, name in enumerate(FAN)
        )
        return Series(
            title, corner, ("Measure", *years_of(placed[catalogue.SIMULATION][0])[:-1]), rows
        )

    return draw


def _tornado(plan: Plan, placed: Placed, corner: Corner) -> Series:
    """Return how far net cash over the plan moves with each of the first drivers.

    Each is put at its P10 and its P90.
    """
    area, ranges = placed[catalogue.TORNADO][0], placed[catalogue.SIMULATION][0]
    planned = ranges.sum(
        OVER_PLAN, whose=text(SYSTEM), figure=text(NET_CASH), measure=text(MEASURES[0])
    )
    block = area.block
    net = [n for n, row in enumerate(block.rows) if block.label(row, "measure") == NET_AT]
    rows: list[Row] = []
    for number_ in range(_MOST_DRIVERS):
        at = net[number_] if number_ < len(net) else None
        place = at if at is not None else number_ * MEASURES_OF_A_DRIVER
        name = block.label(block.rows[at], "driver") if at is not None else ""
        label = Figure(f'{area.cell(place, HEADINGS["driver"])}&""', name)
        moved = []
        for column, heading in enumerate(area.block.columns[:2]):
            cell = area.cell(place, heading)
            value = area.block.rows[at].values[column] if at is not None else None
            change = float(value) - number(planned) if isinstance(value, (int, float)) else 0.0
            moved.append(Figure(f"IF(ISNUMBER({cell}),{cell}-{planned.formula},0)", change))
        rows.append((label, tuple(moved)))
    title = "What moves net cash over the plan most: change from the plan"
    return Series(title, corner, ("Driver", "At its P10", "At its P90"), tuple(rows))


def _expected(area: Area, goal: str) -> tuple[Cell, ...]:
    """Return the values of a goal by year, None where there is none."""
    rows = area.block.where(goal=goal, figure=glossary.EXPECTED)
    return rows[0].values if rows else (None,)


_CHARTS: tuple[tuple[Chart, Answer, Callable[[Plan, Placed, Corner], Series]], ...] = (
    (Chart.INCOME, catalogue.BALANCES, _income),
    (Chart.LEFT, catalogue.BALANCES, _left),
    (Chart.BORNE, catalogue.RISK_SHARED, _borne),
    (Chart.ACUTE, catalogue.ACTIVITY, _acute),
    (Chart.BRIDGE, catalogue.BRIDGE, _bridge),
    (Chart.WORTH, catalogue.CASH_RELEASED, _worth),
    (Chart.PARTNERS, catalogue.PARTNER_POSITIONS, _partners),
    (Chart.GOAL, catalogue.GOAL_TRACKER, _goal),
    (
        Chart.SAVED,
        catalogue.SIMULATION,
        _fan(glossary.CONTRACT_SAVING_NET, "Activity payments saved: do nothing less plan, range"),
    ),
    (Chart.NET, catalogue.SIMULATION, _fan(NET_CASH, f"{NET_CASH}, range")),
    (Chart.TORNADO, catalogue.TORNADO, _tornado),
)
_AGAINST = {Chart.TORNADO: catalogue.SIMULATION}
"""Charts that draw an answer against a second one: what moves net cash, from net cash as planned.
"""
