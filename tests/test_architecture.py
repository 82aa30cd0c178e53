"""The code keeps its shape: imports go one way, libraries stay where they belong, and public
functions are explained.
"""

from __future__ import annotations

import ast
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import icbudget

ROOT = Path(icbudget.__file__).parent
WORDS = ("late_names", "money", "years", "findings", "glossary", "recent_view")
MAY_IMPORT = {
    "late_names": set(),
    "money": set(),
    "years": set(),
    "findings": {"money"},
    "glossary": set(),
    "recent_view": set(),
    "reference": set(WORDS),
    "plan": {*WORDS, "reference"},
    "succeed": {*WORDS, "reference", "plan", "engine"},
    "area_plan": {*WORDS, "reference", "plan", "engine", "succeed"},
    "ledger_import": {*WORDS, "plan"},
    "engine": {*WORDS, "reference", "plan"},
    "signing": {*WORDS, "reference", "plan", "engine"},
    "checks": {*WORDS, "reference", "plan", "engine", "signing"},
    "answers": {*WORDS, "reference", "plan", "engine", "signing", "checks"},
    "workbook": {*WORDS, "reference", "plan", "engine", "signing", "checks", "answers"},
    "report": {*WORDS, "reference", "plan", "engine", "checks", "answers"},
    "joint": {*WORDS, "reference", "plan", "engine", "checks", "answers", "workbook"},
    "tasks": {
        *WORDS,
        "reference",
        "plan",
        "engine",
        "signing",
        "checks",
        "answers",
        "workbook",
        "report",
        "joint",
        "area_plan",
        "succeed",
        "ledger_import",
    },
    "frames": {*WORDS, "plan", "engine", "answers", "ledger_import"},
    "api": {*WORDS, "plan", "engine", "answers", "tasks", "frames", "area_plan"},
    "cli": {
        *WORDS,
        "reference",
        "plan",
        "engine",
        "checks",
        "answers",
        "workbook",
        "report",
        "tasks",
        "area_plan",
        "excel",
    },
    "excel": {
        *WORDS,
        "reference",
        "plan",
        "engine",
        "checks",
        "answers",
        "workbook",
        "report",
        "tasks",
        "area_plan",
    },
}
"""Which parts of the package each part may import, besides itself."""
HOMES = {
    "pandas": {"frames"},
    "xlwings": {"excel"},
    "xlwings_server": {"excel"},
    "redis": {"excel"},
    "uvicorn": {"excel"},
    "fastapi": {"excel"},
    "joserfc": {"excel"},
    "httpx": {"excel"},
    "typer": {"cli"},
    "click": {"cli"},
    "rich": {"cli"},
    "openpyxl": {"workbook", "report"},
    "xlsxwriter": {"workbook", "report"},
    "defusedxml": {"workbook"},
    "matplotlib": {"report"},
    "typst": {"report"},
    "docx": {"report"},
    "jinja2": {"report"},
    "markdown_it": {"report"},
    "scipy": {"engine"},
    "rfc8785": {"plan", "signing"},
    "cryptography": {"signing"},
    "distributed": {"tasks"},
}
"""Libraries that only these parts may import."""
NEVER = {
    "plan": {"numpy", "scipy", "pandas", "random", "os", "pathlib"},
    "engine": {
        "pandas",
        "openpyxl",
        "random",
        "datetime",
        "time",
        "os",
        "io",
        "pathlib",
        "sys",
        "subprocess",
    },
    "signing": {"pandas", "random", "datetime", "time", "os", "pathlib"},
    "checks": {"pandas", "random", "datetime", "time", "os", "pathlib"},
    "answers": {"pandas", "random", "datetime", "time", "os", "pathlib"},
}
LATE = {
    "pandas",
    "scipy",
    "distributed",
    "matplotlib",
    "jinja2",
    "markdown_it",
    "typst",
    "docx",
    "xlwings_server",
    "redis",
    "uvicorn",
    "fastapi",
    "joserfc",
    "httpx",
    "cryptography",
}
"""Libraries that are slow to load: imported inside the function that uses them."""
LATE_MODULES = {"icbudget.excel.server.bounded_protocol"}
"""Modules whose classes extend a slow library's, and which are imported as late as it is."""

