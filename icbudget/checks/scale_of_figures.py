"""Figures far too small or too large beside their neighbours: £000 for £, 25 % for 2.5 %.

A plan's figures differ widely, so only what stands out from its own row, or from a whole column, is
asked about: a wrong unit is nearly always a factor of a thousand, a rate typed wrongly a factor of
ten or a hundred.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from icbudget.checks.plan_places import at
from icbudget.findings import Finding, Place, percentage, warning
from icbudget.plan import TABLES, Plan, PlanTable
from icbudget.plan.acute_line import AcuteLine
from icbudget.plan.columns import Column, Kind, Noun, columns_of
from icbudget.recent_view import recent_view

TIMES = 300.0
"""A figure of the same row that is so many times another is asked about. Real services grow or
shrink by tens, a wrong unit by a thousand; 300 leaves room for growth on top of it."""
PENCE_AMONG_POUNDS = 1.0
"""An amount below £1 is no budget; a rate such as 0.025 often is typed into the wrong column."""
FEW = 3
"""So many neighbours are needed before a column says what is usual in it."""
APART, THOUSAND = 50.0, 1_000.0
"""In a column lines of very different size stand together: one is asked about that is fifty times
beyond all others and would stand among them in thousands, or if it were meant in thousands."""
RATE_TIMES, HIGH_RATE = 6.0, 0.1
"""A rate of a year of 10 % or more that is six times the row's usual one is asked about: inflation
of 2 to 5 % a year is never followed by 25 % and 2 % again without a reason worth a note."""
PRICE_TIMES = 50.0
"""What a unit costs and what is paid for it differ by a fraction, never by fifty times."""


def scale(plan: Plan) -> list[Finding]:
    """Return a warning at each figure that seems to be in another unit than its neighbours.

    Findings: `amount.out-of-scale`.
    """
    findings: list[Finding] = []
    for table in TABLES:
        rows = getattr(plan, table)
        if rows:
            findings += _of_rows(rows, table)
    return [*findings, *_prices_and_costs(plan.acute_lines)]


@recent_view(96, most_rows=20_000)
def _of_rows(rows: tuple[Noun, ...], name: str) -> list[Finding]:
    """Return the warnings of the rows of a table; most are the same rows in the next plan."""
    findings: list[Finding] = []
    table = TABLES[name]
    for column in columns_of(table.noun):
        if column.by_year:
            for row in rows:
                findings += _in_its_row(name, row, column, getattr(row, column.field))
        elif column.kind is Kind.MONEY and "month" in table.key:
            findings += _over_the_months(table, rows, column)
        elif column.kind is Kind.MONEY:
            findings += _in_its_column(name, rows, column)
    return findings


def _in_its_row(
    table: str, row: Noun, column: Column, by_year: Mapping[str, float]
) -> list[Finding]:
    """Return a warning for years that are out of scale with the others of their row.

    The base amount of a row is a neighbour of its amounts by year.
    """
    values = {at(table, row, column.field, year): float(by_year[year]) for year in by_year}
    if column.kind is Kind.MONEY and column.field == "amounts":
        base = getattr(row, "base_amount", None)
        if base:
            values[at(table, row, "base_amount")] = float(base)
    if column.kind is Kind.FRACTION:
        return _rates(column, values)
    return _out_of_scale(column, values)


def _over_the_months(table: PlanTable, rows: Iterable[Noun], column: Column) -> list[Finding]:
    """Return a warning for months that are out of scale with the other months of their line."""
    series: dict[tuple[str, ...], dict[Place, float]] = {}
    for row in rows:
        line = tuple(str(getattr(row, part)) for part in table.key if part not in ("year", "month"))
        place = at(table.field, row, column.field)
        series.setdefault(line, {})[place] = float(getattr(row, column.field) or 0)
    findings: list[Finding] = []
    for values in series.values():
        if len([value for value in values.values() if value]) > FEW:
            findings += _out_of_scale(column, values)
    return findings


def _in_its_column(table: str, rows: Iterable[Noun], column: Column) -> list[Finding]:
    # A deduction corrects another line and may be of any size, such as the rounding of a source.
    lines = [row for row in rows if getattr(row, "kind", "") != "deduction"]
    values = {at(table, row, column.field): float(getattr(row, column.field) or 0) for row in lines}
    sizes = {place: abs(value) for place, value in values.items() if value}
    if len(sizes) <= FEW:
        return []
    findings: list[Finding] = []
    ranked = sorted(sizes.values())
    for place, size in sizes.items():
        others = _Others(ranked, size)
        least, most, usual = others[0], others[len(others) - 1], others.median
        too_small = size * APART <= least and size * THOUSAND <= most
        too_large = size >= most * APART and size / THOUSAND >= least
        if too_small or too_large or _in_pence(column, size, usual):
            findings.append(_asked(column, values[place], usual, place))
    return findings


class _Others:
    """What is left of sizes, which are in order, without one of them.

    Nothing is copied, so that every size of a long column can be held against all others.
    """

    def __init__(self, ranked: Sequence[float], without: float) -> None:
        self._ranked = ranked
        self._left_out = bisect_left(ranked, without)

    def __len__(self) -> int:
        return len(self._ranked) - 1

    def __getitem__(self, at: int) -> float:
        return self._ranked[at if at < self._left_out else at + 1]

    @property
    def median(self) -> float:
        """Return the middle one, or what lies half-way between the two in the middle."""
        half = len(self) // 2
        return self[half] if len(self) % 2 else (self[half - 1] + self[half]) / 2


def _in_pence(column: Column, size: float, usual: float) -> bool:
    return column.kind is Kind.MONEY and size < PENCE_AMONG_POUNDS <= usual / TIMES


def _out_of_scale(column: Column, values: Mapping[Place, float]) -> list[Finding]:
    """Return a warning for each value far below or far above the middle of the others."""
    sizes = {place: abs(value) for place, value in values.items() if value}
    if len(sizes) <= 1:
        return []
    findings: list[Finding] = []
    ranked = sorted(sizes.values())
    for place, size in sizes.items():
        others = _Others(ranked, size)
        usual = others.median
        # Of two figures alone nobody knows which is wrong: the odd one is the smaller, since a
        # unit left out (25 for £25,000) is far commoner than one put in twice.
        alone = len(others) == 1
        too_small = size * TIMES <= usual
        too_large = not alone and size >= usual * TIMES
        if too_small or too_large or _in_pence(column, size, usual):
            findings.append(_asked(column, values[place], usual, place))
    return findings


def _asked(column: Column, value: float, usual: float, place: Place) -> Finding:
    pounds = "£" if column.kind in (Kind.MONEY, Kind.PRICE) else ""
    figure = f"{pounds}{abs(value):,.12g}"
    return warning(
        "amount.out-of-scale",
        f"{column.label} is {figure}, its neighbours are about {pounds}{usual:,.4g}: is it in"
        " another unit?",
        "Type it in full (£25,000, not 25 or 0.025), or say in Source why it is so different.",
        place,
    )


def _rates(column: Column, values: Mapping[Place, float]) -> list[Finding]:
    """Return a warning for a rate of a year that is several times the row's usual one.

    Shares and reach grow from year to year by design; only rates of change are meant, which stand
    in the table of indices.
    """
    if column.field != "rates":
        return []
    findings: list[Finding] = []
    for place, rate in values.items():
        others = [abs(other) for p, other in values.items() if p != place and other]
        if len(others) < FEW or abs(rate) < HIGH_RATE:
            continue
        usual = median(others)
        if abs(rate) >= RATE_TIMES * usual:
            message = (
                f"{column.label} is {percentage(rate)}, in other years about"
                f" {percentage(usual, 2)}: is the decimal point right?"
            )
            fix = (
                "Type 2.5% or 0.025 for 2.5 per cent, not 0.25. If the rate is right, say in"
                " Source why it is so different."
            )
            findings.append(warning("amount.out-of-scale", message, fix, place))
    return findings


@recent_view(8)
def _prices_and_costs(rows: tuple[AcuteLine, ...]) -> list[Finding]:
    """Return a warning where price and cost of one unit of an activity line are not of one size."""
    findings: list[Finding] = []
    for row in rows:
        # A price for a spell beside a cost for a bed day may well differ; units must be the same.
        if (row.price_currency or row.currency) != (row.cost_currency or row.currency):
            continue
        price, cost = row.unit_price, row.unit_cost
        if price is None or cost is None:
            continue
        if min(price, cost) > 0 and max(price, cost) >= PRICE_TIMES * min(price, cost):
            field = "unit_price" if price < cost else "unit_cost"
            message = (
                f"“{row.id}”: the price of one unit is £{price:,.12g}, its cost £{cost:,.12g}:"
                " is one of them in another unit?"
            )
            fix = "Type both in £ for one unit."
            place = at("acute_lines", row, field)
            findings.append(warning("amount.out-of-scale", message, fix, place))
    return findings


WHY_IT_MATTERS = {
    "amount.out-of-scale": (
        "A figure a thousand times its neighbours is mostly one typed in another unit. It would"
        " swamp every total of the pool."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
