"""A program that is not here skips its tests on a person's machine and fails them where every
program must be.
"""

from __future__ import annotations

import pytest

from tests import conftest


class Marked:
    """A test that needs a program."""

    def iter_markers(self, name):
        return [pytest.mark.program("spreadsheet").mark] if name == "program" else []


@pytest.mark.parametrize(
    ("required", "outcome"), [("", pytest.skip.Exception), ("1", pytest.fail.Exception)]
)
def test_a_missing_program(monkeypatch, required, outcome):
    monkeypatch.setitem(
        conftest.PROGRAMS, "spreadsheet", lambda: "no spreadsheet program is installed"
    )
    monkeypatch.setenv("ICBUDGET_REQUIRE_PROGRAMS", required)
    with pytest.raises(outcome, match="no spreadsheet program is installed"):
        conftest.pytest_runtest_setup(Marked())


def test_a_program_that_is_here_runs_the_test(monkeypatch):
    monkeypatch.setitem(conftest.PROGRAMS, "spreadsheet", lambda: "")
    assert conftest.pytest_runtest_setup(Marked()) is None
