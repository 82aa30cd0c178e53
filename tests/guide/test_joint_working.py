"""The page on joint work, done as it says: its plan kept, its commands run, its cells typed."""

from __future__ import annotations

import re
import shlex

import openpyxl
import pytest

from icbudget import tasks
from tests.cli.test_all_commands import call
from tests.joint.test_joint_work import cell_of
from tests.places import ROOT

PAGE = ROOT / "icbudget" / "guide" / "joint-working.md"
BLOCK = re.compile(
    r"```(?P<kind>yaml|sh)\n(?P<text>.*?)```|<!-- (?P<file>\S+): (?P<sheet>[^>]+) -->\n"
    r"(?P<table>(?:\|[^\n]*\n)+)",
    re.DOTALL,
)
OPEN, CLOSED = 1, 0


def typed(file: str, sheet: str, table: str) -> None:
    """Type the last column of a table of the page; the others say in which row."""
    book = openpyxl.load_workbook(file)
    lines = [[c.strip() for c in line.strip("|\n").split("|")] for line in table.splitlines()]
    headings, _, *rows = lines
    for *keys, text in rows:
        wanted = dict(zip(headings[:-1], keys, strict=True))
        value = int(text) if text.isdigit() else text
        cell_of(book[sheet], wanted, headings[-1]).value = value
    book.save(file)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("joint-working")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield folder


def test_the_page_leads_from_a_plan_to_the_joint_one(done, capsys):
    left: dict[str, list[int]] = {}
    for block in BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
        if block["kind"] == "yaml":
            (done / "plan.yaml").write_text(block["text"], encoding="utf-8")
        elif block["kind"] == "sh":
            for line in block["text"].splitlines():
                words = shlex.split(line)
                code, _, _ = call(capsys, *words[1:])
                left.setdefault(words[1], []).append(code)
        else:
            typed(block["file"], block["sheet"], block["table"])
    # The first merge leaves the target open and says so; the second leaves nothing.
    assert left == {
        "convert": [CLOSED],
        "share": [CLOSED],
        "merge": [OPEN, CLOSED],
        "history": [CLOSED],
        "compare": [CLOSED],
    }
    plan = tasks.load(done / "agreed.xlsx").plan
    assert plan is not None
    amounts = [row.base_amount for row in (*plan.contributions, *plan.schemes)]
    assert amounts == [1_100_000, 600_000, 1_100_000, 600_000]
    assert plan.goals[0].target == 85

    # What became of what is as the page says.
    plan = tasks.load(done / "joint.xlsx").plan
    assert plan is not None
    became = {(row.figure.split("/")[0], row.became) for row in plan.to_agree}
    assert became == {("contributions", "owner stands"), ("goals", "to agree")}
