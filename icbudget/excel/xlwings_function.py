"""A function of the registry as xlwings takes it: named by its id, with its signature and
descriptions, and no type hints.

xlwings' own conversions differ from host to host, so a host passes every argument as raw as it can
and `run` reads it.
"""

from __future__ import annotations

import inspect
import logging
import traceback
from collections.abc import Callable, Sequence
from typing import Any

from icbudget.excel.coerce import InputProblem
from icbudget.excel.worksheet_function import Function, Rows, run

log = logging.getLogger("icbudget.excel")


def answered(function: Function, raw_arguments: Sequence[Any]) -> Rows:
    """Return what a function answers a host's cell.

    Raises `XlwingsError`, which every host shows as an error with its message: what is wrong with
    the arguments, or that icbudget itself failed. Such a fault is logged by its place in the code,
    never by what was in the cells.
    """
    import xlwings as xw

    try:
        return run(function, raw_arguments)
    except InputProblem as problem:
        raise xw.XlwingsError(f"{function.id}: {problem}") from None
    except Exception as fault:
        log.error("%s failed: %s at %s", function.id, type(fault).__name__, _place(fault))
        said = (
            f"{function.id}: icbudget failed ({type(fault).__name__}). Run icbudget check on the"
            " saved workbook, and report it."
        )
        raise xw.XlwingsError(said) from None


def hosted(function: Function, call: Callable[..., Any], **options: Any) -> Callable[..., Any]:
    """Return `call` as xlwings registers it for a function; `options` say how xlwings passes every
    argument.
    """
    import xlwings as xw

    call.__name__ = call.__qualname__ = function.id
    call.__doc__ = function.doc
    call.__annotations__ = {}
    parameters = [
        inspect.Parameter(
            a.name,
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            default=None if a.optional else inspect.Parameter.empty,
        )
        for a in function.arguments
    ]
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    for a in function.arguments:
        call = xw.arg(a.name, doc=a.doc, **options)(call)
    declared: Callable[..., Any] = xw.func(category="icbudget")(call)
    return declared


def _place(fault: Exception) -> str:
    frames = traceback.extract_tb(fault.__traceback__)
    return " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-3:]))
