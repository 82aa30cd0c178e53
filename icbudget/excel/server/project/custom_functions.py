"""What xlwings Server serves as custom functions: every function of the registry.

Arguments are passed raw: xlwings' own conversion of a plan's tables takes far longer than the
plan's whole projection. Each call runs in a thread, so that a long one does not keep others from
their answers, when its plan has its turn, and for the person who signed in, whose plans it finds
and nobody else's.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any

import xlwings as xw

from icbudget.excel.all_functions import functions
from icbudget.excel.plan_handles import plan_in
from icbudget.excel.plan_store import person
from icbudget.excel.server.turns import Turns
from icbudget.excel.server.web_app import homes
from icbudget.excel.server.xlwings_application import ToPlainCells
from icbudget.excel.worksheet_function import Function, Rows
from icbudget.excel.xlwings_function import answered, hosted

_TURNS = Turns()
sys.modules.setdefault("pyodide.ffi", None)  # type: ignore[arg-type]
"""xlwings asks for it anew for every argument of every call; where it is not, this answers at once
instead of a search.
"""


def _called(function: Function) -> Callable[..., Any]:
    from xlwings_server.models import CurrentUser

    def answered_for(user: str, arguments: tuple[Any, ...]) -> Rows:
        with person(user):
            return answered(function, arguments)

    takes_plan = function.arguments[0].name == "plan"

    async def called(*arguments: Any, user: Any) -> Any:
        plan = plan_in(arguments[0]) if takes_plan and arguments else ""
        others = homes()
        with nullcontext() if others is None else others.call_in_hand():
            rows = await _TURNS.have(plan, partial(answered_for, str(user.id), arguments))
        made = "" if takes_plan else plan_in(rows)
        if made:
            _TURNS.at_hand(made)
            if others is not None:
                others.settle(made)
        return rows

    declared = hosted(function, called, {"user": CurrentUser}, convert="raw")
    with_plain_cells: Callable[..., Any] = xw.ret(convert=ToPlainCells)(declared)
    return with_plain_cells


globals().update({id: _called(function) for id, function in functions().items()})
