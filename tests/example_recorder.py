"""Records an example of every finding that needs more than a plan, as its own test raises it.

`python -m tests.example_recorder` runs the tests named here and rewrites
`tests/finding_examples.json`; with names of test files it runs those alone and adds what is new.
A message that changes in the code and not in the file fails `tests/guide/test_finding_page.py`.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

import pytest

from icbudget.findings import Finding, Place
from icbudget.plan import SETUP, TABLES
from icbudget.plan.columns import columns_of
from icbudget.workbook import layout
from tests.finding_examples import RECORDED, faults_have
from tests.finding_page import findings

TESTS = (
    "tests/workbook/reading",
    "tests/workbook/test_verify.py",
    "tests/plan",
    "tests/ledger_import",
    "tests/signing",
    "tests/joint",
    "tests/tasks",
    "tests/test_area_plan.py",
    "tests/excel/test_doctor.py",
    "tests/excel/test_macro.py",
    "tests/excel/test_bad_input.py",
    "tests/report/test_audit_pack.py",
    "tests/hostile",
    "tests/cli/test_unreadable.py",
    "tests/cli/test_odd_plans.py",
    "tests/test_rare_findings.py",
)
MOST = 40
"""Examples of one id that are kept to choose from."""


class Recorder:
    """A plugin of pytest that keeps the findings which tests raise."""

    def __init__(self) -> None:
        self.raised: dict[str, dict[tuple[str, str, str], str]] = {}
        self.test = ""

    def pytest_configure(self) -> None:
        """Have every finding kept as it is made."""
        make = Finding.__init__

        def kept(finding: Finding, *args: Any, **named: Any) -> None:
            make(finding, *args, **named)
            where = place_in_words(finding.place)
            of_the_id = self.raised.setdefault(finding.id, {})
            if len(of_the_id) < MOST:
                of_the_id.setdefault((where, finding.message, finding.fix), self.test)

        Finding.__init__ = kept  # type: ignore[method-assign]

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Note which test runs."""
        self.test = item.nodeid


def place_in_words(place: Place) -> str:
    """Return where a finding is, as a person finds it: a cell, a row and column, or a file."""
    if place.sheet and place.cell:
        return f"{place.sheet}!{place.cell}"
    if not place.table:
        return f"Sheet {place.sheet}" if place.sheet else place.workbook
    known = place.table in {sheet.table.field for sheet in layout.TABLE_SHEETS}
    sheet = layout.main_table(place.table).sheet if known else place.table.capitalize()
    columns = columns_of(TABLES[place.table].noun) if known else columns_of(SETUP.noun)
    labels = {column.field: column.label for column in columns}
    name, _, year = place.column.rstrip("]").partition("[")
    heading = labels.get(name, name) + (f", {year}" if year else "")
    row = f"row “{place.row}”" if place.row else ""
    return ", ".join(part for part in (f"Sheet {sheet}", row, heading) if part)


def chosen(raised: dict[tuple[str, str, str], str]) -> dict[str, str] | None:
    """Return the plainest example: one that names its place, a cell before all, then the shortest.

    Of a path in the tests' own folder the name is left; a folder named after a test is no example,
    nor is a message that quotes nothing.
    """
    own_folder = re.compile(rf"{re.escape(tempfile.gettempdir())}/(?:[^\s/]+/)*")
    usable = {}
    for key, test in raised.items():
        where, message, fix = (own_folder.sub("", part) for part in key)
        whole = f"{where}{message}{fix}"
        if "test_" not in whole and "“”" not in whole:
            usable.setdefault((where, message, fix), test)
    if not usable:
        return None
    where, message, fix = min(
        usable, key=lambda key: ("!" not in key[0], not key[0], len(key[1]), key)
    )
    return {"where": where, "message": message, "fix": fix, "test": usable[where, message, fix]}


def recorded(tests: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield an example of each finding that the tests raise and no fault of a plan leads to."""
    recorder = Recorder()
    pytest.main(["-q", "-n", "0", "-p", "no:cacheprovider", *tests], plugins=[recorder])
    for id in sorted(findings().keys() - faults_have()):
        example = chosen(recorder.raised.get(id, {}))
        if example:
            yield id, example


if __name__ == "__main__":
    known = json.loads(RECORDED.read_text(encoding="utf-8")) if sys.argv[1:] else {}
    for id, example in recorded(sys.argv[1:] or list(TESTS)):
        known.setdefault(id, example)
    text = json.dumps(dict(sorted(known.items())), ensure_ascii=False, indent=1)
    RECORDED.write_text(text + "\n", encoding="utf-8")
    missing = findings().keys() - faults_have() - known.keys()
    print(f"{len(known)} examples; none for: {', '.join(sorted(missing))}")
