"""What the task pane needs to know about the template: its tables, answers and the cell of the
plan; all of it from the definitions.
"""

from __future__ import annotations

from typing import Any

from icbudget import __version__
from icbudget.answers.catalogue import ANSWERS
from icbudget.excel.registry import functions
from icbudget.plan.grid import companion_label
from icbudget.plan.headings import SETTING, VALUE
from icbudget.plan.ready_made import READY_MADE
from icbudget.workbook import layout
from icbudget.workbook.writing.office_addin import ADD_IN_VERSION


def facts() -> dict[str, Any]:
    """Return where the template has each plan table, and each answer with its sheet."""
    tables = [
        {
            "name": place.name,
            "sheet": place.sheet,
            "label": companion_label(place.table) if place.by_year else place.table.label,
        }
        for place in (layout.SETUP_SHEET, *layout.TABLE_SHEETS)
    ]
    answers = [{"title": answer.title, "help": answer.help} for answer in ANSWERS]
    whole_tables = [
        id for id, function in functions().items() if function.arguments[0].name == "tables"
    ]
    return {
        "version": __version__,
        "add_in_version": ADD_IN_VERSION,
        "tables": tables,
        "answers": answers,
        "whole_tables": whole_tables,
        "plan": layout.PLAN,
        "what_if": {"table": layout.WHAT_IF_TABLE},
        "settings": {
            "table": layout.SETTINGS,
            "setting": SETTING,
            "value": VALUE,
            "scenario": "Active scenario",
        },
        "scenarios": {"table": "Scenarios", "heading": "Scenario", "ready_made": list(READY_MADE)},
    }
