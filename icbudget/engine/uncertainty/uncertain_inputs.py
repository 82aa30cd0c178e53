"""Which figures of a plan are uncertain, and how.

What is entered on Uncertainty, else what is assumed (judgements).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from icbudget import reference
from icbudget.engine.projection.effect import ratio_without_programme
from icbudget.engine.uncertainty import distributions
from icbudget.engine.uncertainty.distributions import Distribution
from icbudget.plan import TABLES, Plan
from icbudget.plan.columns import Column, Kind, columns_of, limits_of
from icbudget.plan.index import FLAT
from icbudget.plan.looked_at import kept_by_fields
from icbudget.plan.programme import Programme
from icbudget.plan.rows import path, split_path
from icbudget.plan.uncertainty import Uncertainty

DRAWABLE = {
    "programmes": (
        "effect",
        "base_risk",
        "deadweight",
        "attribution",
        "displacement",
        "optimism_benefit",
        "optimism_cost",
        "reach",
        "people",
        "cohort",
        "max_reach",
        "lag",
        "drop_off",
        "unit_cost",
        "fixed_cost",
        "double_running",
        "exit_cost",
    ),
    "acute_lines": (
        "base_activity",
        "baseline_adjustment",
        "unit_price",
        "market_forces_factor",
        "unit_cost",
        "closes",
        "backfill",
    ),
    "indices": ("rates",),
    "contributions": ("base_amount", "amounts"),
    "schemes": ("base_amount", "amounts"),
    "goals": ("expected",),
}
"""Figures that may be drawn, by table."""
RATIOS = ("risk_ratio", "odds_ratio", "before_after")
ROLES = (
    ("demographic", "acute_lines", ("demographic_index",)),
    ("non_demographic", "acute_lines", ("non_demographic_index",)),
    ("uplift", "acute_lines", ("price_uplift", "cost_uplift")),
    ("uplift", "programmes", ("cost_index",)),
    ("efficiency", "acute_lines", ("price_efficiency", "cost_efficiency")),
)
"""What an index is for, by the columns that name it.

The first that does decides how uncertain it is taken to be.
"""


@dataclass(frozen=True, eq=False)
class Uncertain:
    """One uncertain figure.

    Where it is, its distribution, how a draw is put in, and the driver whose score draws it.
    """

    path: str
    table: str
    key: str
    field: str
    year: str
    fitted: Callable[[], Distribution]
    """Fits its distribution.

    Checks of a plan need none, and fitting takes longer than all of them together.
    """
    way: str
    """How a draw is put in.

    value: a draw is the figure; factor: it multiplies the figure of every year; added: it is added
    to every year's rate.
    """
    driver: str
    persistence: float
    shape: str
    """What the distribution is called."""
    assumed: bool
    """Whether it is icbudget's assumption, a judgement, and not entered in the plan."""

    @cached_property
    def distribution(self) -> Distribution:
        """Return its distribution, fitted when it is first asked for."""
        return self.fitted()


@kept_by_fields(24)  # the scenarios of a plan and its edits
def uncertain_figures(plan: Plan) -> tuple[Uncertain, ...]:
    """Return every uncertain figure of a plan, once each, those entered first.

    The plan has no error findings.

    Where Setup says `assumed`, figures of which nothing is entered take the defaults of
    `reference.uncertainty_default`.
    """
    entered = {row.path: row for row in plan.uncertainties}
    rows = [figure for figure in map(partial(_entered, plan), entered.values()) if figure]
    if plan.setup.uncertainty == "assumed":
        known = {parts[:3] for parts in map(split_path, entered) if parts}
        # What somebody entered of a figure stands, in one year or in all: nothing is assumed beside
        # it.
        rows += [u for u in _assumed(plan) if (u.table, u.key, u.field) not in known]
    return tuple(rows)


def figure_at(plan: Plan, where: str) -> tuple[str, str, str, str, Any] | None:
    """Return (table, key, field, year, row) of a path that names a figure which may be drawn.

    None where it does not.
    """
    parts = split_path(where)
    if parts is None or parts[2] not in DRAWABLE.get(parts[0], ()):
        return None
    table, key, field, year = parts
    row = next((r for r in getattr(plan, table) if TABLES[table].key_of(r) == key), None)
    if row is None or (
        year and (year not in plan.years[1:] or not column_of(table, field).by_year)
    ):
        return None
    return table, key, field, year, row


