"""Faults that `icbudget.checks.pool_agreements` must find."""

from __future__ import annotations

import pytest

from tests.checks.clean import clean
from tests.checks.faults import Faults, findings_of

fault = Faults()


@fault("agreement.no-pool", "pools", 0, "legal_basis")
def pool_under_a_power_that_only_pays(d):
    d["pools"][0]["legal_basis"] = "s256"


@fault("agreement.unsigned", "pools", 0, "signed_on")
def agreement_that_nobody_signed(d):
    d["pools"][0]["agreement"] = "Section 75 agreement, draft 4"


@fault("agreement.signed-late", "pools", 0, "signed_on")
def agreement_signed_after_it_begins(d):
    d["pools"][0] |= {"signed_on": "2025-09-12", "covers_from": "2025-04-01"}


@fault("agreement.years-outside", "pools", 0, "covers_to")
def agreement_that_ends_before_the_plan(d):
    d["pools"][0] |= {
        "signed_on": "2025-03-12",
        "covers_from": "2025-04-01",
        "covers_to": "2027-03-31",
    }


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()


def test_an_agreement_signed_before_it_begins_that_covers_the_plan_raises_nothing():
    document = clean()
    document["pools"][0] |= {
        "agreement": "Section 75",
        "signed_on": "2025-04-01",
        "covers_from": "2025-04-01",
    }
    assert findings_of(document) == ()
    # the plan runs from 2025/26 to 2027/28: an agreement to 31 March 2028 covers it, one to 31
    # March 2027 not its last year
    document["pools"][0]["covers_to"] = "2028-03-31"
    assert findings_of(document) == ()
    document["pools"][0]["covers_to"] = "2027-03-31"
    (finding,) = findings_of(document)
    assert finding.message.endswith(
        "runs from 2025-04-01 to 2027-03-31; of the plan it does not cover 2027/28."
    )
