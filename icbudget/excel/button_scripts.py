"""The buttons as xlwings scripts.

An xlwings that serves Office.js gives them the workbook, and takes what they write.

Only the sheets that a button names are sent to the server. A file that a button takes is sent as
its ending and its content in Base64; it is kept in a folder of its own while it is read, and gone
when the answer is.
"""

from __future__ import annotations

import base64
import binascii
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import xlwings as xw

from icbudget.excel.buttons import BUTTONS, Button
from icbudget.excel.coerce import InputProblem
from icbudget.excel.plan_store import person
from icbudget.tasks.load_and_check import TEXTS, WORKBOOKS

_ENDINGS = (*WORKBOOKS, *TEXTS)


def _script(button: Button) -> Callable[..., Any]:
    from xlwings_server.models import CurrentUser

    def pressed(book: xw.Book, *, user: Any) -> None:
        with person(str(user.id)):
            _with_message(lambda: button.press(book))

    def pressed_with_file(book: xw.Book, ending: str, content: str, *, user: Any) -> None:
        with person(str(user.id)), tempfile.TemporaryDirectory() as folder:
            _with_message(lambda: button.press(book, str(_file(Path(folder), ending, content))))

    call: Callable[..., Any] = pressed_with_file if button.takes else pressed
    call.__name__ = call.__qualname__ = button.name
    call.__doc__ = button.press.__doc__
    files = {"ending": str, "content": str} if button.takes else {}
    call.__annotations__ = {"book": xw.Book, **files, "user": CurrentUser}
    declared: Callable[..., Any] = xw.script(name=button.caption, include=list(button.sheets))(call)
    return declared


def _with_message(press: Callable[[], str]) -> None:
    try:
        press()
    except InputProblem as problem:
        raise xw.XlwingsError(str(problem)) from None


def _file(folder: Path, ending: str, content: str) -> Path:
    if f".{ending.lower()}" not in _ENDINGS:
        raise xw.XlwingsError(f"A plan ends in {', '.join(_ENDINGS)}.")
    path = folder / f"plan.{ending.lower()}"
    try:
        path.write_bytes(base64.b64decode(content, validate=True))
    except (binascii.Error, ValueError):
        raise xw.XlwingsError("The file did not arrive whole. Choose it again.") from None
    return path


SCRIPTS: dict[str, Callable[..., Any]] = {
    name: _script(button) for name, button in BUTTONS.items() if button.sheets
}
"""Every script that a host may call, by its name; what writes files beside the workbook is for a
host on the same machine.
"""
