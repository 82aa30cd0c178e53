"""The command line starts with the collector held back, and with it on again before it runs."""

from __future__ import annotations

import subprocess
import sys

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


def test_check_of_a_text_loads_no_more_than_it_needs():
    code = (
        "import sys\n"
        "from icbudget.cli.command_line import main\n"
        f"sys.argv = ['icbudget', 'check', {str(BOROUGH)!r}]\n"
        "try:\n"
        "    main()\n"
        "except SystemExit:\n"
        "    print('loaded', *sorted(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    (line,) = (line for line in done.stdout.splitlines() if line.startswith("loaded"))
    loaded = set(line.split())
    assert "icbudget.checks" in loaded
    assert not loaded & {
        *("pandas", "scipy", "openpyxl", "xlsxwriter", "matplotlib", "jinja2", "rich"),
        *("icbudget.answers.catalogue", "icbudget.workbook.layout", "icbudget.joint.merge"),
        *("icbudget.report", "icbudget.cli.plan_commands", "icbudget.tasks.results"),
    }
