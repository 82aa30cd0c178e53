"""Every split by weights: weights of zero or more, no part beyond the amount or of the other sign."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import icbudget
from icbudget import money
from icbudget.answers.council_activity import saved_by_programme, saving_of_each
from icbudget.engine import rounding
from icbudget.engine.accounts.better_or_worse_off import held_in_pools, positions_of
from icbudget.engine.accounts.borne_spending import split_each
from icbudget.engine.accounts.gain_share_settlement import settle, settlements
from icbudget.engine.accounts.outturn import changes
from icbudget.engine.accounts.phasing import instalments
from icbudget.engine.accounts.positions import positions
from icbudget.engine.accounts.postings import postings
from icbudget.engine.accounts.risk_alone import shared_alone
from icbudget.engine.accounts.risk_share_settlement import (
    pool_shares,
    settlement,
    variance_of_lines,
)
from icbudget.engine.accounts.waterfall import Step, waterfall
from icbudget.engine.accounts.year_end import funded
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.projection.reallocate import split_by_line
from icbudget.engine.run import run
from icbudget.excel.plain_functions import split as sheet_split
from icbudget.plan.plan_text import as_document, from_document, from_yaml
from icbudget.plan.risk_share import BY_LINE, BY_PERCENTAGE
from tests.fuzz.plans import document_of
from tests.places import BOROUGH, EXAMPLES

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


@pytest.mark.parametrize("parts", [1, 2, 3, 8, 9, 30])
@pytest.mark.parametrize(
    ("of_amounts", "of_weights"), [((50,), (50,)), ((50,), ()), ((4, 50), (50,)), ((50,), (4, 50))]
)
def test_a_split_of_many_amounts_is_each_split_by_itself(parts, of_amounts, of_weights):
    rng = np.random.default_rng(parts)
    # Small numbers, so that remainders are often alike and weights and amounts sometimes nothing.
    amounts = rng.integers(-20, 20, of_amounts).astype(float)
    weights = rng.integers(0, 4, (*of_weights, parts))
    split = rounding.split(amounts, weights)
    shape = np.broadcast_shapes(of_amounts, of_weights)
    every = np.broadcast_to(weights, (*shape, parts))
    assert split.shape == every.shape
    for at in np.ndindex(shape):
        of_one = every[at].tolist()
        amount = int(np.broadcast_to(amounts, shape)[at])
        expected = money.split(amount, of_one) if any(of_one) else [0] * parts
        assert split[at].tolist() == expected


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


@thorough
@given(
    st.lists(st.integers(-TRILLION, TRILLION) | st.just(0), min_size=1, max_size=5),
    st.lists(st.integers(0, 2**40), min_size=3, max_size=3).filter(any),
)
def test_amounts_split_each_in_arrays_are_split_as_by_the_ledger(amounts, weights):
    of_draws = [np.array([[float(pence)]]) for pence in amounts]
    parts = split_each(of_draws, np.array([[weights]]))
    assert [part[0, 0].tolist() for part in parts] == money.split_each(amounts, weights)


UNITS = st.floats(-1e6, 1e6, allow_nan=False).map(lambda n: round(n, 6))


@thorough
@given(
    st.integers(-TRILLION, TRILLION),
    st.lists(UNITS | st.just(0.0), min_size=1, max_size=6).filter(any),
    st.floats(0, 1e7),
)
def test_a_saving_of_programmes_that_take_off_and_add_has_a_limit(saving, units, a_unit):
    parts = saving_of_each(saving, units, a_unit)
    assert sum(parts) == saving
    if min(units) >= 0 or max(units) <= 0:
        assert all(min(0, saving) <= part <= max(0, saving) for part in parts)
    # at most its own units at their price, its part of what is left, and pennies
    left = abs(saving) + a_unit * abs(sum(units)) + len(units)
    assert all(abs(p) <= abs(n) * a_unit + left + 1 for p, n in zip(parts, units, strict=True))
    assert all(part == 0 for part, n in zip(parts, units, strict=True) if n == 0)


def test_what_a_changed_contract_saves_is_not_multiplied_by_units_that_cancel_out():
    """100 units off and 99.99 on at £100: 10,000 − 9,999 = £1, and £999,999 of the contract.

    999,999 × 100 / 199.99 = 500,024.50 and 499,974.50, to the penny; by the difference of 0.01 units
    the parts were £10,000,000,000 and −£9,999,000,000.
    """
    assert saving_of_each(1_000_000_00, [100.0, -99.99], 100_00) == [
        10_000_00 + 500_024_50,
        -9_999_00 + 499_974_50,
    ]


@thorough
@given(
    st.integers(-TRILLION, TRILLION),
    st.lists(st.integers(0, 2**40) | st.floats(0, 1e9), min_size=12, max_size=12).filter(any),
)
def test_instalments_of_a_year_are_parts_of_it(pence, weights):
    parts = instalments(pence, weights)
    assert sum(parts) == pence
    assert all(min(0, pence) <= part <= max(0, pence) for part in parts)
    assert all(part == 0 for part, w in zip(parts, weights, strict=True) if w == 0)


@thorough
@given(
    st.integers(-TRILLION, TRILLION),
    st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=6),
)
def test_what_is_moved_is_taken_from_lines_within_its_amount(moved, budgets):
    parts = split_by_line(moved, budgets)
    assert sum(parts) == moved
    assert all(min(0, moved) <= part <= max(0, moved) for part in parts)
    some = any(budget > 0 for budget in budgets)
    assert not some or all(p == 0 for p, b in zip(parts, budgets, strict=True) if b <= 0)


@thorough
@given(
    st.integers(-TRILLION, TRILLION).map(lambda pence: pence / 100),
    st.lists(st.integers(0, 2**40).map(float), min_size=1, max_size=6).filter(any),
)
def test_the_function_of_the_sheet_splits_as_the_engine(amount, weights):
    (parts,) = sheet_split(amount, [weights])
    pence = [money.to_pence(part) for part in parts]
    assert pence == money.split(money.to_pence(amount), weights)


@thorough
@given(
    st.lists(st.integers(-TRILLION, TRILLION), min_size=3, max_size=3),
    st.lists(st.integers(-TRILLION, TRILLION), min_size=3, max_size=3),
    st.lists(st.integers(0, 10_000), min_size=3, max_size=3).filter(any),
)
def test_a_result_that_is_shared_is_settled_to_nought(benefits, costs, shares):
    settled = settle(benefits, costs, [share / sum(shares) for share in shares])
    assert sum(settled) == 0
    own = [benefit - cost for benefit, cost in zip(benefits, costs, strict=True)]
    surplus = sum(own)
    ends = [kept + got for kept, got in zip(own, settled, strict=True)]
    assert all(min(0, surplus) <= end <= max(0, surplus) for end in ends)


HOMES = {
    "answers/bodies.py",
    "answers/council_activity.py",
    "engine/accounts/account_bearers.py",
    "engine/accounts/better_or_worse_off.py",
    "engine/accounts/borne_spending.py",
    "engine/accounts/funders.py",
    "engine/accounts/gain_share_settlement.py",
    "engine/accounts/postings.py",
    "engine/accounts/risk_alone.py",
    "engine/accounts/risk_share_settlement.py",
    "engine/accounts/successors.py",
    "engine/accounts/variance.py",
    "engine/accounts/waterfall.py",
    "engine/accounts/year_end.py",
    "engine/projection/reallocate.py",
    "engine/rounding.py",
    "engine/uncertainty/national_draws.py",
    "excel/plain_functions.py",
    "succeed.py",
}
"""Every module that splits by weights; the last tests below watch all of the engine's and answers'."""


def calls_of_split():
    """Every call of `money.split` or `rounding.split` in the package, by module."""
    root = Path(icbudget.__file__).parent
    for path in sorted(root.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        imported = "from icbudget.engine.rounding import" in text and "split" in text
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            if name == "money.split" or (name == "split" and imported):
                yield path.relative_to(root).as_posix()


def test_every_module_that_splits_is_known():
    assert set(calls_of_split()) == HOMES


class Watched:
    """The two rules of splitting, each answer of which is held against its amount and weights."""

    def __init__(self):
        self.callers = Counter()
        self.negative = self.zero = self.largest = 0

    def rule(self, split):
        def watched(pence, weights):
            parts = split(pence, weights)
            self._hold(pence, weights, parts)
            module = sys._getframe(1).f_globals["__name__"]
            self.callers[f"{module.removeprefix('icbudget.').replace('.', '/')}.py"] += 1
            return parts

        return watched

    def _hold(self, pence, weights, parts):
        amounts = np.atleast_1d(np.asarray(pence, dtype=np.float64))[..., np.newaxis]
        parts = np.asarray(parts, dtype=np.float64).reshape(*amounts.shape[:-1], -1)
        weights = np.broadcast_to(np.asarray(weights, dtype=np.float64), parts.shape)
        assert (weights >= 0).all()
        some = weights.any(axis=-1)
        np.testing.assert_array_equal(parts.sum(axis=-1)[some], amounts[..., 0][some])
        assert (parts >= np.minimum(amounts, 0)).all() and (parts <= np.maximum(amounts, 0)).all()
        assert not parts[weights == 0].any()
        self.negative += bool((amounts < 0).any())
        self.zero += bool((weights == 0).any())
        self.largest = max(self.largest, float(np.abs(amounts).max(initial=0)))


@pytest.fixture
def watched(monkeypatch):
    watch = Watched()
    of_arrays = rounding.split
    rounded = watch.rule(of_arrays)
    for name, module in list(sys.modules.items()):
        if name.startswith("icbudget.") and getattr(module, "split", None) is of_arrays:
            monkeypatch.setattr(module, "split", rounded)
    monkeypatch.setattr(money, "split", watch.rule(money.split))
    return watch


@pytest.mark.parametrize("scale", [1, 300_000])
def test_every_split_of_random_plans_keeps_its_amount(watched, scale):
    """Every module of the list is reached, with amounts below zero and weights of zero.

    A second time with amounts 300,000 times as large, so that sums pass £1e12.
    """
    documents = [document_of(3 * seed)[1] for seed in range(60)]
    succession = (EXAMPLES / "succession" / "plan.yaml").read_text(encoding="utf-8")
    # The borough has performance money that is not earned.
    borough = BOROUGH.read_text(encoding="utf-8")
    documents += [as_document(from_yaml(text).plan) for text in (succession, borough)]
    for plain in documents:
        plan = from_document(larger(plain, scale)).plan
        if plan is None:
            continue
        result = run(plan)
        settlement(result)
        settlements(result)
        postings(result)
        positions_of(result)
        held_in_pools(result)
        positions(result.plan, result.rules, result.projection, AcuteAmounts(result.projection))
        saved_by_programme(result)
        for share in pool_shares(result):
            variance = [round(float(pence)) for pence in share.variance[0]]
            shared_alone(result, share.pool, variance)
            for t, pence in enumerate(variance):
                funded(result, share.pool.id, t, pence)
    # Of several plans (tests/test_batch_places.py), of a function's own arguments, and of bodies.
    elsewhere = {"engine/uncertainty/national_draws.py", "excel/plain_functions.py"}
    elsewhere |= {"answers/bodies.py", "succeed.py"}
    assert HOMES - set(watched.callers) == elsewhere
    assert watched.negative and watched.zero
    assert scale == 1 or watched.largest >= TRILLION


def larger(document, scale):
    """The plan with every amount of its pools that many times as large."""
    for table in ("contributions", "schemes"):
        for row in document.get(table, []):
            if row.get("base_amount"):
                row["base_amount"] *= scale
            if row.get("amounts"):
                row["amounts"] = {year: amount * scale for year, amount in row["amounts"].items()}
    for table, field in (("actuals", "amount"), ("forecasts", "outturn")):
        for row in document.get(table, []):
            row[field] = (row.get(field) or 0) * scale
    return document


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
        beyond = changes(result).outturn[0, 1, places] / 100
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
