"""An answer printed as a table."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from icbudget import money
from icbudget.answers.block import Block
from icbudget.cli import terminal
from icbudget.plan.unread_cells import NotKnown

WIDE = 220
"""Characters of a line from which on a table is printed with all its columns."""
LABEL_WIDTH = 24
"""Characters that a column of labels keeps where the table has to be squeezed."""


def print_table(
    answer: Block, *, leave_out: Sequence[str] = (), narrow: Sequence[str] = ()
) -> None:
    """Print an answer as a table: money in whole pounds, percentages with one decimal.

    `narrow`: columns that are left out too on a terminal that is not wide enough for all.
    """
    from rich.table import Table

    console = terminal.console(width=None if sys.stdout.isatty() else 2 * WIDE)
    out = (*leave_out, *(narrow if console.width < WIDE else ()))
    columns = [at for at, heading in enumerate(answer.headings) if heading not in out]
    table = Table(
        title=terminal.markup(answer.title),
        title_justify="left",
        box=None,
        header_style="bold",
        pad_edge=False,
    )
    for at in columns:
        is_label = at < len(answer.labels)
        longest = max((len(row.labels[at]) for row in answer.rows), default=0) if is_label else 0
        table.add_column(
            terminal.markup(answer.headings[at]),
            justify="left" if at < answer.values_at else "right",
            min_width=min(longest, LABEL_WIDTH),
        )
    for row, cells in zip(answer.rows, answer.grid()[1:], strict=True):
        texts = []
        for at in columns:
            is_value = at >= answer.values_at
            unit = answer.unit_of(row.unit, answer.headings[at]) if is_value else ""
            texts.append(terminal.markup(_written(cells[at], unit)))
        table.add_row(*texts)
    console.print(table)
    print(answer.shows)


def _written(value: Any, unit: str) -> str:
    if isinstance(value, (str, NotKnown)):
        return str(value)
    pounds = money.to_pounds(money.to_pence(value))
    digits = f"{value:.1%}" if unit == "%" else f"{pounds:,.0f}"
    is_zero = not digits.strip("-0.%")
    return digits.replace("-", "" if is_zero else "−")
