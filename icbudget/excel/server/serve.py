"""Running the server: worker processes that are started again when one ends, on this machine's own
address unless told.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from icbudget.excel.server.app import settings
from icbudget.excel.server.settings import LOCAL_HOSTS

APPLICATION = "icbudget.excel.server.app:create"


def serve(
    ready: Callable[[], None] = lambda: None,
    *,
    listen: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 2,
    certificate: Path | None = None,
    key: Path | None = None,
) -> None:
    """Serve Excel until stopped; `ready` is called once nothing stands in the way.

    Raises `ValueError` where the settings do not allow it, before anything listens.

    Excel takes an add-in over https only: give a certificate and its key, or put a proxy that has
    them in front.
    """
    chosen = settings()
    if listen not in LOCAL_HOSTS and not chosen.production:
        raise ValueError(
            f"Without production settings the server answers this machine alone; {listen} is"
            " refused."
        )
    if (certificate is None) != (key is None):
        raise ValueError("A certificate needs its key, and a key its certificate.")
    import uvicorn

    ready()
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
        h11_max_incomplete_event_size=65_536,
    )
