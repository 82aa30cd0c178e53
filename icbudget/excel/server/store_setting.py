"""Where a server keeps plans, by its setting: one store that all its workers share.

A SQLite file that only the server's own user may read, unless an address of Redis is set, where an
organisation runs several servers.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from icbudget.excel.plan_store import RedisStore, SqliteStore, Store

STORE = "ICBUDGET_SERVER_STORE"
_REDIS = ("redis", "rediss", "unix")
_FILE = "plans.sqlite"


def open_store(environment: Mapping[str, str]) -> Store:
    """Return the store that an environment sets up. Raises `ValueError` where it cannot be used."""
    chosen = environment.get(STORE, "").strip()
    if urlsplit(chosen).scheme in _REDIS:
        return _redis(chosen)
    return SqliteStore(Path(chosen) if chosen else default_path(environment))


def default_path(environment: Mapping[str, str]) -> Path:
    """Return the file used where none is set.

    It is in the service's own folder where the system gives it one, else in a folder of this user
    beside temporary files.
    """
    for name in ("STATE_DIRECTORY", "XDG_RUNTIME_DIR"):
        if folder := environment.get(name, ""):
            return Path(folder.split(":")[0]) / "icbudget" / _FILE
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    return Path(tempfile.gettempdir()) / f"icbudget-{user}" / _FILE


def _redis(address: str) -> Store:
    try:
        import redis
    except ModuleNotFoundError:
        raise ValueError(
            f"{STORE}: redis is not installed. In icbudget's folder: pip install '.[redis]'"
        ) from None
    try:
        store = RedisStore(address)
        store.ping()
    except (redis.RedisError, ValueError) as fault:
        # The address may hold a password, so that the message holds the kind of fault alone.
        raise ValueError(f"{STORE}: Redis does not answer ({type(fault).__name__}).") from None
    return store
