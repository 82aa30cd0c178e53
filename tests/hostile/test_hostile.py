"""Every spoiled workbook leads to its finding, or to the very plan that the sound one holds.

`ICBUDGET_HOSTILE_PLANS=all` makes the files from every sample (some 1,000), as a nightly run does;
else from one published plan.
"""

from __future__ import annotations

import os

import pytest

from icbudget import tasks
from icbudget.answers.case import evaluate_draft
from icbudget.findings import Severity, has_errors
from icbudget.plan.identity import plan_hash
from icbudget.workbook.contents import EVERYTHING
from tests.hostile.maker import SAME, hostile_files, inputs_of
from tests.places import WORKBOOKS

EVERY = sorted(WORKBOOKS.glob("*.yaml"))
ONE = WORKBOOKS / "north-tyneside-better-care-fund.yaml"
PLANS = EVERY if os.environ.get("ICBUDGET_HOSTILE_PLANS") == "all" else [ONE]
LEAST = 150
"""Files that one plan must give: fewer, and the maker has lost kinds of faults."""


@pytest.mark.parametrize("plan", PLANS, ids=lambda path: path.stem)
def test_no_spoiled_workbook_is_taken_for_sound(plan, tmp_path):
    path = tmp_path / "plan.xlsx"
    # With every column, so that each kind of fault meets each column it can be in.
    tasks.convert_plan(tasks.load(plan).plan, path, choice=EVERYTHING)
    sound = inputs_of(path.read_bytes())
    path.write_bytes(sound)
    first = tasks.load(path)
    assert first.plan is not None and not has_errors(first.findings)
    known = {f.id for f in tasks.check(path).findings}
    wrong: list[str] = []
    count = 0
    for hostile in hostile_files(sound):
        count += 1
        path.write_bytes(hostile.content)
        fault = _what_is_wrong(path, hostile, plan_hash(first.plan), known)
        if fault:
            wrong.append(f"{hostile.name}: {fault}")
    assert wrong == []
    assert plan != ONE or count >= LEAST


def _what_is_wrong(path, hostile, sound_hash, known):
    """Return why a spoiled file was not met as it must be; blank where it was."""
    try:
        draft = tasks.load(path)
        case = evaluate_draft(draft)
    except Exception as broke:
        return f"broke off: {broke!r}"
    findings = case.findings if case else draft.findings
    new = {f.id for f in findings} - known
    errors = {f.id for f in findings if f.severity is Severity.ERROR}
    same = draft.plan is not None and plan_hash(draft.plan) == sound_hash and not errors
    expected = set(hostile.expected)
    if same and (SAME in expected or "date" in expected):
        return ""
    if "refused" in expected and draft.plan is None and errors:
        return ""
    if "date" in expected and not errors:
        return ""  # another date than the sound plan's, read
    if "any" in expected and new:
        return ""
    if expected & new:
        return ""
    return f"expected {sorted(expected)}, found {sorted(new)}{', the same plan' if same else ''}"
