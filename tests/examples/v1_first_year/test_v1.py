"""V1: what the Better Care Fund's first year was short of its plan."""

from __future__ import annotations

import pytest

from icbudget.engine.run import run
from icbudget.plan.scenario_overlay import with_scenario
from tests.examples.reading import plan_beside

ADMISSIONS, DELAYS = 0, 1
TOLERANCE = 1e6


@pytest.fixture(scope="module")
def planned():
    return run(plan_beside(__file__)).projection


@pytest.fixture(scope="module")
def came():
    plan, findings = with_scenario(plan_beside(__file__), "as it came")
    assert not findings
    return run(plan).projection


@pytest.mark.parametrize(
    ("line", "fewer", "worth"), [(ADMISSIONS, 106_000, 171e6), (DELAYS, 293_000, 90e6)]
)
def test_the_plan(planned, line, fewer, worth):
    assert planned.avoided[0, 1, line] == pytest.approx(fewer)
    assert planned.contract_saving[0, 1, line] == pytest.approx(worth)


@pytest.mark.parametrize(("line", "more"), [(ADMISSIONS, 87_000), (DELAYS, 185_000)])
def test_what_came_was_more_not_less(came, line, more):
    assert came.avoided[0, 1, line] == pytest.approx(-more)
    assert came.contract_saving[0, 1, line] < 0


@pytest.mark.parametrize(
    ("line", "worked_out", "published"), [(ADMISSIONS, 311.3, 311e6), (DELAYS, 146.8, 146e6)]
)
def test_shortfall_as_published(planned, came, line, worked_out, published):
    short = planned.contract_saving[0, 1, line] - came.contract_saving[0, 1, line]
    assert round(short / 1e6, 1) == worked_out
    assert short == pytest.approx(published, abs=TOLERANCE)
