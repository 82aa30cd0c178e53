"""What the figures of a plan are called, as its sheets show them: `hospital_at_home / Effect`.

A name is words set off by ` / `: the key of the row, the heading, and the year of a figure by year.
The words may stand in any order, and a word may be the row's own name, the table's or the unit's
beside its heading. A name means exactly one figure: what fits several is refused with the words
that would decide, and what fits none with the nearest words. Nothing is ever added up.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any

from icbudget.findings import Finding, Place
from icbudget.plan.columns import PROVENANCE, Column, Kind, Noun, columns_of
from icbudget.plan.headings import folded, year_of
from icbudget.plan.plan import SETUP, TABLES, Plan, PlanTable
from icbudget.plan.rows import path, split_path
from icbudget.plan.scenario import ScenarioChange
from icbudget.plan.scenario_overlay import of_scenario, with_scenario
from icbudget.plan.setup import Setup
from icbudget.plan.unread_cells import REST
from icbudget.recent_view import recent_view

SEPARATOR = " / "
NO_FIGURES = (Kind.TEXT, Kind.REFERENCE, Kind.REFERENCES, Kind.DATE)
"""Kinds of column that name or connect rows, and so hold no figure that somebody could try."""
NEAREST = 3
"""How many names are offered for one that is none."""
MOST_LISTED = 4
"""How many words that would decide are written out; the others are counted."""
_PARTS = re.compile(r"\s+/\s+|\s*\|\s*")


class FigureNameProblem(LookupError):
    """A name that does not mean exactly one figure; the message says what would."""


@dataclass(frozen=True)
class NamedFigure:
    """A figure of a plan: its name, its path, its column, and what stands there (None if blank)."""

    name: str
    path: str
    column: Column
    value: Any
    words: Mapping[str, str] = field(compare=False)
    """The word that tells it apart, by what kind of word it is: Table, the key's headings, Figure,
    Year.
    """
    also: frozenset[str] = field(compare=False)
    """Other words, folded, that mean it too: the row's own name, the heading with its unit."""

    @cached_property
    def folded_words(self) -> frozenset[str]:
        """Return every word that means it, as words are compared."""
        return self.also | {folded_word(word) for word in self.words.values()}

    @cached_property
    def compared_name(self) -> str:
        """Return its name as names are compared."""
        return _compared(self.name)


def parts_of(text: str) -> tuple[str, ...]:
    """Return the words of a name: `falls / Effect` is `falls` and `Effect`."""
    return tuple(part.strip() for part in _PARTS.split(text) if part.strip())


@lru_cache(maxsize=8192)
def folded_word(word: str) -> str:
    """Return a word as words are compared: case and punctuation do not count, a year is a year.

    A word of nothing but signs is compared as it stands.
    """
    return year_of(word) or folded(word) or word.casefold()


@dataclass(frozen=True, eq=False)
class _Part:
    """Figures of a plan, those of one table, and what they are found by."""

    figures: tuple[NamedFigure, ...]

    @cached_property
    def by_name(self) -> dict[str, list[NamedFigure]]:
        """Return the figures by their names, as names are compared."""
        by_name: dict[str, list[NamedFigure]] = {}
        for figure in self.figures:
            by_name.setdefault(figure.compared_name, []).append(figure)
        return by_name

    @cached_property
    def words(self) -> frozenset[str]:
        """Return every word that means some figure, as words are compared."""
        return frozenset().union(*(figure.folded_words for figure in self.figures))


@dataclass(frozen=True, eq=False, slots=True)
class InputFigures:
    """Every figure and choice of a plan, in the order of its tables; most tables stay the same."""

    parts: tuple[_Part, ...]

    def __iter__(self) -> Iterator[NamedFigure]:
        """Yield every figure, Setup's first."""
        return chain.from_iterable(part.figures for part in self.parts)

    def called(self, name: str) -> list[NamedFigure]:
        """Return the figures of a name, as names are compared."""
        return [figure for part in self.parts for figure in part.by_name.get(name, ())]

    def have_words(self, words: Iterable[str]) -> bool:
        """Return whether each of some words, as they are compared, means some figure."""
        return all(any(word in part.words for part in self.parts) for word in words)


def input_figures(plan: Plan) -> InputFigures:
    """Return every figure and choice of a plan, blank ones too.

    Setup comes first, then the tables in their order; each has a name that means it alone.

    A figure by year has one name for each year of the plan.
    """
    parts = [_of_setup(plan.setup, plan.years)]
    parts += [_of_rows(getattr(plan, table), table, plan.years) for table in TABLES]
    different = set[str]().union(*(part.by_name for part in parts))
    every = InputFigures(tuple(parts))
    if len(different) == sum(len(part.figures) for part in parts):
        return every
    taken = Counter(figure.compared_name for figure in every)
    told_apart = (
        figure if taken[figure.compared_name] == 1 else _with_table(figure) for figure in every
    )
    return InputFigures((_Part(tuple(told_apart)),))


