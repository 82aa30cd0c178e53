"""What one ask makes in pounds: the plan with this change alone, compared with the plan."""

from __future__ import annotations

from typing import Any

from icbudget.answers.case import evaluate_plan
from icbudget.answers.comparison import compare
from icbudget.answers.side_by_side import GAIN
from icbudget.engine.accounts.bridge import SYSTEM
from icbudget.joint.merge import put
from icbudget.joint.plan_as_cells import BOTH, KEY, ORDER, Unit, as_plan, as_tables
from icbudget.joint.records import Worth
from icbudget.plan import Plan

MOST = 60
"""So many asks are worked out; each runs the plan twice. Beyond, the £ stay blank."""


def worth_of(plan: Plan) -> Worth:
    """Return what a value makes of a plan, pence better (+) or worse (−) off than it is.

    It is over all years, for the partner that asks and for all together.

    None where the plan has no result, with or without the change, or where many were asked before.
    """
    before = evaluate_plan(plan)
    tables = as_tables(plan)
    count = 0

    def worth(unit: Unit, partner: str, value: Any) -> tuple[int, int] | None:
        nonlocal count
        count += 1
        if count > MOST or before.result is None or unit.cell in (KEY, ORDER, BOTH):
            return None
        tried = {name: {k: dict(c) for k, c in rows.items()} for name, rows in tables.items()}
        put(tried, unit, value)
        try:
            after = evaluate_plan(as_plan(tried, plan))
        except (ValueError, KeyError):
            return None  # a value that no row of the plan can hold on its own
        comparison = compare(before, after)
        if comparison.silent or partner not in comparison.partners:
            return None
        return comparison.difference(GAIN, partner), comparison.difference(GAIN, SYSTEM)

    return worth
