"""Faults that `icbudget.checks.goal_checks` must find."""

from __future__ import annotations

import pytest

from icbudget.answers import catalogue
from icbudget.answers.case import evaluate
from icbudget.answers.fairness import fairness
from icbudget.engine.appraisal.group_gaps import gaps
from icbudget.engine.appraisal.reach_by_group import reach_by_group
from icbudget.plan.identity import figures_hash
from icbudget.plan.plan_text import from_document
from tests.checks.clean import LA, YEARS, clean
from tests.checks.faults import Faults, findings_of, ids_of

fault = Faults()
FIFTH = {
    "programme": "falls",
    "group": "the most deprived fifth",
    "share": 0.2,
    "reached": {YEARS[0]: 0.15, YEARS[1]: 0.12},
}


@fault("goal.no-trajectory", "goals", 0, "id")
def goal_that_nothing_leads_to(d):
    del d["goals"][0]["acute_line"]


@fault("goal.expected-unused", "goals", 0, "expected")
def goal_with_expected_values_and_a_line(d):
    d["goals"][0]["expected"] = {YEARS[0]: 10_000}


@fault("goal.no-lines", "goals", 0, "kind")
def goal_for_bed_days_in_a_plan_without_any(d):
    d["goals"][0] |= {"kind": "bed_days", "acute_line": ""}


@fault("goal.mixed-currencies", "goals", 0, "acute_line")
def goal_that_adds_spells_and_episodes(d):
    d["acute_lines"].append(d["acute_lines"][0] | {"id": "nel2", "currency": "episode"})
    d["goals"][0] |= {"kind": "admissions", "acute_line": ""}


@fault("goal.not-bed-days", "goals", 0, "acute_line")
def goal_for_bed_days_on_a_line_of_spells(d):
    d["goals"][0] |= {"kind": "bed_days"}


@fault("goal.prevention-untagged", "schemes", 0, "prevention")
def share_on_prevention_that_leaves_out_preventive_schemes(d):
    d["schemes"][0]["scheme_type"] = "Wider support to promote prevention and independence"
    d["goals"][0] |= {"kind": "prevention_share", "acute_line": "", "good": "higher"}


@fault("goal.base-year", "goals", 0, "target_year")
def goal_dated_the_base_year(d):
    d["goals"][0]["target_year"] = d["setup"]["base_year"]


@fault("goal.already-reached", "goals", 0, "target")
def goal_that_asks_for_less_than_there_is(d):
    d["goals"][0] |= {"baseline": 10_000, "good": "higher", "target": 9_000}


@fault("goal.baseline-known", "goals", 0, "baseline")
def residential_goal_without_a_baseline_in_a_known_area(d):
    d["setup"]["ons_code"] = "E06000001"
    d["goals"][0] |= {"kind": "residential", "acute_line": "", "expected": {YEARS[0]: 540}}


@fault("goal.baseline-known", "goals", 0, "baseline")
def discharge_delays_without_a_baseline_in_a_known_area(d):
    d["setup"]["ons_code"] = "E06000001"
    d["goals"][0] |= {
        "measure": "Discharge delays",
        "acute_line": "",
        "target": 0.4,
        "expected": {YEARS[0]: 0.45},
    }


@fault("goal.not-met", "goals", 0, "target")
def goal_beyond_what_the_plan_avoids(d):
    d["goals"][0]["target"] = 9_500


def two_groups(d, **more):
    """Admissions for each 1,000: 180 to 171 in the most deprived fifth, 90 to 80 elsewhere."""
    goal = {"measure": "Admissions", "unit": "a 1,000", "good": "lower", "target_year": YEARS[1]}
    d["goals"] += [
        goal | {"id": "rest", "baseline": 90, "target": 80, "expected": {YEARS[1]: 80}},
        goal
        | {
            "id": "fifth",
            "group": "the most deprived fifth",
            "compared_with": "rest",
            "baseline": 180,
            "target": 171,
            "expected": {YEARS[1]: 171},
        }
        | more,
    ]


