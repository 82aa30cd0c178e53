"""Checks: small functions with one signature, (plan, result) → findings.

`order_of_checks` lists them. A finding's place is in the plan's own terms (table, key of the row,
field); the host that read the plan says which cell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import cast

from icbudget.checks.improbable_figures import answers_too_large
from icbudget.checks.order_of_checks import AS_TYPED, RESULTS, STRUCTURE
from icbudget.checks.references import broken_links, empty_tables
from icbudget.checks.signatures import signed
from icbudget.engine.run import Result
from icbudget.engine.uncertainty.uncertain_inputs import DRAWABLE
from icbudget.findings import Finding, Severity
from icbudget.plan import TABLES, Plan
from icbudget.plan.looked_at import Watched, WatchedColumns, differing, differing_columns

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

    Then the tables follow in their order. What only follows from a row that could not be read, or
    from a table that is named and empty, is left out: that has its finding already.
    """
    return checked(plan, unread).findings


@dataclass(frozen=True, eq=False, slots=True)
class Checked:
    """A plan with what each check that needs no results found, and what of a plan it looked at.

    A check that looked at nothing which another plan has otherwise finds the same there.
    """

    plan: Plan
    by_check: Mapping[_PlanCheck, tuple[list[Finding], frozenset[str]]]
    unread: Unread
    columns: dict[_PlanCheck, frozenset[str]] = field(default_factory=dict)
    """Which columns of which tables a check looked at, where somebody asked; see `by_column`."""

    def by_column(self, check: _PlanCheck) -> frozenset[str]:
        """Return what of the plan a check looks at, column by column; it is run once more."""
        if check not in self.columns:
            watched = WatchedColumns(self.plan)
            _findings_of(check, cast(Plan, watched), self.unread)
            self.columns[check] = frozenset(watched.looked_at)
        return self.columns[check]

    @property
    def findings(self) -> list[Finding]:
        """Return every finding; see `check_plan`."""
        incomplete = {table for table, keys in self.unread.items() if keys}
        # a sheet that was taken away is one fault, whatever else names its rows
        links, _ = self.by_check.get(broken_links, ([], frozenset()))
        incomplete |= empty_tables(links)
        remaining: list[Finding] = []
        for check, (findings, _) in self.by_check.items():
            for finding in findings:
                # What follows from rows that are not there is no fault of its own.
                follows = not incomplete.isdisjoint(_FOLLOWS.get(finding.id, ()))
                if check is broken_links or not follows:
                    remaining.append(_softened(finding))
        return remaining


def checked(
    plan: Plan,
    unread: Unread | None = None,
    *like: Checked | None,
    by_column: Checked | None = None,
) -> Checked:
    """Return a plan checked.

    A check of a plan `like` it is not run again where all that it looked at is the same in both.
    Nothing is taken from a plan with rows that could not be read. Of a plan `by_column` each check
    is taken that looks at no column in which the two differ: to know the columns takes a while, and
    is worth it for one to which many are held.
    """
    others = [other for other in like if other is not None and not (unread or other.unread)]
    differences = [differing(plan, other.plan) for other in others]
    by_check: dict[_PlanCheck, tuple[list[Finding], frozenset[str]]] = {}
    every: tuple[_PlanCheck, ...] = (broken_links, *STRUCTURE)
    if unread or (by_column is not None and by_column.unread):
        by_column = None
    columns = frozenset() if by_column is None else differing_columns(plan, by_column.plan)
    for check in every:
        known = (
            other.by_check[check]
            for other, fields in zip(others, differences, strict=True)
            if check in other.by_check and other.by_check[check][1].isdisjoint(fields)
        )
        by_check[check] = (
            next(known, None)
            or _same_by_column(check, by_column, columns)
            or _run(check, plan, unread or {})
        )
    return Checked(plan, by_check, unread or {})


def _run(check: _PlanCheck, plan: Plan, unread: Unread) -> tuple[list[Finding], frozenset[str]]:
    """Return what a check finds, and what of the plan it looked at."""
    watched = Watched(plan)
    findings = _findings_of(check, cast(Plan, watched), unread)
    return findings, frozenset(watched.looked_at)


def _findings_of(check: _PlanCheck, plan: Plan, unread: Unread) -> list[Finding]:
    return broken_links(plan, unread) if check is broken_links else check(plan)


def _same_by_column(
    check: _PlanCheck, other: Checked | None, columns: frozenset[str]
) -> tuple[list[Finding], frozenset[str]] | None:
    """Return what a check found in another plan; None where it looks at a column that differs."""
    if other is None or check not in other.by_check:
        return None
    # a table that differs is no reason to run a check that looks at other columns of it
    return other.by_check[check] if other.by_column(check).isdisjoint(columns) else None


_PlanCheck = Callable[..., list[Finding]]


def check_as_typed(plan: Plan) -> list[Finding]:
    """Return every finding about a plan as it was typed, before its blanks are filled in."""
    return list(chain.from_iterable(check(plan) for check in AS_TYPED))


def _softened(finding: Finding) -> Finding:
    """Return a finding as a warning where it is an error of a table whose wrong rows are set aside.

    Such a row is left out of the answers, so it never stops them.
    """
    of_a_row_set_aside = (
        finding.place.table in TABLES and TABLES[finding.place.table].set_aside == "row"
    )
    # An error that says itself that the answers go on stays one: the row is there and is used.
    if finding.severity is Severity.ERROR and of_a_row_set_aside and not finding.set_aside:
        return replace(finding, severity=Severity.WARNING)
    return finding


def check_size(plan: Plan, result: Result) -> list[Finding]:
    """Return the findings of what the plan leads to that is too large to be worked with."""
    return answers_too_large(plan, result)


def check_result(plan: Plan, result: Result) -> list[Finding]:
    """Return every finding about what the plan leads to."""
    return list(chain.from_iterable(check(plan, result) for check in RESULTS))


def check_signatures(plan: Plan, *, sound: bool) -> list[Finding]:
    """Return every finding about the signatures under a plan as it was typed.

    `sound`: no error stops the engine, so that what changed since is said in pounds.
    """
    return signed(plan, sound=sound)
