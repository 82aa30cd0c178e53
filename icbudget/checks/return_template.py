"""What the official template refuses: amounts out of bounds, units of other scheme types."""

from __future__ import annotations

from icbudget import reference
from icbudget.checks.plan_places import at
from icbudget.findings import Finding, note
from icbudget.plan import Plan

MOST = 100_000_000
"""Cells of the quarterly template of 2015-16 take 0 to 100,000,000 (Cumbria's return of quarter 4,
2015-16).
"""


def amounts(plan: Plan) -> list[Finding]:
    """Return a note for the first scheme line too large for the template, and their number.

    Findings: `template.amount`.
    """
    beyond = [
        row for row in plan.schemes if max([row.base_amount or 0, *row.amounts.values()]) > MOST
    ]
    if not beyond:
        return []
    message = (
        f"{len(beyond)} scheme line{'s are' if len(beyond) > 1 else ' is'} above £{MOST:,}, which"
        " the official template refuses."
    )
    fix = (
        "Split it into several lines in the return. The limit is that of the template of 2015-16;"
        " later templates may differ."
    )
    return [note("template.amount", message, fix, at("schemes", beyond[0], "base_amount"))]


def units(plan: Plan) -> list[Finding]:
    """Return a note for every scheme line whose output unit is not that of its type.

    Findings: `template.unit`.
    """
    findings: list[Finding] = []
    for row in plan.schemes:
        listed = (
            reference.choices("unit", plan.setup.rules_year, row.scheme_type)
            if row.scheme_type
            else ()
        )
        if listed and row.output_unit and row.output_unit not in listed:
            message = (
                f"Scheme {row.id} delivers “{row.output_unit}”; the unit of “{row.scheme_type}” is"
                f" {' or '.join(listed)}."
            )
            fix = "Use that unit in the return (not confirmed against the official template)."
            findings.append(note("template.unit", message, fix, at("schemes", row, "output_unit")))
    return findings


WHY_IT_MATTERS = {
    "template.amount": (
        "The national return will refuse the line, and the plan could not be handed in."
    ),
    "template.unit": (
        "The national return will refuse the unit, and outputs could not be compared with other"
        " areas."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
