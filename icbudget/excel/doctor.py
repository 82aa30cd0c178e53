"""What a machine lacks for the macro workbook, and how to fix it.

Findings have a fixed id, so that a help desk can look one up. What cannot be known from outside
Excel is not claimed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from icbudget.excel.all_functions import functions
from icbudget.excel.macro import MODULE, PYTHON, SETTINGS, source
from icbudget.findings import Finding, Place, error, note, warning
from icbudget.workbook import layout

Registry = Callable[[str, str], int | None]
# 16.0 is every Excel since 2016, Microsoft 365 among them.
_OFFICE = r"Software\{}Microsoft\Office\16.0\Excel\Security"
_DISABLED_WITHOUT_WORD, _SIGNED_ONLY, _ALL_DISABLED = 4, 3, 2
"""Values of Excel's policy VBAWarnings: source Microsoft, Office administrative templates."""


def _no_registry(path: str, name: str) -> int | None:
    return None


@dataclass(frozen=True, slots=True)
class Machine:
    """What is asked of a machine.

    `registry` gives a number of the current user's or machine's Windows registry, or None.
    """

    windows: bool
    python: tuple[int, int]
    executable: Path
    prefix: Path
    environment: Mapping[str, str]
    xlwings: str
    has_pywin32: bool
    registry: Registry = field(default=_no_registry)


def this_machine() -> Machine:
    """Return this machine."""
    import xlwings

    windows = sys.platform == "win32"
    return Machine(
        windows,
        (sys.version_info[0], sys.version_info[1]),
        Path(sys.executable),
        Path(sys.prefix),
        os.environ,
        xlwings.__version__,
        find_spec("pythoncom") is not None,
        _registry if windows else _no_registry,
    )


def diagnose(machine: Machine, workbook: Path | None = None) -> list[Finding]:
    """Return everything that keeps the macro workbook from working on a machine.

    Also what keeps a workbook from it, if one is named.
    """
    findings = [*_python(machine), *_xlwings(machine), *_policy(machine)]
    return findings + (_workbook(machine, workbook) if workbook else [])


def connect(machine: Machine) -> list[str]:
    """Set what the user may set: the Python that Excel starts. Returns what was done, for a person.

    Only the user's own environment is changed, and only that one variable.
    """
    wanted = str(_without_window(machine.executable))
    if machine.environment.get(PYTHON) == wanted:
        return [f"{PYTHON} is already {wanted}."]
    if not machine.windows:
        raise ValueError(
            "Only Windows has Excel with macros and Python; here there is nothing to set."
        )
    subprocess.run(["setx", PYTHON, wanted], check=True, capture_output=True)
    return [
        f"Set {PYTHON} to {wanted} for you. Close every Excel window and open the workbook again."
    ]


def _python(machine: Machine) -> list[Finding]:
    if not machine.windows:
        message = "Excel reaches a local Python on Windows only; this is another system."
        return [
            error(
                "excel.not-windows",
                message,
                "Use the workbook of the server: icbudget template --host office.",
            )
        ]
    findings: list[Finding] = []
    if machine.python < (3, 11):
        message = f"Python {machine.python[0]}.{machine.python[1]} is too old."
        findings.append(
            error("excel.python-old", message, "Install Python 3.11 or newer from python.org.")
        )
    chosen = machine.environment.get(PYTHON, "")
    if not chosen:
        fix = "Run icbudget excel doctor --fix, then close every Excel window."
        findings.append(
            error(
                "excel.python-unset",
                f"Excel is not told which Python to start: {PYTHON} is not set.",
                fix,
            )
        )
    elif not Path(chosen).is_file():
        fix = "Run icbudget excel doctor --fix with the Python that has icbudget."
        findings.append(
            error("excel.python-gone", f"{PYTHON} names {chosen}, which is not there.", fix)
        )
    elif Path(chosen).parent.resolve() != machine.executable.parent.resolve():
        message = f"{PYTHON} names {chosen}, another Python than the one that runs this command."
        findings.append(
            warning(
                "excel.python-other",
                message,
                "Run icbudget excel doctor --fix if this one is the right one.",
            )
        )
    return findings


