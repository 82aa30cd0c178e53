"""Sections about acute care and prevention.

Do nothing against plan, the three worths of what is avoided, and what prevention costs.
"""

from __future__ import annotations

from icbudget import glossary
from icbudget.answers import catalogue
from icbudget.report import report_charts
from icbudget.report.document import (
    Chart,
    Line,
    MoneyLine,
    Paper,
    Section,
    Table,
    numbers,
    one_group,
    sums_by_year,
)
from icbudget.report.report_figures import listed, number, percent, plural, rounded, scale_for

MOST_LINES = 15
"""So many activity lines or programmes stand in a table; the rest are added up in one row."""


def section_acute(paper: Paper) -> Section | None:
    """Return what is paid for activity if nothing changes and in the plan, by year."""
    if not paper.case.plan.acute_lines:
        return None
    nothing = paper.sums(catalogue.ACTIVITY, figure=glossary.DO_NOTHING_PAYMENT)
    plan = paper.sums(catalogue.ACTIVITY, figure=glossary.PLAN_PAYMENT)
    less = [p - n for n, p in zip(nothing, plan, strict=True)]
    rows: list[MoneyLine] = [
        ("If nothing changes", nothing, False),
        ("In the plan", plan, False),
        ("Plan less do nothing", less, True),
    ]
    table = paper.money_table(
        "acute-payments", "What commissioners pay for activity", "Payment", [("", rows)]
    )
    paragraph = (
        "If nothing changes, activity grows with the population and with demand beyond it, and"
        " prices with inflation less efficiency. The plan is that less what prevention avoids, paid"
        " as the contracts say."
    )
    parts: list[Table | Chart] = [table, _lines(paper)]
    if len(paper.years) > 1:
        title = f"What commissioners pay for activity, {paper.years[0]} to {paper.years[-1]}"
        series = {"If nothing changes": nothing, "In the plan": plan}
        drawn = report_charts.lines(
            "acute-chart", title, paper.years, series, scale_for([*nothing, *plan])
        )
        parts.insert(0, Chart("acute-chart", title, drawn))
    return Section(
        "acute", "Activity: if nothing changes, and in the plan", (paragraph,), parts=tuple(parts)
    )


def _ranked(paper: Paper) -> tuple[list[str], list[str]]:
    """Return the activity lines a table shows and those it adds up, both in the plan's order.

    The largest by payment are shown.
    """
    ids = [row.id for row in paper.case.plan.acute_lines]
    payment = {}
    for id in ids:
        by_year = paper.values(
            catalogue.ACTIVITY, acute_line=id, figure=glossary.DO_NOTHING_PAYMENT
        )
        payment[id] = by_year[-1]
    # Largest first; lines of equal payment keep the plan's order, since sorting is stable.
    by_size = sorted(ids, key=lambda id: -payment[id])
    kept = set(by_size[:MOST_LINES])
    return [id for id in ids if id in kept], [id for id in ids if id not in kept]


def _units(currency: str) -> str:
    return f"{currency}s"


def _lines(paper: Paper) -> Table:
    figures = (
        glossary.DO_NOTHING_ACTIVITY,
        glossary.PLAN_ACTIVITY,
        glossary.DO_NOTHING_PAYMENT,
        glossary.PLAN_PAYMENT,
    )
    last_year = {row.labels: numbers(row)[-1] for row in paper.block(catalogue.ACTIVITY).rows}
    scale = scale_for(paper.sums(catalogue.ACTIVITY, figure=figure)[-1] for figure in figures[2:])
    largest, smaller = _ranked(paper)
    names = paper.names("acute_lines")
    counts = {row.id: row.currency for row in paper.case.plan.acute_lines}

    def paid(ids: list[str]) -> tuple[str, ...]:
        sums = [sum(last_year[id, figure] for id in ids) for figure in figures[2:]]
        return paper.money(scale, sums)

    lines = []
    for id in largest:
        activity = [number(last_year[id, figure]) for figure in figures[:2]]
        lines.append(Line(names[id], (_units(counts[id]), *activity, *paid([id]))))
    if smaller:
        lines.append(Line(f"{len(smaller)} smaller lines", ("–", "–", "–", *paid(smaller))))
    lines.append(Line("All lines", ("", "", "", *paid([*largest, *smaller])), total=True))
    caption = (
        f"Activity lines in {paper.years[-1]}: activity a year, and what is paid for it,"
        f" {scale.name}"
    )
    headings = (
        "Activity line",
        "Counted in",
        "Activity, do nothing",
        "Activity, plan",
        "Paid, do nothing",
        "Paid, plan",
    )
    return Table("acute-lines", caption, headings, one_group(lines), frozenset({0}))


