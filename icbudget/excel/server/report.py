"""The report of a plan, made from the tables that the task pane sends and given back as one file; nothing is kept."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from icbudget.excel.answers import EVERY_TABLE, arguments_of, case_of
from icbudget.excel.coerce import InputProblem

REPORT = "/icbudget/report"
COMMAND = "Build the report (task pane)"


class WithReport:
    """An ASGI application beside another one: it answers `REPORT`, and passes everything else on."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["path"] != REPORT:
            await self.inner(scope, receive, send)
            return
        asked = json.loads((await receive())["body"])
        try:
            status, kind, body = 200, "text/html; charset=utf-8", await asyncio.to_thread(page, asked["args"])
        except InputProblem as problem:
            status, kind, body = 400, "application/json", json.dumps({"detail": str(problem)})
        headers = [(b"content-type", kind.encode()), (b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body.encode()})


def page(raw_tables: list[Any]) -> str:
    """Return the report of a plan, given as its tables in the order of the functions' arguments, as one page of HTML.

    Raises `InputProblem` where there is no plan to report on.
    """
    from icbudget.report.page import write_report
    from icbudget.report.record import record_of

    names = [a.name for a in arguments_of(EVERY_TABLE)]
    case = case_of(dict(zip(names, raw_tables, strict=False)))
    if case is None:
        raise InputProblem("There is no plan to report on. Press Check the plan to see why.")
    return write_report(case, record_of(case, COMMAND))
