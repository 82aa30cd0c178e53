"""Our own check in front of xlwings Server.

What reaches it is known, allowed, small enough and without names of people's files.

In this order: the host name, the address, the sign-in, the kind and size of the body, and then only
a declared function or script with arguments of the shape that Excel sends. Whatever is refused was
not executed, and nothing of it is told or logged.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import re
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from icbudget.excel.plan_handles import plan_in
from icbudget.excel.server.passing_on import PLAN, with_body
from icbudget.excel.server.settings import Settings
from icbudget.excel.server.task_calls import CALLS, GUIDE
from icbudget.excel.server.tokens import Denied, Tokens
from icbudget.excel.worksheet_function import MOST_ARGUMENTS, Function

FUNCTION_CALL = "/xlwings/custom-functions-call"
SCRIPT_CALL = "/xlwings/custom-scripts-call/"
_ADDRESS = re.compile(r"\$?[A-Z]{1,3}\$?[1-9][0-9]{0,6}(:\$?[A-Z]{1,3}\$?[1-9][0-9]{0,6})?")
MOST_TABLES = 60
"""Tables of one call: a plan has fewer, with its companions by year and Setup."""
_PLAIN = frozenset((str, float, int, bool, type(None)))
PAGES = frozenset(
    {
        *("/", "/favicon.ico", "/taskpane.html", "/manifest.xml", "/manifest/download", GUIDE),
        *(
            "/xlwings/custom-functions-meta",
            "/xlwings/custom-functions-code",
            "/xlwings/custom-scripts-meta",
        ),
        *(
            "/xlwings/custom-functions-meta.json",
            "/xlwings/custom-functions-code.js",
            "/xlwings/custom-scripts-meta.json",
        ),
    }
)
"""What Excel fetches before anyone has signed in; none of it holds anything of a plan."""
STATIC = re.compile(r"/static(/[A-Za-z0-9@_-][A-Za-z0-9@._-]*)+")
"""Addresses of files for the task pane. Nothing that climbs out of their folder: xlwings Server
itself would follow it.
"""
log = logging.getLogger("icbudget.excel.server")


@dataclass(frozen=True, slots=True)
class Guard:
    """An ASGI application around another one.

    `functions` and `scripts` are all that can be called.
    """

    inner: Any
    settings: Settings
    functions: Mapping[str, Function]
    scripts: Collection[str]
    tokens: Tokens

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] == "lifespan":
            await self.inner(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        start = time.perf_counter()
        logged: dict[str, Any] = {"what": "-", "status": 0, "plan": None}

        async def answer(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                logged["status"] = message["status"]
                message = {**message, "headers": self._headers(scope, message.get("headers", ()))}
            await send(message)

        try:
            body = await self._admitted(scope, receive, logged)
            if body is None:
                await self.inner(scope, receive, answer)
            else:
                passed_on = {**_plain(scope, body), PLAN: logged["plan"]}
                await self.inner(passed_on, with_body(body, receive), answer)
        except Denied as refused:
            await _refuse(answer, refused)
        except Exception as fault:
            log.error("%s failed: %s", logged["what"], type(fault).__name__)
            if not logged["status"]:
                await _refuse(answer, Denied(500, "icbudget failed. Nothing was changed."))
        if scope["method"] == "POST" or logged["status"] >= 400:
            took = 1000 * (time.perf_counter() - start)
            log.info("%s %s %.0f ms", logged["what"], logged["status"], took)

    async def _admitted(
        self, scope: dict[str, Any], receive: Any, logged: dict[str, Any]
    ) -> bytes | None:
        """Return the body to pass on, None for a page. Raises `Denied`."""
        # The cheapest refusals come first, and nobody's body is read before they have signed in.
        headers = _headers_once(scope["headers"])
        if not self.settings.production and not _on_loopback(scope):
            raise Denied(403, "Anonymous service is for the machine that the server runs on.")
        host = headers.get("host", "").rsplit(":", 1)[0].lower()
        if host not in self.settings.hosts:
            raise Denied(421, "This server answers to another name.")
        path, method = scope["path"], scope["method"]
        if method in ("GET", "HEAD") and (path in PAGES or STATIC.fullmatch(path)):
            return None
        if method != "POST" or not (
            path == FUNCTION_CALL or path in CALLS or path.startswith(SCRIPT_CALL)
        ):
            raise Denied(404, "There is nothing here.")
        if self.settings.production:
            await self.tokens.check(headers.get("authorization", ""))
        self._same_origin(headers)
        if headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
            raise Denied(415, "A call carries JSON.")
        asked = _decoded(await self._body(headers, receive))
        if path == FUNCTION_CALL:
            logged["what"] = self._function(asked)
            logged["plan"] = _plan_of(self.functions[logged["what"]], asked["args"])
            return json.dumps(_call(asked)).encode()
        if path in CALLS:
            logged["what"] = path.rpartition("/")[2]
            arguments = self._arguments(logged["what"], asked, MOST_TABLES)
            return json.dumps({"args": arguments}).encode()
        name = path.removeprefix(SCRIPT_CALL)
        if name not in self.scripts:
            raise Denied(404, "There is no such script.")
        logged["what"] = name
        return json.dumps(_book(asked)).encode()

    def _same_origin(self, headers: Mapping[str, str]) -> None:
        origin = headers.get("origin")
        if origin is None:  # no browser: nothing that another site could have made it send
            return
        host = re.sub(r"^https?://|:\d+$", "", origin.lower())
        if host not in self.settings.hosts:
            raise Denied(403, "This call comes from another site.")

    async def _body(self, headers: Mapping[str, str], receive: Any) -> bytes:
        limit = self.settings.body_limit
        too_large = Denied(
            413, f"The call holds more than {limit:,} bytes. Give tables, not whole columns."
        )
        stated = headers.get("content-length", "")
        if stated.isdecimal() and int(stated) > limit:
            raise too_large
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Denied(400, "The call was cut short.")
            # Counted as it comes: the length that a caller states is only a claim.
            body += message.get("body", b"")
            if len(body) > limit:
                raise too_large
            if not message.get("more_body"):
                return bytes(body)

    def _function(self, asked: dict[str, Any]) -> str:
        name = asked.get("func_name")
        if not isinstance(name, str) or name not in self.functions:
            raise Denied(404, "There is no such function.")
        function = self.functions[name]
        if function.repeats:
            asked = {"args": _one_after_another(asked.get("args"), len(function.arguments) - 1)}
        most = MOST_ARGUMENTS if function.repeats else len(function.arguments)
        self._arguments(name, asked, most)
        return name

    def _arguments(self, name: str, asked: dict[str, Any], most: int) -> list[Any]:
        arguments = asked.get("args")
        if (
            not isinstance(arguments, list)
            or len(arguments) > most
            or not all(map(_is_argument, arguments))
        ):
            raise Denied(400, f"{name}: the arguments are not cells. Reload the add-in.")
        return arguments

    def _headers(self, scope: dict[str, Any], headers: Any) -> list[tuple[bytes, bytes]]:
        kept = [
            (n, v)
            for n, v in headers
            if n.lower() not in (b"content-security-policy", b"server", b"x-frame-options")
        ]
        policy = content_security_policy(self.settings)
        if scope["path"] == GUIDE:
            policy = _GUIDE_POLICY
        kept.append((b"content-security-policy", policy.encode()))
        if not self.settings.web_origins:
            kept.append((b"x-frame-options", b"SAMEORIGIN"))
        stated = next((v for n, v in scope["headers"] if n.lower() == b"origin"), b"")
        origin = stated.decode("latin-1").lower()
        is_known = any(_covers(pattern, origin) for pattern in self.settings.web_origins)
        if scope["method"] == "GET" and is_known:
            kept += [(b"access-control-allow-origin", origin.encode()), (b"vary", b"Origin")]
        return kept


_ONCE = frozenset((b"host", b"authorization", b"content-type", b"content-length", b"origin"))
"""Headers that decide who is served: programs differ in which of two counts."""


def _headers_once(pairs: Collection[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return headers by name. Raises `Denied` where one that decides stands twice."""
    headers: dict[str, str] = {}
    for name, value in pairs:
        lower = name.lower()
        text = lower.decode("latin-1")
        if lower in _ONCE and text in headers:
            raise Denied(400, f"The header {text} stands twice.")
        headers[text] = value.decode("latin-1")
    if "transfer-encoding" in headers and "content-length" in headers:
        # a proxy and this server may differ in where such a call ends
        raise Denied(400, "The length of the call is given twice.")
    return headers


