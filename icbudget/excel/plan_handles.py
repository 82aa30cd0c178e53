"""What stands in a cell for a plan: its hash, and what was laid over it, as a sentence.

`plan 3b9f143c5dc8` is a plan by its content; `plan 3b9f143c5dc8 as Low evidence` the plan with a
scenario laid over it; `plan 3b9f143c5dc8 with falls / Effect = 0.12` with a figure changed. What
follows the hash is the recipe itself, so whoever has the plan can follow it. A recipe that is long,
or would be read back as another one, is kept beside the plan, and its hash stands in the cell.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, replace
from typing import Any, Literal

from icbudget.plan.identity import HANDLE_DIGITS

RECIPE_DIGITS = 6
MOST_CHANGES, LONGEST = 3, 200
"""Changes that a handle spells out, and its characters: what is more is kept beside the plan, so
that a person can still read the cell.
"""
_HANDLE = re.compile(rf"plan (?P<hash>[0-9a-f]{{{HANDLE_DIGITS}}})(?P<steps>.*)", re.DOTALL)
_WITHOUT_STEPS = re.compile(rf"plan [0-9a-f]{{{HANDLE_DIGITS}}}")
_STEP = re.compile(r" (as|with) ")
_KEPT = re.compile(rf"(?:(?P<count>\d+) changes|scenario) (?P<hash>[0-9a-f]{{{RECIPE_DIGITS}}})")

Change = tuple[str, str]
"""A figure by its name, and what it becomes, in its shortest exact form."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing laid over a plan: a scenario, or figures changed.

    It may be the hash of one kept beside the plan.
    """

    kind: Literal["as", "with"]
    scenario: str = ""
    changes: tuple[Change, ...] = ()
    kept: str = ""

    @property
    def words(self) -> str:
        """Return the step as a handle writes it out."""
        if self.kept:
            what = f"{len(self.changes)} changes" if self.kind == "with" else "scenario"
            return f" {self.kind} {what} {self.kept}"
        if self.kind == "as":
            return f" as {self.scenario}"
        return " with " + "; ".join(f"{figure} = {value}" for figure, value in self.changes)

    @property
    def recipe(self) -> bytes:
        """Return the step as it is kept beside the plan."""
        return json.dumps([self.kind, self.scenario, self.changes], ensure_ascii=False).encode()

    @property
    def recipe_hash(self) -> str:
        """Return the hash of the step's content, as a handle shows it."""
        return hashlib.sha256(self.recipe).hexdigest()[:RECIPE_DIGITS]


@dataclass(frozen=True, slots=True)
class Handle:
    """A plan as a cell holds it.

    It has the first digits of its hash, and what is laid over it in order.
    """

    hash: str
    steps: tuple[Step, ...] = ()

    def __str__(self) -> str:
        return f"plan {self.hash}" + "".join(step.words for step in self.steps)

    def then(self, step: Step) -> tuple[Handle, Step | None]:
        """Return the handle with one more step.

        With it stands the step where it must be kept beside the plan.
        """
        written = Handle(self.hash, (*self.steps, step))
        text = str(written)
        plain = len(step.changes) <= MOST_CHANGES and len(text) <= LONGEST
        if plain and handle_of(text) == written:
            return written, None
        short = replace(step, kept=step.recipe_hash)
        return Handle(self.hash, (*self.steps, short)), step


def handle_of(text: str) -> Handle | None:
    """Return the handle that a cell's text is; None where it is none.

    A step that is kept beside the plan has only its hash, and how many changes it makes.
    """
    match = _HANDLE.fullmatch(text.strip())
    if match is None:
        return None
    pieces = _STEP.split(match["steps"])
    if pieces[0]:
        return None
    steps: list[Step] = []
    for kind, body in zip(pieces[1::2], pieces[2::2], strict=True):
        step = _step("as" if kind == "as" else "with", body)
        if step is None:
            return None
        steps.append(step)
    return Handle(match["hash"], tuple(steps))


def plan_in(cells: Any) -> str:
    """Return the plan that a cell holds, without what is laid over it; blank if it holds none."""
    cell = cells[0][0] if _is_range(cells) else cells
    match = _WITHOUT_STEPS.match(cell) if isinstance(cell, str) else None
    return match[0] if match else ""


def _is_range(cells: Any) -> bool:
    return isinstance(cells, list) and bool(cells) and isinstance(cells[0], list) and bool(cells[0])


def step_of(recipe: bytes) -> Step:
    """Return a step as it was kept beside the plan."""
    kind, scenario, changes = json.loads(recipe)
    return Step(kind, scenario, tuple((figure, value) for figure, value in changes))


def _step(kind: Literal["as", "with"], body: str) -> Step | None:
    kept = _KEPT.fullmatch(body)
    if kept and (kept["count"] is None) == (kind == "as"):
        unknown = (("", ""),) * int(kept["count"] or 0)
        return Step(kind, changes=unknown, kept=kept["hash"])
    if kind == "as":
        return Step("as", scenario=body) if body.strip() else None
    changes: list[Change] = []
    for change in body.split("; "):
        figure, equals, value = change.rpartition(" = ")
        if not (equals and figure and value):
            return None
        changes.append((figure, value))
    return Step("with", changes=tuple(changes))
