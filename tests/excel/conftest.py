"""Every call is made through every host."""

from __future__ import annotations

import sys

import pytest

from tests.conftest import need
from tests.excel.hosts import Cells, Classic, Http, Registry
from tests.excel.server.running import Server

WINDOWS = pytest.mark.skipif(sys.platform == "win32", reason="pywin32 is really there")


PASS_ERRORS = ["run", "server", pytest.param("classic", marks=WINDOWS)]
"""The hosts that hand an error value over; Calc gives it on without a call: see
tests/programs/test_calc.py.
"""


@pytest.fixture(scope="session")
def server():
    """Give a running server for one machine; it is started once for all tests."""
    need("server")
    with Server() as running:
        yield running


@pytest.fixture(
    scope="module",
    params=[*PASS_ERRORS, pytest.param("calc", marks=pytest.mark.program("libreoffice"))],
)
def host(request):
    if request.param == "run":
        yield Registry()
    elif request.param == "server":
        yield Http(request.getfixturevalue("server"))
    elif request.param == "calc":
        yield Cells(request.getfixturevalue("calc"))
    else:
        classic = Classic()
        with classic.com:
            yield classic
