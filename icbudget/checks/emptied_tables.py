"""A table without rows is said once, and what only follows from it is left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from icbudget.checks.references import empty_tables
from icbudget.findings import Finding, Place, error, warning
from icbudget.plan import TABLES, Plan
from icbudget.plan.rows import split_path

FEW = 2
"""Findings from which on a table without rows is their one cause."""


@dataclass(frozen=True, slots=True)
class _Rest:
    """What cannot be told without the rows of a table, and the findings that follow from that."""

    so: str
    ids: frozenset[str]


def _rest(so: str, *ids: str) -> _Rest:
    return _Rest(so, frozenset(ids))


_RESTS_ON: Mapping[str, _Rest] = {
    "contributions": _rest(
        "no pool has any income, and no balance, rule test or risk share of a pool can be relied"
        " on",
        "actual.unknown-source",
        "balance.over-committed",
        "forecast.unknown-source",
        "passed-down.not-whole",
        "risk.unresolved",
        "risk.unshared",
    ),
    "schemes": _rest(
        "no scheme line has a budget, and what is booked, forecast or moved stands beside none",
        "actual.unknown-scheme",
        "forecast.unknown-scheme",
        "programme.no-payer",
        "virement.not-counted",
    ),
    "segments": _rest(
        "no programme reaches anybody: each costs money and avoids nothing",
        "programme.no-segment",
    ),
    "acute_lines": _rest("no activity is planned, and none can be avoided", "goal.no-lines"),
    "pools": _rest("no money is pooled", "risk.no-pool"),
    "programmes": _rest("nothing is avoided by prevention"),
}
"""What rests on the rows of a table. A path of a scenario or of Uncertainty that names one of its
rows rests on it too."""
_PATHS = ("scenario.no-such-path", "uncertainty.no-such-path")


def one_for_each_emptied(
    plan: Plan, findings: Sequence[Finding], unread: Mapping[str, set[str]]
) -> list[Finding]:
    """Return findings with those that follow from a table without rows as one, their cause first.

    Where the cause is said already (the table is not there, or its rows cannot be read), those that
    follow are left out. Else one finding stands for them where they are two or more, and weighs as
    much as the gravest of them. Findings: `table.no-rows`.
    """
    remaining = list(findings)
    for table, rest in _RESTS_ON.items():
        if getattr(plan, table):
            continue
        naming = _rows_that_name(plan, table)
        following: list[Finding] = []
        others: list[Finding] = []
        for finding in remaining:
            is_of_path = finding.id in _PATHS and (finding.place.table, finding.place.row) in naming
            follows = is_of_path or finding.id in rest.ids
            (following if follows else others).append(finding)
        # rows that cannot be read, and a table that was taken away, have their findings already
        is_said = bool(unread.get(table)) or table in empty_tables(remaining)
        if not is_said and len(following) < FEW:
            continue
        remaining = others if is_said else [_no_rows(table, rest.so, following), *others]
    return remaining


def _rows_that_name(plan: Plan, table: str) -> frozenset[tuple[str, str]]:
    """Return the rows whose path names a row of a table: each by its own table and its key."""
    naming: set[tuple[str, str]] = set()
    for own_table in ("scenarios", "uncertainties"):
        for row in getattr(plan, own_table):
            parts = split_path(row.path)
            if parts is not None and parts[0] == table:
                naming.add((own_table, TABLES[own_table].key_of(row)))
    return frozenset(naming)


def _no_rows(table: str, so: str, following: Iterable[Finding]) -> Finding:
    """Return that a table has no rows, in the place of all that follows from it."""
    held = list(following)
    label = TABLES[table].label
    message = (
        f"{label} has no rows, so {so}. {len(held):,} findings that only follow from it are left"
        " out."
    )
    fix = f"Fill in {label}, or bring its rows back from an earlier copy of the plan."
    place = Place(table=table, column=TABLES[table].key[0])
    if any(finding.stops for finding in held):
        return error("table.no-rows", message, fix, place)
    return warning("table.no-rows", message, fix, place)


WHY_IT_MATTERS = {
    "table.no-rows": (
        "Rows of other tables rest on this one. Without it their figures are wrong or missing, and"
        " the totals look as if that were meant."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
