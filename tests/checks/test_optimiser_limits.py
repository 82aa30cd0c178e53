"""Faults that `icbudget.checks.optimiser_limits` must find."""

from __future__ import annotations

import pytest

from tests.checks.clean import LA
from tests.checks.faults import Faults

fault = Faults()


@fault("limit.partner", "limits", 0, "partner")
def limit_on_nobodys_loss(d):
    d["limits"] = [{"measure": "loss", "most": {"2026/27": 5}}]


@fault("limit.partner-changes", "limits", 0, "partner")
def limit_on_the_loss_of_a_partner_that_ends(d):
    d["partners"].append({"id": "next", "name": "New council", "kind": "council"})
    d["successions"] = [{"old": "council", "new": "next", "year": "2027/28", "share": 1.0}]
    d["limits"] = [{"measure": "loss", "partner": "council", "most": {"2026/27": 5}}]


@fault("limit.negative", "limits", 0, "most")
def limit_below_zero(d):
    d["limits"] = [{"measure": "staff", "most": {"2026/27": -5}}]


@fault("limit.least-above-most", "limits", 0, "most")
def more_starts_asked_for_than_there_are_programmes(d):
    d["limits"] = [{"measure": "least_starts", "most": {"2026/27": 5}}]


@fault("activity.most-blocks", "acute_lines", 0, "most_blocks")
def half_a_block(d):
    d["acute_lines"][0]["most_blocks"] = {"2026/27": 1.5}


@fault("programme.smallest-above-capacity", "programmes", 0, "capacity")
def programme_that_is_too_small_for_itself(d):
    d["programmes"][0] |= {"smallest": 0.5, "capacity": {"2026/27": 0.2}}


@fault("programme.must-and-no-start", "programmes", 0, "no_start")
def programme_that_must_be_done_and_may_not_start(d):
    later = [f"{y}/{y - 1999}" for y in range(2026, 2026 + d["setup"]["horizon"])]
    d["programmes"][0] |= {"must_do": True, "no_start": later}


@fault("programme.excludes-itself", "programmes", 0, "excludes")
def programme_that_excludes_itself(d):
    d["programmes"][0]["excludes"] = ["falls"]


@fault("programme.must-and-excludes", "programmes", 0, "excludes")
def two_that_must_be_done_and_cannot(d):
    d["programmes"][0] |= {"must_do": True, "excludes": ["other"]}
    d["programmes"].append(d["programmes"][0] | {"id": "other", "excludes": []})
    d["segments"][0]["programmes"] = ["falls", "other"]


@fault("programme.other-source-unused", "programmes", 0, "other_source")
def another_source_that_the_pool_does_not_have(d):
    d["programmes"][0] |= {
        "partner": "",
        "pool": "bcf",
        "source": LA,
        "other_source": "Additional NHS Contribution",
    }


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()
