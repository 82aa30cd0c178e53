"""The answers about uncertainty: ranges, chances, what drives them, and an exact case worked out by
hand.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from icbudget import glossary
from icbudget.answers import catalogue
from icbudget.answers.answer import OVER_PLAN
from icbudget.answers.case import evaluate
from icbudget.answers.simulated_ranges import net_worth, simulated
from icbudget.answers.tornado import rivals
from icbudget.engine.accounts.risk_share_settlement import exposure
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.run import acute_figures
from icbudget.engine.uncertainty.draws import KEPT
from icbudget.engine.uncertainty.drivers import BLOCK
from icbudget.engine.uncertainty.outcomes import (
    BALANCE,
    EXPOSURE,
    NET_CASH,
    NPV,
    PAID,
    PAY_NOTHING,
    PAY_PLAN,
    SYSTEM,
    net_cash,
    net_present_value,
)
from icbudget.engine.uncertainty.sampling import Draws, put_in
from icbudget.engine.uncertainty.simulate import runner_of, simulate, simulate_one
from icbudget.engine.uncertainty.statistics import (
    about_their_mean,
    not_below,
    percentiles,
    quantile_error,
    ranks,
    worst_tenth,
)
from icbudget.engine.uncertainty.value_of_information import (
    best_on_average,
    drivers_by_swing,
    expected_given,
    scored,
    value_of_knowing,
    value_of_perfect_information,
    with_nothing,
)
from icbudget.plan.plan_text import as_document, from_document, from_yaml
from icbudget.plan.scenario_overlay import with_scenario
from tests.engine.uncertainty.test_sampling import AS_SHIPPED, BOROUGH, with_rows
from tests.places import EXAMPLES

YEARS = ("2026/27", "2027/28")
GE1 = EXAMPLES / "ge1" / "plan.yaml"
RIVALS = ("By worth", "Pump-primed")


def linear(*rows, correlations=(), **setup):
    """Nothing but two contributions and two schemes: every balance is a sum, so normal figures give
    normal balances.
    """
    document = {
        "setup": {
            "title": "Linear",
            "base_year": "2025/26",
            "horizon": 2,
            "uncertainty": "entered",
            "rounding_unit": 0.01,
            **setup,
        },
        "partners": [
            {"id": "icb", "name": "ICB", "kind": "icb"},
            {"id": "council", "name": "Council", "kind": "council"},
        ],
        "pools": [{"id": "bcf", "name": "BCF", "host": "council"}],
        "contributions": [
            {
                "pool": "bcf",
                "partner": p,
                "source": s,
                "base_amount": 0,
                "amounts": dict.fromkeys(YEARS, 1_000_000),
            }
            for p, s in (
                ("icb", "NHS Minimum Contribution"),
                ("council", "Additional LA Contribution"),
            )
        ],
        "schemes": [
            {
                "id": n,
                "name": n,
                "pool": "bcf",
                "source": s,
                "base_amount": 0,
                "amounts": dict.fromkeys(YEARS, 990_000),
            }
            for n, s in (("a", "NHS Minimum Contribution"), ("b", "Additional LA Contribution"))
        ],
        "uncertainties": list(rows),
        "correlations": list(correlations),
    }
    draft = from_document(document)
    assert draft.sound, [str(f) for f in draft.findings]
    return draft.plan


def normal_amounts(scheme, year, sd):
    """A row for a scheme's amount of a year: normal around £990,000."""
    half = 1.2815515655446004 * sd
    path = f"schemes/{scheme}|1/amounts[{year}]"
    return {"path": path, "distribution": "normal", "low": 990_000 - half, "high": 990_000 + half}


