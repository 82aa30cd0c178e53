"""Limits of a best plan must name what they limit, and programmes must not shut out themselves."""

from __future__ import annotations

from icbudget.checks.place import at
from icbudget.findings import Finding, error
from icbudget.plan import Plan


def limits(plan: Plan) -> list[Finding]:
    """Return findings for a limit on loss without a partner, one on staff with one, limits below zero, and odd exclusions."""
    found: list[Finding] = []
    for row in plan.limits:
        if (row.measure == "loss") != bool(row.partner):
            told = (
                "A limit on loss is a partner's." if row.measure == "loss" else "A limit on staff is for all programmes together."
            )
            fix = "Name the partner." if row.measure == "loss" else "Clear the partner."
            found.append(error("limit.partner", told, fix, at("limits", row, "partner")))
        for year, most in row.most.items():
            if most < 0:
                told = f"The limit on {row.measure} is {most:g} in {year}."
                found.append(
                    error("limit.negative", told, "Type zero or more, or leave it blank.", at("limits", row, "most", year))
                )
    must = {row.id for row in plan.programmes if row.must_do}
    for programme in plan.programmes:
        if programme.id in programme.excludes:
            told = f"“{programme.id}” excludes itself."
            found.append(
                error("programme.excludes-itself", told, "Name another programme.", at("programmes", programme, "excludes"))
            )
        elif programme.must_do and must & set(programme.excludes):
            told = f"“{programme.id}” and “{sorted(must & set(programme.excludes))[0]}” must both be done and exclude each other."
            fix = "Take one of the three away."
            found.append(error("programme.must-and-excludes", told, fix, at("programmes", programme, "excludes")))
    return found