FILES = sorted(ROOT.rglob("*.py"))
MODULES = [
    ".".join(("icbudget", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
    for path in FILES
]
NAMES = dict(zip(MODULES, FILES, strict=True))


def part(module: str) -> str:
    """The part of the package a module belongs to; blank for the package itself."""
    return module.split(".")[1] if "." in module else ""


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(NAMES[module].read_text(encoding="utf-8"))


@cache
def nodes_of(module: str) -> tuple[ast.AST, ...]:
    """Every node of a module, which is walked once for all that is asked of it."""
    return tuple(ast.walk(tree(module)))


def imported(module: str, nodes=None) -> set[str]:
    """Every module that a module imports, at its top or inside a function, by full name."""
    found: set[str] = set()
    for node in nodes_of(module) if nodes is None else nodes:
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in NAMES else str(node.module))
    return found


def test_the_package_was_found():
    assert {
        "icbudget.money",
        "icbudget.plan.plan",
        "icbudget.engine.run",
        "icbudget.checks",
    } <= set(NAMES)


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_one_way(module):
    home = part(module)
    if home in ("", "__main__"):
        return
    assert home in MAY_IMPORT, (
        f"{home} has no place in the order of imports: say what it may import"
    )
    own = {part(name) for name in imported(module) if name.split(".")[0] == "icbudget"} - {"", home}
    assert own <= MAY_IMPORT[home], f"{module} imports {sorted(own - MAY_IMPORT[home])}"


@pytest.mark.parametrize("module", MODULES)
def test_libraries_stay_at_home(module):
    home = part(module)
    outside = {name.split(".")[0] for name in imported(module)} - {"icbudget"}
    strays = {
        name
        for name in outside
        if home not in HOMES.get(name, {home}) or name in NEVER.get(home, ())
    }
    assert not strays, f"{module} imports {sorted(strays)}"


@pytest.mark.parametrize("module", MODULES)
def test_slow_libraries_are_imported_where_they_are_used(module):
    top = [node for node in tree(module).body if isinstance(node, (ast.Import, ast.ImportFrom))]
    names = set(imported(module, top))
    assert not names & LATE_MODULES
    if module not in LATE_MODULES:
        assert not {name.split(".")[0] for name in names} & LATE


def test_no_import_goes_round():
    # The package itself loads its library when it is first asked for, so nothing waits for it.
    modules = {module for module in MODULES if module != "icbudget"}
    graph = {
        module: {name for name in imported(module) if name in modules} - {module}
        for module in modules
    }
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as round_trip:
        pytest.fail(f"imports go round: {' -> '.join(round_trip.args[1])}")


def unexplained(body, inside: str = ""):
    for node in body:
        if isinstance(
            node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        ) and not node.name.startswith("_"):
            if not ast.get_docstring(node):
                yield f"{inside}{node.name}"
            if isinstance(node, ast.ClassDef):
                yield from unexplained(node.body, f"{node.name}.")


@pytest.mark.parametrize("module", MODULES)
def test_everything_public_is_explained(module):
    assert not list(unexplained(tree(module).body))


@pytest.mark.parametrize("module", MODULES)
def test_modules_stay_short(module):
    """The words of the guide that stand beside the checks they are about are not counted."""
    words = [
        node.end_lineno - node.lineno + 1
        for node in tree(module).body
        if isinstance(node, ast.Assign)
        and [getattr(target, "id", "") for target in node.targets] == ["WHY_IT_MATTERS"]
    ]
    lines = NAMES[module].read_text(encoding="utf-8").splitlines()
    assert len(lines) - sum(words) <= 500


NO_VALUES = {"told", "said", "found", "given", "whole", "seen", "shown"}
"""Words that say nothing of a value or a function: name it for what it is (findings, rows, amount_by_year)."""
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@pytest.mark.parametrize("module", MODULES)
def test_values_are_named_for_what_they_are(module):
    named = {
        node.id if isinstance(node, ast.Name) else node.arg
        for node in nodes_of(module)
        if isinstance(node, ast.arg)
        or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    }
    named |= {node.name for node in nodes_of(module) if isinstance(node, ast.FunctionDef)}
    assert not {name.strip("_") for name in named} & NO_VALUES


@pytest.mark.parametrize("module", MODULES)
def test_a_comprehension_with_two_fors_fits_a_line(module):
    long = [
        node.lineno
        for node in nodes_of(module)
        if isinstance(node, COMPREHENSIONS)
        and len(node.generators) > 1
        and node.end_lineno > node.lineno
    ]
    assert not long, f"{module}: name the steps of the comprehension in line {long}"
