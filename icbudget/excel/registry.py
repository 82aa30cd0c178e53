"""Every `ICB_*` function, declared once."""

from __future__ import annotations

from icbudget.excel.answer_functions import ANSWER_FUNCTIONS
from icbudget.excel.plain_functions import SMALL_FUNCTIONS
from icbudget.excel.worksheet_function import Function


def functions() -> dict[str, Function]:
    """Return every function by its id: the small ones first, then the answers about a plan."""
    return {function.id: function for function in (*SMALL_FUNCTIONS, *ANSWER_FUNCTIONS)}
