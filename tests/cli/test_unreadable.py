"""A file or folder that this account may not read or write is named, and nothing else is lost."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from icbudget import tasks
from tests.cli.test_inputs_of_people import PEOPLE, PLAN

CALLS = """
import contextlib, io, json, sys
from icbudget.cli.command_line import main
for words in json.load(sys.stdin):
    sys.argv, out = ["icbudget", *words], io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            main()
        except SystemExit as left:
            code = left.code
    print(json.dumps([code, out.getvalue()]))
"""
DROPPED = "-dac_override,-dac_read_search"
"""What lets root read and write whatever the permissions say."""


def as_anybody():
    """What a command is put behind so that permissions count for it, root or not."""
    if os.name != "nt" and os.geteuid() == 0:
        setpriv = shutil.which("setpriv")
        assert setpriv, "as root this test needs setpriv (util-linux)"
        return [setpriv, f"--bounding-set={DROPPED}", f"--inh-caps={DROPPED}"]
    return []


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """What each call prints and its exit code, by its words."""
    folder = tmp_path_factory.mktemp("unreadable")
    plans = folder / "plans"
    plans.mkdir()
    for name in ("plan.yaml", "closed.yaml", "plans/a.yaml", "plans/closed.yaml"):
        (folder / name).write_text(PLAN, encoding="utf-8")
    tasks.template(folder / "closed.xlsx", tasks.load(folder / "plan.yaml").plan)
    shutil.copy(PEOPLE / "02-part1.csv", folder / "ledger.csv")
    shutil.copy(PEOPLE / "02-part1.csv", folder / "closed.csv")
    shutil.copy(PEOPLE / "map.yaml", folder / "map.yaml")
    shutil.copy(PEOPLE / "map.yaml", folder / "closed-map.yaml")
    for name in ("no-entry", "read-only"):
        (folder / name).mkdir()
    (folder / "no-entry" / "plan.yaml").write_text(PLAN, encoding="utf-8")
    closed = [path for path in folder.rglob("closed*") if path.is_file()]
    for path in closed:
        path.chmod(0o000)
    (folder / "no-entry").chmod(0o000)
    (folder / "read-only").chmod(0o555)
    year = ("--year", "2025/26")
    calls = {
        "plan": ("check", "closed.yaml"),
        "workbook": ("check", "closed.xlsx"),
        "results": ("verify", "closed.xlsx"),
        "ledger": ("monitor", "plan.yaml", "--ledger", "closed.csv", "--map", "map.yaml", *year),
        "map": (
            "monitor",
            "plan.yaml",
            "--ledger",
            "ledger.csv",
            "--map",
            "closed-map.yaml",
            *year,
        ),
        "folder": ("check", "no-entry/plan.yaml"),
        "folder of plans": ("batch", "plans", "--out", "batch"),
        "out": ("convert", "plan.yaml", "read-only/plan.json"),
        "run": ("run", "plan.yaml", "--out", "read-only"),
    }
    try:
        done = subprocess.run(
            [*as_anybody(), sys.executable, "-c", CALLS],
            **{"input": json.dumps(list(calls.values())), "cwd": folder},
            **{"capture_output": True, "text": True, "check": False},
        )
    finally:
        for path in (*closed, folder / "no-entry", folder / "read-only"):
            path.chmod(0o755)
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return folder, dict(zip(calls, answers, strict=True))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no permissions of this kind")
@pytest.mark.parametrize(
    ("call", "code", "words"),
    [
        ("plan", 2, "closed.yaml' is not readable"),
        ("workbook", 2, "closed.xlsx' is not readable"),
        ("results", 2, "closed.xlsx' is not readable"),
        ("ledger", 2, "'closed.csv' is not readable"),
        ("map", 2, "'closed-map.yaml' is not readable"),
        ("folder", 2, "no-entry/plan.yaml cannot be written or read: Permission denied."),
        ("folder of plans", 1, "closed.yaml: It cannot be read: Permission denied."),
        ("out", 2, "read-only/plan.json cannot be written or read: Permission denied."),
        ("run", 2, "cannot be written or read: Permission denied."),
    ],
)
def test_what_cannot_be_read_or_written_is_named(printed, call, code, words):
    folder, answers = printed
    # a narrow terminal may break the line
    text = " ".join(answers[call][1].split())
    assert answers[call][0] == code and words in text
    assert "Traceback" not in text
    assert not list((folder / "read-only").iterdir())


@pytest.mark.skipif(os.name == "nt", reason="Windows has no permissions of this kind")
def test_a_folder_of_plans_goes_on_with_the_others(printed):
    folder, answers = printed
    assert "1 of 2 plans done" in answers["folder of plans"][1]
    assert any(path.name.startswith("a") for path in (folder / "batch").rglob("*"))
