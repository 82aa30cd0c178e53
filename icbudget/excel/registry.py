"""Every `ICB_*` function, declared once."""

from __future__ import annotations

from icbudget.excel.answers import ANSWER_FUNCTIONS
from icbudget.excel.function import Function
from icbudget.excel.small import SMALL_FUNCTIONS


def functions() -> dict[str, Function]:
    """Return every function by its id: the small ones first, then the answers about a plan."""
    return {function.id: function for function in (*SMALL_FUNCTIONS, *ANSWER_FUNCTIONS)}
