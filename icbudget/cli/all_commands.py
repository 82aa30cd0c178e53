"""The command line: thin shells over `icbudget.tasks`. Exit 0 clean, 1 findings, 2 usage."""

from __future__ import annotations

import sys
from typing import NoReturn

from icbudget.cli import (
    benefit_commands,
    comparison_commands,
    envelope_commands,
    evidence_commands,
    excel_commands,
    guide_commands,
    help_command,
    joint_commands,
    optimise_commands,
    plan_commands,
    reference_commands,
    result_commands,
    signing_commands,
    simulation_commands,
    year_commands,
)
from icbudget.cli.shared_options import app
from icbudget.cli.terminal import legible_output

COMMANDS = (
    result_commands,
    comparison_commands,
    simulation_commands,
    optimise_commands,
    plan_commands,
    joint_commands,
    evidence_commands,
    reference_commands,
    excel_commands,
    year_commands,
    signing_commands,
    envelope_commands,
    benefit_commands,
    guide_commands,
    help_command,
)
"""Modules whose functions are commands; each registers its own when it is imported."""


def main() -> None:
    """Run the command line; a refusal is one clear line, never a traceback."""
    with legible_output():
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
