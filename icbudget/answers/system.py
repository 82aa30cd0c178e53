"""Answers about the whole: reallocation, bridge, partners' positions, appraisal, findings."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from icbudget.answers.block import Block, Cell, Row
from icbudget.answers.case import Case
from icbudget.answers.pools import pounds
from icbudget.engine import appraise
from icbudget.engine.amounts import acute_amounts
from icbudget.engine.bridge import STEPS, SYSTEM, Bridge, bridges
from icbudget.engine.drawn import rates
from icbudget.engine.rounding import Floats, half_up
from icbudget.findings import Finding


def reallocate(case: Case) -> Block:
    """Return what each shift moves, what each pool can buy with it, and what each programme gets, by year."""
    result = case.answered
    run, rules, years = result.projection, result.rules, case.plan.years
    rows: list[Row] = []
    for n, drawing in enumerate(rules.drawings):
        confirmed = "Confirmed release of the year before" if drawing.rule == "release_then_invest" else "Set by the rule"
        rows.append(Row(("Shift", drawing.id, confirmed), "£", pounds(run.moves.confirmed[0, :, n])))
        rows.append(Row(("Shift", drawing.id, "Moved into the pool"), "£", pounds(run.moves.moved[0, :, n])))
        if drawing.rule != "release_then_invest":
            rows.append(Row(("Shift", drawing.id, "Unfunded gap on the acute side"), "£", _unfunded(case, n)))
    for p, pool in enumerate(rules.pools):
        rows.append(Row(("Pool", pool, "Money for programmes"), "£", pounds(run.moves.available[0, :, p])))
    transition = run.figures.double_running[0] + run.figures.exit_cost[0]
    for g, programme in enumerate(case.plan.programmes):
        full = half_up(run.running_cost[0, :, g] + transition[:, g], 0.01)
        rows.append(Row(("Programme", programme.id, "Cost in full"), "£", tuple(round(float(v), 2) for v in full)))
        rows.append(Row(("Programme", programme.id, "Paid"), "£", pounds(run.moves.paid[0, :, g])))
        scale: tuple[Cell, ...] = (None, *(float(v) for v in run.moves.scale[0, 1:, g]))
        rows.append(Row(("Programme", programme.id, "Part bought"), "%", scale))
        rows.append(Row(("Programme", programme.id, "Effect at work (reach after lag)"), "%", _floats(run.active[0, :, g])))
    shows = (
        "Money moved from acute activity into the pools, and what each programme could be bought with it, in order of priority."
    )
    return Block("Reallocation", shows, ("Kind", "Name", "Figure"), years, tuple(rows))


def _floats(values: Floats) -> tuple[float, ...]:
    return tuple(float(v) for v in values)


def _unfunded(case: Case, n: int) -> tuple[float, ...]:
    """Return, by year, the provider's planned cost of the shift's lines less the acute budget that is left for them, £.

    `Σ (A_dn·c − G) − (acute budget − moved)`: above zero, activity still comes that nobody has money for.
    """
    run, drawing = case.answered.projection, case.answered.rules.drawings[n]
    at = drawing.lines
    amounts = acute_amounts(run)
    left = amounts.budget[0][:, at].sum(axis=-1) - run.moves.moved[0, :, n]
    return pounds(amounts.cost_plan[0][:, at].sum(axis=-1) - left)


def bridge(case: Case) -> Block:
    """Return the bridge of every partner and of the whole system by year, £; it adds up to the penny."""
    rows = tuple(Row((b.partner, step), "£", pounds(b.steps[step])) for b in bridges(case.answered) for step in STEPS)
    shows = (
        "Net spending from base year to plan. A provider's is its cost less its income; the partners add up to the whole system."
    )
    return Block("Bridge", shows, ("Partner", "Step"), case.plan.years, rows)


def partners(case: Case) -> Block:
    """Return what each partner puts in, saves, pays and loses by year, £, and its gain against do nothing."""
    rows: list[Row] = []
    put_in = _put_in(case)
    for b in bridges(case.answered):
        against = tuple(n - p for n, p in zip(b.steps["Do nothing"], b.steps["Plan"], strict=True))
        figures = (
            ("Put into pools", put_in[b.partner]),
            ("Net spending, do nothing", b.steps["Do nothing"]),
            ("Saved on acute activity (stranded cost negative)", tuple(-v for v in b.steps["Avoided (cashable)"])),
            ("Prevention paid", _paid(b)),
            ("Net spending, plan", b.steps["Plan"]),
            ("Gain against do nothing", against),
            ("Gain so far", tuple(int(v) for v in np.cumsum(against))),
        )
        rows.extend(Row((b.partner, name), "£", pounds(values)) for name, values in figures)
    shows = "Who pays and who gains. A loss is negative. Transfers between partners cancel out in the whole system."
    return Block("Partner positions", shows, ("Partner", "Figure"), case.plan.years, tuple(rows))


def _paid(b: Bridge) -> tuple[int, ...]:
    parts = ("Prevention cost", "Double running and exit", "Transfers")
    return tuple(sum(step) for step in zip(*(b.steps[part] for part in parts), strict=True))


def _put_in(case: Case) -> dict[str, tuple[int, ...]]:
    amounts = case.answered.projection.figures.contributions[0]
    years = len(case.plan.years)
    put = {p.id: [0] * years for p in case.plan.partners}
    for n, row in enumerate(case.plan.contributions):
        for t in range(years):
            put[row.partner][t] += round(float(amounts[t, n]))
    whole = tuple(sum(put[p][t] for p in put) for t in range(years))
    return {**{p: tuple(values) for p, values in put.items()}, SYSTEM: whole}


def appraisal(case: Case) -> Block:
    """Return the appraisal of each view, never summed: commissioners' cash, the system's cash, capacity, public value.

    Cash is nominal; present values deflate by the plan's deflator to the price base, then discount from the base year.
    """
    result = case.answered
    run = result.projection
    cost = run.moves.paid.sum(axis=-1) / 100.0
    deflator, discount = _price_level(case), appraise.discount_factors(case.plan.setup.horizon)
    rows: list[Row] = []
    for view, benefit in (
        ("Commissioner cash", run.contract_saving.sum(axis=-1)),
        ("System cash", run.released().sum(axis=-1)),
        ("If tariff value were cash (the usual mistake)", (run.avoided * run.nothing.price).sum(axis=-1)),
    ):
        rows.extend(_view(case, view, appraise.appraise(benefit, cost, deflator, discount)))
    for k, line in enumerate(case.plan.acute_lines):
        freed = float(run.avoided[0, :, k].sum())
        rows.append(Row(("Capacity", f"{line.id}: {line.currency}s released over the plan"), line.currency, (freed,)))
    rows.append(Row(("Public value", "Not entered: this version holds no health effects (QALYs)"), "£", (None,)))
    shows = "Views that must never be added together. Cash is in the prices of the price base, discounted to the base year."
    return Block("Appraisal", shows, ("View", "Measure"), ("Value",), tuple(rows))


def _view(case: Case, view: str, a: appraise.Appraisal) -> list[Row]:
    def value(x: Floats, digits: int) -> Cell:
        return None if np.isnan(x[0]) else round(float(x[0]), digits)

    paid_back = "not within the plan" if np.isnan(a.payback[0]) else case.plan.years[int(a.payback[0])]
    breaks_even = float(appraise.switching_value(a.benefits, a.costs)[0]) if a.benefits[0] > 0 else None
    return [
        Row((view, "Present value of benefits"), "£", (value(a.benefits, 2),)),
        Row((view, "Present value of costs"), "£", (value(a.costs, 2),)),
        Row((view, "Net present value"), "£", (value(a.npsv, 2),)),
        Row((view, "Benefit-cost ratio"), "factor", (value(a.bcr, 4),)),
        Row((view, "Return on investment"), "%", (value(a.roi, 4),)),
        Row((view, "Payback on cumulative cash"), "year", (paid_back,)),
        Row((view, "Switching value: benefits needed to break even"), "%", (breaks_even,)),
    ]


def _price_level(case: Case) -> Floats:
    """Return the price level by year, 1 in the price base: `Π (1 + deflator)`; 1 throughout without a deflator."""
    level = np.cumprod(1.0 + rates(case.plan, (case.plan.setup.deflator,)), axis=1)[:, :, 0]
    base = case.plan.setup.price_base or case.plan.setup.base_year
    at = case.plan.years.index(base) if base in case.plan.years else 0
    return np.asarray(level / level[:, at : at + 1])


def findings(case: Case) -> Block:
    """Return every finding of a case; see `findings_block`."""
    return findings_block(case.findings)


def findings_block(found: Iterable[Finding]) -> Block:
    """Return findings as rows: how much each matters, where, what is wrong, how to mend it, and its effect in £."""
    rows = tuple(
        Row(
            (
                f.severity.capitalize(),
                str(f.place),
                f.message,
                f.fix,
                "" if f.effect_pence is None else f"{f.effect_pence / 100:,.2f}",
            ),
            "",
            (),
        )
        for f in found
    )
    shows = "Everything that is wrong, or worth knowing, with its place and its mend."
    return Block("Findings", shows, ("Severity", "Where", "Finding", "Fix", "Effect £"), (), rows)
