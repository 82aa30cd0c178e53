"""The year as postings: every pound of the monitoring table is one, with what it rests on."""

from __future__ import annotations

import pytest

from icbudget.answers.case import evaluate
from icbudget.answers.explain import explain
from icbudget.engine.accounts.monitored_lines import monitored
from icbudget.engine.accounts.postings import postings
from icbudget.engine.accounts.year_postings import every_posting
from icbudget.engine.run import run
from tests.examples.reading import plan_beside
from tests.places import EXAMPLES

M1 = str(EXAMPLES / "m1_in_year" / "plan.yaml")


@pytest.fixture(scope="module")
def result():
    return run(plan_beside(M1))


def total(result, basis, *kinds, **where):
    found = [
        p for p in every_posting(result) if p.basis == basis and (not kinds or p.kind in kinds)
    ]
    return sum(
        p.pence for p in found if all(getattr(p, name) == value for name, value in where.items())
    )


def test_the_plan_s_own_postings_are_what_they_were(result):
    assert [p for p in every_posting(result) if p.basis == "plan"] == list(postings(result))


def test_virements_inside_the_pool_sum_to_zero_and_the_other_changes_a_contribution(result):
    """V1 moves £90,000 inside the pool, V2 brings £70,000 into it, V3 is not approved."""
    assert total(result, "virement", "virement") == 70_000_00
    assert total(result, "virement", "virement", line="A Home care") == -20_000_00
    assert total(result, "virement", "contribution changed", partner="icb") == 70_000_00


def test_outturn_and_forecast_are_those_of_the_monitoring_table(result):
    told = monitored(result)
    assert told is not None
    spending = [line for line in told.lines if line.kind == "expenditure"]
    assert (
        total(result, "outturn", "spending booked", "spending accrued")
        == sum(line.actual_to_date for line in spending)
        == 959_500_75
    )
    assert total(result, "outturn", "spending accrued") == 2_500_25
    assert total(result, "outturn", "income booked") == 786_666_65
    assert total(result, "forecast", "forecast outturn") == sum(line.forecast for line in spending)
    assert total(result, "outturn", "spending booked", partner="icb") == 250_000_00


def test_a_forecast_is_explained_by_its_budget_and_the_person_s_own_row():
    told = explain(evaluate(plan_beside(M1)), "2025/26 / B / forecast outturn", {})
    assert told.totals == {"forecast outturn": 520_000_00}
    paths = ["schemes/B|1/base_amount", "schemes/B|1/phasing", "forecasts/2025/26|5|B|1|||/outturn"]
    assert [a.path for a in told.assumptions] == paths


def test_next_year_s_budget_rests_on_the_recurrent_virement():
    told = explain(evaluate(plan_beside(M1)), "2026/27 / B", {})
    assert told.totals == {"expenditure": 490_000_00}
    assert "virements/V1/amount" in {a.path for a in told.assumptions}
