"""Five functions for a person's own sheets: they need no plan.

Arguments of one figure for each line may be single cells or ranges of one shape; the answer keeps
that shape.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any

from icbudget import money, reference, years
from icbudget.excel import coerce
from icbudget.excel.coerce import InputProblem, Values, place
from icbudget.excel.worksheet_function import Argument, Function
from icbudget.plan.programme import MEASURES

_LAST_STEP = 300
"""The Green Book's last band but one ends there."""


def uplift(amount: Values[float], rates: Values[float], unit: float) -> Values[float]:
    """Return amounts rolled forward over all rates in order, £.

    Each year is rounded half-up to the unit.

    `amount(t) = half_up(amount(t−1) × (1 + rate(t)), unit)`; the rates are a row or a column, one a
    year; unit £1 when blank. Example: £11,651,150 at 5.66 % gives £12,310,605. Source: model §3.
    Raises `InputProblem` for a rate or a unit that cannot be, and for rates in a block.
    """
    import numpy as np

    from icbudget.engine.projection.funding import roll_forward

    if len(rates) > 1 and len(rates[0]) > 1:
        raise InputProblem(
            f"rates is a range of {len(rates)} × {len(rates[0])} cells. Give one row or one column,"
            " a rate a year."
        )
    for r, row in enumerate(rates):
        for c, rate in enumerate(row):
            if not -1 < rate <= 1:
                raise InputProblem(
                    f"{place('rates', rates, r, c)} is {rate:g}, that is {rate:.0%}. Type 5.66% or"
                    " 0.0566."
                )
    if unit < 0:
        raise InputProblem("unit is below 0. Give what to round to in pounds, such as 1 or 1000.")
    in_order = list(chain.from_iterable(rates))
    base = np.array([[money.to_pence(a) for a in chain.from_iterable(amount)]], dtype=np.float64)
    growth = np.repeat(np.array([0.0, *in_order])[None, :, None], base.size, axis=2)
    unset = np.full(growth.shape, np.nan)
    pence = roll_forward(
        base, growth, unset, np.ones(base.size, dtype=bool), float(money.to_pence(unit or 1))
    )
    return _shaped(amount, list(pence[0, -1] / 100.0))


def deflate(amount: Values[float], from_year: Values[str], to_year: Values[str]) -> Values[float]:
    """Return amounts of one year's prices in another year's, £.

    `amount × Π (1 + g(y))` over the years after the first.

    g is the GDP deflator as shipped (Office for Budget Responsibility; later years are forecasts).
    Backwards it divides. Example: £1,490 of 2015/16 is £1,992 of 2024/25. Source:
    `reference.gdp_deflator`. Raises `InputProblem` for a year that the deflator does not reach.
    """
    growth = reference.gdp_deflator()
    first, last = years.after(min(growth), -1), max(growth)
    for name, wanted in (("from_year", from_year), ("to_year", to_year)):
        for r, row in enumerate(wanted):
            for c, year in enumerate(row):
                if not first <= year <= last:
                    raise InputProblem(
                        f"{place(name, wanted, r, c)} is {year}. The GDP deflator is known from"
                        f" {first} to {last}."
                    )
    level = {first: 1.0}
    for year, rate in sorted(growth.items()):
        level[year] = level[years.after(year, -1)] * (1.0 + rate)
    return _line_by_line(
        lambda a, start, end: a * level[end] / level[start],
        amount=amount,
        from_year=from_year,
        to_year=to_year,
    )


def discount(amount: Values[float], steps: Values[int], kind: Values[str]) -> Values[float]:
    """Return the present value of amounts so many years from now, £.

    `amount × D(steps)`, in real terms.

    D is the Green Book 2026 factor: standard 3.5 % a year to year 30, then falling; health (health
    effects only, never cash) 1.5 %. Year 0 is undiscounted. Source: model §10.
    Raises `InputProblem` for a step that is no year of the rates.
    """
    from icbudget.engine.appraisal.discounting import discount_factor

    for r, row in enumerate(steps):
        for c, step in enumerate(row):
            if not 0 <= step <= _LAST_STEP:
                raise InputProblem(
                    f"{place('steps', steps, r, c)} is {step}. Give whole years from now, 0 to"
                    f" {_LAST_STEP}."
                )
    return _line_by_line(
        lambda a, t, rates: a * discount_factor(t, rates), amount=amount, steps=steps, kind=kind
    )


def split(amount: float, weights: Values[float]) -> Values[float]:
    """Return an amount divided in proportion to weights, to the penny, £.

    The parts sum to the amount exactly.

    Largest remainder: whole pennies first, the pennies left over to the largest remainders, ties to
    the earlier cell. A blank weight is 0. Source: model §1.
    Raises `InputProblem` for a weight below 0, or where all are 0.
    """
    for r, row in enumerate(weights):
        for c, weight in enumerate(row):
            if weight < 0:
                raise InputProblem(
                    f"{place('weights', weights, r, c)} is {weight:g}. A weight is 0 or more."
                )
    flat = list(chain.from_iterable(weights))
    if not any(flat):
        raise InputProblem("weights are all blank or 0. Give at least one weight above 0.")
    return _shaped(weights, [part / 100 for part in money.split(money.to_pence(amount), flat)])


