"""The comparisons of the Checks sheet: figures of the answers against ordinary formulas over the
inputs and over each other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from icbudget import glossary
from icbudget.answers import catalogue
from icbudget.answers.answer import Answer
from icbudget.glossary import HEADINGS
from icbudget.plan import Plan
from icbudget.plan.unread_cells import NotKnown
from icbudget.workbook import layout
from icbudget.workbook.layout import column_reference
from icbudget.workbook.writing import year_totals
from icbudget.workbook.writing.answer_sheets import TOTALS_ROW, Total
from icbudget.workbook.writing.answer_totals import (
    NOUGHT,
    line,
    own_spending,
    pool_income,
)
from icbudget.workbook.writing.formulas import (
    Area,
    Figure,
    added,
    decided,
    number,
    same,
    setting,
    text,
)
from icbudget.workbook.writing.input_sheets import spare

ALLOWED_POUNDS, ALLOWED_SHARE = Figure("AllowedPounds", 0.005), Figure("AllowedShare", 0.000001)
NONE = Figure("0", 0.0)
MOST_YEARS = 31

Placed = Mapping[Answer, tuple[Area, Sequence[Total]]]
"""Every answer with the totals above it."""


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison: two figures that must agree, within what rounding allows."""

    where: str
    name: str
    how: str
    inputs: Figure
    answers: Figure
    allowed: Figure = ALLOWED_POUNDS

    @property
    def agrees(self) -> bool:
        """Return whether the two agree."""
        apart = number(self.answers) - number(self.inputs)
        return not isinstance(apart, NotKnown) and abs(apart) <= number(self.allowed)


def checks_of(plan: Plan, placed: Placed, *, room: bool) -> list[Check]:
    """Return the checks of a workbook; those of an answer that it does not hold are left out.

    `room`: its tables have blank rows to type into.
    """
    return [
        *_of_inputs(plan),
        *_of_years(plan, placed),
        *_of_base_year(plan, placed),
        *_of_acute(plan, placed, room),
        *(Check(*compared) for compared in year_totals.comparisons(plan, placed)),
        *_identities(placed),
    ]


def _of_inputs(plan: Plan) -> Iterable[Check]:
    shares = [
        column_reference("acute_lines", name)
        for name in ("variable_cost", "semi_fixed_cost", "fixed_cost")
    ]
    lines = column_reference("acute_lines", "id")
    formula = f'SUMPRODUCT(--({lines}<>""),--(ABS({"+".join(shares)}-1)>{ALLOWED_SHARE.formula}))'
    parts = [r.variable_cost + r.semi_fixed_cost + (r.fixed_cost or 0.0) for r in plan.acute_lines]
    wrong = decided(lambda: sum(abs(whole - 1) > number(ALLOWED_SHARE) for whole in parts))
    how = "Rows of Activity lines that do not add up, against none"
    yield Check(
        "Activity lines",
        "Variable, semi-fixed and fixed cost of each acute line sum to 100 %",
        how,
        Figure(formula, wrong),
        NONE,
    )
    line_of, share = (
        column_reference("segments", "acute_line"),
        column_reference("segments", "share"),
    )
    off = f"ABS(SUMIFS({share},{line_of},{line_of})-1)"
    formula = f'SUMPRODUCT(--({line_of}<>""),--({off}>{ALLOWED_SHARE.formula}))'
    whole = {
        s.acute_line: added(o.share for o in plan.segments if same(o.acute_line, s.acute_line))
        for s in plan.segments
    }
    wrong = decided(
        lambda: sum(abs(whole[s.acute_line] - 1) > number(ALLOWED_SHARE) for s in plan.segments)
    )
    how = "Rows of the Segments sheet whose line does not add up, against none"
    yield Check(
        "Segments", "Segments of each acute line sum to 100 %", how, Figure(formula, wrong), NONE
    )
    pools = column_reference("pools", "id")
    known = {p.id.casefold() for p in plan.pools}
    for field in ("contributions", "schemes"):
        named = column_reference(field, "pool")
        formula = f'SUMPRODUCT(--({named}<>""),--(COUNTIF({pools},{named})=0))'
        stray = sum(row.pool.casefold() not in known for row in getattr(plan, field))
        sheet, how = layout.main_table(field).sheet, "Rows that do not, against none"
        yield Check(
            sheet, "Every row names a pool of the Pools sheet", how, Figure(formula, stray), NONE
        )


def _of_years(plan: Plan, placed: Placed) -> Iterable[Check]:
    if catalogue.BALANCES not in placed:
        return
    area = placed[catalogue.BALANCES][0]
    horizon, base = setting(plan, "horizon"), setting(plan, "base_year")
    years = Figure(f"COUNTA({area.years_heading(MOST_YEARS)})", len(area.block.columns))
    told = Figure(f"{horizon.formula}+1", number(horizon) + 1)
    how = "Base year and horizon against the years in Balances"
    yield Check("Balances", "The answers hold the years of Setup", how, told, years)
    first = area.cell(-1, area.block.columns[0])
    begins = Figure(f"--({first}={base.formula})", 1)
    yield Check(
        "Balances",
        "The answers begin with the base year of Setup",
        "1 where they do",
        Figure("1", 1),
        begins,
    )


