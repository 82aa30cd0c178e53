"""Figures that can be read but are hardly intended, or that no calculation uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial

import numpy as np

from icbudget import reference
from icbudget.checks.acute_lines import FIGURES_OF
from icbudget.checks.plan_places import at
from icbudget.engine.projection import funding
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.run import Result
from icbudget.findings import Finding, Place, error, percentage, warning
from icbudget.money import TOO_MUCH, display
from icbudget.plan import TABLES, Plan
from icbudget.plan.actual import Actual
from icbudget.plan.acute_line import AcuteLine
from icbudget.plan.columns import columns_of
from icbudget.plan.contribution import Contribution
from icbudget.plan.index import FLAT
from icbudget.plan.looked_at import kept_by_fields
from icbudget.plan.scheme import Scheme

UNUSUAL = 0.3
"""A change in a year above 30 % is asked about: no index of prices or people comes near it."""
_MOST_OPTIMISM = 11
"""What the largest optimism bias that may be typed, 1,000 %, makes of a programme's cost."""
EXACT = 2**53 // 100
"""£90 trillion: a sum below it is exact to the penny, and a larger one may not be."""


def unusual_rates(plan: Plan) -> list[Finding]:
    """Return findings for rates far from any published, and for a reserved index name.

    Findings: `index.flat`, `index.unusual`.
    """
    findings: list[Finding] = []
    for row in plan.indices:
        if row.id == FLAT:
            message = (
                "The index flat is built in and is 0%; the rates of a row with that name would not"
                " be used."
            )
            fix = "Give this index another name."
            place = at("indices", row, "id")
            findings.append(error("index.flat", message, fix, place))
        odd = [year for year, rate in row.rates.items() if UNUSUAL < abs(rate) <= 1]
        if odd:
            message = (
                f"Index “{row.id}” is {percentage(row.rates[odd[0]])} in {odd[0]}, a change of more"
                f" than {UNUSUAL:.0%} in a year."
            )
            fix = "Check it: for five per cent type 5% or 0.05, not 5."
            place = at("indices", row, "rates", odd[0])
            findings.append(warning("index.unusual", message, fix, place))
    return findings


def prices_below_zero(plan: Plan) -> list[Finding]:
    """Return a finding where a year's efficiency takes off all of a price or cost, or more.

    Findings: `activity.nothing-left`.
    """
    rates = {row.id: row.rates for row in plan.indices}
    multiplicative = plan.setup.uplift_form == "multiplicative"
    findings: list[Finding] = []
    for row in plan.acute_lines:
        pairs = {"price": (row.price_uplift, row.price_efficiency)}
        pairs["cost"] = (
            row.cost_uplift or row.price_uplift,
            row.cost_efficiency or row.price_efficiency,
        )
        for what, names in pairs.items():
            for year in plan.years[1:]:
                up, off = (rates.get(name, {}).get(year, 0.0) for name in names)
                net = (1.0 + up) * (1.0 - off) if multiplicative else 1.0 + up - off
                # An uplift of −100 % leaves no price by itself, which index.rate says already.
                if net <= 0 < 1.0 + up:
                    message = f"In {year} the efficiency takes off the whole {what} of “{row.id}”."
                    fix = f"Check the rates of “{names[1]}”: for one per cent type 1% or 0.01."
                    place = at("acute_lines", row, f"{what}_efficiency")
                    findings.append(error("activity.nothing-left", message, fix, place))
                    break
    return findings


def amounts_too_large(plan: Plan) -> list[Finding]:
    """Return a finding for every row that would come to £10 trillion in a year.

    Rows are lines, programmes, contributions and schemes. Findings: `amount.too-large`.
    """
    findings: list[Finding] = []
    grown = _levels(plan)
    for row in plan.acute_lines:
        if _largest(row, grown) >= TOO_MUCH:
            findings.append(_too_much(f"“{row.id}”", at("acute_lines", row, "base_activity")))
    for programme in plan.programmes:
        most_people = max((abs(float(n)) for n in programme.people.values()), default=0.0)
        most_fixed = max((float(cost) for cost in programme.fixed_cost.values()), default=0.0)
        cost = most_people * programme.unit_cost + most_fixed
        if cost * grown(programme.cost_index) * _MOST_OPTIMISM >= TOO_MUCH:
            place = at("programmes", programme, "unit_cost")
            findings.append(_too_much(f"Programme “{programme.id}”", place))
    findings += _beside_the_money(plan)
    for table in ("contributions", "pass_downs", "schemes", "minimums"):
        for line, largest in zip(getattr(plan, table), _largest_amounts(plan, table), strict=True):
            if largest >= TOO_MUCH:
                what = TABLES[table].key_of(line).replace("|", ", ")
                findings.append(_too_much(what, at(table, line, "base_amount")))
    return findings


