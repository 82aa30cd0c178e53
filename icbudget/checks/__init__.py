"""Checks: small functions with one signature, (plan, result) → findings.

`order_of_checks` lists them. A finding's place is in the plan's own terms (table, key of the row,
field); the host that read the plan says which cell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import cast

from icbudget.checks.emptied_tables import one_for_each_emptied
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


OFTEN = 4
"""Plans one after another for which a check is run again before its columns are asked for: to know
them takes about as long as so many runs."""


@dataclass(frozen=True, slots=True)
class _Again:
    """That a check was run again.

    It has for how many plans one after another since its columns were asked for, and the columns.
    It is likely to look at the same ones still.
    """

    times: int = 0
    columns: frozenset[str] | None = None


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
    again: Mapping[_PlanCheck, _Again] = field(default_factory=dict)
    """Checks that were run again from each plan to the next."""

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
    is worth it for one to which many are held. So it is for a check that is run again and again,
    from each plan to the next.
    """
    others = [other for other in like if other is not None and not (unread or other.unread)]
    differences = [_Difference(plan, other) for other in others]
    if by_column is not None and not (unread or by_column.unread):
        differences.append(_Difference(plan, by_column, in_columns=True))
    by_check: dict[_PlanCheck, tuple[list[Finding], frozenset[str]]] = {}
    columns: dict[_PlanCheck, frozenset[str]] = {}
    again: dict[_PlanCheck, _Again] = {}
    every: tuple[_PlanCheck, ...] = (broken_links, *STRUCTURE)
    for check in every:
        same = next((d.other for d in differences if d.leaves(check)), None)
        same = same or next((d.other for d in differences if d.leaves_columns_of(check)), None)
        if same is None:
            by_check[check] = _run(check, plan, unread or {})
            if others:
                again[check] = _once_more(check, others)
            continue
        by_check[check] = same.by_check[check]
        if check in same.columns:
            columns[check] = same.columns[check]
    return Checked(plan, by_check, unread or {}, columns, again)


@dataclass(frozen=True, eq=False)
class _Difference:
    """In what a plan differs from another one that was checked."""

    plan: Plan
    other: Checked
    in_columns: bool = False
    """Whether it is worth it to ask for the columns of each check."""

    @cached_property
    def fields(self) -> frozenset[str]:
        """Return the tables and settings that are not the same."""
        return differing(self.plan, self.other.plan)

    @cached_property
    def columns(self) -> frozenset[str]:
        """Return the columns, tables and settings that are not the same."""
        return differing_columns(self.plan, self.other.plan)

    def leaves(self, check: _PlanCheck) -> bool:
        """Return whether a check looked at no table that is not the same."""
        kept = self.other.by_check.get(check)
        return kept is not None and kept[1].isdisjoint(self.fields)

    def leaves_columns_of(self, check: _PlanCheck) -> bool:
        """Return whether a check looked at no column that is not the same, where that is known."""
        if check not in self.other.by_check or not self._worth_asking(check):
            return False
        # a table that differs is no reason to run a check that looks at other columns of it
        return self.other.by_column(check).isdisjoint(self.columns)

    def _worth_asking(self, check: _PlanCheck) -> bool:
        if self.in_columns or check in self.other.columns:
            return True
        before = self.other.again.get(check, _Again())
        likely_others = before.columns is None or before.columns.isdisjoint(self.columns)
        return before.times >= OFTEN and likely_others


def _once_more(check: _PlanCheck, others: Sequence[Checked]) -> _Again:
    """Return that a check is run again for a plan, like which are others that were checked."""
    for other in others:
        if check in other.columns:
            return _Again(1, other.columns[check])
    before = [other.again.get(check, _Again()) for other in others]
    longest = max(before, key=attrgetter("times"))
    return replace(longest, times=longest.times + 1)


def _run(check: _PlanCheck, plan: Plan, unread: Unread) -> tuple[list[Finding], frozenset[str]]:
    """Return what a check finds, and what of the plan it looked at."""
    watched = Watched(plan)
    findings = _findings_of(check, cast(Plan, watched), unread)
    return findings, frozenset(watched.looked_at)


def _findings_of(check: _PlanCheck, plan: Plan, unread: Unread) -> list[Finding]:
    return broken_links(plan, unread) if check is broken_links else check(plan)


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


def with_causes(
    plan: Plan, findings: Sequence[Finding], unread: Unread | None = None
) -> list[Finding]:
    """Return findings with one in the place of all that follow from a table without rows."""
    return one_for_each_emptied(plan, findings, unread or {})


def check_signatures(plan: Plan, *, sound: bool) -> list[Finding]:
    """Return every finding about the signatures under a plan as it was typed.

    `sound`: no error stops the engine, so that what changed since is said in pounds.
    """
    return signed(plan, sound=sound)
