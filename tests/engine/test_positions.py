"""Positions of partners over draws: the bridge's for the plan, and the same split as money.split."""

from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from icbudget import money
from icbudget.engine.amounts import acute_amounts
from icbudget.engine.bridge import bridges
from icbudget.engine.positions import positions, split_draws
from icbudget.engine.run import run
from tests.engine.plans import random_document, read

PENCE = st.integers(-(10**11), 10**11)
WEIGHTS = st.lists(st.integers(0, 10**11), min_size=1, max_size=5).filter(any)


@settings(max_examples=300)
@given(PENCE, WEIGHTS)
def test_a_split_over_draws_is_the_split_to_the_penny(pence, weights):
    parts = split_draws(np.array([[float(pence)]]), np.array([[weights]], dtype=float))[0, 0]
    assert parts.sum() == pence
    assert np.abs(parts - money.split(pence, weights)).max() <= (0 if max(weights) < 10**8 else 1)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_the_unfunded_gap_is_the_bridges_for_the_plan(seed):
    result = run(read(random_document(Random(seed)) | {"gain_shares": []}))
    found = positions(result.plan, result.rules, result.projection, acute_amounts(result.projection))
    gap = -found.balance[0] - found.forward[0]
    theirs = np.array([b.steps["Unfunded gap"] for b in bridges(result)][:-1]).T
    np.testing.assert_array_equal(gap, theirs)
