"""Plans as worksheet functions: few, and ones that a person can write by hand.

`ICB_PLAN` makes a plan of tables and puts its handle into the cell; the others take that handle.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from itertools import chain
from typing import Any

from icbudget.answers.block import Block, Row
from icbudget.answers.case import Case
from icbudget.answers.catalogue import CHECKS, SIMULATION
from icbudget.answers.comparison import compare, comparison_block
from icbudget.answers.explain import explain, explanation_block
from icbudget.answers.named_figures import figure, figures_of_plan
from icbudget.answers.partner_positions import lines_of_findings, made_of
from icbudget.excel import coerce, plan_values
from icbudget.excel.block_difference import difference
from icbudget.excel.coerce import Cells, InputProblem
from icbudget.excel.plan_store import owner
from icbudget.excel.worksheet_function import Argument, Function
from icbudget.findings import Place, error
from icbudget.plan.cell_values import is_error_value
from icbudget.plan.figure_names import SEPARATOR, FigureNameProblem, input_figure
from icbudget.plan.setup import LARGEST_SEED, MOST_DRAWS
from icbudget.workbook import layout
from icbudget.workbook.writing.stopped import NOT_THERE

FEWEST_DRAWS = 2
"""One draw alone has no range."""
MOST_LABELS = 8
"""Labels that a figure may be named by: no row of an answer has as many."""


def plan(*tables: Cells) -> Sequence[Sequence[Any]]:
    """Return the handle of the plan that tables make, given in any order."""
    try:
        made = plan_values.plan_of(tables)
    except InputProblem as problem:
        _refused[owner()] = str(problem)
        while len(_refused) > _MOST_REFUSED:
            _refused.popitem(last=False)
        raise
    _refused.pop(owner(), None)
    return [[made]]


_refused: OrderedDict[str, str] = OrderedDict()
"""Why each person's last plan could not be made, for Checks: a cell in error says only that."""
_MOST_REFUSED = 256
"""People of one server whose reason is kept; the oldest goes first."""


def _no_plan(excel_error: str) -> Block:
    """Return the findings of a plan's cell that holds an Excel error: that, and why."""
    refusal = _refused.get(owner(), "")
    why = f" ICB_PLAN said last: {refusal}" if refusal else ""
    finding = error(
        "table.plan-in-error",
        f"The cell of the plan shows {excel_error}: its tables are not read.{why}",
        "Give ICB_PLAN whole tables with their headings, each once. Add sheets puts a deleted one"
        " back.",
        Place(sheet=layout.CHECKS, table=layout.PLAN),
    )
    return made_of(CHECKS.block(lines_of_findings([finding])), "")


def scenario(handle: str, name: str) -> Sequence[Sequence[Any]]:
    """Return the handle of a plan with a scenario laid over it."""
    return [[plan_values.scenario_of(handle, name)]]


def with_figures(handle: str, figures: Cells, values: Cells) -> Sequence[Sequence[Any]]:
    """Return the handle of a plan with figures changed; both may be ranges of one shape.

    A row without a figure is left out. Raises `InputProblem` where the shapes differ.
    """
    names = figures or ((None,),)
    changed = values or ((None,),)
    shapes = [(len(rows), len(rows[0])) for rows in (names, changed)]
    if shapes[0] != shapes[1]:
        (rows, columns), (others, across) = shapes
        raise InputProblem(
            f"figure is a range of {rows} × {columns} cells and value one of {others} × {across}."
            " Give ranges of one shape."
        )
    pairs = zip(chain.from_iterable(names), chain.from_iterable(changed), strict=True)
    named = [(str(name), value) for name, value in pairs if not coerce.is_nothing(name)]
    return [[plan_values.with_changes(handle, named)]]


def table(handle: str, name: str, other: str) -> Sequence[Sequence[Any]]:
    """Return an answer as a block, or less that of another plan or scenario.

    Where the plan's cell is in error, Checks says so; any other answer raises `InputProblem`.
    """
    if is_error_value(handle):
        if plan_values.answer_called(name) is CHECKS:
            return _no_plan(handle).grid()
        raise InputProblem(f"plan holds the Excel error {handle}: the plan's own cell says why.")
    block = plan_values.table(handle, name)
    if other:
        title = plan_values.answer_called(name).title
        block = difference(title, block, plan_values.table(_other(handle, other), name))
    return block.grid()


