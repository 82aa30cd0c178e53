"""The application that a web server runs.

It is xlwings Server, set up by our settings, behind our guard.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from icbudget.excel import plan_values
from icbudget.excel.all_functions import functions
from icbudget.excel.server.guard import Guard
from icbudget.excel.server.homes import Homes, homes_in
from icbudget.excel.server.passing_on import PassingOn
from icbudget.excel.server.settings import Settings, prepare, read_settings
from icbudget.excel.server.store_setting import open_store
from icbudget.excel.server.tokens import Tokens

COLLECT_AFTER = 20_000
"""Objects more than before after which Python looks for those that only each other holds."""

NOT_FOR_CELLS = ("matplotlib", "pandas")
"""What xlwings imports where it is there, to take frames and figures from cells and put them in."""


@cache
def settings() -> Settings:
    """Return the settings of this process.

    Raises `ValueError` naming everything that is missing or wrong.
    """
    server_settings, wrong = read_settings(os.environ)
    if server_settings is None:
        raise ValueError("The server is not set up:\n" + "\n".join(wrong))
    return server_settings


@cache
def tokens() -> Tokens:
    """Return the one check of tokens of this process."""
    return Tokens(settings())


@cache
def homes() -> Homes | None:
    """Return what the workers of this server share; None where this is the only one."""
    return homes_in(os.environ)


def create() -> Guard:
    """Return the application; call it once in a process, before anything has imported xlwings."""
    chosen = settings()
    plan_values.use(open_store(os.environ))
    prepare(chosen)
    quiet()
    with _not_imported(*NOT_FOR_CELLS):
        from xlwings_server.templates import templates

        from icbudget.excel.button_scripts import SCRIPTS
        from icbudget.excel.server.pane import facts
        from icbudget.excel.server.task_calls import WithTasks
        from icbudget.excel.server.xlwings_application import application

        templates.env.globals["pane"] = facts()
        answering = WithTasks(application())
    # What a worker has loaded stays, and an answer makes objects by the thousand, few in cycles: to
    # look for those as often as Python does by itself takes some hundredths of all its time.
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 20, 20)
    others = homes()
    inner = answering if others is None else PassingOn(answering, others)
    return Guard(inner, chosen, functions(), tuple(SCRIPTS), tokens())


@contextmanager
def _not_imported(*names: str) -> Iterator[None]:
    """Let modules be as if they were not installed; what is imported here does without them.

    Cells here are numbers and texts; what xlwings imports for others is a third of a worker's
    start.
    """
    imported = {name: sys.modules[name] for name in names if name in sys.modules}
    absent: dict[str, None] = dict.fromkeys(names)
    sys.modules.update(absent)  # type: ignore[arg-type]  # None is how Python is told so
    try:
        yield
    finally:
        for name in names:
            del sys.modules[name]
        sys.modules.update(imported)


def quiet() -> None:
    """Let the log hold what was called, how it ended and how long it took.

    It holds no cell, no file name, no person, no token.
    """
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("icbudget").setLevel(logging.INFO)
    for name in (
        "xlwings_server",
        "xlwings",
        "fastapi",
        "httpx",
        "httpcore",
        "aiocache",
        "asyncio",
    ):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    for name in ("uvicorn.access", "uvicorn.error"):
        logging.getLogger(name).setLevel(
            logging.ERROR if name == "uvicorn.error" else logging.CRITICAL
        )
