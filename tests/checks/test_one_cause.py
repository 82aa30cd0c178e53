"""A table that was taken away is one error, whatever else names its rows."""

from __future__ import annotations

import pytest

from icbudget import tasks
from icbudget.answers.case import evaluate_draft
from icbudget.findings import Severity
from icbudget.plan.plan_text import as_document, from_document
from tests.places import WORKBOOKS

TAKEN_AWAY = ("partners", "pools", "acute_lines", "programmes", "indices", "risk_shares")


@pytest.fixture(scope="module")
def borough():
    return as_document(tasks.load(WORKBOOKS / "illustrative-borough.yaml").plan)


@pytest.mark.parametrize("table", TAKEN_AWAY)
def test_a_table_that_is_not_there_is_one_error(borough, table):
    case = evaluate_draft(from_document({**borough, table: []}))
    errors = [f for f in case.findings if f.severity is Severity.ERROR]
    assert [f.id for f in errors] in (["link.empty-table"], ["link.unknown"])
