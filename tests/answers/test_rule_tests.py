"""The tests of the rules: value, limit, gap and result, by year and scenario, with the rows behind
each.
"""

from __future__ import annotations

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icbudget.answers import catalogue
from icbudget.answers.case import evaluate_plan
from tests.checks.clean import LA, NHS, clean
from tests.engine.plans import random_document, read


def answer(document, **labels):
    """Return {figure: values} of the rows with these labels."""
    return {
        row.labels[2]: row.values
        for row in catalogue.RULE_TESTS.build(evaluate_plan(read(document))).where(**labels)
    }


def test_balance_is_tested_for_every_source_on_its_own():
    document = clean()
    document["schemes"][2]["base_amount"] = (
        390_000  # £10,000 of the council's money is spent by nobody, and carried forward
    )
    told = answer(document, test="balance", source=LA)
    assert told["Value"] == (390_000,) * 3 and told["Limit"] == (400_000, 410_000, 420_000)
    assert told["Gap"] == (10_000, 20_000, 30_000) and told["Result"] == ("Unallocated",) * 3
    assert answer(document, test="balance", source=NHS)["Result"] == ("Pass",) * 3


def test_a_minimum_counts_a_joint_scheme_by_the_share_of_the_nhs():
    # £300,000 of community nursing, 75 % of it commissioned by the NHS
    told = answer(clean(), test="nhs out of hospital")
    assert told["Value"] == (225_000,) * 3 and told["Gap"] == (0,) * 3


def test_the_out_of_hospital_minimum_does_not_apply_in_2025_26_unless_confirmed():
    assert answer(clean(), test="nhs out of hospital")["Result"] == ("Does not apply",) * 3
    confirmed = clean()
    confirmed["minimums"][1] |= {"applies": "yes", "base_amount": 225_001}
    assert answer(confirmed, test="nhs out of hospital")["Result"] == ("Fail",) * 3


def test_the_rows_behind_a_test_are_named():
    row, *_ = catalogue.RULE_TESTS.build(evaluate_plan(read(clean()))).where(
        test="adult social care"
    )
    assert row.labels == ("adult social care", NHS, "Value", "", "Plan", "Schemes: 1")


def test_less_than_the_allocation_fails_and_what_is_carried_forward_does_not_count():
    document = clean()
    document["minimums"] = [
        {"rule": "minimum_contribution", "source": NHS, "base_amount": 1_000_000, "index": "flat"}
    ]
    assert answer(document, test="minimum contribution")["Result"] == ("Pass",) * 3
    document["contributions"][0]["base_amount"] = 950_000
    extra = {"line": 2, "base_amount": 50_000, "recurrent": False, "carry_forward": True}
    document["contributions"].append({**document["contributions"][0], **extra})
    told = answer(document, test="minimum contribution")
    assert told["Value"] == (950_000,) * 3 and told["Gap"] == (-50_000,) * 3


def test_every_scenario_is_tested_and_the_one_laid_over_comes_first():
    document = clean()
    path = f"contributions/bcf|icb|{NHS}|1/base_amount"
    document["scenarios"] = [{"scenario": "Less", "order": 1, "path": path, "value": "900000"}]
    block = catalogue.RULE_TESTS.build(evaluate_plan(read(document)))
    assert list(dict.fromkeys(row.labels[4] for row in block.rows)) == ["Plan", "Less"]
    assert answer(document, scenario="Less", test="balance", source=NHS)["Gap"] == (
        -100_000,
        -200_000,
        -300_000,
    )
    assert answer(document, scenario="Plan", test="balance", source=NHS)["Gap"] == (0, 0, 0)
    document["setup"]["active_scenario"] = "Less"
    block = catalogue.RULE_TESTS.build(evaluate_plan(read(document)))
    assert list(dict.fromkeys(row.labels[4] for row in block.rows)) == ["Less", "Plan"]


def test_norfolk_passes_its_grant_on_in_full_only_with_a_recorded_consent():
    # DFG 2024/25: Norfolk £11,363,321, of which King's Lynn and West Norfolk £2,212,175, so
    # £9,151,146 for the other six.
    document = clean()
    document["partners"] += [
        {"id": d, "name": d, "kind": "district"} for d in ("kings_lynn", "others")
    ]
    document["pools"].append(
        {"id": "dfg", "name": "DFG", "host": "council", "money_kind": "capital"}
    )
    grant = {"pool": "dfg", "source": "DFG", "base_amount": 11_363_321, "index": "flat"}
    document["contributions"].append({**grant, "partner": "council"})
    document["schemes"].append({**grant, "id": "9", "name": "Adaptations"})
    part = {"pool": "dfg", "source": "DFG", "index": "flat"}
    document["pass_downs"] = [
        {**part, "district": "kings_lynn", "base_amount": 2_212_175},
        {**part, "district": "others", "base_amount": 9_000_000},
        {**part, "district": "others", "kind": "kept by consent", "base_amount": 151_146},
    ]
    told = answer(document, test="passed down")
    assert told["Gap"] == (-151_146,) * 3 and told["Result"] == ("Fail",) * 3
    document["pass_downs"][2]["consent"] = "Minute 7 of 3 March"
    assert answer(document, test="passed down")["Result"] == ("Pass",) * 3


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.integers(0, 2**32).map(lambda seed: random_document(Random(seed))))
def test_the_balances_of_the_sources_sum_to_the_balance_of_the_pool(document):
    case = evaluate_plan(read(document))
    block, moves = catalogue.RULE_TESTS.build(case), case.answered.projection.moves
    for p, pool in enumerate(case.answered.rules.pools):
        rows = block.where(scenario="Plan", test="balance", pool=pool, figure="Gap")
        whole = moves.close[0][:, case.answered.rules.pool_of == p].sum(axis=-1)
        assert [round(sum(row.values[t] for row in rows) * 100) for t in range(len(whole))] == [
            round(v) for v in whole
        ]
