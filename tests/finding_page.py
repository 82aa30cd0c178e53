"""The guide's page of findings, made from the code: every id with what it says and how to fix it.

`python -m tests.rebuild` writes it. What a finding says is read from the call that makes it, so a
new one cannot be forgotten; why a kind of finding matters is written here, a paragraph a kind.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import icbudget
from tests.finding_reasons import WHY

PACKAGE = Path(icbudget.__file__).parent
ID = re.compile(r"[a-z][a-z-]*\.[a-z0-9][a-z0-9-]*")
MAKERS = {"error": "error", "warning": "warning", "note": "note"}
"""The functions that make a finding, and how much it then matters."""
REFUSALS = {"CellProblem", "Fault", "_refused", "_unsound"}
"""What carries the id, message and fix of an error until it becomes a finding."""
BLANK = "…"


Given = dict[str, list[tuple[int, list[str]]]]
"""The texts that a name is given, with the line where it is."""


@dataclass
class Entry:
    """One id: how much it matters, and its messages and fixes as they stand in the code."""

    severities: set[str] = field(default_factory=set)
    messages: list[str] = field(default_factory=list)
    fixes: list[str] = field(default_factory=list)


def findings() -> dict[str, Entry]:
    """Return every finding of the package by its id."""
    known: dict[str, Entry] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        of_module = _constants(tree)
        for scope in _scopes(tree):
            texts = _assigned(scope)
            for name, text in of_module.items():
                texts.setdefault(name, []).append((0, text))
            for id, severity, message, fix in _made(scope, texts):
                entry = known.setdefault(id, Entry())
                entry.severities.add(severity)
                entry.messages += [m for m in message if m not in entry.messages]
                entry.fixes += [f for f in fix if f not in entry.fixes]
    return dict(sorted(known.items()))


def _scopes(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield each function, and the module for what stands outside of functions."""
    functions = [
        n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    yield from functions
    inside = {child for function in functions for child in ast.walk(function)}
    outside = ast.Module([n for n in tree.body if n not in inside], [])
    yield outside


def _constants(tree: ast.Module) -> dict[str, list[str]]:
    """Return the texts that a module names for all of its functions, such as a fix."""
    named = [node for node in tree.body if isinstance(node, ast.Assign)]
    return {
        target.id: _texts(node.value, {})
        for node in named
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _assigned(scope: ast.AST) -> Given:
    """Return the texts that names are given within a scope, each with its line."""
    texts: Given = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Name):
                texts.setdefault(target.id, []).append((node.lineno, _texts(node.value, {})))
    return texts


def _made(scope: ast.AST, texts: Given) -> Iterator[tuple[str, str, list[str], list[str]]]:
    for node in ast.walk(scope):
        parts: list[ast.expr] = []
        severity = "error"
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name not in MAKERS and name not in REFUSALS and name != "Fault":
                continue
            severity = MAKERS.get(name, "error")
            parts = list(node.args)
            if name == "Fault":  # id, row, field, words, fix
                parts = [parts[0], *parts[3:]]
            named = {k.arg: k.value for k in node.keywords}
            parts += [named[key] for key in ("message", "fix") if key in named]
        elif isinstance(node, ast.Tuple) and len(node.elts) == 3:
            parts = list(node.elts)
        if not parts or not isinstance(parts[0], ast.Constant):
            continue
        id = parts[0].value
        beside = parts[1] if len(parts) > 1 else None
        if isinstance(beside, ast.Constant) and ID.fullmatch(str(beside.value)):
            continue  # a tuple of ids, and no finding
        if isinstance(id, str) and ID.fullmatch(id):
            message = _texts(parts[1], texts) if len(parts) > 1 else []
            fix = _texts(parts[2], texts) if len(parts) > 2 else []
            yield id, severity, message, fix


def _texts(node: ast.expr, known: Given) -> list[str]:
    """Return what a text can say: its words, with … for what the plan puts in."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) and node.value.strip() else []
    if isinstance(node, ast.JoinedStr):
        words = [p.value if isinstance(p, ast.Constant) else BLANK for p in node.values]
        return ["".join(str(word) for word in words)]
    if isinstance(node, ast.IfExp):
        return _texts(node.body, known) + _texts(node.orelse, known)
    if isinstance(node, ast.Name):
        before = [text for line, text in sorted(known.get(node.id, [])) if line <= node.lineno]
        return before[-1] if before else []
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _texts(node.left, known), _texts(node.right, known)
        return [one + other for one in left or [BLANK] for other in right or [BLANK]]
    return []


def family(id: str) -> str:
    """Return the kind that an id belongs to."""
    return id.partition(".")[0]


def findings_page() -> str:
    """Return the page as Markdown."""
    known = findings()
    lines = [
        "# Findings",
        "",
        "Every finding that `icbudget check` can give, by its id: what it says (… stands for a name, a cell or an"
        " amount of your plan) and how to fix it. An **error** stops what rests on it, a **warning** is to be looked"
        " at, a **note** informs. `icbudget check --explain ID` prints the same.",
        "",
    ]
    for kind in sorted({family(id) for id in known}):
        lines += [f"## {kind}", "", WHY[kind], ""]
        for id, entry in known.items():
            if family(id) == kind:
                lines += _entry(id, entry)
    return "\n".join(lines)


def _entry(id: str, entry: Entry) -> list[str]:
    severity = " or ".join(s for s in MAKERS if s in entry.severities)
    lines = [f"### {id}", "", f"*{severity.capitalize()}.* "]
    said = " / ".join(_escaped(message) for message in entry.messages)
    lines[-1] += said or "What it says depends on the file."
    if entry.fixes:
        lines += ["", "Fix: " + " / ".join(_escaped(fix) for fix in entry.fixes)]
    return [*lines, ""]


def _escaped(text: str) -> str:
    return " ".join(text.split()).replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")
