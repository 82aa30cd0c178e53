"""An answer by its title, however it is written; a title that is none gets the nearest three."""

from __future__ import annotations

import difflib
from functools import cache

from icbudget.answers.answer import Answer
from icbudget.answers.catalogue import ANSWERS
from icbudget.plan.figure_names import NEAREST, FigureNameProblem
from icbudget.plan.headings import folded


def answer_called(name: str) -> Answer:
    """Return the answer of a title or an id. Raises `FigureNameProblem` with the nearest three."""
    by_name = _by_name()
    wanted = folded(name)
    if wanted in by_name:
        return by_name[wanted]
    near = difflib.get_close_matches(wanted, by_name, NEAREST, 0.3)
    titles = dict.fromkeys(by_name[close].title for close in near)
    fix = f" Nearest: {'; '.join(titles)}." if titles else ""
    raise FigureNameProblem(f"There is no table “{name}”.{fix}")


@cache
def _by_name() -> dict[str, Answer]:
    """Return every answer by its title and by its id, as words are compared."""
    by_title = {folded(answer.title): answer for answer in ANSWERS}
    return by_title | {folded(answer.id): answer for answer in ANSWERS}
