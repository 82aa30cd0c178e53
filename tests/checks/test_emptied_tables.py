"""Rows of a table that are deleted are one finding, and not all that follows from it."""

from __future__ import annotations

import openpyxl
import pytest

from icbudget import tasks
from icbudget.answers.case import evaluate_draft
from icbudget.findings import Severity
from icbudget.plan import TABLES
from icbudget.plan.plan_text import as_document, from_document
from tests.checks.faults import Faults
from tests.cli.test_broken_workbooks import inputs_only
from tests.places import BOROUGH

fault = Faults()
CONSEQUENT = 5
"""More findings than so many of one emptied table are held together."""


@fault("table.no-rows", "contributions", None, "pool")
def funding_is_emptied(d):
    d["contributions"] = []


@pytest.mark.parametrize("one", fault.params)
def test_each_fault_has_its_finding(one):
    one.assert_finding()


@pytest.fixture(scope="module")
def borough():
    return as_document(tasks.load(BOROUGH).plan)


def new_findings(borough, **changed):
    """Return what is found of the borough with other tables and not of the borough itself."""
    known = {(f.id, str(f.place)) for f in evaluate_draft(from_document(borough)).findings}
    case = evaluate_draft(from_document({**borough, **changed}))
    return [f for f in case.findings if (f.id, str(f.place)) not in known]


@pytest.mark.parametrize("table", TABLES)
def test_an_emptied_table_leads_to_few_findings(borough, table):
    if borough.get(table):
        assert len(new_findings(borough, **{table: []})) <= CONSEQUENT


def test_the_one_finding_weighs_as_much_as_the_gravest_that_follows(borough):
    # a row of Uncertainty names a line of Funding, which is an error; without it all are warnings
    (with_error,) = new_findings(borough, contributions=[])
    (with_warnings,) = new_findings(borough, contributions=[], uncertainties=[], correlations=[])
    assert (with_error.severity, with_warnings.severity) == (Severity.ERROR, Severity.WARNING)
    assert with_error.message.startswith("Funding has no rows, so no pool has any income")


def test_the_cause_stands_before_the_other_warnings(borough):
    emptied = {**borough, "contributions": [], "uncertainties": [], "correlations": []}
    findings = evaluate_draft(from_document(emptied)).findings
    warnings = [f.id for f in findings if f.severity is Severity.WARNING]
    assert warnings[0] == "table.no-rows"
    assert len(warnings) > 1


@pytest.mark.parametrize("sheet", ["Funding", "Schemes"])
@pytest.mark.parametrize(
    ("how", "cause"), [("rows", "table.no-rows"), ("sheet", "workbook.no-table")]
)
def test_a_sheet_emptied_or_deleted_is_one_finding(tmp_path, sheet, how, cause):
    path = inputs_only(BOROUGH, tmp_path / "borough.xlsx")
    known = {(f.id, str(f.place)) for f in tasks.check(path).findings}
    book = openpyxl.load_workbook(path)
    if how == "sheet":
        del book[sheet]
    else:
        # headings stand in row 5
        book[sheet].delete_rows(6, book[sheet].max_row)
    book.save(path)
    found = [f.id for f in tasks.check(path).findings if (f.id, str(f.place)) not in known]
    assert found == [cause]
