"""What must hold for every plan: nothing is lost or made, order and names do not matter, and more
is not less.
"""

from __future__ import annotations

import copy
import dataclasses
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from icbudget.engine.accounts.bridge import GROWTH, SYSTEM, bridges
from icbudget.engine.accounts.gain_share_settlement import settlements
from icbudget.engine.accounts.postings import postings
from icbudget.engine.accounts.risk_share_settlement import pool_shares, settlement
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.projection.projection import project
from icbudget.engine.projection.structure import Figures
from icbudget.engine.run import run
from icbudget.money import to_pence
from icbudget.plan import SETUP, TABLES
from icbudget.plan.identity import plan_hash
from icbudget.plan.plan_text import from_yaml, to_json, to_yaml
from icbudget.plan.rows import split_path
from tests.engine.plans import random_document, read

PLANS = st.integers(0, 2**32).map(lambda seed: random_document(Random(seed)))
thorough = settings(
    max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


def same(one, other):
    np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-7)


def solve(document):
    return run(read(document))


def harmless(document):
    """The plan with every effect zero or a gain."""
    for row in document["programmes"]:
        row |= {"effect_measure": "rate_reduction", "effect": abs(row["effect"]) % 0.5}
        row.pop("base_risk", None)
    return document


def unmoved(document):
    """The plan without shifts, so that every programme is bought in full."""
    return document | {"shifts": []}


# -- nothing is lost or made


@thorough
@given(PLANS)
def test_every_pound_of_every_account_is_accounted_for(document):
    m = solve(document).projection.moves
    np.testing.assert_array_equal(
        m.open + m.income + m.transfers_in + m.reinvested - m.spend - m.transfers_out, m.close
    )
    np.testing.assert_array_equal(m.open[:, 1:], m.close[:, :-1])
    assert not m.open[:, 0].any()
    for money in (m.income, m.transfers_in, m.reinvested, m.spend, m.close, m.paid, m.moved):
        np.testing.assert_array_equal(money, np.round(money), err_msg="whole pence")


@thorough
@given(PLANS)
def test_the_ledger_and_the_accounts_are_the_same_money(document):
    result = solve(document)
    m, ledger = result.projection.moves, postings(result)
    for a, account in enumerate(result.rules.accounts):
        for t, year in enumerate(result.years):
            here = [p for p in ledger if (p.pool, p.source, p.year) == (*account, year)]

            def total(*kinds, here=here):
                return sum(p.pence for p in here if p.kind in kinds)

            assert total("contribution", "interest") - total("deduction") == m.income[0, t, a]
            assert total("expenditure", "programme", "transition") == m.spend[0, t, a]
            assert -total("moved out") == m.transfers_out[0, t, a]
            assert total("moved in") == m.transfers_in[0, t, a] + m.reinvested[0, t, a]
    for year in result.years:
        assert (
            sum(p.pence for p in ledger if p.year == year and p.kind in ("moved in", "moved out"))
            == 0
        )
        assert (
            sum(p.pence for p in ledger if p.year == year and p.kind in ("received", "paid over"))
            == 0
        )
    paid = sum(p.pence for p in ledger if p.kind in ("programme", "transition"))
    assert paid == m.paid[0].sum()
    assert sum(p.pence for p in ledger if p.kind == "transition") == m.transition[0].sum()
    amounts = AcuteAmounts(result.projection)
    assert sum(p.pence for p in ledger if p.kind == "activity payment") == amounts.pay_plan[0].sum()
    assert sum(p.pence for p in ledger if p.kind == "activity cost") == amounts.cost_plan[0].sum()


@thorough
@given(PLANS)
def test_partners_that_share_a_result_pay_one_another_within_their_limits(document):
    result = solve(document)
    positions = {b.partner: b.steps for b in bridges(result)}
    for agreement in settlements(result):
        rows = {row.partner: row for row in result.plan.gain_shares}
        for partner, own, got in zip(agreement.partners, agreement.own, agreement.received):
            steps, row = positions[partner], rows[partner]
            for t in range(len(result.years)):
                gain = steps["Do nothing"][t] - steps["Plan"][t]
                gain += steps["Outturn and settlement"][t]
                assert gain == own[t] + got[t], "the bridge's, before the pools are settled"
                assert row.cap is None or -got[t] <= to_pence(row.cap)
                if row.settlement == "yearly" and sum(o[t] for o in agreement.own) >= 0:
                    assert -got[t] <= max(own[t], 0), "nobody pays more than it gains"
        assert not any(map(sum, zip(*agreement.received)))


