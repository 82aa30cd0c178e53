"""The macro workbook of the classic host, made on the user's own machine.

The VBA project is that of the xlwings installed here (BSD-3), so its version is the one that Excel
will meet; icbudget adds one module of its own, written here: a wrapper for every function of the
registry and a macro for every button. Nobody else's VBA is in icbudget. The module is added as
source; Excel compiles it when the workbook is opened, which nothing here can show.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from icbudget import tasks
from icbudget.excel.all_functions import functions
from icbudget.excel.buttons import BUTTONS, button_macros
from icbudget.excel.worksheet_function import Function
from icbudget.plan import Plan
from icbudget.plan.modules import PURPOSES
from icbudget.workbook import layout
from icbudget.workbook.reading.user_sheets import UserContent
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
_PROMPTS = {
    "scenario": "Name of the scenario that keeps what is tried; blank: go to the sheet What-if.",
    "reason": "Why? A committee reads it.",
    "names": "Modules or sheets to add, separated by commas. Modules: "
    + "; ".join(f"{name}: {purpose}" for name, purpose in PURPOSES.items()),
}
"""What a person is asked for, at most 1,024 characters each."""
_OPENED = (
    "Public Sub Auto_Open()",
    "    On Error Resume Next",
    f'    ThisWorkbook.Names("{layout.PLAN}").RefersToRange.Dirty',
    "End Sub",
    "",
)
"""On opening one cell is worked out again, so that the plan is kept before anything asks for it."""
_WIDTH = 8
"""Arguments on one line: VBA takes at most 1,023 characters in a line, and 24 lines in one
statement.
"""


def build(
    out: Path,
    plan: Plan | None = None,
    *,
    own: UserContent | None = None,
    overwrite: bool = False,
) -> Path:
    """Return the path of a macro workbook written from a plan, blank without one.

    Its answers are stored in it; `own`, what people added to the plan's workbook, is carried over.
    Raises `ValueError` for another ending than .xlsm, and see `macros`.
    """
    if out.suffix.casefold() != ".xlsm":
        raise ValueError(f"{out.name}: a workbook with macros ends in .xlsm")
    return tasks.template(out, plan, macros=macros(), own=own, overwrite=overwrite)


def macros() -> Macros:
    """Return what the macro workbook holds.

    Raises `ValueError` where the xlwings or pyOpenVBA installed here do not serve.
    """
    return Macros(project(source(functions().values())), SETTINGS, button_macros())


def project(module: str) -> bytes:
    """Return xlwings' own VBA project with our module in it, and without its example."""
    import xlwings

    try:
        from pyopenvba import ExcelFile
    except ModuleNotFoundError:
        raise ValueError(
            "pyOpenVBA is not installed. In icbudget's folder: pip install '.[classic]'"
        ) from None
    starter = Path(xlwings.__file__).parent / "quickstart_standalone.xlsm"
    if not starter.is_file():
        raise ValueError(
            f"xlwings {xlwings.__version__} has no VBA project to take. Install xlwings 0.37."
        )
    # The library writes files only.
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made.xlsm"
        with ExcelFile(starter) as book:
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
        lines += _repeating(function) if function.repeats else _plain(function)
    for button in BUTTONS.values():
        chosen = ", ".join("chosen" if name == "other" else name for name in button.takes)
        called = (
            f'XLPy.CallUDF("{HOST}", "{button.name}", Array({chosen}), ThisWorkbook,'
            " Application.Caller)"
        )
        lines += [
            f"Public Sub icbudget_{button.name}()",
            *chain.from_iterable(_asked(name, button.caption) for name in button.takes),
            "    On Error GoTo failed",
            f'    MsgBox {called}, vbInformation, "{button.caption}"',
            "    Exit Sub",
            "failed:",
            f'    MsgBox Err.Description, vbExclamation, "{button.caption}"',
            "End Sub",
            "",
        ]
    return "\n".join((*lines, *_OPENED))


def _asked(name: str, caption: str) -> Iterable[str]:
    """Yield the VBA that asks for what a button is given: a file, or words."""
    if name == "other":
        yield from _CHOOSE
        return
    prompt = _PROMPTS[name].replace('"', '""')
    yield f"    Dim {name} As String"
    asked = f'{name} = InputBox("{prompt}", "{caption}")'
    # Why is asked only where something is kept.
    yield f"    If Len(scenario) > 0 Then {asked}" if name == "reason" else f"    {asked}"


def _plain(function: Function) -> list[str]:
    """Return the VBA of a function whose arguments are passed as they come: ranges as objects."""
    names = [a.name for a in function.arguments]
    declared = [f"Optional {a.name}" if a.optional else a.name for a in function.arguments]
    return [
        f"Public Function {function.id}({_listed(declared)})",
        "    On Error GoTo failed",
        f'    {function.id} = XLPy.CallUDF("{HOST}", "{function.id}", Array({_listed(names)}), _',
        *_ended(function),
    ]


def _repeating(function: Function) -> list[str]:
    """Return the VBA of a function whose last argument repeats.

    Arguments are put into one list by `Set` where they are objects: copied with `=` a range would
    arrive as its values, its dates and currency in other types.
    """
    *fixed, last = (a.name for a in function.arguments)
    copies = [_copied(f"given({at})", name) for at, name in enumerate(fixed)]
    number = f"{len(fixed)} + at" if fixed else "at"
    return [
        f"Public Function {function.id}({', '.join([*fixed, f'ParamArray {last}()'])})",
        "    Dim given() As Variant, at As Long",
        "    On Error GoTo failed",
        f"    ReDim given(0 To {len(fixed)} + UBound({last}))",
        *(f"    {copy}" for copy in copies),
        f"    For at = 0 To UBound({last})",
        f"        {_copied(f'given({number})', f'{last}(at)')}",
        "    Next",
        f'    {function.id} = XLPy.CallUDF("{HOST}", "{function.id}", given, _',
        *_ended(function),
    ]


def _copied(to: str, source: str) -> str:
    return f"If IsObject({source}) Then Set {to} = {source} Else {to} = {source}"


def _ended(function: Function) -> tuple[str, ...]:
    return (
        "        ThisWorkbook, Application.Caller)",
        "    Exit Function",
        "failed:",
        f"    {function.id} = CVErr(xlErrValue)",
        "End Function",
        "",
    )


def _listed(names: list[str]) -> str:
    lines = [", ".join(names[at : at + _WIDTH]) for at in range(0, len(names), _WIDTH)]
    return ", _\n        ".join(lines)
