"""Faults that `icbudget.checks.revised_budget` must find."""

from __future__ import annotations

import pytest

from tests.checks.changes import vired
from tests.checks.faults import Faults

fault = Faults()


@fault("virement.source-short", "virements", 0, "amount")
def virement_between_two_sources(d):
    vired(d, from_scheme="3", to_scheme="1")


@fault("virement.minimum-short", "virements", 0, "amount")
def virement_out_of_the_adult_social_care_minimum(d):
    vired(d)


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()
