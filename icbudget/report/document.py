"""What a report is made of: sections of paragraphs, tables and charts, and their source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from icbudget.answers.answer import Answer
from icbudget.answers.answered import kept
from icbudget.answers.block import Block, Cell, Row
from icbudget.answers.case import Case
from icbudget.answers.catalogue import BY_ID
from icbudget.answers.names import called
from icbudget.plan.unread_cells import NotKnown
from icbudget.report.report_figures import Scale, scale_for

SHORT, LONG = 12, 80
"""A table of so many rows or fewer is not broken between pages, but where a text in it is longer
than this.
"""
FEW_YEARS = 8
"""Up to so many years a table shows each; beyond, the first six, every fifth and the last."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: its heading, its cells, and whether it is a total.

    On an HTML page `id` names the row, and its heading leads to the row that `see` names.
    """

    heading: str
    cells: tuple[str, ...]
    total: bool = False
    id: str = ""
    see: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of a table that belong together, under a heading of their own where they have one."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: caption, column headings (the first is that of the row headings), groups of rows.

    `words` are the positions of the cells that hold text and not figures. A table of long texts
    stacks its cells on a narrow screen; the others are scrolled sideways.
    """

    id: str
    caption: str
    headings: tuple[str, ...]
    groups: tuple[Group, ...]
    words: frozenset[int] = frozenset()
    stacks: bool = False

    @property
    def short(self) -> bool:
        """Return whether the table stays in one piece on paper."""
        lines = list(chain.from_iterable(group.lines for group in self.groups))
        texts = chain.from_iterable((line.heading, *line.cells) for line in lines)
        longest = max(map(len, texts), default=0)
        return not self.stacks and len(lines) <= SHORT and longest <= LONG


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: its caption and its drawing, inline SVG with its own title and description."""

    id: str
    caption: str
    svg: str


@dataclass(frozen=True, slots=True)
class Section:
    """A section: heading, paragraphs, points, tables and charts in order, remarks.

    Points are numbered where they are referred to.
    """

    id: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    parts: tuple[Table | Chart, ...] = ()
    remarks: tuple[str, ...] = ()
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document, whatever it is written as (HTML, PDF).

    `facts` are lines of its head (what, value); `opening` stands where there are no figures;
    `points` are the sentences that sum it up, under `in_short`; `reading` says how to read its
    figures; `contents` asks for a list of the sections; `compact` for less air on paper.
    """

    title: str
    kind: str
    facts: tuple[tuple[str, str], ...]
    in_short: str
    opening: str
    points: tuple[str, ...]
    contents: bool
    reading: str
    sections: tuple[Section, ...]
    made_by: str
    compact: bool = False


