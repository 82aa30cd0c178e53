"""Which sheets a person prints: the short set, the full set, everything.

Excel prints the tabs that are selected, so a results workbook written for a set opens with the tabs
of that set selected. Whatever the set, an answer is printed to the end of its totals and charts;
with `ALL` every row of every answer is. Source: workbook.md §4.
"""

from __future__ import annotations

from icbudget.answers import catalogue
from icbudget.plan.modules import JOINT, POOL, RETURNS, SHIFT
from icbudget.workbook import layout
from icbudget.workbook.contents import Contents

SHORT, FULL, ALL = "short", "full", "all"
SETS = (SHORT, FULL, ALL)
"""What may be asked for: a page each of what most people read, the plan and its answers, all."""
_SHORT_ANSWERS = (
    catalogue.BALANCES,
    catalogue.PARTNER_POSITIONS,
    catalogue.CASH_RELEASED,
    catalogue.GOAL_TRACKER,
)


def sheets_printed(wanted: str, contents: Contents) -> tuple[str, ...]:
    """Return the sheets of a set, in reading order; none where no set, or everything, is wanted.

    Raises `ValueError` for a word that is no set.
    """
    if wanted and wanted not in SETS:
        raise ValueError(f"There is no set {wanted} to print. Use one of: {', '.join(SETS)}.")
    if wanted == SHORT:
        answers = [a.title for a in contents.answers if a in _SHORT_ANSWERS]
        return (layout.DASHBOARD, *answers, layout.CHECKS)
    if wanted == FULL:
        # A form of the return is sent as a file, forms of integration are read in the report, and
        # further answers are looked up.
        left_out = (catalogue.CHECKS, catalogue.FORMS_OF_INTEGRATION)
        answers = [
            a.title
            for a in contents.answers
            if a.opens and a.module not in (RETURNS, JOINT) and a not in left_out
        ]
        tables = [
            place.sheet
            for place in contents.table_sheets
            # what scenarios come to is looked up on Side by side
            if place.table.module in (POOL, SHIFT) and place.table.field != "scenarios"
        ]
        return (layout.DASHBOARD, *tables, *answers, layout.CHECKS)
    return ()
