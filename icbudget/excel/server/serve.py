"""Running the server: worker processes that are started again when one ends.

It listens on this machine's own address unless another is set.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from icbudget.excel.server.settings import LOCAL_HOSTS, PREFIX
from icbudget.excel.server.web_app import settings

APPLICATION = "icbudget.excel.server.web_app:create"


def serve(
    ready: Callable[[], None] = lambda: None,
    *,
    listen: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 2,
    certificate: Path | None = None,
    key: Path | None = None,
    anonymous: bool = False,
) -> None:
    """Serve Excel until stopped; `ready` is called once nothing stands in the way.

    Raises `ValueError` where the settings do not allow it, before anything listens.

    Excel takes an add-in over https only: give a certificate and its key, or put a proxy that has
    them in front.
    """
    if anonymous:
        # the worker processes read the same environment
        os.environ[f"{PREFIX}ANONYMOUS"] = "yes"
    chosen = settings()
    if listen not in LOCAL_HOSTS and not chosen.production:
        raise ValueError(f"Anonymous service is for this machine alone; {listen} is refused.")
    if (certificate is None) != (key is None):
        raise ValueError("A certificate needs its key, and a key its certificate.")
    import uvicorn

    from icbudget.excel.server.bounded_protocol import BoundedProtocol
    from icbudget.excel.server.homes import shared_by

    ready()
    with shared_by(workers):
        uvicorn.run(
            APPLICATION,
            factory=True,
            host=listen,
            port=port,
            workers=workers,
            ssl_certfile=certificate,
            ssl_keyfile=key,
            access_log=False,
            log_level="error",
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=30,
            http=BoundedProtocol,
            ws="none",
        )
