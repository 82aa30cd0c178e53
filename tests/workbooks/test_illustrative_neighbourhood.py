"""The illustrative neighbourhood: what a small plan can answer, once each, with figures by hand."""

from __future__ import annotations

import pytest

from icbudget import reference
from tests.workbooks.published import answer, ids, opened, value


@pytest.fixture(scope="module")
def case():
    return opened("illustrative-neighbourhood")


def test_it_says_that_it_is_not_a_real_place_and_every_figure_has_a_source(case):
    setup = case.plan.setup
    assert "not a real place" in setup.title and "does not exist" in setup.notes
    assert reference.find_area(setup.area) is None and not setup.ons_code
    for table in ("contributions", "acute_lines", "programmes", "goals", "capacity", "staff"):
        for row in getattr(case.plan, table):
            assert row.evidence and row.status, (table, row)


def test_national_unit_costs_are_those_of_the_reference_tables(case):
    price = {row.id: row.unit_price for row in case.plan.acute_lines}
    cost = {(row.id, row.price_year): float(row.unit_cost) for row in reference.unit_costs()}
    assert price["care_homes"] == cost["care_home_65", "2025/26"] == 956
    # the library has an hour's average spending of 2024/25 and the fee of 2025/26 under one id
    assert price["home_care"] == cost["home_care", "2025/26"] == 25.05
    assert {row.bed_night for row in case.plan.capacity} == {cost["delayed_bed", "2025/26"]}
    # 2024/25 brought to 2025/26: 5,419.28 × 1.029431149 and 88.73 × 1.029431149
    assert (price["stays"], price["contacts"]) == (5578.78, 91.34)


def test_what_the_council_pays_is_net_of_what_clients_pay(case):
    # care homes 60 × 52 × (956 − 310) = 2,015,520; home care 160 × 600 × (25.05 − 5) = 1,924,800
    paid = {"partner": "council", "figure": "Plan net spending"}
    assert value(case, "bodies-that-change", "2025/26", **paid) == 3_940_320


def test_the_two_new_councils_have_what_the_old_one_would_have_had(case):
    paid = [
        value(case, "bodies-that-change", "2027/28", partner=name, figure="Plan net spending")
        for name in ("east", "west")
    ]
    assert paid[0] / sum(paid) == pytest.approx(0.45, abs=1e-8)
    assert "body.followed" in ids(case)


def test_the_months_in_which_there_is_not_enough_intermediate_care(case):
    block = answer(case, "capacity-and-demand")
    rows = {row.labels[2]: row.values for row in block.rows}
    # January: 46 − 40 = 6, of whom 4 are bought for: 4 × 28 × £60; 2 wait 5 days at £562
    assert rows["Cost of spot places"][9] == 6_720
    assert rows["Cost of delay, the hospital's"][9] == 5_620
    assert rows["Waiting"][9:12] == (2, 0, 0)


def test_nurses_to_be_found(case):
    # 240 people × 0.01 − 1 in post = 1.4; six months of agency 0.7; × £52,000 × 40 %
    nurses = {"programme": "team", "role": "Nurse"}
    assert value(case, "workforce", "2026/27", **nurses, figure="Agency premium") == 14_560


def test_the_sum_for_a_year_of_care(case):
    # 1,200 people × £7,150 × 1.022299 = £8,771,325.42, less 2 % × 10 % for quality not achieved
    paid = value(case, "capitation-settled", "2026/27", figure="Paid of it")
    assert paid == pytest.approx(8_771_325.42 * (1 - 0.02 * 0.1), abs=0.01)


def test_one_sum_gives_the_holder_a_part_of_a_stay_that_is_avoided_and_the_block_none(case):
    def gain(contract, figure):
        return value(case, "what-forms-reward", "2028/29", contract=contract, figure=figure)

    # the stays are the trust's: what is no longer paid for them is the commissioner's under a block
    assert gain("Block", "The holder's gain") == 0 < gain("Block", "The commissioner's gain")
    assert gain("Capitation", "The holder's gain") > 0
    together = {gain(c, "Both together") for c in ("Block", "Capitation", "Contracts as planned")}
    assert max(together) - min(together) < 0.02  # pence are rounded once each


def test_the_fifth_that_is_reached_less(case):
    # reach 480 ÷ 1,200 = 40 %; the fifth is 25 % of the people and 18 % of those reached
    reach = answer(case, "reach-of-groups")
    last = {row.labels[2]: row.values[-1] for row in reach.rows}
    assert last["Reach of the group"] == pytest.approx(0.4 * 0.18 / 0.25)
    assert last["Reach of everyone else"] == pytest.approx(0.4 * 0.82 / 0.75)
    assert {"programme.reach-widens", "goal.gap-widens"} <= set(ids(case))


def test_the_return_has_the_metric_and_the_months(case):
    (metric,) = [
        row for row in answer(case, "return-metrics").rows if "Residential" in row.labels[0]
    ]
    assert 592.5 in metric.values and 148 in metric.values
    assert {row.labels[0] for row in answer(case, "return-capacity").rows} == {"Reablement at home"}
