"""The model behind `optimise` bounds the engine: what the engine makes of any choice that breaks no
limit satisfies every row.
"""

from __future__ import annotations

from random import Random

import pytest

from icbudget.answers.best_plan_answer import minimum_needs, minimums_missed
from icbudget.engine.optimiser.best_plan import cautious
from icbudget.engine.optimiser.judge import Judge
from icbudget.engine.optimiser.model import bounding
from icbudget.engine.optimiser.programme_options import bought, options_of
from icbudget.engine.run import run
from tests.engine.plans import SOURCES, random_document, read

SEEDS = [seed for seed in range(60) if random_document(Random(seed))["programmes"]][:20]


def limited(seed):
    """A random plan with every kind of limit that a person might set, harm included."""
    rng, document = Random(seed), random_document(Random(seed))
    years = list(document["indices"][0]["rates"])
    for row in document["programmes"]:
        if rng.random() < 0.6 and row.get("effect_measure") is None:
            row["effect"] = abs(row["effect"])
        row |= {
            "staff": 0.01,
            "fixed_cost": {y: v / rng.choice((1, 20, 200)) for y, v in row["fixed_cost"].items()},
        }
        if row.get("source") and rng.random() < 0.5:
            row["other_source"] = [rng.choice(SOURCES)]
    for line in document["acute_lines"]:
        if rng.random() < 0.5:
            line["floor"] = line["base_activity"] * rng.choice((0.7, 0.9, 0.97))
        if rng.random() < 0.25:
            line["provider"] = ""  # a market
        line |= rng.choice(
            ({}, {"closes": {}}, {"most_blocks": {y: rng.choice((0, 1, 2)) for y in years}})
        )
    document["limits"] = [
        {
            "measure": measure,
            "partner": partner,
            "most": dict.fromkeys(years, rng.choice((0, 1e4, 1e5, 1e6))),
        }
        for measure, chance in (("loss", 0.6), ("transfer", 0.4))
        for partner in ("icb", "council", "trust")
        if rng.random() < chance
    ]
    for measure in ("staff", "programmes", "starts"):
        if rng.random() < 0.3:
            document["limits"].append(
                {"measure": measure, "most": dict.fromkeys(years, rng.choice((1, 2)))}
            )
    return read(document)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_choice_the_engine_allows_is_in_the_model_and_worth_no_less_there(seed):
    plan = limited(seed)
    judge = Judge(cautious(plan)[0], plan, also=minimums_missed)
    options = options_of(judge.plan)
    made = bounding(judge, options, minimum_needs(judge.base, judge.allowed))
    of = {}
    for n, option in enumerate(options):
        of.setdefault(option.programme, [None]).append(n)
    rng = Random(seed)
    closes = {k: set(plan.years[1:]) for k, row in enumerate(plan.acute_lines) if not row.closes}
    for trial in range(6):
        picked = [n for n in (rng.choice(ways) for ways in of.values()) if n is not None and trial]
        chosen = [options[n] for n in picked]
        worth, broken = judge.verdict(bought(judge.plan, chosen, closes), chosen)
        if broken:
            made.no_less(picked)
            continue
        model = made.model.without_aside()
        for n in range(len(options)):
            model.low[n] = model.high[n] = float(n in picked)
        found = model.solve(lambda: 20.0)
        assert found.x is not None, "a choice that breaks nothing is allowed"
        assert -found.fun + 1e-6 * sum(picked) >= worth - 0.05 - 1e-9 * abs(worth), (
            "and never worth less in the model"
        )
        made.tangents(x=found.x)
        made.no_less(picked)


@pytest.mark.parametrize("seed", SEEDS[:10])
def test_pay_is_never_below_the_fixed_element_until_it_is_rebased(seed):
    plan = limited(seed)
    result = run(plan)
    changed = {row.acute_line for row in plan.contract_changes}
    for k, row in enumerate(plan.acute_lines):
        if row.contract not in ("aligned", "block") or row.id in changed:
            continue
        for t, year in enumerate(plan.years):
            if any(year >= rebased for rebased in row.rebase_years):
                break
            price, expected = (
                result.projection.nothing.price[0, t, k],
                result.projection.nothing.activity[0, t, k],
            )
            uplifted = float(row.block_value or 0.0) * result.projection.nothing.uplift[0, t, k]
            block = (
                uplifted
                if row.block_value is not None
                else price * result.projection.nothing.activity[0, 0, k]
            )
            fixed = (
                block if row.contract == "block" else (1.0 - row.variable_share) * expected * price
            )
            assert result.projection.pay_plan[0, t, k] >= fixed * (1.0 - 1e-12)