def input_figure(figures: InputFigures, text: str) -> NamedFigure:
    """Return the one figure of a plan that a name means. Raises `FigureNameProblem`."""
    if figure := fitting_figure(figures, text):
        return figure
    known = {word for figure in figures for word in figure.folded_words}
    raise FigureNameProblem(
        none_fits(text, known, (figure.name for figure in figures), _displayed(figures))
    )


def fitting_figure(figures: InputFigures, text: str) -> NamedFigure | None:
    """Return the one figure of a plan that a name means; None where it fits none.

    Raises `FigureNameProblem` where it fits several.
    """
    exact = figures.called(_compared(text))
    if len(exact) == 1:
        # A figure that is typed once or by year is meant by year where it is not typed once.
        if exact[0].value is None and (by_year := _years_of(exact[0], figures)):
            raise FigureNameProblem(several_fit(text, [figure.words for figure in by_year]))
        return exact[0]
    parts = parts_of(text)
    wanted = [folded_word(part) for part in parts]
    if not figures.have_words(wanted):
        return None
    fitting = [figure for figure in figures if figure.folded_words.issuperset(wanted)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise FigureNameProblem(several_fit(text, [figure.words for figure in fitting]))
    return None


def _years_of(single: NamedFigure, figures: InputFigures) -> list[NamedFigure]:
    """Return the figures by year that are called as a figure without a year is."""
    if "Year" in single.words:
        return []
    return [
        figure
        for figure in figures
        if "Year" in figure.words
        and dict(figure.words) == {**single.words, "Year": figure.words["Year"]}
    ]


def with_figures(plan: Plan, changes: Iterable[tuple[str, str]]) -> tuple[Plan, list[Finding]]:
    """Return the plan with figures changed, and the findings of doing so.

    They are given as (path, value as text).

    The active scenario is laid first, so that a changed figure is what counts. Where a value is
    refused the plan stays as it was, and the finding is at the figure that was tried.
    """
    laid, findings = with_scenario(plan, plan.setup.active_scenario)
    if findings:
        return plan, findings
    tried = [
        ScenarioChange(scenario=TRIED, order=number, path=where, value=value)
        for number, (where, value) in enumerate(changes, start=1)
    ]
    unscheduled = laid.setup.model_copy(update={"active_scenario": ""})
    carrying = laid.model_copy(update={"setup": unscheduled, "scenarios": tuple(tried)})
    changed, refusals = with_scenario(carrying, TRIED)
    if refusals:
        return plan, [_at_its_figure(refusal, tried) for refusal in refusals]
    return changed.model_copy(update={"scenarios": laid.scenarios}), []


def _at_its_figure(refusal: Finding, tried: Sequence[ScenarioChange]) -> Finding:
    """Return a refusal at the figure that somebody tried: nobody wrote a scenario here."""
    order = int(refusal.place.row.rpartition("|")[2])
    parts = split_path(tried[order - 1].path)
    message = refusal.message.removeprefix(of_scenario(TRIED))
    # The value was not taken, so nothing rests on it.
    message = message.removesuffix(f" {REST}")
    return replace(refusal, message=message, place=_place_of(*parts) if parts else Place())


def _place_of(name: str, key: str, field: str, year: str) -> Place:
    """Return where a figure stands: its table, the key of its row, and its heading."""
    table = SETUP if name == SETUP.field else TABLES.get(name)
    if table is None:
        return Place()
    labels = {column.field: column.label for column in columns_of(table.noun)}
    heading = " ".join(filter(None, (labels.get(field, field), year)))
    return Place(table=table.label, row=key, column=heading)


TRIED = "What-if"
"""What the changes of `with_figures` are called while they are laid over the plan."""


def shortest(value: Any) -> str:
    """Return a value in its shortest exact form: `0.12`, `5`, `block`.

    So a recipe and a scenario write it.
    """
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Decimal):
        return shortest(float(value))
    # Up to 10^15 a float holds every whole number exactly; beyond, its digits would pretend to.
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def several_fit(text: str, fitting: Sequence[Mapping[str, str]]) -> str:
    """Return the message that a name fits several cells, with the words that would decide."""
    kinds = dict.fromkeys(chain.from_iterable(fitting))
    choices: list[str] = []
    for kind in kinds:
        values = list(dict.fromkeys(words.get(kind, "") for words in fitting))
        named = [value for value in values if value]
        if len(values) > 1 and named:
            choices.append(f"which {kind} ({_listed(named)})")
    return f"“{text}” fits {len(fitting)} cells. Say {'; and '.join(choices)}."


