"""Columns that several tables have in the same words, each declared once."""

from __future__ import annotations

from typing import Any

from icbudget.plan.columns import Kind, Role, column


def short_id(label: str) -> Any:
    """Return the column of a row's id, called as what the row is."""
    return column(label, Kind.TEXT, "Short id used in the other tables", min_length=1, opens=True)


def financial_year() -> Any:
    """Return the column of the financial year that a row is about."""
    return column("Year", Kind.YEAR, "Financial year", opens=True)


def line_of_scheme(label: str = "Line", *, opens: bool = True) -> Any:
    """Return the column of the line of the scheme that a row names."""
    # A scheme's first line is 1: a scheme of one line needs nobody to type it.
    return column(label, Kind.WHOLE, "Line of that scheme", default=1, ge=1, opens=opens)


def clause_of_agreement() -> Any:
    """Return the column of the clause that a term rests on."""
    # A term and no words: whoever signs the figures signs the clause that they rest on.
    return column(
        "Clause",
        Kind.TEXT,
        "Where the agreement says so",
        default="",
        role=Role.TERM,
        opens=True,
    )
