"""Documents of a plan with figures that cannot be read: only what is true of all readings.

A sentence or a verdict that asks what an unknown figure comes to raises `Undecided`. Then only what
is the same under every reading of the plan stands, and the section's answers stand as tables, `not
known` where they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import isfinite

from icbudget.answers.block import Block, Cell, Row
from icbudget.answers.catalogue import ANSWERS
from icbudget.answers.unread_figures import why_not_known
from icbudget.plan.unread_cells import NotKnown, Undecided
from icbudget.report.document import (
    Builder,
    Line,
    Paper,
    Section,
    Table,
    one_group,
    paper_of,
)
from icbudget.report.report_figures import Scale, number, percent, scale_for

MOST_ROWS = 60
"""Rows of an answer that a report prints; the workbook has all."""


def known_section(builder: Builder, paper: Paper) -> Section | None:
    """Return a section, or what of it is known, with its answers as tables."""
    try:
        return builder(paper)
    except Undecided:
        sections = [builder(paper_of(reading)) for reading in paper.case.readings]
        there = [section for section in sections if section is not None]
        if not there:
            return None
        first = there[0]
        blocks = [paper.block(a) for a in ANSWERS if first.id in (a.report, a.paper)]
        paragraphs = _same([section.paragraphs if section else () for section in sections])
        return Section(
            first.id,
            first.heading,
            (*paragraphs, f"Not all of this section is known. {why_not_known(paper.case.unknown)}"),
            _same([section.points if section else () for section in sections]),
            tuple(_table(paper, block) for block in blocks if block.rows),
            _same([section.remarks if section else () for section in sections]),
            first.numbered,
        )


def sentences(write: Callable[[Paper], tuple[str, ...]], paper: Paper) -> tuple[str, ...]:
    """Return sentences about a plan, or those that are true whatever its unread figures are."""
    try:
        return write(paper)
    except Undecided:
        return _same([write(paper_of(reading)) for reading in paper.case.readings])


def _same(readings: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the sentences that stand in every reading."""
    return tuple(words for words in readings[0] if all(words in others for others in readings))


def _table(paper: Paper, block: Block) -> Table:
    """Return an answer as a table, as much of it as a report prints."""
    rows = block.rows[:MOST_ROWS]
    # By year it shows the years that the paper's other tables have room for.
    columns = (
        [block.columns.index(year) for year in paper.shown_years]
        if block.columns == paper.years
        else range(len(block.columns))
    )
    scale = scale_for(_pounds(block, rows))
    lines = []
    for row in rows:
        cells = []
        for at in columns:
            unit = block.unit_of(row.unit, block.columns[at])
            cells.append(_written(paper, scale, row.values[at], unit))
        lines.append(Line(", ".join(label for label in block.named(row) if label), tuple(cells)))
    more = ""
    if len(block.rows) > MOST_ROWS:
        more = f"; the first {MOST_ROWS} rows of {len(block.rows)}, the results workbook has all"
    caption = f"{block.title}, {scale.name} where it is money{more}"
    headings = (" / ".join(block.labels), *(block.columns[at] for at in columns))
    words = frozenset(
        at
        for at in range(len(headings) - 1)
        if any(isinstance(row.values[at], str) for row in rows)
    )
    return Table(
        f"known-{block.title.lower().replace(' ', '-')}",
        caption,
        headings,
        one_group(lines),
        words,
    )


def _pounds(block: Block, rows: Iterable[Row]) -> Iterable[float]:
    for row in rows:
        for value, column in zip(row.values, block.columns, strict=True):
            if isinstance(value, (int, float)) and block.unit_of(row.unit, column) == "£":
                yield value


def _written(paper: Paper, scale: Scale, value: Cell, unit: str) -> str:
    if isinstance(value, str) or value is None:
        return value or "–"
    if unit == "£":
        return scale.write(value, brackets=paper.brackets)
    if unit == "%":
        return percent(value, brackets=paper.brackets)
    is_whole = isinstance(value, NotKnown) or not isfinite(value) or float(value).is_integer()
    decimals = 0 if is_whole else 2
    return number(value, decimals, brackets=paper.brackets)
