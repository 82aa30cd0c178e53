"""The national analyst's page, done as it says: its command run, then its Python, on two plans."""

from __future__ import annotations

import re
import shlex
import shutil

import pytest

from tests.cli.test_all_commands import call
from tests.places import ROOT, WORKBOOKS

PAGE = (ROOT / "icbudget" / "guide" / "national-analyst.md").read_text(encoding="utf-8")
PLANS = (
    "north-tyneside-better-care-fund",
    "norfolk-disabled-facilities-grant",
    "nottingham-city-pool-2015-16",
)


def blocks(language: str) -> list[str]:
    """The blocks of the page in a language, in order."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nation")
    (folder / "plans").mkdir()
    for name in PLANS:
        shutil.copy(WORKBOOKS / f"{name}.yaml", folder / "plans")
    return folder


def test_the_page_runs_from_its_command_to_its_last_frame(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    (command,) = blocks("sh")
    code, _, fault = call(capsys, *shlex.split(command)[1:])
    assert code == 0, fault
    files = re.findall(r"(?m)^\| `([^`]+)` \|", PAGE)
    assert {path.name for path in (folder / "national").iterdir()} >= set(files)
    names: dict[str, object] = {}
    python = blocks("python")
    assert len(python) == 4
    for block in python:
        exec(block, names)
    assert set(names["by_year"].index) == set(PLANS)
    # Nottingham's report has a balance of 1,082 (£000); its sources and their total once made 2,164
    assert names["by_year"].loc["nottingham-city-pool-2015-16", "2015/16"] == 1_082_000
    assert set(names["over_plan"].columns) == {"P10", "P50", "P90"}
    # The figures and measures that the page names are those of the table, no more and no fewer.
    figures = re.search(r"The seven figures are:(.*?)\n\[", PAGE, re.DOTALL)[1]
    named = [" ".join(name.split()) for name in re.findall(r"\*([^*\n]+)\*", figures)]
    assert sorted(named) == sorted(set(names["roll_up"]["Figure"]))
    measures = re.search(r"Measures are (.*?)\.\n", PAGE, re.DOTALL)[1]
    assert set(re.findall(r"\*([^*]+)\*", measures)) == set(names["roll_up"]["Measure"])
    assert set(names["begun"]) == {"Sheffield", "Norfolk"}
