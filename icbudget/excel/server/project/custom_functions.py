"""What xlwings Server serves as custom functions: every function of the registry.

Arguments are passed raw: xlwings' own conversion of a plan's tables takes far longer than the
plan's whole projection. Each call runs in a thread, so that a long one does not keep others from
their answers, when its plan has its turn, and for the person who signed in, whose plans it finds
and nobody else's.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from icbudget.excel.all_functions import functions
from icbudget.excel.plan_handles import WITHOUT_STEPS
from icbudget.excel.plan_store import person
from icbudget.excel.server.turns import Turns
from icbudget.excel.worksheet_function import Function, Rows
from icbudget.excel.xlwings_function import answered, hosted

_TURNS = Turns()
sys.modules.setdefault("pyodide", None)  # type: ignore[arg-type]
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
        plan = _plan_in(arguments[0]) if takes_plan and arguments else ""
        rows = await _TURNS.have(plan, partial(answered_for, str(user.id), arguments))
        made = "" if takes_plan else _plan_in(rows)
        if made:
            _TURNS.at_hand(made)
        return rows

    return hosted(function, called, {"user": CurrentUser}, convert="raw")


def _plan_in(cells: Any) -> str:
    """Return the plan that a cell holds, without what is laid over it; blank if it holds none."""
    cell = cells[0][0] if isinstance(cells, list) and isinstance(cells[0], list) else cells
    return cell[:WITHOUT_STEPS] if isinstance(cell, str) and cell.startswith("plan ") else ""


globals().update({id: _called(function) for id, function in functions().items()})
