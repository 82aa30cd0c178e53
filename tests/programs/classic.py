"""A fake of pywin32 and of the few Excel objects it reaches, so that xlwings' own code for Windows
runs anywhere.

    with FakeCom("icbudget.excel.classic") as com:
        com.call("ICB_SPLIT", FakeRange([[100.0]]), FakeRange([[1.0], [2.0]]))

Real: everything of xlwings that Excel's VBA reaches, `XLPython.CallUDF`, `call_udf`, `import_udfs`,
its decorators and its conversion of arguments and results. Fake: the modules of pywin32, and a
range, workbook and application that answer only what that code asks. So nothing is shown of COM
marshalling (what Excel puts into a VARIANT, threads, apartments), of the DLL that VBA loads, of VBA
itself, or of Excel.
"""

from __future__ import annotations

import ctypes
import importlib
import sys
from collections.abc import Sequence
from types import ModuleType, SimpleNamespace, TracebackType
from typing import Any, Self

MISSING = -2147352572
"""What VBA passes for an argument left out (DISP_E_PARAMNOTFOUND)."""
ERRORS = {
    "#DIV/0!": -2146826281,
    "#N/A": -2146826246,
    "#REF!": -2146826265,
    "#VALUE!": -2146826273,
    "#SPILL!": -2146826243,
}
"""What a cell in error gives as its value."""
RANGE_IID = "{00020846-0000-0000-C000-000000000046}"
_MODULES = (
    *(
        "pythoncom",
        "pywintypes",
        "win32api",
        "win32con",
        "win32event",
        "win32gui",
        "win32process",
        "win32timezone",
    ),
    *(
        "win32com",
        "win32com.client",
        "win32com.server",
        "win32com.server.dispatcher",
        "win32com.server.policy",
    ),
    "win32com.server.util",
)
_XLWINGS = ("xlwings.udfs", "xlwings.com_server", "xlwings._xlwindows", "xlwings._win32patch")


class FakeComError(Exception):
    """Stands for pywin32's `com_error`."""


class FakeModule(ModuleType):
    """A module of pywin32 in which every name that is not set is an empty class."""

    __path__: Sequence[str] = ()
    __file__ = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        setattr(self, name, type(name, (), {}))
        return getattr(self, name)


class FakeRange:
    """A range of cells: rows of values as Excel gives them; one cell alone gives its bare value."""

    def __init__(self, rows: Sequence[Sequence[Any]]) -> None:
        cells = tuple(tuple(ERRORS.get(cell, cell) for cell in row) for row in rows)
        self.Value = cells if len(cells) > 1 or len(cells[0]) > 1 else cells[0][0]
        kind = SimpleNamespace(GetTypeAttr=lambda: SimpleNamespace(iid=RANGE_IID))
        self._oleobj_ = SimpleNamespace(GetTypeInfo=lambda: kind)
        self.Row = self.Column = 1
        self.Rows, self.Columns = (
            SimpleNamespace(Count=len(cells)),
            SimpleNamespace(Count=len(cells[0])),
        )
        self.Worksheet = SimpleNamespace(
            Parent=SimpleNamespace(Application=SimpleNamespace(Hwnd=1))
        )


class FakeWorkbook:
    """A workbook that takes in a VBA module and remembers it, and the descriptions of its
    functions.
    """

    def __init__(self) -> None:
        self.Name, self.Worksheets, self.module, self.described = "classic.xlsm", (), "", {}
        self.VBProject = SimpleNamespace(VBComponents=self)
        self.Application = SimpleNamespace(Version="16.0", MacroOptions=self._describe)

    def __call__(self, name: str) -> str:
        return name

    def Remove(self, name: str) -> None:
        raise FakeComError(f"there is no {name} yet")

    def Import(self, path: str) -> None:
        with open(path, encoding="locale") as text:  # noqa: PTH123 (xlwings writes it in the locale's encoding)
            self.module = text.read()

    def _describe(self, name: str, **told: Any) -> None:
        self.described[name.rsplit("!", 1)[1]] = told


class FakeCom:
    """While open, xlwings believes that it is on Windows; `module` is imported anew under it and
    forgotten after it.
    """

    def __init__(self, module: str) -> None:
        self.module = module

    def __enter__(self) -> Self:
        self._xlwings = importlib.import_module("xlwings")
        self._modules = {
            name: sys.modules.pop(name, None) for name in (*_MODULES, *_XLWINGS, self.module)
        }
        self._names = dict(vars(self._xlwings))
        engines = self._xlwings.engines
        self._engines = list(engines.engines), dict(engines.engines_by_name)
        _fake_modules()
        self._windows, self._server, self._udfs = _import_under_fake_dlls()
        engines.add(self._xlwings.Engine(impl=self._windows.engine))
        for name, real in {
            "func": "xlfunc",
            "arg": "xlarg",
            "ret": "xlret",
            "script": "xlsub",
        }.items():
            setattr(self._xlwings, name, getattr(self._udfs, real))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.loop.close()
        for name, module in self._modules.items():
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module
        vars(self._xlwings).clear()
        vars(self._xlwings).update(self._names)
        self._xlwings.engines.engines, self._xlwings.engines.engines_by_name = self._engines

    def call(self, function: str, *arguments: Any) -> Any:
        """Return what VBA is given for a call from a cell: rows of cells, or one value; an
        exception becomes Err.Description.
        """
        return self._server.XLPython().CallUDF(
            self.module, function, arguments, None, FakeRange([[None]])
        )

    def import_functions(self) -> FakeWorkbook:
        """Return a workbook after xlwings' own “Import Functions”: the VBA module and the
        descriptions it set.
        """
        workbook = FakeWorkbook()
        self._udfs.import_udfs(self.module, workbook)
        return workbook


def _fake_modules() -> None:
    fakes = {name: FakeModule(name) for name in _MODULES}
    for name, module in fakes.items():
        package, _, child = name.rpartition(".")
        if package:
            setattr(fakes[package], child, module)
    fakes["pywintypes"].com_error = FakeComError
    fakes["pywintypes"].IID = str
    fakes["pythoncom"].CoInitialize = lambda: None
    fakes["pythoncom"].TypeIIDs = {fakes["pythoncom"].IID_IDispatch: FakeComError}
    fakes["win32process"].GetWindowThreadProcessId = lambda window: (1, 1)
    fakes["win32com.client"].Dispatch = lambda found, **_: found
    sys.modules.update(fakes)


def _import_under_fake_dlls() -> list[ModuleType]:
    """Import xlwings' modules for Windows, which load three DLLs while they are imported."""
    before = {name: getattr(ctypes, name, None) for name in ("windll", "oledll", "PyDLL")}
    ctypes.windll = ctypes.oledll = SimpleNamespace(
        ole32=SimpleNamespace(CLSIDFromString=lambda *_: None)
    )
    ctypes.PyDLL = lambda name: SimpleNamespace(PyCom_PyObjectFromIUnknown=SimpleNamespace())
    try:
        return [
            importlib.import_module(name)
            for name in ("xlwings._xlwindows", "xlwings.com_server", "xlwings.udfs")
        ]
    finally:
        for name, thing in before.items():
            if thing is None:
                delattr(ctypes, name)
            else:
                setattr(ctypes, name, thing)
