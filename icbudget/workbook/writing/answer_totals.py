"""The totals above each answer.

They are the sums a person looks for there, as ordinary formulas over the block and the inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from icbudget import glossary
from icbudget.answers import catalogue, risk_shared
from icbudget.answers.answer import Answer
from icbudget.engine.accounts.better_or_worse_off import NOBODY, NOT_SETTLED
from icbudget.glossary import HEADINGS
from icbudget.plan import Plan
from icbudget.workbook import layout
from icbudget.workbook.contents import Contents
from icbudget.workbook.writing import year_totals
from icbudget.workbook.writing.answer_sheets import (
    TOTALS_ROW,
    Total,
    comparison,
    sums,
)
from icbudget.workbook.writing.formulas import (
    Area,
    Figure,
    added,
    at_place,
    base_sum,
    number,
    same,
    text,
)

SYSTEM = glossary.SYSTEM
_BALANCE = {
    glossary.OPEN: 1,
    glossary.INCOME: 1,
    glossary.TRANSFERS_IN: 1,
    glossary.REINVESTED: 1,
    glossary.SPEND: -1,
    glossary.TRANSFERS_OUT: -1,
    glossary.CLOSE: -1,
}


def lowered(answer: Answer, contents: Contents, area: Area, rows: int) -> tuple[Area, list[Total]]:
    """Return an answer put so many rows further down, and its totals, which refer to it there."""
    area = area.lowered(rows)
    return area, totals_of(answer, contents, area)


def totals_of(answer: Answer, contents: Contents, area: Area) -> list[Total]:
    """Return the totals above an answer; none where a sum would mean nothing."""
    build = _TOTALS.get(answer)
    return build(contents, area) if build and area.block.columns else []


def line(
    area: Area, lines: Sequence[Total], label: str, heading: str, *, here: bool = False
) -> Figure:
    """Return the cell of a line of totals in a column of the block."""
    at = next(n for n, total in enumerate(lines) if total.label == label)
    return Figure(
        area.total_cell(TOTALS_ROW + 1 + at, heading, here=here), lines[at].figures[heading].value
    )


def across(area: Area, lines: Sequence[Total], label: str) -> str:
    """Return the range of a line of totals over every column of its block."""
    first, last = area.block.columns[0], area.block.columns[-1]
    start = line(area, lines, label, first).formula
    return (
        f"{start}:{line(area, lines, label, last, here=True).formula.replace('$', '')}"
        if first != last
        else start
    )


def _label(number: int, label: str) -> Figure:
    """Return the label of a line of totals as the cell that its formulas refer to."""
    return Figure(f"$A{TOTALS_ROW + 2 + number}", label)


def _compared(area: Area, lines: Sequence[Total], signs: dict[str, int], label: str) -> Total:
    """Return a row of cross-checks: lines above it, each with its sign, come to nought."""
    return comparison(label, _signed(area, lines, signs))


def _signed(area: Area, lines: Sequence[Total], signs: dict[str, int]) -> dict[str, Figure]:
    """Return the sum of lines above, each with its sign, for each column."""
    figures: dict[str, Figure] = {}
    for heading in area.block.columns:
        parts = [
            (line(area, lines, name, heading, here=True), sign) for name, sign in signs.items()
        ]
        figure = parts[0][0]
        for part, sign in parts[1:]:
            figure = figure + part if sign > 0 else figure - part
        figures[heading] = figure
    return figures


def _in_base_year(plan: Plan, area: Area, label: str, figure: Figure) -> Total:
    return Total(
        label,
        "£",
        {plan.setup.base_year: figure} if plan.setup.base_year in area.block.columns else {},
    )


def _funding(contents: Contents, area: Area) -> list[Total]:
    lines = sums(area, "kind", (glossary.CONTRIBUTION, glossary.DEDUCTION, glossary.IN_KIND), "£")
    lines.append(
        Total(
            glossary.PUT_INTO_POOLS,
            "£",
            area.sums_here(),
        )
    )
    plan = contents.plan
    income = base_income(contents, _label(0, glossary.CONTRIBUTION), _label(1, glossary.DEDUCTION))
    lines.append(_in_base_year(plan, area, "Income, from the Funding sheet", income))
    for place, pool in enumerate(plan.pools, start=1):
        id, name = at_place("pools", place, pool)
        figures = area.sums_here(pool=id)
        lines.append(Total(name, "£", figures))
    return lines


def _phasing(contents: Contents, area: Area) -> list[Total]:
    quarters = tuple(f"Quarter {number}" for number in (1, 2, 3, 4))
    lines = sums(area, "quarter", quarters, "£")
    lines.append(Total("Instalments", "£", area.sums_here()))
    signs = {"Instalments": 1, **dict.fromkeys(quarters, -1)}
    return [*lines, _compared(area, lines, signs, "Quarters = instalments")]


def base_income(contents: Contents, contribution: Figure, deduction: Figure) -> Figure:
    """Return contributions less deductions of the base year, from the Funding sheet.

    The two figures name the kinds.
    """
    plan = contents.plan
    if not contents.has_column("contributions", "kind"):
        return base_sum(plan, "contributions")
    return base_sum(plan, "contributions", kind=contribution) - base_sum(
        plan, "contributions", kind=deduction
    )


def pool_income(contents: Contents, pool: Figure) -> Figure:
    """Return contributions less deductions of one pool in the base year, from the Funding sheet.

    The figure names the pool.
    """
    plan = contents.plan
    if not contents.has_column("contributions", "kind"):
        return base_sum(plan, "contributions", pool=pool)
    contributed, taken = (
        base_sum(plan, "contributions", pool=pool, kind=text(kind))
        for kind in ("contribution", "deduction")
    )
    return contributed - taken


def own_spending(plan: Plan) -> Figure:
    """Return the base year's spending on schemes that name no programme, from Schemes."""
    return base_sum(plan, "schemes", programme=text(""))


