"""The classic host: xlwings on Windows, where Excel's VBA calls Python over COM.

This module holds one xlwings function for every function of the registry, under its id, and one for
every button. Every argument is taken as rows of cells with error values as text. Where xlwings
finds no Windows its decorators change nothing, so the module can be imported and called anywhere.

The VBA that xlwings itself writes turns an error into text (`failed: f = Err.Description`), which a
total would skip without a word; the macro workbook of `icbudget excel build` has
`CVErr(xlErrValue)` there instead.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from typing import Any

from icbudget.excel.all_functions import functions
from icbudget.excel.buttons import BUTTONS, Button
from icbudget.excel.coerce import InputProblem
from icbudget.excel.plan_values import plan_of
from icbudget.excel.workbook_tables import tables_of_plan
from icbudget.excel.worksheet_function import Function
from icbudget.excel.xlwings_function import answered, hosted

log = logging.getLogger("icbudget.excel")


def _called(function: Function) -> Callable[..., Any]:
    def called(*arguments: Any) -> Any:
        return answered(function, arguments, _plan_made_again)

    return hosted(function, called, ndim=2, err_to_str=True)


def _plan_made_again() -> None:
    """Make the plan of the calling workbook again, from the tables that its own formula names.

    Does nothing where the workbook has no cell of that name, or cannot be asked.
    """
    import xlwings as xw

    try:
        tables = tables_of_plan(xw.Book.caller())
    # Whatever Excel answers over COM: a cell in error must say so itself, and not this attempt.
    except Exception as fault:
        log.warning("the plan's tables cannot be read: %s", type(fault).__name__)
        return
    if tables:
        plan_of(tables)


def _pressed(button: Button) -> Callable[..., Any]:
    import xlwings as xw

    def pressed(*arguments: Any) -> str:
        try:
            return button.press(xw.Book.caller(), *arguments)
        except InputProblem as problem:
            raise xw.XlwingsError(str(problem)) from None

    pressed.__name__ = pressed.__qualname__ = button.name
    pressed.__doc__ = button.press.__doc__
    pressed.__annotations__ = {}
    parameters = [
        inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in button.takes
    ]
    pressed.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    declared: Callable[..., Any] = xw.script(pressed)
    return declared


globals().update({id: _called(function) for id, function in functions().items()})
globals().update({name: _pressed(button) for name, button in BUTTONS.items()})
