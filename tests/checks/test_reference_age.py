"""Faults that `icbudget.checks.reference_age` must find."""

from __future__ import annotations

import pytest

from icbudget.checks.reference_age import month_of, months_old
from icbudget.plan.plan_text import from_document
from tests.checks.clean import clean
from tests.checks.faults import Faults

fault = Faults()
NOVEMBER_2025 = (
    "GDP deflator, Economic and fiscal outlook November 2025, by financial year, Office for Budget"
    " Responsibility"
)


def monitored(year, month):
    document = clean()
    document["setup"] |= {"monitored_year": year, "monitored_month": month}
    return from_document(document).plan


@fault("reference.old-table", "indices", 0, "id")
def deflator_of_eight_months_ago(d):
    d["indices"][0]["evidence"] = NOVEMBER_2025
    # month 4 is July: November 2025 to July 2026 is eight months
    d["setup"] |= {"monitored_year": "2026/27", "monitored_month": 4}


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()


@pytest.mark.parametrize(
    ("month", "calendar"), [(1, (2026, 4)), (9, (2026, 12)), (10, (2027, 1)), (12, (2027, 3))]
)
def test_the_month_monitored_as_a_calendar_month(month, calendar):
    assert month_of(monitored("2026/27", month)) == calendar


def test_without_a_month_a_plan_stands_at_april_of_its_first_year():
    plan = from_document(clean()).plan
    assert month_of(plan) == (2025, 4)
    # model §15.2: November 2025 is 5 months old in April 2026
    document = clean()
    document["setup"]["base_year"] = "2026/27"
    assert months_old(from_document(document).plan, (2025, 11)) == 5