def _on_loopback(scope: Mapping[str, Any]) -> bool:
    """Return whether a call came over this machine's own address, by the socket itself."""
    ends = [scope.get("client"), scope.get("server")]
    return all(end is None or _is_loopback(str(end[0])) for end in ends)


@lru_cache(maxsize=256)
def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def content_security_policy(settings: Settings) -> str:
    """Return what the task pane may load: this server's own files only, and who may frame it."""
    own = (
        "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; style-src"
        " 'self'; font-src 'self'"
    )
    frames = " ".join(("'self'", *settings.web_origins))
    return (
        f"{own}; base-uri 'none'; form-action 'none'; object-src 'none'; frame-ancestors {frames}"
    )


_GUIDE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)
"""What the guide may do: it holds its own style and its search, loads nothing and sends nothing."""


def _covers(pattern: str, origin: str) -> bool:
    if "*." not in pattern:
        return origin == pattern
    return origin.startswith("https://") and origin.endswith(pattern.removeprefix("https://*"))


def _decoded(body: bytes) -> dict[str, Any]:
    def refuse(name: str) -> None:
        raise ValueError(name)

    try:
        asked = json.loads(body, parse_constant=refuse)
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict):
        raise Denied(400, "The call is not what Excel sends.")
    return asked


def _is_cell(value: Any) -> bool:
    if type(value) in _PLAIN:
        return True
    if isinstance(value, dict):
        return isinstance(value.get("type"), str) and not isinstance(
            value.get("basicValue"), (dict, list)
        )
    return not isinstance(value, list)


