"""Scenarios: changes laid over a plan, giving a new plan."""

from __future__ import annotations

from typing import Any

from icbudget import years
from icbudget.findings import Finding, Place, error, has_errors
from icbudget.plan.plan import SETUP, TABLES, Plan
from icbudget.plan.rows import split_path
from icbudget.plan.scenario import ScenarioChange
from icbudget.plan.text import as_document, from_document


def with_scenario(plan: Plan, scenario: str) -> tuple[Plan, list[Finding]]:
    """Return the plan with the changes of a scenario laid over it in their order, and the findings of doing so.

    A blank name gives the plan itself. A change whose path is not in the plan, or whose value the field refuses, is a
    finding that names the change; the plan then stays as it was.
    """
    changes = sorted((c for c in plan.scenarios if c.scenario == scenario), key=lambda c: c.order)
    if not scenario:
        return plan, []
    if not changes:
        return plan, [
            error(
                "scenario.unknown",
                f"There is no scenario “{scenario}”.",
                "Name one of the Scenarios sheet, or leave it blank.",
                Place(table="setup", column="active_scenario"),
            )
        ]
    document = as_document(plan)
    findings = [f for change in changes for f in _lay(document, change)]
    if findings:
        return plan, findings
    draft = from_document(document)
    if draft.plan is None or has_errors(draft.findings):
        told = [
            error(
                "scenario.refused",
                f"Scenario “{scenario}”: {f.message}",
                f.fix,
                Place(table="scenarios", row=f"{scenario}|{changes[-1].order}", column="value"),
            )
            for f in draft.findings
        ]
        return plan, told
    return draft.plan, []


def _lay(document: dict[str, Any], change: ScenarioChange) -> list[Finding]:
    found = split_path(change.path)
    if found:
        table, key, field, year = found
        row = _row(document, table, key)
        if row is not None:
            value = _typed(change.value)
            row[field] = {**row.get(field, {}), years.year(year): value} if year else value
            return []
    place = Place(table="scenarios", row=f"{change.scenario}|{change.order}", column="path")
    return [
        error(
            "scenario.no-such-path",
            f"The plan has no figure “{change.path}”.",
            "Write it as table/key/field or table/key/field[2027/28].",
            place,
        )
    ]


def _row(document: dict[str, Any], table: str, key: str) -> dict[str, Any] | None:
    if table == SETUP.field:
        setup: dict[str, Any] = document[table]
        return setup
    if table not in TABLES:
        return None
    parts = TABLES[table].key
    for row in document.get(table, ()):
        if "|".join(str(row.get(part, 1 if part in ("line",) else "")) for part in parts) == key:
            found: dict[str, Any] = row
            return found
    return None


def _typed(value: str) -> Any:
    text = value.strip()
    try:
        return float(text.rstrip("%")) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return text
