"""The buttons as xlwings scripts; an xlwings that serves Office.js gives them the workbook, and takes what they write.

Only the sheets named here are sent to the server.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import xlwings as xw

from icbudget.excel import buttons
from icbudget.excel.coerce import InputProblem
from icbudget.excel.workbook_tables import INPUT_SHEETS
from icbudget.workbook import layout

ANSWERS = tuple(layout.ANSWER_SHEETS.values())


def _script(press: Callable[[Any], str], label: str, sheets: tuple[str, ...]) -> Callable[..., Any]:
    def pressed(book: xw.Book) -> None:
        try:
            press(book)
        except InputProblem as problem:
            raise xw.XlwingsError(str(problem)) from None

    pressed.__name__ = pressed.__qualname__ = press.__name__
    pressed.__doc__ = press.__doc__
    pressed.__annotations__ = {"book": xw.Book}
    declared: Callable[..., Any] = xw.script(name=label, include=list(sheets))(pressed)
    return declared


_SHEETS = {"check": (*INPUT_SHEETS, buttons.CHECK_SHEET), "run_and_freeze": (*INPUT_SHEETS, *ANSWERS)}
"""The sheets that each button needs."""
SCRIPTS: dict[str, Callable[..., Any]] = {
    name: _script(press, buttons.CAPTIONS[name], _SHEETS[name]) for name, press in buttons.BUTTONS.items()
}
"""Every script that a host may call, by its name."""