@dataclass(frozen=True)
class Paper:
    """What the sections are written from: a case with answers, each answer built once."""

    case: Case
    blocks: Mapping[str, Block] = field(repr=False)

    @property
    def years(self) -> tuple[str, ...]:
        """Return the years of the plan, base year first."""
        return self.case.plan.years

    @property
    def brackets(self) -> bool:
        """Return whether amounts below zero stand in brackets."""
        return self.case.plan.setup.display_sign == "nhs"

    @cached_property
    def positions_in_tables(self) -> tuple[int, ...]:
        """Return the positions of the years that tables show; charts show all."""
        count = len(self.years)
        if count <= FEW_YEARS:
            return tuple(range(count))
        # The near years decide; later ones show a trend, and the last says where it ends.
        return tuple(t for t in range(count) if t <= 5 or t % 5 == 0 or t == count - 1)

    @property
    def shown_years(self) -> tuple[str, ...]:
        """Return the years that tables show."""
        return tuple(self.years[t] for t in self.positions_in_tables)

    @property
    def decided(self) -> int:
        """Return the position of the year that is decided about.

        It is the year after the one that Setup monitors, else the first planned year; in a plan of
        one year that year.
        """
        monitored = self.case.plan.setup.monitored_year
        begun = self.years.index(monitored) if monitored in self.years else 0
        return min(begun + 1, len(self.years) - 1)

    def of_shown(self, values: Sequence[float]) -> list[float]:
        """Return a row's values in the years that tables show."""
        return [values[t] for t in self.positions_in_tables]

    def names(self, table: str) -> dict[str, str]:
        """Return what people call the rows of a plan table, by id: the name, else the id."""
        return dict(called(self.case.plan, table))

    def block(self, answer: Answer) -> Block:
        """Return an answer."""
        return self.blocks[answer.id]

    def rows(self, answer: Answer, **labels: str) -> tuple[Row, ...]:
        """Return the rows of an answer whose labels match."""
        return self.block(answer).where(**labels)

    def values(self, answer: Answer, **labels: str) -> tuple[float, ...]:
        """Return the figures of the one row of an answer whose labels match, else zeros."""
        matching = self.rows(answer, **labels)
        return numbers(matching[0]) if matching else (0.0,) * len(self.years)

    def sums(self, answer: Answer, **labels: str) -> list[float]:
        """Return the sum by year of the rows of an answer whose labels match."""
        by_row = [numbers(row) for row in self.rows(answer, **labels)]
        if not by_row:
            return [0.0] * len(self.years)
        return sums_by_year(by_row)

    def money_table(
        self, id: str, caption: str, heading: str, groups: Sequence[tuple[str, Sequence[MoneyLine]]]
    ) -> Table:
        """Return a table of money by year, in the scale of its largest amount, which it names."""
        amounts: list[float] = []
        for _, lines in groups:
            for _, values, _ in lines:
                amounts.extend(values)
        scale = scale_for(amounts)
        written = []
        for title, lines in groups:
            of_group = [
                Line(name, self.money(scale, self.of_shown(values)), total)
                for name, values, total in lines
            ]
            written.append(Group(title, tuple(of_group)))
        headings = (heading, *self.shown_years)
        return Table(id, f"{caption}, {scale.name}{self.selected}", headings, tuple(written))

    @property
    def selected(self) -> str:
        """Return what a caption adds where its table leaves years out; blank where it has all."""
        if len(self.positions_in_tables) == len(self.years):
            return ""
        return ", selected years (the results workbook has all)"

    def money(self, scale: Scale, values: Sequence[float | None]) -> tuple[str, ...]:
        """Return amounts in a scale, with the plan's sign."""
        return tuple(scale.write(v, brackets=self.brackets) for v in values)


MoneyLine = tuple[str, Sequence[float], bool]
"""Heading, pounds by year, whether it is a total."""
Builder = Callable[[Paper], Section | None]


def one_group(lines: Sequence[Line]) -> tuple[Group, ...]:
    """Return the lines of a table that has no groups."""
    return (Group("", tuple(lines)),)


def amounts_of(values: Iterable[Cell]) -> list[float | None]:
    """Return the values of a row as amounts: None for what is a text or blank."""
    return [value if isinstance(value, (int, float)) else None for value in values]


def sums_by_year(rows: Iterable[Sequence[float]]) -> list[float]:
    """Return rows by year added up; nothing where there are no rows."""
    return [sum(of_year) for of_year in zip(*rows, strict=True)]


def numbers(row: Row) -> tuple[float, ...]:
    """Return the values of a row as numbers; a blank or a text is 0, one not known stays so."""
    return tuple(_number(value) for value in row.values)


def every_number(rows: Iterable[Row]) -> Iterator[float]:
    """Yield the values of rows as `numbers` gives them, one after another."""
    return chain.from_iterable(map(numbers, rows))


def _number(value: Cell) -> float:
    if isinstance(value, NotKnown):
        return value
    return float(value) if isinstance(value, (int, float)) else 0.0


def paper_of(case: Case) -> Paper:
    """Return the paper of a case that has answers."""
    return Paper(case, _Blocks(case))


class _Blocks(dict[str, Block]):
    """The answers of a case by their id, each built when it is first looked at."""

    def __init__(self, case: Case) -> None:
        super().__init__()
        self._case = case

    def __missing__(self, id: str) -> Block:
        self[id] = kept(self._case, BY_ID[id])
        return self[id]
