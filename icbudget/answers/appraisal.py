"""Answers about what the plan is worth.

They are the four views, never summed, and the values at which they switch.
"""

from __future__ import annotations

import numpy as np

from icbudget import glossary
from icbudget.answers.block import Cell, Lines, Row
from icbudget.answers.case import Case
from icbudget.engine.appraisal.discounting import Appraisal, switching_value
from icbudget.engine.appraisal.net_benefit import (
    COMMISSIONER,
    PUBLIC,
    SYSTEM,
    TARIFF,
    Worth,
    worth,
)
from icbudget.engine.appraisal.switching import LARGEST, Switch, switches
from icbudget.engine.rounding import Floats
from icbudget.plan.evidence_rows import JUDGEMENT, is_judgement
from icbudget.plan.programme import Programme


def appraisal(case: Case) -> Lines:
    """Return the appraisal of each view: commissioners' cash, system cash, capacity, public value.

    The views are never summed. Cash is nominal; present values deflate by the plan's deflator to
    the price base, then discount from the base year. What activity in the place of the avoided
    costs is a cost in every ratio (model §6). The view at the end is for comparison.
    Source: model §10.1.
    """
    values = worth(case.plan, case.answered.projection)
    rows: list[Row] = []
    for view in (COMMISSIONER, SYSTEM):
        rows.extend(_view(case, view, values.view(view)))
    for k, line in enumerate(case.plan.acute_lines):
        freed = float(case.answered.projection.avoided[0, :, k].sum())
        label = f"{line.name or line.id}: {line.currency}s released over the plan"
        rows.append(Row(("Capacity", label), line.currency, (freed,)))
    rows.extend(_public(case, values))
    rows.extend(_view(case, TARIFF, values.view(TARIFF)))
    shows = (
        "Views that must never be added together. Cash is in the prices of the price base,"
        " discounted to the base year."
    )
    return Lines(shows, tuple(rows))


def _ratio(x: Floats) -> Cell:
    return None if np.isnan(x[0]) else float(x[0])


def _view(case: Case, view: str, a: Appraisal) -> list[Row]:
    never = np.isnan(a.payback[0])
    paid_back = "not within the plan" if never else case.plan.years[int(a.payback[0])]
    breaks_even = float(switching_value(a.benefits, a.costs)[0]) if a.benefits[0] > 0 else None
    return [
        *_ratios(view, a),
        Row((view, "Payback on cumulative cash"), "year", (paid_back,)),
        Row((view, "Switching value: benefits needed to break even"), "%", (breaks_even,)),
    ]


def _ratios(view: str, a: Appraisal) -> list[Row]:
    # Rounded before they are taken from one another, so that the three rows add up as printed.
    benefits, costs = (round(float(x[0]), 2) for x in (a.benefits, a.costs))
    return [
        Row((view, "Present value of benefits"), "£", (benefits,)),
        Row((view, "Present value of costs"), "£", (costs,)),
        Row((view, glossary.NET_PRESENT_VALUE), "£", (round(benefits - costs, 2),)),
        Row((view, "Benefit-cost ratio"), "factor", (_ratio(a.bcr),)),
        Row((view, "Return on investment"), "%", (_ratio(a.roi),)),
    ]


def _public(case: Case, values: Worth) -> list[Row]:
    if not values.qalys.any():
        return [
            Row((PUBLIC, "Not entered: no programme states health effects (QALYs)"), "£", (None,))
        ]
    rows: list[Row] = []
    if not_valued := _without_health_effects(case):
        label = "Programmes not valued: no health effects stated"
        rows.append(Row((PUBLIC, label), "", (not_valued,)))
    for label, qalys in (
        ("Health effects over the plan", values.qalys.sum()),
        ("Health effects, discounted at the health rate", values.health[0]),
        (
            # model §10.1: no adoption of one rate was found, so it is shown and not in use
            "Health effects at the rate of costs (a review's proposal, not in force)",
            values.health_at_one_rate[0],
        ),
    ):
        rows.append(Row((PUBLIC, label), "QALY", (float(qalys),)))
    public, at_one_rate = values.public(), values.public(one_rate=True)
    if public is None or at_one_rate is None:
        return [*rows, Row((PUBLIC, "Not valued: Setup gives no £ for a QALY"), "£", (None,))]
    source = case.plan.setup.qaly_evidence or "no source stated"
    rows.append(Row((PUBLIC, "Value of a QALY (an assumption)"), "£", (values.qaly_value,)))
    rows.append(Row((PUBLIC, "Source of the value of a QALY"), "", (source,)))
    health = round(float(values.health[0]) * (values.qaly_value or 0.0), 2)
    rows.append(Row((PUBLIC, "Value of the health effects"), "£", (health,)))
    rows += _ratios(PUBLIC, public)
    compared = "Benefit-cost ratio, health at the rate of costs (not in force)"
    return [*rows, Row((PUBLIC, compared), "factor", (_ratio(at_one_rate.bcr),))]


def _without_health_effects(case: Case) -> str:
    """Return the names of programmes that are paid and state no health effects."""
    paid = case.answered.projection.moves.paid[0].sum(axis=0)
    names = [
        row.name or row.id
        for row, pence in zip(case.plan.programmes, paid, strict=True)
        if pence and not row.qalys_per_person and not any(row.qalys.values())
    ]
    return "; ".join(names)


def switching(case: Case) -> Lines:
    """Return what each figure would have to be for a view just to break even.

    Beside it stands what the figure is in the plan. Effects and costs are factors on the plan's own
    (1 as planned), the value of a QALY £. Source: model §10.1.
    """
    names = {row.id: _named(row) for row in case.plan.programmes}
    unit_of = {"effects": "factor", "costs": "factor", "qaly": "£"}
    rows: list[Row] = []
    for switch in switches(case.answered):
        labels = (switch.view, *_switch_in_words(switch, names))
        unit = unit_of.get(switch.figure, "%")
        rows.append(Row(labels, unit, (switch.now, switch.value)))
    shows = (
        "The value at which the net present value of a view changes its sign, every other figure as"
        " in the plan. Blank: no value that was tried does it."
    )
    return Lines(shows, tuple(rows))


def _named(programme: Programme) -> str:
    """Return a programme's name, with the word judgement where no study gives its effect."""
    name = programme.name or programme.id
    return f"{name} ({JUDGEMENT})" if is_judgement(programme) else name


def _switch_in_words(s: Switch, names: dict[str, str]) -> tuple[str, str]:
    if s.figure == "costs":
        what = "Cost of all programmes, times the plan's"
        if s.value is None:
            return what, "There is nothing to break even with."
        return what, f"Breaks even at {s.value:.0%} of the cost."
    if s.figure == "qaly":
        enough = f"Breaks even at £{s.value:,.0f} a QALY." if s.value else "Enough at any value."
        return "Value of a QALY", enough
    together = s.figure == "effects"
    if together:
        what = "Effects of all programmes, times the plan's"
    else:
        what = f"{names[s.figure]}: effect as a fall of the rate"
    if s.value is None:
        tried = f"{LARGEST:g} times the plan's" if together else "a fall of 100%"
        return what, f"No effect from nothing to {tried} changes the sign."
    value = f"{s.value:.2f} times the plan's" if together else f"a fall of {s.value:.1%}"
    # Above the plan's own value the plan is not worth its cost yet; below it, it still is.
    if s.value > s.now:
        return what, f"Worth its cost from {value}."
    return what, f"No longer worth its cost at {value}."