def _beside_the_money(plan: Plan) -> Iterator[Finding]:
    """Yield the rows of Capacity and Staff, which are not posted, that come to too much."""
    for month in plan.capacity:
        bought = month.days * (month.spot_price or 0.0)
        waited = month.days_waited * (month.bed_night or 0.0)
        if month.demand * max(bought, waited) >= TOO_MUCH:
            yield _too_much(f"“{month.service}”", at("capacity", month, "demand"))
    if not plan.staff:
        return
    from icbudget.engine.appraisal.staff_gap import needed_of

    for row in plan.staff:
        if (needed_of(plan, row) or 0.0) * row.pay * max(row.agency_premium, 1.0) >= TOO_MUCH:
            yield _too_much(f"“{row.role}” of “{row.programme}”", at("staff", row, "pay"))


def sums_too_large(plan: Plan) -> list[Finding]:
    """Return a finding where all amounts of the plan together might not be exact to the penny.

    The sum over rows and years of the largest amount of each row is above any balance or total.
    Findings: `sum.too-large`.
    """
    grown = _levels(plan)
    by_year = sum(_largest(row, grown) for row in plan.acute_lines)
    for table in ("contributions", "pass_downs", "schemes", "minimums"):
        by_year += sum(_largest_amounts(plan, table))
    # Rows of a month count in one year; all else may count in every year.
    once = sum(abs(float(row.amount)) + abs(float(row.accrual)) for row in plan.actuals)
    once += sum(abs(float(row.outturn or 0)) for row in plan.forecasts)
    once += sum(abs(float(row.amount)) for row in plan.virements)
    if by_year * len(plan.years) + once < EXACT:
        return []
    message = (
        "All amounts of the plan together come to"
        f" {display(EXACT * 100, pounds_only=True)} or more: sums would not be exact to the penny."
    )
    fix = "Check the figures and their units: they are in £, not in pence or £000."
    return [error("sum.too-large", message, fix, Place(table="setup"))]


def answers_too_large(plan: Plan, result: Result) -> list[Finding]:
    """Return a finding for every activity line that the plan takes to £10 trillion in a year.

    Nothing may be wrong with the line: a programme that does harm multiplies its activity, and what
    moves to it may be many times as much. Nothing can be worked out from such amounts. Findings:
    `amount.too-large`.
    """
    amounts = AcuteAmounts(result.projection)
    by_line = [
        # Beyond what a float can hold is too large as well.
        np.nan_to_num(np.abs(pence), nan=np.inf).max(axis=(0, 1), initial=0.0)
        for pence in (amounts.pay_plan, amounts.cost_plan, amounts.pay_nothing)
    ]
    largest = np.max(by_line, axis=0)
    findings: list[Finding] = []
    for n, row in enumerate(plan.acute_lines):
        if largest[n] >= TOO_MUCH * 100:
            finding = _too_much(f"“{row.id}”", at("acute_lines", row, "base_activity"))
            fix = "Check the effects and Moves of the programmes that reach it, and its figures."
            findings.append(replace(finding, fix=fix))
    return findings


@kept_by_fields(24)  # four tables of the plans and scenarios checked last
def _largest_amounts(plan: Plan, table: str) -> tuple[float, ...]:
    """Return the largest amount that each row of a table of money comes to in a year, £."""
    grown = _levels(plan)
    return tuple(_largest_amount(plan, row, grown) for row in getattr(plan, table))


def _largest_amount(plan: Plan, row: Contribution | Scheme, grown: Callable[..., float]) -> float:
    """Return the largest amount that a row of money comes to in a year, £."""
    amounts = (float(amount) for amount in row.amounts.values())
    largest = max(float(row.base_amount or 0), *amounts, 0.0)
    return largest * (grown(row.index) if funding.rolls(plan, row) else 1.0)


def _levels(plan: Plan) -> Callable[..., float]:
    """Return what gives the largest level of indices, each worked out once for all rows."""
    return cache(partial(_grown, plan))


def _too_much(what: str, place: Place) -> Finding:
    message = f"{what} would come to {display(TOO_MUCH * 100, pounds_only=True)} or more in a year."
    fix = "Check the figures, their units and the indices."
    return error("amount.too-large", message, fix, place)


