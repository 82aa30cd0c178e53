"""Appraisal by hand. 1,000 spells at a price of £2,000 and a cost of £1,500; a programme reaches 25
% of them with a reduction of 20 %, so it avoids 50 a year, for £80,000 a year, in each of the four
years after the base year. Nothing grows.

Annuity of years 1 to 4: at 3.5 % 0.96618 + 0.93351 + 0.90194 + 0.87144 = 3.67308; at 1.5 % 0.98522
+ 0.97066 + 0.95632 + 0.94218 = 3.85438.
"""

from __future__ import annotations

import copy

import pytest

from icbudget.answers import catalogue
from icbudget.answers.case import evaluate
from tests.answers.test_goal_tracker import LINE, PLAN, YEARS
from tests.engine.plans import read

CASH, HEALTH = 3.673079, 3.854385
COST = 80_000 * CASH


def case(setup=None, programme=None, **tables):
    document = copy.deepcopy(PLAN)
    document["acute_lines"] = [LINE | {"unit_cost": 1500}]
    document["setup"] |= setup or {}
    document["programmes"][0] |= {
        "effect": 0.2,
        "reach": dict.fromkeys(YEARS, 0.25),
        "fixed_cost": dict.fromkeys(YEARS, 80_000),
        **(programme or {}),
    }
    return evaluate(read(document | tables))


def values(*args, **kwargs):
    return {
        row.labels: row.values[0] for row in catalogue.APPRAISAL.build(case(*args, **kwargs)).rows
    }


def switched(*args, **kwargs):
    return {
        row.labels[:2]: row.values
        for row in catalogue.SWITCHING_VALUES.build(case(*args, **kwargs)).rows
    }


def test_each_view_on_its_own():
    found = values()
    # commissioners stop paying 50 × £2,000; the trust stops spending 20 % of 50 × £1,500
    assert found["Commissioner cash", "Present value of benefits"] == pytest.approx(
        100_000 * CASH, abs=0.1
    )
    assert found["Commissioner cash", "Present value of costs"] == pytest.approx(COST, abs=0.1)
    assert found["Commissioner cash", "Net present value"] == pytest.approx(20_000 * CASH, abs=0.1)
    assert found["Commissioner cash", "Benefit-cost ratio"] == 1.25
    assert found["Commissioner cash", "Payback on cumulative cash"] == "2025/26"
    assert found["System cash", "Net present value"] == pytest.approx(
        (15_000 - 80_000) * CASH, abs=0.1
    )
    assert found["System cash", "Payback on cumulative cash"] == "not within the plan"
    assert found["Capacity", "nel: spells released over the plan"] == pytest.approx(200)


WARD = {
    "id": "hah",
    "name": "Hospital at home",
    "base_activity": 0,
    "unit_price": 800,
    "unit_cost": 700,
    "variable_cost": 1,
    "semi_fixed_cost": 0,
    "fixed_cost": 0,
}


def test_replacement_activity_is_a_cost_in_every_ratio_and_never_a_negative_benefit():
    # each of the 50 spells avoided moves an episode to hospital at home: 50 × £800 paid, 50 × £700
    # spent; discounting is the same for all, so it cancels in the ratios
    document = copy.deepcopy(PLAN)
    line = LINE | {"unit_cost": 1500}
    moved = {"programme": "falls", "from_line": "nel", "to_line": "hah", "units": 1}
    lines = [line, {**line, **WARD}]
    assert document["programmes"][0]["id"] == "falls"
    found = values(acute_lines=lines, moves=[moved])
    ratio = "Benefit-cost ratio"
    # 100,000 saved against 80,000 for the programme and 40,000 for hospital at home
    assert found["Commissioner cash", ratio] == pytest.approx(100 / 120)
    # 15,000 released against 80,000 and 35,000
    assert found["System cash", ratio] == pytest.approx(15 / 115)
    assert found["If tariff value were cash (the usual mistake)", ratio] == pytest.approx(100 / 120)
    # the cost of programmes at which it breaks even: (100 − 40) / 80 and none: 15 − 35 is below 0
    switch = switched(acute_lines=lines, moves=[moved])
    costs = "Cost of all programmes, times the plan's"
    assert switch["Commissioner cash", costs] == (1, pytest.approx(0.75))
    assert switch["System cash", costs] == (1, None)


def test_a_programme_without_health_effects_is_named_as_not_valued():
    other = PLAN["programmes"][0] | {"id": "other", "name": "Other service", "effect": 0}
    stated = PLAN["programmes"][0] | {"qalys": {YEARS[0]: 1}}
    found = values(
        {"qaly_value": 70_000, "qaly_evidence": "Green Book, 2022"}, programmes=[stated, other]
    )
    assert found["Public value", "Programmes not valued: no health effects stated"] == (
        "Other service"
    )
    assert found["Public value", "Source of the value of a QALY"] == "Green Book, 2022"


