"""What all tests share: programs that a machine may lack."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.programs.calc import Calc
from tests.programs.uno_bridge import why_not

PROGRAMS = {"libreoffice": why_not}
"""For each program of the marker `program(name)`: a function that tells why it cannot be used here, or nothing."""


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose program is not here, and say why; fail it where every program must be here."""
    for marker in item.iter_markers("program"):
        missing = PROGRAMS[marker.args[0]]()
        if missing and os.environ.get("ICBUDGET_REQUIRE_PROGRAMS") == "1":
            pytest.fail(missing, pytrace=False)
        if missing:
            pytest.skip(missing)


@pytest.fixture(scope="session")
def calc() -> Iterator[Calc]:
    """Give a running Calc with every function of the registry plugged in; it is started once for all tests."""
    from tests.excel.hosts import plugged_functions

    with Calc(plugged_functions()) as running:
        yield running