def figures(handle: str, names: Cells, *labels: Cells) -> Sequence[Sequence[Any]]:
    """Return one number, or one for each name of a range, in the range's own shape.

    The labels are words of every name. In a range a blank name is a blank, and one that names no
    number is a dash: the others are answered all the same. Raises `InputProblem` for one name that
    is blank or names no number, and for a plan that is not kept.
    """
    if len(names) * len(names[0] if names else ()) <= 1:
        return one_figure(handle, coerce.sentence("figure", names), *labels)
    case = plan_values.case_at(handle)  # a plan that is not kept is said once, not in every cell
    return [[_figure_or_dash(case, name, labels) for name in row] for row in names]


def _figure_or_dash(case: Case, name: Any, labels: Sequence[Cells]) -> Any:
    if coerce.is_nothing(name):
        return ""
    try:
        return _one_figure(case, str(name), labels)
    except InputProblem:
        return NOT_THERE


def one_figure(handle: str, name: str, *labels: Cells) -> Sequence[Sequence[Any]]:
    """Return one number, named by its words in any order.

    Raises `InputProblem` where they do not name exactly one cell, or it holds no number.
    """
    return [[_one_figure(plan_values.case_at(handle), name, labels)]]


def _one_figure(case: Case, name: str, labels: Sequence[Cells]) -> float:
    words = [name, *chain.from_iterable(map(_texts, labels))]
    if len(words) > MOST_LABELS:
        raise InputProblem(f"There are {len(words)} words. Name a figure by at most {MOST_LABELS}.")
    try:
        named = figure(case, SEPARATOR.join(words))
    except FigureNameProblem as problem:
        raise InputProblem(str(problem)) from None
    if named.value is None or named.value == "":
        raise InputProblem(f"{named.name} is blank.")
    if isinstance(named.value, (str, tuple)):
        raise InputProblem(f"{named.name} is no number but “{named.value}”. Take it by ICB_TABLE.")
    return float(named.value)


def explanation(handle: str, name: str) -> Sequence[Sequence[Any]]:
    """Return where a figure comes from: headings, then a row a part of it, amounts in £.

    Its postings by kind, how each is worked out, and the figures of the plan it rests on with their
    cells. A name that means nothing is a row that says so.
    """
    case = plan_values.case_at(handle)
    places = case.draft.places if case.draft is not None else {}
    block = explanation_block(explain(case, name, places))
    try:
        named = input_figure(figures_of_plan(case), name)
    except FigureNameProblem:
        return block.grid()
    # A figure of the plan comes first, with the path that a scenario names it by.
    labels = ("Figure of the plan", named.name, named.path)
    first = Row(labels, named.column.unit, (_cell(named.value),))
    return replace(block, rows=(first, *block.rows)).grid()


def comparison(first: str, second: str) -> Sequence[Sequence[Any]]:
    """Return what differs from one plan to another, and what each difference is worth, £.

    Headings and a row a change, a column a partner, over the common years. Changes are laid on one
    after another, so that the parts add up to the whole.
    """
    other = _other(first, second)

    def compared() -> Block:
        before, after = plan_values.case_at(first), plan_values.case_at(other)
        return comparison_block(compare(before, after))

    return plan_values.answered_once("compare", (first, other), compared).grid()


def ranges(handle: str, draws: int, seed: int) -> Sequence[Sequence[Any]]:
    """Return the range of every figure that matters: mean, percentiles and chances.

    Headings and a row a measure, amounts in £; draws or a seed left blank are as Setup says.
    Source: model §11. Raises `InputProblem` for draws or a seed that cannot be.
    """
    if draws and not FEWEST_DRAWS <= draws <= MOST_DRAWS:
        raise InputProblem(f"draws is {draws}. Give {FEWEST_DRAWS} to {MOST_DRAWS:,}, or nothing.")
    if not 0 <= seed <= LARGEST_SEED:
        raise InputProblem(f"seed is {seed}. Give 1 to {LARGEST_SEED:,}, or nothing.")
    question = f"simulate {draws} {seed}"
    simulated = partial(_simulated, handle, draws, seed)
    return plan_values.answered_once(question, (handle,), simulated).grid()