def none_fits(
    text: str, known: set[str], names: Iterable[str], displayed: Mapping[str, str]
) -> str:
    """Return the message that a name fits no cell.

    It names the word that is none with the nearest, or the nearest names.
    """
    for part in parts_of(text):
        if folded_word(part) not in known:
            near = difflib.get_close_matches(folded_word(part), known, NEAREST, 0.5)
            offered = [displayed.get(word, word) for word in near]
            fix = f"Nearest: {'; '.join(offered)}." if offered else "Choose a name from the list."
            return f"There is no “{part}”. {fix}"
    names_by_word = {_compared(name): name for name in names}
    near = difflib.get_close_matches(_compared(text), names_by_word, NEAREST, 0.3)
    fix = f" Nearest: {'; '.join(names_by_word[name] for name in near)}." if near else ""
    return f"No cell is called all of “{text}” at once.{fix}"


def _displayed(figures: Iterable[NamedFigure]) -> dict[str, str]:
    words = chain.from_iterable(figure.words.values() for figure in figures)
    return {folded_word(word): word for word in words}


def _listed(words: Sequence[str]) -> str:
    first_words = "; ".join(words[:MOST_LISTED])
    more = len(words) - MOST_LISTED
    return f"{first_words} and {more} more" if more > 0 else first_words


@lru_cache(maxsize=16_384)
def _compared(name: str) -> str:
    return SEPARATOR.join(folded_word(part) for part in parts_of(name))


def _with_table(figure: NamedFigure) -> NamedFigure:
    """Return a figure whose name two tables share, called with its table in front."""
    return NamedFigure(
        f"{figure.words['Table']}{SEPARATOR}{figure.name}",
        figure.path,
        figure.column,
        figure.value,
        figure.words,
        figure.also,
    )


@recent_view(8)
def _of_setup(setup: Setup, years: tuple[str, ...]) -> _Part:
    return _of_rows((setup,), SETUP.field, years)


@recent_view(96, most_rows=5_000)
def _of_rows(rows: tuple[Noun, ...], name: str, years: tuple[str, ...]) -> _Part:
    """Return the figures of the rows of a table; most rows stand as they did after a change."""
    table = SETUP if name == SETUP.field else TABLES[name]
    columns = [c for c in columns_of(table.noun) if _is_figure(table, c)]
    figures: list[NamedFigure] = []
    for row, short_key in zip(rows, _short_keys(table, rows), strict=True):
        figures += _of_row(table, row, short_key, columns, years)
    return _Part(tuple(figures))


def _is_figure(table: PlanTable, column: Column) -> bool:
    in_key = column.field in table.key
    return column.kind not in NO_FIGURES and column.group != PROVENANCE and not in_key


def _short_keys(table: PlanTable, rows: Sequence[Noun]) -> list[tuple[str, ...]]:
    """Return the key of each row as short as it is still its own.

    Parts at its end that hold their default are left out: scheme line `6|1` is `6` where scheme 6
    has one line.
    """
    if table is SETUP:
        return [(SETUP.label,)]
    defaults = {c.field: c.default for c in columns_of(table.noun)}
    keys = [tuple(str(getattr(row, part)) for part in table.key) for row in rows]
    sharing = Counter(key[:length] for key in keys for length in range(1, len(key) + 1))
    short: list[tuple[str, ...]] = []
    for key, row in zip(keys, rows, strict=True):
        length = len(key)
        while length > 1 and getattr(row, table.key[length - 1]) == defaults[table.key[length - 1]]:
            length -= 1
        while sharing[key[:length]] > 1:
            length += 1
        short.append(tuple(part for part in key[:length] if part))
    return short


def _of_row(
    table: PlanTable,
    row: Noun,
    short_key: tuple[str, ...],
    columns: Iterable[Column],
    years: Iterable[str],
) -> Iterator[NamedFigure]:
    """Yield the figures of a row in some columns, those by year for each of the years."""
    labels = {c.field: c.label for c in columns_of(table.noun)}
    words_of_row = {"Table": table.label}
    for part in table.key:
        words_of_row[labels[part]] = str(getattr(row, part))
    key = "" if table is SETUP else table.key_of(row)
    own_name = str(getattr(row, "name", "") or "")
    for column in columns:
        stands = getattr(row, column.field)
        alike = (column.heading, column.field, own_name)
        also = frozenset(folded_word(word) for word in alike if word)
        for year in years if column.by_year else ("",):
            words = {**words_of_row, "Figure": column.label}
            if year:
                words["Year"] = year
            name = SEPARATOR.join((*short_key, column.label, *((year,) if year else ())))
            where = path(table, key, column.field, year or None)
            value = stands.get(year) if year else stands
            yield NamedFigure(name, where, column, value, words, also)
