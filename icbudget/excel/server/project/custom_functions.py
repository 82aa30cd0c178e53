"""What xlwings Server serves as custom functions: every function of the registry.

Arguments are passed raw: xlwings' own conversion of a plan's tables takes far longer than the
plan's whole projection. Each call runs in a thread, so that a long one does not keep others from
their answers, and for the person who signed in, whose plans it finds and nobody else's.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from icbudget.excel.all_functions import functions
from icbudget.excel.plan_store import person
from icbudget.excel.worksheet_function import Function, Rows
from icbudget.excel.xlwings_function import answered, hosted

_THREADS = ThreadPoolExecutor(2, "answers")
"""More would answer nothing sooner, as Python works out one at a time, and would keep the process
from taking calls.
"""
sys.modules.setdefault("pyodide", None)  # type: ignore[arg-type]
"""xlwings asks for it anew for every argument of every call; where it is not, this answers at once
instead of a search.
"""


def _called(function: Function) -> Callable[..., Any]:
    from xlwings_server.models import CurrentUser

    def answered_for(user: str, arguments: tuple[Any, ...]) -> Rows:
        with person(user):
            return answered(function, arguments)

    async def called(*arguments: Any, user: Any) -> Any:
        running = asyncio.get_running_loop()
        return await running.run_in_executor(_THREADS, answered_for, str(user.id), arguments)

    return hosted(function, called, {"user": CurrentUser}, convert="raw")


globals().update({id: _called(function) for id, function in functions().items()})
