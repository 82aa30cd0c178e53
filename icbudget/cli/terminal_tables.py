"""Tables that fit the terminal: words are folded, and no figure is ever cut."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from icbudget import money
from icbudget.cli import terminal
from icbudget.cli.terminal import say
from icbudget.plan.unread_cells import NotKnown

LEAST_NAME = 24
"""Characters that the names keep; where figures leave less, each row is printed as a list."""
LONGEST_FIGURE = 20
"""Characters of the longest figure; what is longer is words, and may be folded."""


def print_rows(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "", names: int = 1
) -> None:
    """Print rows under headings, the first `names` columns to the left, the others to the right.

    Where the figures leave no room for the names, every row is a list of its figures.
    """
    if title:
        say(title)
    if not rows:
        return
    longest = []
    for at, heading in enumerate(headings):
        longest.append(max(len(heading), *(len(row[at]) for row in rows)))
    figures = [width for width in longest[names:] if width <= LONGEST_FIGURE]
    room = terminal.table_width() - sum(figures) - 2 * (len(headings) - 1)
    is_all_figures = len(figures) == len(longest) - names
    if room < LEAST_NAME and is_all_figures:
        _print_lists(headings, rows, names)
    else:
        _print_table(headings, rows, longest, names)


def _print_table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], longest: Sequence[int], names: int
) -> None:
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for at, heading in enumerate(headings):
        is_figure = at >= names and longest[at] <= LONGEST_FIGURE
        table.add_column(
            terminal.markup(heading),
            justify="left" if at < names else "right",
            no_wrap=is_figure,
            min_width=longest[at] if is_figure else None,
            overflow="fold",
        )
    for row in rows:
        table.add_row(*(terminal.markup(cell) for cell in row))
    terminal.console(width=terminal.table_width()).print(table)


def _print_lists(headings: Sequence[str], rows: Sequence[Sequence[str]], names: int) -> None:
    for row in rows:
        say(", ".join(cell for cell in row[:names] if cell), hang=2)
        for heading, cell in zip(headings[names:], row[names:], strict=True):
            say(f"  {heading}: {cell}", hang=2)


def figure(value: Any, unit: str) -> str:
    """Return a cell as a table shows it: whole pounds, percentages with one decimal, words."""
    if value is None:
        return ""
    if isinstance(value, (str, NotKnown)):
        return str(value)
    pounds = money.to_pounds(money.to_pence(value))
    digits = f"{value:.1%}" if unit == "%" else f"{pounds:,.0f}"
    is_zero = not digits.strip("-0.%")
    return digits.replace("-", "" if is_zero else "−")
