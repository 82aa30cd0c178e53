"""Headless LibreOffice Calc with Python functions plugged in as worksheet functions, evaluated in
the test process.

    with Calc({"ICB_SPLIT": split}) as calc:
        document = calc.open(path)
        document.set("Sheet1", "A1", 100)
        assert document.value("Sheet1", "B1") == 50

How it works: the functions become the methods of a UNO interface that this module writes as IDL
text; an add-in object with that interface lives here, its factory is put into the running Calc over
a pipe, and Calc calls back. A function whose result spills says so by a true attribute `spills`;
Calc refuses a range from a function declared to give one value.

What a function is given: a number, text, or a tuple of tuples for a range. TRUE and FALSE arrive as
1.0 and 0.0, a date as its serial number; a blank cell alone as 0.0, inside a range as ''; an
argument left out as None. An error value in an argument never arrives: Calc gives the error on
without a call. An exception becomes #VALUE!. LibreOffice only, and Linux only: what Excel itself
does is not shown by any of this.
"""

from __future__ import annotations

import contextlib
import inspect
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import traceback
import uuid
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from xml.sax.saxutils import escape

from tests.programs.calc_document import AGAIN, Document
from tests.programs.uno_bridge import load_uno, why_not

START_SECONDS = 60
STOP_SECONDS = 10
Worksheet = Callable[..., Any]
_PRINT_TITLES = re.compile(rb'<definedName name="_xlnm\.Print_Titles"[^>]*>[^<]*</definedName>')