def _of_base_year(plan: Plan, placed: Placed) -> Iterable[Check]:
    base = plan.setup.base_year
    if catalogue.INCOME in placed:
        area, lines = placed[catalogue.INCOME]
        told, answer = (
            line(area, lines, "Income, from the Funding sheet", base),
            line(area, lines, glossary.INCOME_AND_KIND, base),
        )
        how = "Funding sheet: contributions less deductions, against the Income sheet"
        yield Check("Income", f"Income of all pools in {base}", how, told, answer)
        for pool in plan.pools:
            at = next(
                n
                for n, t in enumerate(lines)
                if isinstance(t.label, Figure) and t.label.value == pool.id
            )
            label = Figure(area.at(TOTALS_ROW + 1 + at, 0), pool.id)
            answer = Figure(
                area.total_cell(TOTALS_ROW + 1 + at, base), lines[at].figures[base].value
            )
            yield Check(
                "Income",
                f"Income of the pool {pool.id} in {base}",
                how,
                pool_income(plan, label),
                answer,
            )
    if catalogue.SPENDING in placed:
        area, lines = placed[catalogue.SPENDING]
        answer = line(area, lines, "Of it, schemes that name no programme", base)
        how = "Schemes sheet: base amounts, against the Spending sheet"
        yield Check(
            "Spending",
            f"Spending in {base} on schemes that name no programme",
            how,
            own_spending(plan),
            answer,
        )
    if {catalogue.INCOME, catalogue.BALANCES} <= placed.keys():
        (one, ones), (two, twos) = placed[catalogue.INCOME], placed[catalogue.BALANCES]
        apart = sum(
            abs(number(ones_) - number(twos_))
            for ones_, twos_ in _pairs(
                one, ones, glossary.INCOME_AND_KIND, two, twos, glossary.INCOME_AND_KIND
            )
        )
        income = _across(one, ones, glossary.INCOME_AND_KIND)
        balances = _across(two, twos, glossary.INCOME_AND_KIND)
        formula = f"SUMPRODUCT(ABS({income}-{balances}))"
        how = "Income sheet against Balances, the differences of all years added up"
        yield Check("Balances", "Income in every year", how, NONE, Figure(formula, apart))


def _of_acute(plan: Plan, placed: Placed, room: bool) -> Iterable[Check]:
    """Yield the base-year payment of contracts that pay for every unit: activity × price × market
    forces factor.
    """
    if catalogue.ACTIVITY not in placed:
        return
    area, base = placed[catalogue.ACTIVITY][0], plan.setup.base_year
    names = (
        "contract",
        "base_activity",
        "baseline_adjustment",
        "unit_price",
        "market_forces_factor",
        "id",
    )
    contract, activity, adjusted, price, forces, id = (
        column_reference("acute_lines", name) for name in names
    )
    paid = [r for r in plan.acute_lines if r.contract == "activity"]
    chosen = f'--({contract}="activity")'
    formula = f'SUMPRODUCT({chosen},{activity},1+{adjusted},{price},{forces}+({forces}=""))'
    value = math.fsum(
        r.base_activity * (1 + r.baseline_adjustment) * r.unit_price * r.market_forces_factor
        for r in paid
    )
    answer = math.fsum(
        number(area.sum(base, acute_line=text(r.id), figure=text(glossary.DO_NOTHING_PAYMENT)))
        for r in paid
    )
    lines, figures, year = (
        area.column(HEADINGS["acute_line"]),
        area.column(HEADINGS["figure"]),
        area.column(base),
    )
    looked = (
        f'SUMPRODUCT(--({contract}="activity"),SUMIFS({year},{lines},{id},{figures},"Do-nothing'
        ' payment"))'
    )
    rows = len(plan.acute_lines) + spare("acute_lines", len(plan.acute_lines), room=room)
    allowed = Figure(f"{ALLOWED_POUNDS.formula}*ROWS({id})", number(ALLOWED_POUNDS) * rows)
    how = "Activity lines: activity × price × market forces factor, against the Acute projection"
    name = f"Payments in {base} under contracts that pay for every unit"
    yield Check(area.sheet, name, how, Figure(formula, value), Figure(looked, answer), allowed)


def _identities(placed: Placed) -> Iterable[Check]:
    """Yield, for every line of totals that must be nought, the sum of what is not, over all
    years.
    """
    for area, lines in placed.values():
        for total in lines:
            if isinstance(total.label, str) and total.label.endswith(NOUGHT):
                apart = added(abs(number(f)) for f in total.figures.values())
                formula = f"SUMPRODUCT(ABS({_across(area, lines, total.label)}))"
                name, how = (
                    total.label.removesuffix(NOUGHT).strip(),
                    "Must be nought; the sizes of all years added up",
                )
                yield Check(area.sheet, name, how, NONE, Figure(formula, apart))


def _across(area: Area, lines: Sequence[Total], label: str) -> str:
    """Return the range of a line of totals over every column of its block."""
    first, last = area.block.columns[0], area.block.columns[-1]
    start = line(area, lines, label, first).formula
    return (
        f"{start}:{line(area, lines, label, last, here=True).formula.replace('$', '')}"
        if first != last
        else start
    )


def _pairs(
    one: Area, ones: Sequence[Total], first: str, two: Area, twos: Sequence[Total], second: str
) -> Iterable[tuple[Figure, Figure]]:
    for heading in one.block.columns:
        yield line(one, ones, first, heading), line(two, twos, second, heading)
