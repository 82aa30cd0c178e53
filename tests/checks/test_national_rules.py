"""Faults that `icbudget.checks.national_rules` must find."""

from __future__ import annotations

import pytest

from tests.checks.changes import districts
from tests.checks.faults import Faults

fault = Faults()


@fault("capital.as-revenue", "contributions", 2, "source")
def disabled_facilities_grant_spent_from_a_revenue_pool(d):
    d["contributions"].append(
        {"pool": "bcf", "partner": "council", "source": "DFG", "base_amount": 900, "index": "flat"}
    )
    d["schemes"].append(
        {
            "id": "4",
            "name": "Adaptations",
            "pool": "bcf",
            "source": "DFG",
            "base_amount": 900,
            "index": "flat",
        }
    )


@fault("passed-down.not-whole", "contributions", 2, "source")
def district_given_a_pound_too_little(d):
    districts(d)
    d["pass_downs"][0]["base_amount"] = 899


@fault("eligible.scheme-type", "schemes", 3, "scheme_type")
def adaptations_called_end_of_life_care(d):
    districts(d)
    d["schemes"][3]["scheme_type"] = "End of life care"


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()
