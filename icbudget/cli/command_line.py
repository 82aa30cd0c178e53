"""The command line: thin shells over `icbudget.tasks`. Exit 0 clean, 1 findings, 2 usage."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from icbudget.cli.command_groups import MODULES
from icbudget.cli.shared_options import app
from icbudget.cli.terminal import legible_output


def load_command(words: Sequence[str]) -> None:
    """Import the module of the command that is named, so that it starts at once.

    Help needs every command, and so do the suggestions where there is none of that name.
    """
    named = next((word for word in words if not word.startswith("-")), "")
    import_module(f"icbudget.cli.{MODULES.get(named, 'all_commands')}")


def main() -> None:
    """Run the command line; a refusal is one clear line, never a traceback."""
    with legible_output():
        load_command(sys.argv[1:])
        _run()


def _run() -> None:
    try:
        app(standalone_mode=True)
    except FileExistsError as taken:
        name = taken.filename or taken
        if taken.filename is not None:
            _stop(f"{name} is a file, not a folder. Choose another --out.")
        _stop(
            f"{name} is there already with other content. Choose another name, or add --overwrite."
        )
    except OSError as refused:
        _stop(
            f"{refused.filename or refused} cannot be written or read:"
            f" {refused.strerror or 'refused'}."
        )
    except ValueError as problem:
        _stop(str(problem))


def _stop(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    sys.exit(2)
