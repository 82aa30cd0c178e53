"""Packages whose names are loaded when they are first asked for: a command starts at once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def late_names(package: str, names_by_module: Mapping[str, Sequence[str]]) -> Callable[[str], Any]:
    """Return the `__getattr__` of a package that offers names of its modules.

    A module is imported when one of its names is first asked for. No name may be a module's own,
    which Python would put in its place. The callable raises `AttributeError` for any other name.
    """
    module_of = {name: module for module, names in names_by_module.items() for name in names}

    def load(name: str) -> Any:
        if name not in module_of:
            raise AttributeError(f"{package} has no {name}; it has {', '.join(sorted(module_of))}")
        value = getattr(import_module(module_of[name]), name)
        setattr(sys.modules[package], name, value)  # so that it is asked for only once
        return value

    return load
