"""Pay for performance: payment points that can be worked out, and mean one thing."""

from __future__ import annotations

from collections.abc import Iterator

from icbudget.checks.plan_places import at
from icbudget.engine.accounts.pay_for_performance import CUMULATIVE, Payment, payments
from icbudget.findings import Finding, error, note, warning
from icbudget.money import in_words
from icbudget.plan import Plan
from icbudget.plan.performance_pot import PerformancePot


def performance_pots(plan: Plan) -> list[Finding]:
    """Return findings for payment points that cannot be worked out.

    Also for a pot that differs from what the formula pays in full. Findings: `p4p.differs`,
    `p4p.no-price`, `p4p.no-target`, `p4p.not-earned`, `p4p.not-known`, `p4p.pot-differs`.
    """
    findings: list[Finding] = []
    first_of_pot: dict[tuple[str, str], PerformancePot] = {}
    for row in plan.performance_pots:
        first = first_of_pot.setdefault((row.id, row.year), row)
        findings += [*_unlike(row, first), *_point(row)]
    return [*findings, *_not_earned(plan)]


def _unlike(row: PerformancePot, first: PerformancePot) -> Iterator[Finding]:
    """Yield what a payment point states otherwise than the first of its pot and year."""
    for field in ("formula", "pool", "unit_price"):
        if getattr(row, field) != getattr(first, field):
            message = (
                f"The payment points of pot “{row.id}” in {row.year} differ in"
                f" {field.replace('_', ' ')}."
            )
            fix = "Give them the same."
            yield error("p4p.differs", message, fix, at("performance_pots", row, field))


def _point(row: PerformancePot) -> Iterator[Finding]:
    """Yield what a payment point lacks, and where its figures do not agree with one another."""
    place = at("performance_pots", row, "planned")
    point = f"Pot “{row.id}”, payment point {row.quarter}"
    if row.formula == CUMULATIVE:
        if row.unit_price is None:
            message = f"Pot “{row.id}” has no price an admission, which its formula needs."
            fix = "Type the price of the agreement."
            yield error("p4p.no-price", message, fix, at("performance_pots", row, "unit_price"))
        elif abs(row.planned * row.unit_price - float(row.pot)) > 1:
            message = f"{point}: planned reduction × price is not the pot."
            fix = "Check the pot, the target and the price."
            yield warning("p4p.pot-differs", message, fix, place)
    elif row.pot and not row.planned:
        message = f"{point} has no target, so nothing of it is released."
        yield warning("p4p.no-target", message, "Type the planned reduction.", place)
    if row.achieved is None:
        message = f"{point}: what was achieved is not known; the target is assumed."
        fix = "Type it when it is known."
        yield note("p4p.not-known", message, fix, at("performance_pots", row, "achieved"))


def _not_earned(plan: Plan) -> Iterator[Finding]:
    """Yield a note for each pot and year that does not earn all it is budgeted at (model §8)."""
    by_pot: dict[tuple[str, str], list[Payment]] = {}
    for payment in payments(plan) if _can_be_worked_out(plan) else ():
        if payment.row.planned <= 0:
            continue  # a point without a target has a finding of its own
        by_pot.setdefault((payment.row.id, payment.row.year), []).append(payment)
    names = {pool.id: pool.name for pool in plan.pools}
    for (pot, year), points in by_pot.items():
        short = sum(point.shortfall for point in points)
        if short <= 0:
            continue
        first = next(point.row for point in points if point.shortfall)
        budgeted = sum(point.pot for point in points)
        message = (
            f"Of pot “{pot}”, {in_words(budgeted)} in {year}, {in_words(short)} is not earned: it"
            f" is no income of {names.get(first.pool, first.pool)}."
        )
        fix = "Take it off what the pool's schemes spend, or say who makes it good."
        yield note("p4p.not-earned", message, fix, at("performance_pots", first, "achieved"))


def _can_be_worked_out(plan: Plan) -> bool:
    return all(r.formula != CUMULATIVE or r.unit_price is not None for r in plan.performance_pots)


WHY_IT_MATTERS = {
    "p4p.differs": (
        "Two payment points of one pot follow different terms, and what is earned depends on"
        " which is read."
    ),
    "p4p.no-price": (
        "The formula pays a price for each admission avoided. Without it nothing can be paid."
    ),
    "p4p.no-target": (
        "What is earned is measured against the target. Without one this part of the pot is"
        " never released."
    ),
    "p4p.not-earned": "The pool has planned to spend money that will not be paid to it.",
    "p4p.not-known": (
        "The pool counts on the full payment although nobody knows yet what was achieved."
    ),
    "p4p.pot-differs": (
        "The pot, the target and the price do not agree, so more or less is paid than the"
        " agreement means."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
