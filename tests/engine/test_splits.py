"""Every split by weights: weights of zero or more, no part beyond the amount or of the other sign."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icbudget import money
from icbudget.engine import rounding
from icbudget.engine.accounts.outturn import changes
from icbudget.engine.accounts.risk_share_settlement import (
    pool_shares,
    settlement,
    variance_of_lines,
)
from icbudget.engine.accounts.waterfall import Step, waterfall
from icbudget.engine.run import run
from icbudget.plan.plan_text import from_document
from icbudget.plan.risk_share import BY_LINE, BY_PERCENTAGE

thorough = settings(max_examples=60, deadline=None)
FUND, OWN = "Pump-prime fund", "Additional LA Contribution"
YEARS = ("2025/26", "2026/27", "2027/28")
TRILLION = 10**14
"""£1 trillion in pence."""
POUNDS = st.integers(0, TRILLION).map(lambda pence: pence / 100)
BASES = ("contributions", *BY_PERCENTAGE, "host", *BY_LINE)


def test_a_weight_below_zero_is_refused():
    with pytest.raises(ValueError, match="zero or more"):
        rounding.split(np.array([5.0]), np.array([[3, -1]]))
    with pytest.raises(ValueError, match="zero or more"):
        money.split(5, [3, -1])


@thorough
@given(st.integers(-TRILLION, TRILLION), st.lists(st.integers(0, 2**50), min_size=1, max_size=6))
def test_no_part_exceeds_the_amount_or_differs_from_it_in_sign(pence, weights):
    parts = rounding.split(np.array([float(pence)]), np.array([weights]))[0]
    assert sum(int(part) for part in parts) == (pence if any(weights) else 0)
    assert all(min(0, pence) <= part <= max(0, pence) for part in parts)


@thorough
@given(
    st.lists(st.integers(-TRILLION, TRILLION), min_size=2, max_size=2),
    st.lists(st.lists(st.integers(0, 2**40), min_size=3, max_size=3), min_size=2, max_size=2),
    st.none() | st.integers(0, TRILLION),
    st.none() | st.integers(0, TRILLION),
)
def test_no_step_gives_anyone_more_than_it_takes(variance, weights, width, cap):
    caps = None if cap is None else np.full(3, float(cap))
    limit = np.inf if width is None else float(width)
    steps = [Step(1, "offset"), Step(2, "share", limit, np.array(weights), caps)]
    settled = waterfall(np.array([variance], dtype=np.float64), steps, steps[1:])
    for taken in settled.taken:
        if taken.shares is None:
            continue
        for amount, parts in zip(taken.amounts[0], taken.shares[0], strict=True):
            assert parts.sum() == amount
            assert all(min(0, amount) <= part <= max(0, amount) for part in parts)


def document(basis, contributed, budgets, spent, fund, price):
    """A pool with a pump-prime fund that pays for a programme, and two scheme lines of its own."""
    partners = (("icb", "icb"), ("council", "council"), ("trust", "nhs_provider"))
    line = {"pool": "p", "source": OWN, "index": "flat", "share_profile": "variable"}
    schemes = [
        line | {"id": "a", "name": "A", "base_amount": budgets[0], "lead_partner": "icb"},
        line | {"id": "b", "name": "B", "base_amount": budgets[1], "lead_partner": "council"},
        line | {"id": "c", "name": "C", "programme": "team", "lead_partner": "council"},
    ]
    for row, commissioner in zip(schemes, ("NHS", "LA", "LA"), strict=True):
        row["commissioner"] = commissioner
    rule = [{"id": "r", "basis": basis}]
    if basis in BY_PERCENTAGE:
        rule = [
            {"id": "r", "basis": basis, "partner": p, "share": s}
            for p, s in (("icb", 0.3), ("council", 0.7))
        ]
    return {
        "setup": {"title": "Split", "base_year": YEARS[0], "horizon": 2},
        "partners": [{"id": id, "name": id, "kind": kind} for id, kind in partners],
        "pools": [{"id": "p", "name": "P", "host": "council", "risk_share": "r"}],
        "contributions": [
            {"pool": "p", "partner": p, "source": OWN, "line": n, "base_amount": a, "index": "flat"}
            for n, (p, a) in enumerate(zip(("icb", "council"), contributed, strict=True), 1)
        ],
        "schemes": schemes,
        "risk_shares": rule,
        "acute_lines": [
            {
                **{"id": "nel", "currency": "spell", "commissioner": "icb", "provider": "trust"},
                **{"base_activity": 1000, "unit_price": 100, "unit_cost": 100},
                **{"demographic_index": "flat", "non_demographic_index": "flat"},
                **{"price_uplift": "flat", "price_efficiency": "flat", "contract": "activity"},
                **{"variable_cost": 1, "semi_fixed_cost": 0, "fixed_cost": 0},
            }
        ],
        "segments": [{"acute_line": "nel", "id": "all", "share": 1, "programmes": ["team"]}],
        "programmes": [
            {
                **{"id": "team", "pool": "p", "source": OWN, "effect": 0.1, "grade": "C"},
                "cost_index": "flat",
                "reach": dict.fromkeys(YEARS[1:], 1),
                "fixed_cost": dict.fromkeys(YEARS[1:], price),
            }
        ],
        "shifts": [
            {
                **{"id": "f", "rule": "pump_prime", "lines": ["nel"], "pool": "p", "source": OWN},
                "amounts": {YEARS[0]: fund},
            }
        ],
        "actuals": [
            {
                **{"year": year, "month": 12, "kind": "expenditure"},
                **{"scheme": scheme, "amount": amount},
            }
            for year, amounts in spent.items()
            for scheme, amount in zip("abc", amounts, strict=True)
        ],
    }


def result_of(plan):
    draft = from_document(plan)
    assert draft.plan is not None and not draft.unread, [str(f) for f in draft.findings]
    return run(draft.plan)


@thorough
@given(
    st.sampled_from(BASES),
    st.tuples(POUNDS, POUNDS),
    st.tuples(POUNDS, POUNDS),
    st.fixed_dictionaries({YEARS[1]: st.tuples(POUNDS, POUNDS, POUNDS)}),
    POUNDS,
    POUNDS,
)
def test_every_basis_with_pump_priming(basis, contributed, budgets, spent, fund, price):
    result = result_of(document(basis, contributed, budgets, spent, fund, price))
    (share,) = pool_shares(result)
    (pool,) = result.plan.pools
    lines = variance_of_lines(result, pool)[0]
    for t in range(len(YEARS)):
        variance = share.variance[0, t]
        most, least = max(variance, 0.0), min(variance, 0.0)
        if basis in BY_LINE:
            # model §8: each line's own variance is split; the most is the sum of one sign
            most, least = lines[t][lines[t] > 0].sum(), lines[t][lines[t] < 0].sum()
            assert lines[t].sum() == variance
        parts = [part.amounts[0, t] for part in share.parts]
        assert sum(parts) + share.unresolved[0, t] == variance
        assert all(least <= part <= most for part in parts)
    years = settlement(result)
    np.testing.assert_array_equal(years.opening - years.spent + years.settled, years.close)


def test_what_a_fund_pays_is_the_funds_and_the_rest_is_the_sources():
    """The fund pays min(£100 planned, outturn); £130 spent is £30 of the source, £60 saves it £40."""
    for spent, of_fund, of_source in ((130, 0, 30), (100, 0, 0), (60, -40, 0)):
        plan = document("lead", (500, 500), (300, 300), {YEARS[1]: (300, 300, spent)}, 400, 100)
        result = result_of(plan)
        places = [result.rules.accounts.index(("p", source)) for source in (FUND, OWN)]
        beyond = changes(result).outturn[1, places] / 100
        assert list(beyond) == [of_fund, of_source]


def test_a_line_paid_by_the_fund_gives_its_own_source_no_weight_below_zero():
    """Contributions £600 a year; lines of £200 and £300, and £100 put into the fund in 2025/26.

    In 2026/27 the line that the fund pays ends £30 over its £100: 200 + 300 + 130 − 600 = 30, and
    nothing else is over, so its lead, the council, bears all of it. Weights below zero once gave each lead
    more than the variance.
    """
    plan = document("lead", (300, 300), (200, 300), {YEARS[1]: (200, 300, 130)}, 100, 100)
    plan["setup"]["reinvest_share"] = 0  # nothing is paid back into the fund
    (share,) = pool_shares(result_of(plan))
    borne = {part.partner: part.amounts[0, 1] / 100 for part in share.parts}
    assert share.variance[0, 1] / 100 == 30
    assert borne == {"icb": 0, "council": 30}
