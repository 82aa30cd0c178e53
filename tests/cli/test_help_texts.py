"""The help of every command: what it does, what it reads and writes, and an example that is one."""

from __future__ import annotations

import re
import shlex

import pytest
from typer.main import get_command

from icbudget.cli.all_commands import app


def every_command(command, name="icbudget"):
    if not hasattr(command, "commands"):
        yield name, command
        return
    for part, inner in command.commands.items():
        yield from every_command(inner, f"{name} {part}")


COMMANDS = dict(every_command(get_command(app)))
READS_NOTHING = {"schema", "guide", "help", "excel serve", "reference list", "keys new", "new"}
"""What needs no file of the user's; all others take one, and their help says which."""


def options(command):
    return {parameter.opts[0]: parameter for parameter in command.params}


def test_a_command_says_what_it_does_in_sentences_and_every_option_what_it_is():
    assert len(COMMANDS) > 30
    for name, command in COMMANDS.items():
        first, *more = (command.help or "").split("\n\n")
        assert re.match(r"[A-Z][a-z]+,? .*\.$", first, re.DOTALL), name
        assert all(" ".join(part.split()).endswith(".") for part in more), name
        assert [o for o, p in options(command).items() if o != "--help" and not p.help] == [], name


def test_a_command_says_what_it_reads():
    for name, command in COMMANDS.items():
        words = " ".join([command.help or "", *(p.help or "" for p in command.params)]).casefold()
        if name.removeprefix("icbudget ") not in READS_NOTHING:
            assert re.search(r"plan|workbook|ledger|table|evidence", words), name


def test_a_command_that_may_write_over_a_file_says_what_it_writes():
    for name, command in COMMANDS.items():
        of = options(command)
        in_words = re.search(r"\b(writ|put|make|keep|start)", (command.help or "").casefold())
        places = [of[option].help.casefold() for option in ("--out", "out") if option in of]
        if "--overwrite" in of:
            assert in_words or any("write" in place or "file" in place for place in places), name


def command_of(words):
    """The command that a line means; raises click's error where the line cannot be one."""
    command = get_command(app)
    context = command.make_context("icbudget", list(words))
    while hasattr(command, "commands"):
        name, command, words = command.resolve_command(context, list(words))
        context = command.make_context(name, list(words), parent=context)
        if hasattr(command, "commands"):
            words = [*context._protected_args, *context.args]
    return command


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_is_a_command_line_of_that_command(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    example = COMMANDS[name].epilog
    assert example.startswith(f"Example: {name}") and len(example) <= 98
    for path in ("plan.xlsx", "ledger.csv", "map.yaml", "agreed.xlsx", "emailed.xlsx"):
        (tmp_path / path).touch()
    (tmp_path / "plans").mkdir()
    words = shlex.split(example.removeprefix("Example: icbudget ").partition(" > ")[0])
    assert command_of(words).name == name.rpartition(" ")[2]
