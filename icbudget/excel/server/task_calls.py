"""What the task pane asks for beyond functions and scripts.

That is reports, a better plan, more sheets, and the guide. Nothing of it is kept.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from icbudget import __version__, tasks
from icbudget.excel import coerce
from icbudget.excel.buttons import best_of
from icbudget.excel.coerce import InputProblem
from icbudget.excel.server.report import reports

REPORT, OPTIMISE, SHEETS = "/icbudget/report", "/icbudget/optimise", "/icbudget/sheets"
GUIDE = "/guide.html"
CALLS = frozenset((REPORT, OPTIMISE, SHEETS))
"""What is called with JSON, each by a person who signed in."""
_ONE_AT_A_TIME = ThreadPoolExecutor(1, "tasks")
"""Each takes seconds of processor and memory; whoever asks while one is made waits, and formulas go
on being answered.
"""
_JSON, _ZIP = "application/json", "application/zip"


def _reports(arguments: list[Any]) -> tuple[str, bytes]:
    return _ZIP, reports(arguments)


def _optimised(arguments: list[Any]) -> tuple[str, bytes]:
    """Return the best plan beside the plan of some tables, and what would make it a scenario."""
    tables = [coerce.grid(f"table {n}", raw) for n, raw in enumerate(arguments, start=1)]
    block, changes = best_of(tables)
    answer = {"says": block.shows, "rows": block.grid(), "changes": [list(c) for c in changes]}
    return _JSON, json.dumps(answer).encode()


def _more_sheets(arguments: list[Any]) -> tuple[str, bytes]:
    """Return a workbook written again with further modules, sheets and columns.

    Given are its bytes in Base64, the names of modules and sheets, and columns as sheet and
    heading. Raises `InputProblem` for what is no workbook with a plan, and a name that is none.
    """
    content, names, columns = _upload(arguments)
    wanted: dict[str, list[str]] = {}
    for sheet, heading in columns:
        wanted.setdefault(sheet, []).append(heading)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.xlsx"
        path.write_bytes(content)
        try:
            opened, out = tasks.add_sheets(path, path.with_name("more.xlsx"), names, wanted)
        except ValueError as problem:
            raise InputProblem(str(problem)) from None
        if out is None:
            why = next((str(f) for f in opened.findings), "It holds no plan.")
            raise InputProblem(f"Nothing was added. {why}")
        made = base64.b64encode(out.read_bytes()).decode()
    says = [f.message for f in opened.findings if f.id.startswith("workbook.own")]
    return _JSON, json.dumps({"workbook": made, "says": says}).encode()


def _upload(arguments: list[Any]) -> tuple[bytes, list[str], list[tuple[str, str]]]:
    try:
        [[[text]], names, columns] = arguments
        content = base64.b64decode(text, validate=True)
        sheets = [str(name) for (name,) in names if name]
        pairs = [(str(sheet), str(heading)) for sheet, heading in columns if sheet]
    except (TypeError, ValueError, binascii.Error):
        raise InputProblem("The workbook did not arrive whole. Press Add sheets again.") from None
    if not sheets and not pairs:
        raise InputProblem("Choose what to add first.")
    return content, sheets, pairs


_ANSWERED: dict[str, Callable[[list[Any]], tuple[str, bytes]]] = {
    REPORT: _reports,
    OPTIMISE: _optimised,
    SHEETS: _more_sheets,
}


@cache
def guide() -> bytes:
    """Return the guide as one page, laid out once for a process."""
    from icbudget.report.guide_page import guide_html

    return guide_html(__version__).encode()


class WithTasks:
    """An ASGI application beside another one.

    It answers `CALLS` and the guide, and passes everything else on.
    """

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer one request."""
        path = scope.get("path", "")
        if scope["type"] != "http" or (path not in CALLS and path != GUIDE):
            await self.inner(scope, receive, send)
            return
        if path == GUIDE:
            await _send(send, 200, "text/html; charset=utf-8", guide())
            return
        asked = json.loads((await receive())["body"])
        running = asyncio.get_running_loop()
        try:
            kind, body = await running.run_in_executor(
                _ONE_AT_A_TIME, _ANSWERED[path], asked["args"]
            )
            await _send(send, 200, kind, body)
        except InputProblem as problem:
            await _send(send, 400, _JSON, json.dumps({"detail": str(problem)}).encode())


async def _send(send: Any, status: int, kind: str, body: bytes) -> None:
    headers = [
        (b"content-type", kind.encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
