"""Where the command line starts."""

from __future__ import annotations

import gc


def main() -> None:
    """Load the command line and run it.

    Loading makes many objects and throws none away: the collector that looks for what to throw away
    took a quarter of a small plan's check, so it waits until all is loaded.
    """
    gc.disable()
    from icbudget.cli.all_commands import main as run

    gc.freeze()
    gc.enable()
    run()
