"""Comparisons by hand and in general. 1,000 spells at £2,000; the falls service avoids 100 × its
effect, for £100,000 a year.
"""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from icbudget.answers.case import evaluate
from icbudget.answers.comparison import FIGURES, GAP, PLAN, compare, comparison_block
from icbudget.answers.side_by_side import BORNE, GAIN
from icbudget.engine.accounts.bridge import SYSTEM, bridges
from tests.answers.test_goal_tracker import YEARS, plan
from tests.engine.plans import random_document, read


def whole(money, figure=PLAN, partner=SYSTEM):
    return sum(money[figure][partner])


def test_a_plan_compared_with_itself_gives_nothing():
    case = evaluate(plan())
    c = compare(case, case)
    assert (c.steps, c.wording, c.appeared, c.gone, c.altered, c.silent) == ((), (), (), (), (), "")
    assert all(c.difference(figure, p) == 0 for figure in FIGURES for p in c.partners)


def test_what_one_change_is_worth():
    # effect 50 % → 30 %: 20 spells fewer avoided a year, of which the trust stops spending 20 % of
    # £2,000: £8,000 a year more
    c = compare(evaluate(plan()), evaluate(plan(programme={"effect": 0.3})))
    (step,) = c.steps
    assert step.words == "Falls service (Prevention): effect 50% → 30%"
    assert whole(step.adds) == whole(step.alone) == c.difference(PLAN) == 4 * 800_000
    # the ICB pays £40,000 a year more, the trust loses £32,000 less
    assert step.adds[PLAN]["icb"] == (0, 4_000_000, 4_000_000, 4_000_000, 4_000_000)
    assert c.difference(GAIN, "icb") == -16_000_000 and c.difference(GAIN, "trust") == 12_800_000


def test_changes_that_work_together_add_up_in_their_order_and_not_alone():
    # reach 10 % → 20 % and effect 50 % → 30 %: from 50 to 60 spells. Fields in the order of the
    # sheet: the effect first, −20,
    # then the reach, 0.3 × 100 = +30; on its own the reach is +50. Each spell is £400 of the
    # trust's cost, in 4 years.
    after = plan(programme={"effect": 0.3, "reach": dict.fromkeys(YEARS, 0.2)})
    c = compare(evaluate(plan()), evaluate(after))
    effect, reach = c.steps
    assert (effect.changes[0].field, reach.changes[0].field) == ("effect", "reach")
    assert (whole(effect.adds), whole(reach.adds)) == (20 * 160_000, -30 * 160_000)
    assert (whole(effect.alone), whole(reach.alone)) == (20 * 160_000, -50 * 160_000)
    assert c.difference(PLAN) == -10 * 160_000


def test_who_bears_an_overspend_is_told_where_that_changes():
    # the service costs £100,000 a year; the pool has £60,000 of the ICB and £40,000 of the council
    # under one source, and a scheme
    # of £20,000 on top, so it is £20,000 over in each of five years: by contributions 60 to 40,
    # then half each
    source = {"pool": "bcf", "source": "NHS Minimum Contribution", "index": "flat"}
    given = [
        source | {"partner": p, "base_amount": a} for p, a in (("icb", 60_000), ("council", 40_000))
    ]
    fixed = [
        {"id": "half", "basis": "fixed", "partner": p, "share": 0.5} for p in ("icb", "council")
    ]
    extra = source | {
        "id": "1",
        "name": "Beds",
        "base_amount": 120_000,
        "amounts": dict.fromkeys(YEARS, 20_000),
    }
    own = {"contributions": given, "schemes": [extra]}
    pool = {"id": "bcf", "name": "BCF", "host": "council"}
    by = {"id": "put", "basis": "contributions"}
    one = plan(**own, pools=[pool | {"risk_share": "put"}], risk_shares=[by])
    other = plan(**own, pools=[pool | {"risk_share": "half"}], risk_shares=[by, *fixed])
    c = compare(evaluate(one), evaluate(other))
    assert c.difference(PLAN) == c.difference(GAIN) == c.difference(BORNE) == 0
    # better or worse off is after what is shared: the ICB bears 10,000 instead of 12,000 a year
    assert c.difference(GAIN, "icb") == -c.difference(GAIN, "council") == 5 * 2_000_00
    assert (
        c.difference(BORNE, "icb") == -5 * 200_000 and c.difference(BORNE, "council") == 5 * 200_000
    )
    rows = {r.labels: r.values for r in comparison_block(c).rows}
    assert rows[BORNE, "After"][:2] == (50_000, 50_000) and rows[BORNE, "Before"][:2] == (
        60_000,
        40_000,
    )


def test_new_rows_come_before_what_names_them():
    # the pool that pays for the service from now on is new: first the pool, then the service's row
    tables = {"pools": [{"id": id, "name": id, "host": "council"} for id in ("bcf", "more")]}
    changed = plan(programme={"pool": "more"}, **tables)
    c = compare(evaluate(plan()), evaluate(changed))
    assert sum(whole(s.adds, GAP) for s in c.steps) == c.difference(GAP)
    assert [s.words for s in c.steps] == [
        "more (Pools): new",
        "Falls service (Prevention): pool bcf → more",
    ]
    assert c.steps[1].alone is None  # there is no such pool in the first plan


def test_a_change_that_breaks_the_plan_waits_for_the_next():
    # the line's contract becomes marginal, which needs a baseline value and a rate: three fields
    # that only make sense together
    line = plan().acute_lines[0]
    marginal = line.model_copy(
        update={"contract": "marginal", "baseline_value": Decimal(1_000_000), "marginal_rate": 0.7}
    )
    other = plan().model_copy(update={"acute_lines": (marginal, *plan().acute_lines[1:])})
    c = compare(evaluate(plan()), evaluate(other))
    assert [len(s.changes) for s in c.steps] == [3]
    assert "contract activity → marginal; " in c.steps[0].words