def _schemes(contents: Contents, area: Area) -> list[Total]:
    spending = Total("Spending on schemes", "£", area.sums_here())
    own = Total(
        "Of it, schemes that name no programme",
        "£",
        {c: area.sum_blank(c, "programme", here=True) for c in area.block.columns},
    )
    return [
        spending,
        own,
        _in_base_year(
            contents.plan, area, "The same, from the Schemes sheet", own_spending(contents.plan)
        ),
    ]


def _balance(contents: Contents, area: Area) -> list[Total]:
    every = text(glossary.ALL_SOURCES)
    figures = (*_BALANCE, glossary.OF_IT_INTEREST, glossary.IN_KIND)
    lines = [
        Total(
            figure,
            "£",
            area.sums_here(figure=_label(at, figure), source=every),
        )
        for at, figure in enumerate(figures)
    ]
    pools = text(glossary.ALL_POOLS)
    for figure in (glossary.INCOME_OF_POOLS, glossary.OF_IT_PERFORMANCE):
        amounts = area.sums_here(pool=pools, source=every, figure=_label(len(lines), figure))
        lines.append(Total(figure, "£", amounts))
    put_in = {glossary.INCOME: 1, glossary.OF_IT_INTEREST: -1, glossary.IN_KIND: 1}
    lines.append(Total(glossary.PUT_INTO_POOLS, "£", _signed(area, lines, put_in)))
    lines.append(_compared(area, lines, _BALANCE, "Open + all in − all out = closing balance"))
    # What all sources of a pool come to are rows of the block too, so they are taken off twice.
    named = f"$A${TOTALS_ROW + 2}:$A${TOTALS_ROW + 1 + len(_BALANCE)}"
    by_figure = area.column(HEADINGS["figure"], here=True)
    apart: dict[str, Figure] = {}
    for at, c in enumerate(area.block.columns):
        summed = f"SUMPRODUCT(SUMIFS({area.column(c, here=True)},{by_figure},{named}))"
        rows = [row for row in area.block.rows if area.block.label(row, "figure") in _BALANCE]
        of_sources = Figure(summed, added(row.values[at] for row in rows))
        first, last = (
            line(area, lines, name, c, here=True) for name in (glossary.OPEN, glossary.CLOSE)
        )
        balance = added(number(line(area, lines, name, c)) for name in _BALANCE)
        all_sources = Figure(f"SUM({first.formula}:{last.formula})", balance)
        apart[c] = of_sources - all_sources - all_sources
    return [*lines, comparison("Sources = all sources", apart)]


