"""Faults that `icbudget.checks.return_template` must find."""

from __future__ import annotations

import pytest

from tests.checks.clean import LA, NHS
from tests.checks.faults import Faults

fault = Faults()


@fault("template.amount", "schemes", 3, "base_amount")
def scheme_of_more_than_the_template_takes(d):
    d["contributions"].append(
        {
            "pool": "bcf",
            "partner": "council",
            "source": LA,
            "line": 2,
            "base_amount": 2e8,
            "index": "flat",
        }
    )
    d["schemes"].append(
        {
            "id": "9",
            "name": "Homes",
            "pool": "bcf",
            "source": LA,
            "base_amount": 2e8,
            "index": "flat",
        }
    )


@fault("template.unit", "schemes", 0, "output_unit")
def carers_counted_in_hours(d):
    d["setup"]["rules_year"] = "2023-25"
    for row in (*d["contributions"], *d["schemes"], *d["minimums"]):
        row["source"] = row["source"].replace(NHS, "Minimum NHS Contribution")
    d["schemes"][0] |= {"scheme_type": "Carers Services", "output_unit": "hours"}


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()
