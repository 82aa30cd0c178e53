"""Faults that `icbudget.checks.performance_pots` must find."""

from __future__ import annotations

import pytest

from icbudget import glossary
from icbudget.answers.case import evaluate_draft
from icbudget.answers.catalogue import BALANCES
from icbudget.plan.plan_text import from_document
from tests.checks.clean import clean
from tests.checks.faults import Faults, findings_of

fault = Faults()


def _pot(**changes):
    point = {
        "id": "nel",
        "year": "2026/27",
        "pool": "bcf",
        "pot": 10_000,
        "planned": 10,
        "achieved": 10,
    }
    return [point | {"quarter": quarter} | changes for quarter in (1, 2)]


@fault("p4p.differs", "performance_pots", 1, "formula")
def payment_points_by_two_formulas(d):
    d["performance_pots"] = _pot(unit_price=1_000)
    d["performance_pots"][1]["formula"] = "cumulative"


@fault("p4p.no-price", "performance_pots", 0, "unit_price")
def cumulative_formula_without_a_price(d):
    d["performance_pots"] = _pot(formula="cumulative")


@fault("p4p.pot-differs", "performance_pots", 0, "planned")
def pot_that_the_price_does_not_make(d):
    d["performance_pots"] = _pot(formula="cumulative", unit_price=1_490)


@fault("p4p.no-target", "performance_pots", 0, "planned")
def pot_without_a_target(d):
    d["performance_pots"] = _pot(planned=0)


@fault("p4p.not-known", "performance_pots", 0, "achieved")
def reduction_not_known_yet(d):
    d["performance_pots"] = _pot(achieved=None)


@fault("p4p.not-earned", "performance_pots", 0, "achieved")
def reduction_that_earns_a_part(d):
    d["performance_pots"] = _pot(achieved=6)


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()


def test_what_is_not_earned_is_told_with_its_pounds_and_is_on_balances():
    document = clean()
    document["performance_pots"] = _pot(achieved=6)
    (found,) = [f for f in findings_of(document) if f.id == "p4p.not-earned"]
    # two points of £10,000, each with 6 of 10 achieved: 2 × £4,000 is not earned
    assert "£20,000 in 2026/27" in found.message and "£8,000 is not earned" in found.message
    block = BALANCES.build(evaluate_draft(from_document(document)))
    at = block.columns.index("2026/27")
    rows = block.where(source=glossary.NO_SOURCE, figure=glossary.SPENT_LESS_INCOME)
    assert [row.values[at] for row in rows] == [8_000]
