"""The answer about what drives the range, and what finding out first would be worth."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from icbudget.answers.block import Lines, Row
from icbudget.answers.case import Case
from icbudget.answers.side_by_side import laid_under
from icbudget.answers.simulated_ranges import net_worth, pounds, simulated, six_digits
from icbudget.engine.rounding import Floats
from icbudget.engine.uncertainty.distributions import SCORES
from icbudget.engine.uncertainty.outcomes import NPV
from icbudget.engine.uncertainty.simulate import Simulation, runner_of
from icbudget.engine.uncertainty.statistics import chance
from icbudget.engine.uncertainty.uncertain_inputs import Uncertain, column_of, uncertain_figures
from icbudget.engine.uncertainty.value_of_information import (
    LOOKED_AT,
    Driver,
    drivers_by_swing,
    value_of_perfect_information,
    with_nothing,
)
from icbudget.findings import stopped
from icbudget.money import display
from icbudget.plan import TABLES, Plan
from icbudget.plan.rows import split_path

NET_AT = "Net cash over the plan"
MEASURES_OF_A_DRIVER = 6
"""Rows that each driver has; net cash is the first."""
STATED = "the plan as stated"
ORDER = "What moves the range most comes first, each driver alone, all else as planned. "
Worths = Mapping[str, Floats]
"""Net present value of other plans by name, pence in every draw or in the first `LOOKED_AT` of
them.
"""


def tornado(case: Case) -> Lines:
    """Return what drives the range of a plan's own simulation; see `swings`.

    Swings are £ of net cash over the plan. Source: model §11.1.
    """
    made, others = simulated(case.plan), rivals(case, net_worth)
    drivers = drivers_by_swing(runner_of(case.plan), made, tuple(others.values()))
    return swings(made, drivers, others)


def rivals(case: Case, worth_of: Callable[[Plan], Floats]) -> Worths:
    """Return what else could be decided: net present value in the same draws, by name of plan.

    They are the plan as stated and the scenarios that it writes out, over the same years. A
    scenario that changes an uncertain figure tells another state of the world and is no choice;
    under one that does there is nothing to compare.
    """
    stated = case.before_scenario
    drawn = {(u.table, u.key, u.field) for u in uncertain_figures(case.plan)}
    names = dict.fromkeys(("", *(change.scenario for change in stated.scenarios)))
    touched: dict[str, set[tuple[str, str, str]]] = {name: set() for name in names}
    for change in stated.scenarios:
        parts = split_path(change.path)
        if parts and parts[0] in TABLES:
            touched[change.scenario].add((parts[0], TABLES[parts[0]].whole_key(parts[1]), parts[2]))
    # Who changes what nobody decides, such as a growth rate, describes another world.
    states = {name for name, figures in touched.items() if figures & drawn}
    active = stated.setup.active_scenario
    if active in states or active not in names:
        return {}
    others = {
        name or STATED: laid_under(case, name)
        for name in names
        if name != active and name not in states
    }
    return {
        name: worth_of(laid.plan)
        for name, laid in others.items()
        if laid.plan.years == case.plan.years and not stopped(laid.findings)
    }


_WAYS = {"factor": "Factor on every year", "added": "Added to every year's rate"}
"""How a draw of a driver is put in, in words; else it is the figure itself."""


def swings(made: Simulation, drivers: tuple[Driver, ...], others: Worths) -> Lines:
    """Return every driver of uncertainty, the one that moves net cash most first.

    It has its swing, its rank correlation, and the value of knowing it.

    A driver is put at its P10 and its P90 with every other figure as planned. Knowing is worth what
    a better choice would bring, in present value of the system's cash: between doing nothing, the
    plan and its rivals, and between the plans alone.
    """
    rows: list[Row] = []
    for driver in drivers:
        first = driver.figures[0]
        source = (
            "assumed: a judgement"
            if all(u.assumed for u in driver.figures)
            else "entered on Uncertainty"
        )
        shape = first.shape if len(driver.figures) == 1 else f"{len(driver.figures)} figures"
        labels = (in_words(driver, made.plan), shape, source, driver.name)
        end = SCORES["p10_p90"]
        figure = (*first.distribution.at(np.array([-end, end])), first.distribution.mean)
        net = (driver.low, driver.high, driver.swing)
        balance = (driver.worst_low, driver.worst_high, abs(driver.worst_high - driver.worst_low))
        way = _WAYS.get(first.way, "The figure itself")
        between = pounds(driver.worth_between) if others else None
        for measure, unit, cells in (
            (NET_AT, "£", tuple(map(pounds, net))),
            ("Worst balance of a year", "£", tuple(map(pounds, balance))),
            (
                "Rank correlation with net cash",
                "factor",
                (None, None, round(driver.rank_correlation, 3)),
            ),
            ("Worth knowing before deciding", "£", (None, None, pounds(driver.worth))),
            ("Worth knowing before choosing a scenario", "£", (None, None, between)),
            (f"{way}, mean last", unit_of(first), tuple(map(six_digits, map(float, figure)))),
        ):
            rows.append(Row((*labels, measure), unit, cells))
    shows = f"{ORDER}{worth_knowing(made, drivers, others)}"
    return Lines(shows, tuple(rows))


def unit_of(figure: Uncertain) -> str:
    """Return the unit that a figure is drawn in.

    It is its own, or that of a factor or of what is added to a rate.
    """
    own = column_of(figure.table, figure.field).unit
    return {"factor": "factor", "added": "%"}.get(figure.way, own or "factor")


def in_words(driver: Driver, plan: Plan) -> str:
    """Return what people call a driver.

    That is the name of the row and the column of its only figure, or the name that somebody gave
    it.
    """
    first = driver.figures[0]
    if driver.name != first.path:
        return driver.name
    column = column_of(first.table, first.field)
    table = TABLES[first.table]
    row = next((r for r in getattr(plan, first.table) if table.key_of(r) == first.key), None)
    called = getattr(row, "name", "") or getattr(row, "measure", "") or first.key.replace("|", ", ")
    return f"{called}: {column.label}" + (f" in {first.year}" if first.year else "")


def worth_knowing(made: Simulation, drivers: tuple[Driver, ...], others: Worths) -> str:
    """Return in words what it would be worth to find out before deciding.

    Deciding to go ahead, and choosing between plans, each have a sentence.
    """
    if not drivers:
        return "Nothing in the plan is uncertain."
    own = made.plan.setup.active_scenario or STATED
    plans = np.stack([worth[:LOOKED_AT] for worth in (made.over_plan(NPV), *others.values())])
    everything = value_of_perfect_information(with_nothing(plans))
    best = max(drivers, key=lambda d: d.worth)
    message = (
        f"Before deciding whether to go ahead, {_known(made.plan, everything, best, best.worth)}"
    )
    # Pence: less than £1 is what the splits of pence leave.
    if round(everything) < 100:
        loses = plans[0].mean() < 0
        share = float(chance(plans[0] < 0 if loses else plans[0] >= 0))
        what = "costs more cash than it releases" if loses else "releases more cash than it costs"
        message = (
            f"On the system's cash no study would change the decision: going ahead {what} in"
            f" {share:.0%} of draws."
        )
    if not others:
        return message
    names, means = (own, *others), plans.mean(axis=1)
    top, between = int(means.argmax()), max(drivers, key=lambda d: d.worth_between)
    among = value_of_perfect_information(plans)
    least = _sampled(float(means[top]))
    called = [name if name == STATED else f"“{name}”" for name in names]
    best_of = (
        f"Of {', '.join(called[:-1])} and {called[-1]}, {called[top]} has the highest net present"
        f" value on average, {least}"
    )
    if round(among) < 100:
        return f"{message} {best_of}, in every draw."
    return (
        f"{message} {best_of}. Before choosing between them,"
        f" {_known(made.plan, among, between, between.worth_between)}"
    )


def _known(plan: Plan, everything: float, best: Driver, worth: float) -> str:
    message = f"knowing everything would be worth up to {_sampled(everything)}"
    if round(worth) < 100:
        return f"{message}; no single driver would change the decision by itself."
    return (
        f"{message}; to evaluate “{in_words(best, plan)}” before scaling is worth up to"
        f" {_sampled(worth)}."
    )


def _sampled(pence: float) -> str:
    """Return an amount that draws estimate, to three digits: they carry no more."""
    drawn = round(pence)
    digits = 2 - math.floor(math.log10(abs(drawn))) if drawn else 0
    return display(round(drawn, min(digits, 0)), pounds_only=True)
