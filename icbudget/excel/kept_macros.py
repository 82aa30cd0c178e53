"""The macros of a workbook, as they are carried into another that is written from it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

from icbudget.workbook import layout
from icbudget.workbook.reading.sheet_cells import read_cells
from icbudget.workbook.writing.macro_workbook import Macros

_PROJECT = "xl/vbaProject.bin"
MOST_BYTES = 20_000_000
"""Bytes of a VBA project that is carried over: ours has some 100,000, with macros of a person's own
more.
"""


def macros_of(path: Path, buttons: Iterable[tuple[str, str]]) -> Macros | None:
    """Return a workbook's own VBA project and its settings; None where it has no project.

    It has whatever a person added to it. `buttons`: captions and macros of the buttons to put on
    Start.
    """
    with zipfile.ZipFile(path) as packed:
        if _PROJECT not in packed.namelist():
            return None
        if packed.getinfo(_PROJECT).file_size > MOST_BYTES:
            return None
        project = packed.read(_PROJECT)
    sheets, _ = read_cells(path)
    sheet = (sheets or {}).get(layout.XLWINGS_SETTINGS)
    settings: list[tuple[str, str]] = []
    row = 1
    while sheet is not None and isinstance(name := sheet.value(row, 1), str):
        settings.append((name, str(sheet.value(row, 2) or "")))
        row += 1
    return Macros(project, tuple(settings), tuple(buttons))
