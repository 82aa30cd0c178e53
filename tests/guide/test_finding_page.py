"""Every finding has its page: what it says, why it matters, an example that was raised, its fix."""

from __future__ import annotations

import ast
import json
import re

from icbudget.report.guide_page import finding_paragraphs
from tests.finding_examples import RECORDED, examples, faults_have
from tests.finding_page import BLANK, ID, PACKAGE, family, findings, reasons
from tests.finding_reasons import WHY

NOT_FINDINGS = {"plan.xlsx", "plan.yaml", "plan.json", "plan.xlsm", "workbook.own"}
"""Names of files and of a folder that look like the id of a finding."""


def test_every_kind_of_finding_says_why_it_matters():
    kinds = {family(id) for id in findings()}
    assert kinds - WHY.keys() == set(), "write why in tests/finding_reasons.py"
    assert WHY.keys() - kinds == set(), "no finding is of this kind"


def test_every_finding_says_why_it_matters_in_the_file_that_raises_it():
    known, why = findings(), reasons()
    assert len(known) > 500
    assert known.keys() - why.keys() == set(), "write why under WHY_IT_MATTERS of its file"
    assert why.keys() - known.keys() == set(), "no finding has this id"
    apart = [id for id, (_, file) in why.items() if file not in known[id].files]
    assert apart == [], "why stands in another file than the finding"
    texts = [text for text, _ in why.values()]
    assert len(set(texts)) == len(texts), "each its own"
    assert min(len(text.split()) for text in texts) >= 5


def test_no_id_of_the_code_is_missed():
    """Whatever looks like an id of a known kind is one that the page has."""
    known = findings()
    kinds = {family(id) for id in known}
    missed = [
        (path.name, node.value)
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and ID.fullmatch(node.value)
        and family(node.value) in kinds
        and node.value not in known.keys() | NOT_FINDINGS
    ]
    assert missed == []


def test_every_finding_has_an_example_that_a_check_raised():
    shown = examples()
    assert findings().keys() - shown.keys() == set(), "python -m tests.example_recorder records it"
    assert shown.keys() - findings().keys() == set(), "no finding has this id"


def test_a_recorded_example_says_what_the_code_says_now():
    known = findings()
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    assert not recorded.keys() & faults_have(), "a fault of a plan is checked anew each time"
    other = []
    for id, example in recorded.items():
        messages = [re.escape(text).replace(re.escape(BLANK), ".*") for text in known[id].messages]
        if messages and not any(
            re.search(text, example["message"], re.DOTALL) for text in messages
        ):
            other.append((id, example["message"]))
    assert other == []


def test_the_page_has_all_four_of_every_finding():
    paragraphs = finding_paragraphs()
    assert paragraphs.keys() == findings().keys()
    blank = [
        id
        for id, entry in paragraphs.items()
        if not (entry.says and entry.why and entry.example and entry.fix)
    ]
    assert blank == []


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


def test_a_finding_has_pence_only_where_there_are_pence():
    """An example of every finding that there is: “£30,000”, and “£30,000.50”."""
    no_pence = re.compile(r"£[0-9,]+[.]00(?![0-9])")
    assert [id for id, example in examples().items() if no_pence.search(str(example))] == []
