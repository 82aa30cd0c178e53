"""Faults that `icbudget.checks.joint_work` must find."""

from __future__ import annotations

import pytest

from icbudget.findings import Severity
from tests.checks.clean import clean
from tests.checks.faults import Faults, findings_of

fault = Faults()


@fault("part.no-answers", "this_part", 0, "left_out")
def part_that_rows_are_left_out_of(d):
    d["this_part"] = [{"partner": d["partners"][0]["id"], "number": 1, "left_out": "Schemes: 1"}]


@fault("joint.still-open", "to_agree", 0, "choice")
def figure_that_two_ask_to_be_different(d):
    asks = [{"partner": "", "says": "Pool bcf: 60"}, {"partner": "icb", "says": "Pool bcf: 70"}]
    d["to_agree"] = [ask | {"figure": "pools bcf", "became": "to agree"} for ask in asks]


def test_what_is_still_to_agree_is_an_error_over_answers():
    document = clean()
    figure_that_two_ask_to_be_different(document)
    (found,) = [f for f in findings_of(document) if f.id == "joint.still-open"]
    assert found.severity is Severity.ERROR and found.set_aside
    assert found.message.startswith("One figure is still to agree, the first: Pool bcf: 60.")


@fault("joint.comments", "comments", 0, "state")
def comment_that_nobody_settled(d):
    partner = d["partners"][0]["id"]
    d["comments"] = [{"partner": partner, "id": "1", "text": "Why 60?"}]


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()
