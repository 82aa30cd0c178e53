"""K2: the best whole programmes for a budget, by the solver that looks for a best plan, and the
bound no choice can pass.
"""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icbudget.engine.optimiser.milp import Model


def ten_seconds():
    return 10.0


COSTS, VALUES, BUDGET = [60, 50, 40], [90, 70, 50], 100


def model(costs, values, budget, *, integer=True):
    made = Model()
    options = [made.column(float(value), high=1.0, integer=integer) for value in values]
    made.row(
        {n: float(cost) for n, cost in zip(options, costs, strict=True)},
        high=float(budget),
        name="budget",
        kind="money",
    )
    return made


def bought(costs, values, budget):
    return [bool(round(x)) for x in model(costs, values, budget).solve(ten_seconds).x]


def test_a_and_c_are_bought():
    assert bought(COSTS, VALUES, BUDGET) == [True, False, True]


def test_in_parts_four_fifths_of_b_and_a_pound_more_is_worth_what_b_gives_for_it():
    in_parts = model(COSTS, VALUES, BUDGET, integer=False)
    assert list(in_parts.solve(ten_seconds).x) == pytest.approx([1, 0.8, 0])
    assert in_parts.duals(ten_seconds) == (
        pytest.approx(146),
        {("money", "budget"): pytest.approx(1.4)},
    )


def test_nothing_to_spend():
    assert bought([10], [5], 0) == [False]


@settings(max_examples=40, deadline=None)
@given(
    options=st.lists(
        st.tuples(st.integers(0, 10**4), st.integers(0, 10**4)), min_size=1, max_size=7
    ),
    share=st.floats(0, 1.2),
)
def test_as_good_as_trying_every_choice(options, share):
    costs, values = [c for c, _ in options], [v for _, v in options]
    budget = int(share * sum(costs))
    chosen = bought(costs, values, budget)
    every = [
        x
        for x in product((False, True), repeat=len(options))
        if sum(c for c, b in zip(costs, x) if b) <= budget
    ]
    best = max(sum(v for v, b in zip(values, x) if b) for x in every)
    assert sum(c for c, taken in zip(costs, chosen) if taken) <= budget
    assert sum(v for v, taken in zip(values, chosen) if taken) == best
    assert -model(costs, values, budget, integer=False).solve(ten_seconds).fun >= best * (1 - 1e-9)


def test_proven_best_of_many_options_that_are_nearly_alike():
    # values close to costs: the kind that a solver stops short on; checked by going through every
    # total (dynamic programme)
    costs = [1_000 + 37 * n % 211 for n in range(40)]
    values = [cost + 3 * n % 7 for n, cost in enumerate(costs)]
    budget = sum(costs) // 2
    best = [0] * (budget + 1)
    for cost, value in zip(costs, values):
        for money in range(budget, cost - 1, -1):
            best[money] = max(best[money], best[money - cost] + value)
    chosen = bought(costs, values, budget)
    assert sum(v for v, taken in zip(values, chosen) if taken) == best[budget]
