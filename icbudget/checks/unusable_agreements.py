"""Agreements that cannot be used, as findings."""

from __future__ import annotations

from collections.abc import Iterable

from icbudget.checks.plan_places import at
from icbudget.checks.references import suggestion
from icbudget.engine.unusable import Fault
from icbudget.findings import Finding, error
from icbudget.plan import TABLES, Plan
from icbudget.plan.rows import set_aside


def set_aside_whole(table: str, plan: Plan, faults: Iterable[Fault]) -> list[Finding]:
    """Return an error for each fault in the agreements of a table.

    It says that the whole agreement is set aside.
    """
    partners = {p.id for p in plan.partners}
    findings: list[Finding] = []
    for fault in faults:
        if fault.id == "link.unknown" and not partners:
            continue  # it only follows: the empty table has one finding for all that names its rows
        fix = fault.fix or suggestion(getattr(fault.row, fault.field), partners, "partners")
        findings.append(error(fault.id, fault.words, fix, at(table, fault.row, fault.field)))
    return set_aside(TABLES[table], findings)
