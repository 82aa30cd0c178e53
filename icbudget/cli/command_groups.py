"""The commands by what a person wants to do: order and headings of help and of the guide."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

from typer.core import TyperGroup

COMMAND_GROUPS = {
    "Begin a plan, or change its form": (
        "new",
        "template",
        "sheets",
        "convert",
        "rebase",
        "succeed",
        "envelopes",
        "reference",
        "evidence",
    ),
    "Ask what a plan comes to, and why": ("check", "run", "report", "explain", "verify"),
    "Try other plans": ("compare", "scenarios", "simulate", "optimise"),
    "Follow the year and its promises": ("monitor", "benefits"),
    "Plan with another organisation": ("share", "merge", "rekey", "history", "sign", "keys"),
    "Look at many plans": ("batch",),
    "Connect Excel, or another program": ("excel", "schema"),
    "Find help": ("guide", "help"),
}
"""Headings in the order in which a plan is lived through, each with its commands."""

MODULES = {
    "benefits": "benefit_commands",
    "compare": "comparison_commands",
    "scenarios": "comparison_commands",
    "envelopes": "envelope_commands",
    "evidence": "evidence_commands",
    "excel": "excel_commands",
    "guide": "guide_commands",
    "share": "joint_commands",
    "merge": "joint_commands",
    "rekey": "joint_commands",
    "history": "joint_commands",
    "optimise": "optimise_commands",
    "new": "plan_commands",
    "template": "plan_commands",
    "sheets": "plan_commands",
    "convert": "plan_commands",
    "rebase": "plan_commands",
    "succeed": "plan_commands",
    "schema": "plan_commands",
    "reference": "reference_commands",
    "check": "check_command",
    "run": "result_commands",
    "report": "result_commands",
    "verify": "result_commands",
    "explain": "result_commands",
    "sign": "signing_commands",
    "keys": "signing_commands",
    "simulate": "simulation_commands",
    "batch": "simulation_commands",
    "monitor": "year_commands",
}
"""The module of each command, which is imported when the command is called; `help` needs all."""

_WIDEST_SENTENCE = 200
"""Characters of a command's first sentence; more than any has, so that none is cut."""


class CommandList(TyperGroup):
    """A command's own commands, with the first sentence of each whole."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write every command with its sentence."""
        self.write_section(formatter, "Commands", self.list_commands(ctx))

    def write_section(self, formatter: Any, heading: str, names: Iterable[str]) -> None:
        """Write some of the commands under a heading."""
        rows = [(name, self.commands[name].get_short_help_str(_WIDEST_SENTENCE)) for name in names]
        with formatter.section(heading):
            formatter.write_dl(rows)


class GroupedCommands(CommandList):
    """The application's commands, listed under the headings of `COMMAND_GROUPS`."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return every command's name in the order of `COMMAND_GROUPS`."""
        return list(chain.from_iterable(COMMAND_GROUPS.values()))

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write each heading and its commands."""
        for heading, names in COMMAND_GROUPS.items():
            self.write_section(formatter, heading, names)
