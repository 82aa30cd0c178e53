"""A document as a PDF that a screen reader can follow (PDF/UA-1)."""

from __future__ import annotations

import json
from importlib.resources import files
from itertools import chain
from typing import Any, Literal

from icbudget.report.document import Chart, Document, Table
from icbudget.report.drawing import alone, description, fonts
from icbudget.report.report_figures import legible

STANDARD: Literal["ua-1"] = "ua-1"
SHORT, LONG = 12, 46
"""A column of texts no longer than the first takes what it needs; one of longer texts shares what
is left, up to the second.
"""


def pdf(document: Document) -> bytes:
    """Return a document as the bytes of a PDF/UA-1 file, with headings and charts described.

    Typst sets the type, with the fonts it brings and those of matplotlib, never the machine's: the
    same document gives the same bytes everywhere. Everything a plan says goes in as text and is
    never read as markup.
    """
    import typst

    layout: bytes = files(__package__).joinpath("paper.typ").read_bytes()
    return typst.compile(
        layout,
        sys_inputs={"document": json.dumps(_record(document), ensure_ascii=False)},
        font_paths=fonts(),
        pdf_standards=[STANDARD],
        # No clock, so that equal documents are equal bytes.
        timestamp=0,
    )


def _record(document: Document) -> dict[str, Any]:
    return {
        "title": legible(document.title),
        "kind": document.kind,
        "facts": [[what, legible(value)] for what, value in document.facts],
        "in_short": document.in_short,
        "opening": legible(document.opening),
        "points": [legible(point) for point in document.points],
        "reading": document.reading,
        "made_by": document.made_by,
        "compact": document.compact,
        "sections": [
            {
                "heading": section.heading,
                "paragraphs": [legible(text) for text in section.paragraphs],
                "points": [legible(text) for text in section.points],
                "numbered": section.numbered,
                "parts": [
                    _chart(part) if isinstance(part, Chart) else _table(part)
                    for part in section.parts
                ],
                "remarks": [legible(text) for text in section.remarks],
            }
            for section in document.sections
        ],
    }


def _chart(chart: Chart) -> dict[str, Any]:
    """Return a chart for the page; what its drawing says of itself is its alternative text."""
    return {
        "kind": "chart",
        "caption": legible(chart.caption),
        "alt": description(chart.svg),
        "svg": alone(chart.svg),
    }


BROKEN = 22
"""Characters beyond which the heading of a column of figures is broken into lines."""


ROOM = 100
"""Characters of a table's smallest print that a line of the page holds between its columns."""
NAMES = 24
"""Characters that the names of a table's rows need at the least."""
AROUND = 3
"""Characters of blank around what stands in a column."""


def fitted(table: Table) -> list[int]:
    """Return each column's part of the width on a page, so that the names keep room of their own.

    Columns that take what they need (0) take it before the names do. Where they would leave the
    names none, each gets a part as wide as its longest word, and its heading is broken.
    """
    parts = widths(table)
    lines = list(chain.from_iterable(group.lines for group in table.groups))
    needed = {
        at: [table.headings[at], *(line.cells[at - 1] for line in lines)]
        for at, part in enumerate(parts)
        if part == 0
    }
    taken = sum(max(map(len, texts)) + AROUND for texts in needed.values())
    if taken <= ROOM - NAMES:
        return parts
    for at, (heading, *cells) in needed.items():
        # A figure is never broken into lines.
        parts[at] = max(map(len, (*heading.split(), *cells))) + AROUND
    return parts


def widths(table: Table) -> list[int]:
    """Return each column's part of the width, by its longest text.

    Figures and short texts are 0: they take what they need; but a heading of many words over
    figures is broken, so that it takes no room from the names.
    """
    lines = list(chain.from_iterable(group.lines for group in table.groups))
    texts = [
        [line.heading for line in lines],
        *([line.cells[c] for line in lines] for c in range(len(table.headings) - 1)),
    ]
    longest = [
        max(map(len, (heading, *column)))
        for heading, column in zip(table.headings, texts, strict=True)
    ]

    def part(at: int, length: int) -> int:
        if at == 0 or (at - 1 in table.words and length > SHORT):
            return min(length, LONG)
        return BROKEN if len(table.headings[at]) > BROKEN else 0

    return [part(at, length) for at, length in enumerate(longest)]


def _table(table: Table) -> dict[str, Any]:
    return {
        "kind": "table",
        "caption": legible(table.caption),
        "headings": [legible(heading) for heading in table.headings],
        "widths": fitted(table),
        "words": sorted(table.words),
        "short": table.short,
        "groups": [
            {
                "heading": legible(group.heading),
                "lines": [
                    {
                        "heading": legible(line.heading),
                        "cells": [legible(cell) for cell in line.cells],
                        "total": line.total,
                    }
                    for line in group.lines
                ],
            }
            for group in table.groups
        ],
    }
