"""Faults that `icbudget.checks.performance_pots` must find."""

from __future__ import annotations

import pytest

from tests.checks.faults import Faults

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


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()
