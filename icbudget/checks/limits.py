"""Limits of a best plan must name what they limit, and programmes must not shut out themselves."""

from __future__ import annotations

from icbudget.checks.place import at
from icbudget.findings import Finding, error, warning
from icbudget.plan import Plan


def limits(plan: Plan) -> list[Finding]:
    """Return findings for limits on loss without a partner, on staff with one or below zero, odd exclusions and other sources."""
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
    given = {(row.pool, row.source) for row in plan.contributions}
    schemed = {row.programme for row in plan.schemes if row.programme}
    for programme in plan.programmes:
        pool, other = programme.pool, programme.other_source
        if other and (programme.id in schemed or other == programme.source or (pool, other) not in given):
            told = f"“{programme.id}” names {other} as another source, which a best plan cannot pay it from."
            fix = "Name a source that its own pool has beside its own; where a scheme names the programme, the scheme decides."
            found.append(warning("programme.other-source-unused", told, fix, at("programmes", programme, "other_source")))
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