def _grown(plan: Plan, *names: str) -> float:
    """Return the largest level that indices reach together, 1 in the base year."""
    rates = {row.id: row.rates for row in plan.indices}
    level = 1.0
    for name in names:
        for year in plan.years[1:]:
            # a fall does not count: some year before it may be the largest
            level *= 1.0 + max(rates.get(name, {}).get(year, 0.0), 0.0)
    return level


def _largest(row: AcuteLine, grown: Callable[..., float]) -> float:
    growth = grown(row.demographic_index, row.non_demographic_index)
    units = row.base_activity * (1.0 + row.baseline_adjustment) * growth
    price = row.unit_price * row.market_forces_factor * grown(row.price_uplift)
    cost = (row.unit_cost or 0.0) * grown(row.cost_uplift or row.price_uplift)
    block = float(row.block_value or 0) * grown(row.price_uplift)
    return units * max(price, cost, 1.0) + block


def figures_of_the_base_year(plan: Plan) -> list[Finding]:
    """Return a finding for base-year figures that are not used or that differ.

    Findings: `amount.two-base-amounts`, `year.base-year`.
    """
    base = plan.years[0]
    findings: list[Finding] = []
    for table in ("acute_lines", "programmes", "shifts"):
        for row in getattr(plan, table):
            # A pump-prime fund is filled in the base year, before anything is paid from it.
            filled_at_once = getattr(row, "rule", "") == "pump_prime"
            for column in columns_of(TABLES[table].noun) if not filled_at_once else ():
                if column.by_year and getattr(row, column.field).get(base):
                    message = (
                        f"{column.label} is set for {base}, the base year, where nothing is moved"
                        " or avoided; it is not used."
                    )
                    fix = "Clear it, or put it into the first year it is for."
                    place = at(table, row, column.field, base)
                    findings.append(warning("year.base-year", message, fix, place))
    for table in ("contributions", "pass_downs", "schemes", "minimums"):
        for row in getattr(plan, table):
            amount = row.amounts.get(base)
            if amount is not None and amount != row.base_amount and row.base_amount is not None:
                message = (
                    f"The base amount is {row.base_amount:,}, but the amount set for {base}, the"
                    f" base year, is {amount:,}."
                )
                place = at(table, row, "amounts", base)
                fix = "Keep one of the two; the amount set for the year counts."
                findings.append(warning("amount.two-base-amounts", message, fix, place))
    return findings


A_THOUSAND = (300.0, 3000.0)
"""How many times one figure is another where one of the two may be in £000."""
SMALL = 100_000.0
"""£: below it the larger of two figures is too small for a mistake of a thousand to be likely."""


def thousands(plan: Plan) -> list[Finding]:
    """Return a finding where a figure seems to be in £000 and £ is meant.

    Where what a source pays for is about a thousandth of what is put in, or the other way round;
    where a minimum is of its source; where what is booked for a scheme is of its budget; and where
    a grant is of the amount published for the area. Findings: `amount.thousands`.
    """
    findings: list[Finding] = []
    for place, amount, other, what in _pairs(plan):
        if not (amount > 0 and other >= SMALL and A_THOUSAND[0] <= other / amount <= A_THOUSAND[1]):
            continue
        message = f"{what}: £{amount:,.0f} stands beside £{other:,.0f}. Is it in £000?"
        fix = f"Type the amount in £: £{amount * 1000:,.0f} if thousands were meant."
        findings.append(warning("amount.thousands", message, fix, place))
    return findings


def _pairs(plan: Plan) -> Iterator[tuple[Place, float, float, str]]:
    """Yield the place of a figure, the figure, one of its own size, and what it is, £."""
    put_in, spent = _base_amounts(plan.contributions), _base_amounts(plan.schemes)
    for account, income in put_in.items():
        paid = spent.get(account)
        # A source of which nothing is spent yet has no neighbour to be held against.
        if paid is None:
            continue
        pool, source = account
        what = f"{source} of “{pool}”"
        first_spent = next(s for s in plan.schemes if (s.pool, s.source) == account)
        first_put = next(c for c in plan.contributions if (c.pool, c.source) == account)
        yield at("schemes", first_spent, "base_amount"), paid, income, f"Spending from {what}"
        yield at("contributions", first_put, "base_amount"), income, paid, f"Income of {what}"
    of_source: dict[str, float] = {}
    for (_, source), income in put_in.items():
        of_source[source] = of_source.get(source, 0.0) + income
    for minimum in plan.minimums:
        income, limit = of_source.get(minimum.source, 0.0), float(minimum.base_amount)
        what = f"The minimum {minimum.rule.replace('_', ' ')} of {minimum.source}"
        yield at("minimums", minimum, "base_amount"), limit, income, what
    yield from _booked(plan)
    yield from _published(plan)


