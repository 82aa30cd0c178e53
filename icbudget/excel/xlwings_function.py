"""A function of the registry as xlwings takes it.

It is named by its id, with its signature and descriptions, and no type hints.

xlwings' own conversions differ from host to host, so a host passes every argument as raw as it can
and `run` reads it.
"""

from __future__ import annotations

import inspect
import logging
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from icbudget.excel.coerce import InputProblem
from icbudget.excel.plan_values import PlanNotKept
from icbudget.excel.worksheet_function import Argument, Function, Rows, run

log = logging.getLogger("icbudget.excel")


def answered(
    function: Function, raw_arguments: Sequence[Any], made_again: Callable[[], None] | None = None
) -> Rows:
    """Return what a function answers a host's cell.

    `made_again` makes the workbook's plan again from its tables, where a host can read them: it is
    called where a plan is not kept any more, and then the function is asked once more.

    Raises `XlwingsError`, which every host shows as an error with its message: what is wrong with
    the arguments, or that icbudget itself failed. Such a fault is logged by its place in the code,
    never by what was in the cells.
    """
    import xlwings as xw

    try:
        try:
            return run(function, raw_arguments)
        except PlanNotKept:
            if made_again is None:
                raise
            made_again()
            # What was made again counts only if its hash is the handle's: else this is refused too.
            return run(function, raw_arguments)
    except InputProblem as problem:
        raise xw.XlwingsError(f"{function.id}: {problem}") from None
    except Exception as fault:
        log.error("%s failed: %s at %s", function.id, type(fault).__name__, _place(fault))
        message = (
            f"{function.id}: icbudget failed ({type(fault).__name__}). Run icbudget check on the"
            " saved workbook, and report it."
        )
        raise xw.XlwingsError(message) from None


def hosted(
    function: Function,
    call: Callable[..., Any],
    provided: Mapping[str, type] | None = None,
    **options: Any,
) -> Callable[..., Any]:
    """Return `call` as xlwings registers it for a function.

    `options` say how xlwings passes every argument, `provided` what it hands over besides those of
    the cell, by name and type.
    """
    import xlwings as xw

    call.__name__ = call.__qualname__ = function.id
    call.__doc__ = function.doc
    call.__annotations__ = dict(provided or {})
    parameters = [_parameter(argument) for argument in function.arguments]
    parameters += [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind)
        for name, kind in (provided or {}).items()
    ]
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    for a in function.arguments:
        call = xw.arg(a.name, doc=a.doc, **options)(call)
    declared: Callable[..., Any] = xw.func(category="icbudget")(call)
    return declared


def _parameter(argument: Argument) -> inspect.Parameter:
    if argument.repeats:
        return inspect.Parameter(argument.name, inspect.Parameter.VAR_POSITIONAL)
    default = None if argument.optional else inspect.Parameter.empty
    return inspect.Parameter(
        argument.name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default
    )


def _place(fault: Exception) -> str:
    frames = traceback.extract_tb(fault.__traceback__)
    return " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-3:]))
