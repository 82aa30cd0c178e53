"""Rows of Uncertainty name figures of the plan and give them usable distributions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from icbudget.checks.plan_places import at
from icbudget.engine.uncertainty import distributions, uncertain_inputs
from icbudget.findings import Finding, error, warning
from icbudget.plan import TABLES, Plan
from icbudget.plan.columns import columns_of
from icbudget.plan.goal import ENTERED
from icbudget.plan.rows import split_path
from icbudget.plan.uncertainty import Correlation, Uncertainty

WAYS = {
    "value": "",
    "factor": " It is a factor on every year: 1 as planned.",
    "added": " It is added to every year's rate: 0.01 is 1 %.",
}


def figures(plan: Plan) -> list[Finding]:
    """Return a finding for every row without a figure that can be drawn as it says.

    Findings: `uncertainty.moves-nothing`, `uncertainty.no-chance`, `uncertainty.no-interval`,
    `uncertainty.no-spread`, `uncertainty.no-such-path`, `uncertainty.not-drawn`,
    `uncertainty.outside`, `uncertainty.unfit`.
    """
    findings: list[Finding] = []
    for row in plan.uncertainties:
        figure = uncertain_inputs.figure_at(plan, row.path)
        if figure is None:
            findings.append(_no_figure(plan, row))
        else:
            findings += _unfit(row, *figure) or _moves_nothing(plan, row, *figure)
    return findings


def _no_figure(plan: Plan, row: Uncertainty) -> Finding:
    parts = split_path(row.path)
    place = at("uncertainties", row, "path")
    if parts is None or parts[0] not in TABLES:
        message, fix = (
            f"“{row.path}” is not a figure.",
            "Write it as table/key/field, such as programmes/falls/effect.",
        )
        return error("uncertainty.no-such-path", message, fix, place)
    table, key, field, year = parts
    if field not in uncertain_inputs.DRAWABLE.get(table, ()):
        paths: list[str] = []
        for name, fields in uncertain_inputs.DRAWABLE.items():
            paths += [f"{name}/…/{of_row}" for of_row in fields]
        allowed = "; ".join(paths)
        return error(
            "uncertainty.not-drawn",
            f"“{row.path}” cannot be drawn.",
            f"Name a figure that can: {allowed}.",
            place,
        )
    if year and key in {TABLES[table].key_of(r) for r in getattr(plan, table)}:
        message = f"“{row.path}” names a year that the plan does not project."
        return error(
            "uncertainty.no-such-path",
            message,
            f"Use a year from {plan.years[1:2]} on, or none.",
            place,
        )
    return error(
        "uncertainty.no-such-path",
        f"{TABLES[table].label} has no “{key}”.",
        "Name a row that is there.",
        place,
    )


def _unfit(
    row: Uncertainty, table: str, key: str, field: str, year: str, noun: object
) -> list[Finding]:
    """Return what is wrong with the values of a row."""
    if row.distribution == "fixed":
        return []
    if row.distribution == "bernoulli":
        if row.chance is not None:
            return []
        message = "A bernoulli distribution needs a chance."
        fix = "Type the chance that it happens, such as 50%."
        return [error("uncertainty.no-chance", message, fix, at("uncertainties", row, "chance"))]
    for end in ("low", "high"):
        if getattr(row, end) is None:
            message = f"A {row.distribution} distribution needs low and high."
            fix = "Type both ends of the interval, or say fixed."
            return [error("uncertainty.no-interval", message, fix, at("uncertainties", row, end))]
    return _unfit_interval(row, table, field, year, noun)


def _unfit_interval(
    row: Uncertainty, table: str, field: str, year: str, noun: object
) -> list[Finding]:
    """Return what is wrong with the low, central and high values of a row."""
    way = uncertain_inputs.way_of(table, field, year)
    place = at("uncertainties", row, "low")
    low, high = float(row.low or 0.0), float(row.high or 0.0)
    central = uncertain_inputs.own_value(noun, field, way, year) if row.mode is None else row.mode
    if low == high:
        message = (
            f"Low and high of “{row.path}” are both {low:g}, so it is taken as fixed at the plan's"
            " own figure."
        )
        fix = "Type an interval, or say fixed."
        return [warning("uncertainty.no-spread", message, fix, place)]
    ratio = field == "effect" and getattr(noun, "effect_measure", "") in uncertain_inputs.RATIOS
    values = (low, central, high)
    if field == "effect" and row.distribution == "lognormal" and not ratio:
        # What is lognormal is the ratio of use with the programme, 1 − the reduction.
        values = (1.0 - high, 1.0 - central, 1.0 - low)
    wrong = distributions.unfit(row.distribution, *values, row.interval)
    if wrong:
        fix = f"Correct low, central and high, or choose another distribution.{WAYS[way]}"
        return [error("uncertainty.unfit", f"“{row.path}”: {wrong}.", fix, place)]
    least, most = uncertain_inputs.bounds(noun, table, field, way)
    if ratio:
        # typed as a ratio, while the bounds are those of the reduction that it becomes
        least, most = 0.0, 1e300
    if not least <= central <= most:
        message = f"“{row.path}” would be {central:g}, which it cannot be."
        fix = f"Type a figure from {least:g} to {most:g}.{WAYS[way]}"
        return [error("uncertainty.outside", message, fix, at("uncertainties", row, "mode"))]
    if least <= low and high <= most:
        return []
    return _nothing_left(row, table, field, way, year, noun)


def _moves_nothing(
    plan: Plan, row: Uncertainty, table: str, key: str, field: str, year: str, noun: Any
) -> list[Finding]:
    """Return a finding for a figure that is drawn and that nothing of the plan rests on."""
    if row.distribution == "fixed":
        return []
    by_factor = uncertain_inputs.way_of(table, field, year) == "factor"
    if table == "indices" and key not in _indices_used(plan):
        why, fix = (
            f"nothing in the plan uses the index “{key}”",
            "Name an index that is used, or delete the row.",
        )
    elif table == "goals" and noun.measured_by not in ENTERED:
        why, fix = (
            f"goal “{key}” is worked out from the plan",
            "Delete the row: its range comes from the figures behind it.",
        )
    elif by_factor and not any(getattr(noun, field).values()):
        why, fix = (
            f"no year of it is filled in for “{key}”",
            "Name the figure that the row uses, or delete the row.",
        )
    else:
        return []
    place = at("uncertainties", row, "path")
    return [
        warning(
            "uncertainty.moves-nothing", f"Drawing “{row.path}” moves nothing: {why}.", fix, place
        )
    ]


def _indices_used(plan: Plan) -> set[str]:
    """Return every index that the plan or one of its scenarios rolls a figure forward with."""
    used: set[str] = {plan.setup.deflator, *(change.value for change in plan.scenarios)}
    for name, table in TABLES.items():
        if name == "indices":
            continue
        fields = [column.field for column in columns_of(table.noun) if column.table == "indices"]
        for row in getattr(plan, name):
            used.update(str(getattr(row, field)) for field in fields)
    return used


def _nothing_left(
    row: Uncertainty, table: str, field: str, way: str, year: str, noun: object
) -> list[Finding]:
    """Return a finding where hardly any of an interval is within the figure's bounds.

    Only then is the distribution fitted: of an interval that lies within what the figure can be,
    enough does.
    """
    try:
        uncertain_inputs.distribution_of(row, noun, table, field, way, year)
    except ValueError as wrong:
        fix = f"Make the interval narrower.{WAYS[way]}"
        return [
            error(
                "uncertainty.unfit", f"“{row.path}”: {wrong}.", fix, at("uncertainties", row, "low")
            )
        ]
    return []


def twice(plan: Plan) -> list[Finding]:
    """Return a finding where the same figure is named for all years and for one.

    Findings: `uncertainty.twice`.
    """
    parts = [(row, split_path(row.path)) for row in plan.uncertainties]
    for_all_years = {named[:3] for _, named in parts if named and not named[3]}
    findings: list[Finding] = []
    for row, named in parts:
        if named and named[3] and named[:3] in for_all_years:
            message = f"“{row.path}” is named for every year and for one year."
            place = at("uncertainties", row, "path")
            findings.append(error("uncertainty.twice", message, "Keep one of the two.", place))
    return findings


def correlations(plan: Plan) -> list[Finding]:
    """Return findings for drivers nothing uses, pairs twice, impossible correlations.

    Findings: `correlation.no-driver`, `correlation.repaired`, `correlation.twice`.
    """
    if not plan.correlations:
        return []
    # What is drawn must be known before it can be said what goes with what.
    if any(finding.severity == "error" for finding in (*figures(plan), *twice(plan))):
        return []
    from icbudget.engine.uncertainty.drivers import drivers_of

    drivers = drivers_of(plan, uncertain_inputs.uncertain_figures(plan))
    findings: list[Finding] = []
    # A correlation goes both ways: a with b is b with a.
    pairs = Counter(frozenset((row.driver_a, row.driver_b)) for row in plan.correlations)
    for row in plan.correlations:
        for field in ("driver_a", "driver_b"):
            if getattr(row, field) not in drivers.names:
                findings.append(_no_driver(row, field, drivers.names))
        place = at("correlations", row, "driver_b")
        if row.driver_a == row.driver_b:
            message = f"“{row.driver_a}” is correlated with itself, which is always 1."
            findings.append(
                error("correlation.twice", message, "Delete one of the two rows.", place)
            )
        elif pairs[frozenset((row.driver_a, row.driver_b))] > 1:
            message = f"The correlation of “{row.driver_a}” and “{row.driver_b}” is entered twice."
            findings.append(
                error("correlation.twice", message, "Delete one of the two rows.", place)
            )
    if drivers.repair:
        a, b = drivers.repaired
        message = (
            "These correlations cannot all hold at once. The nearest that can are used; the largest"
            f" change, {drivers.repair:.2f}, is between “{a}” and “{b}”."
        )
        fix = "Make the correlations between the same drivers less extreme."
        place = at("correlations", plan.correlations[0], "rank_correlation")
        findings.append(warning("correlation.repaired", message, fix, place))
    return findings


def _no_driver(row: Correlation, field: str, names: Sequence[str]) -> Finding:
    message = (
        f"No uncertain figure has the driver “{getattr(row, field)}”, so this correlation does"
        " nothing."
    )
    fix = (
        "Name a driver of Uncertainty, or the path of a figure. There are:"
        f" {'; '.join(names[:8]) or 'none'}."
    )
    return warning("correlation.no-driver", message, fix, at("correlations", row, field))


WHY_IT_MATTERS = {
    "correlation.no-driver": (
        "The plan's range stays narrower than somebody meant it to be, because nothing moves"
        " together."
    ),
    "correlation.repaired": (
        "The drivers are drawn a little less linked than was asked. The range of the results"
        " changes with it."
    ),
    "correlation.twice": (
        "A thing moves with itself always. The pair that was meant is missing, so the range is"
        " too narrow."
    ),
    "uncertainty.moves-nothing": (
        "A range is stated that changes no answer, so the plan looks more certain than it is."
    ),
    "uncertainty.no-chance": (
        "Without the chance nobody knows how often it happens, so it cannot be drawn."
    ),
    "uncertainty.no-interval": (
        "Without low and high there is nothing to draw from, so the figure is taken as certain."
    ),
    "uncertainty.no-spread": (
        "A range of no width makes the figure certain. If that is not meant, the plan's range"
        " is too narrow."
    ),
    "uncertainty.no-such-path": (
        "The range belongs to no figure, so the one that was meant is taken as certain."
    ),
    "uncertainty.not-drawn": "This figure cannot vary, so its row widens nothing.",
    "uncertainty.outside": (
        "A draw would give the field a value it cannot have, such as a share above 100%."
    ),
    "uncertainty.twice": (
        "The figure would be drawn twice for one year, and the two draws would not agree."
    ),
    "uncertainty.unfit": (
        "The shape cannot be drawn through these three figures, so no ranges can be given."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
