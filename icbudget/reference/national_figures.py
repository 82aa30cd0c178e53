"""Sourced national figures.

They are deflator, prices, cost uplift and efficiency, population growth, unit costs, single factors
and discount rates.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import NamedTuple

from icbudget import years
from icbudget.reference.loader import UNCONFIRMED, Row, Source, rows, source


class UnitCost(NamedTuple):
    """An average cost or price of one unit of activity.

    `activity` and `cost` are None where only the average was read.
    """

    id: str
    point_of_delivery: str
    description: str
    currency: str
    price_year: str
    unit_cost: Decimal
    activity: int | None
    cost: Decimal | None
    status: str
    note: str
    source: Source


class QalyValue(NamedTuple):
    """A value of a quality-adjusted life year that somebody uses: £, whose text, and its source."""

    id: str
    value: Decimal
    text: str
    source: Source


class NationalFactor(NamedTuple):
    """One dated factor: its value in its unit from a day on, and how far to trust it."""

    id: str
    label: str
    first_day: str
    value: float
    unit: str
    status: str
    note: str
    source: Source


def qaly_values() -> tuple[QalyValue, ...]:
    """Return the values of a QALY in use in England; a plan names its own, with its source."""
    return tuple(
        QalyValue(row["id"], Decimal(row["value"]), row["text"], source(row["source"]))
        for row in rows("qaly_value")
    )


def gdp_deflator() -> dict[str, float]:
    """Return the growth of the GDP deflator into each financial year, as a fraction.

    Source: OBR; `rows` says which are forecasts.
    """
    return {row["financial_year"]: float(row["growth"]) for row in rows("gdp_deflator")}


def national_factors() -> tuple[NationalFactor, ...]:
    """Return single dated factors: wages, charging, growth of emergency admissions, with grades."""
    return tuple(
        NationalFactor(
            row["id"],
            row["label"],
            row["first_day"],
            float(row["value"]),
            row["unit"],
            row["status"],
            row["note"],
            source(row["source"]),
        )
        for row in rows("national_factor")
    )


def price_growth(measure: str) -> dict[str, float]:
    """Return the growth of prices or earnings into each financial year, as a fraction.

    Measures: CPI, average earnings, CPIH, RPI; Office for Budget Responsibility, March 2026.
    Published by calendar year, so derived here: growth into 2026/27 = ¾ of that into 2026 + ¼ of
    that into 2027. A year without both is left out.
    """
    into = {
        int(row["calendar_year"]): float(row["growth"])
        for row in rows("price_path")
        if row["measure"] == measure
    }
    return {
        # Three quarters of a financial year lie in the calendar year in which it begins.
        years.of(first): round(0.75 * growth + 0.25 * into[first + 1], 6)
        for first, growth in into.items()
        if first + 1 in into
    }


def age_bands() -> tuple[str, ...]:
    """Return the age bands that have a population projection."""
    return tuple(dict.fromkeys(row["age_band"] for row in rows("population")))


def population_growth(age_band: str = "all") -> dict[str, float]:
    """Return the growth of England's population of an age band, as a fraction.

    It is the growth into each financial year.

    Growth into 2026/27 = population at mid-2026 ÷ population at mid-2025 − 1. An age band without a
    projection gives no years.
    """
    return {
        row["financial_year"]: float(row["growth"])
        for row in rows("population")
        if row["age_band"] == age_band and row["growth"]
    }


def cost_uplift(version: str = "") -> dict[str, float]:
    """Return the NHS cost uplift factor into each financial year, as a fraction.

    It is of one version, such as `after pay award`.

    Without a version, the last one of each year that is not a proposal. A year is left out where
    that figure is not confirmed, and so are 2023/24 and 2024/25, which were raised after the pay
    award to a figure not verified here.
    """
    return _factor("cost uplift", version)


def efficiency(version: str = "") -> dict[str, float]:
    """Return the NHS efficiency factor into each financial year, as a fraction.

    Versions are as in `cost_uplift`.
    """
    return _factor("efficiency", version)


def _factor(factor: str, version: str) -> dict[str, float]:
    last = {
        row["financial_year"]: row
        for row in rows("nhs_cost_uplift")
        if row["factor"] == factor
        and (row["version"] == version if version else row["version"] != "proposed")
    }
    return {
        year: float(row["value"]) for year, row in last.items() if row["status"] not in UNCONFIRMED
    }


@cache
def unit_costs() -> tuple[UnitCost, ...]:
    """Return national average unit costs, latest price year first.

    `status` and `note` say what each may be used for.
    """
    return tuple(
        UnitCost(
            row["id"],
            row["point_of_delivery"],
            row["description"],
            row["currency"],
            row["price_year"],
            Decimal(row["unit_cost"]),
            int(row["activity"]) if row["activity"] else None,
            Decimal(row["cost"]) if row["cost"] else None,
            row["status"],
            row["note"],
            source(row["source"]),
        )
        for row in rows("unit_cost")
    )


def discount_bands(
    rate_set: str = "green_book_2026", kind: str = "standard"
) -> tuple[tuple[int, int | None, float], ...]:
    """Return (first year, last year, rate) of each band, years from now.

    The last band has no last year.

    Kinds: standard (cash), health (health effects only, never cash), sensitivity (horizons over 50
    years).
    """
    return tuple(
        (
            int(row["first_year"]),
            int(row["last_year"]) if row["last_year"] else None,
            float(row["rate"]),
        )
        for row in rows("discount_rate")
        if row["rate_set"] == rate_set and row["kind"] == kind
    )


def uncertainty_default(figure: str, grade: str = "") -> Row:
    """Return how uncertain a kind of figure is taken to be where nothing is entered.

    It is a judgement, not evidence.
    """
    return next(
        row
        for row in rows("uncertainty_default")
        if row["figure"] == figure and row["grade"] in ("", grade)
    )


def correlation_default(pair: str) -> float:
    """Return the rank correlation that a kind of pair is taken to have.

    It counts where nothing is entered, and is a judgement, not evidence.
    """
    return next(
        float(row["rank_correlation"]) for row in rows("correlation_default") if row["pair"] == pair
    )
