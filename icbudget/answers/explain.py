"""Where a figure comes from.

It has its postings, how each is worked out, and the assumptions behind them with their cells.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from icbudget import years
from icbudget.answers import acute_workings as workings
from icbudget.answers import reallocation_workings
from icbudget.answers.acute_workings import Working
from icbudget.answers.answer_cell import AnswerCell
from icbudget.answers.assumptions import Assumption, assumption
from icbudget.answers.block import Block, Cell, Row
from icbudget.answers.case import Case
from icbudget.answers.catalogue import ANSWERS, HEADLINE_FIGURES
from icbudget.answers.headlines import Headline, Part, headline
from icbudget.answers.named_figures import cells_called, figures_of_plan
from icbudget.answers.names import names_of
from icbudget.answers.paragraphs import OF_ANSWER, OF_POSTING
from icbudget.answers.risk_shared import shared_in_words
from icbudget.answers.unread_figures import ledger_of, why_not_known
from icbudget.engine.accounts.postings import Posting
from icbudget.engine.accounts.risk_share_settlement import pool_shares
from icbudget.engine.cached_view import cached_view
from icbudget.findings import Place
from icbudget.glossary import MEANINGS, headings
from icbudget.plan import Plan
from icbudget.plan.figure_names import FigureNameProblem, fitting_figure
from icbudget.plan.unread_cells import NotKnown

HOW = {
    "contribution": (
        "the amount set for the year, or last year's × (1 + index), rounded half-up; one-off money"
        " is for its year"
    ),
    "in kind": (
        "as a contribution, in staff, goods or accommodation: no money, and used in its year"
    ),
    "used in kind": (
        "what is put in in kind and no scheme line uses, on the other side of the same year"
    ),
    "deduction": "as a contribution, but taken away from income",
    "expenditure": (
        "the amount set for the year, or last year's × (1 + index), shared among those who fund its"
        " source"
    ),
    "programme": (
        "(fixed cost + people × unit cost) × cost index × (1 + optimism bias), times the part that"
        " was bought"
    ),
    "transition": (
        "double running and exit cost of the year, times the part of the programme that was bought"
    ),
    "activity payment": "what the contract pays for do-nothing activity, less the contract saving",
    "client charge": "what clients pay for a unit × planned activity; income that is taken off it",
    "activity cost": (
        "what the activity costs the provider if nothing changes, less the net release"
    ),
    "paid over": (
        "what the gain share asks of the partner, within its own gain, its cap and its claw-back"
        " limit"
    ),
    "received": (
        "its part of the result it shares in, less its own gain, as far as the others pay it"
    ),
    "settlement": (
        "what a partner pays to a pool, or receives from it, as its risk share settles the year"
    ),
    "interest": "last year's balance of the fund × its rate of interest",
    "moved out": (
        "taken from the commissioner's activity budget, or another source of the pool, by a shift;"
        " its twin is moved in"
    ),
    "moved in": "put into the pool by a shift; its twin is moved out",
    "virement": "budget moved by a virement that counts; inside a pool the two sides sum to zero",
    "contribution changed": (
        "what a virement across the edge of a pool changes the partner's contribution by"
    ),
    "spending booked": "spending in the month's ledger, by the partner that booked it",
    "spending accrued": (
        "spending due in the month and not yet booked, less what was accrued before and is"
        " booked now"
    ),
    "income booked": "income in the month's ledger",
    "income accrued": (
        "income due in the month and not yet received, less what was accrued before and came now"
    ),
    "forecast outturn": (
        "actual to date and the rest of the profile of the revised budget, or a person's own"
        " forecast"
    ),
    "forecast income": "what a person forecasts, else received to date and the rest of what is due",
}
"""How each kind of posting is worked out, in words."""
HOW_CITED = {kind: f"{how} ({OF_POSTING[kind]})" for kind, how in HOW.items()}
"""The same with the paragraphs of the guide that say it exactly."""
RISK_SHARE = "risk share"
"""What a person writes to see only who bears the variance."""


@dataclass(frozen=True, slots=True)
class ExplainedCell:
    """A figure of an answer: its name and value, what it means, and the figures it stands among."""

    name: str
    value: Cell
    unit: str
    meaning: str
    """In words, with the paragraphs of the guide that say how it is worked out."""
    beside: tuple[tuple[str, Cell], ...]
    """The other figures of the same thing and year, each with its label: its parts and its sums."""
    called: str
    """Its name as people read it, with names in the place of ids."""
    made_of: tuple[Part, ...] = ()
    """Of a headline figure: the figures that it adds up, counts or compares."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A figure explained.

    What was asked, its workings, totals by kind (pence), the postings, the assumptions behind them.

    A figure that no posting is, such as the contract saving, has workings; its assumptions are its
    own, or on the acute side those of the payment and cost of its line.
    """

    asked: tuple[str, ...]
    workings: tuple[Working, ...]
    totals: dict[str, int]
    postings: tuple[Posting, ...]
    assumptions: tuple[Assumption, ...]
    shared: tuple[str, ...]
    """Who bears the variance of the pools and years asked about, each shared pound in words."""
    unknown: tuple[str, ...]
    """Words that name nothing in the plan, each with the nearest name where there is one."""
    cells: tuple[ExplainedCell, ...] = ()
    """The figures of answers that carry every part."""
    plan: Plan | None = field(default=None, repr=False)
    """The plan that has the names of the ids that postings and workings carry."""

    @property
    def explains_anything(self) -> bool:
        """Return whether anything carries every part."""
        return bool(self.postings or self.workings or self.shared or self.cells or self.assumptions)


def explain(case: Case, asked: str, places: Mapping[str, Place]) -> Explanation:
    """Return what is behind a figure named as `Pool A / 2027/28 / ICB`.

    The parts, set off by ` / `, may be in any order: pool, year, partner, funding source, scheme,
    programme, activity line, shift, gain share (ids or names), kind of posting, `risk share` for
    who bears a pool's variance, or a figure of the activity sheets or of Reallocation as the sheet
    calls it, such as `Contract saving`, or any figure of an answer by the words of its row. A
    posting or a figure counts when it carries every part. A headline of the Dashboard is explained
    by its own words, such as `Income of the pools`.
    """
    if case.has_answers and (named := headline(case, asked)) is not None:
        return Explanation((named.name,), (), {}, (), (), (), (), (_headline_cell(case, named),))
    parts = tuple(part.strip() for part in re.split(r"\s+/\s+|\s*\|\s*", asked) if part.strip())
    names = _names(case)
    wanted: list[set[str]] = []
    unknown: list[str] = []
    for part in parts:
        name = names.get(part.casefold()) or names.get(_year(part))
        if name is None:
            unknown.append(part)
        else:
            wanted.append(name)
    cells = tuple(explained_cell(case, cell) for cell in cells_called(case, asked))
    own = _figure_of_plan(case, asked, places) if unknown else ()
    if unknown and (cells or own):
        # A word of an answer or of a column that no posting carries: the figure is known, and no
        # posting is it.
        return Explanation(parts, (), {}, (), own, (), (), cells)
    ledger = () if unknown else ledger_of(case)
    workings = () if unknown else _worked_in_all(case, wanted)
    at = {(working.of[0], working.year) for working in workings if not working.rests_on}
    matched = tuple(p for p in ledger if all(want & _carried(p) for want in wanted) and p.pence)
    # A figure that is no posting itself rests on what is paid and what it costs on its line.
    behind = matched or tuple(p for p in ledger if p.kind in _ACUTE and (p.line, p.year) in at)
    totals: dict[str, int] = {}
    for posting in matched:
        totals[posting.kind] = totals.get(posting.kind, 0) + posting.pence
    resting = (*(w.rests_on for w in workings), *(p.rests_on for p in behind))
    paths = dict.fromkeys(path for paths in resting for path in paths)
    rests = (assumption(case.plan, path, places, case.before_scenario) for path in paths)
    shared = () if unknown else _shared_in_all(case, wanted)
    return Explanation(
        parts,
        workings,
        totals,
        matched,
        tuple(a for a in rests if a is not None),
        shared,
        tuple(_with_nearest(part, names, case) for part in unknown),
        # A name that no figure's own word ends, such as pool and year, is asked of the postings.
        cells if len(cells) <= FEW_CELLS or not matched else (),
        case.plan,
    )


def _with_nearest(part: str, names: Mapping[str, set[str]], case: Case) -> str:
    """Return a word that names nothing with the nearest name, or with what it should be."""
    plan_years = case.plan.years
    if _year(part):
        return f"{part} (the plan's years are {plan_years[0]} to {plan_years[-1]})"
    if "/" in part:
        return f"{part} (write the words with spaces between, such as bcf / 2027/28 / council)"
    near = difflib.get_close_matches(part.casefold(), names, 1, 0.5)
    if near:
        return f"{part} (did you mean {sorted(names[near[0]])[0]}?)"
    figure = difflib.get_close_matches(part, list(MEANINGS), 1)
    return f"{part} (did you mean {figure[0]}?)" if figure else part


def explained_cell(case: Case, cell: AnswerCell) -> ExplainedCell:
    """Return a figure of an answer with what it means and what stands beside it."""
    block, row = cell.block, cell.row
    value = why_not_known(case.unknown) if isinstance(cell.value, NotKnown) else cell.value
    answer = next(answer for answer in ANSWERS if answer.title == cell.title)
    meaning = next((MEANINGS[label] for label in row.labels if label in MEANINGS), "")
    in_general = " ".join(dict.fromkeys((f"{answer.help.rstrip('.')}.", block.shows)))
    at = block.columns.index(cell.column)
    own = {n for n, heading in enumerate(block.labels) if heading in FIGURE_HEADINGS}
    beside = [
        (", ".join(other.labels[n] for n in sorted(own) if other.labels[n]), other.values[at])
        for other in block.rows
        if own and other is not row and _without(other.labels, own) == _without(row.labels, own)
    ]
    return ExplainedCell(
        cell.name,
        value,
        block.unit_of(row.unit, cell.column),
        f"{meaning or in_general} ({OF_ANSWER[answer.id]})",
        tuple((label, other) for label, other in beside if other is not None),
        cell.called,
    )


def _headline_cell(case: Case, headline: Headline) -> ExplainedCell:
    is_unknown = isinstance(headline.value, NotKnown)
    value = why_not_known(case.unknown) if is_unknown else headline.value
    basis = f"{headline.basis[0].upper()}{headline.basis[1:]}."
    meaning = f"{headline.meaning} {basis} ({OF_ANSWER[HEADLINE_FIGURES.id]})"
    return ExplainedCell(
        headline.name, value, headline.unit, meaning, (), headline.name, headline.parts
    )


FEW_CELLS = 3
FIGURE_HEADINGS = headings("figure", "step", "measure", "reading")
"""The label columns that say which figure of a thing a row is."""


def _without(labels: tuple[str, ...], left_out: set[int]) -> tuple[str, ...]:
    return tuple(label for n, label in enumerate(labels) if n not in left_out)


def _figure_of_plan(case: Case, asked: str, places: Mapping[str, Place]) -> tuple[Assumption, ...]:
    """Return the one figure of the plan that a name means, with cell and source.

    There is nothing where the name means none, several or a blank cell.
    """
    try:
        named = fitting_figure(figures_of_plan(case), asked)
    except FigureNameProblem:
        return ()
    if named is None:
        return ()
    own_figure = assumption(case.plan, named.path, places, case.before_scenario)
    return () if own_figure is None else (own_figure,)


_ACUTE = ("activity payment", "client charge", "activity cost")


def _worked_in_all(case: Case, wanted: list[set[str]]) -> tuple[Working, ...]:
    """Return the workings asked for.

    Of a plan with figures that are not known, those that do not hang on them have values.
    """
    first, *others = (tuple(_worked(reading, wanted)) for reading in case.readings or (case,))
    known = [all(w in other for other in others) for w in first]
    return tuple(
        w if same else w.hidden(why_not_known(case.unknown))
        for w, same in zip(first, known, strict=True)
    )


def _worked(case: Case, wanted: list[set[str]]) -> Iterator[Working]:
    """Yield the workings of the figures that are asked for, where they carry every other part."""
    lines = {row.id: row for row in case.plan.acute_lines}
    for source in (workings, reallocation_workings):
        asked = [f for f in source.figures(case) if any(f in want for want in wanted)]
        of_source = chain.from_iterable(source.workings(case, figure) for figure in asked)
        for working in of_source:
            line = lines.get(working.of[0])
            own = {*working.of, working.year, working.figure}
            # A figure of a line is of those who pay for it and provide it.
            own |= {line.commissioner, line.provider} if line else set()
            if all(want & own for want in wanted):
                yield working


def _shared_in_all(case: Case, wanted: list[set[str]]) -> tuple[str, ...]:
    """Return who bears what.

    Of a plan with figures that are not known: what is the same whatever they are, and what is not.
    """
    by_reading = [tuple(_shared(reading, wanted)) for reading in case.readings or (case,)]
    same = tuple(words for words in by_reading[0] if all(words in others for others in by_reading))
    if all(words == same for words in by_reading):
        return same
    return (*same, f"Who bears the rest is not known. {why_not_known(case.unknown)}")


def _shared(case: Case, wanted: list[set[str]]) -> Iterator[str]:
    """Yield who bears what of each pool's variance in each year.

    Only where that carries every part of what is asked.
    """
    for share in pool_shares(case.answered):
        for year in case.plan.years:
            for partner, _, sentence in shared_in_words(case, share, year):
                if all(want & {share.pool.id, year, partner, RISK_SHARE} for want in wanted):
                    yield f"{share.pool.name}, {year}: {sentence}"


def explanation_block(explanation: Explanation) -> Block:
    """Return an explanation as a block.

    It has kinds of posting, postings, and the figures of the plan they rest on with their cells.

    Each kind has its total and how it is worked out in words. Amounts in £; a figure of the plan is
    text in its own unit.
    """
    rows: list[Row] = []
    for word in explanation.unknown:
        rows.append(Row(("Not found", word, "Nothing in the plan is called this"), "", (None,)))
    for w in explanation.workings:
        rows.append(Row(("Figure", worked_for(explanation, w), w.how), w.unit, (w.value,)))
    for cell in explanation.cells:
        # A figure that has a working stands once, with how it is worked out.
        if not any(_is_of(working, cell) for working in explanation.workings):
            rows.append(Row(("Figure", cell.called, cell.meaning), cell.unit, (cell.value,)))
    if not explanation.explains_anything and not explanation.unknown:
        labels = ("Nothing", " / ".join(explanation.asked), "No money is posted there")
        rows.append(Row(labels, "£", (0.0,)))
    for kind, total in explanation.totals.items():
        rows.append(Row(("Kind", kind, HOW_CITED[kind]), "£", (total / 100,)))
        for p in (p for p in explanation.postings if p.kind == kind):
            rows.append(Row(("Posting", posted_where(explanation, p), kind), "£", (p.pence / 100,)))
    for a in explanation.assumptions:
        where = "; ".join(part for part in (a.place, a.where_from) if part)
        rows.append(Row(("Rests on", a.label, where), "", (a.value,)))
    shows = (
        "Figures and postings by kind, how each is worked out, and the figures of the plan they"
        " rest on."
    )
    labels = ("Part", "What", "How, or where from")
    return Block("Where a figure comes from", shows, labels, ("Value",), tuple(rows))


_LINES_OF = {
    "programme": ("programmes",),
    "transition": ("programmes",),
    "activity payment": ("acute_lines",),
    "client charge": ("acute_lines",),
    "activity cost": ("acute_lines",),
    "moved out": ("acute_lines", "shifts"),
    "moved in": ("acute_lines", "shifts"),
    "interest": ("shifts",),
}
"""The tables of which an id is the line of a posting, by its kind; other lines are words."""


def posted_where(explanation: Explanation, posting: Posting) -> str:
    """Return year, partner, pool, source and line of a posting as people call them."""
    words = (
        posting.year,
        _called(explanation, posting.partner, ("partners",)),
        _called(explanation, posting.pool, ("pools",)),
        posting.source,
        _called(explanation, posting.line, _LINES_OF.get(posting.kind, ())),
    )
    return ", ".join(word for word in words if word)


def worked_for(explanation: Explanation, working: Working) -> str:
    """Return what a working is called, with names in the place of ids."""
    first, *programme = working.of
    of = (
        _called(explanation, first, ("acute_lines", "shifts", "pools", "programmes")),
        *(_called(explanation, id, ("programmes",)) for id in programme),
    )
    return ", ".join((working.year, *of, working.figure))


def _called(explanation: Explanation, id: str, tables: Iterable[str]) -> str:
    """Return the name of the one row of some tables that an id means; else the id."""
    if explanation.plan is None:
        return id
    names = {names_of(explanation.plan, table).get(id, "") for table in tables} - {""}
    return names.pop() if len(names) == 1 else id


def _is_of(working: Working, cell: ExplainedCell) -> bool:
    """Return whether a working is of this figure of an answer, which stands once."""
    return {working.year, *working.of, working.figure} <= set(cell.name.split(" / "))


def _year(text: str) -> str:
    try:
        return years.year(text)
    except ValueError:
        return ""


def _carried(posting: Posting) -> set[str]:
    own = {posting.line, posting.line.split(" ")[0], posting.kind, posting.basis}
    return own | {posting.year, posting.partner, posting.pool, posting.source}


@cached_view
def _names(case: Case) -> dict[str, set[str]]:
    """Return what a person may call the things of the plan, folded.

    With each stand the words that postings carry for it.
    """
    plan = case.plan
    names: dict[str, set[str]] = {year: {year} for year in plan.years} | {RISK_SHARE: {RISK_SHARE}}

    def name(called: str, carried: str) -> None:
        if called:
            names.setdefault(called.casefold(), set()).add(carried)

    first = (case.readings or (case,))[0]
    for figure in (*workings.figures(first), *reallocation_workings.figures(first)):
        name(figure, figure)
    for table in ("partners", "pools", "programmes", "acute_lines", "schemes", "shifts"):
        for row in getattr(plan, table):
            name(row.id, row.id)
            name(row.name, row.id)
    for line in plan.contributions:
        name(line.name, line.name)
    for share in plan.gain_shares:
        name(share.id, share.id)
    for posting in ledger_of(case):
        name(posting.source, posting.source)
        name(posting.kind, posting.kind)
        name(posting.basis, posting.basis)
    return names
