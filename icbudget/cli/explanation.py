"""A figure explained: printed as a tree for people, as a record for machines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypeVar

from icbudget import money
from icbudget.answers.assumptions import Assumption
from icbudget.answers.block import Cell
from icbudget.answers.explain import HOW_CITED, Explanation, posted_where, worked_for
from icbudget.cli import terminal
from icbudget.cli.output import record_of
from icbudget.plan.unread_cells import NotKnown

FEW, FEW_CELLS = 8, 3
"""Lines of a branch that the tree shows, and figures that are shown with what stands beside them;
`--full` and the JSON have all.
"""
MOST_OF_A_SOURCE = 160
"""Characters of a source that the tree shows; `--full` and the JSON have all of it."""
_STATUS = re.compile(r" \([a-z-]+\)$")
PIPED_WIDTH = 200
"""Characters of a line where the tree does not go to a terminal."""
Line = TypeVar("Line")


def explanation_record(explanation: Explanation) -> dict[str, Any]:
    """Return an explanation for machines."""
    return {
        "asked": list(explanation.asked),
        "unknown": list(explanation.unknown),
        "workings": [record_of(working) for working in explanation.workings],
        "totals_pence": explanation.totals,
        "postings": [record_of(posting) for posting in explanation.postings],
        "shared": list(explanation.shared),
        "figures": [record_of(cell) for cell in explanation.cells],
        "assumptions": [record_of(assumption) for assumption in explanation.assumptions],
    }


def print_explanation(explanation: Explanation, *, full: bool = False) -> None:
    """Print a figure as a tree: what it is, how it is worked out, postings, what it rests on.

    A branch has its first few lines, all of them with `full`.
    """
    from rich.tree import Tree

    if explanation.unknown:
        terminal.say(f"Nothing in the plan is called {'; '.join(explanation.unknown)}.")
        return
    tree = Tree(terminal.markup(" / ".join(explanation.asked)))
    if not explanation.explains_anything:
        tree.add("No money is posted there.")
    for cell in _first(explanation.cells, full):
        branch = tree.add(terminal.markup(f"{cell.called}: {_value(cell.value, cell.unit)}"))
        branch.add(terminal.markup(cell.meaning))
        if full or len(explanation.cells) <= FEW_CELLS:
            beside = [f"beside it: {label}: {_value(v, cell.unit)}" for label, v in cell.beside]
            _add_lines(branch, beside, full)
        parts = [f"made of: {p.called}: {_value(p.value, cell.unit)}" for p in cell.made_of]
        _add_lines(branch, parts, full)
    _add_how_many_more(tree, explanation.cells, full)
    workings = [
        f"{worked_for(explanation, w)}: {w.value_in_words} = {w.how}" for w in explanation.workings
    ]
    _add_lines(tree, workings, full)
    for kind, total in explanation.totals.items():
        branch = tree.add(terminal.markup(f"{kind}: {_money(total)} = {HOW_CITED[kind]}"))
        of_kind = [
            f"{_money(posting.pence)}  {posted_where(explanation, posting)}"
            for posting in explanation.postings
            if posting.kind == kind
        ]
        _add_lines(branch, of_kind, full)
    if explanation.shared:
        borne = tree.add("Who bears the over- or underspend, if it were settled at the year's end")
        _add_lines(borne, explanation.shared, full)
    if explanation.assumptions:
        rests = tree.add("Rests on")
        _add_lines(rests, _assumed(explanation.assumptions, full), full)
    terminal.console(width=terminal.stated_width() or PIPED_WIDTH).print(tree)


def _add_lines(branch: Any, lines: Sequence[str], full: bool) -> None:
    for line in _first(lines, full):
        branch.add(terminal.markup(line))
    _add_how_many_more(branch, lines, full)


def _add_how_many_more(branch: Any, lines: Sequence[Any], full: bool) -> None:
    if not full and len(lines) > FEW:
        branch.add(f"{len(lines) - FEW} more: see --full")


def _first(lines: Sequence[Line], full: bool) -> Sequence[Line]:
    return lines if full else lines[:FEW]


def _value(value: Cell, unit: str) -> str:
    if value is None or isinstance(value, (str, NotKnown)):
        return str(value or "blank")
    if unit == "£":
        return money.display(money.to_pence(value))
    digits = f"{value:.1%}" if unit == "%" else f"{value:,.10g} {unit}".rstrip()
    return digits.replace("-", "−", 1) if value < 0 else digits


def _assumed(assumptions: Sequence[Assumption], full: bool) -> list[str]:
    """Return each assumption with its cell and source; a source that was just named is `as above`.

    A long source is cut before its status unless `full`.
    """
    lines: list[str] = []
    above = ""
    for assumption in assumptions:
        where = f" at {assumption.place}" if assumption.place else ""
        source = assumption.where_from
        if not full:
            source = "source as above" if source and source == above else _cut(source)
        above = assumption.where_from
        lines.append(f"{assumption.label} = {assumption.value}{where}; {source}")
    return lines


def _cut(source: str) -> str:
    """Return a source short enough to read past, with the status that ends it."""
    status = _STATUS.search(source)
    words = source[: status.start()] if status else source
    if len(words) <= MOST_OF_A_SOURCE:
        return source
    return f"{words[:MOST_OF_A_SOURCE].rsplit(' ', 1)[0]} …{status[0] if status else ''}"


def _money(pence: int) -> str:
    return str(pence) if isinstance(pence, NotKnown) else money.display(pence)
