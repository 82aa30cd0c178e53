"""Reading the plan beside a worked example."""

from __future__ import annotations

from pathlib import Path

from icbudget.answers.case import Case, evaluate
from icbudget.findings import has_errors
from icbudget.plan import Plan
from icbudget.plan.plan_text import from_yaml


def plan_beside(test: str) -> Plan:
    """The plan in `plan.yaml` beside a test file; it must read without a finding."""
    draft = from_yaml((Path(test).parent / "plan.yaml").read_text(encoding="utf-8"))
    assert draft.plan is not None and not draft.findings, [str(f) for f in draft.findings]
    return draft.plan


def case_beside(test: str) -> Case:
    """The case of the plan beside a test file; no error may stop it."""
    case = evaluate(plan_beside(test))
    assert not has_errors(case.findings), [str(f) for f in case.findings]
    return case
