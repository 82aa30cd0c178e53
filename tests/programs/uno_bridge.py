"""Python's way into LibreOffice: finds the `uno` module of the system's own Python and loads it,
also inside a venv.
"""

from __future__ import annotations

import builtins
import functools
import importlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType

SYSTEM_PYTHON = "/usr/bin/python3"


@functools.cache
def why_not() -> str:
    """Return why Calc cannot be used here, in words for a person; nothing where it can."""
    if shutil.which("soffice") is None:
        return (
            "LibreOffice Calc is not installed (Debian: apt-get install libreoffice-calc"
            " python3-uno)"
        )
    try:
        load_uno()
    except ImportError as refused:
        return (
            f"LibreOffice cannot be driven from this Python ({refused}; Debian: apt-get install"
            " python3-uno)"
        )
    return ""


@functools.cache
def load_uno() -> tuple[ModuleType, ModuleType]:
    """Return the modules `uno` and `unohelper`. Raises `ImportError` when this Python cannot load
    them.

    A venv does not see the system's packages, and must not see all of them: only these two are
    linked into a folder of their own. Importing `uno` replaces Python's import by its own; that is
    put back.
    """
    own_import = builtins.__import__
    try:
        return importlib.import_module("uno"), importlib.import_module("unohelper")
    except ImportError:
        folder = Path(tempfile.mkdtemp(prefix="uno-"))
        try:
            for module in ("uno", "unohelper"):
                (folder / f"{module}.py").symlink_to(_in_system_python(module))
            sys.path.append(str(folder))
            importlib.invalidate_caches()
            return importlib.import_module("uno"), importlib.import_module("unohelper")
        finally:
            shutil.rmtree(folder)
            if str(folder) in sys.path:
                sys.path.remove(str(folder))
    finally:
        builtins.__import__ = own_import


def _in_system_python(module: str) -> Path:
    """Return where the system's Python keeps a module."""
    ask = f"import sys, {module}; print('%d.%d' % sys.version_info[:2]); print({module}.__file__)"
    try:
        told = subprocess.run(
            [SYSTEM_PYTHON, "-c", ask], capture_output=True, text=True, check=True, timeout=60
        )
    except (OSError, subprocess.SubprocessError):
        raise ImportError(f"{SYSTEM_PYTHON} has no module {module}") from None
    version, path = told.stdout.splitlines()
    if version != f"{sys.version_info[0]}.{sys.version_info[1]}":
        raise ImportError(f"it is built for Python {version}")
    return Path(path)
