"""The guide's page of findings, made from the code: every id with what it says, why it matters, an
example and how to fix it.

`python -m tests.rebuild` writes it. What a finding says is read from the call that makes it, so a
new one cannot be forgotten. Why it matters stands in the same file as that call, under `WHY_IT_MATTERS`; the
examples come from `tests/finding_examples.py`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import icbudget
from tests.finding_examples import Example, examples
from tests.finding_reasons import WHY

PACKAGE = Path(icbudget.__file__).parent
ID = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9][a-z0-9-]*")
MAKERS = {"error": "error", "warning": "warning", "note": "note"}
"""The functions that make a finding, and how much it then matters."""
REFUSALS = {"CellProblem", "Fault", "_refused", "_unsound"}
"""What carries the id, message and fix of an error until it becomes a finding."""
BLANK = "…"
MANY = 4
"""Names of the plan in a message from which it may no longer read without them."""
LONGEST_FIX = 240
"""Letters of a fix as filled in by an example, up to which it is read rather than its gaps."""
FEWEST = 3
"""Words of its own from which a message says something without the plan's names in it."""


Given = dict[str, list[tuple[int, list[str]]]]
"""The texts that a name is given, with the line where it is."""


@dataclass
class Entry:
    """One id: how much it matters, and its messages and fixes as they stand in the code."""

    severities: set[str] = field(default_factory=set)
    messages: list[str] = field(default_factory=list)
    fixes: list[str] = field(default_factory=list)
    files: set[str] = field(default_factory=set)


@cache
def findings() -> dict[str, Entry]:
    """Return every finding of the package by its id."""
    known: dict[str, Entry] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        of_the_file = _assigned(ast.Module(tree.body, []), inside=False)
        for scope in _scopes(tree):
            texts = of_the_file | _assigned(scope)
            for id, severity, message, fix in _made(scope, texts):
                entry = known.setdefault(id, Entry())
                entry.files.add(str(path.relative_to(PACKAGE)))
                entry.severities |= severity
                entry.messages += [m for m in message if m not in entry.messages]
                entry.fixes += [f for f in fix if f not in entry.fixes]
    return dict(sorted(known.items()))


