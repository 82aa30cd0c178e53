"""Every command that the guide and the README name is one that icbudget has, with its options."""

from __future__ import annotations

import re
import shlex

import pytest
import typer.main

from icbudget.cli.all_commands import app
from tests.places import ROOT

PAGES = [*sorted((ROOT / "icbudget" / "guide").glob("*.md")), ROOT / "README.md"]
GENERATED = {"commands.md", "findings.md", "functions.md", "labels.md", "sheets.md"}
"""Pages made from the code itself."""
NOT_GIVEN = {"MissingParameter", "NoArgsIsHelpError"}
"""What parsing says of a command without its arguments."""


def commands(text: str) -> list[str]:
    """The commands of a page: in its sentences, and the lines of its shell blocks."""
    fenced = re.compile(r"```sh\n(.*?)```", re.DOTALL)
    blocks = fenced.findall(text)
    # A sentence may break a command over two lines.
    in_sentences = re.findall(r"`(icbudget\s[^`]+)`", fenced.sub("", text))
    spans = [" ".join(span.split()) for span in in_sentences]
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    lines = [line.removeprefix(".venv/bin/") for line in lines]
    return [*spans, *(line for line in lines if line.startswith("icbudget "))]


def named() -> list[tuple[str, str]]:
    return [
        (page.name, command)
        for page in PAGES
        if page.name not in GENERATED
        for command in commands(page.read_text(encoding="utf-8"))
    ]


def test_the_guide_names_commands():
    assert len(named()) > 40


@pytest.mark.parametrize(("page", "command"), named())
def test_a_command_of_the_guide_is_one_with_its_options(page, command):
    group = typer.main.get_command(app)
    words = shlex.split(command, comments=True)[1:]
    bare = [word for word in words if not word.startswith("-")]
    while words and hasattr(group, "commands") and not words[0].startswith("-"):
        name, *words = words
        assert name in group.commands, f"{page}: no command {name}"
        group = group.commands[name]
    try:
        # Parses words and options as on the command line, and runs nothing.
        group.make_context("icbudget", list(words))
    except Exception as refused:
        # A sentence may name a command alone, without what it is to be given. Typer has Click's
        # exceptions as its own, so they go by their names.
        alone = len(bare) <= 1 or not words
        assert alone and type(refused).__name__ in NOT_GIVEN, f"{page}: {command}: {refused}"
