"""Help lists every command once, under a heading, with a sentence that is not cut."""

from __future__ import annotations

from typer.main import get_command
from typer.testing import CliRunner

from icbudget.cli.all_commands import app
from icbudget.cli.command_groups import COMMAND_GROUPS, MODULES


def test_every_command_stands_under_one_heading():
    grouped = [name for names in COMMAND_GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(get_command(app).commands)


def test_every_command_is_in_the_module_that_is_loaded_for_it():
    module_of = {}
    for name, command in get_command(app).commands.items():
        called = command.callback or next(iter(command.commands.values())).callback
        module_of[name] = called.__module__.rsplit(".", 1)[-1]
    assert module_of.pop("help") == "help_command"  # which needs every command
    assert module_of == MODULES


def test_help_shows_headings_and_whole_sentences():
    for command in ([], ["keys"], ["excel"], ["reference"], ["envelopes"]):
        printed = CliRunner().invoke(app, [*command, "--help"]).output
        assert "..." not in printed.replace("[ARGS]...", "")
    top = CliRunner().invoke(app, ["--help"]).output
    assert [line[:-1] for line in top.splitlines() if line[:-1] in COMMAND_GROUPS] == list(
        COMMAND_GROUPS
    )
