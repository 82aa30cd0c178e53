"""A figure explained: printed as a tree for people, as a record for machines."""

from __future__ import annotations

import sys
from typing import Any

from icbudget import money
from icbudget.answers.explain import HOW, Explanation
from icbudget.cli import terminal
from icbudget.cli.output import record_of
from icbudget.plan.unread_cells import NotKnown

MOST_LINES, MOST_POSTINGS = 80, 40
"""Lines of a branch, and postings of a kind, that the tree shows; the JSON has all."""
PIPED_WIDTH = 200
"""Characters of a line where the tree does not go to a terminal."""


def explanation_record(explanation: Explanation) -> dict[str, Any]:
    """Return an explanation for machines."""
    return {
        "asked": list(explanation.asked),
        "unknown": list(explanation.unknown),
        "workings": [record_of(working) for working in explanation.workings],
        "totals_pence": explanation.totals,
        "postings": [record_of(posting) for posting in explanation.postings],
        "shared": list(explanation.shared),
        "assumptions": [record_of(assumption) for assumption in explanation.assumptions],
    }


def print_explanation(explanation: Explanation) -> None:
    """Print a figure as a tree: totals, how each is worked out, postings, what it rests on."""
    from rich.tree import Tree

    if explanation.unknown:
        print(f"Nothing in the plan is called {'; '.join(explanation.unknown)}.")
        return
    tree = Tree(terminal.markup(" / ".join(explanation.asked)))
    if not explanation.postings and not explanation.shared and not explanation.workings:
        tree.add("No money is posted there.")
    for working in explanation.workings[:MOST_LINES]:
        tree.add(terminal.markup(f"{working.called}: {working.value_in_words} = {working.how}"))
    for kind, total in explanation.totals.items():
        branch = tree.add(terminal.markup(f"{kind}: {_money(total)} = {HOW[kind]}"))
        of_kind = [posting for posting in explanation.postings if posting.kind == kind]
        for p in of_kind[:MOST_POSTINGS]:
            words = [word for word in (p.year, p.partner, p.pool, p.source, p.line) if word]
            branch.add(terminal.markup(f"{_money(p.pence)}  {', '.join(words)}"))
    if explanation.shared:
        borne = tree.add("Who bears the over- or underspend, if it were settled at the year's end")
        for words_of_share in explanation.shared[:MOST_LINES]:
            borne.add(terminal.markup(words_of_share))
    rests = tree.add("Rests on")
    for assumption in explanation.assumptions[:MOST_LINES]:
        rests.add(terminal.markup(_assumed(assumption)))
    terminal.console(width=None if sys.stdout.isatty() else PIPED_WIDTH).print(tree)


def _assumed(assumption: Any) -> str:
    where = f" at {assumption.place}" if assumption.place else ""
    source = f"; source: {assumption.source}" if assumption.source else "; no source given"
    status = f" ({assumption.status})" if assumption.status else ""
    return f"{assumption.label} = {assumption.value}{where}{source}{status}"


def _money(pence: int) -> str:
    return str(pence) if isinstance(pence, NotKnown) else money.display(pence)