def _minimums(contents: Contents, area: Area) -> list[Total]:
    lines = sums(area, "figure", (glossary.VALUE, glossary.LIMIT, glossary.GAP), "£")
    lines.append(
        _compared(
            area,
            lines,
            {glossary.VALUE: 1, glossary.LIMIT: -1, glossary.GAP: -1},
            "Value − limit = gap",
        )
    )
    below = {
        c: area.count_below(c, here=True, figure=_label(2, glossary.GAP))
        for c in area.block.columns
    }
    return [*lines, Total("Minimums that are not met", "number", below)]


def _tests(contents: Contents, area: Area) -> list[Total]:
    words = ("Pass", "Fail", "Over-committed", "Unallocated", "Does not apply")
    lines: list[Total] = []
    for n, word in enumerate(words):
        label = _label(n, word)
        counts = {c: area.count(c, label, here=True) for c in area.block.columns}
        lines.append(Total(word, "number", counts))
    return lines


def _acute(contents: Contents, area: Area) -> list[Total]:
    return sums(
        area,
        "figure",
        (
            glossary.DO_NOTHING_PAYMENT,
            glossary.PLAN_PAYMENT,
            glossary.DO_NOTHING_COST,
            glossary.PLAN_COST,
        ),
        "£",
    )


def _release(contents: Contents, area: Area) -> list[Total]:
    figures = (
        glossary.CONTRACT_SAVING,
        glossary.GROSS_RELEASE,
        glossary.REPLACEMENT_COST,
        glossary.NET_RELEASE,
        glossary.STRANDED_COST,
        glossary.REPLACEMENT_MARGIN,
    )
    lines = sums(area, "figure", figures, "£")
    # Lines that activity moves to are counted too, so the sum is net of what is paid for them.
    lines[0] = Total(
        glossary.CONTRACT_SAVING_NET,
        "£",
        area.sums_here(figure=text(glossary.CONTRACT_SAVING)),
    )
    net = {glossary.GROSS_RELEASE: 1, glossary.REPLACEMENT_COST: -1, glossary.NET_RELEASE: -1}
    left = {
        glossary.CONTRACT_SAVING_NET: 1,
        glossary.NET_RELEASE: -1,
        glossary.STRANDED_COST: -1,
        glossary.REPLACEMENT_MARGIN: 1,
    }
    return [
        *lines,
        _compared(area, lines, net, "Gross release − replacement = net release"),
        _compared(area, lines, left, "Net release + stranded − margin = saving"),
    ]


def _reallocate(contents: Contents, area: Area) -> list[Total]:
    return sums(
        area, "figure", (glossary.MOVED_INTO_POOL, glossary.COST_IN_FULL, glossary.PAID), "£"
    )


def _bridge(contents: Contents, area: Area) -> list[Total]:
    steps = (
        glossary.BASE,
        glossary.DO_NOTHING,
        glossary.PLAN,
        glossary.FUNDING,
        glossary.GAP_OF_YEAR,
        glossary.GAP_TO_DATE,
    )
    lines = [
        Total(
            step,
            "£",
            area.sums_here(partner=text(SYSTEM), step=_label(n, step)),
        )
        for n, step in enumerate(steps)
    ]
    lines.append(
        _compared(
            area,
            lines,
            {glossary.PLAN: 1, glossary.FUNDING: -1, glossary.GAP_OF_YEAR: -1},
            "Plan − funding = gap of the year",
        )
    )
    of_system = area.sums_here(partner=text(SYSTEM))
    apart = {c: area.sum(c, here=True) - of_system[c] - of_system[c] for c in area.block.columns}
    return [*lines, comparison("Partners = whole system", apart)]