def without_print_titles(original: Path, copy: Path) -> None:
    """Write a copy of a workbook whose printed pages repeat no rows and columns: Calc 7.4 lays out
    a sheet's pages twice for each that does, 35 of 40 s for 80 sheets.
    """
    with zipfile.ZipFile(original) as parts, zipfile.ZipFile(copy, "w") as made:
        for part in parts.infolist():
            content = parts.read(part)
            if part.filename == "xl/workbook.xml":
                content = _PRINT_TITLES.sub(b"", content)
            made.writestr(part, content)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a function by Calc: its arguments as Calc gave them, and its result or the
    traceback of its error.
    """

    name: str
    arguments: tuple[Any, ...]
    result: Any = None
    error: str = ""


class Calc:
    """A running Calc that knows `functions`, named as in a cell; `calls` keeps every call in order.

    Calc calculates a changed cell when somebody looks at it, not before.
    """

    def __init__(self, functions: Mapping[str, Worksheet]) -> None:
        missing = why_not()
        if missing:
            raise RuntimeError(missing)
        self.functions = {**functions, AGAIN: self._again}
        self.calls: list[Call] = []
        self._latest: Any = None
        self.folder = Path(tempfile.mkdtemp(prefix="calc-"))
        self._module = f"calc{uuid.uuid4().hex}"
        self._uno, self._unohelper = load_uno()
        self._write_profile()
        self._soffice = self._start()
        try:
            self._context = self._connect()
            self._plug_in()
            self._desktop = self._context.ServiceManager.createInstanceWithContext(
                "com.sun.star.frame.Desktop", self._context
            )
        except BaseException:
            self._stop()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def failures(self) -> list[Call]:
        """Return the calls that ended in an exception."""
        return [call for call in self.calls if call.error]

    def open(
        self, path: Path | str, *, connected: bool = True, plugged: Sequence[str] | None = None
    ) -> Document:
        """Return a private copy of a workbook, opened, its functions plugged in and all of it
        recalculated. Not `connected`, it is opened as where icbudget is not installed. With
        `plugged` only the formulas of those sheets are entered and nothing else is worked out, as
        where a saved workbook is opened and somebody edits a cell there.

        A copy, since a lock file left behind by a Calc that was killed keeps the original from
        opening.
        """
        copy = self.folder / f"{uuid.uuid4().hex}{Path(path).suffix}"
        without_print_titles(Path(path), copy)
        return self._load(copy.as_uri(), str(path), connected=connected, plugged=plugged)

    def new(self) -> Document:
        """Return an empty workbook with one sheet, Sheet1."""
        return self._load("private:factory/scalc", "a new workbook")

    def close(self) -> None:
        """End Calc and delete its profile and copies."""
        with contextlib.suppress(Exception):  # the bridge breaks while Calc goes
            self._desktop.terminate()
        self._stop()

    def _load(
        self,
        url: str,
        told: str,
        *,
        connected: bool = True,
        plugged: Sequence[str] | None = None,
    ) -> Document:
        hidden = self._uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        hidden.Name, hidden.Value = "Hidden", True
        opened = self._desktop.loadComponentFromURL(url, "_blank", 0, (hidden,))
        if opened is None:
            raise RuntimeError(f"Calc would not open {told}")
        programmatic = {
            f"{self._add_in}.{_member(at)}".upper(): name for at, name in enumerate(self.functions)
        }
        return Document(self._uno, opened, programmatic if connected else {}, plugged)

    # Starting and stopping

    def _start(self) -> subprocess.Popen[bytes]:
        profile = (self.folder / "profile").as_uri()
        command = [
            "soffice",
            f"-env:UserInstallation={profile}",
            "--headless",
            "--norestore",
            "--nologo",
            "--nodefault",
        ]
        command.append(f"--accept=pipe,name={self._module};urp")
        quiet = subprocess.DEVNULL
        return subprocess.Popen(
            command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
        )

    def _connect(self) -> Any:
        local = self._uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext(
            "com.sun.star.bridge.UnoUrlResolver", local
        )
        address = f"uno:pipe,name={self._module};urp;StarOffice.ComponentContext"
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                return resolver.resolve(address)
            except Exception as refused:
                if self._soffice.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(
                        f"Calc did not start within {START_SECONDS} seconds"
                    ) from refused
                time.sleep(0.05)

    def _stop(self) -> None:
        try:
            self._soffice.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._soffice.pid, signal.SIGKILL)
            self._soffice.wait(STOP_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)

    # Plugging the functions in

    @property
    def _add_in(self) -> str:
        return f"org.icbudget.{self._module}.AddIn"

    def _plug_in(self) -> None:
        """Make both sides know the interface, and Calc the add-in."""
        url = self._write_interface().as_uri()
        for context in (self._uno.getComponentContext(), self._context):
            context.getValueByName(
                "/singletons/com.sun.star.reflection.theTypeDescriptionManager"
            ).insert(url)
        named = self._uno.getClass("com.sun.star.lang.XServiceName")
        service = self._uno.getClass("com.sun.star.lang.XServiceInfo")
        factory = self._uno.getClass("com.sun.star.lang.XSingleComponentFactory")
        interface = self._uno.getClass(f"org.icbudget.{self._module}.XFunctions")
        about = {
            "getImplementationName": lambda _: self._add_in,
            "getSupportedServiceNames": lambda _: (self._add_in, "com.sun.star.sheet.AddIn"),
            "supportsService": lambda _, name: name in (self._add_in, "com.sun.star.sheet.AddIn"),
        }
        methods = {_member(at): self._logged(name) for at, name in enumerate(self.functions)}
        add_in = type(
            "AddIn",
            (self._unohelper.Base, interface, named, service),
            {**methods, **about, "getServiceName": lambda _: self._add_in},
        )
        made = {
            "createInstanceWithContext": lambda _, context: add_in(),
            "createInstanceWithArgumentsAndContext": lambda _, arguments, context: add_in(),
        }
        self._context.ServiceManager.insert(
            type("Factory", (self._unohelper.Base, factory, service), {**made, **about})()
        )

    def _logged(self, name: str) -> Worksheet:
        function = self.functions[name]

        def method(_: object, *arguments: Any) -> Any:
            try:
                result = function(*arguments)
            except Exception as error:
                self.calls.append(Call(name, arguments, error=traceback.format_exc()))
                self._latest = error
                raise
            self.calls.append(Call(name, arguments, result))
            self._latest = _as_cells(result)
            return self._latest

        def again(_: object, of: Any) -> Any:
            return self._again(of)

        return again if name == AGAIN else method

    def _again(self, of: Any = None) -> Any:
        """Return the latest call's result, or raise its error, without calculating: the second
        mention of a call in a formula. `of` is the call's first argument: Calc makes neither call
        where it is in error.
        """
        if isinstance(self._latest, Exception):
            raise self._latest
        return self._latest if isinstance(self._latest, tuple) else ((self._latest,),)

    def _write_interface(self) -> Path:
        methods = "".join(
            f"{'sequence< sequence< any > >' if name == AGAIN or _spills(function) else 'any'}"
            f" {_member(at)}"
            f"({', '.join(_parameters(function))});\n"
            for at, (name, function) in enumerate(self.functions.items())
        )
        path = self.folder / "functions.idl"
        path.write_text(
            f"module org {{ module icbudget {{ module {self._module} {{ interface XFunctions"
            f" {{\n{methods}}}; }}; }}; }};\n"
        )
        return path

    def _write_profile(self) -> None:
        """Write Calc's settings: no macro runs, nothing is calculated before the functions are
        there, and their names.
        """
        nodes = "".join(self._described(at, name) for at, name in enumerate(self.functions))
        add_ins = (
            f'<node oor:name="{self._add_in}" oor:op="replace"><node'
            f' oor:name="AddInFunctions">{nodes}</node></node>'
        )
        never, highest = 1, 3
        settings = (
            (
                "/org.openoffice.Office.Calc/Formula/Load",
                f"{_setting('OOXMLRecalcMode', never)}{_setting('ODFRecalcMode', never)}",
            ),
            (
                "/org.openoffice.Office.Common/Security/Scripting",
                _setting("MacroSecurityLevel", highest),
            ),
            ("/org.openoffice.Office.CalcAddIns/AddInInfo", add_ins),
        )
        told = "".join(f'<item oor:path="{path}">{content}</item>' for path, content in settings)
        spaces = (
            'xmlns:oor="http://openoffice.org/2001/registry"'
            ' xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        )
        path = self.folder / "profile" / "user" / "registrymodifications.xcu"
        path.parent.mkdir(parents=True)
        path.write_text(
            f'<?xml version="1.0" encoding="UTF-8"?>\n<oor:items {spaces}>{told}</oor:items>\n',
            encoding="utf-8",
        )

    def _described(self, at: int, name: str) -> str:
        arguments = "".join(
            f'<node oor:name="{_argument(a)}" oor:op="replace">{_named("DisplayName", told)}</node>'
            for a, told in enumerate(_arguments(self.functions[name]))
        )
        texts = (
            _named("DisplayName", name)
            + _named("CompatibilityName", name)
            + _setting("Category", "Add-In")
        )
        return (
            f'<node oor:name="{_member(at)}" oor:op="replace">{texts}<node'
            f' oor:name="Parameters">{arguments}</node></node>'
        )


def _member(at: int) -> str:
    """Return a method's name; UNO forbids underscores, so it cannot be the function's own."""
    return f"function{at}"


def _argument(at: int) -> str:
    return f"a{at}"


def _arguments(function: Worksheet) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)


def _parameters(function: Worksheet) -> list[str]:
    """Return the parameters of a function as UNO declares them; one that repeats is a sequence."""
    kinds = [p.kind for p in inspect.signature(function).parameters.values()]
    return [
        f"[in] {'sequence< any >' if kind is inspect.Parameter.VAR_POSITIONAL else 'any'}"
        f" {_argument(at)}"
        for at, kind in enumerate(kinds)
    ]


def _spills(function: Worksheet) -> bool:
    return bool(getattr(function, "spills", False))


def _setting(name: str, value: object) -> str:
    return f'<prop oor:name="{name}" oor:op="fuse"><value>{escape(str(value))}</value></prop>'


def _named(name: str, text: str) -> str:
    return f'<prop oor:name="{name}"><value xml:lang="en-US">{escape(text)}</value></prop>'


def _as_cells(result: Any) -> Any:
    """Return a result as UNO takes it: rows as tuples, numbers as doubles, since Calc knows no
    whole numbers of 64 bits.
    """
    if isinstance(result, (list, tuple)):
        return tuple(tuple(_as_cells(cell) for cell in row) for row in result)
    return float(result) if isinstance(result, int) and not isinstance(result, bool) else result
