"""The command line starts with the collector held back, and with it on again before it runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.places import BOROUGH


def test_the_collector_is_on_again_when_the_command_runs():
    code = (
        "import gc, sys\n"
        "import icbudget.cli.command_line as app\n"
        "app.main = lambda: print(gc.isenabled(), gc.get_freeze_count() > 0)\n"
        "from icbudget.cli.start import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]


def test_it_runs_as_a_module():
    asked = [sys.executable, "-m", "icbudget", "--version"]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("icbudget ")


ENDING = """
import atexit, sys
import icbudget.cli.command_line as app
def end():
    print('all of it')
    sys.exit(3)
app.main = end
atexit.register(print, 'tidied')
from icbudget.cli.start import main
main()
"""


def test_the_process_ends_with_all_written_and_tidied():
    asked = [sys.executable, "-c", ENDING, "check"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split("\n")) == (3, ["all of it", "tidied", ""])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full here")
def test_what_cannot_be_written_is_said_without_a_traceback():
    asked = [sys.executable, "-c", ENDING, "check"]
    at_the_end = os.environ | {"PYTHONUNBUFFERED": ""}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            asked, stdout=full, stderr=subprocess.PIPE, text=True, check=False, env=at_the_end
        )
    assert done.returncode == 120
    assert "No space left" in done.stderr and "Traceback" not in done.stderr


def loaded_by_check(plan: Path) -> set[str]:
    """Every module that `icbudget check` of a plan loads."""
    code = (
        "import sys\n"
        "from icbudget.cli.command_line import main\n"
        f"sys.argv = ['icbudget', 'check', {str(plan)!r}]\n"
        "try:\n"
        "    main()\n"
        "except SystemExit:\n"
        "    print('loaded', *sorted(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    (line,) = (line for line in done.stdout.splitlines() if line.startswith("loaded"))
    return set(line.split())


@pytest.mark.parametrize("form", [".yaml", ".xlsx"])
def test_check_loads_no_more_than_it_needs(form):
    loaded = loaded_by_check(BOROUGH.with_suffix(form))
    assert "icbudget.checks" in loaded
    assert not loaded & {
        *("pandas", "scipy", "openpyxl", "xlsxwriter", "matplotlib", "jinja2", "rich"),
        *("icbudget.answers.pool_balances", "icbudget.engine.uncertainty.simulate"),
        *("icbudget.report", "icbudget.cli.plan_commands", "icbudget.tasks.results"),
        "icbudget.joint.merge",
    }
    if form == ".yaml":
        assert not loaded & {"icbudget.answers.catalogue", "icbudget.workbook.layout"}