def test_a_linear_normal_case_has_its_exact_percentiles():
    # Spending of the two schemes in 2026/27: sd £30,000 and £40,000, so the balance is normal with
    # mean £20,000 and sd £50,000.
    rows = (normal_amounts("a", "2026/27", 30_000), normal_amounts("b", "2026/27", 40_000))
    made = simulate(linear(*rows), 40_000)
    draws = made.of("Pool bcf", BALANCE)[1] / 100
    exact = stats.norm(20_000, 50_000)
    for share in (0.1, 0.5, 0.9):
        error = np.sqrt(share * (1 - share) / draws.size) / exact.pdf(exact.ppf(share))
        assert float(percentiles(draws, share)[0]) == pytest.approx(exact.ppf(share), abs=4 * error)
        assert quantile_error(draws, share) == pytest.approx(error, rel=0.25)
    assert np.mean(draws >= 0) == pytest.approx(exact.sf(0), abs=4 * 0.5 / 200)
    tail = 20_000 - 50_000 * stats.norm.pdf(stats.norm.ppf(0.1)) / 0.1
    assert float(worst_tenth(draws)) == pytest.approx(tail, abs=1_500)


def test_a_lag_and_a_backfill_that_are_drawn_move_when_and_how_much_is_released():
    # GE-1 by hand: P1 alone, its lag 0 or 1 with equal chance, backfill 0 or 1.
    rows = [
        {
            "path": "programmes/P1/lag",
            "distribution": "bernoulli",
            "chance": 0.5,
            "low": 0,
            "high": 1,
        },
        {
            "path": "acute_lines/nel/backfill",
            "distribution": "bernoulli",
            "chance": 0.5,
            "low": 0,
            "high": 1,
        },
    ]
    plan = with_rows(from_yaml(GE1.read_text(encoding="utf-8")).plan, *rows)
    made = simulate(plan, 4_000)
    saved, released = (
        made.of(SYSTEM, name)[1] / 100
        for name in ("Contract saving, net of replacement", "Net release")
    )
    # e = 0.054 over 8 % of 10,185.72 admissions, less nothing where P1 takes effect a year later;
    # price 3,000 × 1.025 × 0.985.
    price, avoided = 3_000 * 1.025 * 0.985, 0.08 * 0.054 * 10_185.72
    assert sorted(np.unique(saved)) == pytest.approx([0.0, price * avoided], abs=0.01)
    assert sorted(np.unique(released)) == pytest.approx([0.0, 0.2 * price * avoided], abs=0.01)
    assert np.mean(saved > 0) == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(4_000))
    assert np.mean(released > 0) == pytest.approx(0.25, abs=4 * np.sqrt(0.1875 / 4_000))


def test_what_is_over_the_plan_is_not_the_sum_of_the_years():
    rows = (normal_amounts("a", "2026/27", 30_000), normal_amounts("a", "2027/28", 30_000))
    block = catalogue.SIMULATION.build(evaluate(linear(*rows, draws=20_000)))
    (p90,) = block.where(whose="Pool bcf", figure=BALANCE, measure="P90")
    by_year = sum(p90.values[1:3])
    over = p90.values[block.columns.index(OVER_PLAN)]
    # Two years of mean 20,000 and sd 30,000: their P90s sum to 116,900; the P90 of the sum is
    # 40,000 + 1.2816 × 42,426 = 94,370.
    assert by_year == pytest.approx(116_893, abs=2_500) and over == pytest.approx(94_370, abs=2_000)


def test_a_shared_driver_adds_spreads_and_independence_does_not():
    rows = (normal_amounts("a", "2026/27", 30_000), normal_amounts("b", "2026/27", 40_000))
    together = (
        simulate(linear(*({**row, "driver": "winter"} for row in rows)), 20_000).of(
            "Pool bcf", BALANCE
        )[1]
        / 100
    )
    apart = simulate(linear(*rows), 20_000).of("Pool bcf", BALANCE)[1] / 100
    assert together.std() == pytest.approx(70_000, rel=0.02) and apart.std() == pytest.approx(
        50_000, rel=0.02
    )


def test_each_partner_bears_its_own_part():
    made = simulate(linear(normal_amounts("a", "2026/27", 30_000)), 2_000)
    icb, council = (made.of(p, BALANCE)[1] / 100 for p in ("icb", "council"))
    assert icb.std() == pytest.approx(30_000, rel=0.06) and (council == 10_000).all()
    np.testing.assert_array_equal(
        made.of(SYSTEM, BALANCE), made.of("icb", BALANCE) + made.of("council", BALANCE)
    )


