"""The command line starts with the collector held back, and with it on again before it runs."""

from __future__ import annotations

import subprocess
import sys


def test_the_collector_is_on_again_when_the_command_runs():
    code = (
        "import gc, sys\n"
        "import icbudget.cli.all_commands as app\n"
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
