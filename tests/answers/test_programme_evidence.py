"""Programme evidence: from the study to the plan by hand."""

from __future__ import annotations

import pytest

from icbudget.answers import catalogue
from icbudget.answers.assumptions import assumptions
from icbudget.answers.case import evaluate
from icbudget.findings import has_errors
from icbudget.plan.programme import effect_in_words
from tests.checks.clean import YEARS, clean
from tests.engine.plans import read


def told(**programme):
    document = clean()
    document["programmes"][0] |= programme
    case = evaluate(read(document))
    assert not has_errors(case.findings), [str(f) for f in case.findings]
    return {row.labels[1]: row.values[0] for row in catalogue.PROGRAMME_EVIDENCE.build(case).rows}


def test_deductions_one_after_another_and_both_optimism_biases():
    found = told(
        effect=0.2,
        effect_high=0.3,
        deadweight=0.1,
        attribution=0.2,
        displacement=0.25,
        optimism_benefit=0.5,
    )
    # 0.2 × 0.9 × 0.8 × 0.75 = 0.108; half of that with the plan's bias, nine tenths with the 10 %
    # that grade C suggests
    assert found["Reduction of the rate"] == 0.2
    assert found["Reduction after deadweight, attribution and displacement"] == pytest.approx(0.108)
    assert found["Reduction that the plan counts on (judgement)"] == pytest.approx(0.054)
    assert found["Reduction with that bias"] == pytest.approx(0.0972)
    # the segment is a tenth of the line, half of it reached
    assert found["nel: ceiling, that share × the reduction counted on"] == pytest.approx(0.0054)
    assert found["nel: at work in 2027/28, after reach and lag"] == pytest.approx(0.0027)


def test_harm_is_taken_in_full_whatever_the_bias():
    found = told(
        effect=-0.05, effect_low=-0.1, effect_high=0.0, optimism_benefit=0.5, attribution=0.5
    )
    assert (
        found["Reduction that the plan counts on (judgement)"]
        == found["Reduction with that bias"]
        == -0.05
    )


def test_before_and_after_shows_what_comes_with_nothing_done():
    row = {
        "effect_measure": "before_after",
        "effect": 0.3,
        "effect_low": None,
        "effect_high": None,
        "grade": "D",
    }
    found = told(
        **row, rate_before=3, population_rate=0.2, dispersion=0.5, reach=dict.fromkeys(YEARS, 0.5)
    )
    assert found[
        "Rate after over rate before with nothing done (regression to the mean)"
    ] == pytest.approx(1 / 3)
    assert found["Reduction of the rate"] == pytest.approx(0.10)


def test_cost_without_the_plans_bias_and_with_that_of_the_grade():
    found = told(optimism_cost=0.5, cost_index="flat")
    # £1,000 in each of two years
    assert found["Running cost over the plan before optimism bias"] == 2_000
    assert found["Running cost over the plan"] == 3_000
    assert found["Running cost over the plan with that bias"] == 2_200


def test_an_effect_that_no_study_gives_says_so_beside_the_number():
    # the plan names no source: a judgement; with one, and an interval beside zero, it is a study's
    judged = told()
    assert "Effect as stated (rate reduction) (judgement)" in judged
    sourced = told(evidence="Smith 2020, table 3", effect_low=0.02, effect_high=0.08)
    assert "Effect as stated (rate reduction)" in sourced
    assert sourced["What its studies found"] == "benefit"
    # the planning reductions of the evidence library are judgements too
    library = told(
        library="care-homes", effect=0.1, effect_low=0, effect_high=0.22, grade="B", lag=0.5
    )
    assert "Reduction that the plan counts on (judgement)" in library
    assert library["What its studies found"] == "benefit"


def test_an_effect_is_a_percentage_wherever_it_is_written_and_a_ratio_a_ratio():
    """A fall of 7.5 % of the rate; an odds ratio of 0.9 is no fall of 90 %."""
    assert effect_in_words("rate_reduction", 0.075) == "7.5%"
    assert effect_in_words("absolute_risk_reduction", -0.02) == "−2%"
    assert effect_in_words("odds_ratio", 0.9) == "0.9"
    units = {
        row.labels[1]: row.unit
        for row in catalogue.PROGRAMME_EVIDENCE.build(evaluate(read(clean()))).rows
    }
    assert units["Effect as stated (rate reduction) (judgement)"] == "%"


def test_the_register_of_assumptions_says_so_too():
    plan = read(clean())
    of_falls = [row for row in assumptions(plan, {}) if row.path == "programmes/falls/effect"]
    assert [row.label for row in of_falls] == ["Prevention / falls / Effect (judgement)"]
    assert [row.value for row in of_falls] == [f"{plan.programmes[0].effect:.0%}"]