def effect(measure: Values[str], value: Values[float], base_risk: Values[float]) -> Values[float]:
    """Return a study's effect as a reduction of the rate, a fraction; below 0 where use goes up.

    risk_ratio: `1 − RR`; odds_ratio with base risk r: `1 − OR / (1 − r + r·OR)`;
    absolute_risk_reduction: `ARR / r`; before_after with the ratio r that comes with nothing done:
    `1 − ratio / r`. Example: an odds ratio of 0.817 at a base risk of 48 % is 10 %, not 18 %.
    Source: model §5. Raises `InputProblem` for a ratio or a risk that cannot be.
    """
    from icbudget.engine.projection.effect import rate_reduction

    def one(kind: str, estimate: float, risk: float) -> float:
        if kind in ("risk_ratio", "odds_ratio") and estimate <= 0:
            raise InputProblem(f"value is {estimate:g}. A {kind.replace('_', ' ')} is above 0.")
        if kind in ("odds_ratio", "absolute_risk_reduction") and not 0 < risk < 1:
            raise InputProblem(
                f"base_risk is {risk:g}. The measure {kind} needs the risk without the programme, 0"
                " % to 100 %."
            )
        if kind == "before_after" and not risk > 0:
            raise InputProblem(
                f"base_risk is {risk:g}. The measure before_after needs the ratio that comes with"
                " nothing done."
            )
        return float(rate_reduction(kind, estimate, risk or None))

    return _line_by_line(one, measure=measure, value=value, base_risk=base_risk)


def _line_by_line(one: Callable[..., float], **arguments: Values[Any]) -> Values[float]:
    """Return one figure for each cell; a single cell goes with every cell of the others.

    Raises `InputProblem` where two ranges differ in shape, and names the cell where `one` refuses
    its figures.
    """
    shapes = {name: (len(rows), len(rows[0])) for name, rows in arguments.items()}
    ranges = {name: shape for name, shape in shapes.items() if shape != (1, 1)}
    if len(set(ranges.values())) > 1:
        in_words = "; ".join(
            f"{name} {rows} × {columns}" for name, (rows, columns) in ranges.items()
        )
        raise InputProblem(
            f"The ranges differ in shape: {in_words}. Give ranges of one shape, or single cells."
        )
    rows, columns = next(iter(ranges.values()), (1, 1))
    answer: Values[float] = []
    for r in range(rows):
        line = []
        for c in range(columns):
            figures = [
                grid[r][c] if name in ranges else grid[0][0] for name, grid in arguments.items()
            ]
            try:
                line.append(one(*figures))
            except InputProblem as problem:
                where = f"Row {r + 1}, column {c + 1}: " if ranges else ""
                raise InputProblem(f"{where}{problem}") from None
        answer.append(line)
    return answer


def _shaped(like: Values[float], figures: list[float]) -> Values[float]:
    rest = iter(figures)
    return [[next(rest) for _ in row] for row in like]


_AMOUNT = Argument("amount", "Amount in pounds: one cell, or a range", coerce.numbers)

SMALL_FUNCTIONS: tuple[Function, ...] = (
    Function(
        "ICB_UPLIFT",
        "Rolls an amount forward by a range of yearly rates, rounding half-up to the unit after"
        " each year.",
        (
            _AMOUNT,
            Argument(
                "rates",
                "One rate a year, in order: a row or a column, 5.66% or 0.0566",
                coerce.numbers,
            ),
            Argument(
                "unit",
                "What each year is rounded to, in pounds; blank for £1",
                coerce.number,
                optional=True,
            ),
        ),
        uplift,
    ),
    Function(
        "ICB_DEFLATE",
        "Gives an amount of one financial year's prices in another year's prices, by the GDP"
        " deflator that icbudget ships.",
        (
            _AMOUNT,
            Argument(
                "from_year",
                "Financial year of the amount's prices, 2015/16",
                coerce.financial_years,
            ),
            Argument(
                "to_year", "Financial year of the prices wanted, 2025/26", coerce.financial_years
            ),
        ),
        deflate,
    ),
    Function(
        "ICB_DISCOUNT",
        "Gives the present value of an amount in real terms some years from now, by the Green"
        " Book's discount rates.",
        (
            _AMOUNT,
            Argument(
                "steps", "Years from now, whole; year 0 is not discounted", coerce.whole_numbers
            ),
            Argument(
                "kind",
                "standard (3.5 %), health (1.5 %, health effects only) or sensitivity; blank for"
                " standard",
                coerce.words("standard", "health", "sensitivity", default="standard"),
                optional=True,
            ),
        ),
        discount,
    ),
    Function(
        "ICB_SPLIT",
        "Divides an amount in proportion to weights, to the penny: the parts always sum to the"
        " amount.",
        (
            Argument("amount", "Amount in pounds: one cell", coerce.number),
            Argument(
                "weights",
                "Weights of 0 or more, in any scale; the parts come back in their shape",
                coerce.numbers,
            ),
        ),
        split,
    ),
    Function(
        "ICB_EFFECT",
        "Turns a study's effect (risk ratio, odds ratio, absolute risk reduction) into a reduction"
        " of the rate.",
        (
            Argument("measure", "One of: " + "; ".join(MEASURES), coerce.words(*MEASURES)),
            Argument("value", "The estimate in that measure", coerce.numbers),
            Argument(
                "base_risk",
                "Risk without the programme, for an odds ratio or an absolute risk reduction; for"
                " before_after the ratio that comes with nothing done; else blank",
                coerce.numbers,
                optional=True,
            ),
        ),
        effect,
    ),
)
