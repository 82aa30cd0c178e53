"""One figure by its name, of the plan or of its answers.

As `falls / Effect` or `bcf / 2027/28 / Closing balance`.

A figure of the plan is named as its sheet shows it; a figure of an answer by the words of its row,
its year or column, and the answer where several have such a row. A word may be an id or the name
that goes with it. A name means exactly one cell: nothing is added up but a headline of the
Dashboard, which has its own words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from icbudget import glossary
from icbudget.answers.answer import Answer
from icbudget.answers.answer_cell import AnswerCell
from icbudget.answers.answered import kept
from icbudget.answers.block import Block, Cell, Row
from icbudget.answers.case import Case
from icbudget.answers.catalogue import ANSWERS
from icbudget.answers.headlines import HEADLINES, Headline, headline
from icbudget.engine.cached_view import cached_view
from icbudget.plan.columns import Kind
from icbudget.plan.figure_names import (
    SEPARATOR,
    FigureNameProblem,
    InputFigures,
    NamedFigure,
    fitting_figure,
    folded_word,
    input_figures,
    none_fits,
    parts_of,
    several_fit,
)
from icbudget.plan.unread_cells import NotKnown

WHOLE = ("All", "Whole system", "Over the plan")
"""How the label of a row begins that stands for all: taken where a name leaves that word out."""
_NAMED = ("partners", "pools", "programmes", "acute_lines", "schemes", "shifts")
"""Tables whose rows people call by id or by name."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the plan or of an answer.

    It has its name, what stands there, its unit, and which of the two it is of; a headline has its
    period and basis there too.
    """

    name: str
    value: Cell | bool | tuple[str, ...]
    unit: str
    where: str
    path: str = ""
    """The path of a figure of the plan; blank for one of an answer."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of an answer with every word that means it, folded."""

    title: str
    block: Block
    row: Row
    words: frozenset[str]


def figure(case: Case, text: str) -> Figure:
    """Return the one figure that a name means, of the plan or of its answers.

    A headline of the Dashboard has its own words, such as `Income of the pools`. Raises
    `FigureNameProblem` where no cell or several are called so, and where what stands there is not
    known.
    """
    if case.has_answers and (of_dashboard := headline(case, text)):
        return _of_headline(of_dashboard)
    inputs = figures_of_plan(case)
    several_of_plan: FigureNameProblem | None = None
    try:
        # What was typed goes first: it is what a person changes.
        if of_plan := fitting_figure(inputs, text):
            return _of_plan(of_plan)
    except FigureNameProblem as problem:
        several_of_plan = problem
    cells = cells_called(case, text)
    if len(cells) == 1:
        return _of_answer(cells[0])
    if cells:
        raise FigureNameProblem(several_fit(text, [cell.words for cell in cells]))
    raise several_of_plan or _nothing(case, text, inputs)


@cached_view
def figures_of_plan(case: Case) -> InputFigures:
    """Return every figure of the case's plan by name, its active scenario laid over it."""
    return input_figures(case.plan)


def cells_called(case: Case, text: str) -> tuple[AnswerCell, ...]:
    """Return the cells of the answers that carry every word of a name and hold something.

    A cell's own name, from its answer's title to its column, means that cell. Where several cells
    are meant, and some stand for all of what the name leaves out, only those are returned. Where
    the name says the title of an answer and means one cell of it, that cell is returned, and no
    other answer is worked out. One that runs the plan again is looked into only where the name says
    its title.
    """
    wanted = frozenset(folded_word(part) for part in parts_of(text))
    if not wanted or not case.has_answers:
        return ()
    # Read as words a name may mean more: a pool dfg and a source DFG are one word, and a label may
    # hold the sign that sets words off.
    if exact := _called_in_full(case, text):
        return exact
    named = [answer for answer in ANSWERS if folded_word(answer.title) in wanted]
    if len(named) == 1 and len(cells := _cells_of(_lines_of(case, named[0]), wanted)) == 1:
        return tuple(cells)
    others = [answer for answer in ANSWERS if not answer.runs_again or answer in named]
    every = (line for answer in others for line in _lines_of(case, answer))
    return tuple(_for_all(_cells_of(every, wanted)))


def _called_in_full(case: Case, text: str) -> tuple[AnswerCell, ...]:
    """Return the cells whose own name a text is, with the ids or with the names of the rows."""
    title = text.partition(SEPARATOR)[0].strip().casefold()
    answer = next((answer for answer in ANSWERS if answer.title.casefold() == title), None)
    return _by_full_name(case, answer).get(text.strip().casefold(), ()) if answer else ()


