"""The best plan found is the best there is: every choice tried in the engine, and no bound or limit
broken.
"""

from __future__ import annotations

import re
from itertools import combinations, product
from random import Random

import pytest

from icbudget.answers.best_plan_answer import minimum_needs, minimums_missed
from icbudget.engine.optimiser.best_plan import best_plan, cautious, worthwhile
from icbudget.engine.optimiser.judge import Judge
from icbudget.engine.optimiser.programme_options import LEVELS, bought
from icbudget.plan.plan_text import from_yaml, to_yaml
from tests.engine.optimiser.test_model import limited
from tests.engine.plans import SOURCES, random_document, read


def few(document):
    return (
        document["setup"]["horizon"] <= 2
        and 0 < len(document["programmes"]) <= 4 - document["setup"]["horizon"]
    )


SMALL = [seed for seed in range(400) if few(random_document(Random(seed)))][:24]


def plenty():
    """A clock that never runs out."""
    return 60.0


def small(seed):
    """A small random plan, with whatever limits a person might set."""
    rng, document = Random(seed), random_document(Random(seed))
    for row in document["programmes"]:
        row |= (
            {"effect": abs(row["effect"]), "effect_measure": "rate_reduction"}
            if row.get("effect_measure") is None
            else {}
        )
        row |= {
            "staff": 0.01,
            "fixed_cost": {y: v / rng.choice((1, 20)) for y, v in row["fixed_cost"].items()},
        }
    for row in document["programmes"]:
        row |= (
            {"other_source": rng.choice(SOURCES)}
            if row.get("source") and rng.random() < 0.5
            else {}
        )
    if len(document["programmes"]) > 1 and rng.random() < 0.3:
        document["programmes"][0]["excludes"] = [document["programmes"][1]["id"]]
    if rng.random() < 0.4:
        years = document["indices"][0]["rates"]
        document["limits"] = [
            {"measure": "staff", "most": dict.fromkeys(years, rng.choice((1, 3)))}
        ]
        document["limits"].append(
            {
                "measure": "loss",
                "partner": "icb",
                "most": dict.fromkeys(years, rng.choice((0, 1e5))),
            }
        )
    return read(document)


def bought_again(plan, found):
    """What was found, under the cautious effects it was sought with."""
    sought, _ = cautious(plan)
    lines = found.plan.acute_lines
    closed = {k: set(row.closes) - set(plan.acute_lines[k].closes) for k, row in enumerate(lines)}
    return bought(sought, found.chosen, closed)


def every_choice(plan):
    """Worth of the best of all choices that break no limit, tried one by one in the engine; None
    where there is none.
    """
    sought, _ = cautious(plan)
    judge, best = Judge(sought, plan, also=minimums_missed), None
    of = {g: [None] for g in range(len(plan.programmes))}
    for option in worthwhile(sought):
        of[option.programme].append(option)
    for choice in product(*of.values()):
        chosen = [o for o in choice if o is not None]
        ids = {plan.programmes[o.programme].id for o in chosen}
        if any(row.id in ids and ids & set(row.excludes) for row in plan.programmes):
            continue
        for closes in every_closing(plan):
            worth, broken = judge.verdict(bought(sought, chosen, closes), chosen)
            if not broken and (best is None or worth > best):
                best = worth
    return best


def left_open(plan):
    """Lines and years of which the plan does not say whether blocks close, and where they could."""
    years = [
        (k, t)
        for k, row in enumerate(plan.acute_lines)
        for t in range(1 + row.hold, len(plan.years))
        if row.block_size
    ]
    return [(k, plan.years[t]) for k, t in years if plan.years[t] not in plan.acute_lines[k].closes]


def every_closing(plan):
    """Every set of them."""
    places = left_open(plan)
    for size in range(len(places) + 1):
        for some in combinations(places, size):
            yield {k: {y for line, y in some if line == k} for k, _ in some}


LIMITED = [
    s for s in range(500) if few(random_document(Random(s))) and len(left_open(limited(s))) < 3
][:24]


@pytest.mark.parametrize(
    ("plan_of", "seed"), [*((small, s) for s in SMALL), *((limited, s) for s in LIMITED)]
)
def test_no_choice_is_better_and_the_engine_gives_the_same_worth(plan_of, seed):
    plan = plan_of(seed)
    found, best = (
        best_plan(plan, plenty, also=minimums_missed, needs=minimum_needs),
        every_choice(plan),
    )
    assert found.finished
    if best is None:
        assert found.plan is not None or found.conflicts
    if best is not None:
        assert found.worth >= best - 0.02, "the best of all in quarters, or better in hundredths"
        assert found.bound >= best - 0.02
    if found.plan is not None:
        assert found.bound >= found.worth - 0.02, "nothing is better than the bound"
        quarters = all(o.level in LEVELS for o in found.chosen)
        assert not quarters or found.worth == pytest.approx(best, abs=0.02)
        sought, _ = cautious(plan)
        worth, broken = Judge(sought, plan, also=minimums_missed).verdict(
            bought_again(plan, found), found.chosen
        )
        assert worth == pytest.approx(found.worth, abs=0.02) and not broken


@pytest.mark.parametrize("seed", LIMITED[:6])
def test_the_order_of_programmes_and_what_they_are_called_change_nothing(seed):
    plan = limited(seed)
    found = best_plan(plan, plenty)
    again = best_plan(plan, plenty)
    assert (found.changes, found.worth, found.bound) == (again.changes, again.worth, again.bound)
    turned = best_plan(plan.model_copy(update={"programmes": plan.programmes[::-1]}), plenty)
    assert (turned.plan is None) == (found.plan is None)
    assert turned.worth == pytest.approx(found.worth, abs=0.02)
    renamed = best_plan(from_yaml(re.sub(r"\bp(\d)\b", r"service-\1", to_yaml(plan))).plan, plenty)
    assert renamed.worth == pytest.approx(found.worth, abs=0.02)
