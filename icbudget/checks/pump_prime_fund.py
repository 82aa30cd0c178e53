"""A pump-prime fund has its own pool and one-off money, holds its floor and is paid back."""

from __future__ import annotations

from collections import Counter

import numpy as np

from icbudget.checks.plan_places import at
from icbudget.engine.projection.wiring import PUMP_PRIME, RELEASING
from icbudget.engine.run import Result
from icbudget.findings import Finding, either, error, note, warning
from icbudget.money import in_words
from icbudget.plan import Plan
from icbudget.plan.shift import Shift


def terms(plan: Plan) -> list[Finding]:
    """Return findings for funds that cannot work.

    Two in a pool, or one in a pool whose programmes wait for a release. Money taken from a source
    that carries a minimum, or that comes every year, is not what a fund is for: warning and note.
    Findings: `fund.and-release`, `fund.from-minimum`, `fund.no-source`, `fund.recurrent`,
    `fund.two`, `shift.figure-unused`.
    """
    findings: list[Finding] = []
    in_pool = Counter(row.pool for row in plan.shifts if row.rule == PUMP_PRIME)
    waiting = {row.pool for row in plan.shifts if row.rule in RELEASING}
    for row in plan.shifts:
        if row.rule != PUMP_PRIME:
            findings.extend(_unused(row))
            continue
        if in_pool[row.pool] > 1:
            message = f"Pool “{row.pool}” has {in_pool[row.pool]} pump-prime funds."
            fix = "Keep one, with the money of both."
            place = at("shifts", row, "pool")
            findings.append(error("fund.two", message, fix, place))
        if row.pool in waiting:
            message = (
                f"The programmes of pool “{row.pool}” cannot both be paid ahead by a fund and wait"
                " for a release."
            )
            fix = "Put the fund's programmes into a pool of their own."
            place = at("shifts", row, "pool")
            findings.append(error("fund.and-release", message, fix, place))
        findings.extend(_source(plan, row))
    return findings


def _unused(row: Shift) -> list[Finding]:
    if not (row.source or row.interest or row.fund_floor):
        return []
    message = f"Shift “{row.id}” has terms of a fund, which the rule {row.rule} does not use."
    return [
        warning(
            "shift.figure-unused",
            message,
            "Clear them, or change the rule to pump_prime.",
            at("shifts", row, "rule"),
        )
    ]


def _source(plan: Plan, row: Shift) -> list[Finding]:
    if not row.source:
        return []
    contributions = [c for c in plan.contributions if (c.pool, c.source) == (row.pool, row.source)]
    place = at("shifts", row, "source")
    if not contributions:
        message = (
            f"Nobody puts {row.source} into pool “{row.pool}”, so the fund “{row.id}” has no money"
            " to take."
        )
        return [
            error(
                "fund.no-source",
                message,
                "Name a source of the pool, or add the funding line.",
                place,
            )
        ]
    if any(minimum.source == row.source for minimum in plan.minimums):
        message = (
            f"The fund “{row.id}” is filled from {row.source}, which must be spent on what its"
            " minimum counts."
        )
        return [
            warning(
                "fund.from-minimum", message, "Fill it from money that carries no minimum.", place
            )
        ]
    if all(c.recurrent for c in contributions):
        message = (
            f"The fund “{row.id}” is filled from {row.source}, which is all recurrent: a fund is"
            " for one-off money."
        )
        return [note("fund.recurrent", message, "Fill it from one-off money, or say why.", place)]
    return []


def _idle_beside(result: Result, shift: int, t: int) -> str:
    """Return the sources of a fund's pool that hold money in year t, and how much; blank: none."""
    fund = result.rules.drawings[shift].account
    pool = result.rules.accounts[fund][0]
    held = [
        f"{source} {in_words(round(float(result.projection.moves.close[0, t, a])))}"
        for a, (name, source) in enumerate(result.rules.accounts)
        if name == pool and a != fund and result.projection.moves.close[0, t, a] > 0
    ]
    return ", ".join(held)


def results(plan: Plan, result: Result) -> list[Finding]:
    """Return findings for a fund that goes below its floor or is never paid back.

    The message has the most that it lacks, and when. Findings: `fund.below-floor`,
    `fund.not-self-funding`.
    """
    if not any(row.rule == PUMP_PRIME for row in plan.shifts):
        return []
    from icbudget.engine.projection.pump_prime import funds

    findings: list[Finding] = []
    for fund in funds(result.projection.moves, result.rules):
        row, lacking = plan.shifts[fund.shift], fund.below_floor[0]
        if lacking.any():
            worst = int(np.argmax(lacking))
            below = [year for year, pence in zip(result.years, lacking, strict=True) if pence]
            message = (
                f"The fund “{row.id}” is below its floor of {in_words(round(fund.floor))} in"
                f" {', '.join(below)}: in {result.years[worst]} it lacks"
                f" {in_words(round(float(lacking[worst])))}."
            )
            fix = "Put more into it, start fewer programmes at once, or lower the floor."
            idle = _idle_beside(result, fund.shift, worst)
            if idle:
                message += f" The pool's other money lies idle meanwhile: {idle}."
                fix = either("Put idle money of the pool into it.", fix)
            place = at("shifts", row, "fund_floor")
            findings.append(
                warning("fund.below-floor", message, fix, place, round(float(lacking[worst])))
            )
        # not a number: no year of the plan is the one in which it pays for itself
        if np.isnan(fund.self_funding[0]) and fund.invested[0].any():
            message = (
                f"The release never covers what the fund “{row.id}” pays for within the plan: it is"
                " used up, not turned over."
            )
            drawn = round(float(fund.drawn[0, -1]))
            findings.append(
                warning(
                    "fund.not-self-funding",
                    message,
                    "Plan for the money after the fund.",
                    at("shifts", row, "rule"),
                    drawn,
                )
            )
    return findings


WHY_IT_MATTERS = {
    "fund.and-release": (
        "The fund pays before the release and the rule says to wait for it. Both together would"
        " pay for the programmes twice or never."
    ),
    "fund.below-floor": (
        "The fund has promised not to fall below this. What it lacks has to be found, or a"
        " programme stops."
    ),
    "fund.from-minimum": (
        "Money that must be spent on care is put aside for later, and the minimum may not be met."
    ),
    "fund.no-source": "The fund is empty, so nothing is paid ahead and the shift does not begin.",
    "fund.not-self-funding": (
        "What comes back never covers what goes out. When the fund is empty the programmes need"
        " money that nobody has planned."
    ),
    "fund.recurrent": "Money that comes every year could run a service. In a fund it stands still.",
    "fund.two": (
        "Each pound released could be paid back into either. Nobody could say what a fund holds."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