def test_health_is_discounted_at_its_own_rate_and_money_deflated():
    stated = {"qalys": dict.fromkeys(YEARS, 2)}
    deflated = {"deflator": "gdp", "qaly_value": 20_000, "qaly_evidence": "a test"}
    indices = [{"id": "gdp", "rates": dict.fromkeys(YEARS, 0.025)}]
    found = values(deflated, stated, indices=indices)
    assert found["Public value", "Health effects over the plan"] == 8
    assert found["Public value", "Health effects, discounted at the health rate"] == pytest.approx(
        2 * HEALTH, abs=1e-5
    )
    assert found["Public value", "Value of the health effects"] == pytest.approx(
        40_000 * HEALTH, abs=0.1
    )
    # money of year t is worth 1 / (1.025 × 1.035)^t; prices and costs are flat in nominal terms
    real = sum((1 / (1.025 * 1.035)) ** t for t in range(1, 5))
    assert found["Commissioner cash", "Net present value"] == pytest.approx(20_000 * real, abs=0.01)


def test_public_value_is_resources_and_health_and_no_transfer():
    found = values(
        {"qaly_value": 20_000, "qaly_evidence": "a test"}, {"qalys": dict.fromkeys(YEARS, 2)}
    )
    assert found["Public value", "Net present value"] == pytest.approx(
        15_000 * CASH + 40_000 * HEALTH - COST, abs=0.2
    )
    assert ("Public value", "Payback on cumulative cash") not in found
    # the rate of health beside it: 2 QALYs a year and £40,000 at the rate of money
    at_one_rate = "Health effects at the rate of costs (a review's proposal, not in force)"
    assert found["Public value", at_one_rate] == pytest.approx(2 * CASH, abs=1e-5)
    compared = "Benefit-cost ratio, health at the rate of costs (not in force)"
    assert found["Public value", compared] == pytest.approx(55_000 * CASH / COST, abs=1e-5)


def test_health_by_person_follows_people_and_the_part_bought():
    each = {"qalys_per_person": 0.02, "people": dict.fromkeys(YEARS, 100)}
    assert values(programme=each)["Public value", "Health effects over the plan"] == pytest.approx(
        8
    )
    # £40,000 a year buys half of it
    short = {
        "shifts": [{"id": "s", "lines": ["nel"], "pool": "bcf"}],
        "acute_lines": [LINE | {"contract": "block"}],
        "contributions": [
            PLAN["contributions"][0] | {"base_amount": 0, "amounts": dict.fromkeys(YEARS, 40_000)}
        ],
    }
    assert values(programme=each, **short)[
        "Public value", "Health effects over the plan"
    ] == pytest.approx(4)


def test_without_health_effects_or_their_value_public_value_is_not_made_up():
    assert ("Public value", "Not entered: no programme states health effects (QALYs)") in values()
    found = values(programme={"qalys": {YEARS[0]: 1}})
    assert ("Public value", "Not valued: Setup gives no £ for a QALY") in found
    assert ("Public value", "Net present value") not in found


def test_switching_values():
    found = switched(programme={"qalys": dict.fromkeys(YEARS, 2)})
    costs, effects = (
        "Cost of all programmes, times the plan's",
        "Effects of all programmes, times the plan's",
    )
    one = "Falls service (judgement): effect as a fall of the rate"
    # commissioners: 100,000 s against 80,000; the system: 15,000 s against 80,000, s = 5.3333,
    # which is more than a fall of 100 %
    assert found["Commissioner cash", costs] == (1, 1.25)
    assert found["System cash", costs] == (1, pytest.approx(0.1875))
    assert found["Commissioner cash", effects] == (1, pytest.approx(0.8, abs=0.0001))
    assert found["System cash", effects] == (1, None)
    assert found["Commissioner cash", one] == (0.2, pytest.approx(0.16, abs=0.0001))
    assert found["System cash", one] == (0.2, None)
    # what system cash lacks, 65,000 × 3.67308, over 2 × 3.85438 QALYs
    assert found["Public value", "Value of a QALY"] == (
        0,
        pytest.approx(65_000 * CASH / (2 * HEALTH), abs=1),
    )


def test_a_cheaper_programme_switches_the_system_too():
    found = switched(programme={"fixed_cost": dict.fromkeys(YEARS, 30_000)})
    assert found["System cash", "Effects of all programmes, times the plan's"] == (
        1,
        pytest.approx(2.0, abs=0.0002),
    )
    assert found["System cash", "Falls service (judgement): effect as a fall of the rate"] == (
        0.2,
        pytest.approx(0.4, abs=0.0001),
    )


def test_the_sign_changes_at_the_value_that_is_told():
    for at, wanted in ((0.16, 0), (0.17, 1)):
        value = values(programme={"effect": at})["Commissioner cash", "Net present value"]
        assert (value > 1) == bool(wanted)


def test_nothing_switches_where_nothing_is_spent():
    assert switched(programme={"fixed_cost": {}}) == {}


def test_what_is_shown_adds_up_and_ratios_are_those_of_the_figures_shown():
    found = values(programme={"fixed_cost": dict.fromkeys(YEARS, 33_333.33)})
    view = {
        name: found["Commissioner cash", name]
        for name in ("Present value of benefits", "Present value of costs")
    }
    benefits, costs = view.values()
    assert found["Commissioner cash", "Net present value"] == round(benefits - costs, 2)
    assert found["Commissioner cash", "Benefit-cost ratio"] == pytest.approx(
        benefits / costs, rel=1e-6
    )
    assert found["Commissioner cash", "Return on investment"] == pytest.approx(
        benefits / costs - 1, rel=1e-6
    )
