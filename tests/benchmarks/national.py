"""Plans for the real Health and Wellbeing Board areas of England, as large as their registered
populations say.

Only the areas, their ICBs and their sizes are real. Everything else is the illustrative borough of
300,000 people made larger or smaller, so no figure says anything about any place.
"""

from __future__ import annotations

import copy
from functools import cache

from icbudget import reference
from icbudget.plan.plan_text import as_document, from_document, from_yaml, to_json
from tests.places import FIRST_BOROUGH

BOROUGH = FIRST_BOROUGH
PEOPLE = 300_000
GROWS = {
    "contributions": ("base_amount", "amounts"),
    "schemes": ("base_amount", "amounts", "planned_outputs"),
    "minimums": ("base_amount", "amounts"),
    "acute_lines": ("base_activity", "baseline_value", "block_value", "floor", "fixed_release"),
    "programmes": ("people", "cohort", "fixed_cost", "double_running", "exit_cost"),
    "shifts": ("amounts",),
    "goals": ("target", "baseline", "expected"),
}
"""Figures that are as large as the place."""


@cache
def _borough():
    document = as_document(from_yaml(BOROUGH.read_text(encoding="utf-8")).plan)
    document["uncertainties"] = [
        row for row in document["uncertainties"] if not row["path"].startswith("contributions")
    ]
    for table in ("virements", "actuals", "forecasts", "closes", "scenarios"):
        document.pop(table, None)
    document["goals"] = [
        row for row in document["goals"] if row.get("acute_line") or row.get("kind") == "bed_days"
    ]
    return document


def area_plan(area):
    """The plan of an area as JSON."""
    document, icbs = copy.deepcopy(_borough()), reference.area_icbs(area.ons_code, "2026/27")
    size = sum(icb.people for icb in icbs) / PEOPLE
    document["setup"] |= {
        "title": f"Made-up plan, as large as {area.name}",
        "area": area.name,
        "ons_code": area.ons_code,
    }
    names = {
        "icb_main": icbs[0].icb_name,
        "icb_other": icbs[1].icb_name if len(icbs) > 1 else "A neighbouring ICB",
    }
    for partner in document["partners"]:
        partner["name"] = names.get(partner["id"], f"{partner['name']} ({area.name})")
    for table, fields in GROWS.items():
        for row in document.get(table, ()):
            for field in fields:
                row.update({field: _grown(row[field], size)} if row.get(field) is not None else {})
    draft = from_document(document)
    assert draft.sound, [str(f) for f in draft.findings]
    return to_json(draft.plan)


def _grown(value, size):
    return (
        {year: _grown(v, size) for year, v in value.items()}
        if isinstance(value, dict)
        else round(float(value) * size, 2)
    )


def write_plans(folder, count=150):
    """Write so many plans into a folder, one an area in the order of the codes; return their
    paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for area in sorted(reference.areas(), key=lambda area: area.ons_code)[:count]:
        paths.append(folder / f"{area.ons_code}.json")
        paths[-1].write_text(area_plan(area), encoding="utf-8")
    return paths
