"""Faults that `icbudget.checks.funding_lines` must find."""

from __future__ import annotations

import pytest

from tests.checks.clean import NHS
from tests.checks.faults import Faults

fault = Faults()


@fault("setup.no-deflator", "setup", None, "deflator")
def appraisal_without_a_deflator(d):
    del d["setup"]["deflator"]


@fault("plan.nothing-yet")
def plan_without_a_figure(d):
    for table in list(d):
        if table not in ("schema_version", "setup", "partners"):
            del d[table]
    d["setup"].pop("deflator", None)


@fault("amount.negative", "contributions", 0, "amounts")
def deduction_typed_as_a_negative_contribution(d):
    d["contributions"][0]["amounts"] = {"2026/27": -50}


@fault("amount.negative", "programmes", 0, "fixed_cost")
def cost_below_zero(d):
    d["programmes"][0]["fixed_cost"]["2026/27"] = -50


@fault("scheme.amount-and-programme", "schemes", 2, "base_amount")
def scheme_with_programme_and_amount(d):
    d["schemes"][2]["programme"] = "falls"
    del d["programmes"][0]["partner"]


@fault("scheme.programme-twice", "schemes", 3, "programme")
def two_schemes_pay_for_one_programme(d):
    del d["programmes"][0]["partner"]
    for id in ("4", "5"):
        d["schemes"].append(
            {"id": id, "name": "Falls", "pool": "bcf", "source": NHS, "programme": "falls"}
        )


@fault("scheme.no-amount", "schemes", 2, "base_amount")
def scheme_with_nothing_to_spend(d):
    del d["schemes"][2]["base_amount"]


@fault("scheme.joint-shares", "schemes", 1, "nhs_share")
def joint_shares_of_95_per_cent(d):
    d["schemes"][1]["la_share"] = 0.20


@fault("scheme.joint-shares", "schemes", 1, "nhs_share")
def joint_scheme_without_shares(d):
    del d["schemes"][1]["nhs_share"], d["schemes"][1]["la_share"]


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()
