"""What the declaration of an answer says; the declarations stand in `catalogue`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from icbudget.answers.block import Block
from icbudget.answers.case import Case


@dataclass(frozen=True, eq=False, slots=True)
class Answer:
    """One answer: what it is called, what it says, who builds it and where it stands.

    `id`: its plain name for programs and files, words with hyphens; it is never renamed. `title`:
    the name of its sheet, and what people call it. `module`: the part of a workbook that it belongs
    to. `report` and `paper`: the sections of the report and of the committee paper that show its
    main figures, blank for none.

    `runs_again`: it does not only read the plan's result, but runs the plan again with other
    figures or scenarios; each of these is more work than all the others together. `searches`: the
    answers in which it looks for something (what would break even, what moves a range most). It is
    known only where all of these are known, since what a search finds may be the same by chance.
    `together`: see `unread_figures.common`. `opens`: a workbook with its module has its sheet; the
    others open when they are asked for.
    """

    id: str
    title: str
    help: str
    module: str
    build: Callable[[Case], Block]
    report: str = ""
    paper: str = ""
    searches: tuple[Answer, ...] = ()
    together: bool = False
    runs_again: bool = False
    opens: bool = False