def column_of(table: str, field: str) -> Column:
    """Return the definition of a figure."""
    return next(c for c in columns_of(TABLES[table].noun) if c.field == field)


def way_of(table: str, field: str, year: str) -> str:
    """Return how a draw is put in.

    As the value, as a factor on every year, or added to every year's rate.
    """
    if year or not column_of(table, field).by_year:
        return "value"
    return "added" if table == "indices" else "factor"


def own_value(row: Any, field: str, way: str, year: str) -> float:
    """Return the plan's own figure in the terms of a draw: 1 as a factor, 0 as something added."""
    if way != "value":
        return 1.0 if way == "factor" else 0.0
    stated = getattr(row, field)
    return float((stated.get(year, 0.0) if year else stated) or 0.0)


def bounds(row: Any, table: str, field: str, way: str) -> tuple[float, float]:
    """Return the least and the most that a draw can be.

    The limits of its column, and what is left of them as a factor.

    A rate is drawn from −95 % to 100 %; rates that are planned beyond that are drawn no further out
    than they are.
    """
    column = column_of(table, field)
    if table == "goals":
        return -1e300, 1e300
    if way == "added":
        rates = [float(r) for r in row.rates.values()] or [0.0]
        return min(-0.95 - min(rates), 0.0), max(1.0 - max(rates), 0.0)
    limits = limits_of(TABLES[table].noun, field)
    least = limits.get("ge", limits.get("gt", -1e300))
    most = limits.get("le", limits.get("lt", 1e300))
    if column.by_year:
        least, most = 0.0, 1.0 if column.kind is Kind.FRACTION else 1e300
    if field == "effect":
        # Harm has no least; no more than everything can be avoided, which in an absolute measure
        # is the base risk itself.
        least, most = -1e300, 1.0
        if row.effect_measure == "absolute_risk_reduction":
            most = row.base_risk or 1.0
    # A factor multiplies every year, so the largest year decides how far it may go.
    if way == "factor" and most < 1e300:
        most /= max((float(v) for v in getattr(row, field).values() if v), default=1.0)
    return least, most


def _entered(plan: Plan, row: Uncertainty) -> Uncertain | None:
    figure = figure_at(plan, row.path)
    has_no_spread = row.low is not None and row.low == row.high
    if figure is None or row.distribution == "fixed" or has_no_spread:
        return None
    table, key, field, year, noun = figure
    way = way_of(table, field, year)
    driver = row.driver or row.path

    def fitted() -> Distribution:
        return distribution_of(row, noun, table, field, way, year)

    return Uncertain(
        path=row.path,
        table=table,
        key=key,
        field=field,
        year=year,
        fitted=fitted,
        way=way,
        driver=driver,
        persistence=row.persistence,
        shape=row.distribution,
        assumed=False,
    )


def distribution_of(
    row: Uncertainty, noun: Any, table: str, field: str, way: str, year: str
) -> Distribution:
    """Return the distribution that a row of Uncertainty gives a figure, cut off at its bounds.

    Raises `ValueError`, in words for the person who entered it, where nothing fits or hardly
    anything of it is left.
    """
    if row.distribution == "bernoulli":
        return distributions.happens(
            row.chance or 0.0, row.low or 0.0, 1.0 if row.high is None else row.high
        )
    central = own_value(noun, field, way, year) if row.mode is None else row.mode
    low, high = row.low or 0.0, row.high or 0.0
    if field != "effect":
        fitted = distributions.fit(row.distribution, low, central, high, row.interval)
        return distributions.truncated(fitted, *bounds(noun, table, field, way))
    return effect_distribution(
        noun, row.distribution, low, central, high, row.interval, row.null_chance or 0.0
    )


def effect_distribution(
    programme: Programme,
    shape: str,
    low: float,
    central: float,
    high: float,
    interval: str,
    null_chance: float,
) -> Distribution:
    """Return the distribution of an effect in its own measure.

    A high score is always a great effect.

    It is fitted as stated (a lognormal rate reduction by its ratio, `1 − E`), turned to a gain (`1
    − ratio`; before and after, against the ratio with nothing done), mixed with the chance that it
    does nothing at all (then N(0, sd²) of what was fitted), cut off at what can be, and turned
    back.
    """
    ratio, nothing = programme.effect_measure in RATIOS, _no_effect(programme) or 1.0
    low, central, high = low / nothing, central / nothing, high / nothing
    if shape == "lognormal" and not ratio:
        # Of a reduction that may be below zero there is no logarithm; of the ratio there is.
        by_ratio = distributions.fit(shape, 1.0 - high, 1.0 - central, 1.0 - low, interval)
        gain = distributions.flipped(by_ratio)
    else:
        fitted = distributions.fit(shape, low, central, high, interval)
        gain = distributions.flipped(fitted) if ratio else fitted
    if null_chance:
        gain = distributions.or_nothing(gain, null_chance, gain.sd)
    gain = distributions.truncated(gain, *bounds(programme, "programmes", "effect", "value"))
    return distributions.ratio_after(gain, nothing) if ratio else gain


