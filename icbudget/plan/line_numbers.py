"""The number of a line where nobody typed one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from icbudget.plan import cell_values
from icbudget.plan.plan import PlanTable

NUMBERED = ("contributions", "schemes")
"""Tables whose lines are numbered in the order of their rows where nobody types a number.

Tables that name a line, such as Actuals, ask for it to be typed.
"""


def with_line_numbers(
    table: PlanTable, raw_rows: Sequence[Mapping[str, Any]]
) -> Sequence[Mapping[str, Any]]:
    """Return raw rows with a blank line number filled in (workbook.md §3).

    It is the next one of the same key that nobody typed.
    """
    if table.field not in NUMBERED:
        return raw_rows
    parts = [part for part in table.key if part != "line"]
    keys = [tuple(cell_values.clean(str(raw.get(p) or "")) for p in parts) for raw in raw_rows]
    lines = [raw.get("line") for raw in raw_rows]
    taken = {
        (key, _line_number(line))
        for key, line in zip(keys, lines, strict=True)
        if not cell_values.is_blank(line)
    }
    numbered: list[Mapping[str, Any]] = []
    for raw, key, line in zip(raw_rows, keys, lines, strict=True):
        if not cell_values.is_blank(line) or not any(key):
            numbered.append(raw)
            continue
        number = next(n for n in range(1, len(raw_rows) + 2) if (key, n) not in taken)
        taken.add((key, number))
        numbered.append({**raw, "line": number} if number > 1 else raw)
    return numbered


def _line_number(raw: Any) -> int:
    """Return a typed line number; 0 for one that is none, which has a finding of its own."""
    try:
        return int(float(str(raw)))
    except ValueError:
        return 0
