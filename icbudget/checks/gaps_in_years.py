"""A figure by year with a blank between two years asks whether it was forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from icbudget.checks.plan_places import at
from icbudget.findings import Finding, Place, error, warning
from icbudget.plan import TABLES, Plan
from icbudget.plan.columns import columns_of

_COUNTED_AS_NOTHING = {
    "programmes": ("people", "cohort", "reach"),
    "shifts": ("amounts", "percents"),
}
"""Figures of which a blank year would count as 0."""
_ROLLED_FORWARD = {
    table: ("amounts",) for table in ("contributions", "pass_downs", "schemes", "minimums")
}
"""Figures of which a blank year is the year before, moved on by its index."""


def gaps(plan: Plan) -> list[Finding]:
    """Return a question for each blank year that stands between two years that are filled in.

    Where it would count as 0 it is an error: nothing that rests on it is known until somebody types
    the figure, or the 0 that is meant. Where the amount rolls forward it is a warning. Findings:
    `year.blank-between`, `year.rolled-between`.
    """
    findings: list[Finding] = []
    for table, fields in (*_COUNTED_AS_NOTHING.items(), *_ROLLED_FORWARD.items()):
        labels = {c.field: c.label for c in columns_of(TABLES[table].noun)}
        for row in getattr(plan, table):
            for field in fields:
                for year, before, after in _blanks(plan, getattr(row, field)):
                    name = TABLES[table].key_of(row).replace("|", ", ")
                    message = (
                        f"{labels[field]} of “{name}” is blank for {year}, between {before} and"
                        f" {after}"
                    )
                    place = at(table, row, field, year)
                    if table in _COUNTED_AS_NOTHING:
                        findings.append(_would_be_nothing(message, place))
                    else:
                        findings.append(_would_roll_forward(message, place))
    return findings


def _blanks(plan: Plan, by_year: Mapping[str, object]) -> list[tuple[str, str, str]]:
    """Return each blank year with the filled-in years around it."""
    filled = [year for year in plan.years if year in by_year]
    blanks: list[tuple[str, str, str]] = []
    for before, after in pairwise(filled):
        # Blank before the first typed year and after the last is a beginning and an end, and no
        # gap.
        between = [year for year in plan.years if before < year < after]
        blanks += [(year, before, after) for year in between]
    return blanks


def _would_be_nothing(message: str, place: Place) -> Finding:
    return error(
        "year.blank-between",
        f"{message}: was it forgotten, or is it 0?",
        "Type the figure, or 0 if none is meant.",
        place,
    )


def _would_roll_forward(message: str, place: Place) -> Finding:
    return warning(
        "year.rolled-between",
        f"{message}; the year before is rolled forward by the index.",
        "Type the amount if one is agreed, or leave it blank if the index is meant.",
        place,
    )


WHY_IT_MATTERS = {
    "year.blank-between": (
        "A blank year between two figures counts as nothing. If it was forgotten, that year's"
        " money is missing."
    ),
    "year.rolled-between": (
        "The year before is rolled forward where a figure may have been meant, and the two may"
        " differ."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