def test_what_partners_would_bear_of_overspends_is_the_risk_shares_of_every_draw():
    made = simulated(BOROUGH)
    theirs = exposure(evaluate(BOROUGH).answered)[0]
    for n, partner in enumerate(BOROUGH.partners):
        at = next(
            k for k, o in enumerate(made.outcomes) if (o.subject, o.name) == (partner.id, EXPOSURE)
        )
        assert made.own[at, :-1].tolist() == theirs[:, n].tolist()
    runner = runner_of(BOROUGH)
    for draw in (0, 17, 400):  # one draw by itself is what it was among the others
        scores = {
            name: values[draw : draw + 1] for name, values in runner.sampler.scores(0).items()
        }
        drawn = put_in(BOROUGH, runner.sampler.uncertain, scores)
        _, values = runner.run(Draws(drawn, acute_figures(BOROUGH, drawn)))
        for n, outcome in enumerate(values[..., 0]):
            np.testing.assert_array_equal(outcome, made.kept.of(n)[:, draw])
    assert made.of(BOROUGH.partners[0].id, EXPOSURE)[-1].std() > 0


def test_nothing_uncertain_is_the_plan_in_every_figure():
    block = catalogue.SIMULATION.build(evaluate(with_rows(BOROUGH)))
    for row in block.rows:
        if row.labels[0] != "The simulation" and row.labels[2] in (
            "Mean",
            "P10",
            "P50",
            "P90",
            "Mean of the worst tenth",
        ):
            (own,) = block.where(whose=row.labels[0], figure=row.labels[1], measure="As planned")
            assert row.values == own.values, row.labels


def test_percentiles_are_excels():
    # Excel: PERCENTILE.INC({1,2,4,8,16}, 0.9) = 8 + 0.6 × 8 = 12.8; 0.1 → 1.4.
    assert percentiles(np.array([16.0, 1, 8, 2, 4]), 0.1, 0.9).tolist() == pytest.approx(
        [1.4, 12.8]
    )
    assert float(worst_tenth(np.arange(100.0))) == 4.5
    assert float(worst_tenth(np.arange(100.0), "lower")) == 94.5


@pytest.mark.parametrize("draws", [1, 2, 3, 10, 1000])
def test_percentiles_are_those_of_numpy_to_the_last_bit(draws):
    values = np.random.default_rng(draws).normal(0, 1e9, (7, 3, draws))
    values[2, 1, -1] = np.nan
    shares = (0.0, 0.1, 0.25, 0.5, 0.9, 1.0)
    np.testing.assert_array_equal(
        percentiles(values, *shares), np.quantile(values, shares, axis=-1)
    )


def test_pennies_short_of_nought_are_no_deficit():
    # Two ICBs put in £100.01 each, and two schemes cost £100.01 and £100.02. Halves of £200.03 are
    # £100.02 and £100.01, so the first ICB bears a penny more than its £100.01. A whole pound short
    # would be a deficit.
    document = as_document(linear())
    document["partners"][1]["kind"] = "icb"
    source = "NHS Minimum Contribution"
    for row in document["contributions"]:
        row |= {"source": source, "amounts": dict.fromkeys(YEARS, 100.01)}
    for row, cost in zip(document["schemes"], (100.01, 100.02), strict=True):
        row |= {"source": source, "amounts": dict.fromkeys(YEARS, cost)}
    document["uncertainties"] = []
    block = catalogue.SIMULATION.build(evaluate(from_document(document).plan))
    (own,) = block.where(whose="icb", figure=BALANCE, measure="As planned")
    (chance,) = block.where(whose="icb", figure=BALANCE, measure="Chance of zero or more")
    assert own.values[1] == -0.01 and chance.values[1] == 1.0
    assert not_below(np.array([-100.0, -99.0, 0.0, 5.0])) == 0.75