@cache
def reasons() -> dict[str, tuple[str, str]]:
    """Return why each finding matters and the file that says so, by the finding's id."""
    why: dict[str, tuple[str, str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            targets = getattr(node, "targets", ())
            if [getattr(target, "id", "") for target in targets] == ["WHY_IT_MATTERS"]:
                of_the_file = ast.literal_eval(node.value)
                assert not why.keys() & of_the_file.keys(), "said in two files"
                file = str(path.relative_to(PACKAGE))
                why |= {id: (text, file) for id, text in of_the_file.items()}
    return why


def _scopes(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield each function, and the module for what stands outside of functions."""
    functions = [
        n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    yield from functions
    inside = {child for function in functions for child in ast.walk(function)}
    outside = ast.Module([n for n in tree.body if n not in inside], [])
    yield outside


def _assigned(scope: ast.AST, *, inside: bool = True) -> Given:
    """Return the texts that names are given within a scope, each with its line."""
    texts: Given = {}
    nodes = ast.walk(scope) if inside else ast.iter_child_nodes(scope)
    for node in nodes:
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        target = node.targets[0]
        if isinstance(target, ast.Name):
            # A constant of the file is known everywhere in it.
            line = node.lineno if inside else 0
            assigned = (line, _texts(node.value, texts))
            texts.setdefault(target.id, []).append(assigned)
        elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            for name, value in zip(target.elts, node.value.elts, strict=False):
                if isinstance(name, ast.Name):
                    assigned = (node.lineno, _texts(value, texts))
                    texts.setdefault(name.id, []).append(assigned)
    return texts


def _chosen(scope: ast.AST) -> dict[str, set[str]]:
    """Return the makers of findings that a name of the scope may stand for: `say = error if … else
    warning`.
    """
    makers: dict[str, set[str]] = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            name = getattr(node.targets[0], "id", "")
            sides = {getattr(side, "id", "") for side in ast.walk(node.value)}
            makers.setdefault(name, set()).update(sides & MAKERS.keys())
    return makers


def _severities(function: ast.expr, chosen: dict[str, set[str]]) -> set[str]:
    """Return how much a finding matters that a function makes; none where it makes no finding."""
    name = getattr(function, "id", getattr(function, "attr", ""))
    if name in MAKERS:
        return {MAKERS[name]}
    if name in REFUSALS:
        return {"error"}
    return {MAKERS[one] for one in chosen.get(name, ())}


def _made(scope: ast.AST, texts: Given) -> Iterator[tuple[str, set[str], list[str], list[str]]]:
    chosen = _chosen(scope)
    for node in ast.walk(scope):
        parts: list[ast.expr] = []
        severities = {"error"}
        if isinstance(node, ast.Call):
            severities = _severities(node.func, chosen)
            if not severities:
                continue
            parts = list(node.args)
            if getattr(node.func, "id", "") == "Fault":  # id, row, field, words, fix
                parts = [*parts[:1], *parts[3:]]
            named = {k.arg: k.value for k in node.keywords}
            parts += [named[key] for key in ("message", "fix") if key in named]
        elif isinstance(node, ast.Tuple) and len(node.elts) == 3:
            parts = list(node.elts)
        if not parts:
            continue
        message = _texts(parts[1], texts) if len(parts) > 1 else []
        fix = _texts(parts[2], texts) if len(parts) > 2 else []
        if any(ID.fullmatch(text) for text in (*message, *fix)):
            continue  # a list of ids, and no finding
        for id in _texts(parts[0], texts):
            if ID.fullmatch(id):
                yield id, severities, message, fix


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
        before = [one for one in sorted(known.get(node.id, [])) if one[0] <= node.lineno]
        return before[-1][1] if before else []
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _texts(node.left, known), _texts(node.right, known)
        return [one + other for one in left or [BLANK] for other in right or [BLANK]]
    return []


def family(id: str) -> str:
    """Return the kind that an id belongs to."""
    return id.partition(".")[0]


def findings_page() -> str:
    """Return the page as Markdown."""
    known, why, shown = findings(), reasons(), examples()
    lines = [
        "# Findings",
        "",
        "Every finding that icbudget can give, by its id: what it says (… stands for a name, a cell or an"
        " amount of your plan), why it matters, an example, and how to fix it. An **error** stops what rests on"
        " it, a **warning** is to be looked at, a **note** informs. `icbudget check --explain ID` prints the same."
        " Each example is what icbudget says of a small plan with that one fault: first where it stands, then"
        " what is said. Where one finding has several messages or fixes, ` / ` stands between them.",
        "",
    ]
    for kind in sorted({family(id) for id in known}):
        lines += [f"## {kind}", "", WHY[kind], ""]
        for id, entry in known.items():
            if family(id) == kind:
                # A finding that still lacks them has its page all the same; a test names it.
                own_why, _ = why.get(id, (WHY[kind], ""))
                example = shown.get(id, Example("", "None is recorded yet.", ""))
                lines += _entry(id, entry, own_why, example)
    return "\n".join(lines)


def _entry(id: str, entry: Entry, why: str, example: Example) -> list[str]:
    severity = " or ".join(s for s in MAKERS if s in entry.severities)
    says = " / ".join(_escaped(message) for message in says_of(entry, example))
    return [
        f"### {id}",
        "",
        f"*{severity.capitalize()}.* {says}",
        "",
        f"Why: {why}",
        "",
        f"Example: {_escaped(example.words)}",
        "",
        "Fix: " + " / ".join(_escaped(fix) for fix in fixes_of(entry, example)),
        "",
    ]


def says_of(entry: Entry, example: Example) -> list[str]:
    """Return what a finding says, with … for what the plan puts in; its example's where that is all."""
    said = dict.fromkeys(_readable(message) for message in entry.messages)
    kept = [message for message in said if _reads(message)]
    return kept or [example.message]


def fixes_of(entry: Entry, example: Example) -> list[str]:
    """Return how to mend it; its example's fix for one that the plan puts something into."""
    kept = [example.fix if _shown_by(fix, example.fix) else _readable(fix) for fix in entry.fixes]
    return [*dict.fromkeys(kept)] or [example.fix]


def _shown_by(fix: str, of_example: str) -> bool:
    """Return whether an example's fix is better to read: this one filled in, and not too long."""
    if fix.startswith(BLANK) or len(own_words(fix)) < 2:
        return True
    if BLANK not in fix or len(of_example) > LONGEST_FIX:
        return False
    own_texts = map(re.escape, fix.split(BLANK))
    return re.fullmatch(".*".join(own_texts), of_example) is not None


def _reads(message: str) -> bool:
    """Return whether a message reads without what the plan puts in: its own words carry it."""
    words, blanks = len(own_words(message)), message.count(BLANK)
    mostly_blank = blanks >= MANY and blanks * 2 >= words
    return words >= FEWEST and not mostly_blank and not message.startswith("…: …")


def own_words(message: str) -> list[str]:
    """Return the words that a message has of its own, without what the plan puts in."""
    return re.findall(r"[A-Za-z£%][\w'’%-]+", message)


def _readable(message: str) -> str:
    """Return a message in which one … stands for all that the plan puts in at a place."""
    one = re.sub(r"\(…(?:[:,; ]*…)*\)", BLANK, message)
    one = re.sub(r"…s\b", BLANK, one)
    one = re.sub(r"…(?:\s*…)+", BLANK, one)
    return re.sub(r"([.!?])\s*…?\.*$", r"\1", one.strip())


def _escaped(text: str) -> str:
    return " ".join(text.split()).replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")