_STEPS = (
    glossary.POSITION_ACTIVITY,
    glossary.POSITION_POOLS,
    glossary.POSITION_SETTLED,
    glossary.POSITION_TRANSFERS,
)
"""What makes up how much better or worse off a partner is."""


def _partners(contents: Contents, area: Area) -> list[Total]:
    """Return how much better or worse off each partner is, and the whole system.

    Then comes what makes up the whole.
    """
    gain = text(glossary.GAIN)
    columns = area.block.columns

    def of(partner: Figure, figure: Figure) -> dict[str, Figure]:
        return area.sums_here(columns, partner=partner, figure=figure)

    lines: list[Total] = []
    for place, partner in enumerate(contents.plan.partners, start=1):
        id, name = at_place("partners", place, partner)
        lines.append(Total(name, "£", of(id, gain)))
    lines += [Total(name, "£", of(text(name), gain)) for name in (NOT_SETTLED, NOBODY)]
    of_system = of(text(SYSTEM), gain)
    lines.append(Total(f"{SYSTEM}: {glossary.GAIN.casefold()}", "£", of_system))
    every = area.sums_here(columns, figure=gain)
    # The whole system is a row of the block too: all rows less it twice is what lies between.
    apart = {c: every[c] - of_system[c] - of_system[c] for c in columns}
    lines.append(comparison("Partners = whole system", apart))
    steps = {step: of(text(SYSTEM), text(step)) for step in _STEPS}
    lines += [Total(f"Of it: {step}", "£", figures) for step, figures in steps.items()]
    between = {c: of_system[c] for c in columns}
    for figures in steps.values():
        between = {c: between[c] - figures[c] for c in columns}
    lines.append(comparison("Parts = whole system", between))
    put_in = text(glossary.PUT_INTO_POOLS)
    lines.append(Total(glossary.PUT_INTO_POOLS, "£", of(text(SYSTEM), put_in)))
    return lines


def _goals(contents: Contents, area: Area) -> list[Total]:
    """Return what each goal's measure is expected to be, by year, and its verdict in words below.

    The verdict is the last row that the block has of a goal.
    """
    goals, figure_heading = area.column(HEADINGS["goal"], here=True), HEADINGS["figure"]
    words = area.column(figure_heading, here=True)
    lines: list[Total] = []
    for at, goal in enumerate(contents.plan.goals, start=1):
        id, measure = (
            f'INDEX({layout.column_reference("goals", part)},ROWS($A$1:$A${at}))&""'
            for part in ("id", "measure")
        )
        rows = [row for row in area.block.rows if same(area.block.label(row, "goal"), goal.id)]
        expected = {
            c: _where_there_is_one(area, c, Figure(id, goal.id), glossary.EXPECTED)
            for c in area.block.columns
        }
        verdict = area.block.label(rows[-1], "figure") if rows else ""
        count = f"COUNTIF({goals},{id})"
        last = f'IF({count}=0,"",INDEX({words},MATCH({id},{goals},0)+{count}-1)&"")'
        unit = rows[0].unit if rows else ""
        lines += [
            Total(Figure(measure, goal.measure), unit, expected),
            Total(Figure(last, verdict), ""),
        ]
    return lines


def _where_there_is_one(area: Area, heading: str, goal: Figure, figure: str) -> Figure:
    """Return a figure of a goal in a year, blank where the block has none."""
    goals, figures = (area.column(HEADINGS[key], here=True) for key in ("goal", "figure"))
    amounts = area.column(heading, here=True)
    there = f"ISNUMBER({amounts})+ISERROR({amounts})"
    counted = f'SUMPRODUCT(--({goals}={goal.formula}),--({figures}="{figure}"),{there})'
    matching = area.block.where(goal=str(goal.value), figure=figure)
    at = area.block.columns.index(heading)
    value = area.sum(heading, here=True, goal=goal, figure=text(figure))
    has_value = bool(matching) and matching[0].values[at] is not None
    return Figure(f'IF({counted}>0,{value.formula},"")', value.value if has_value else "")


