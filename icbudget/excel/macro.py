"""The macro workbook of the classic host, made on the user's own machine.

The VBA project is that of the xlwings installed here (BSD-3), so its version is the one that Excel
will meet; icbudget adds one module of its own, written here: a wrapper for every function of the
registry and a macro for every button. Nobody else's VBA is in icbudget. The module is added as
source; Excel compiles it when the workbook is opened, which nothing here can show.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from icbudget import tasks
from icbudget.excel.buttons import BUTTONS
from icbudget.excel.registry import functions
from icbudget.excel.worksheet_function import Function
from icbudget.plan import Plan
from icbudget.workbook.writing.macro_workbook import Macros

MODULE = "icbudget"
HOST = "icbudget.excel.classic"
PYTHON = "ICBUDGET_PYTHON"
"""Environment variable that holds the Python which Excel starts."""
SETTINGS = (
    ("INTERPRETER_WIN", f"%{PYTHON}%"),
    ("UDF MODULES", HOST),
    ("ADD_WORKBOOK_TO_PYTHONPATH", "false"),
    ("PYTHONPATH", ""),
    ("CONDA PATH", ""),
    ("CONDA ENV", ""),
    ("LICENSE_KEY", ""),
    ("DEBUG UDFS", "False"),
    ("SHOW CONSOLE", "False"),
)
"""What xlwings reads from the workbook before any file: no folder of a workbook and no file beside
it says which Python runs.
"""
_CHOOSE = (
    "    Dim chosen As Variant",
    (
        '    chosen = Application.GetOpenFilename("Plans,*.xlsx;*.xlsm;*.yaml;*.yml;*.json", , "The'
        ' other plan")'
    ),
    "    If VarType(chosen) = vbBoolean Then Exit Sub",
)
"""A person chooses a file; it is never opened in Excel."""
_WIDTH = 8
"""Arguments on one line: VBA takes at most 1,023 characters in a line, and 24 lines in one
statement.
"""


def build(out: Path, plan: Plan | None = None, *, overwrite: bool = False) -> Path:
    """Return the path of a macro workbook written from a plan, blank without one; its answers are
    stored in it.

    Raises `ValueError` for another ending than .xlsm, and see `macros`.
    """
    if out.suffix.casefold() != ".xlsm":
        raise ValueError(f"{out.name}: a workbook with macros ends in .xlsm")
    return tasks.template(out, plan, macros=macros(), overwrite=overwrite)


def macros() -> Macros:
    """Return what the macro workbook holds. Raises `ValueError` where the xlwings or pyOpenVBA
    installed here do not serve.
    """
    buttons = tuple((button.caption, f"icbudget_{name}") for name, button in BUTTONS.items())
    return Macros(project(source(functions().values())), SETTINGS, buttons)


def project(module: str) -> bytes:
    """Return xlwings' own VBA project with our module in it, and without its example."""
    import xlwings

    try:
        from pyopenvba import ExcelFile
    except ModuleNotFoundError:
        raise ValueError(
            "pyOpenVBA is not installed. In icbudget's folder: pip install '.[classic]'"
        ) from None
    given = Path(xlwings.__file__).parent / "quickstart_standalone.xlsm"
    if not given.is_file():
        raise ValueError(
            f"xlwings {xlwings.__version__} has no VBA project to take. Install xlwings 0.37."
        )
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made.xlsm"
        with ExcelFile(given) as book:
            book.vba_project().delete_module("Module1")
            book.vba_project().add_module(MODULE, module)
            book.save(made)
        with ExcelFile(made) as book:
            return bytes(book.vba_project_bytes())


def source(declared: Iterable[Function]) -> str:
    """Return the VBA of our module.

    A function that cannot answer gives `#VALUE!`, never a text that a total would pass over; Checks
    says why.
    """
    lines = [f'Attribute VB_Name = "{MODULE}"', "Option Explicit", ""]
    for function in declared:
        given = [a.name for a in function.arguments]
        told = [f"Optional {a.name}" if a.optional else a.name for a in function.arguments]
        lines += [
            f"Public Function {function.id}({_listed(told)})",
            "    On Error GoTo failed",
            (
                f'    {function.id} = XLPy.CallUDF("{HOST}", "{function.id}",'
                f" Array({_listed(given)}), _"
            ),
            "        ThisWorkbook, Application.Caller)",
            "    Exit Function",
            "failed:",
            f"    {function.id} = CVErr(xlErrValue)",
            "End Function",
            "",
        ]
    for button in BUTTONS.values():
        chosen = ", ".join("chosen" for _ in button.takes)
        called = (
            f'XLPy.CallUDF("{HOST}", "{button.name}", Array({chosen}), ThisWorkbook,'
            " Application.Caller)"
        )
        lines += [
            f"Public Sub icbudget_{button.name}()",
            *(_CHOOSE if button.takes else ()),
            "    On Error GoTo failed",
            f'    MsgBox {called}, vbInformation, "{button.caption}"',
            "    Exit Sub",
            "failed:",
            f'    MsgBox Err.Description, vbExclamation, "{button.caption}"',
            "End Sub",
            "",
        ]
    return "\n".join(lines)


def _listed(names: list[str]) -> str:
    lines = [", ".join(names[at : at + _WIDTH]) for at in range(0, len(names), _WIDTH)]
    return ", _\n        ".join(lines)