def test_the_worst_tenth_of_what_is_borne_is_the_dearest():
    # A risk share in halves: the pool's spending is normal with sd £30,000, so each partner bears
    # half of what is over; the
    # mean of the worst tenth of a normal figure is 1.755 standard deviations above its mean:
    # −£10,000 + 1.755 × £15,000.
    shared = linear(normal_amounts("a", "2026/27", 30_000))
    document = as_document(shared)
    document["pools"][0]["risk_share"] = "halves"
    document["risk_shares"] = [
        {"id": "halves", "basis": "fixed", "partner": p, "share": 0.5} for p in ("icb", "council")
    ]
    document["setup"]["draws"] = 20_000
    block = catalogue.SIMULATION.build(evaluate(from_document(document).plan))
    for partner in ("icb", "council"):
        (row,) = block.where(whose=partner, figure=EXPOSURE, measure="Mean of the worst tenth")
        assert row.values[1] == pytest.approx(-10_000 + 1.754983 * 15_000, abs=500)


def test_the_worst_tenth_of_a_cost_is_the_highest():
    made, block = simulated(BOROUGH), catalogue.SIMULATION.build(evaluate(BOROUGH))
    for name in (glossary.PROVIDERS_LOSE, PAID, PAY_NOTHING, PAY_PLAN):
        (row,) = block.where(whose=SYSTEM, figure=name, measure="Mean of the worst tenth")
        dearest = np.sort(made.of(SYSTEM, name)[-1])[-made.draws // 10 :].mean() / 100
        assert row.values[-1] == pytest.approx(dearest, abs=0.01)


def test_the_chances_of_the_borough_are_shares_and_follow_from_the_draws():
    block, made = catalogue.SIMULATION.build(evaluate(BOROUGH)), simulated(BOROUGH)
    for row in block.rows:
        if row.labels[2].startswith("Chance"):
            assert all(v in (None, "no range given") or 0 <= v <= 1 for v in row.values)
    (closed,) = block.where(figure="Blocks closed", measure="Chance of at least one")
    assert closed.values[-1] == np.mean(made.of(SYSTEM, "Blocks closed")[-1] > 0)
    (met,) = block.where(whose="Goal nel", measure="Chance of being met")
    goal = next(g for g in BOROUGH.goals if g.id == "nel")
    at = BOROUGH.years.index(goal.target_year)
    assert met.values[at] == pytest.approx(
        np.mean(made.of("Goal nel", goal.measure)[at] <= goal.target), abs=1e-6
    )


def test_a_goal_that_is_entered_has_no_range_until_one_is_given():
    (none,) = catalogue.SIMULATION.build(evaluate(BOROUGH)).where(
        whose="Goal residential", measure="Chance of being met"
    )
    at = BOROUGH.years.index("2030/31")
    assert none.values[at] == "no range given"
    # 560 is expected and is the target: as likely above as below. As a factor on every year, 588
    # moves with it.
    row = {
        "path": "goals/residential/expected",
        "distribution": "normal",
        "low": 0.95,
        "high": 1.05,
    }
    block = catalogue.SIMULATION.build(evaluate(with_rows(BOROUGH, row, draws=4_000)))
    (met,) = block.where(whose="Goal residential", measure="Chance of being met")
    assert met.values[at] == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(4_000))
    (p90,) = block.where(whose="Goal residential", measure="P90")
    assert p90.values[:2] == pytest.approx((592.5, 588 * 1.05), rel=0.005)
    one = {
        "path": "goals/residential/expected[2030/31]",
        "low": 540,
        "high": 559,
        "mode": 550,
        "interval": "limits",
    }
    (sure,) = catalogue.SIMULATION.build(evaluate(with_rows(BOROUGH, one))).where(
        whose="Goal residential", measure="Chance of being met"
    )
    assert sure.values[at] == 1


