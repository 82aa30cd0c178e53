"""A function's call over HTTP, answered without a web framework in between.

The guard has read and checked a call already. The layers that xlwings Server would put it through
once more take as long as thirty answers that were worked out before; so they serve pages and
scripts, and a call is answered here. It runs in a thread, so that a long one does not keep others
from their answers, and for the person who signed in, whose plans it finds and nobody else's.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from icbudget.excel.plan_store import person
from icbudget.excel.worksheet_function import Function
from icbudget.excel.xlwings_function import answered

_THREADS = ThreadPoolExecutor(2, "answers")
"""More would answer nothing sooner, as Python works out one at a time, and would keep the process
from taking calls.
"""
_BLANK = [[None]]

Send = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A call of a function with its arguments as Excel sent them, by a person."""

    function: Function
    arguments: list[Any]
    caller: str


async def answer_call(call: FunctionCall, send: Send) -> None:
    """Answer a call: its rows as JSON, or in words why there are none."""
    running = asyncio.get_running_loop()
    status, kind, body = await running.run_in_executor(_THREADS, _answer, call)
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _answer(call: FunctionCall) -> tuple[int, bytes, bytes]:
    import xlwings as xw

    # Excel sends a blank cell as a range of one; an argument left out means the same.
    arguments = [None if argument == _BLANK else argument for argument in call.arguments]
    try:
        with person(call.caller):
            rows = answered(call.function, arguments)
    except xw.XlwingsError as problem:
        # 400: Excel shows the words, and does not ask once more what would fail again.
        return 400, b"text/plain; charset=utf-8", str(problem).encode()
    return 200, b"application/json", _json({"result": rows})


def _json(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()
