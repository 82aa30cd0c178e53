"""What one ask makes in pounds: the plan with this change alone, compared with the plan."""

from __future__ import annotations

from typing import Any

from icbudget import checks
from icbudget.answers.case import Case, evaluate_plan
from icbudget.answers.comparison import gains
from icbudget.engine.accounts.bridge import SYSTEM
from icbudget.engine.run import Result, run
from icbudget.findings import stopped
from icbudget.joint.changes import rekeyed
from icbudget.joint.merge import in_order, put
from icbudget.joint.plan_as_cells import BOTH, KEY, ORDER, Tables, Unit, as_plan, as_tables
from icbudget.joint.records import Worth
from icbudget.plan import Plan
from icbudget.plan.scenario_overlay import with_scenario


def worth_of(plan: Plan) -> Worth:
    """Return what a value makes of a plan, pence better (+) or worse (−) off than it is.

    It is over the years of both, for the partner that asks and for all together, and None where the
    plan has no result, with or without the change, or where no row can hold the value on its own.
    Every ask is worked out: the plan is checked only where the change can matter and then run once.
    """
    before = evaluate_plan(plan)
    tables = as_tables(plan)

    def worth(unit: Unit, partner: str, value: Any) -> tuple[int, int] | None:
        if before.result is None or unit.cell == BOTH:
            return None
        try:
            asked_for = as_plan(_with(tables, unit, value), plan)
        except (ValueError, KeyError):
            return None  # a value that no row of the plan can hold on its own
        after = _result(asked_for, before)
        if after is None:
            return None
        return _difference(before.result, after, partner)

    return worth


def _with(tables: Tables, unit: Unit, value: Any) -> Tables:
    """Return tables with one ask put in."""
    if unit.cell == KEY:
        return rekeyed(tables, {(unit.table, unit.key): value})
    if unit.cell == ORDER:
        return in_order(tables, value)
    tried = rekeyed(tables, {})
    put(tried, unit, value)
    return tried


def _result(plan: Plan, before: Case) -> Result | None:
    """Return the result of a plan under its scenario; None where an error stops it."""
    scenario, laid = with_scenario(plan, plan.setup.active_scenario)
    # What the change cannot touch was found in the plan already, and is not looked for again.
    in_plan = checks.checked(scenario, None, before.checked).findings
    if stopped([*laid, *checks.check_as_typed(plan), *in_plan]):
        return None
    result = run(scenario)
    return None if checks.check_size(scenario, result) else result


def _difference(before: Result, after: Result, partner: str) -> tuple[int, int] | None:
    """Return how much better off a partner and all are in one result than in another, pence."""
    common = [year for year in before.years if year in after.years]
    was, now = gains(before, before), gains(after, before)
    if not common or partner not in was or partner not in now:
        return None

    def over(result: Result, by_year: tuple[int, ...]) -> int:
        return sum(by_year[result.years.index(year)] for year in common)

    own, system = (over(after, now[who]) - over(before, was[who]) for who in (partner, SYSTEM))
    return own, system
