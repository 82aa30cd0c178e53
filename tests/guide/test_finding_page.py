"""Every finding has its page: what it says, why it matters, an example that was raised, its fix."""

from __future__ import annotations

import ast
import json
import re

import pytest

from icbudget.report.guide_page import finding_paragraphs
from icbudget.tasks.guide import finding_entry
from tests.finding_examples import RECORDED, examples, faults_have
from tests.finding_page import (
    BLANK,
    ID,
    PACKAGE,
    family,
    findings,
    fixes_of,
    own_words,
    reasons,
    says_of,
)
from tests.finding_reasons import WHY

NOT_FINDINGS = {"plan.xlsx", "plan.yaml", "plan.json", "plan.xlsm", "workbook.own"}
"""Names of files and of a folder that look like the id of a finding."""
ACTIONS = {
    "Add",
    "Agree",
    "Allocate",
    "Allow",
    "Answer",
    "Ask",
    "Bring",
    "Build",
    "Call",
    "Change",
    "Check",
    "Choose",
    "Claim",
    "Clear",
    "Click",
    "Close",
    "Compare",
    "Confirm",
    "Copy",
    "Correct",
    "Count",
    "Delete",
    "Do",
    "Download",
    "Drag",
    "Enable",
    "Enter",
    "Export",
    "Fill",
    "Fix",
    "Format",
    "Give",
    "Hand",
    "Have",
    "Head",
    "Import",
    "Install",
    "Keep",
    "Leave",
    "Let",
    "Limit",
    "Look",
    "Lower",
    "Make",
    "Mark",
    "Move",
    "Name",
    "Open",
    "Part",
    "Plan",
    "Press",
    "Put",
    "Raise",
    "Reach",
    "Read",
    "Record",
    "Remove",
    "Rename",
    "Replace",
    "Resize",
    "Run",
    "Save",
    "Say",
    "See",
    "Select",
    "Send",
    "Set",
    "Settle",
    "Share",
    "Shorten",
    "Show",
    "Sign",
    "Split",
    "Start",
    "Sum",
    "Swap",
    "Switch",
    "Take",
    "Tell",
    "Tick",
    "Try",
    "Type",
    "Unmerge",
    "Use",
    "Verify",
    "Write",
}
"""Words that a fix begins with: what somebody is to do."""


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


NOTHING_THERE = re.compile(r"“”|''|……|… …|\(\)|: \.|…\.\.|“None”|^\W*$")
"""What a reader sees where a name, a number or a text is missing."""


def entries():
    """Every finding with what the page says of it, its example and its fixes."""
    why, shown = reasons(), examples()
    for id, entry in findings().items():
        example = shown[id]
        yield id, says_of(entry, example), why[id][0], example, fixes_of(entry, example)


def test_no_entry_has_a_hole_where_a_name_or_a_text_belongs():
    holes = [
        (id, text)
        for id, says, why, example, fixes in entries()
        for text in (*says, why, example.stands, example.message, example.fix, *fixes)
        if NOTHING_THERE.search(text)
    ]
    assert holes == []


def test_a_message_says_something_without_the_names_of_a_plan():
    few = [(id, says) for id, says, *_ in entries() if any(len(own_words(s)) < 2 for s in says)]
    assert few == []


def test_every_example_says_where_its_fault_stands():
    """A cell, a row and column of a sheet, a file, or the command that meets it."""
    place = re.compile(
        r"[A-Za-z][\w ()-]*![A-Z]+\d+"  # Funding!G6
        r"|(?:The )?[Ss]heet \w.+"
        r"|\S+\.(?:xlsx|xlsm|csv|yaml|json|txt|py|exe|sha256|dll|conf|pdf|xls)\b.*"
        r"|.+\(icbudget [a-z ]+\)"
        r"|(?:The whole plan|The workbook as a file|A named file|A table of the plan|A sheet of figures by year"
        r"|A plan as text \(YAML or JSON\)|The lists of the rules year)"
    )
    nowhere = [
        (id, example.stands)
        for id, _, _, example, _ in entries()
        if not place.fullmatch(re.sub(r" is .*(?=:$)|:$", "", example.stands, flags=re.DOTALL))
    ]
    assert nowhere == []


def test_every_fix_begins_with_what_to_do():
    idle = [
        (id, fix)
        for id, *_, example, fixes in entries()
        for fix in (*fixes, example.fix)
        if not re.match(r"[A-Z][a-z]+", fix) or fix.split()[0].strip(",.:") not in ACTIONS
    ]
    assert idle == []


def test_a_fix_is_more_than_a_word():
    short = [(id, fix) for id, *_, fixes in entries() for fix in fixes if len(fix.split()) < 3]
    assert short == []


def test_why_is_not_the_message_again():
    """At most half of the longer words of a reason stand in the message too."""
    again = []
    for id, says, why, *_ in entries():
        of_why = {w for w in re.findall(r"[a-z]{5,}", why.casefold())}
        for message in says:
            shared = of_why & {*re.findall(r"[a-z]{5,}", message.casefold())}
            if len(shared) > 0.5 * len(of_why):
                again.append((id, why, message))
    assert again == []


def test_an_id_or_its_kind_is_explained_without_a_plan():
    for id in findings():
        text = finding_entry(id)
        assert all(part in text for part in (id, "Why it matters: ", "Example: ", "Fix: "))
    for kind in {family(id) for id in findings()}:
        lines = finding_entry(kind).splitlines()
        assert len(lines) == 2 + sum(family(id) == kind for id in findings())
    with pytest.raises(ValueError, match=r"Nearest: cell\.blank"):
        finding_entry("cell.blnk")


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
