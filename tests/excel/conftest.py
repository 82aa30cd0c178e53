"""Every call is made through every host."""

from __future__ import annotations

import sys

import pytest

from tests.excel.hosts import Cells, Classic, Registry

WINDOWS = pytest.mark.skipif(sys.platform == "win32", reason="pywin32 is really there")


@pytest.fixture(
    scope="module",
    params=["run", pytest.param("classic", marks=WINDOWS), pytest.param("calc", marks=pytest.mark.program("libreoffice"))],
)
def host(request):
    if request.param == "run":
        yield Registry()
    elif request.param == "calc":
        yield Cells(request.getfixturevalue("calc"))
    else:
        classic = Classic()
        with classic.com:
            yield classic