@pytest.mark.parametrize("seed", range(25))
def test_steps_add_up_to_the_penny_for_any_two_plans(seed):
    one, two = (evaluate(read(random_document(Random(n)))) for n in (seed, seed + 500))
    c, back = compare(one, two), compare(two, one)
    assert not c.silent
    for figure in FIGURES:
        for p in c.partners:
            for t in range(len(c.years)):
                assert (
                    sum(s.adds[figure][p][t] for s in c.steps)
                    == c.money_after[figure][p][t] - c.money_before[figure][p][t]
                )
            # better or worse off is held against the first plan's do nothing, each its own way round
            if figure != GAIN:
                assert c.difference(figure, p) == -back.difference(figure, p)
    for case, money in ((one, c.money_before), (two, c.money_after)):
        for b in bridges(case.result):
            assert money[PLAN][b.partner] == tuple(
                b.steps["Plan"][case.plan.years.index(y)] for y in c.years
            )
    for figure in FIGURES:
        assert c.difference(figure) == sum(
            c.difference(figure, p) for p in c.partners if p != SYSTEM
        )


def test_two_scenarios_of_one_plan_whichever_comes_first():
    made = plan(programme={"effect_low": 0.2, "effect_high": 0.6})

    def under(name):
        return evaluate(
            made.model_copy(
                update={"setup": made.setup.model_copy(update={"active_scenario": name})}
            )
        )

    c = compare(under("Low evidence"), under("High evidence"))
    # 20 to 60 spells: 40 × £400 × 4 years less
    assert c.difference(PLAN) == -40 * 160_000
    assert [s.words for s in c.steps] == ["Falls service (Prevention): effect 20% → 60%"]
    assert compare(under("Low evidence"), under("")).steps[0].words.endswith("effect 20% → 50%")


def test_plans_of_other_years_are_compared_over_the_years_of_both():
    later = plan(setup={"title": "Later", "base_year": "2024/25", "horizon": 2})
    c = compare(evaluate(plan()), evaluate(later))
    assert c.years == ("2024/25", "2025/26", "2026/27")
    assert c.difference(PLAN) == 0
    assert compare(evaluate(later), evaluate(plan())).years == c.years


def test_plans_without_a_common_year_say_so():
    away = plan(setup={"title": "Away", "base_year": "2014/15", "horizon": 2}, goals=[])
    document = plan().model_copy(update={"goals": ()})
    c = compare(evaluate(document), evaluate(away))
    assert (
        c.silent == "The two plans have no year in common, so there are no figures to compare."
        and c.steps
    )


def test_a_plan_with_errors_is_compared_in_words_only():
    broken = plan().model_copy(
        update={"programmes": (plan().programmes[0].model_copy(update={"pool": "nowhere"}),)}
    )
    c = compare(evaluate(plan()), evaluate(broken))
    assert c.silent.startswith("The second plan has errors")
    assert [s.words for s in c.steps] == ["Falls service (Prevention): pool bcf → nowhere"]
    assert any("nowhere" in f.message for f in c.appeared)
    assert compare(evaluate(broken), evaluate(plan())).silent.startswith(
        "The first plan has errors"
    )
    assert compare(evaluate(broken), evaluate(broken)).silent.startswith("Both plans have errors")


def test_findings_that_came_went_and_changed():
    c = compare(evaluate(plan({"target": 960})), evaluate(plan({"target": 920})))
    assert [f.id for f in c.appeared] == ["goal.not-met"]
    back = compare(evaluate(plan({"target": 920})), evaluate(plan({"target": 960})))
    assert [f.id for f in back.gone] == ["goal.not-met"] and not back.appeared
    dear = plan(programme={"fixed_cost": dict.fromkeys(YEARS, 200_000)})
    changed = {
        a.id: (a.effect_pence, b.effect_pence)
        for a, b in compare(evaluate(plan()), evaluate(dear)).altered
    }
    # the whole system spends 100,000 − 20,000 a year more than under do nothing, and 200,000 −
    # 20,000
    assert changed["system.worse-off"] == (32_000_000, 72_000_000)


def test_many_changes_are_told_by_row_and_by_table():
    def many(rows):
        return evaluate(
            plan(
                contributions=[
                    {
                        "pool": "bcf",
                        "partner": "icb",
                        "source": "Additional NHS Contribution",
                        "line": n + 1,
                        "base_amount": rows * 10,
                        "index": "flat",
                        "name": f"Line {n}",
                    }
                    for n in range(rows)
                ]
            )
        )

    c = compare(many(70), many(69))
    assert [s.words for s in c.steps] == ["Funding: 70 changes"]
    # what is put into a pool is no spending, and no envelope is stated: do nothing, which is
    # assumed to be funded, stays as it is
    assert sum(whole(s.adds, "Funding") for s in c.steps) == c.difference("Funding") == 0


def test_a_gap_on_funding_that_nobody_stated_says_so():
    c = compare(evaluate(plan()), evaluate(plan(programme={"effect": 0.3})))
    assert comparison_block(c).shows.endswith("; gap to date: assumed: do nothing is funded.")


def test_the_block_adds_up():
    c = compare(evaluate(plan()), evaluate(plan(programme={"effect": 0.3, "name": "Falls"})))
    block = comparison_block(c)
    for figure in (PLAN, GAIN, GAP):
        rows = [row.values[:-1] for row in block.where(figure=figure)]
        for column in zip(*rows, strict=True):
            assert sum(column[:-1]) == pytest.approx(column[-1], abs=0.001)
    assert [row.labels[1] for row in block.where(figure="Without effect on money")] == [
        "Falls (Prevention): name Falls service → Falls"
    ]
