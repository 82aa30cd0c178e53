"""K1: what a commissioner saves under a kinked marginal rate."""

from __future__ import annotations

import pytest

from icbudget.answers.case import evaluate
from icbudget.engine.run import run
from tests.examples.reading import plan_beside


@pytest.fixture(scope="module")
def projection():
    return run(plan_beside(__file__)).projection


@pytest.mark.parametrize(("line", "paid", "kept_back"), [(0, 10.3e6, 0.7e6), (1, 10.7e6, 0.3e6)])
def test_payment_above_the_baseline(projection, line, paid, kept_back):
    assert projection.pay_nothing[0, :, line] == pytest.approx(paid)
    gross = projection.nothing.activity[0, :, line] * projection.nothing.price[0, :, line]
    assert gross - projection.pay_nothing[0, :, line] == pytest.approx(kept_back)


def test_units_avoided(projection):
    assert projection.avoided[0, :, 1] == pytest.approx([0, 50, 150])


@pytest.mark.parametrize(
    ("line", "half_a_million", "one_and_a_half"), [(0, 0.15e6, 0.8e6), (1, 0.35e6, 1.2e6)]
)
def test_saving_above_and_across_the_kink(projection, line, half_a_million, one_and_a_half):
    assert projection.contract_saving[0, 1:, line] == pytest.approx(
        [half_a_million, one_and_a_half]
    )


def test_a_fall_of_that_size_is_questioned():
    assert any(f.id.startswith("guard.") for f in evaluate(plan_beside(__file__)).findings)
