"""Who gets two programmes: least and greatest joint reach by hand, and the order of the readings on
any plan.
"""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icbudget.engine.appraisal.overlap import (
    INDEPENDENT,
    SAME,
    SEPARATE,
    alone,
    readings,
    same,
    separate,
)
from icbudget.engine.run import run
from tests.checks.clean import YEARS, clean
from tests.engine.plans import random_document, read

PAIRS = [
    ((0.8, 0.4), (0.135, 0.2295)),
    ((0.7, 0.6), (0.3, 0.5)),
    ((1.0, 0.5), (0.2, 0.9)),
    ((0.2, 0.3), (0.5, 0.4)),
]


@pytest.mark.parametrize(("reach", "effect"), PAIRS)
def test_two_programmes_by_the_formula_of_their_joint_reach(reach, effect):
    (r1, r2), (e1, e2) = reach, effect
    reach, effect = np.array(reach), np.array(effect)
    least, most = max(0.0, r1 + r2 - 1), min(r1, r2)
    assert separate(reach, effect) == pytest.approx(1 - r1 * e1 - r2 * e2 + least * e1 * e2)
    assert same(reach, effect, [[0], [1]]) == pytest.approx(1 - r1 * e1 - r2 * e2 + most * e1 * e2)


def test_three_programmes_of_a_third_each_meet_nobody_twice_or_always_the_same():
    reach, effect = np.full(3, 1 / 3), np.array([0.3, 0.2, 0.1])
    assert separate(reach, effect) == pytest.approx(1 - 0.6 / 3)
    # a third of people get all three: 1 − (1 − 0.7 × 0.8 × 0.9) / 3
    assert same(reach, effect, [[0], [1], [2]]) == pytest.approx(1 - (1 - 0.504) / 3)


def test_of_a_family_only_the_strongest_counts_for_the_same_people():
    reach, effect = np.array([0.5, 0.8, 0.4]), np.array([0.2, 0.1, 0.3])
    # e: 0.10, 0.08, 0.12; the family of the first two leaves 0.5 × 0.2; with the third, nested: 0.4
    # get both, 0.1 the first
    assert same(reach, effect, [[0, 1], [2]]) == pytest.approx(
        1 - 0.4 * (1 - 0.8 * 0.7) - 0.1 * 0.2
    )


def harmless(rng):
    document = random_document(rng)
    for row in document["programmes"]:
        row |= {"effect_measure": "rate_reduction", "effect": round(rng.uniform(0.0, 0.9), 3)}
    return document


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_the_plan_lies_between_independent_and_the_same_people(seed):
    projection = run(read(harmless(Random(seed)))).projection
    told, planned, slack = (
        readings(projection),
        projection.avoided[0],
        1e-9 * (1.0 + projection.nothing.activity[0]),
    )
    for less, more in (
        (told[SAME], planned),
        (planned, told[INDEPENDENT]),
        (told[INDEPENDENT], told[SEPARATE]),
    ):
        assert (less <= more + slack).all()
    for k, parent in enumerate(projection.structure.lines.parent):
        if parent < 0:
            assert (
                told[SEPARATE][:, k] <= alone(projection)[:, :, k].sum(axis=1) + slack[:, k]
            ).all()


def test_alone_on_a_line_that_follows_another_counts_what_falls_with_it():
    document = clean()
    nel = document["acute_lines"][0] | {"demographic_index": "flat"}
    days = nel | {"id": "days", "parent": "nel", "currency": "bed day", "base_activity": 50_000}
    document |= {"acute_lines": [nel, days], "goals": []}
    document["programmes"] = [
        document["programmes"][0] | {"id": id, "effect": effect, "reach": dict.fromkeys(YEARS, 1.0)}
        for id, effect in (("falls", 0.2), ("stay", 0.1))
    ]
    document["segments"].append(
        {"acute_line": "days", "id": "all", "share": 1.0, "programmes": ["stay"]}
    )
    document["segments"][0]["programmes"] = ["falls", "stay"]
    units = alone(run(read(document)).projection)[1]
    # falls: a tenth of 10,000 spells × 20 % = 200, so 2 % of spells do not come, and of 50,000 days
    # 1,000
    assert units[0] == pytest.approx([200, 1_000])
    # stay: 100 spells, so 1 % of days, 500, and 10 % of the 49,500 left
    assert units[1] == pytest.approx([100, 500 + 4_950])
