"""An example of every finding for the guide: what stands where, and what icbudget says of it.

Faults of a plan are put into the clean plan of `tests/checks` and checked each time the page is
made. What needs more than a plan (a damaged file, a ledger, a signature, a partner's part) is kept
in `finding_examples.json` as its own test raised it; `python -m tests.example_recorder` records it.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import tests.checks
from icbudget.findings import Finding
from icbudget.plan import SETUP, TABLES
from icbudget.plan.columns import Column, Kind, columns_of
from icbudget.plan.grid import has_companion
from icbudget.workbook import layout
from tests.checks.clean import clean
from tests.checks.faults import Fault, Faults, findings_of

RECORDED = Path(__file__).with_name("finding_examples.json")


@dataclass(frozen=True)
class Example:
    """What stands in a plan, and the message and fix of the finding that it leads to."""

    stands: str
    message: str
    fix: str

    @property
    def words(self) -> str:
        """Return the example in words."""
        return f"{self.stands} {self.message}".strip()


@cache
def examples() -> dict[str, Example]:
    """Return an example of every finding, by its id."""
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    known = {id: _recorded(id, **entry) for id, entry in recorded.items()}
    for fault in _faults():
        if fault.id not in known:
            known[fault.id] = _of_a_fault(fault)
    return known


def faults_have() -> set[str]:
    """Return the ids that a fault of `tests/checks` leads to."""
    return {fault.id for fault in _faults()}


RAISED_BY = {
    "area": "A new plan (icbudget new)",
    "body": "A plan under its successors (icbudget succeed)",
    "by-year": "A sheet of figures by year",
    "cell": "A plan as text (YAML or JSON)",
    "evidence": "The evidence library (icbudget evidence)",
    "excel": "This machine (icbudget excel doctor)",
    "file": "A named file",
    "guard": "The whole plan",
    "history": "Sheet History",
    "joint": "The joint workbook (icbudget merge)",
    "ledger": "A ledger and its map (icbudget monitor)",
    "list": "The lists of the rules year",
    "merge": "The joint workbook (icbudget merge)",
    "owners": "Sheet Owners",
    "pack": "An audit pack (icbudget verify)",
    "plan": "The whole plan",
    "reference": "An imported table (icbudget reference import)",
    "rekey": "A row that gets another key (icbudget rekey)",
    "rules": "A plan under other rules (icbudget convert)",
    "scenario": "Sheet Scenarios",
    "setup": "Sheet Setup",
    "share": "A part for a partner (icbudget share)",
    "sheets": "Adding sheets (icbudget sheets)",
    "sign": "Signing (icbudget sign)",
    "signature": "Sheet Sign-off",
    "system": "The whole plan",
    "table": "A table of the plan",
    "text": "A plan as text (YAML or JSON)",
    "to-agree": "Sheet To agree",
    "verify": "Stored figures (icbudget verify)",
    "workbook": "The workbook as a file",
}
"""Where the findings of a kind arise that stand at no cell: what is looked at, or which command."""


def _recorded(id: str, where: str, message: str, fix: str, test: str) -> Example:
    assert test, "an example says which test raises it"
    return Example(f"{where or RAISED_BY.get(id.partition('.')[0], '')}:", message, fix)


def _faults() -> Iterator[Fault]:
    for module in pkgutil.iter_modules(tests.checks.__path__):
        if module.name.startswith("test_"):
            of_the_file = vars(importlib.import_module(f"tests.checks.{module.name}")).values()
            for faults in of_the_file:
                if isinstance(faults, Faults):
                    yield from (param.values[0] for param in faults.params)


def _of_a_fault(fault: Fault) -> Example:
    document = clean()
    fault.change(document)
    finding = next(f for f in findings_of(document) if f.id == fault.id)
    stands = _stands(finding, document) or f"{RAISED_BY.get(fault.id.partition('.')[0], '')}:"
    return Example(stands, finding.message, finding.fix)


def _stands(finding: Finding, document: dict[str, Any]) -> str:
    """Return in words the sheet, row and column of a finding, and what stands there."""
    table, key = finding.place.table, finding.place.row
    if not any(sheet.table.field == table for sheet in (layout.SETUP_SHEET, *layout.TABLE_SHEETS)):
        return ""
    noun, row, place = SETUP.noun, document.get(table), f"Sheet {layout.main_table(table).sheet}"
    if table != SETUP.field:
        noun = TABLES[table].noun
        rows = [r for r in document.get(table, []) if TABLES[table].key_of_values(r) == key]
        row = rows[0] if rows else None
    name, _, year = finding.place.column.rstrip("]").partition("[")
    column = next((c for c in columns_of(noun) if c.field == name), None)
    if row is None:
        return ""
    of_the_row = f", row “{key}”" if key and table != SETUP.field else ""
    if column is None:
        return f"{place}{of_the_row}:"
    value = row.get(name)
    if year and isinstance(value, dict):
        value = value.get(year)
    if column.by_year and table != SETUP.field and has_companion(TABLES[table]):
        (place,) = (f"Sheet {s.sheet}" for s in layout.TABLE_SHEETS if _is_companion(s, table))
    heading = f"{column.label}, {year}" if year else column.label
    return f"{place}{of_the_row}, {heading} {_value(column, value)}:"


def _is_companion(sheet: layout.TableSheet, table: str) -> bool:
    return sheet.by_year and sheet.table.field == table


def _value(column: Column, value: object) -> str:
    """Return what stands in a cell, as a person sees it there."""
    if value is None or value in ("", [], {}):
        return "is blank"
    if isinstance(value, bool):
        return "is Yes" if value else "is No"
    if isinstance(value, dict):
        by_year = ", ".join(f"{_value(column, one)[3:]} in {year}" for year, one in value.items())
        return f"is {by_year}"
    if isinstance(value, list):
        return "is " + ", ".join(str(one) for one in value)
    if isinstance(value, (int, float)):
        if column.kind is Kind.FRACTION:
            return f"is {value:.4g}" if abs(value) > 1 else f"is {value * 100:.4g}%"
        return f"is {value:,.10g}"
    return f"is “{value}”"
