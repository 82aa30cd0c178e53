"""Faults that `icbudget.checks.goal_checks` must find."""

from __future__ import annotations

import pytest

from tests.checks.clean import YEARS
from tests.checks.faults import Faults

fault = Faults()


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


@fault("goal.not-met", "goals", 0, "target")
def goal_beyond_what_the_plan_avoids(d):
    d["goals"][0]["target"] = 9_500


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()
