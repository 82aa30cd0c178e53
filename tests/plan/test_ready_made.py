"""Scenarios that every plan has: what they lay over it, and that they leave the plan itself
alone."""

from __future__ import annotations

from random import Random

import pytest

from icbudget.answers.case import evaluate
from icbudget.checks import check_plan
from icbudget.findings import has_errors
from icbudget.plan.ready_made import CENTRAL, FORMS, READY_MADE, base_money
from icbudget.plan.scenario_overlay import scenarios_of, with_scenario
from tests.checks.clean import clean
from tests.engine.plans import random_document, read


def laid(name, document=None):
    plan = read(document or clean())
    made, found = with_scenario(plan, name)
    assert not found and not has_errors(check_plan(made))
    return made


def test_evidence_takes_the_ends_of_the_estimate():
    assert [
        laid(name).programmes[0].effect
        for name in ("Low evidence", "Central evidence", "High evidence")
    ] == [
        0.01,
        0.05,
        0.08,
    ]


def test_of_a_ratio_the_cautious_end_is_the_high_one():
    document = clean()
    document["programmes"][0] |= {
        "effect_measure": "risk_ratio",
        "effect": 0.85,
        "effect_low": 0.7,
        "effect_high": 0.95,
    }
    assert [
        laid(name, document).programmes[0].effect for name in ("Low evidence", "High evidence")
    ] == [0.95, 0.7]


def test_a_programme_without_a_range_stays_as_it_is():
    document = clean()
    document["programmes"][0] |= {"effect_low": None, "effect_high": None}
    assert laid("Low evidence", document).programmes[0].effect == 0.05


def test_contracts_bring_the_terms_that_a_line_does_not_state():
    assert laid("Block contracts").acute_lines[0].contract == "block"
    marginal = laid("Marginal-rate contracts").acute_lines[0]
    # 10,000 × £3,000
    assert (marginal.contract, marginal.marginal_rate, marginal.baseline_value) == (
        "marginal",
        0.7,
        30_000_000,
    )
    assert laid("Aligned contracts").acute_lines[0].variable_share == 0.15  # its own
    document = clean()
    second = document["acute_lines"][0] | {
        "id": "elective",
        "point_of_delivery": "Elective admission",
        "variable_share": None,
    }
    document["acute_lines"] = [
        document["acute_lines"][0] | {"contract": "activity", "variable_share": None},
        second | {"contract": "block"},
    ]
    assert [line.variable_share for line in laid("Aligned contracts", document).acute_lines] == [
        0.0,
        1.0,
    ]


def test_forms_of_integration_change_who_shares():
    document = clean()
    document["pools"].append(
        {"id": "dfg", "name": "DFG", "host": "council", "money_kind": "capital"}
    )
    document["pools"].append(
        {"id": "seen", "name": "In view", "host": "icb", "pooling_status": "in_view"}
    )
    for name, status in zip(FORMS, ("aligned", "pooled", "pooled", "pooled"), strict=True):
        made = laid(name, document)
        assert [p.pooling_status for p in made.pools] == [status, "pooled", "in_view"]
        assert [p.risk_share for p in made.pools[1:]] == ["", ""]
    lead = laid("Lead commissioning", document)
    host = lead.pools[0].host
    assert [(r.partner, r.share) for r in lead.risk_shares if r.id == lead.pools[0].risk_share] == [
        (host, 1.0)
    ]
    one = laid("One budget", document)
    shares = {r.partner: r.share for r in one.risk_shares if r.id == "One budget"}
    money = base_money(read(document))
    assert sum(shares.values()) == pytest.approx(1, abs=1e-9)
    assert all(shares[p] == pytest.approx(money[p] / sum(money.values()), abs=1e-5) for p in shares)
    assert one.setup.reinvest_basis == "system"


def test_a_scenario_written_out_comes_before_a_ready_made_one_of_its_name():
    document = clean()
    document["scenarios"] = [
        {"scenario": "Low evidence", "order": 1, "path": "programmes/falls/effect", "value": "0.02"}
    ]
    assert laid("Low evidence", document).programmes[0].effect == 0.02
    assert scenarios_of(read(document))[0] == "Low evidence" and len(
        scenarios_of(read(document))
    ) == len(READY_MADE)


def test_central_evidence_is_the_plan_itself():
    plan = read(clean())
    assert with_scenario(plan, CENTRAL) == (plan, [])


def test_an_unknown_scenario_says_what_was_meant():
    _, (found,) = with_scenario(read(clean()), "pooled funds")
    assert found.id == "scenario.unknown" and found.fix == "Write “Pooled fund” if that is meant."
    _, (found,) = with_scenario(read(clean()), "xyzzy")
    assert "One budget" in found.fix


@pytest.mark.parametrize("name", READY_MADE)
def test_every_ready_made_scenario_runs_on_any_plan(name):
    for seed in range(12):
        plan = read(random_document(Random(seed)))
        case = evaluate(
            plan.model_copy(
                update={"setup": plan.setup.model_copy(update={"active_scenario": name})}
            )
        )
        assert case.result is not None, [str(f) for f in case.findings]
        assert case.before_scenario.programmes == plan.programmes