@thorough
@given(PLANS)
def test_a_posting_rests_on_figures_of_the_plan(document):
    result = solve(document)
    fields = {name: set(table.noun.model_fields) for name, table in TABLES.items()} | {
        "setup": set(SETUP.noun.model_fields)
    }
    keys = {
        name: {table.key_of(row) for row in getattr(result.plan, name)}
        for name, table in TABLES.items()
    } | {"setup": {""}}
    for posting in postings(result):
        assert posting.rests_on, posting
        for rest in posting.rests_on:
            table, key, field, year = split_path(rest)
            assert key in keys[table] and field in fields[table], rest
            assert not year or year <= posting.year, rest


@thorough
@given(PLANS)
def test_no_account_of_moved_money_is_overdrawn(document):
    result = solve(document)
    for a, (_, source) in enumerate(result.rules.accounts):
        if source in ("Reinvested acute release", "Moved from acute"):
            assert (result.projection.moves.close[0, :, a] >= 0).all()


@thorough
@given(PLANS)
def test_a_pool_that_waits_for_release_never_buys_beyond_its_money(document):
    result = solve(document)
    m = result.projection.moves
    for buyer in result.rules.buyers:
        if buyer.waits:
            spent = m.paid[0][1:, buyer.members].sum(axis=-1)
            assert (spent <= np.maximum(m.available[0, 1:, buyer.pool], 0.0)).all()


@thorough
@given(PLANS)
def test_the_bridge_adds_up_and_its_totals_are_true(document):
    result = solve(document)
    amounts, m, own = (
        AcuteAmounts(result.projection),
        result.projection.moves,
        result.projection.figures.schemes,
    )
    every = {b.partner: b.steps for b in bridges(result)}
    schemes = own[0].sum(axis=-1)
    before = amounts.cost_nothing[0].sum(axis=-1) + schemes
    after = amounts.cost_plan[0].sum(axis=-1) + schemes + m.paid[0].sum(axis=-1)
    whole = every.pop(SYSTEM)
    assert list(whole["Do nothing"]) == list(before)
    assert list(whole["Plan"]) == list(after)  # what is settled only moves between rows
    assert not any(whole["Transfers"])
    for step, values in whole.items():
        assert values == tuple(
            sum(steps[step][t] for steps in every.values()) for t in range(len(result.years))
        )
    for steps in (whole, *every.values()):
        for t in range(len(result.years)):
            start = sum(steps[s][t] for s in ("Base", *GROWTH, "Schemes"))
            later = sum(
                steps[s][t]
                for s in (
                    "Avoided (cashable)",
                    "Prevention cost",
                    "Double running and exit",
                    "Transfers",
                    "Outturn and settlement",
                )
            )
            assert steps["Do nothing"][t] == start
            assert steps["Plan"][t] == start + later
            gap = steps["Plan"][t] - steps["Funding"][t]
            assert steps["Gap of the year"][t] == gap
            parts = (f"Gap of the year: {part}" for part in GAP_PARTS)
            assert gap == sum(steps[part][t] for part in parts)
            assert steps["Gap to date"][t] == sum(steps["Gap of the year"][: t + 1])
    ledger = postings(result)
    provided = {p: {row.id for row in result.plan.acute_lines if row.provider == p} for p in every}
    kinds = ("activity payment", "activity cost", "expenditure", "programme", "transition")
    for partner, steps in every.items():
        for t, year in enumerate(result.years):
            spent = sum(
                p.pence
                for p in ledger
                if (p.partner, p.year) == (partner, year) and p.kind in kinds
            )
            received = sum(
                p.pence for p in ledger if (p.partner, p.year, p.line) == (partner, year, "pact")
            )
            earned = (
                p.pence
                for p in ledger
                if p.year == year and p.kind == "activity payment" and p.line in provided[partner]
            )
            by_the_plan = steps["Plan"][t] - steps["Outturn and settlement"][t]
            assert by_the_plan == spent - sum(earned) - received


