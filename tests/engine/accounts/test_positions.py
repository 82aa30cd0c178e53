"""Positions of partners over draws: the bridge's for the plan."""

from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from icbudget.engine.accounts.positions import positions
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.run import run
from tests.engine.money_in import money_in, spent_by_the_plan
from tests.engine.plans import random_document, read


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_what_is_spent_beyond_what_is_put_in_is_the_bridges_for_the_plan(seed):
    result = run(read(random_document(Random(seed)) | {"gain_shares": []}))
    found = positions(result.plan, result.rules, result.projection, AcuteAmounts(result.projection))
    gap = -found.balance[0] - found.forward[0]
    theirs = spent_by_the_plan(result) - np.array(list(money_in(result).values())).T
    np.testing.assert_array_equal(gap, theirs)
