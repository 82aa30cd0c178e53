"""Faults that `icbudget.checks.evidence_use` must find."""

from __future__ import annotations

import pytest

from tests.checks.faults import Faults

fault = Faults()


@fault("evidence.deadweight-twice", "programmes", 0, "deadweight")
def deadweight_with_a_controlled_study(d):
    d["programmes"][0] |= {"grade": "B", "deadweight": 0.1}


@fault("evidence.deadweight-reasoned", "programmes", 0, "deadweight")
def deadweight_with_a_controlled_study_and_a_reason(d):
    d["programmes"][0] |= {
        "grade": "B",
        "deadweight": 0.1,
        "reason": "The trial's controls had no service; ours have one.",
    }


@fault("evidence.grade-n", "programmes", 0, "reason")
def effect_against_the_evidence_without_a_reason(d):
    d["programmes"][0]["grade"] = "N"


@fault("evidence.adverse-range", "programmes", 0, "effect_low")
def range_without_the_harm_that_studies_found(d):
    d["programmes"][0] |= {
        "library": "discharge-to-assess",
        "effect": 0.08,
        "effect_low": 0.0,
        "effect_high": 0.2,
        "grade": "B",
    }


@fault("evidence.before-after", "programmes", 0, "effect_measure")
def fall_of_frequent_users_taken_at_its_word(d):
    d["programmes"][0] |= {
        "effect": 0.24,
        "effect_high": 0.3,
        "grade": "D",
        "library": "social-prescribing",
        "lag": 0.5,
    }


@fault("evidence.nothing-off", "programmes", 0, "deadweight")
def effect_of_grade_d_from_which_nothing_is_taken(d):
    d["programmes"][0]["grade"] = "D"


@fault("evidence.better-grade", "programmes", 0, "grade")
def grade_better_than_the_evidence_row(d):
    d["programmes"][0] |= {
        "library": "carers",
        "effect": 0.0,
        "effect_low": -0.01,
        "effect_high": 0.03,
        "lag": 0.5,
    }


@fault("evidence.differs", "programmes", 0, "library")
def effect_that_is_not_that_of_its_evidence_row(d):
    d["programmes"][0] |= {
        "library": "falls-exercise",
        "effect": 0.04,
        "effect_low": -0.03,
        "effect_high": 0.1,
        "grade": "A",
    }
    d["programmes"][0]["lag"] = 0.5


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()