@cached_view
def _by_full_name(case: Case, answer: Answer) -> dict[str, tuple[AnswerCell, ...]]:
    """Return the cells of an answer that hold something, by each of their two full names."""
    cells: dict[str, tuple[AnswerCell, ...]] = {}
    for line in _lines_of(case, answer):
        for column, value in zip(line.block.columns, line.row.values, strict=True):
            if value is None:
                continue
            cell = AnswerCell(line.title, line.block, line.row, column)
            for name in dict.fromkeys((cell.name.casefold(), cell.called.casefold())):
                cells[name] = (*cells.get(name, ()), cell)
    return cells


def _of_plan(named: NamedFigure) -> Figure:
    unit = named.column.unit if named.column.kind is not Kind.YES_NO else ""
    return Figure(named.name, named.value, unit, "the plan", named.path)


def _of_headline(named: Headline) -> Figure:
    where = f"the Dashboard, {named.basis}"
    return Figure(named.name, _known(named.name, named.value), named.unit, where)


def _known(name: str, value: Cell) -> Cell:
    """Return a value. Raises `FigureNameProblem` where it is not known."""
    if isinstance(value, NotKnown):
        raise FigureNameProblem(
            f"{name} is not known: it rests on a cell that cannot be read. See Checks."
        )
    return value


def _of_answer(cell: AnswerCell) -> Figure:
    value = _known(cell.name, cell.value)
    unit = cell.block.unit_of(cell.row.unit, cell.column)
    return Figure(cell.name, value, unit, f"the answer {cell.title}")


def _nothing(case: Case, text: str, inputs: InputFigures) -> FigureNameProblem:
    """Return why a name means nothing."""
    reading = [answer for answer in ANSWERS if case.has_answers and not answer.runs_again]
    lines = [line for answer in reading for line in _lines_of(case, answer)]
    displayed: dict[str, str] = {}
    for named in inputs:
        displayed.update((folded_word(word), word) for word in named.words.values())
    for line in lines:
        displayed_words = (line.title, *line.row.labels, *line.block.columns)
        displayed.update((folded_word(word), word) for word in displayed_words if word)
    known = {word for named in inputs for word in named.folded_words}
    known |= {word for line in lines for word in line.words}
    known |= displayed.keys()
    names = [*HEADLINES, *(named.name for named in inputs)]
    return FigureNameProblem(none_fits(text, known, names, displayed))


@cached_view
def _lines_of(case: Case, answer: Answer) -> tuple[_Line, ...]:
    """Return the rows of an answer, each with the words that mean it."""
    block, also = kept(case, answer), _other_words(case)
    lines: list[_Line] = []
    for row in block.rows:
        own = [folded_word(word) for word in (answer.title, *row.labels) if word]
        others = [also[word] for word in own if word in also]
        lines.append(_Line(answer.title, block, row, frozenset((*own, *others))))
    return tuple(lines)


_SAME_RELEASE = {
    glossary.PLANNED_BEFORE: glossary.CONFIRMED_BEFORE,
    glossary.CONFIRMED_BEFORE: glossary.PLANNED_BEFORE,
    glossary.PLANNED_RELEASE: glossary.CONFIRMED_RELEASE,
    glossary.CONFIRMED_RELEASE: glossary.PLANNED_RELEASE,
}
_RELEASES = {folded_word(one): folded_word(other) for one, other in _SAME_RELEASE.items()}
"""A release has another label once one is confirmed; a name with either label still means it."""


@cached_view
def _other_words(case: Case) -> dict[str, str]:
    """Return the other word for each id and each name of the plan's rows, folded."""
    also = dict(_RELEASES)
    for table in _NAMED:
        for row in getattr(case.plan, table):
            own_id, own_name = folded_word(row.id), folded_word(row.name or row.id)
            also.setdefault(own_id, own_name)
            also.setdefault(own_name, own_id)
    return also


def _cells_of(lines: Iterable[_Line], wanted: frozenset[str]) -> list[AnswerCell]:
    return [cell for line in lines for cell in _cells(line, wanted)]


def _cells(line: _Line, wanted: frozenset[str]) -> Iterator[AnswerCell]:
    left = wanted - line.words
    # All words but one must be the row's; the one left may be a column.
    if len(left) > 1:
        return
    for at, column in enumerate(line.block.columns):
        if left <= {folded_word(column)} and line.row.values[at] is not None:
            yield AnswerCell(line.title, line.block, line.row, column)


def _for_all(cells: list[AnswerCell]) -> list[AnswerCell]:
    """Return, of cells that differ in a word of their rows, those that stand for all there.

    A label that a name leaves out means the row for all, where the answer has one.
    """
    headings = dict.fromkeys(heading for cell in cells for heading in cell.words)
    for heading in headings:
        values = {cell.words.get(heading, "") for cell in cells}
        for_all = {value for value in values if value.startswith(WHOLE)}
        if len(values) > 1 and for_all:
            cells = [cell for cell in cells if cell.words.get(heading, "") in for_all]
    return cells
