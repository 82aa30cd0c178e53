"""What a best plan may buy of a programme in each year: capacity, cohort, steps, falls and its
smallest size, by hand.
"""

from __future__ import annotations

import pytest

from icbudget.engine.optimiser.active_years import bought_part
from icbudget.engine.optimiser.programme_options import other_sources
from icbudget.plan.plan_text import from_document, from_yaml, to_yaml
from icbudget.plan.programme import Programme

YEARS = ("2025/26", "2026/27", "2027/28", "2028/29")


def programme(people=(100, 100, 100), **more):
    by_year = dict(zip(YEARS[1:], people, strict=True))
    told = {
        "reach_basis": "in_service",
        "cohort": dict.fromkeys(YEARS, 1_000),
        "fixed_cost": dict.fromkeys(YEARS[1:], 1_000),
    }
    return Programme(
        id="p", effect=0.1, grade="C", cost_index="flat", people=by_year, **told | more
    )


def served(row, start="2026/27", level=1.0):
    """People and fixed cost by year, None where it cannot be bought."""
    found = bought_part(row, YEARS, start, level)
    return found and (
        [found.people.get(y) for y in YEARS[1:]],
        [found.fixed_cost.get(y) for y in YEARS[1:]],
    )


def test_capacity_and_steps_buy_less_of_the_year_and_of_its_cost():
    assert served(programme()) == ([100, 100, 100], [1_000, 1_000, 1_000])
    assert served(programme(capacity={"2027/28": 60})) == ([100, 60, 100], [1_000, 600, 1_000])
    assert served(programme(largest_step=40)) == ([40, 80, 100], [400, 800, 1_000])
    assert served(programme(largest_step=40), level=0.5) == ([40, 50, 50], [400, 500, 500])
    assert served(programme(largest_step=40), start="2027/28") == ([None, 40, 80], [None, 400, 800])
    assert served(programme(capacity=dict.fromkeys(YEARS, 0))) is None, (
        "nothing of it is no purchase"
    )


def test_no_more_people_than_the_cohort_holds():
    small = {"cohort": dict.fromkeys(YEARS, 120), "max_reach": 0.5}
    assert served(programme(**small)) == ([60, 60, 60], [600, 600, 600])
    # joins, a fifth leaves a year: 60 fill the 60 places; then 60 − 48 = 12 are free, and again 12
    joins = served(programme(reach_basis="joins", drop_off=0.2, **small))
    assert joins[0] == pytest.approx([60, 12, 12])
    assert served(programme(reach_basis="direct", reach=dict.fromkeys(YEARS, 0.8), max_reach=0.6))[
        1
    ] == [750, 750, 750]


def test_falls_and_the_smallest_size_rule_a_purchase_out():
    assert served(programme((100, 40, 40), largest_fall=50)) is None
    assert served(programme((100, 40, 40), largest_fall=50), level=0.5) == (
        [50, 20, 20],
        [500, 500, 500],
    )
    assert served(programme((100, 40, 40), largest_fall=60)) is not None
    assert served(programme(smallest=60), level=0.5) is None
    assert served(programme(smallest=50), level=0.5) is not None
    assert served(programme(smallest=30, largest_step=20)) is None, (
        "the first year would be too small"
    )


def test_an_indivisible_programme_is_bought_whole_or_not_at_all():
    assert served(programme(divisible=False)) is not None
    assert served(programme(divisible=False), level=0.5) is None
    for limit in (
        {"capacity": {"2027/28": 60}},
        {"largest_step": 40},
        {"cohort": dict.fromkeys(YEARS, 90)},
    ):
        assert served(programme(divisible=False, **limit)) is None


def test_a_programme_starts_only_when_it_may():
    assert served(programme(no_start=("2026/27",))) is None
    assert served(programme(no_start=("2026/27",)), start="2027/28") is not None
    assert served(programme(earliest_start="2027/28")) is None


@pytest.mark.parametrize(("kind", "capital"), [("revenue", False), ("capital", True)])
def test_the_sources_that_may_pay_are_those_of_the_pool_whose_money_is_for_it(kind, capital):
    sources = (
        "Additional NHS Contribution",
        "DFG",
        "Additional LA Contribution",
        "NHS Minimum Contribution",
    )
    document = {
        "setup": {"title": "Sources", "base_year": "2025/26", "horizon": 1},
        "partners": [{"id": "icb", "name": "ICB", "kind": "icb"}],
        "pools": [{"id": "bcf", "name": "Better Care Fund", "host": "icb", "money_kind": kind}],
        "contributions": [
            {
                "pool": "bcf",
                "partner": "icb",
                "source": s,
                "base_amount": 1,
                "in_kind": s.startswith("NHS"),
            }
            for s in sources
        ],
        "programmes": [
            {
                "id": "p",
                "pool": "bcf",
                "source": sources[0],
                "effect": 0.1,
                "grade": "C",
                "cost_index": "flat",
            }
            | {"other_source": [*sources, "Local Authority Better Care Grant"]}
        ],
    }
    plan = from_document(document).plan
    assert other_sources(plan, plan.programmes[0]) == (("DFG",) if capital else ()) + (
        "Additional LA Contribution",
    )
    assert from_yaml(to_yaml(plan)).plan == plan
    document["programmes"][0]["other_source"] = "DFG; Additional LA Contribution"
    assert from_document(document).plan.programmes[0].other_source == (
        "DFG",
        "Additional LA Contribution",
    )