GAP_PARTS = ("there if nothing changes", "what the plan adds")


@thorough
@given(PLANS, st.sampled_from(["contributions", "fixed", "agreed"]))
def test_shares_of_a_variance_make_the_variance(document, basis):
    rows = [{"id": "rule", "basis": "contributions"}]
    if basis != "contributions":
        rows = [
            {"id": "rule", "basis": basis, "partner": p, "share": s}
            for p, s in (("icb", 0.51), ("council", 0.49))
        ]
    document = document | {
        "risk_shares": rows,
        "pools": [p | {"risk_share": "rule"} for p in document["pools"]],
    }
    result = solve(document)
    moves = result.projection.moves
    money_over = (moves.close - moves.open)[0]
    for share in pool_shares(result):
        of_pool = [a for a, (pool, _) in enumerate(result.rules.accounts) if pool == share.pool.id]
        held = 0
        for t in range(len(result.years)):
            # model §8, a plan year: only an overspend beyond the opening balance is settled
            overspend = -int(money_over[t, of_pool].sum())
            variance = max(0, overspend - max(held, 0))
            assert share.variance[0, t] == variance
            borne = [round(float(part.amounts[0, t])) for part in share.parts]
            unresolved = round(float(share.unresolved[0, t]))
            if borne:
                assert sum(borne) + unresolved == variance
                weights = [part.by_rule[0, t] for part in share.parts]
                if any(weights):
                    assert borne == [pytest.approx(variance * w, abs=1) for w in weights]
            # what is settled is paid into the pool: the next year starts without it
            held += variance - unresolved - overspend


@thorough
@given(PLANS)
def test_settling_is_a_transfer_and_each_year_opens_with_the_close_before(document):
    years = settlement(solve(document))
    np.testing.assert_array_equal(years.opening[:, 1:], years.close[:, :-1])
    np.testing.assert_array_equal(years.opening - years.spent + years.settled, years.close)
    shared = sum((p.amounts for s in years.shares for p in s.parts if p.partner), np.zeros(()))
    received = years.settled.sum(axis=-1) - years.assumed.sum(axis=-1)
    np.testing.assert_array_equal(received, np.broadcast_to(shared, received.shape))


@thorough
@given(PLANS)
def test_what_programmes_avoid_makes_what_is_avoided(document):
    result = solve(document)
    same(result.units_by_programme().sum(axis=2), result.projection.avoided)


# -- order and names do not matter


