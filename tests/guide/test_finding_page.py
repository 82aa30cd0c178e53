"""Every finding has its place on the guide's page, with why it matters, what it says and its fix."""

from __future__ import annotations

import ast

from tests.finding_page import PACKAGE, family, findings
from tests.finding_reasons import WHY


def test_every_kind_of_finding_says_why_it_matters():
    kinds = {family(id) for id in findings()}
    assert kinds - WHY.keys() == set(), "write why in tests/finding_reasons.py"
    assert WHY.keys() - kinds == set(), "no finding is of this kind"


def test_the_page_has_every_finding_with_what_it_says_and_how_to_fix_it():
    known = findings()
    assert len(known) > 300
    silent = [id for id, entry in known.items() if not entry.messages]
    assert len(silent) < 25, silent


def test_every_error_says_how_to_fix_it():
    without = [
        f"{path.name}:{node.lineno}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "error"
        and len(node.args) < 3
        and "fix" not in {keyword.arg for keyword in node.keywords}
    ]
    assert without == []
