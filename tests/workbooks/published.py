"""Reading a finished plan of `workbooks/` and its answers, as people would look them up."""

from __future__ import annotations

from functools import cache

from icbudget.answers.answered import kept
from icbudget.answers.block import Block
from icbudget.answers.case import Case, evaluate_draft
from icbudget.answers.catalogue import ANSWERS
from icbudget.plan.plan_text import from_yaml
from tests.places import WORKBOOKS

FOLDER = WORKBOOKS


@cache
def opened(name: str) -> Case:
    """The case of a plan of `workbooks/`, by its file name without the ending; every row of it must
    be readable.
    """
    draft = from_yaml((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), name)
    assert draft.sound, [str(f) for f in draft.findings]
    case = evaluate_draft(draft)
    assert case is not None and case.result is not None, (
        [str(f) for f in case.findings] if case else "no settings"
    )
    return case


def answer(case: Case, id: str) -> Block:
    """One answer of a case by its Excel id."""
    return kept(case, next(a for a in ANSWERS if a.id == id))


def value(case: Case, id: str, year: str, **labels: str) -> float:
    """The sum, in one year, of the rows of an answer whose labels match."""
    block = answer(case, id)
    rows = block.where(**labels)
    assert rows, f"{id} has no row {labels}"
    return sum(row.values[block.columns.index(year)] for row in rows)


def ids(case: Case) -> list[str]:
    """The ids of all findings, in their order."""
    return [f.id for f in case.findings]
