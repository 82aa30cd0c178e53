"""Faults that `icbudget.checks.programmes` must find."""

from __future__ import annotations

import pytest

from tests.checks.changes import in_service
from tests.checks.clean import LA, NHS, YEARS, clean
from tests.checks.faults import Faults, findings_of, ids_of

fault = Faults()


@fault("effect.no-base-risk", "programmes", 0, "base_risk")
def odds_ratio_without_base_risk(d):
    d["programmes"][0] |= {"effect_measure": "odds_ratio", "effect": 0.9}


@fault("effect.negative-ratio", "programmes", 0, "effect")
def risk_ratio_below_zero(d):
    d["programmes"][0] |= {"effect_measure": "risk_ratio", "effect": -0.9}


@fault("effect.everything", "programmes", 0, "effect")
def effect_of_five_typed_for_five_per_cent(d):
    d["programmes"][0]["effect"] = 5


@fault("effect.low-above-high", "programmes", 0, "effect_low")
def low_and_high_the_wrong_way_round(d):
    d["programmes"][0] |= {"effect_low": 0.08, "effect_high": 0.01}


@fault("programme.no-payer", "programmes", 0, "pool")
def programme_nobody_pays_for(d):
    del d["programmes"][0]["partner"]


@fault("programme.no-cost", "programmes", 0, "yearly_cost")
def programme_with_a_blank_cost(d):
    del d["programmes"][0]["fixed_cost"]


@fault("programme.no-cost", "programmes", 0, "yearly_cost")
def programme_with_a_cost_of_0_that_nothing_explains(d):
    d["programmes"][0] |= {"fixed_cost": {}, "yearly_cost": 0}


@fault("programme.costs-nothing", "programmes", 0, "yearly_cost")
def programme_with_a_cost_of_0_and_its_reason(d):
    d["programmes"][0] |= {"fixed_cost": {}, "yearly_cost": 0, "reason": "Volunteers run it"}


@fault("programme.two-payers", "programmes", 0, "partner")
def programme_paid_by_a_partner_and_a_pool(d):
    d["programmes"][0] |= {"pool": "bcf", "source": NHS}


@fault("programme.payers-differ", "programmes", 0, "source")
def programme_and_scheme_name_different_sources(d):
    del d["programmes"][0]["partner"]
    d["programmes"][0] |= {"pool": "bcf", "source": LA}
    d["schemes"].append(
        {"id": "4", "name": "Falls", "pool": "bcf", "source": NHS, "programme": "falls"}
    )


@fault("programme.no-source", "programmes", 0, "source")
def programme_of_a_pool_without_a_source(d):
    del d["programmes"][0]["partner"]
    d["programmes"][0]["pool"] = "bcf"


@fault("programme.no-segment", "programmes", 0, "id")
def programme_that_reaches_nobody(d):
    d["segments"][0]["programmes"] = []


@fault("programme.never-starts", "programmes", 0, "reach")
def programme_without_reach(d):
    del d["programmes"][0]["reach"]


@fault("programme.stops", "programmes", 0, "reach")
def programme_whose_reach_runs_out(d):
    del d["programmes"][0]["reach"]["2027/28"]


@fault("reach.above-maximum", "programmes", 0, "reach")
def reach_above_the_maximum(d):
    d["programmes"][0]["max_reach"] = 0.4


@fault("reach.negative-people", "programmes", 0, "people")
def fewer_people_than_none(d):
    in_service(d, -5, 100)


@fault("reach.no-cohort", "programmes", 0, "cohort")
def people_without_a_cohort(d):
    in_service(d, 5, None)


@fault("effect.harm-overlaps", "programmes", 1, "family")
def harm_beside_a_better_programme_of_the_family(d):
    d["programmes"][0]["family"] = "frailty"
    d["programmes"].append(
        d["programmes"][0]
        | {
            "id": "calls",
            "effect": -0.02,
            "effect_low": None,
            "effect_high": None,
        }
    )
    d["segments"][0]["programmes"] = ["falls", "calls"]


@fault("effect.no-regression", "programmes", 0, "population_rate")
def before_and_after_without_the_rate_of_everyone(d):
    d["programmes"][0] |= {
        "effect_measure": "before_after",
        "effect": 0.76,
        "rate_before": 3,
        "grade": "D",
    }
    d["programmes"][0] |= {"effect_low": None, "effect_high": None}


@fault("qaly.nobody", "programmes", 0, "qalys_per_person")
def health_effects_a_person_of_nobody(d):
    d["programmes"][0]["qalys_per_person"] = 0.02


@fault("qaly.no-value", "setup", None, "qaly_value")
def health_effects_without_a_value(d):
    d["programmes"][0]["qalys"] = {YEARS[0]: 3}


@fault("qaly.no-source", "setup", None, "qaly_evidence")
def value_of_a_qaly_from_nowhere(d):
    d["setup"]["qaly_value"] = 20_000


@fault("effect.too-harmful", "programmes", 0, "effect")
def harm_of_five_instead_of_five_per_cent(d):
    d["programmes"][0] |= {"effect": -5, "effect_low": None}


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()


@pytest.mark.parametrize(
    "cost", [{"unit_cost": 5}, {"yearly_cost": 5}, {"exit_cost": {YEARS[0]: 5}}]
)
def test_a_programme_with_any_cost_has_one(cost):
    document = clean()
    document["programmes"][0] |= {"fixed_cost": {}, **cost}
    assert not {"programme.no-cost", "programme.costs-nothing"} & {*ids_of(findings_of(document))}


def test_a_programme_without_a_cost_is_not_asked_for_its_index_too():
    document = clean()
    document["programmes"][0] |= {"fixed_cost": {}, "cost_index": ""}
    assert ids_of(findings_of(document)) == ["programme.no-cost"]


def test_a_programme_that_avoids_nothing_needs_no_cost():
    document = clean()
    document["programmes"][0] |= {"fixed_cost": {}, "effect": 0, "effect_low": None}
    assert "programme.no-cost" not in ids_of(findings_of(document))