def test_the_range_of_a_goal_is_in_the_unit_of_the_goal():
    block, told = (
        catalogue.SIMULATION.build(evaluate(BOROUGH)),
        catalogue.GOAL_TRACKER.build(evaluate(BOROUGH)),
    )
    for goal in BOROUGH.goals:
        (own,) = block.where(whose=f"Goal {goal.id}", measure="As planned")
        (expected,) = told.where(goal=goal.id, figure="Expected")
        assert own.unit == expected.unit and own.values[1:-1] == pytest.approx(
            expected.values[1:], rel=1e-5
        )


def test_a_ward_that_opens_again_was_closed_over_the_plan():
    document = as_document(from_yaml(GE1.read_text(encoding="utf-8")).plan)
    document["acute_lines"][0]["closes"] = {"2028/29": 1}
    (row,) = catalogue.SIMULATION.build(evaluate(from_document(document).plan)).where(
        figure="Blocks closed", measure="Chance of at least one"
    )
    assert row.values[-2] == 0 < row.values[3] == row.values[-1] < 1


def test_the_tornado_is_sorted_and_each_end_is_the_plan_run_again():
    block, drivers = (
        catalogue.TORNADO.build(evaluate(BOROUGH)),
        drivers_by_swing(runner_of(BOROUGH), simulated(BOROUGH)),
    )
    swings = [row.values[2] for row in block.rows if row.labels[-1] == "Net cash over the plan"]
    assert swings == sorted(swings, reverse=True) and len(swings) == len(drivers)
    driver = next(d for d in drivers if d.name == "acute_lines/nel_75/closes")
    assert {row.labels[0] for row in block.rows if row.labels[3] == driver.name} == {
        "Non-elective admissions, 75 and over: Blocks close"
    }
    document = as_document(BOROUGH)
    document["acute_lines"][[row["id"] for row in document["acute_lines"]].index("nel_75")][
        "closes"
    ] = {}
    # A high score closes the ward as planned; a low one does not, which is the plan without the
    # decision.
    for plan, end in ((BOROUGH, driver.high), (from_document(document).plan, driver.low)):
        run = evaluate(plan).answered.projection
        released = sum(int(v) for v in AcuteAmounts(run).release[0].sum(axis=-1))
        assert end == released - int(run.moves.paid[0].sum())


def test_the_ends_of_the_tornado_are_the_10th_and_90th_percentile():
    drivers = drivers_by_swing(runner_of(BOROUGH), simulated(BOROUGH))
    costly = max((d for d in drivers if d.name.endswith("/unit_cost")), key=lambda d: d.swing)
    at = [p.id for p in BOROUGH.programmes].index(costly.figures[0].key)
    shape = (
        2 * 1.2815515655446004 / (1.13 - 0.87)
    ) ** 2  # gamma, mean 1, its sd from low and high; see test_distributions
    for factor, end in zip(
        stats.gamma(shape, scale=1 / shape).ppf([0.1, 0.9]), (costly.low, costly.high), strict=True
    ):
        document = as_document(BOROUGH)
        document["programmes"][at]["unit_cost"] *= float(factor)
        run = evaluate(from_document(document).plan).answered.projection
        released = sum(int(v) for v in AcuteAmounts(run).release[0].sum(axis=-1))
        assert end == pytest.approx(
            released - int(run.moves.paid[0].sum()), abs=1e-4 * costly.swing
        )


def test_the_value_of_knowing_everything_by_hand():
    # Half the time £3, half the time −£1: go ahead is worth £1; knowing first, £1.50.
    assert value_of_perfect_information(with_nothing(np.array([[3.0, -1, 3, -1]]))) == 0.5
    assert value_of_perfect_information(with_nothing(np.array([[-3.0, -1]]))) == 0
    # Two plans, one worth £3 or £1, one always £2: the better each time is worth £2.50, the better
    # on average £2.
    assert value_of_perfect_information(np.array([[3.0, 1], [2, 2]])) == 0.5


def knowing(scores, worth, step=None):
    expected = expected_given(scored(scores, step), worth)
    everything = value_of_perfect_information(worth)
    return value_of_knowing(expected, best_on_average(worth), everything)


