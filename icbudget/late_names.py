"""Names and functions that are loaded when they are first asked for: a command starts at once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
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


class LateFunction:
    """A function of a module, which is imported when the function is first called."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name

    @cached_property
    def function(self) -> Callable[..., Any]:
        """Return the function itself; raises `AttributeError` where its module has none."""
        function: Callable[..., Any] = getattr(import_module(self.module), self.name)
        return function

    def __call__(self, *arguments: Any) -> Any:
        """Return what the function returns."""
        return self.function(*arguments)
