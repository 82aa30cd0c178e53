"""Faults that `icbudget.checks.capacity_rows` must find, and the example of model §15.5."""

from __future__ import annotations

import pytest

from icbudget.answers.case import evaluate
from icbudget.answers.intermediate_care import capacity
from icbudget.engine.appraisal.capacity_gap import month_of_service
from icbudget.plan.capacity import Capacity
from icbudget.plan.plan_text import from_document
from tests.checks.clean import YEARS, clean
from tests.checks.faults import Faults

fault = Faults()
ROW = {
    "service": "Reablement beds",
    "year": YEARS[0],
    "month": 10,
    "demand": 120,
    "capacity": 100,
    "spot_places": 15,
    "days": 28,
    "spot_price": 150,
    "days_waited": 6,
    "bed_night": 562,
}


@fault("capacity.no-price", "capacity", 0, "spot_price")
def places_bought_without_a_price(d):
    d["capacity"] = [ROW | {"spot_price": None, "spot_places": 20}]


@fault("capacity.waiting", "capacity", 0, "capacity")
def people_who_wait(d):
    d["capacity"] = [ROW]


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()


def test_the_example_by_hand():
    month = month_of_service(Capacity(**ROW))
    assert (month.gap, month.spot, month.waiting) == (20.0, 15.0, 5.0)
    # 15 × 28 × £150 and 5 × 6 × £562
    assert (month.spot_pence, month.delay_pence) == (6_300_000, 1_686_000)
    # what the delay costs the hospital is not what serving them costs: 5 × 28 × £150
    assert month.serving_pence == 2_100_000


@pytest.mark.parametrize(
    ("change", "spot", "waiting"),
    [
        ({"spot_places": None}, 20.0, 0.0),
        ({"spot_places": None, "spot_price": None}, 0.0, 20.0),
        ({"spot_places": 0}, 0.0, 20.0),
        ({"demand": 90}, 0.0, 0.0),
    ],
)
def test_places_bought_end_at_their_number_and_need_a_price_or_one(change, spot, waiting):
    month = month_of_service(Capacity(**ROW | change))
    assert (month.spot, month.waiting) == (spot, waiting)


def test_the_answer_adds_months_up_and_leaves_an_unknown_cost_blank():
    document = clean()
    document["capacity"] = [ROW, ROW | {"month": 11, "demand": 110}]
    rows = {
        row.labels[2]: row.values for row in capacity(evaluate(from_document(document).plan)).rows
    }
    assert rows["Not enough for"][9:] == (20.0, 10.0, None, 30.0)
    # 63,000 and 10 × 28 × 150 = 42,000
    assert rows["Cost of spot places"][9:] == (63_000.0, 42_000.0, None, 105_000.0)
    document["capacity"][1]["spot_price"] = None
    rows = {
        row.labels[2]: row.values for row in capacity(evaluate(from_document(document).plan)).rows
    }
    assert rows["Cost of spot places"][9:] == (63_000.0, None, None, None)