def _no_effect(programme: Programme) -> float:
    """Return the value of the programme's measure that means no effect at all."""
    if programme.effect_measure == "before_after":
        return ratio_without_programme(programme) or 1.0
    return 1.0 if programme.effect_measure in RATIOS else 0.0


def _assumed(plan: Plan) -> Iterator[Uncertain]:
    for programme in plan.programmes:
        yield from _assumed_effect(programme)
        for field in ("reach" if programme.reach_basis == "direct" else "people", "fixed_cost"):
            if any(getattr(programme, field).values()):
                yield _default("programmes", programme, field, field, "factor")
        if programme.unit_cost:
            yield _default(
                "programmes", programme, "unit_cost", "unit_cost", "value", programme.unit_cost
            )
    for line in plan.acute_lines:
        if any(line.closes.values()):
            yield _default("acute_lines", line, "closes", "closes", "factor")
    roles = index_roles(plan)
    for index in plan.indices:
        if index.id in roles and index.rates:
            yield _default("indices", index, "rates", roles[index.id], "added")


def index_roles(plan: Plan) -> dict[str, str]:
    """Return what each index in use is for.

    Those that only roll funding forward are as announced and not drawn.
    """
    roles: dict[str, str] = {}
    if plan.setup.deflator not in ("", FLAT):
        roles[plan.setup.deflator] = "deflator"
    for role, table, fields in ROLES:
        for row in getattr(plan, table):
            for name in (getattr(row, field) for field in fields):
                if name and name != FLAT:
                    roles.setdefault(name, role)
    return roles


def _default(
    table: str, row: Any, field: str, kind: str, way: str, scale: float = 1.0
) -> Uncertain:
    default = reference.uncertainty_default(kind)

    def fitted() -> Distribution:
        if default["distribution"] == "bernoulli":
            return distributions.happens(float(default["chance"]))
        central = 0.0 if way == "added" else 1.0
        wide = distributions.fit(
            default["distribution"], float(default["low"]), central, float(default["high"])
        )
        least, most = bounds(row, table, field, way)
        narrow = distributions.truncated(wide, least / scale, most / scale)
        return distributions.scaled(narrow, scale)

    where = path(TABLES[table], row.id, field)
    persistence = float(default["persistence"] or 0.0)
    return Uncertain(
        path=where,
        table=table,
        key=row.id,
        field=field,
        year="",
        fitted=fitted,
        way=way,
        driver=where,
        persistence=persistence,
        shape=default["distribution"],
        assumed=True,
    )


def _assumed_effect(programme: Programme) -> Iterator[Uncertain]:
    default = reference.uncertainty_default("effect", programme.grade)
    none, central = _no_effect(programme), programme.effect
    low, high = programme.effect_low, programme.effect_high
    # A ratio cannot be below zero, and is spread by factors; a reduction lies between two ends.
    shape = "lognormal" if none else "pert"
    if low is None or high is None or distributions.unfit(shape, low, central, high, "p10_p90"):
        # An effect of nothing without an interval has no spread that anybody could assume.
        if central == none:
            return
        shape = "pert"
        low, high = sorted(none + float(default[end]) * (central - none) for end in ("low", "high"))
    ends = (low, central, high)
    chance = reference.chance_of_no_effect(programme.grade, programme.library)

    def fitted() -> Distribution:
        return effect_distribution(programme, shape, *ends, "p10_p90", chance)

    where = path(TABLES["programmes"], programme.id, "effect")
    yield Uncertain(
        path=where,
        table="programmes",
        key=programme.id,
        field="effect",
        year="",
        fitted=fitted,
        way="value",
        driver=where,
        persistence=0.0,
        shape=f"{shape}, or none",
        assumed=True,
    )
