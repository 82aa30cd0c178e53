"""What the task pane needs to know about the template: tables, answers and their formulas; all of
it from the definitions.
"""

from __future__ import annotations

from typing import Any

from icbudget import __version__
from icbudget.answers.catalogue import ANSWERS, EVERY_TABLE
from icbudget.excel import coerce
from icbudget.excel.registry import functions
from icbudget.excel.workbook_tables import places
from icbudget.plan.grid import companion_label
from icbudget.plan.headings import SETTING, VALUE
from icbudget.plan.ready_made import READY_MADE
from icbudget.workbook import layout
from icbudget.workbook.writing.office_addin import ADD_IN_VERSION


def facts() -> dict[str, Any]:
    """Return the tables in the order of the functions' arguments, and each answer's function, sheet
    and formula.
    """
    arguments = ",".join(layout.arguments(EVERY_TABLE))
    return {
        "version": __version__,
        "add_in_version": ADD_IN_VERSION,
        "tables": [
            {
                "name": place.name,
                "sheet": place.sheet,
                "label": companion_label(place.table) if place.by_year else place.table.label,
            }
            for place in places()
        ],
        "answers": [
            {
                "id": a.excel_id,
                "sheet": a.title,
                "help": a.help,
                "formula": f"={a.excel_id}({arguments})",
            }
            for a in ANSWERS
        ],
        "whole_tables": [
            id for id, f in functions().items() if any(a.read is coerce.table for a in f.arguments)
        ],
        "settings": {
            "table": layout.SETTINGS,
            "setting": SETTING,
            "value": VALUE,
            "scenario": "Active scenario",
        },
        "scenarios": {"table": "Scenarios", "heading": "Scenario", "ready_made": list(READY_MADE)},
    }
