"""Blanks that take a default: one note a table, with rows and £."""

from __future__ import annotations

import pytest

from tests.checks.clean import clean
from tests.checks.faults import Faults, findings_of

fault = Faults()


@fault("blank.index", "contributions", 1, "index")
def contribution_without_index_or_amounts(d):
    del d["contributions"][1]["index"]


@fault("blank.index", "minimums", 0, "index")
def minimum_without_index_or_amounts(d):
    del d["minimums"][0]["index"]


@fault("blank.risk-share", "pools", 0, "risk_share")
def pool_without_a_risk_share(d):
    del d["pools"][0]["risk_share"]
    del d["risk_shares"]


@fault("blank.activity-line", "acute_lines", 0, "demographic_index")
def activity_line_without_growth(d):
    del d["acute_lines"][0]["demographic_index"]


@fault("blank.cost-index", "programmes", 0, "cost_index")
def programme_without_a_cost_index(d):
    del d["programmes"][0]["cost_index"]


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()


def test_blank_indices_of_a_table_are_one_note_with_rows_and_pounds():
    document = clean()
    for row in document["schemes"]:
        del row["index"]
    (told,) = [f for f in findings_of(document) if f.id == "blank.index"]
    # 700,000 + 300,000 + 400,000 = £1,400,000 in three rows
    assert told.message == "Index is blank in 3 rows, £1.4m: flat, 0 %."
    assert told.effect_pence == 140_000_000


def test_a_line_that_rolls_nothing_forward_needs_no_index():
    document = clean()
    document["contributions"][1] |= {"index": "", "recurrent": False}
    assert "blank.index" not in [f.id for f in findings_of(document)]


def test_a_blank_risk_share_is_not_tested_and_nobody_bears_anything():
    document = clean()
    del document["pools"][0]["risk_share"]
    (told,) = [f for f in findings_of(document) if f.id == "blank.risk-share"]
    # £1,000,000 + £400,000 are put into the pool
    assert "(£1.4m) is not tested" in told.message and told.effect_pence == 140_000_000
