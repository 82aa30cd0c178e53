"""Where the command line starts."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Load the command line and run it.

    Loading makes many objects and throws none away: the collector that looks for what to throw away
    took a quarter of a small plan's check, so it waits until all is loaded.
    """
    gc.disable()
    from icbudget.cli.command_line import load_command
    from icbudget.cli.command_line import main as run

    load_command(sys.argv[1:])
    gc.freeze()
    gc.set_threshold(50_000)
    gc.enable()
    run()
