"""A table of many figures on a page: the names of its rows keep room of their own."""

from __future__ import annotations

from icbudget.report.document import Group, Line, Table
from icbudget.report.pdf_document import AROUND, fitted, widths

NAME = "Falls service, Integrated care board"


def of(*headings, cell="240,000"):
    lines = (Line(NAME, (cell,) * len(headings)),)
    return Table("t", "Releases", ("Release", *headings), (Group("", lines),))


def test_headings_that_would_leave_the_names_no_room_are_broken():
    """By hand: eight headings of 20 characters, 184 with the blanks, are more than the line holds.

    Each column is then as wide as `released`, its longest word, and the names are the widest.
    """
    parts = fitted(of(*["Of it to be released"] * 8))
    assert parts == [len(NAME), *[len("released") + AROUND] * 8]


def test_a_figure_is_never_broken():
    parts = fitted(of(*["Of it to be released"] * 8, cell="-1,240,000,000.00"))
    assert parts[1:] == [len("-1,240,000,000.00") + AROUND] * 8


def test_columns_that_leave_the_names_room_take_what_they_need():
    table = of("Planned", "Confirmed", "Claimed")
    assert fitted(table) == widths(table) == [len(NAME), 0, 0, 0]
