"""A year and a half of confirmed releases: what came, what may be reinvested, every penny by hand."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from icbudget import glossary, tasks
from icbudget.answers.case import evaluate
from icbudget.answers.explain import explain
from icbudget.answers.named_figures import figure
from icbudget.engine.projection.release_claims import WITHDRAWN
from icbudget.engine.run import run
from icbudget.plan.confirmed_release import CLAIMED, CONFIRMED, CONTRACT_SAVING
from icbudget.reference.loader import rows
from tests.examples.reading import case_beside, plan_beside

FALLS, REABLEMENT = "falls", "reablement"
FIRST, SECOND, THIRD = 1, 2, 3


@pytest.fixture(scope="module")
def case():
    return case_beside(__file__)


@pytest.fixture(scope="module")
def benefits(case):
    return case.result.benefits


@pytest.fixture(scope="module")
def tracks(benefits):
    assert {track.kind for track in benefits.tracks} == {CONTRACT_SAVING}
    return {track.group.name: track for track in benefits.tracks}


def by_quarter(track, figure):
    """The six quarters from the first of 2026/27 to the second of 2027/28."""
    every = [quarter for year in track.quarters[FIRST:] for quarter in year]
    return [getattr(quarter, figure) for quarter in every[:6]]


def test_the_plan_by_quarter_and_what_was_confirmed(tracks):
    falls, reablement = tracks[FALLS], tracks[REABLEMENT]
    assert (falls.partner, reablement.partner) == ("icb", "council")
    assert by_quarter(falls, "planned") == [3000000, 3000000, 3000000, 3000001, 6000000, 6000000]
    assert by_quarter(falls, "confirmed") == [0, 1000000, 2250050, 2499975, 5150025, 0]
    assert by_quarter(falls, "claimed") == [0, 0, 0, 0, 0, 4000000]
    assert by_quarter(reablement, "planned") == [2000000] * 4 + [2500000] * 2
    confirmed = [2000000, 0, 1800000, 1750033, 2500000, 2400000]
    assert by_quarter(reablement, "confirmed") == confirmed
    assert sum(by_quarter(falls, "confirmed")) == 10900050
    assert sum(by_quarter(reablement, "confirmed")) == 10450033


def test_what_is_decided_and_what_is_overdue(tracks):
    assert by_quarter(tracks[FALLS], "decided") == [True] * 5 + [False]
    assert by_quarter(tracks[FALLS], "overdue") == [False] * 5 + [True]
    assert by_quarter(tracks[REABLEMENT], "decided") == [True] * 6
    assert not any(by_quarter(tracks[REABLEMENT], "overdue"))


def test_61_days_are_overdue_and_60_are_not():
    plan = plan_beside(__file__)
    allowed = plan.setup.model_copy(update={"overdue_after": 61})
    falls = run(plan.model_copy(update={"setup": allowed})).benefits.tracks[0]
    assert falls.group.name == FALLS and not any(by_quarter(falls, "overdue"))


def test_capacity_is_no_cash_and_a_row_that_replaces_another_withdraws_it(benefits):
    rows = {(s.row.programme, s.row.year, s.row.month, s.row.line): s for s in benefits.rows}
    assert rows[REABLEMENT, "2026/27", 6, 1].status == CLAIMED
    assert rows[REABLEMENT, "2026/27", 6, 2].status == CONFIRMED
    assert rows[REABLEMENT, "2026/27", 12, 1].status == WITHDRAWN
    assert rows[REABLEMENT, "2026/27", 12, 2].status == CONFIRMED


def test_rate_and_forecast(tracks):
    falls, reablement = tracks[FALLS], tracks[REABLEMENT]
    assert falls.rate == Fraction(10900050, 18000001)
    assert reablement.rate == Fraction(10450033, 13000000)
    assert falls.expected(SECOND) == 16050074
    assert falls.planned(SECOND) - falls.expected(SECOND) == 7949926
    assert reablement.expected(SECOND) == 8919243
    assert reablement.planned(SECOND) - reablement.expected(SECOND) == 1080757
    assert falls.expected(FIRST) == falls.confirmed(FIRST) == 5750025


def test_only_what_was_confirmed_is_reinvested(case, benefits):
    moved = case.result.projection.moves.moved[0]
    assert list(benefits.confirmed[FIRST]) == [5750025, 5550033]
    assert list(moved[SECOND]) == [4312519, 4162525] and moved[SECOND].sum() == 8475044
    planned = benefits.planned_moved[SECOND]
    assert list(planned) == [9000001, 6000000]
    assert planned.sum() - moved[SECOND].sum() == 6524957


def test_the_next_year_rests_on_the_forecast_and_says_how_much_is_confirmed(case, benefits):
    moved = case.result.projection.moves.moved[0]
    assert list(benefits.counted[SECOND]) == [16050074, 8919243]
    assert list(moved[THIRD]) == [12037556, 6689432] and moved[THIRD].sum() == 18726988
    assert list(benefits.confirmed[SECOND]) == [5150025, 4900000]
    assert np.isnan(benefits.counted[THIRD]).all()


def test_without_a_row_the_plan_counts():
    plan = plan_beside(__file__).model_copy(update={"confirmed_releases": ()})
    result = run(plan)
    assert result.benefits is None
    assert list(result.projection.moves.moved[0, SECOND]) == [9000001, 6000000]


def column(block, heading, **labels):
    (row,) = block.where(**labels)
    return row.values[block.columns.index(heading)]


def test_the_answers_say_the_same(case):
    blocks = tasks.answers(case)
    partners = blocks["benefits-by-partner"]
    to_date = {"icb": 109000.50, "council": 104500.33, "All partners": 213500.83}
    planned = {"icb": 240000.01, "council": 130000.00, "All partners": 370000.01}
    for partner, amount in to_date.items():
        labels = {"partner": partner, "kind": "Contract saving", "year": "2027/28"}
        assert column(partners, "Confirmed to date", **labels) == amount
        assert column(partners, "Planned to date", **labels) == planned[partner]
    programmes = blocks["benefits-by-programme"]
    falls = {"programme": FALLS, "year": "2027/28"}
    assert column(programmes, "Forecast of the year", **falls) == 160500.74
    assert column(programmes, "Short of plan", **falls) == 79499.26
    assert column(programmes, "Planned and overdue", **falls) == 60000
    assert round(column(programmes, "Came of what was planned", **falls), 3) == 0.606
    quarters = blocks["benefits-by-quarter"].where(year="2027/28", quarter="Quarter 2")
    assert [row.values[1] for row in quarters] == [36333.50, 19166.75]
    assert [row.values[5] for row in quarters] == ["overdue", "decided"]
    shift = {"shift": "from hospital", "pool": "bcf"}
    reinvested = blocks["reinvestment"]
    rows = [reinvested.where(**shift, year=year)[0].values for year in ("2027/28", "2028/29")]
    assert rows[0] == (57500.25, 43125.19, 90000.01, 46874.82, 43125.19, "confirmed")
    assert rows[1] == (160500.74, 120375.56, 180000, 59624.44, 38625.19, "forecast")


def test_the_reallocation_says_what_a_release_rests_on(case):
    plan = case.plan
    asked = f"from hospital / {glossary.CONFIRMED_BEFORE} / 2027/28"
    (working,) = explain(case, asked, {}).workings
    assert working.value == 57500.25
    assert working.how == (
        "release of 2026/27, confirmed by the rows of Confirmed releases: £57,500.25"
    )
    empty = evaluate(plan.model_copy(update={"confirmed_releases": ()}))
    assert "planned, not confirmed" in tasks.answers(empty)["reallocation"].shows
    # Money that nobody has confirmed is called planned; a name with either label still means it.
    labels = {row.labels[2] for row in tasks.answers(empty)["reallocation"].rows}
    assert glossary.PLANNED_BEFORE in labels and glossary.CONFIRMED_BEFORE not in labels
    assert figure(empty, asked).name.endswith("Planned release of the year before / 2027/28")
    asked = f"from hospital / {glossary.PLANNED_BEFORE} / 2027/28"
    (planned,) = explain(empty, asked, {}).workings
    assert planned.how.startswith("contract saving of 2026/27")
    assert "Reinvestment says which" in tasks.answers(case)["reallocation"].shows


def test_a_release_is_owned_by_the_partner_whose_budget_falls_and_never_taken_away():
    owners = {row["table"]: row["owner"] for row in rows("ownership_default")}
    kinds = {row["unit"] for row in rows("merge_unit") if row["table"] == "confirmed_releases"}
    assert owners["confirmed_releases"] == "=partner" and kinds == {"row", "grows"}
