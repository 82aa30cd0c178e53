"""A capitated contract with a corridor: arithmetic in notes.md."""

from __future__ import annotations

import pytest

from icbudget import glossary
from icbudget.answers.capitated_contracts import capitations, form_rewards
from icbudget.answers.case import evaluate
from icbudget.answers.catalogue import BY_ID
from icbudget.answers.integration import ALONE, integration
from icbudget.engine.appraisal.form_rewards import AS_PLANNED, BLOCK, BY_UNIT, CAPITATED, rewards
from icbudget.engine.appraisal.year_of_care import capitation, settled
from icbudget.plan.index import Index
from icbudget.plan.succession import Succession
from tests.examples.reading import case_beside

CASE = case_beside(__file__)
CONTRACT = CASE.plan.capitations[0]


def with_contract(**change):
    contract = CONTRACT.model_copy(update=change)
    return CASE.plan.model_copy(update={"capitations": (contract,)})


def test_the_sum_the_corridor_and_who_holds_what_is_left():
    figures = {row.labels[1]: row.values[1] for row in capitations(CASE).rows}
    assert figures == {
        glossary.WEIGHTED_PEOPLE: 10_000.0,
        glossary.YEAR_OF_CARE_PRICE: 500.0,
        glossary.CAPITATED_EXCLUSIONS: 0.0,
        glossary.CAPITATED_SUM: 5_000_000.00,
        glossary.CAPITATED_PAID: 4_950_000.00,
        glossary.PAID_A_PERSON: 495.0,
        glossary.COVERED_COST: 4_600_000.00,
        glossary.CAPITATED_LEFT: 350_000.00,
        glossary.CAPITATED_CORRIDOR: 150_000.00,
        glossary.BEYOND_CORRIDOR: 200_000.00,
        glossary.BACK_TO_COMMISSIONER: 120_000.00,
        glossary.HOLDER_ENDS_WITH: 230_000.00,
    }
    # not in force in the base year
    assert {row.values[0] for row in capitations(CASE).rows} == {None}


def test_a_line_that_is_bought_costs_the_holder_what_its_provider_is_paid():
    own, bought = CASE.plan.acute_lines
    dear = bought.model_copy(update={"unit_cost": 130.0})
    case = evaluate(CASE.plan.model_copy(update={"acute_lines": (own, dear)}))
    # 1,900 contacts at the price of £100, whatever they cost the community trust
    assert capitation(case.answered, CONTRACT)[1].plan.cost == 441_000_000 + 19_000_000


def test_what_each_form_rewards():
    made = {r.payment: (r.holder[1], r.commissioner[1]) for r in rewards(CASE.answered, CONTRACT)}
    assert made == {
        AS_PLANNED: (-1_000_000, 8_000_000),
        BY_UNIT: (-41_000_000, 48_000_000),
        BLOCK: (9_000_000, -2_000_000),
        CAPITATED: (2_800_000, 4_200_000),
    }
    rows = form_rewards(CASE).rows
    together = [row.values[1] for row in rows if row.labels[-1] == glossary.FORM_TOGETHER]
    assert together == [70_000.0] * 4


@pytest.mark.parametrize(
    ("paid", "cost", "corridor", "part", "back", "kept"),
    [
        (495, 460, 15, 0.4, 12, 23),
        (460, 495, 15, 0.4, -12, -23),  # short: the commissioner pays its part
        (500, 490, 15, 0.4, 0, 10),  # inside the corridor
        (500, 490, 0, 1.0, 0, 10),  # the holder has all of it
        (500, 490, 0, 0.0, 10, 0),
        (103, 100, 0, 0.5, 1, 2),  # 1.5p half-up is the holder's, what is left the commissioner's
    ],
)
def test_what_is_beyond_the_corridor_is_split_to_the_penny(paid, cost, corridor, part, back, kept):
    made = settled(paid, cost, corridor, part)
    assert (made.back, made.kept) == (back, kept)
    assert made.back + made.kept == paid - cost


def test_price_and_exclusions_follow_the_index():
    plan = with_contract(index="prices", exclusions=100_000)
    indices = (Index(id="prices", rates={"2026/27": 0.02}),)
    year = capitation(
        evaluate(plan.model_copy(update={"indices": indices})).answered, plan.capitations[0]
    )[1]
    # 10,000 × 510 less 102,000
    assert (year.before_exclusions, year.exclusions, year.sum) == (
        510_000_000,
        10_200_000,
        499_800_000,
    )


def test_as_a_form_of_integration():
    name = "Integrated health organisation: frail"
    rows = [row for row in integration(CASE).rows if row.labels[0] == name]
    gain = {row.labels[1]: row.values[1] for row in rows if row.labels[2] == glossary.GAIN}
    assert gain == {"icb": -18_000.0, "trust": 28_000.0}
    words = [row.labels[2] for row in rows if row.labels[1] == "All partners"]
    assert words[0].startswith("Who decides: the organisation that holds a whole population's")
    assert sum(gain.values()) == 10_000.0  # 70,000 less what frailty costs


@pytest.mark.parametrize(
    ("form", "who_decides"),
    [
        ("single_neighbourhood_provider", "about 50,000 people"),
        ("multi_neighbourhood_provider", "about 250,000 people"),
    ],
)
def test_a_neighbourhood_provider_is_a_form_with_the_same_money_and_its_own_words(
    form, who_decides
):
    rows = integration(evaluate(with_contract(form=form))).rows
    mine = [row for row in rows if row.labels[0] == f"{form.replace('_', ' ').capitalize()}: frail"]
    words = [row.labels[2] for row in mine if row.labels[1] == "All partners"]
    assert words[0].startswith("Who decides: ") and who_decides in words[0]
    gain = {row.labels[1]: row.values[1] for row in mine if row.labels[2] == glossary.GAIN}
    assert gain == {"icb": -18_000.0, "trust": 28_000.0}


def test_a_holder_that_ends_is_followed_by_its_successors_to_the_penny():
    trust = next(partner for partner in CASE.plan.partners if partner.id == "trust")
    shares = {"north": 0.25, "south": 0.75}
    partners = (*CASE.plan.partners, *(trust.model_copy(update={"id": id}) for id in shares))
    successions = tuple(
        Succession(old="trust", new=new, year="2026/27", share=share)
        for new, share in shares.items()
    )
    plan = CASE.plan.model_copy(update={"partners": partners, "successions": successions})
    rows = [row for row in integration(evaluate(plan)).rows if row.labels[0].endswith(": frail")]
    gain = {row.labels[1]: row.values[1] for row in rows if row.labels[2] == glossary.GAIN}
    # 28,000 of the trust by a quarter and three quarters; the ICB as before
    assert gain == {"icb": -18_000.0, "north": 7_000.0, "south": 21_000.0}
    paid = {row.labels[1]: row.values[1] for row in rows if row.labels[2] == ALONE}
    # 4,950,000 is paid for the year
    assert paid == {"trust": 0.0, "north": 1_237_500.0, "south": 3_712_500.0}


def test_nothing_of_it_is_posted():
    without = evaluate(CASE.plan.model_copy(update={"capitations": ()}))
    for answer in ("partner-positions", "balances", "bridge"):
        assert BY_ID[answer].build(without) == BY_ID[answer].build(CASE)
