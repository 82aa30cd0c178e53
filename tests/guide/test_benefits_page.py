"""The page about benefits, done as it says: its commands run one after another."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import yaml

from icbudget import tasks
from icbudget.checks import confirmed_release_rows
from icbudget.plan import TABLES
from icbudget.plan.columns import columns_of
from tests.cli.test_all_commands import call
from tests.examples import benefits as example
from tests.places import ROOT

PAGE = (ROOT / "icbudget" / "guide" / "benefits.md").read_text(encoding="utf-8")


def test_the_page_runs_from_its_first_command_to_its_last(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    filled_in = Path(example.__file__).parent / "plan.yaml"
    document = yaml.safe_load(filled_in.read_text(encoding="utf-8"))
    del document["confirmed_releases"]
    Path("before.yaml").write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    tasks.convert(tmp_path / "before.yaml", tmp_path / "plan.xlsx")
    commands = re.findall(r"```sh\n(.*?)\n```", PAGE, re.DOTALL)
    assert len(commands) >= 3
    for command in commands:
        code, _, fault = call(capsys, *shlex.split(command)[1:])
        assert code == 0, (command, fault)
        if "--add benefits" in command:  # and a person fills the sheet in
            tasks.convert(filled_in, tmp_path / "tracked.xlsx", overwrite=True)
    assert (tmp_path / "benefits.pdf").read_bytes().startswith(b"%PDF")


def test_every_finding_and_column_that_the_page_names_is_there():
    source = Path(confirmed_release_rows.__file__).read_text(encoding="utf-8")
    raised = set(re.findall(r'"(benefit\.[a-z-]+)"', source))
    assert set(re.findall(r"`(benefit\.[a-z-]+)`", PAGE)) == raised
    labels = {column.label for column in columns_of(TABLES["confirmed_releases"].noun)}
    named = re.search(r"\| column \|.*?\n\n", PAGE, re.DOTALL)[0].strip().splitlines()[2:]
    for row in named:
        columns = row.split("|")[1].split(",")
        assert {name.strip() for name in columns} <= labels, row
