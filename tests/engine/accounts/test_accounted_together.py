"""Results looked at together have the positions, bridges and gain shares that each has alone."""

from __future__ import annotations

from random import Random

from icbudget.answers.case import evaluate_draft
from icbudget.engine.accounts.accounted_together import account_together
from icbudget.engine.accounts.better_or_worse_off import positions_of
from icbudget.engine.accounts.bridge import bridges
from icbudget.engine.accounts.gain_share_settlement import settlements
from icbudget.engine.accounts.postings import borne_of_schemes, spent_by_programmes
from icbudget.engine.run import run
from icbudget.plan.blanks import filled_in
from icbudget.plan.plan_text import from_document
from icbudget.plan.ready_made import READY_MADE
from icbudget.plan.scenario_overlay import with_scenario
from tests.engine.accounts.test_settled_together import varied
from tests.engine.plans import random_document
from tests.fuzz.plans import document_of

VIEWS = (positions_of, settlements, bridges)


def sound_plans(seeds):
    for seed in range(seeds):
        for document in (document_of(seed)[1], random_document(Random(seed))):
            case = evaluate_draft(from_document(document))
            if case is not None and case.result is not None:
                yield seed, filled_in(case.plan)


def test_200_scenarios_of_mixed_kinds_come_out_as_each_alone():
    """Other amounts, evidence, contracts, ways to share, of plans with every rule."""
    together = scenarios = 0
    for seed, plan in sound_plans(10):
        rng = Random(seed)
        plans = [plan, *(varied(plan, rng) for _ in range(3))]
        plans += [with_scenario(plan, name)[0] for name in READY_MADE]
        results = [run(each) for each in plans]
        account_together(results)
        for each, result in zip(plans, results, strict=True):
            scenarios += 1
            together += any(key[1] == "bridges" for key in vars(result)["_views"])
            alone = run(each)
            for view in VIEWS:
                assert view(result) == view(alone), f"seed {seed}, {view.__name__}"
    # else nothing was worked out together, and the test shows nothing
    assert scenarios >= 200 and together > 0.8 * scenarios


def test_steps_of_positions_are_the_ledgers():
    """What partners bear in arrays, for all draws, is what the ledger posts row by row."""
    for seed, plan in sound_plans(20):
        result = run(plan)
        borne = borne_of_schemes(result)
        paid = dict.fromkeys((p.id for p in plan.partners), 0)
        for spent in spent_by_programmes(result):
            paid[spent.partner] += spent.pence
        rows = {bridge.partner: bridge.steps for bridge in bridges(result)}
        gains = {p.id: 0 for p in plan.partners}
        for agreement in settlements(result):
            for partner, received in zip(agreement.partners, agreement.received, strict=True):
                gains[partner] += sum(received)
        for partner, steps in rows.items():
            if partner not in paid:
                continue
            own = borne.get(partner, [0] * len(plan.years))
            assert list(steps["Schemes"]) == [pence - own[0] for pence in own], f"seed {seed}"
            programmes = ("Prevention cost", "Double running and exit", "Transfers")
            assert sum(sum(steps[name]) for name in programmes) == paid[partner] - gains[partner]
