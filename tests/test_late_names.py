"""Packages that load their names late offer the same as if they loaded them at once."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from pathlib import Path

import pytest

import icbudget
from icbudget import reference, tasks
from icbudget.answers.catalogue import ANSWERS

PACKAGES = (icbudget, reference, tasks)


def declared(package) -> dict[str, str]:
    """Return the module of every name that a package imports for type checkers."""
    tree = ast.parse(Path(package.__file__).read_text(encoding="utf-8"))
    (block,) = (
        node
        for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    return {
        alias.name: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_every_name_is_that_of_its_module(package):
    module_of = declared(package)
    assert set(package.__all__) - {"__version__"} == set(module_of)
    for name, module in module_of.items():
        assert package.__getattr__(name) is getattr(importlib.import_module(module), name)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_name_is_a_modules_own(package):
    """Python puts a module that is imported in the place of the name."""
    modules = {module.name for module in pkgutil.iter_modules(package.__path__)}
    assert not modules & set(package.__all__)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_name_that_is_not_there_is_refused_with_those_that_are(package):
    with pytest.raises(AttributeError, match=r"has no nonesuch; it has \w+, "):
        _ = package.nonesuch


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.id)
def test_what_builds_an_answer_is_there(answer):
    assert answer.lines.function.__module__ == answer.lines.module