def test_the_value_of_knowing_one_driver():
    # NB = x + y, both standard normal: knowing x alone is worth E[max(x, 0)] = 1/√(2π); knowing
    # all, √2/√(2π).
    x, y = np.random.default_rng(3).standard_normal((2, 200_000))
    both = with_nothing(np.array([x + y]))
    assert knowing(x, both) == pytest.approx(1 / np.sqrt(2 * np.pi), abs=0.01)
    assert value_of_perfect_information(both) == pytest.approx(1 / np.sqrt(np.pi), abs=0.01)
    assert knowing(y, with_nothing(np.array([x]))) < 0.01
    yes = np.where(x > 0.0, 1.0, -1.0)
    assert knowing(x, with_nothing(np.array([yes + 0.1 * y])), step=0.0) == pytest.approx(
        0.5, abs=0.01
    )
    # Two plans worth x and y: knowing x alone is worth E[max(x, 0)] again, and one plan alone
    # leaves nothing to choose.
    assert knowing(x, np.array([x, y])) == pytest.approx(1 / np.sqrt(2 * np.pi), abs=0.01)
    assert knowing(x, np.array([x])) == 0


def test_a_driver_that_never_changes_or_has_two_scores_says_no_more_than_it_can():
    # Of one that never changes only the mean is known; of two scores, the mean of each.
    worth = np.array([[1.0, 2, 3, 6], [4, 4, 0, 0]])
    same, two = np.zeros(4), np.array([-1.0, -1, 2, 2])
    np.testing.assert_allclose(expected_given(scored(same), worth), [[3.0] * 4, [2.0] * 4])
    of_two = [[1.5, 1.5, 4.5, 4.5], [4, 4, 0, 0]]
    np.testing.assert_allclose(expected_given(scored(two), worth), of_two, atol=1e-12)
    np.testing.assert_allclose(expected_given(scored(two, step=0.0), worth), of_two, atol=1e-12)
    np.testing.assert_allclose(expected_given(scored(two, step=3.0), worth), [[3.0] * 4, [2.0] * 4])


def test_rank_correlation_is_of_what_the_driver_does():
    # GE-1 with nothing uncertain but whether the ward closes and one lasting rate. By hand, of four
    # draws: the ward closes in
    # the last two, net cash rises in each: ranks 1.5, 1.5, 3.5, 3.5 and 1 … 4, so 4 / (2 × √5) =
    # 0.894.
    closes = about_their_mean(ranks(np.array([False, False, True, True])))
    rises = about_their_mean(ranks(np.arange(4.0)))
    assert closes @ rises == pytest.approx(4 / 20**0.5)
    never = about_their_mean(ranks(np.zeros(4)))
    assert never @ rises == 0
    rows = [
        {"path": "acute_lines/nel/closes", "distribution": "bernoulli", "chance": 0.5},
        {
            "path": "indices/inflation/rates",
            "distribution": "normal",
            "low": -0.05,
            "high": 0.05,
            "persistence": 0.9,
        },
    ]
    plan = with_rows(from_yaml(GE1.read_text(encoding="utf-8")).plan, *rows, uncertainty="entered")
    runner, made = runner_of(plan), simulate(plan, 4_000)
    found = {d.name: d.rank_correlation for d in drivers_by_swing(runner, made)}
    net = made.of(SYSTEM, NET_CASH)[-1]
    closed = made.of(SYSTEM, "Blocks closed")[-1] > 0
    assert found["acute_lines/nel/closes"] == pytest.approx(
        stats.spearmanr(closed, net)[0], abs=5e-4
    )
    index = next(u for u in runner.sampler.uncertain if u.table == "indices")
    paths = []
    for block in range(4):
        figures = put_in(plan, runner.sampler.uncertain, runner.sampler.scores(block))
        paths.append(figures["indices", index.key, "rates"][:, 1:].sum(axis=1))
    assert found[index.path] == pytest.approx(
        stats.spearmanr(np.concatenate(paths), net)[0], abs=5e-4
    )


