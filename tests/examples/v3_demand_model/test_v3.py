"""V3: expected values of the New Hospital Programme model's documented example."""

from __future__ import annotations

import pytest

from icbudget.engine.accounts.bridge import bridges
from icbudget.engine.run import run
from icbudget.engine.uncertainty.distributions import normal
from tests.examples.reading import plan_beside


@pytest.fixture(scope="module")
def result():
    return run(plan_beside(__file__))


@pytest.fixture(scope="module")
def year_1(result):
    lines = [row.id for row in result.plan.acute_lines]

    def of(name, *ids):
        array = getattr(
            result.projection.nothing if name == "nothing" else result.projection, "activity"
        )
        return [float(array[0, 1, lines.index(i)]) for i in ids]

    return of


def test_growth(year_1):
    assert [round(v, 4) for v in year_1("nothing", "row1", "row2", "row3")] == [
        1.1118,
        1.0583,
        1.224,
    ]


def test_spells_left(year_1):
    spells = year_1("plan", "row1", "row2", "row3")
    assert [round(v, 4) for v in spells] == [0.7338, 0.7938, 0.9180]
    assert round(sum(spells), 4) == 2.4456


def test_bed_days_of_the_spells_that_still_come(year_1):
    days = year_1("plan", "days1", "days2", "days3")
    assert [round(v, 4) for v in days] == [3.4415, 0.7938, 5.7650]
    assert round(sum(days), 4) == 10.0003


def test_steps_add_up_with_nothing_left_over(result, year_1):
    # £1 a unit and the other six lines are in the bridge too: base 19.0114…; their steps are taken
    # off by hand below
    others = {
        "row1": (1, 0.09, 0.02),
        "row3": (1, 0.2, 0.02),
        "days1": (7, 0.09, 0.02),
        "days3": (8, 0.2, 0.02),
    }
    others |= {"row2": (1.0057, 0.03, 0.0217), "days2": (1.0057, 0.03, 0.0217)}
    steps = bridges(result)[0].steps
    demographic = steps["Demographic"][1] / 100 - sum(base * gd for base, gd, _ in others.values())
    beyond = steps["Non-demographic"][1] / 100 - sum(
        base * (1 + gd) * gn for base, gd, gn in others.values()
    )
    assert (demographic, beyond) == (pytest.approx(90.0, abs=0.04), pytest.approx(21.8, abs=0.04))
    assert year_1("nothing", "thousand") == [pytest.approx(1_111.8)]


@pytest.mark.parametrize(
    ("interval", "mean", "sd", "digits"),
    [
        ((0.8, 0.9), 0.85, 0.039015, 6),
        ((0.7, 0.9), 0.80, 0.078030, 6),
        ((1.0194, 1.0240), 1.0217, 0.0017947, 7),
    ],
)
def test_an_interval_as_a_normal_distribution(interval, mean, sd, digits):
    d = normal(*interval)
    assert (round(d.mean, 4), round(d.sd, digits)) == (mean, sd)
