"""Checks: small functions with one signature, (plan, result) → findings.

`registry` lists them. A finding's place is in the plan's own terms (table, key of the row, field);
the host that read the plan says which cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from icbudget.checks.improbable_figures import answers_too_large
from icbudget.checks.references import broken_links
from icbudget.checks.registry import AS_TYPED, RESULTS, STRUCTURE
from icbudget.checks.signatures import signed
from icbudget.engine.run import Result
from icbudget.engine.uncertainty.uncertain_inputs import DRAWABLE
from icbudget.findings import Finding, Severity
from icbudget.plan import TABLES, Plan

Unread = Mapping[str, set[str]]
"""Keys of rows that could not be read, by table.

A reference to one of these is not a second finding.
"""

_FOLLOWS = {
    "segment.not-100": ("segments",),
    "programme.no-payer": ("schemes",),
    "plan.nothing-yet": ("contributions",),
    "uncertainty.no-such-path": tuple(DRAWABLE),
    "correlation.no-driver": (*DRAWABLE, "uncertainties"),
}
"""Findings that may only follow from rows of a table that could not be read."""


def check_plan(plan: Plan, unread: Unread | None = None) -> list[Finding]:
    """Return every finding that needs no results, broken links first.

    Then the tables follow in their order. What only follows from a row that could not be read is
    left out: that row has its finding already.
    """
    incomplete = {table for table, keys in (unread or {}).items() if keys}
    findings = broken_links(plan, unread or {})
    for check in STRUCTURE:
        for finding in check(plan):
            if incomplete.isdisjoint(_FOLLOWS.get(finding.id, ())):
                findings.append(finding)
    return [_softened(finding) for finding in findings]


def check_as_typed(plan: Plan) -> list[Finding]:
    """Return every finding about a plan as it was typed, before its blanks are filled in."""
    return [finding for check in AS_TYPED for finding in check(plan)]


def _softened(finding: Finding) -> Finding:
    """Return a finding as a warning where it is an error of a table whose wrong rows are set aside.

    Such a row is left out of the answers, so it never stops them.
    """
    of_a_row_set_aside = (
        finding.place.table in TABLES and TABLES[finding.place.table].set_aside == "row"
    )
    if finding.severity is Severity.ERROR and of_a_row_set_aside:
        return replace(finding, severity=Severity.WARNING)
    return finding


def check_size(plan: Plan, result: Result) -> list[Finding]:
    """Return the findings of what the plan leads to that is too large to be worked with."""
    return answers_too_large(plan, result)


def check_result(plan: Plan, result: Result) -> list[Finding]:
    """Return every finding about what the plan leads to."""
    return [finding for check in RESULTS for finding in check(plan, result)]


def check_signatures(plan: Plan, *, sound: bool) -> list[Finding]:
    """Return every finding about the signatures under a plan as it was typed.

    `sound`: no error stops the engine, so that what changed since is said in pounds.
    """
    return signed(plan, sound=sound)