WORTHS = (
    glossary.CONTRACT_SAVING,
    glossary.GROSS_RELEASE,
    glossary.REPLACEMENT_COST,
    glossary.STRANDED_COST,
    glossary.GROSS_TARIFF,
)
"""Worths of one line."""
TOTALS = (
    glossary.CONTRACT_SAVING_NET,
    glossary.GROSS_RELEASE,
    glossary.REPLACEMENT_COST,
    glossary.NET_RELEASE,
    glossary.STRANDED_COST,
    glossary.REPLACEMENT_MARGIN,
    glossary.PROVIDERS_LOSE,
    glossary.GROSS_TARIFF,
)
"""Worths of all lines together."""


def section_cash(paper: Paper) -> Section | None:
    """Return the three worths of what is avoided, never added up, and stranded cost."""
    # A plan of its base year alone avoids nothing yet.
    if not paper.case.plan.acute_lines or len(paper.years) == 1:
        return None
    paragraph = (
        "Avoiding an admission has three different worths. They answer different questions and must"
        " never be added together."
    )
    points = (
        (
            "Contract saving is cash that commissioners stop paying. It depends on the contract: a"
            " block contract saves nothing until it is reset."
        ),
        (
            "Gross release is cash that providers stop spending. Part goes with each patient, part"
            " only when a whole ward or team closes, part only by a decision. Activity that comes"
            " in its place has a replacement cost; net release is what is left."
        ),
        (
            "Capacity released is beds and attendances that become free for others. It is real even"
            " where no cash follows."
        ),
        (
            "Stranded cost is contract saving less release: cost that stays with the provider when"
            " its income has gone. Where activity moves to, its margin is set against it in what"
            " providers lose, net."
        ),
        "Tariff value, activity times price, is shown only for comparison. It is not a saving.",
    )
    totals: list[MoneyLine] = [
        (figure, paper.sums(catalogue.CASH_RELEASED, figure=figure), False) for figure in TOTALS
    ]
    by_year = paper.money_table(
        "cash-years",
        "Worth of what is avoided, all activity lines, by year",
        "Worth",
        [("", totals)],
    )
    return Section(
        "cash", "Cash, capacity and tariff value", (paragraph,), points, (by_year, _worths(paper))
    )


def _worths(paper: Paper) -> Table:
    last_year = {row.labels: numbers(row)[-1] for row in paper.block(catalogue.CASH_RELEASED).rows}
    amounts = [value for (_, figure), value in last_year.items() if figure in WORTHS]
    totals = [paper.sums(catalogue.CASH_RELEASED, figure=figure)[-1] for figure in WORTHS]
    scale = scale_for([*amounts, *totals])
    largest, smaller = _ranked(paper)
    names = paper.names("acute_lines")
    counts = {row.id: row.currency for row in paper.case.plan.acute_lines}

    def cells(ids: list[str], capacity: str) -> tuple[str, ...]:
        money = paper.money(scale, [sum(last_year[id, figure] for id in ids) for figure in WORTHS])
        return (*money[:-1], capacity, money[-1])

    def freed(id: str) -> str:
        units = last_year[id, glossary.CAPACITY_RELEASED]
        # A line counted in pounds frees money and no beds, and that money stands in the columns
        # beside.
        return "–" if counts[id] == "pound" else f"{number(units)} {_units(counts[id])}"

    figures = (*WORTHS, glossary.CAPACITY_RELEASED)
    changed = [id for id in largest if any(last_year[id, figure] for figure in figures)]
    lines = [Line(names[id], cells([id], freed(id))) for id in changed]
    if smaller:
        lines.append(Line(f"{len(smaller)} smaller lines", cells(smaller, "–")))
    unchanged = len(largest) - len(changed)
    if unchanged:
        lines.append(Line(f"{plural(unchanged, 'line')} without a change", cells([], "")))
    lines.append(Line("All lines", cells([*largest, *smaller], ""), total=True))
    headings = (
        "Activity line",
        glossary.CONTRACT_SAVING,
        glossary.GROSS_RELEASE,
        glossary.REPLACEMENT_COST,
        glossary.STRANDED_COST,
        "Capacity released",
        "Tariff value, not a saving",
    )
    caption = (
        f"Worth of what is avoided in {paper.years[-1]}, by activity line, {scale.name} and units"
        " of activity"
    )
    return Table("cash-lines", caption, headings, one_group(lines))


