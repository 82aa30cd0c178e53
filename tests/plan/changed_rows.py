"""A plan with one row changed."""

from __future__ import annotations

from typing import Any

from icbudget.plan import Plan


def changed(plan: Plan, table: str, number: int, **values: Any) -> Plan:
    """Return the plan with values of one row of a table changed; rows are counted from 0."""
    rows = list(getattr(plan, table))
    rows[number] = rows[number].model_copy(update=values)
    return plan.model_copy(update={table: tuple(rows)})