def _xlwings(machine: Machine) -> list[Finding]:
    if not machine.windows:
        return []
    findings: list[Finding] = []
    if not machine.has_pywin32:
        message = "pywin32 is not installed, so xlwings cannot reach Excel."
        findings.append(
            error(
                "excel.pywin32-absent", message, f"Run {machine.executable} -m pip install pywin32."
            )
        )
    library = f"xlwings64-{machine.xlwings}.dll"
    if not any(
        (folder / library).is_file()
        for folder in (machine.prefix, machine.prefix / "Library" / "bin")
    ):
        message = f"{library} is not in {machine.prefix}; the workbook's VBA loads it from there."
        fix = (
            f"Run {machine.executable} -m pip install --force-reinstall --no-deps"
            f" xlwings=={machine.xlwings}."
        )
        findings.append(error("excel.library-absent", message, fix))
    return findings


def _policy(machine: Machine) -> list[Finding]:
    findings: list[Finding] = []
    # A policy of the organisation goes before the user's own setting.
    asked = ("Policies\\", "")
    levels = [machine.registry(_OFFICE.format(part), "VBAWarnings") for part in asked]
    level = next((level for level in levels if level is not None), None)
    ask = (
        "Ask your IT service to allow macros for a folder of yours (Trusted Locations), or use the"
        " workbook of the server."
    )
    if level in (_DISABLED_WITHOUT_WORD, _SIGNED_ONLY):
        kind = "macros that are not signed"
        if level == _DISABLED_WITHOUT_WORD:
            kind = "every macro without a word"
        findings.append(error("excel.macros-disabled", f"Excel is set to refuse {kind}.", ask))
    elif level == _ALL_DISABLED:
        findings.append(
            note(
                "excel.macros-asked",
                "Excel asks before it runs macros.",
                "Press Enable Content when the workbook opens.",
            )
        )
    if machine.registry(_OFFICE.format(asked[0]), "blockcontentexecutionfrominternet"):
        message = (
            "Your organisation blocks the macros of files that come by e-mail or from the internet."
        )
        findings.append(
            warning(
                "excel.internet-macros-blocked",
                message,
                "Build the workbook on this machine; do not send it by e-mail.",
            )
        )
    return findings


def _workbook(machine: Machine, path: Path) -> list[Finding]:
    place = Place(workbook=path.name)
    if not path.is_file():
        message = f"There is no file {path.name}."
        fix = "Check the name and the folder."
        return [error("excel.workbook-missing", message, fix, place)]
    findings: list[Finding] = []
    # Windows keeps where a file came from in a second stream of the file.
    if machine.windows and Path(f"{path}:Zone.Identifier").exists():
        message = "Windows marks the file as coming from elsewhere, so Excel blocks its macros."
        fix = "Tick Unblock in the properties of the file, or build it on this machine."
        findings.append(error("excel.workbook-blocked", message, fix, place))
    modules = _modules(path)
    if MODULE not in modules or "xlwings" not in modules:
        message = "The workbook does not hold the macros of icbudget."
        return [*findings, error("excel.workbook-without-macros", message, _AGAIN, place)]
    return [*findings, *_of_modules(machine, modules, place), *_of_settings(path, place)]


_AGAIN = "Make it again: icbudget excel build."


def _of_modules(machine: Machine, modules: Mapping[str, str], place: Place) -> list[Finding]:
    """Return what is wrong with the VBA of a workbook: another xlwings, other functions."""
    findings: list[Finding] = []
    version = re.search(r"^'Version: (\S+)", modules["xlwings"], re.MULTILINE)
    if version is None or version[1] != machine.xlwings:
        its_version = version[1] if version else "unknown"
        message = (
            f"The workbook's macros are those of xlwings {its_version}; {machine.xlwings} is"
            " installed."
        )
        findings.append(error("excel.version-differs", message, _AGAIN, place))
    if modules[MODULE].splitlines() != source(functions().values()).splitlines():
        message = "The workbook's functions are not those of this version of icbudget."
        findings.append(warning("excel.functions-differ", message, _AGAIN, place))
    return findings