def section_prevention(paper: Paper) -> Section | None:
    """Return what prevention costs by year, what is bought and avoided, and what is moved to it."""
    if not paper.case.plan.programmes or len(paper.years) == 1:
        return None
    names = paper.names("programmes")
    paid = {
        id: paper.values(catalogue.REALLOCATION, thing=id, figure=glossary.PAID) for id in names
    }
    total = sums_by_year(paid.values())
    rows: list[MoneyLine] = [(names[id], by_year, False) for id, by_year in paid.items()]
    rows.append(("All programmes", total, True))
    caption = f"{glossary.PAID}, with double running and exit cost"
    parts = [
        paper.money_table("prevention-cost", caption, "Programme", [("", rows)]),
        _bought(paper),
    ]
    if paper.case.plan.shifts:
        moved: list[MoneyLine] = []
        for shift in paper.case.plan.shifts:
            by_year = paper.values(
                catalogue.REALLOCATION,
                kind=glossary.SHIFT,
                thing=shift.id,
                figure=glossary.MOVED_INTO_POOL,
            )
            moved.append((shift.name or shift.id, by_year, False))
        caption = "Money moved from activity into the pools"
        parts.append(paper.money_table("shifts", caption, "Shift", [("", moved)]))
    paragraph = (
        "A pool that lives on released money buys programmes in order of priority, as far as the"
        " money goes. What programmes avoid is after reach, lag and every deduction for weak"
        " evidence; people reached by several programmes count once."
    )
    return Section(
        "prevention",
        "Prevention: what it costs and what it avoids",
        (paragraph,),
        parts=tuple(parts),
    )


def _bought(paper: Paper) -> Table:
    names = paper.names("programmes")
    grade = {row.id: row.grade for row in paper.case.plan.programmes}
    lines = []
    for id, name in names.items():
        part, reach = (
            paper.values(catalogue.REALLOCATION, kind=glossary.PROGRAMME, thing=id, figure=figure)[
                -1
            ]
            for figure in (glossary.PART_BOUGHT, glossary.EFFECT_AT_WORK)
        )
        avoided = avoided_by(paper, id) or "–"
        lines.append(Line(name, (grade[id], percent(part), percent(reach), avoided)))
    headings = ("Programme", "Evidence grade", "Part bought", "Reach at work", "Avoids in the year")
    grades = (
        "A UK trial, B controlled UK study, C controlled elsewhere, D before and after or model, N"
        " no effect found"
    )
    caption = f"Programmes in {paper.years[-1]}. Evidence: {grades}"
    return Table("prevention-bought", caption, headings, one_group(lines), frozenset({0, 3}))


def avoided_by(paper: Paper, programme: str | None = None) -> str:
    """Return what a programme, or all, avoids in the last year: `242 spells and 31 bed days`.

    Activity counted in pounds is left to the money beside it; blank where nothing is left.
    """
    labels = {"figure": glossary.AVOIDED_IN_ALL}
    if programme:
        labels = {"programme": programme, "figure": glossary.AVOIDED}
    # Added up by unit and never across units: spells and bed days are no one number.
    avoided_by_unit: dict[str, float] = {}
    for row in paper.rows(catalogue.AVOIDED, **labels):
        avoided = numbers(row)[-1]
        if row.unit != "pound" and rounded(avoided, 0):
            avoided_by_unit[row.unit] = avoided_by_unit.get(row.unit, 0.0) + avoided
    parts = []
    for unit, value in avoided_by_unit.items():
        count = number(value)
        parts.append(f"{count} {unit if count == '1' else _units(unit)}")
    return listed(parts)
