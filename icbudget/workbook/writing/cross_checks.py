"""The comparisons of the Checks sheet.

Figures of the answers stand against ordinary formulas over the inputs and over each other.
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
from icbudget.plan.acute_line import AcuteLine
from icbudget.plan.setup import LONGEST_HORIZON
from icbudget.plan.unread_cells import NOT_KNOWN, NotKnown
from icbudget.workbook import layout
from icbudget.workbook.contents import Contents
from icbudget.workbook.layout import column_reference
from icbudget.workbook.writing import year_totals
from icbudget.workbook.writing.answer_sheets import (
    A_MILLIONTH,
    HALF_A_PENNY,
    TOTALS_ROW,
    Total,
)
from icbudget.workbook.writing.answer_totals import (
    across,
    base_income,
    line,
    own_spending,
    pool_income,
)
from icbudget.workbook.writing.formulas import (
    Area,
    Figure,
    added,
    at_place,
    decided,
    number,
    same,
    setting,
    text,
)
from icbudget.workbook.writing.input_sheets import spare
from icbudget.workbook.writing.styles import AGREES

ALLOWED_POUNDS = Figure(layout.ALLOWED, HALF_A_PENNY)
ALLOWED_SHARE = Figure(layout.ALLOWED_PART, A_MILLIONTH)
NONE = Figure("0", 0.0)
MOST_YEARS = 1 + LONGEST_HORIZON
"""The base year and as many after it as a plan may have."""

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
    def difference(self) -> float:
        """Return the answers' figure less the inputs'; `NOT_KNOWN` where one of them is."""
        return number(self.answers) - number(self.inputs)

    @property
    def known(self) -> bool:
        """Return whether both figures are known, so that they can be compared."""
        return not isinstance(self.difference, NotKnown)

    @property
    def agrees(self) -> bool:
        """Return whether the two are known and agree."""
        return self.known and abs(self.difference) <= number(self.allowed)


def checks_of(contents: Contents, placed: Placed, *, room: bool) -> list[Check]:
    """Return the checks of a workbook; those of an answer that it does not hold are left out.

    `room`: its tables have blank rows to type into.
    """
    plan = contents.plan
    return [
        *_of_inputs(contents),
        *_of_years(plan, placed),
        *_of_base_year(contents, placed),
        *_of_acute(contents, placed, room),
        *(Check(*compared) for compared in year_totals.comparisons(plan, placed)),
        *_identities(placed),
    ]


def _of_inputs(contents: Contents) -> Iterable[Check]:
    plan = contents.plan
    if contents.has("acute_lines") and contents.has_column("acute_lines", "fixed_cost"):
        yield _cost_shares(plan)
    if contents.has("segments"):
        yield _segment_shares(plan)
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


def _cost_shares(plan: Plan) -> Check:
    """Return the check that the shares of cost sum to 100 %, of lines that state all three."""
    names = ("variable_cost", "semi_fixed_cost", "fixed_cost")
    shares = [column_reference("acute_lines", name) for name in names]
    off = f"ABS({'+'.join(shares)}-1)>{ALLOWED_SHARE.formula}"
    formula = f'SUMPRODUCT(--({shares[-1]}<>""),--({off}))'
    parts = [
        row.variable_cost + row.semi_fixed_cost + row.fixed_cost
        for row in plan.acute_lines
        if row.fixed_cost is not None
    ]
    wrong = decided(lambda: sum(abs(total - 1) > number(ALLOWED_SHARE) for total in parts))
    name = "Variable, semi-fixed and fixed cost of each activity line sum to 100 %"
    how = "Rows of Activity lines that do not add up, against none"
    return Check("Activity lines", name, how, Figure(formula, wrong), NONE)


def _segment_shares(plan: Plan) -> Check:
    line_of, share = (column_reference("segments", name) for name in ("acute_line", "share"))
    off = f"ABS(SUMIFS({share},{line_of},{line_of})-1)"
    formula = f'SUMPRODUCT(--({line_of}<>""),--({off}>{ALLOWED_SHARE.formula}))'
    by_line = {
        s.acute_line: added(o.share for o in plan.segments if same(o.acute_line, s.acute_line))
        for s in plan.segments
    }
    wrong = decided(
        lambda: sum(abs(by_line[s.acute_line] - 1) > number(ALLOWED_SHARE) for s in plan.segments)
    )
    name = "Segments of each activity line sum to 100 %"
    how = "Rows of the Segments sheet whose line does not add up, against none"
    return Check("Segments", name, how, Figure(formula, wrong), NONE)


def _of_years(plan: Plan, placed: Placed) -> Iterable[Check]:
    if catalogue.BALANCES not in placed:
        return
    area = placed[catalogue.BALANCES][0]
    horizon, base = setting(plan, "horizon"), setting(plan, "base_year")
    years = Figure(f"COUNTA({area.years_heading(MOST_YEARS)})", len(area.block.columns))
    set_years = Figure(f"{horizon.formula}+1", number(horizon) + 1)
    how = "Base year and horizon against the years in Balances"
    yield Check("Balances", "The answers hold the years of Setup", how, set_years, years)
    first = area.cell(-1, area.block.columns[0])
    begins = Figure(f"--({first}={base.formula})", 1)
    yield Check(
        "Balances",
        "The answers begin with the base year of Setup",
        "1 where they do",
        Figure("1", 1),
        begins,
    )


def _of_base_year(contents: Contents, placed: Placed) -> Iterable[Check]:
    if catalogue.BALANCES in placed:
        yield _income_in_balances(contents, placed)
    if catalogue.INCOME in placed:
        yield from _income_by_pool(contents, placed)
    if catalogue.SPENDING in placed:
        yield _spending_on_schemes(contents.plan, placed)
    if {catalogue.INCOME, catalogue.BALANCES} <= placed.keys():
        yield _income_twice(placed)


def _income_in_balances(contents: Contents, placed: Placed) -> Check:
    base = contents.plan.setup.base_year
    answer = line(*placed[catalogue.BALANCES], glossary.PUT_INTO_POOLS, base)
    typed = base_income(contents, text("contribution"), text("deduction"))
    how = "Funding sheet: contributions less deductions, against Balances"
    return Check("Balances", f"Income of all pools in {base}", how, typed, answer)


def _income_by_pool(contents: Contents, placed: Placed) -> Iterable[Check]:
    plan, base = contents.plan, contents.plan.setup.base_year
    area, lines = placed[catalogue.INCOME]
    typed = line(area, lines, "Income, from the Funding sheet", base)
    answer = line(area, lines, glossary.PUT_INTO_POOLS, base)
    how = "Funding sheet: contributions less deductions, against the Income sheet"
    yield Check("Income", f"Income of all pools in {base}", how, typed, answer)
    of_pools = len(lines) - len(plan.pools)  # their totals are the last
    for place, pool in enumerate(plan.pools, start=1):
        at = of_pools + place - 1
        id, _ = at_place("pools", place, pool)
        cell = area.total_cell(TOTALS_ROW + 1 + at, base)
        answer = Figure(cell, lines[at].figures[base].value)
        name = f"Income of {pool.name or pool.id} in {base}"
        yield Check("Income", name, how, pool_income(contents, id), answer)


def _spending_on_schemes(plan: Plan, placed: Placed) -> Check:
    """Return the check of schemes that name no programme.

    What a programme costs is worked out, so no cell of Schemes holds it.
    """
    base = plan.setup.base_year
    answer = line(*placed[catalogue.SPENDING], "Of it, schemes that name no programme", base)
    how = "Schemes sheet: base amounts, against the Spending sheet"
    name = f"Spending in {base} on schemes that name no programme"
    return Check("Spending", name, how, own_spending(plan), answer)


def _income_twice(placed: Placed) -> Check:
    """Return the check that two answers have the same income in every year.

    Differences are added up without their signs, so that two of them never cancel.
    """
    area, lines = placed[catalogue.INCOME]
    other, other_lines = placed[catalogue.BALANCES]
    apart = 0.0
    for heading in area.block.columns:
        income = line(area, lines, glossary.PUT_INTO_POOLS, heading)
        balance = line(other, other_lines, glossary.PUT_INTO_POOLS, heading)
        apart += abs(number(income) - number(balance))
    every_income = across(area, lines, glossary.PUT_INTO_POOLS)
    every_balance = across(other, other_lines, glossary.PUT_INTO_POOLS)
    formula = f"SUMPRODUCT(ABS({every_income}-{every_balance}))"
    how = "Income sheet against Balances, the differences of all years added up"
    return Check("Balances", "Income in every year", how, NONE, Figure(formula, apart))


def _of_acute(contents: Contents, placed: Placed, room: bool) -> Iterable[Check]:
    """Yield the base-year payment of contracts that pay for every unit.

    `activity × (price × market forces factor − client charge)`.
    """
    if catalogue.ACTIVITY not in placed:
        return
    plan = contents.plan
    area, base = placed[catalogue.ACTIVITY][0], plan.setup.base_year
    paid = [row for row in plan.acute_lines if row.contract == "activity"]
    rows = len(plan.acute_lines) + spare("acute_lines", len(plan.acute_lines), room=room)
    # Each line's payment is rounded to pence in the answer, so the sum may be off by as many
    # half-pennies as there are lines.
    ids = column_reference("acute_lines", "id")
    allowed = Figure(f"{ALLOWED_POUNDS.formula}*ROWS({ids})", number(ALLOWED_POUNDS) * rows)
    how = (
        "Activity lines: activity × price × market forces factor, less what clients are charged,"
        " against the Activity"
    )
    name = f"Payments in {base} under contracts that pay for every unit"
    typed, answer = _typed_payments(contents, paid), _answered_payments(area, base, paid)
    yield Check(area.sheet, name, how, typed, answer, allowed)


def _typed_payments(contents: Contents, paid: Sequence[AcuteLine]) -> Figure:
    """Return what the columns of Activity lines come to, in one formula over the columns shown."""
    names = ("contract", "base_activity", "unit_price")
    contract, activity, price = (column_reference("acute_lines", name) for name in names)
    if contents.has_column("acute_lines", "clients"):
        # Council care is typed as clients and what one of them has; its activity is blank.
        clients = column_reference("acute_lines", "clients")
        each = column_reference("acute_lines", "units_a_client")
        activity = f'{activity}+({activity}="")*{clients}*{each}'
    if contents.has_column("acute_lines", "market_forces_factor"):
        # A blank factor is 1, but a blank cell is 0 to a formula.
        forces = column_reference("acute_lines", "market_forces_factor")
        price = f'{price}*({forces}+({forces}=""))'
    if contents.has_column("acute_lines", "client_charge"):
        # What clients pay is the council's income: it pays the rest of the fee.
        price = f"{price}-{column_reference('acute_lines', 'client_charge')}"
    factors = [f'--({contract}="activity")', activity, price]
    if contents.has_column("acute_lines", "baseline_adjustment"):
        factors.append(f"1+{column_reference('acute_lines', 'baseline_adjustment')}")
    value = math.fsum(
        row.base_activity
        * (1 + row.baseline_adjustment)
        * (row.unit_price * row.market_forces_factor - row.client_charge)
        for row in paid
    )
    return Figure(f"SUMPRODUCT({','.join(factors)})", value)


def _answered_payments(area: Area, base: str, paid: Sequence[AcuteLine]) -> Figure:
    """Return the payments that Activity gives the same lines if nothing changes."""
    payment = text(glossary.DO_NOTHING_PAYMENT)
    of_lines = (area.sum(base, acute_line=text(row.id), figure=payment) for row in paid)
    value = math.fsum(number(figure) for figure in of_lines)
    contract, ids = (column_reference("acute_lines", name) for name in ("contract", "id"))
    lines, figures = area.column(HEADINGS["acute_line"]), area.column(HEADINGS["figure"])
    looked_up = f"SUMIFS({area.column(base)},{lines},{ids},{figures},{payment.formula})"
    return Figure(f'SUMPRODUCT(--({contract}="activity"),{looked_up})', value)


def _identities(placed: Placed) -> Iterable[Check]:
    """Yield in how many columns the two sides of a cross-check do not agree.

    There is one for every row of cross-checks above an answer.
    """
    how = "Years in which the two sides differ, against none"
    for area, lines in placed.values():
        for total in lines:
            if total.compares and isinstance(total.label, str):
                formula = f'SUMPRODUCT(--({across(area, lines, total.label)}<>"{AGREES}"))'
                words = [figure.value for figure in total.figures.values()]
                unknown = any(isinstance(word, NotKnown) for word in words)
                differing = NOT_KNOWN if unknown else float(sum(w != AGREES for w in words))
                yield Check(area.sheet, total.label, how, NONE, Figure(formula, differing), NONE)
