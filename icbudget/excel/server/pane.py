"""What the task pane needs to know about the template.

It is its tables, answers and the cell of the plan, all of it from the definitions.
"""

from __future__ import annotations

from typing import Any

from icbudget import __version__
from icbudget.answers.catalogue import ANSWERS
from icbudget.excel.all_functions import functions
from icbudget.excel.server.task_calls import GUIDE
from icbudget.plan.grid import companion_label
from icbudget.plan.headings import SETTING, VALUE
from icbudget.plan.modules import LIBRARY, MODULES
from icbudget.plan.plan import WITH_ITS_MODULE
from icbudget.plan.ready_made import READY_MADE
from icbudget.report.guide_page import anchor
from icbudget.workbook import layout
from icbudget.workbook.contents import offers
from icbudget.workbook.writing.office_addin import ADD_IN_VERSION

SHEETS_PAGE = "sheets"
"""The page of the guide that has a heading for every sheet of a workbook."""


def _guide_places() -> dict[str, str]:
    """Return where the guide tells of each sheet, by the sheet's name."""
    return {name: anchor(SHEETS_PAGE, name) for name in layout.SHEETS}


def _sheets_of_modules() -> dict[str, list[str]]:
    """Return the sheets of each module that open with it.

    So a module that is there is not offered.
    """
    opening: dict[str, list[str]] = {name: [] for name in MODULES}
    for place in layout.TABLE_SHEETS:
        if place.table.opens == WITH_ITS_MODULE and not place.by_year:
            opening[place.table.module].append(place.sheet)
    opening[LIBRARY] = [*layout.LIBRARY_SHEETS]
    return opening


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
        "guide": {"address": GUIDE, "page": SHEETS_PAGE, "sheets": _guide_places()},
        "offers": [
            {"kind": o.kind, "name": o.name, "purpose": o.purpose, "sheet": o.sheet}
            for o in offers()
        ],
        "modules": _sheets_of_modules(),
        "what_if": {"table": layout.WHAT_IF_TABLE},
        "settings": {
            "table": layout.SETTINGS,
            "setting": SETTING,
            "value": VALUE,
            "scenario": "Active scenario",
        },
        "scenarios": {"table": "Scenarios", "heading": "Scenario", "ready_made": list(READY_MADE)},
    }