@fault("goal.gap-widens", "goals", 2, "compared_with")
def gap_that_widens_while_both_get_better(d):
    two_groups(d)


@fault("goal.gap-unlike", "goals", 2, "compared_with")
def gap_of_two_units(d):
    two_groups(d, unit="%")


@fault("goal.behind", "quarterly_plans", 0, "measured")
def admissions_were_measured_above_the_line(d):
    d["goals"][0] |= {"baseline": 11_000, "target": 10_500}
    d["quarterly_plans"] = [{"goal": "nel", "year": YEARS[0], "measured": 10_900}]


@fault("goal.quarters-unused", "quarterly_plans", 0, "year")
def quarters_of_the_base_year_beside_those_of_the_goal(d):
    d["quarterly_plans"] = [{"goal": "nel", "year": "2025/26", "quarter_1": 2_500}]


@fault("programme.reach-widens", "group_reaches", 0, "reached")
def a_group_is_reached_less_than_everyone_else(d):
    d["group_reaches"] = [FIFTH]


@fault("programme.reach-beyond-all", "group_reaches", 0, "reached")
def more_than_all_of_a_group_are_reached(d):
    d["group_reaches"] = [FIFTH | {"share": 0.05, "reached": {YEARS[0]: 0.9}}]


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()


def test_a_gap_that_widens_has_both_figures_and_one_that_closes_is_none():
    document = clean()
    two_groups(document)
    found = next(f for f in findings_of(document) if f.id == "goal.gap-widens")
    # 180 − 90 = 90 and 171 − 80 = 91, though both fall
    assert "the most deprived fifth and “rest” grows from 90 to 91 by 2027/28" in found.message
    document["goals"][2]["expected"] = {YEARS[1]: 169}
    assert "goal.gap-widens" not in ids_of(findings_of(document))


def test_fairness_shows_the_gap_and_its_change():
    document = clean()
    two_groups(document)
    rows = {
        row.labels[2]: row.values for row in fairness(evaluate(from_document(document).plan)).rows
    }
    assert rows == {
        "Gap to the others (larger is worse)": (90.0, None, 91.0),
        "Wider (+) or closer (−) than at the start": (0.0, None, 1.0),
    }


def test_where_higher_is_better_a_group_that_is_behind_has_a_gap_above_zero():
    document = clean()
    two_groups(document)
    for goal, values in zip(document["goals"][1:], ((70, 75), (60, 66)), strict=True):
        goal |= {"good": "higher", "baseline": values[0], "target": values[1]}
        goal["expected"] = {YEARS[1]: values[1]}
    (gap,) = gaps(evaluate(from_document(document).plan).answered)
    # 70 − 60 = 10 behind, then 75 − 66 = 9
    assert gap.by_year == (10.0, None, 9.0)


def with_reach(**more):
    """Model §15.6: reach 10 % and 20 %; a fifth of the people, 15 % and 12 % of those reached."""
    document = clean() | {"group_reaches": [FIFTH | more]}
    document["programmes"][0]["reach"] = {YEARS[0]: 0.1, YEARS[1]: 0.2}
    return document


def test_reach_of_a_group_and_of_everyone_else_by_hand():
    (one,) = reach_by_group(evaluate(from_document(with_reach()).plan).answered)
    assert one.group == pytest.approx((0.0, 0.075, 0.12))
    assert one.others == pytest.approx((0.0, 0.10625, 0.22))
    assert one.gap == pytest.approx((0.0, 0.03125, 0.10))


