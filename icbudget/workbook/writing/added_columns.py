"""Columns that people added to plan tables, as a workbook that is written anew has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from icbudget.plan import SETUP
from icbudget.plan.headings import folded
from icbudget.workbook.contents import Contents
from icbudget.workbook.layout import TableSheet
from icbudget.workbook.reading.user_sheets import UserContent
from icbudget.workbook.writing.styles import Styles


def own_columns(contents: Sequence[UserContent]) -> dict[str, dict[str, float]]:
    """Return the headings and widths of columns that people added to plan tables, by place.

    One that several have, however it is spelt, is one column.
    """
    columns: dict[str, dict[str, float]] = {}
    for column in chain.from_iterable(content.columns for content in contents):
        there = columns.setdefault(column.place, {})
        if folded(column.heading) not in {folded(heading) for heading in there}:
            there[column.heading] = column.width
    return columns


def settings_beside(contents: Sequence[UserContent]) -> frozenset[tuple[str, str]]:
    """Return the settings of Setup that have a cell in a column of somebody's own."""
    columns = chain.from_iterable(content.columns for content in contents)
    rows = chain.from_iterable(column.cells for column in columns if column.table == SETUP.field)
    return frozenset((SETUP.field, row.figure) for row in rows)


def own_columns_of(sheet: TableSheet, contents: Contents) -> Mapping[str, float]:
    """Return the headings and widths of columns that somebody added to a sheet's table.

    They stand right of the product's own; their cells are written with what is carried over.
    """
    return contents.own_columns.get(sheet.name, {})


def own_headings(
    sheet: Any, styles: Styles, place: TableSheet, contents: Contents, first: int
) -> list[dict[str, Any]]:
    """Return the columns that somebody added as an Excel Table asks for them, each with its width.

    `first`: the column of the first of them, counted from 0.
    """
    columns = []
    for at, (heading, width) in enumerate(own_columns_of(place, contents).items(), start=first):
        sheet.set_column(at, at, width)
        look = styles.heading(needed=False, over_numbers=False)
        columns.append({"header": heading, "header_format": look})
    return columns
