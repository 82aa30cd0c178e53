"""What is left out of xlwings Server changes no answer and no header."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys

import pytest

from tests.excel.server.running import Server

pytestmark = pytest.mark.program("server")

ANSWERS = [
    [["Pool", "2026/27", ""], ["bcf", 1.5, -2], ["", 0, True]],
    [["Check", "Cell"], ["table.error-value", "#N/A"], ["#REF!", 3]],
    [["# of people", 4.0]],
    [["#", "a #N/A within"]],
]


CONVERTED = """
import asyncio, json, sys
from xlwings import conversion
from icbudget.excel.server.xlwings_application import PlainCells, ToPlainCells

def converted(rows, runtime, **options):
    options |= {"runtime": runtime, "date_format": None}
    return asyncio.run(conversion.async_write(rows, None, options, engine_name="officejs"))

for rows in json.load(sys.stdin):
    for runtime in ("1.1", "1.4"):
        ours = converted(rows, runtime, convert=ToPlainCells)
        ours = ours.rows if isinstance(ours, PlainCells) else ours
        print(json.dumps([ours, converted(rows, runtime)]))
"""


def test_cells_are_what_xlwings_itself_makes_of_them():
    # xlwings has its engine for Excel over HTTP only where it is imported with a licence key.
    key = {"XLWINGS_LICENSE_KEY": os.environ.get("XLWINGS_LICENSE_KEY", "noncommercial")}
    printed = subprocess.run(
        [sys.executable, "-c", CONVERTED],
        input=json.dumps(ANSWERS),
        env=os.environ | key,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    pairs = [json.loads(line) for line in printed.splitlines()]
    assert len(pairs) == 2 * len(ANSWERS)
    for ours, theirs in pairs:
        assert ours == theirs
    assert pairs[3][0][2][0] == {"type": "Error", "errorType": "Ref"}, "an error value of Excel"


def test_an_answer_without_a_name_of_an_error_is_not_walked_through():
    from icbudget.excel.server.xlwings_application import ToPlainCells

    routes = [ToPlainCells.router(rows, None, {}) for rows in ANSWERS]
    assert [route is ToPlainCells for route in routes] == [True, False, False, False]


def test_what_is_not_for_cells_is_as_if_not_installed_and_then_as_before():
    import pandas

    from icbudget.excel.server import web_app

    with web_app._not_imported(*web_app.NOT_FOR_CELLS):
        for name in web_app.NOT_FOR_CELLS:
            with pytest.raises(ImportError):
                importlib.import_module(name)
    assert importlib.import_module("pandas") is pandas
    assert importlib.import_module("matplotlib").__version__


ON_EVERY_ANSWER = {
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "cross-origin",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "x-permitted-cross-domain-policies": "none",
}
"""As xlwings Server 1.20 sets them where Excel on the web is served (OWASP Secure Headers, 2024)."""


def test_every_answer_has_the_headers_of_xlwings_server():
    with Server() as server:
        answers = [
            server.get("/taskpane.html"),
            server.call("ICB_SPLIT", [[[10]], [[1], [1]]]),
            server.call("ICB_SPLIT", [[[10]], [["x"]]]),
        ]
        assert [status for status, _, _ in answers] == [200, 200, 400]
        for _, headers, _ in answers:
            assert {name: headers.get(name) for name in ON_EVERY_ANSWER} == ON_EVERY_ANSWER
            assert headers["cache-control"] == "no-store, max-age=0"
        # Excel on Windows shows a picture of the ribbon only where it may keep it.
        _, headers, _ = server.get("/static/images/icons/icbudget-16.png")
        assert headers.get("cache-control") != "no-store, max-age=0"
        assert {name: headers.get(name) for name in ON_EVERY_ANSWER} == ON_EVERY_ANSWER
