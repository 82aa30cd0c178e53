"""xlwings Server's own application, without work for every call that we have no use for.

Routes, sign-in and how a function is found and called are all its own. Left out are two threads for
a cache that we do not switch on, the task and the streams in which it sets its headers, and two
walks over every cell of an answer that find nothing to convert.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from xlwings.conversion import Accessor, ValueAccessor
from xlwings.conversion.framework import ConversionContext, Pipeline

from icbudget.excel.worksheet_function import Rows


class PlainCells:
    """An answer's cells, of which each is text or a number as JSON has it."""

    __slots__ = ("rows",)

    def __init__(self, rows: Rows) -> None:
        self.rows = rows


class ToPlainCells(Accessor):
    """How xlwings converts an answer: not at all where every cell is plain, else as it always does.

    A text that begins with `#` may be the name of an error, of which it makes an error value.
    """

    @classmethod
    def router(cls, value: Rows, rng: Any, options: Any) -> type[Accessor]:
        """Return what converts an answer."""
        return ValueAccessor if any(map(_may_hold_error, value)) else cls

    @classmethod
    def writer(cls, options: Any) -> Pipeline:
        """Return the steps of the conversion."""
        return Pipeline([_as_plain_cells])


def _as_plain_cells(context: ConversionContext) -> None:
    context.value = PlainCells(context.value)


def _may_hold_error(row: list[Any]) -> bool:
    return any([cell[:1] == "#" for cell in row if type(cell) is str])


class SecurityHeaders:
    """An ASGI application around another one, which sets xlwings' own headers on every answer.

    Pictures have no `cache-control`, as Excel on Windows shows them only where it may keep them.
    """

    def __init__(self, inner: Any, headers: Mapping[str, str]) -> None:
        self.inner = inner
        self.headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self.names = frozenset(name for name, _ in self.headers)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.inner(scope, receive, send)
            return
        is_picture = scope["path"].rpartition(".")[2].lower() in _PICTURES

        async def answer(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                kept = [pair for pair in message.get("headers", ()) if pair[0] not in self.names]
                own = [p for p in self.headers if not (is_picture and p[0] == b"cache-control")]
                message = {**message, "headers": [*kept, *own]}
            await send(message)

        await self.inner(scope, receive, answer)


_PICTURES = frozenset(("jpg", "jpeg", "png", "gif", "bmp", "webp", "svg"))


async def _no_cache() -> None:
    """Return no client of the cache of objects, which no setting of ours switches on."""


def application() -> Any:
    """Return xlwings Server's application; call it once, after its settings are made."""
    from fastapi.encoders import ENCODERS_BY_TYPE
    from starlette.middleware import Middleware
    from xlwings_server import databases

    databases.get_redis_client = _no_cache
    from xlwings_server.config import settings
    from xlwings_server.main import app, main_app
    from xlwings_server.security_headers import resolve_security_headers

    headers = resolve_security_headers(
        excel_online=settings.enable_excel_online, cdn_officejs=settings.cdn_officejs
    )
    app.user_middleware[:] = [Middleware(SecurityHeaders, headers)]
    ENCODERS_BY_TYPE[PlainCells] = attrgetter("rows")
    return main_app
