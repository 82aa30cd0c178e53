"""What every plan of `workbooks/` keeps to, real or illustrative."""

from __future__ import annotations

import pytest

from icbudget.answers.case import evaluate_plan
from icbudget.plan.plan_text import from_yaml
from tests.places import WORKBOOKS
from tests.workbooks.published import answer

PLANS = sorted(WORKBOOKS.glob("*.yaml"))


@pytest.mark.parametrize("path", PLANS, ids=lambda p: p.stem)
def test_goals_improve_on_where_they_begin(path):
    plan = from_yaml(path.read_text(encoding="utf-8"), path.name).plan
    case = evaluate_plan(plan)
    begins = {row.labels[0]: row.values[0] for row in answer(case, "goal-tracker").rows[::-1]}
    for goal in plan.goals:
        better = goal.target - begins[goal.id]
        assert better > 0 if goal.good == "higher" else better < 0, goal.measure
