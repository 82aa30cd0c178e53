"""What all tests share: programs that a machine may lack."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Hashable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import typer.main
from hypothesis import settings

from tests.programs.calc import Calc
from tests.programs.uno_bridge import why_not

# Hundreds of processes import the same modules: the first keeps what it compiled for the others.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# An opened workbook is a million small objects, and none of them garbage.
gc.set_threshold(50_000)
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

CHROMIUM = Path("/usr/bin/chromium")


def _commands_of(application: typer.Typer) -> tuple[Hashable, ...]:
    """Return what a command line is made of: itself, its commands and those of its groups."""
    groups = (_commands_of(g.typer_instance) for g in application.registered_groups)
    return (id(application), len(application.registered_commands), *groups)


_put_together = typer.main.get_command
_command_lines: dict[tuple[Hashable, ...], Any] = {}


def _put_together_once(application: typer.Typer) -> Any:
    """Return the command line of an application; each call of `main` would make it anew."""
    made_of = _commands_of(application)
    if made_of not in _command_lines:
        _command_lines[made_of] = _put_together(application)
    return _command_lines[made_of]


# A person's process is one call; a process of tests makes hundreds, 15 ms each for the same command line.
typer.main.get_command = _put_together_once


def no_server() -> str:
    """Return why the server cannot run here; nothing where it can."""
    return (
        ""
        if find_spec("xlwings_server")
        else "xlwings-server is not installed: pip install '.[server]'"
    )


def no_chromium() -> str:
    """Return why no browser can be driven here; nothing where one can."""
    if not find_spec("playwright"):
        return "Playwright is not installed: pip install playwright"
    return (
        "" if CHROMIUM.exists() else "Chromium is not installed (Debian: apt-get install chromium)"
    )


PROGRAMS = {"libreoffice": why_not, "server": no_server, "chromium": no_chromium}
"""For each program of the marker `program(name)`: a function that tells why it cannot be used here, or nothing."""


def need(program: str) -> None:
    """Skip the test where a program is not here, and say why; fail it where every program must be here."""
    missing = PROGRAMS[program]()
    if missing and os.environ.get("ICBUDGET_REQUIRE_PROGRAMS") == "1":
        pytest.fail(missing, pytrace=False)
    if missing:
        pytest.skip(missing)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Ask for the programs that a test is marked with."""
    for marker in item.iter_markers("program"):
        need(marker.args[0])


@pytest.fixture(autouse=True)
def piped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no width of the terminal that pytest runs in reach a test: output is piped and whole."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture(scope="session")
def calc() -> Iterator[Calc]:
    """Give a running Calc with every function of the registry plugged in; it is started once for all tests."""
    from tests.excel.hosts import plugged_functions

    need("libreoffice")
    with Calc(plugged_functions()) as running:
        yield running


@pytest.fixture(scope="session")
def chromium():
    """Give Debian's Chromium, driven by Playwright."""
    need("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = [
            "--no-sandbox",
            "--disable-background-networking",
            "--host-resolver-rules=MAP *.example.nhs.uk 127.0.0.1",
        ]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()
