"""The answers of a case, worked out: all of them, or what is known all the same."""

from __future__ import annotations

from icbudget.answers.answer import Answer
from icbudget.answers.block import Block
from icbudget.answers.case import Case
from icbudget.answers.catalogue import ANSWERS, CHECKS
from icbudget.answers.unread_figures import common, holds_unknown, nothing_known
from icbudget.engine.cached_view import cached_view


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