def _of_settings(path: Path, place: Place) -> list[Finding]:
    settings = _settings(path)
    wrong = [name for name, value in SETTINGS if settings.get(name, "") != value]
    if not wrong:
        return []
    message = (
        f"The sheet xlwings.conf was changed: {', '.join(wrong)}. It decides which program"
        " Excel starts."
    )
    return [error("excel.settings-changed", message, _AGAIN, place)]


def _modules(path: Path) -> dict[str, str]:
    try:
        from pyopenvba import ExcelFile, PyOpenVBAError
    except ModuleNotFoundError:
        raise ValueError(
            "pyOpenVBA is not installed. In icbudget's folder: pip install '.[classic]'"
        ) from None
    try:
        with ExcelFile(path) as book:
            return {name: book.get_module(name) for name in book.module_names()}
    except (PyOpenVBAError, ValueError, KeyError, OSError):
        return {}


def _settings(path: Path) -> dict[str, str]:
    from icbudget.workbook.reading.sheet_cells import read_cells

    sheets, _ = read_cells(path)
    sheet = (sheets or {}).get(layout.XLWINGS_SETTINGS)
    if sheet is None:
        return {}
    return {str(sheet.value(row, 1)): str(sheet.value(row, 2) or "") for row in sheet.rows}


def _without_window(executable: Path) -> Path:
    # pythonw opens no black window beside Excel.
    silent = executable.with_name("pythonw.exe")
    return silent if silent.is_file() else executable


def _registry(path: str, name: str) -> int | None:
    import winreg

    for root in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE):  # type: ignore[attr-defined, unused-ignore]
        try:
            with winreg.OpenKey(root, path) as key:  # type: ignore[attr-defined, unused-ignore]
                value, _ = winreg.QueryValueEx(key, name)  # type: ignore[attr-defined, unused-ignore]
                return int(value)
        except (OSError, ValueError):
            continue
    return None


WHY_IT_MATTERS = {
    "excel.functions-differ": (
        "A formula may be worked out by a function of another version, so a cell may differ"
        " from the report of the same plan."
    ),
    "excel.internet-macros-blocked": (
        "Functions in cells give no answer while the macros are blocked, and old values stay as"
        " they are."
    ),
    "excel.library-absent": "Excel cannot start Python without it, so no cell is worked out.",
    "excel.macros-asked": (
        "Until somebody presses the button every function cell keeps its last value, however"
        " the inputs change."
    ),
    "excel.macros-disabled": (
        "No function can answer, so the workbook shows its last values whatever is typed."
    ),
    "excel.not-windows": (
        "On this system Excel cannot reach Python itself. The workbook of the server works here."
    ),
    "excel.python-gone": "Excel starts a program that is not there, so every function cell fails.",
    "excel.python-old": "icbudget does not run on it, so no cell is worked out.",
    "excel.python-other": (
        "Cells may be worked out by another version of icbudget than the command line uses, and"
        " two answers of one plan may differ."
    ),
    "excel.python-unset": "Excel does not know what to start, so no function cell is worked out.",
    "excel.pywin32-absent": (
        "Without it Excel and Python cannot speak to each other, so no function cell is worked out."
    ),
    "excel.settings-changed": (
        "Opening the workbook could run something else on this machine than icbudget."
    ),
    "excel.version-differs": (
        "The two halves of xlwings do not fit together, and cells may fail or hang."
    ),
    "excel.workbook-blocked": (
        "Windows keeps the macros from running, so the workbook shows its last values only."
    ),
    "excel.workbook-missing": "There is nothing to look at: the name or the folder is wrong.",
    "excel.workbook-without-macros": (
        "Function cells in it cannot be worked out; they keep what was stored."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
