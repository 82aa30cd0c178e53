"""The classic host: xlwings on Windows, where Excel's VBA calls Python over COM.

This module holds one xlwings function for every function of the registry, under its id. Every argument is taken raw, as rows
of cells with error values as text, and carries no type hint: xlwings' own conversions differ from host to host. Where xlwings
finds no Windows its decorators change nothing, so the module can be imported and called anywhere.

A problem with the arguments is raised as `XlwingsError`. The VBA that xlwings itself writes turns that into text
(`failed: f = Err.Description`), which a total would skip without a word; whoever makes the macro workbook must write
`CVErr(xlErrValue)` there instead.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import xlwings as xw

from icbudget.excel.coerce import InputProblem
from icbudget.excel.function import Function, run
from icbudget.excel.registry import functions


def hosted(function: Function) -> Callable[..., Any]:
    """Return a function of the registry as xlwings takes it: named by its id, with its signature and its descriptions."""

    def called(*arguments: Any) -> Any:
        try:
            return run(function, arguments)
        except InputProblem as problem:
            raise xw.XlwingsError(f"{function.id}: {problem}") from None

    called.__name__ = called.__qualname__ = function.id
    called.__doc__ = function.doc
    called.__annotations__ = {}
    parameters = [
        inspect.Parameter(
            a.name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None if a.optional else inspect.Parameter.empty
        )
        for a in function.arguments
    ]
    called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    made: Callable[..., Any] = called
    for a in function.arguments:
        made = xw.arg(a.name, doc=a.doc, ndim=2, err_to_str=True)(made)
    return xw.func(category="icbudget")(made)


globals().update({id: hosted(function) for id, function in functions().items()})
