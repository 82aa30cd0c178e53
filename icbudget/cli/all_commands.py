"""The application with every command, for help, the guide and a command that there is none of."""

from __future__ import annotations

from icbudget.cli import (
    benefit_commands,
    check_command,
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

COMMANDS = (
    check_command,
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

__all__ = ["COMMANDS", "app"]
