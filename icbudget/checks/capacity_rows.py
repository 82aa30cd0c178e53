"""Intermediate care that is bought without a price, or that people wait for."""

from __future__ import annotations

from icbudget.checks.plan_places import at
from icbudget.findings import Finding, note, warning
from icbudget.plan import Plan


def capacity(plan: Plan) -> list[Finding]:
    """Return findings for months in which places are bought without a price, or people wait.

    One finding a service: its first month, and how many there are. Findings: `capacity.no-price`,
    `capacity.waiting`.
    """
    if not plan.capacity:
        return []
    from icbudget.engine.appraisal.capacity_gap import month_of_service

    findings: list[Finding] = []
    for service in dict.fromkeys(row.service for row in plan.capacity):
        months = [month_of_service(row) for row in plan.capacity if row.service == service]
        unpriced = [month for month in months if month.spot_pence is None]
        if unpriced:
            message = (
                f"“{service}” buys places beyond its capacity in {len(unpriced)} months and states"
                " no price: their cost is not known."
            )
            place = at("capacity", unpriced[0].row, "spot_price")
            fix = "Type the price of a day."
            findings.append(warning("capacity.no-price", message, fix, place))
        waiting = [month for month in months if month.waiting > 0]
        if waiting:
            people = sum(month.waiting for month in waiting)
            message = f"{people:,.6g} people wait for “{service}” in {len(waiting)} months."
            fix = "Add capacity or spot places, or say who serves them."
            place = at("capacity", waiting[0].row, "capacity")
            findings.append(note("capacity.waiting", message, fix, place))
    return findings


WHY_IT_MATTERS = {
    "capacity.no-price": "The extra places cost money that is not in the plan.",
    "capacity.waiting": (
        "People who wait in a hospital bed cost more than the place they wait for, and the beds"
        " are not released."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
