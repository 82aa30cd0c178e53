"""A marginal ranking by hand, and what the pool buys by it."""

from __future__ import annotations

import pytest

from icbudget import tasks
from icbudget.engine.run import run
from tests.examples.reading import case_beside, plan_beside

EACH_YEAR = 1 / 1.035 + 1 / 1.035**2


@pytest.fixture(scope="module")
def case():
    return case_beside(__file__)


def test_the_ranking_and_what_each_pick_is_worth(case):
    (ranking,) = case.result.rules.rankings
    assert case.plan.years[ranking.year] == "2026/27"
    picks = [(case.plan.programmes[p.programme].id, p.value, p.per_pound) for p in ranking.picks]
    assert [name for name, *_ in picks] == ["b", "c", "a"]
    assert [value for _, value, _ in picks] == pytest.approx(
        [14_000 * EACH_YEAR, 3_400 * EACH_YEAR, 7_800 * EACH_YEAR]
    )
    assert [round(ratio, 6) for *_, ratio in picks] == [6.648930, 3.229480, 2.963523]


def test_what_the_pool_buys(case):
    moves = case.result.projection.moves
    assert [list(year) for year in moves.paid[0]] == [
        [0, 0, 0],
        [0, 4_000_00, 2_000_00],
        [5_000_00, 4_000_00, 2_000_00],
    ]
    assert moves.moved[0, 2, 0] == 23_400_00


def test_by_priority_it_would_have_bought_another_programme():
    plan = plan_beside(__file__)
    shift = plan.shifts[0].model_copy(update={"rule": "release_then_invest"})
    moves = run(plan.model_copy(update={"shifts": (shift,)})).projection.moves
    assert list(moves.paid[0, 1]) == [5_000_00, 1_000_00, 0]


def test_the_answer_shows_the_ranking_in_its_binding_year(case):
    block = tasks.answers(case)["reallocation"]
    places = {
        row.labels[1]: row.values
        for row in block.where(kind="Ranking", figure="Place in the ranking")
    }
    assert places == {"b": (None, 1, None), "c": (None, 2, None), "a": (None, 3, None)}