def _simulated(handle: str, draws: int, seed: int) -> Block:
    case = plan_values.case_at(handle)
    if case.result is None:
        raise InputProblem("Not every figure of the plan is known. See Checks.")
    chosen = {name: value for name, value in (("draws", draws), ("seed", seed)) if value}
    setup = case.plan.setup.model_copy(update=chosen)
    redrawn = replace(case, plan=case.plan.model_copy(update={"setup": setup}))
    return SIMULATION.build(redrawn)


def _other(handle: str, other: str) -> str:
    """Return another plan's handle: itself, or the first plan with a scenario of that name."""
    if other.startswith("plan "):
        return other
    return plan_values.scenario_of(handle, other)


def _cell(value: Any) -> Any:
    """Return a figure of the plan as an answer's cell shows it."""
    if isinstance(value, (tuple, bool)):
        return str(value)
    return float(value) if isinstance(value, Decimal) else value


def _texts(label: Cells) -> list[str]:
    """Return the words of a label: a cell, or several of a range; blank ones are left out."""
    return [_text(cell) for cell in chain.from_iterable(label) if not coerce.is_nothing(cell)]


def _text(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


_PLAN = Argument("plan", "The cell that holds the plan: Plan in the template", coerce.handle)
_FIGURE = "Its name, as falls / Effect, or bcf / 2027/28 / Closing balance"

PLAN_FUNCTIONS: tuple[Function, ...] = (
    Function(
        "ICB_PLAN",
        "The plan that tables make, in any order; each is known by its headings. Other functions"
        " take this cell.",
        (
            Argument(
                "tables",
                "Whole tables with their headings, as Funding[#All]",
                coerce.cells,
                repeats=True,
            ),
        ),
        plan,
    ),
    Function(
        "ICB_SCENARIO",
        "The plan with a scenario laid over it: another plan.",
        (
            _PLAN,
            Argument(
                "scenario",
                "Name of a scenario, the plan's own or a ready-made one; blank: the plan itself",
                coerce.text,
            ),
        ),
        scenario,
    ),
    Function(
        "ICB_WITH",
        "The plan with figures changed: another plan. Both may be ranges of one shape.",
        (
            _PLAN,
            Argument(
                "figure",
                "The figure's name, as falls / Effect; rows without are left out",
                coerce.cells,
            ),
            Argument("value", "What it becomes", coerce.cells),
        ),
        with_figures,
    ),
    Function(
        "ICB_TABLE",
        "An answer about a plan as one block, headings first; with another plan the plan's less"
        " that one's.",
        (
            replace(_PLAN, read=coerce.handle_or_error),
            Argument("table", "The answer's title, such as Balances", coerce.sentence),
            Argument(
                "other_plan",
                "Another plan, or a scenario's name: every figure is then less that one's",
                coerce.text,
                optional=True,
            ),
        ),
        table,
    ),
    Function(
        "ICB_FIGURE",
        "One number of a plan or its answers, named by words that fit one cell only; of a range of"
        " names one each.",
        (
            _PLAN,
            Argument("figure", f"{_FIGURE}; or a range of names", coerce.cells),
            Argument("labels", "More words of its name, in any order", coerce.cells, repeats=True),
        ),
        figures,
    ),
    Function(
        "ICB_EXPLAIN",
        "Where a figure comes from: postings, formula in words, cells and sources.",
        (_PLAN, Argument("figure", _FIGURE, coerce.sentence)),
        explanation,
    ),
    Function(
        "ICB_COMPARE",
        "What differs from one plan to another, and what each difference is worth.",
        (
            _PLAN,
            Argument("other_plan", "Another plan, or a scenario's name", coerce.sentence),
        ),
        comparison,
    ),
    Function(
        "ICB_SIMULATE",
        "The range of every figure that matters: mean, P10, P50, P90 and chances.",
        (
            _PLAN,
            Argument(
                "draws", "How many draws; blank: as Setup says", coerce.whole_number, optional=True
            ),
            Argument(
                "seed",
                "Where the random numbers start; blank: as Setup says",
                coerce.whole_number,
                optional=True,
            ),
        ),
        ranges,
    ),
)

WHY_IT_MATTERS = {
    "table.plan-in-error": (
        "Every answer rests on that cell. Older figures are not left standing in its place."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