def _is_argument(value: Any) -> bool:
    if not isinstance(value, list):
        return _is_cell(value)
    width = len(value[0]) if value and isinstance(value[0], list) else 0
    return width > 0 and all(
        isinstance(row, list) and len(row) == width and _are_cells(row) for row in value
    )


def _are_cells(row: list[Any]) -> bool:
    return _PLAIN.issuperset(map(type, row)) or all(map(_is_cell, row))


def _plan_of(function: Function, arguments: list[Any]) -> str | None:
    """Return the plan that a call takes, blank where it makes one, None where it does neither."""
    first = function.arguments[0].name
    if first == "tables":
        return ""
    return plan_in(arguments[0]) or None if first == "plan" and arguments else None


def _one_after_another(arguments: Any, fixed: int) -> Any:
    """Return arguments with those that repeat one after another behind the fixed ones.

    Excel sends those that repeat as one list of ranges.
    """
    if not isinstance(arguments, list) or not all(isinstance(a, list) for a in arguments[fixed:]):
        return None
    return [*arguments[:fixed], *chain.from_iterable(arguments[fixed:])]


def _is_sheet(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        return False
    values, tables = value.get("values"), value.get("tables")
    return (
        isinstance(values, list)
        and all(isinstance(row, list) and _are_cells(row) for row in values)
        and isinstance(tables, list)
        and all(isinstance(t, dict) and isinstance(t.get("name"), str) for t in tables)
        and all(_ADDRESS.fullmatch(str(t.get("range_address"))) for t in tables)
    )


def _call(asked: dict[str, Any]) -> dict[str, Any]:
    """Return a function's call as xlwings Server takes it.

    The names of workbook, sheet and session that Excel adds are left out.
    """
    runtime = asked.get("runtime")
    return {
        "client": "Office.js",
        "func_name": asked["func_name"],
        "args": asked["args"],
        "caller_address": None,
        "version": str(asked.get("version", "")),
        "runtime": runtime if runtime in ("1.1", "1.2", "1.3", "1.4") else "1.1",
    }


def _book(asked: dict[str, Any]) -> dict[str, Any]:
    """Return a script's call without the name of the person's file."""
    book, sheets = asked.get("book"), asked.get("sheets")
    if (
        not isinstance(book, dict)
        or not isinstance(sheets, list)
        or not all(map(_is_sheet, sheets))
    ):
        raise Denied(400, "The call is not what Excel sends.")
    arguments = asked.get("args", [])
    if (
        not isinstance(arguments, list)
        or len(arguments) > 2
        or not all(isinstance(a, str) for a in arguments)
    ):
        raise Denied(400, "The call is not what Excel sends.")
    return {**asked, "book": {**book, "name": "plan.xlsx"}}


def _plain(scope: dict[str, Any], body: bytes) -> dict[str, Any]:
    headers = [
        (n, v)
        for n, v in scope["headers"]
        if n.lower() not in (b"content-length", b"transfer-encoding")
    ]
    return {**scope, "headers": [*headers, (b"content-length", str(len(body)).encode())]}


async def _refuse(answer: Any, refused: Denied) -> None:
    content = json.dumps({"detail": refused.message}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await answer({"type": "http.response.start", "status": refused.status, "headers": headers})
    await answer({"type": "http.response.body", "body": content})
