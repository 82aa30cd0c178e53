"""Council activity with client charges: arithmetic in notes.md."""

from __future__ import annotations

import pytest

from icbudget import glossary
from icbudget.answers.council_activity import council_activity, who_saves
from icbudget.engine.accounts.better_or_worse_off import positions_of
from icbudget.engine.accounts.bridge import bridges
from icbudget.engine.accounts.positions import positions
from icbudget.engine.accounts.postings import postings
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.plan.plan_text import from_yaml, to_yaml
from tests.examples.reading import case_beside

CASE = case_beside(__file__)


def figures(block, *labels):
    return {row.labels[-1]: row.values[1] for row in block.rows if row.labels[:-1] == labels}


def test_spending_charges_and_net_of_care_homes():
    assert figures(council_activity(CASE), "council", "care_home") == {
        glossary.DO_NOTHING_ACTIVITY: 5200.0,
        glossary.PLAN_ACTIVITY: 4680.0,
        glossary.CLIENTS: 90.0,
        glossary.SPENDING_NOTHING: 4_971_200.00,
        glossary.CHARGES_NOTHING: 1_560_000.00,
        glossary.BORNE_NET_NOTHING: 3_411_200.00,
        glossary.SPENDING_PLAN: 4_474_080.00,
        glossary.CHARGES_PLAN: 1_404_000.00,
        glossary.BORNE_NET_PLAN: 3_070_080.00,
    }


def test_home_care_takes_what_moves_from_both_sides():
    home_care = figures(council_activity(CASE), "council", "home_care")
    assert home_care[glossary.PLAN_ACTIVITY] == 8_280.0
    assert home_care[glossary.SPENDING_PLAN] == 207_414.00
    assert home_care[glossary.CHARGES_PLAN] == 33_120.00
    assert home_care[glossary.BORNE_NET_PLAN] == 174_294.00


def test_who_pays_and_who_saves():
    block = who_saves(CASE)
    named = (glossary.PAID_FOR_IT, glossary.SAVED, glossary.NET_OF_IT)
    assert figures(block, "reablement", "council") == dict(
        zip(named, (150_000.00, 187_876.00, 37_876.00), strict=True)
    )
    assert figures(block, "discharge", "icb") == dict(
        zip(named, (60_000.00, 281_000.00, 221_000.00), strict=True)
    )
    # the council pays for the hospital's saving
    assert figures(block, "discharge", "council") == dict(
        zip(named, (0.0, -21_050.00, -21_050.00), strict=True)
    )


def test_each_partners_position_shows_it():
    step_1 = {p.partner: p.activity[1] for p in positions_of(CASE.answered)}
    assert (step_1["icb"], step_1["council"], step_1["trust"]) == (28_100_000, 16_682_600, 0)
    better = {p.partner: p.total[1] for p in positions_of(CASE.answered)}
    assert (better["icb"], better["council"]) == (22_100_000, 1_682_600)


def test_positions_in_every_draw_are_the_same():
    result = CASE.answered
    found = positions(result.plan, result.rules, result.projection, AcuteAmounts(result.projection))
    # the budget of each line meets do nothing, so the balance is what the plan makes of it
    assert found.balance[0, 1].tolist() == [22_100_000, 1_682_600, 0]


def test_the_bridge_ends_at_net_spending():
    council = next(b for b in bridges(CASE.answered) if b.partner == "council")
    # care homes 3,070,080 + home care 174,294 + reablement 150,000
    assert council.steps["Plan"][1] == 339_437_400
    assert council.steps["Base"][1] == 341_120_000


def test_the_ledger_has_payment_and_charges_apart():
    of_council = {
        (p.line, p.kind): p.pence
        for p in postings(CASE.answered)
        if p.year == "2026/27" and p.partner == "council" and p.line != "reablement"
    }
    assert of_council == {
        ("care_home", "activity payment"): 447_408_000,
        ("care_home", "client charge"): 140_400_000,
        ("home_care", "activity payment"): 20_741_400,
        ("home_care", "client charge"): 3_312_000,
    }


def test_clients_are_typed_once_and_kept_so():
    line = CASE.plan.acute_lines[0]
    assert line.base_activity == 5200.0
    text = to_yaml(CASE.plan)
    assert "base_activity: 5200" not in text and "clients: 100" in text
    assert from_yaml(text).plan == CASE.plan


@pytest.mark.parametrize("contract", ["activity", "block", "lva"])
def test_charges_are_lost_with_activity_under_every_contract(contract):
    from icbudget.answers.case import evaluate

    line = CASE.plan.acute_lines[0].model_copy(update={"contract": contract})
    plan = CASE.plan.model_copy(update={"acute_lines": (line, *CASE.plan.acute_lines[1:])})
    amounts = AcuteAmounts(evaluate(plan).answered.projection)
    gross = amounts.saving[0, 1, 0] + (amounts.charges_nothing - amounts.charges_plan)[0, 1, 0]
    # a block pays the same whatever comes; the mean of three years before counts the base year
    assert gross == {"activity": 49_712_000, "block": 0, "lva": 0}[contract]
    assert (amounts.charges_nothing - amounts.charges_plan)[0, 1, 0] == 15_600_000