@thorough
@given(PLANS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(document, rng):
    shuffled = copy.deepcopy(document)
    for table in (
        "contributions",
        "schemes",
        "indices",
        "acute_lines",
        "segments",
        "programmes",
        "moves",
        "shifts",
    ):
        rng.shuffle(shuffled[table])
    for row in shuffled["segments"]:
        rng.shuffle(row["programmes"])
    a, b = solve(document), solve(shuffled)

    def by(result, rows, array):
        names = [row.id for row in rows(result.plan)]
        order = [names.index(n) for n in sorted(names)]
        return array[0][..., order]

    for name in ("avoided", "moved_in", "activity", "pay_plan"):
        lines = lambda plan: plan.acute_lines  # noqa: E731
        same(by(a, lines, getattr(a.projection, name)), by(b, lines, getattr(b.projection, name)))
    paid = [by(r, lambda plan: plan.programmes, r.projection.moves.paid) for r in (a, b)]
    np.testing.assert_array_equal(*paid)
    closes = [
        dict(zip(r.rules.accounts, r.projection.moves.close[0].T.tolist(), strict=True))
        for r in (a, b)
    ]
    assert closes[0] == closes[1]


@thorough
@given(PLANS)
def test_other_names_for_partners_give_the_same_figures_under_those_names(document):
    names = {"icb": "zeta", "council": "alpha", "trust": "mid"}
    renamed = copy.deepcopy(document)
    for table in renamed.values():
        for row in table if isinstance(table, list) else []:
            for field in ("id", "host", "partner", "commissioner", "provider"):
                if row.get(field) in names:
                    row[field] = names[row[field]]
    before = {b.partner: b.steps for b in bridges(solve(document))}
    after = {b.partner: b.steps for b in bridges(solve(renamed))}
    assert after == {names.get(p, p): steps for p, steps in before.items()}


@thorough
@given(PLANS)
def test_a_segment_cut_in_two_changes_nothing(document):
    cut = copy.deepcopy(document)
    for row in list(cut["segments"]):
        row["share"] /= 2
        cut["segments"].append(row | {"id": row["id"] + " again"})
    a, b = solve(document), solve(cut)
    same(a.projection.avoided, b.projection.avoided)
    same(a.units_by_programme(), b.units_by_programme())


@thorough
@given(PLANS)
def test_a_plan_survives_being_written_and_read(document):
    plan = read(document)
    for text in (to_yaml(plan), to_json(plan)):
        again = from_yaml(text)
        assert not again.findings
        assert again.plan == plan
        assert plan_hash(again.plan) == plan_hash(plan)


# -- more is not less


@thorough
@given(PLANS)
def test_no_effect_is_do_nothing(document):
    for row in document["programmes"]:
        row |= {"effect_measure": "rate_reduction", "effect": 0.0}
    p = solve(document).projection
    assert not p.avoided.any() and not p.moved_in.any()
    same(p.activity, p.nothing.activity)
    same(p.pay_plan, p.pay_nothing)
    # model §6: a decision to release fixed cost counts nothing where nothing is avoided
    assert not p.released().any()


@thorough
@given(PLANS)
def test_never_more_is_avoided_than_comes(document):
    p = solve(harmless(document)).projection
    assert (p.avoided >= 0).all()
    assert (p.avoided <= p.nothing.activity).all()
    assert (p.released("variable") + p.released("semi_fixed") + p.released("fixed") >= 0).all()
    room = np.where(p.avoided > 0, p.nothing.cost * p.avoided, np.inf)
    assert (p.released() + p.released("moved_in") <= room * (1 + 1e-12) + 1e-6).all()


@thorough
@given(PLANS)
def test_twice_the_price_is_twice_the_money_and_the_same_activity(document):
    dear = copy.deepcopy(unmoved(document))
    for row in (*dear["acute_lines"], *dear["contract_changes"]):
        for field in ("unit_price", "baseline_value", "block_value"):
            if field in row:
                row[field] *= 2
    a, b = solve(unmoved(document)).projection, solve(dear).projection
    same(a.avoided, b.avoided)
    same(2 * a.pay_nothing, b.pay_nothing)
    same(2 * a.pay_plan, b.pay_plan)
    same(a.released(), b.released())


@thorough
@given(PLANS)
def test_ten_times_the_place_is_ten_times_the_money(document):
    large = copy.deepcopy(unmoved(document))
    for row in (*large["acute_lines"], *large["contract_changes"]):
        for field in ("base_activity", "baseline_value", "block_value", "block_size"):
            if field in row:
                row[field] *= 10
    for row in large["acute_lines"]:
        row["fixed_release"] = {y: 10 * v for y, v in row.get("fixed_release", {}).items()}
    a, b = solve(unmoved(document)).projection, solve(large).projection
    for name in ("avoided", "moved_in", "pay_nothing", "pay_plan"):
        np.testing.assert_allclose(10 * getattr(a, name), getattr(b, name), rtol=1e-9, atol=1e-5)
    np.testing.assert_array_equal(a.released("blocks"), b.released("blocks"))
    np.testing.assert_allclose(10 * a.released(), b.released(), rtol=1e-9, atol=1e-3)


@thorough
@given(PLANS, st.floats(0.0, 0.6), st.sampled_from(["", "falls"]))
def test_one_more_programme_never_avoids_less(document, effect, family):
    document = unmoved(harmless(document))
    assume(document["segments"])
    years = [f"{y}/{y + 1 - 2000}" for y in range(2026, 2026 + document["setup"]["horizon"])]
    extra = {
        "id": "extra",
        "partner": "icb",
        "effect": effect,
        "grade": "D",
        "cost_index": "flat",
        "family": family,
    }
    more = copy.deepcopy(document)
    more["programmes"].append(extra | {"reach": dict.fromkeys(years, 0.7)})
    for row in more["segments"]:
        row["programmes"].append("extra")
    a, b = solve(document).projection, solve(more).projection
    assert (b.avoided >= a.avoided - 1e-9 * a.nothing.activity).all()


@thorough
@given(PLANS, st.sampled_from([(0.0, 0.5), (0.5, 1.0)]))
def test_the_more_programmes_overlap_the_less_they_avoid(document, overlaps):
    document = unmoved(harmless(document))
    less, more = (
        solve(document | {"setup": document["setup"] | {"family_overlap": overlap}}).projection
        for overlap in overlaps
    )
    assert (more.avoided <= less.avoided + 1e-9 * less.nothing.activity).all()


# -- draws


def repeated(figures: Figures, names=None) -> Figures:
    fields = names or [f.name for f in dataclasses.fields(figures)]
    return dataclasses.replace(
        figures, **{n: np.repeat(getattr(figures, n), 3, axis=0) for n in fields}
    )


def results_of(projection):
    moves = projection.moves
    yield from ((f.name, getattr(moves, f.name)) for f in dataclasses.fields(moves))
    for name in (
        "avoided",
        "moved_in",
        "activity",
        "pay_plan",
        "pay_nothing",
        "active",
        "contract_saving",
        "stranded",
    ):
        yield name, getattr(projection, name)
    for part in ("total", "variable", "blocks", "semi_fixed", "fixed", "moved_in"):
        yield part, projection.released(part)


@thorough
@given(PLANS)
def test_three_draws_without_spread_are_the_plan_three_times(document):
    result = solve(document)
    one = result.projection
    three = project(one.structure, repeated(one.figures), result.rules)
    for (name, single), (_, drawn) in zip(results_of(one), results_of(three), strict=True):
        assert drawn.shape[0] == 3, name
        for draw in drawn:
            same(draw, single[0])
    for amounts in (
        AcuteAmounts(three).saving,
        AcuteAmounts(three).release,
        three.moves.close,
        three.moves.paid,
    ):
        np.testing.assert_array_equal(amounts[1:], amounts[:-1])
    np.testing.assert_array_equal(three.moves.close[0], one.moves.close[0])


@pytest.mark.parametrize("name", [f.name for f in dataclasses.fields(Figures)])
@pytest.mark.parametrize("seed", [3, 11])
def test_any_figure_may_be_drawn_alone(name, seed):
    result = solve(random_document(Random(seed)))
    one = result.projection
    three = project(one.structure, repeated(one.figures, [name]), result.rules)
    for draw in range(3):
        same(three.avoided[min(draw, three.avoided.shape[0] - 1)], one.avoided[0])
        np.testing.assert_array_equal(
            three.moves.close[min(draw, three.moves.close.shape[0] - 1)], one.moves.close[0]
        )


@thorough
@given(PLANS, st.integers(0, 2**32))
def test_each_draw_is_the_plan_with_that_draws_figures(document, seed):
    result = solve(document)
    one = result.projection
    rng = np.random.default_rng(seed)
    figures = repeated(one.figures)
    figures = dataclasses.replace(
        figures,
        effect=figures.effect * rng.uniform(-0.5, 1.0, figures.effect.shape),
        price0=figures.price0 * rng.uniform(0.5, 1.5, figures.price0.shape),
        rates=figures.rates + rng.uniform(-0.02, 0.02, figures.rates.shape),
        fixed_cost=figures.fixed_cost * rng.uniform(0.5, 2, figures.fixed_cost.shape),
    )
    together = project(one.structure, figures, result.rules)
    for draw in range(3):
        alone = dataclasses.replace(
            figures,
            **{
                f.name: getattr(figures, f.name)[draw : draw + 1]
                for f in dataclasses.fields(figures)
            },
        )
        apart = project(one.structure, alone, result.rules)
        for (_, whole), (_, single) in zip(results_of(together), results_of(apart), strict=True):
            same(whole[draw], single[0])
        np.testing.assert_array_equal(together.moves.close[draw], apart.moves.close[0])
