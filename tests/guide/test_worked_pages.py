"""The worked examples of pages on a real plan: each command prints what the page says.

A `console` block has a command after `$` and what it prints; `…` stands for what is left out. The
real plans of `workbooks/` lie in the folder, with a results file of which one cell was changed.
"""

from __future__ import annotations

import re
import shlex
import shutil
import zipfile

import pytest

from icbudget import tasks
from icbudget.answers.catalogue import ANSWERS
from tests.cli.test_all_commands import call
from tests.guide.page_numbers import hand_written, section
from tests.places import WORKBOOKS

SAMPLE = "north-tyneside-better-care-fund"
PAGES = ("auditor", "pool-host", "limits")


def text_of(name):
    return hand_written()[name].read_text(encoding="utf-8")


def steps(name):
    """The commands of a page with what each prints, in the page's order."""
    blocks = re.findall(r"```console\n(.*?)```", text_of(name), re.DOTALL)
    every = [part for block in blocks for part in re.split(r"(?m)^\$ ", block) if part.strip()]
    return [part.split("\n", 1) for part in every]


def in_one_line(printed):
    """What is printed as one line, without the branches of a tree."""
    return " ".join(re.sub("[│├└─]", " ", printed).split())


def with_one_cell_changed(results, path):
    """Write a results workbook of which cell K14 of Spending has £200,000 more."""
    with zipfile.ZipFile(results) as book, zipfile.ZipFile(path, "w") as changed:
        sheets = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
        spending = f"xl/worksheets/sheet{sheets.index('Spending') + 1}.xml"
        for name in book.namelist():
            content = book.read(name)
            if name == spending:
                cell = re.search(rb'<c r="K14"[^>]*>.*?<v>12310605</v>', content)
                content = content.replace(cell[0], cell[0].replace(b"12310605", b"12510605"))
            changed.writestr(name, content)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("worked")
    (folder / "workbooks").mkdir()
    plan = folder / "workbooks" / f"{SAMPLE}.xlsx"
    shutil.copy(WORKBOOKS / plan.name, plan)
    tasks.run(plan, folder / "sent")
    with_one_cell_changed(folder / "sent" / f"{SAMPLE}-results.xlsx", folder / "emailed.xlsx")
    month = section("pool-host", "A month, begun to end")
    for kind, file in (("csv", "ledger.csv"), ("yaml", "map.yaml")):
        (block,) = re.findall(rf"```{kind}\n(.*?)```", month, re.DOTALL)
        (folder / file).write_text(block, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", PAGES)
def test_every_command_of_a_worked_example_prints_what_the_page_says(
    name, folder, capsys, monkeypatch
):
    monkeypatch.chdir(folder)
    assert steps(name)
    for command, expected in steps(name):
        _, out, err = call(capsys, *shlex.split(command)[1:])
        printed = in_one_line(out + err)
        at = 0
        for line in expected.splitlines():
            words = in_one_line(line)
            if words and words != "…":
                found = printed.find(words, at)
                assert found >= 0, f"{command}\nprints no “{words}” after\n{printed[:at][-200:]}"
                at = found + len(words)


def test_the_files_that_the_host_is_led_to_are_written(folder, capsys, monkeypatch):
    monkeypatch.chdir(folder)
    ((command, _),) = steps("pool-host")
    call(capsys, *shlex.split(command)[1:], "--overwrite")
    names = {path.name.removeprefix(f"{SAMPLE}-") for path in (folder / "june").iterdir()}
    assert {"ledger-rejects.csv", "forecasts-to-keep.csv"} <= names
    rejects = (folder / "june" / f"{SAMPLE}-ledger-rejects.csv").read_text(encoding="utf-8-sig")
    assert "code “E900” is not in the map,E900,18400.00" in rejects


@pytest.mark.parametrize(
    ("name", "heading", "column"),
    [("auditor", "Where your questions are answered", 1), ("pool-host", "Through the year", 2)],
)
def test_what_a_table_leads_to_is_an_answer(name, heading, column):
    titles = {answer.title for answer in ANSWERS}
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section(name, heading).splitlines()
        if line.startswith("|") and "---" not in line
    ]
    led_to = [part for row in rows[1:] for part in row[column].split(", ")]
    assert len(led_to) >= 8
    # `Monitoring, and the month's forecasts to keep`: what is no title is a sentence of its own
    assert [part for part in led_to if part not in titles and not part.startswith("and ")] == []