def test_scenarios_that_are_choices_are_rivals_and_other_states_of_the_world_are_none():
    # Cautious changes effects, Ward does not close the decision that is drawn: both are uncertain.
    # The others change rules.
    others = rivals(evaluate(AS_SHIPPED), net_worth)
    assert set(others) == set(RIVALS)
    laid, _ = with_scenario(AS_SHIPPED, "By worth")
    np.testing.assert_array_equal(others["By worth"], simulated(laid).of(SYSTEM, NPV)[-1])

    def under(scenario):
        return AS_SHIPPED.model_copy(
            update={"setup": AS_SHIPPED.setup.model_copy(update={"active_scenario": scenario})}
        )

    assert set(rivals(evaluate(under("By worth")), net_worth)) == {
        "the plan as stated",
        "Pump-primed",
    }
    assert rivals(evaluate(under("Cautious")), net_worth) == {}


def certain(plan):
    """The plan with nothing uncertain."""
    setup = plan.setup.model_copy(update={"uncertainty": "entered"})
    return plan.model_copy(update={"setup": setup, "uncertainties": (), "correlations": ()})


@pytest.mark.parametrize("plan", [AS_SHIPPED, certain(AS_SHIPPED)])
@pytest.mark.parametrize(("which", "name"), [(net_cash, NET_CASH), (net_present_value, NPV)])
@pytest.mark.parametrize("together", [True, False])
def test_one_outcome_alone_is_that_of_the_whole_simulation(plan, which, name, together):
    draws = BLOCK + 10
    one = simulate_one(plan, which, draws, together=together)
    whole = simulate(plan, draws, together=together).over_plan(name)
    np.testing.assert_array_equal(one, whole)


def test_what_knowing_is_worth_is_said_against_doing_nothing_and_between_the_plans():
    block = catalogue.TORNADO.build(evaluate(AS_SHIPPED))
    worths = [
        simulated(plan).of(SYSTEM, NPV)[-1]
        for plan in (AS_SHIPPED, *(with_scenario(AS_SHIPPED, n)[0] for n in RIVALS))
    ]
    among = round(value_of_perfect_information(np.stack(worths)) / 100)
    assert max(map(np.max, worths)) < 0 and "no study would change the decision" in block.shows
    # three digits are all that draws carry
    shown = round(among, 3 - len(str(among)))
    assert (
        f"Before choosing between them, knowing everything would be worth up to £{shown:,}."
        in block.shows
    ) or (
        f"Before choosing between them, knowing everything would be worth up to £{shown:,};"
        in block.shows
    )
    told = block.where(measure="Worth knowing before choosing a scenario")
    assert all(0 <= row.values[-1] <= among + 1 for row in told) and any(
        row.values[-1] for row in told
    )
    alone = AS_SHIPPED.model_copy(update={"scenarios": ()})
    assert all(
        row.values[-1] is None
        for row in catalogue.TORNADO.build(evaluate(alone)).where(
            measure="Worth knowing before choosing a scenario"
        )
    )


def test_more_draws_than_fit_are_refused_with_what_would_fit():
    with pytest.raises(
        ValueError,
        match=r"10,000,000,000 draws are too many: about [\d,]+ of this plan fit into the 2 GiB",
    ):
        simulate(BOROUGH, 10_000_000_000)
    with pytest.raises(ValueError, match="at least 2"):
        simulate(BOROUGH, 1)
    assert KEPT == 2 * 1024**3


def test_it_stops_when_the_median_is_steady():
    made = simulate(BOROUGH)
    assert 2_000 <= made.draws < 100_000 and made.error < 0.01


def test_the_first_draws_of_a_longer_simulation_are_a_shorter_one():
    longer, shorter = simulate(BOROUGH, 1_200), simulate(BOROUGH, 700)
    for n in range(len(shorter.outcomes)):
        np.testing.assert_array_equal(longer.kept.of(n)[:, :700], shorter.kept.of(n))


def test_net_present_value_deflates_in_every_draw():
    made = simulated(BOROUGH)
    assert (
        np.isnan(made.of(SYSTEM, NPV)[:-1]).all() and not np.isnan(made.of(SYSTEM, NPV)[-1]).any()
    )
