"""A user's script, checked by `mypy --strict` against the package as pip puts it in a folder.

The folder holds the package beside stubs of pandas, as that of a user with pandas-stubs does; what
the package needs itself is not there, as nothing of it may be needed to know what a call returns.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import pytest

import icbudget

PANDAS = """
class DataFrame:
    def head(self) -> DataFrame: ...
"""

SCRIPT = """
from pathlib import Path

import icbudget

plan = icbudget.read("plan.xlsx")
reveal_type(plan)  # Plan
reveal_type(icbudget.read({"Funding": plan.frame("Funding")}))  # Plan
reveal_type(icbudget.new("Sheffield"))  # Plan
reveal_type(plan.change({"falls / Effect": 0.5, "block": True}, reason="why"))  # Plan
reveal_type(plan.scenario("Low evidence"))  # Plan
reveal_type(plan.frame("Schemes"))  # DataFrame
reveal_type(plan.figures)  # tuple[str, ...]
reveal_type(plan.findings)  # tuple[Finding, ...]
reveal_type(plan.write(Path("plan.yaml")))  # Path
result = icbudget.run(plan)
reveal_type(result)  # Result
reveal_type(result.table("Balances", money="pence"))  # DataFrame
reveal_type(result.tables)  # Mapping[str, DataFrame]
reveal_type(result.postings.head())  # DataFrame
reveal_type(result.explain("bcf"))  # DataFrame
ranges = icbudget.simulate(plan, 200, seed=1)
reveal_type(ranges.draws)  # int
reveal_type(ranges.draws_frame)  # DataFrame
reveal_type(icbudget.compare(plan, "other.yaml").table())  # DataFrame
reveal_type(icbudget.optimise(plan).plan)  # Plan | None
reveal_type(icbudget.monitor(plan, [("ledger.csv", {"columns": {}})]).rejects)  # DataFrame
reveal_type(icbudget.verify("results.xlsx"))  # tuple[Finding, ...]
"""
"""Each line with the type that a reader of the guide expects, by its short name."""

MISTAKES = {
    "icbudget.read(3)": "arg-type",
    "icbudget.reed('plan.xlsx')": "attr-defined",
    "icbudget.run('plan.xlsx').table('Balances', money='pense')": "arg-type",
    "icbudget.run('plan.xlsx').tabel('Balances')": "attr-defined",
    "icbudget.read('plan.xlsx').change('falls / Effect')": "arg-type",
    "icbudget.simulate('plan.xlsx', '200')": "arg-type",
    "icbudget.monitor('plan.xlsx', ['ledger.csv'])": "list-item",
    "icbudget.read('plan.xlsx').name = 'other'": "misc",
}
"""What a user gets wrong, and the error that the checker has for it."""


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """What mypy says of a script, a line each: the script's line number, and the message."""
    folder = tmp_path_factory.mktemp("user")
    venv.create(folder / "venv", symlinks=True)
    (packages,) = (folder / "venv").glob("lib/python*/site-packages")
    (packages / "icbudget").symlink_to(Path(icbudget.__file__).parent)
    (packages / "pandas-stubs").mkdir()
    (packages / "pandas-stubs" / "__init__.pyi").write_text(PANDAS)

    (folder / "script.py").write_text(SCRIPT + "\n".join(MISTAKES))
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--config-file="]
    command += ["--python-executable", str(folder / "venv" / "bin" / "python"), "script.py"]
    lines = subprocess.run(command, cwd=folder, capture_output=True, text=True).stdout.splitlines()
    messages: dict[int, list[str]] = {}
    for line in lines:
        _, number, message = line.split(":", 2)
        messages.setdefault(int(number), []).append(message.strip())
    return messages


def short(type_name):
    """A type by the last words of its dotted names."""
    for module in ("icbudget.api.plan_and_result.", "icbudget.findings.", "pathlib.", "typing."):
        type_name = type_name.replace(module, "")
    return type_name.replace("pandas.", "").replace("builtins.", "")


def test_every_call_returns_a_type_that_is_of_use(checked):
    lines = SCRIPT.splitlines()
    expected = {n: line.rpartition("# ")[2] for n, line in enumerate(lines, 1) if "  # " in line}
    assert len(expected) > 15
    revealed = {n: [short(m.split('"')[1]) for m in checked.get(n, [])] for n in expected}
    assert revealed == {n: [type_name] for n, type_name in expected.items()}


def test_a_correct_script_has_no_error(checked):
    correct = range(1, len(SCRIPT.splitlines()) + 1)
    assert [m for n in correct for m in checked.get(n, []) if m.startswith("error")] == []


def test_mistakes_are_told_before_the_script_runs(checked):
    first = len(SCRIPT.splitlines()) + 1
    kinds = {
        script: [m.rpartition("[")[2].rstrip("]") for m in checked.get(n, []) if "error" in m]
        for n, script in enumerate(MISTAKES, first)
    }
    assert kinds == {script: [kind] for script, kind in MISTAKES.items()}
