"""A real server process: `icbudget excel serve` on a free port, with its log.

It runs under xlwings' noncommercial key unless the environment holds another: whoever may not use
that one sets their own.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

START_SECONDS = 60


class Server:
    """A running server; `settings` are environment variables, `workers` its processes."""

    def __init__(self, settings: dict[str, str] | None = None, workers: int = 1) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="server-")
        self.log_file = Path(self.folder.name) / "log.txt"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("XLWINGS_", "ICBUDGET_"))}
        settings = dict(settings or {})
        if "ICBUDGET_SERVER_PRODUCTION" not in settings:
            settings["ICBUDGET_SERVER_ANONYMOUS"] = "yes"
        own = {"ICBUDGET_SERVER_STORE": f"{self.folder.name}/plans/plans.sqlite"}
        licence = {"XLWINGS_LICENSE_KEY": os.environ.get("XLWINGS_LICENSE_KEY", "noncommercial")}
        command = [
            sys.executable,
            "-c",
            "from icbudget.cli.command_line import main; main()",
            "excel",
            "serve",
        ]
        with self.log_file.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "--port", str(self.port), "--workers", str(workers)],
                env={**kept, **licence, **own, "PYTHONUNBUFFERED": "1", **settings},
                stdout=log,
                stderr=log,
                cwd=self.folder.name,
                start_new_session=True,
            )
        self.host = settings.get("ICBUDGET_SERVER_HOSTNAME", "localhost")

    def __enter__(self) -> Self:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            try:
                if self.get("/")[0] == 200:
                    return self
            except OSError:
                time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"the server did not start:\n{self.log}")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the server and its workers."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is None:
                os.killpg(self.process.pid, number)
                try:
                    self.process.wait(10)
                except subprocess.TimeoutExpired:
                    continue
        self.kept_log = self.log
        self.folder.cleanup()

    @property
    def url(self) -> str:
        """Return where the server is."""
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> str:
        """Return what the server has logged."""
        return (
            self.log_file.read_text(encoding="utf-8") if self.log_file.exists() else self.kept_log
        )

    def request(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, dict, bytes]:
        """Return status, headers (lower case) and body of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(
                method, path, body or None, {"Host": f"{self.host}:{self.port}", **(headers or {})}
            )
            answer = connection.getresponse()
            return answer.status, {n.lower(): v for n, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> tuple[int, dict, bytes]:
        """Return the answer to a GET."""
        return self.request("GET", path, headers=headers)

    def post(self, path: str, asked: Any, **headers: str) -> tuple[int, dict, bytes]:
        """Return the answer to a POST of JSON."""
        body = asked if isinstance(asked, bytes) else json.dumps(asked).encode()
        return self.request("POST", path, body, {"Content-Type": "application/json", **headers})

    def call(self, function: str, arguments: list[Any], **headers: str) -> tuple[int, dict, bytes]:
        """Return the answer to a function's call as the add-in sends it."""
        asked = {
            "client": "Office.js",
            "func_name": function,
            "args": arguments,
            "caller_address": "[Jane Doe disciplinary.xlsx]Sheet1!A1",
            "session_id": "s",
            "culture_info_name": "en-GB",
            "date_format": "dd/mm/yyyy",
            "version": "0.37.8",
            "runtime": "1.4",
        }
        return self.post("/xlwings/custom-functions-call", asked, **headers)
