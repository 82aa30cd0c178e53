"""K2: the best whole programmes for a budget, and the bound that no choice can pass."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icbudget.engine.optimise import best_selection, relaxed_value

COSTS, VALUES, BUDGET = [60, 50, 40], [90, 70, 50], 100


def test_a_and_c_are_bought():
    assert best_selection(COSTS, VALUES, BUDGET) == (True, False, True)


def test_no_choice_is_worth_more_than_the_bound():
    assert relaxed_value(COSTS, VALUES, BUDGET) == pytest.approx(146)


def test_nothing_on_offer_and_nothing_to_spend():
    assert best_selection([], [], 100) == ()
    assert relaxed_value([], [], 100) == 0
    assert best_selection([10], [5], 0) == (False,)


@pytest.mark.parametrize(("costs", "values", "budget"), [([1], [1, 2], 5), ([-1], [1], 5), ([1], [1], -5)])
def test_figures_that_mean_nothing_are_refused(costs, values, budget):
    with pytest.raises(ValueError):
        best_selection(costs, values, budget)


@settings(max_examples=40, deadline=None)
@given(
    options=st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), min_size=1, max_size=7),
    share=st.floats(0, 1.2),
)
def test_as_good_as_trying_every_choice(options, share):
    costs, values = [c for c, _ in options], [v for _, v in options]
    budget = int(share * sum(costs))
    chosen = best_selection(costs, values, budget)
    every = [x for x in product((False, True), repeat=len(options)) if sum(c for c, b in zip(costs, x) if b) <= budget]
    best = max(sum(v for v, b in zip(values, x) if b) for x in every)
    assert sum(c for c, bought in zip(costs, chosen) if bought) <= budget
    assert sum(v for v, bought in zip(values, chosen) if bought) == best
    assert relaxed_value(costs, values, budget) >= best * (1 - 1e-9)


def test_proven_best_of_many_options_that_are_nearly_alike():
    # values close to costs: the kind that a solver stops short on; checked by going through every total (dynamic programme)
    costs = [1_000 + 37 * n % 211 for n in range(40)]
    values = [cost + 3 * n % 7 for n, cost in enumerate(costs)]
    budget = sum(costs) // 2
    best = [0] * (budget + 1)
    for cost, value in zip(costs, values):
        for money in range(budget, cost - 1, -1):
            best[money] = max(best[money], best[money - cost] + value)
    chosen = best_selection(costs, values, budget)
    assert sum(v for v, bought in zip(values, chosen) if bought) == best[budget]