def test_a_gap_in_reach_names_both_its_path_and_who_pays():
    document = with_reach()
    document["programmes"][0] |= {"partner": "", "pool": "bcf", "source": LA}
    document["schemes"][2]["base_amount"] = 300_000  # leaves money for the programme
    shift = {"id": "to_home", "rule": "fixed_amount", "lines": ["nel"], "pool": "bcf"}
    document["shifts"] = [shift | {"amounts": {YEARS[0]: 10_000, YEARS[1]: 10_000}}]
    found = next(f for f in findings_of(document) if f.id == "programme.reach-widens")
    assert "12.0% of the most deprived fifth in 2027/28 and 22.0% of everyone else" in found.message
    assert (
        "a gap of 10.0 percentage points. It was 3.1 in 2026/27. Paid for by to_home."
        in found.message
    )
    assert found.place.column == f"reached[{YEARS[1]}]"


def test_a_gap_that_closes_to_nought_by_the_last_year_has_no_finding():
    # A fifth of those reached in 2027/28 is a fifth of the people: 20% of either is reached.
    # A fifth as a float leaves no rest: 0.2 × 0.2 / 0.2 = 0.2 × 0.8 / 0.8.
    closed = with_reach(reached={YEARS[0]: 0.15, YEARS[1]: 0.2})
    (one,) = reach_by_group(evaluate(from_document(closed).plan).answered)
    assert one.gap[1] == pytest.approx(0.03125)
    assert one.gap[2] == pytest.approx(0.0, abs=1e-15)
    assert "programme.reach-widens" not in ids_of(findings_of(closed))


def test_a_group_reached_as_far_or_further_has_no_finding_and_an_unknown_part_no_figure():
    even = with_reach(reached={YEARS[0]: 0.2, YEARS[1]: 0.4})
    assert "programme.reach-widens" not in ids_of(findings_of(even))
    half = with_reach(reached={YEARS[0]: 0.15})
    (one,) = reach_by_group(evaluate(from_document(half).plan).answered)
    assert one.group[2] is None and one.others[2] is None and one.gap[2] is None


def test_more_than_all_of_a_group_is_told():
    document = with_reach(share=0.05, reached={YEARS[0]: 0.9})
    # 0.10 × 0.90 ÷ 0.05 = 180 %
    found = next(f for f in findings_of(document) if f.id == "programme.reach-beyond-all")
    assert "180.0%" in found.message


def test_the_answer_has_the_reach_of_both_and_the_gap():
    block = catalogue.REACH_OF_GROUPS.build(evaluate(from_document(with_reach()).plan))
    assert [row.labels for row in block.rows] == [
        ("falls", "the most deprived fifth", figure)
        for figure in (
            "Reach of the group",
            "Reach of everyone else",
            "Gap to the others (larger is worse)",
        )
    ]


def test_what_people_said_stands_beside_what_was_needed_and_the_money():
    document = clean()
    document["goals"].append(
        {
            **{"id": "say", "measure": "Felt supported", "kind": "experience", "unit": "%"},
            **{"good": "higher", "baseline": 62, "target": 66, "target_year": YEARS[1]},
            "expected": {YEARS[0]: 64, YEARS[1]: 66},
        }
    )
    document["quarterly_plans"] = [{"goal": "say", "year": YEARS[0], "measured": 63.5}]
    case = evaluate(from_document(document).plan)
    for block in (catalogue.MONEY_AND_EXPERIENCE, catalogue.GOAL_TRACKER):
        (row,) = [
            r for r in block.build(case).rows if "say" in r.labels and r.labels[-1] == "Measured"
        ]
        assert row.values == (62, 63.5, None)
    # half way from 62 to 66 is 64
    behind = next(f for f in case.findings if f.id == "goal.behind")
    assert "63.5% in 2026/27; 64% was needed" in behind.message


def test_what_was_measured_changes_no_agreed_figure():
    document = clean()
    document["quarterly_plans"] = [{"goal": "nel", "year": YEARS[0]}]
    before = from_document(document).plan
    document["quarterly_plans"][0]["measured"] = 10_000
    assert figures_hash(from_document(document).plan) == figures_hash(before)
