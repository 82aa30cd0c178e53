"""Where the command line starts, and where its process ends."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading
from typing import Any


def main() -> None:
    """Load the command line, run it and end the process.

    Loading makes many objects and throws none away: the collector that looks for what to throw away
    took a quarter of a small plan's check, so it waits until all is loaded.
    """
    # plug-ins of whatever else is installed here are nothing that a plan is read with
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    gc.disable()
    from icbudget.cli.command_line import load_command
    from icbudget.cli.command_line import main as run

    load_command(sys.argv[1:])
    gc.freeze()
    # A plan's run makes a million objects and one in fifty is garbage: looking sooner finds little.
    gc.set_threshold(500_000)
    gc.enable()
    try:
        run()
    except SystemExit as ended:
        _leave(ended.code)
        raise


def _leave(code: Any) -> None:
    """End the process with its exit code once all is written.

    Nothing is taken apart object by object before: the system takes the memory back in one piece.
    What is no plain code, cannot be written, or has a thread at work is left to the interpreter.
    """
    if not isinstance(code, int) or threading.active_count() > 1:
        return
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return
    os._exit(code)
