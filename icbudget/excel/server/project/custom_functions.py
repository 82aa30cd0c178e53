"""What xlwings Server tells Excel of custom functions: every function of the registry.

It declares them; their calls never come as far as xlwings Server, since
`icbudget.excel.server.function_calls` answers each before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from icbudget.excel.all_functions import functions
from icbudget.excel.worksheet_function import Function
from icbudget.excel.xlwings_function import hosted


def _declared(function: Function) -> Callable[..., Any]:
    def called(*arguments: Any) -> Any:
        raise AssertionError("a function's call is answered before xlwings Server")

    return hosted(function, called, convert="raw")


globals().update({id: _declared(function) for id, function in functions().items()})
