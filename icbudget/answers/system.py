"""Answers about the whole: reallocation, bridge, partners' positions, appraisal, findings."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from icbudget.answers.block import Block, Cell, Row
from icbudget.answers.case import Case
from icbudget.answers.pools import pounds
from icbudget.engine import appraise
from icbudget.engine.bridge import STEPS, SYSTEM, Bridge, bridges
from icbudget.engine.rounding import Floats
from icbudget.findings import Finding


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
    deflator, discount = appraise.price_level(case.plan), appraise.discount_factors(case.plan.setup.horizon)
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
