"""Results settled together come out as each does by itself."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from random import Random
from typing import cast

import numpy as np

from icbudget.answers.case import evaluate_draft
from icbudget.engine.accounts.outturn import changes, money_spent
from icbudget.engine.accounts.risk_share_settlement import settlement
from icbudget.engine.accounts.settled_together import ROWS, TERMS, settle_together
from icbudget.engine.cached_view import keep_view
from icbudget.engine.run import run
from icbudget.plan import Plan
from icbudget.plan.blanks import filled_in
from icbudget.plan.looked_at import Watched
from icbudget.plan.plan_text import from_document
from tests.fuzz.plans import document_of


def sound_plans(wanted):
    seed = 0
    while wanted:
        case = evaluate_draft(from_document(document_of(seed)[1]))
        seed += 1
        if case is not None and case.result is not None:
            wanted -= 1
            yield seed - 1, filled_in(case.plan)


def assert_same(one, other, where=""):
    assert type(one) is type(other), where
    if isinstance(one, np.ndarray):
        np.testing.assert_array_equal(one, other, err_msg=where)
        assert one.shape == other.shape, where
    elif is_dataclass(one):
        for field in fields(one):
            assert_same(
                getattr(one, field.name), getattr(other, field.name), f"{where}.{field.name}"
            )
    elif isinstance(one, tuple):
        assert len(one) == len(other), where
        for n, (a, b) in enumerate(zip(one, other, strict=True)):
            assert_same(a, b, f"{where}[{n}]")
    else:
        assert one == other, where


def varied(plan: Plan, rng: Random) -> Plan:
    """The plan with other amounts, now and then without what somebody pays in, or other pools."""
    tables = {}
    for name in ("contributions", "schemes"):
        tables[name] = tuple(
            row.model_copy(
                update={"base_amount": Decimal(rng.choice((0, 1, 2)) * round(row.base_amount or 0))}
            )
            for row in getattr(plan, name)
        )
    if rng.random() < 0.2:
        tables["pools"] = tuple(
            pool.model_copy(update={"underspend": "retain"}) for pool in plan.pools
        )
    return plan.model_copy(update=tables)


def test_each_result_comes_out_as_by_itself():
    together = 0
    for seed, plan in sound_plans(12):
        rng = Random(seed)
        plans = [plan, *(varied(plan, rng) for _ in range(4))]
        results = [run(each) for each in plans]
        settle_together(results)
        for each, result in zip(plans, results, strict=True):
            together += any(key[1] == "settlement" for key in vars(result)["_views"])
            assert_same(settlement(result), settlement(run(each)), f"seed {seed}")
    # else nothing was settled together, and the test shows nothing
    assert together > 20


def test_a_settlement_looks_at_nothing_of_the_plan_that_may_differ():
    for _, plan in sound_plans(6):
        result = run(plan)
        watched = Watched(plan)
        alone = replace(result, plan=cast(Plan, watched))
        keep_view(changes, alone, changes(result))
        keep_view(money_spent, alone, money_spent(result))
        settlement(alone)
        # of programmes it looks at their order; years must be the same too
        assert watched.looked_at <= {*TERMS, *ROWS, "programmes", "years"}
