"""Faults of a plan: each is put into the clean plan and must come up as one kind of finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from icbudget.answers.case import evaluate
from icbudget.findings import Finding, Severity
from icbudget.plan import SETUP, TABLES
from icbudget.plan.columns import columns_of
from icbudget.plan.plan_text import from_document
from tests.checks.clean import clean


def findings_of(document: dict[str, Any]) -> tuple[Finding, ...]:
    """Return every finding of a plan whose tables can be read."""
    draft = from_document(document)
    assert draft.sound, [str(finding) for finding in draft.findings]
    return evaluate(draft.plan).findings


def ids_of(findings, severity=None):
    return [finding.id for finding in findings if severity in (None, finding.severity)]


def only(rows):
    (row,) = rows
    return row


@dataclass(frozen=True)
class Fault:
    """What is changed in the clean plan, and the id and place of the finding it must lead to.

    `row` is the row's number in its table, None for a finding about the table.
    """

    id: str
    table: str | None
    row: int | None
    field: str | None
    change: Callable[[dict[str, Any]], None]

    def assert_finding(self) -> None:
        """Assert that the fault leads to its finding at its place, and to no other error."""
        document = clean()
        self.change(document)
        findings = findings_of(document)
        raised = [finding for finding in findings if finding.id == self.id]
        assert raised, f"only {ids_of(findings)}"
        errors = ids_of(findings, Severity.ERROR)
        assert set(errors) <= {self.id}, "one fault, and no error that follows from it"
        if self.table:
            places = [
                (finding.place.table, finding.place.row, finding.place.column.split("[")[0])
                for finding in raised
            ]
            assert (self.table, self._key(document), self.field) in places
        for finding in findings:
            assert_can_be_acted_on(finding, from_document(document).plan)

    def _key(self, document: dict[str, Any]) -> str:
        if self.row is None or self.table == "setup":
            return ""
        return TABLES[self.table].key_of_values(document[self.table][self.row])


def assert_can_be_acted_on(finding: Finding, plan) -> None:
    """Assert that a finding is a sentence with a fix, at a place that the plan has."""
    assert finding.message.endswith((".", "?"))
    assert finding.message[0].isupper() or finding.message[0] in "“0123456789b"
    assert finding.fix, finding
    if finding.place.sheet:
        assert finding.place.sheet == "Bridge"
        return
    is_setup = finding.place.table == "setup"
    if is_setup and not finding.place.column:
        return  # it is about the plan as a whole
    noun = SETUP.noun if is_setup else TABLES[finding.place.table].noun
    name, _, year = finding.place.column.partition("[")
    column = only([column for column in columns_of(noun) if column.field == name])
    assert bool(year) <= column.by_year
    if finding.place.row and not is_setup:
        table = TABLES[finding.place.table]
        keys = {table.key_of(row) for row in getattr(plan, finding.place.table)}
        assert finding.place.row in keys


class Faults:
    """The faults of one test file, registered with the decorator `@fault(id, table, row, field)`.

    A fault without a table has no place in the plan.
    """

    def __init__(self) -> None:
        self.params: list[Any] = []

    def __call__(self, id, table=None, row=0, field=None):
        def register(change):
            fault = Fault(id, table, row, field, change)
            self.params.append(pytest.param(fault, id=f"{id}: {change.__name__}"))
            return change

        return register

    @property
    def ids(self) -> set[str]:
        """Return the ids of the findings that faults of this file lead to."""
        return {param.values[0].id for param in self.params}
