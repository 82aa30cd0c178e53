"""Every `ICB_*` function, declared once."""

from __future__ import annotations

from icbudget.excel.plain_functions import SMALL_FUNCTIONS
from icbudget.excel.plan_functions import PLAN_FUNCTIONS
from icbudget.excel.worksheet_function import Function


def functions() -> dict[str, Function]:
    """Return every function by its id: the small ones first, then those about plans."""
    return {function.id: function for function in (*SMALL_FUNCTIONS, *PLAN_FUNCTIONS)}
