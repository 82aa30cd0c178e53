"""The answers of a case, worked out: all of them, or what is known all the same."""

from __future__ import annotations

from dataclasses import replace

from icbudget.answers.answer import Answer
from icbudget.answers.block import Block, Lines, Row
from icbudget.answers.case import Case
from icbudget.answers.catalogue import ANSWERS, CHECKS, SIMULATION, TORNADO
from icbudget.answers.unread_figures import common, holds_unknown, nothing_known
from icbudget.engine.cached_view import cached_view
from icbudget.plan import Plan
from icbudget.plan.setup import WHEN_ASKED

DRAWN: tuple[Answer, ...] = (SIMULATION, TORNADO)
"""Answers from thousands of draws; Setup's *Simulate* says when a workbook makes them."""


def answered(case: Case, answer: Answer) -> Block:
    """Return an answer of a case.

    Of a case with figures that are not known, it holds what is known all the same.
    """
    return _known(case, answer) if case.readings else answer.build(case)


def fully_known(case: Case, answer: Answer) -> Block | None:
    """Return an answer of a case of which everything is known, else None.

    No reading is looked at after one that differs.
    """
    if not case.readings:
        return answer.build(case)
    if any(fully_known(case, other) is None for other in answer.searches):
        return None
    first = answer.build(case.readings[0])
    return first if all(answer.build(reading) == first for reading in case.readings[1:]) else None


def in_a_cell(case: Case, answer: Answer) -> Block | None:
    """Return an answer as a workbook's cell has it after every change; None as `fully_known`."""
    return waiting(case.worked.plan, answer) or fully_known(case, answer)


def waiting(plan: Plan, answer: Answer) -> Block | None:
    """Return what a cell says in the place of an answer that is drawn only when asked for.

    It is one sentence and no figure, so that none of an earlier plan is left standing. None for an
    answer that is worked out at every change.
    """
    if answer not in DRAWN or plan.setup.simulate != WHEN_ASKED:
        return None
    # What stands above a block is written once, and must hold after Setup says otherwise too.
    block = answer.block(Lines(f"{answer.help}.", (), plan.years), plan)
    # The name of nothing: so the sentence stands first, and no column of ids repeats it.
    names = {block.labels[0]: {"": NOT_DRAWN}}
    line = Row(("",) * len(block.labels), "", (None,) * len(block.columns))
    return replace(block, rows=(line,), names=names)


NOT_DRAWN = (
    "Not drawn: Setup says to simulate when asked. Press Simulate, or write =ICB_SIMULATE(Plan)."
)

kept = cached_view(answered)
"""`answered`, kept with the case for those who look at an answer more than once."""


@cached_view
def _known(case: Case, answer: Answer) -> Block:
    searched = (answered(case, other) for other in answer.searches)
    # A search may end at the same place by chance, so nothing it says is known where what it
    # searches is not.
    if any(holds_unknown(block) for block in searched):
        return nothing_known(kept(case.readings[0], answer), case.unknown)
    return common(
        [kept(reading, answer) for reading in case.readings], case.unknown, together=answer.together
    )


def answers_of(case: Case) -> tuple[Answer, ...]:
    """Return the answers that a case has.

    These are all, or only the findings where an error stops the engine.
    """
    return ANSWERS if case.has_answers else (CHECKS,)
