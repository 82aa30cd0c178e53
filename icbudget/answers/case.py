"""A case: a plan with its scenario laid over, its findings and, where nothing stops it, its result."""

from __future__ import annotations

from dataclasses import dataclass, replace

from icbudget import checks
from icbudget.checks import Unread
from icbudget.engine.run import Result, run
from icbudget.findings import Finding, Severity, ordered, stopped
from icbudget.plan import Plan
from icbudget.plan.overlay import blamed, with_scenario
from icbudget.plan.rows import Draft, draft_of, located


@dataclass(frozen=True)
class Case:
    """What every answer is made from. `result` is None where an error finding stops the engine."""

    plan: Plan
    result: Result | None
    findings: tuple[Finding, ...]
    stated: Plan | None = None
    """The plan as it was given, before its scenario was laid over it; None for the plan itself."""
    draft: Draft | None = None
    """What the plan was read from, which knows where its cells stand."""

    @property
    def before_scenario(self) -> Plan:
        """Return the plan as it was given, before its scenario was laid over it."""
        return self.stated or self.plan

    @property
    def answered(self) -> Result:
        """Return the result. Raises `ValueError` where there is none: ask `result` first."""
        if self.result is None:
            raise ValueError("the plan has errors; there is no result")
        return self.result


def examine(plan: Plan, *, unread: Unread | None = None, read: tuple[Finding, ...] = ()) -> Case:
    """Return the case of a plan: its active scenario laid over it, checked, run where no error stops it, and checked again.

    `read` are findings from reading it and `unread` the keys of rows that could not be read; an error among them stops the
    engine too.
    """
    scenario, laid = with_scenario(plan, plan.setup.active_scenario)
    checked = blamed(checks.check_plan(scenario, unread), plan, plan.setup.active_scenario)
    found = [*read, *laid, *checked, *_waiting(plan)]
    if stopped(found):
        return Case(scenario, None, tuple(found), plan)
    result = run(scenario)
    return Case(scenario, result, (*found, *checks.check_result(scenario, result)), plan)


def _waiting(plan: Plan) -> list[Finding]:
    """Return what is wrong with scenarios that are not active, as warnings: they do not touch these answers."""
    others = dict.fromkeys(c.scenario for c in plan.scenarios if c.scenario != plan.setup.active_scenario)
    return [replace(f, severity=Severity.WARNING) for name in others for f in with_scenario(plan, name)[1]]


def examine_draft(draft: Draft) -> Case | None:
    """Return the case of what was read, its findings placed where people see them; None where Setup could not be read."""
    if draft.plan is None:
        return None
    case = examine(draft.plan, unread=draft.unread, read=tuple(draft.findings))
    return replace(case, findings=tuple(ordered(located(case.findings, draft))), draft=draft)


def examine_plan(plan: Plan) -> Case:
    """Return the case of a plan that was made, not read; its findings name table, row and column."""
    case = examine(plan)
    draft = draft_of(plan)
    return replace(case, findings=tuple(ordered(located(case.findings, draft))), draft=draft)