def _base_amounts(rows: Sequence[Contribution] | Sequence[Scheme]) -> dict[tuple[str, str], float]:
    """Return the base amounts of rows by (pool, source), £; deductions are left out."""
    total: dict[tuple[str, str], float] = {}
    for row in rows:
        if getattr(row, "kind", "") == "deduction" or getattr(row, "programme", ""):
            continue
        account = (row.pool, row.source)
        total[account] = total.get(account, 0.0) + float(row.base_amount or 0)
    return total


def _booked(plan: Plan) -> Iterator[tuple[Place, float, float, str]]:
    """Yield what is booked for a scheme in a year, made up to twelve months, beside its budget."""
    budget = {(row.id, row.line): float(row.base_amount or 0) for row in plan.schemes}
    booked: dict[tuple[str, int, str], list[Actual]] = {}
    for row in plan.actuals:
        if row.kind == "expenditure":
            booked.setdefault((row.scheme, row.line, row.year), []).append(row)
    for (scheme, line, year), rows in booked.items():
        # Held against a year's budget, three months' spending would seem small.
        months = len({row.month for row in rows})
        year_long = sum(float(row.amount + row.accrual) for row in rows) / months * 12
        what = f"What is booked for scheme {scheme} in {year}, made up to a year"
        yield at("actuals", rows[0], "amount"), year_long, budget.get((scheme, line), 0.0), what


def _published(plan: Plan) -> Iterator[tuple[Place, float, float, str]]:
    """Yield the base-year amount of each grant beside what was published for the area."""
    if not plan.setup.ons_code:
        return
    published: dict[str, float] = {}
    for grant in reference.grants(plan.setup.ons_code, plan.years[0]):
        published[grant.grant] = published.get(grant.grant, 0.0) + float(grant.amount)
    for row in plan.contributions:
        if row.source in published and row.kind == "contribution" and not row.carry_forward:
            what = f"{row.source}, beside what was published for the area"
            amount = float(row.base_amount or 0)
            yield at("contributions", row, "base_amount"), amount, published[row.source], what


def shifts(plan: Plan) -> list[Finding]:
    """Return findings for revenue moved into capital, and for figures a rule does not use.

    Findings: `shift.figure-unused`, `shift.into-capital`.
    """
    findings: list[Finding] = []
    capital = {row.id for row in plan.pools if row.money_kind == "capital"}
    for shift in plan.shifts:
        if shift.pool in capital:
            message = (
                f"Shift “{shift.id}” moves money of activity lines, which is revenue, into the"
                f" capital pool “{shift.pool}”."
            )
            fix = "Name a revenue pool."
            place = at("shifts", shift, "pool")
            findings.append(warning("shift.into-capital", message, fix, place))
        used = FIGURES_OF.get(shift.rule, ())
        for field, what in (("amounts", "amounts"), ("percents", "percentages")):
            if field not in used and any(getattr(shift, field).values()):
                message = (
                    f"Shift “{shift.id}” has {what} by year, which the rule {shift.rule} does not"
                    " use."
                )
                fix = "Clear them, or change the rule."
                place = at("shifts", shift, "rule")
                findings.append(warning("shift.figure-unused", message, fix, place))
    return findings


WHY_IT_MATTERS = {
    "activity.nothing-left": (
        "An efficiency of 100% makes the cost of the line nothing. It is nearly always a"
        " percentage typed without its sign."
    ),
    "amount.thousands": (
        "One contribution in £000 beside others in pounds makes the pool look short by 99.9% of it."
    ),
    "amount.too-large": (
        "Sums of that size are no longer exact to the penny, and no pool in England holds them."
    ),
    "amount.two-base-amounts": (
        "One of the two is not used. If it is the one that was agreed, the plan is wrong by the"
        " difference in every year."
    ),
    "index.flat": (
        "The name has a fixed meaning, no growth. Rates typed under it would not be used, and"
        " amounts would stand still."
    ),
    "index.unusual": (
        "A misplaced decimal point grows through every later year and every amount that uses"
        " the index."
    ),
    "shift.figure-unused": (
        "What was typed moves no money under this rule. Somebody may believe it does."
    ),
    "shift.into-capital": (
        "Running money would be turned into capital, and could not pay for staff afterwards."
    ),
    "sum.too-large": "Totals could be pence off without a sign, and no area spends as much.",
    "year.base-year": (
        "Somebody typed it for an effect that the plan does not show: its money or its saving"
        " is in no year."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
