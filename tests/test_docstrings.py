"""A public docstring says what is returned, in which unit and shape, and what is raised.

Measured over the library, the worksheet functions and the engine. What a function leans on may
stand in the docstring of its class, which says it once for all its arrays.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import icbudget
from icbudget.answers.catalogue import ANSWERS

ROOT = Path(icbudget.__file__).parent
PLACES = (
    *sorted((ROOT / "api").glob("*.py")),
    *sorted((ROOT / "frames").glob("*.py")),
    *sorted((ROOT / "engine").rglob("*.py")),
    ROOT / "excel" / "plain_functions.py",
    ROOT / "excel" / "plan_functions.py",
)
RETURNS = re.compile(r"^(Return|Yield)\b")
ARRAY = re.compile(r"\b(Floats|Ints|NDArray)\b")
UNIT = re.compile(
    r"£|\bpence\b|\bpounds\b|%|\bfraction|\bshares?\b|\bfactors?\b|\bunits?\b|\bactivity\b"
    r"|\bnumber\b|\bpeople\b|\bblocks?\b|\bscores?\b|\branks?\b|\bindex|\bplaces?\b|\byears?\b"
    r"|\bQALYs?\b|\bwhether\b|\bcorrelation|\bbed days\b|\bTrue\b|\bwte\b|\brates?\b|\bdays\b",
    re.IGNORECASE,
)
SHAPE = re.compile(
    r"×|\bdraws\b|\bby year\b|\bshape|\baxis\b|\baxes\b|\bone (a|for each)\b|\b(a|of each) year\b"
    r"|\ba value\b|\bby (line|programme|account|partner|shift|pool)\b|\bsorted\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Public:
    """A public function with what its docstring, and that of its class, say."""

    where: str
    node: ast.FunctionDef
    own: str
    with_class: str

    @property
    def returned(self) -> str:
        return ast.unparse(self.node.returns) if self.node.returns else ""

    @property
    def raised(self) -> set[str]:
        """What it raises in its own body, by name; what it raises again is not its own."""
        names = set()
        for node in ast.walk(self.node):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                called = node.exc.func
                names.add(called.id if isinstance(called, ast.Name) else ast.unparse(called))
        return names


def public_in(path: Path) -> Iterator[Public]:
    """The public functions of a file, and the public methods of its public classes."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            said = ast.get_docstring(node) or ""
            yield Public(f"{path.relative_to(ROOT)}: {node.name}", node, said, said)
        if not isinstance(node, ast.ClassDef) or node.name.startswith("_"):
            continue
        of_class = ast.get_docstring(node) or ""
        for method in node.body:
            if isinstance(method, ast.FunctionDef) and not method.name.startswith("_"):
                said = ast.get_docstring(method) or ""
                where = f"{path.relative_to(ROOT)}: {node.name}.{method.name}"
                yield Public(where, method, said, f"{said}\n{of_class}")


@cache
def every_public() -> tuple[Public, ...]:
    return tuple(public for path in PLACES for public in public_in(path))


def test_every_public_function_says_what_it_returns():
    silent = [
        public.where
        for public in every_public()
        if not public.own or (public.returned not in ("", "None") and not RETURNS.match(public.own))
    ]
    assert len(every_public()) > 400
    assert silent == []


def test_an_array_has_its_shape_and_its_unit_in_words():
    arrays = [public for public in every_public() if ARRAY.search(public.returned)]
    assert len(arrays) > 100
    assert [p.where for p in arrays if not SHAPE.search(p.with_class)] == []
    assert [p.where for p in arrays if not UNIT.search(p.with_class)] == []


def test_a_frame_says_what_its_amounts_are_in():
    frames = [public for public in every_public() if "DataFrame" in public.returned]
    of_money = [public for public in frames if "money" in ast.unparse(public.node.args)]
    assert len(of_money) >= 8
    assert [p.where for p in of_money if not re.search(r"£|pounds|pence", p.own)] == []


def test_what_is_raised_is_said():
    """By its name, in the function's own docstring; `first_error` and the like raise nothing."""
    unsaid = [
        (public.where, name)
        for public in every_public()
        for name in sorted(public.raised)
        if name.split(".")[-1] not in public.own and "Raises" not in public.own
    ]
    assert unsaid == []


NO_FIGURES = {"checks", "checklist", "signatures"}
"""Answers in words."""
SOURCE = re.compile(r"Source:.*§|\((model|PB|AP) §")


def test_every_answer_says_what_it_returns_in_which_unit_and_on_which_paragraph_it_stands():
    texts = {answer.id: inspect.getdoc(answer.lines.function) or "" for answer in ANSWERS}
    assert len(texts) > 50
    assert [id for id, text in texts.items() if not RETURNS.match(text)] == []
    assert [id for id, text in texts.items() if not SOURCE.search(" ".join(text.split()))] == []
    unsaid = {id for id, text in texts.items() if not UNIT.search(text)}
    assert unsaid <= NO_FIGURES