def _risk_share(contents: Contents, area: Area) -> list[Total]:
    parts = (
        risk_shared.NOT_ELIGIBLE,
        *dict.fromkeys(risk_shared.FIGURES.values()),
        risk_shared.UNSHARED,
    )
    lines = sums(area, "figure", (risk_shared.VARIANCE, *parts), "£")
    signs = {risk_shared.VARIANCE: 1, **dict.fromkeys(parts, -1)}
    lines.append(_compared(area, lines, signs, "Shares + not shared = variance"))
    for label in (risk_shared.VARIANCE, risk_shared.SHARE):
        to_date = f"{label}, {risk_shared.TO_DATE}"
        lines += sums(area, "figure", (to_date,), "£", len(lines))
        lines.append(_years_so_far(area, lines, label, to_date))
    lines += sums(area, "figure", (risk_shared.PART,), "%", len(lines))
    lines.append(_whole_parts(area, lines))
    return lines


def _years_so_far(area: Area, lines: Sequence[Total], label: str, to_date: str) -> Total:
    """Return whether the years of a line added up are what the line to date says they come to."""
    columns = area.block.columns
    first = line(area, lines, label, columns[0], here=True).formula
    figures: dict[str, Figure] = {}
    for at, heading in enumerate(columns):
        last = line(area, lines, label, heading, here=True).formula
        so_far = added(line(area, lines, label, c).value for c in columns[: at + 1])
        years = Figure(f"SUM(${first}:{last})", so_far)
        figures[heading] = years - line(area, lines, to_date, heading, here=True)
    words = label.partition(" (")[0]
    return comparison(f"{words}: years added up = {risk_shared.TO_DATE}", figures)


def _whole_parts(area: Area, lines: Sequence[Total]) -> Total:
    """Return whether the parts by the rule make whole steps.

    Each step's parts make 100 %, or none where it takes nothing of anybody.
    """
    figures: dict[str, Figure] = {}
    for heading in area.block.columns:
        parts = line(area, lines, risk_shared.PART, heading, here=True)
        rounded = Figure(f"ROUND({parts.formula},0)", round(number(parts), 0))
        figures[heading] = parts - rounded
    return comparison(f"{risk_shared.PART}: all steps = whole steps", figures, share=True)


def _gain_share(contents: Contents, area: Area) -> list[Total]:
    received = area.sums_here(figure=text(glossary.RECEIVED))
    return [comparison("Received = paid over, all partners", received)]


_TOTALS: dict[Answer, Callable[[Contents, Area], list[Total]]] = {
    catalogue.INCOME: _funding,
    catalogue.INSTALMENTS: _phasing,
    catalogue.SPENDING: _schemes,
    catalogue.BALANCES: _balance,
    catalogue.MINIMUM_SPEND: _minimums,
    catalogue.RULE_TESTS: _tests,
    catalogue.ACTIVITY: _acute,
    catalogue.CASH_RELEASED: _release,
    catalogue.REALLOCATION: _reallocate,
    catalogue.BRIDGE: _bridge,
    catalogue.PARTNER_POSITIONS: _partners,
    catalogue.GOAL_TRACKER: _goals,
    catalogue.GAIN_SHARED: _gain_share,
    catalogue.RISK_SHARED: _risk_share,
    catalogue.MONITORING: year_totals.monitoring,
    catalogue.QUARTERLY_REPORT: year_totals.quarterly,
    catalogue.VIREMENT_LOG: year_totals.virements,
    catalogue.FORECAST_ACCURACY: year_totals.accuracy,
    catalogue.ICB_CLOSE: year_totals.close,
    catalogue.BENEFITS_BY_PROGRAMME: year_totals.benefits_by_programme,
    catalogue.BENEFITS_BY_PARTNER: year_totals.benefits_by_partner,
    catalogue.REINVESTMENT: year_totals.reinvestment,
    catalogue.MEMORANDUM_ACCOUNT: year_totals.memorandum,
    catalogue.ANNUAL_RETURN: year_totals.annual_return,
    catalogue.AGREEMENT_OF_BALANCES: year_totals.agreement,
    catalogue.SOURCE_BRIDGE: year_totals.source_bridge,
    catalogue.BOOKS_AND_VAT: year_totals.books,
}
