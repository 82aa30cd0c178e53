"""What xlwings Server serves as custom functions: every function of the registry.

Arguments are passed raw: xlwings' own conversion of a plan's tables takes far longer than the
plan's whole projection. Each call runs in a thread, so that a long one does not keep others from
their answers.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from icbudget.excel.registry import functions
from icbudget.excel.worksheet_function import Function
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
    async def called(*arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(
            _THREADS, answered, function, arguments
        )

    return hosted(function, called, convert="raw")


globals().update({id: _called(function) for id, function in functions().items()})
