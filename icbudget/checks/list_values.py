"""Values chosen from a list: words of the plan's rules year, and entries of the plan's own.

No list was seen whole at its source, so a list helps and does not bind.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from icbudget import reference, years
from icbudget.checks.plan_places import at
from icbudget.findings import Finding, Place, error, note, warning
from icbudget.plan import TABLES, Plan
from icbudget.plan.columns import Column, Kind, columns_of

_SOURCES = "funding_source"
_NEAR_ENOUGH = 2
"""Years by which rules may be further off than the nearest: words last longer than the years they
were made for.
"""
_Own = dict[tuple[str, str], tuple[Column, tuple[str, ...], Place]]
"""Entries of the plan's own by list and value: the column, what its list has, and where the entry
stands first.
"""
_COUNTED_ON = ("area_of_spend",)
"""Lists whose words the statutory tests look for, so that an entry of one's own counts for none of
them.
"""


def listed_values(plan: Plan) -> list[Finding]:
    """Return a finding for every value outside the lists of the plan's rules year.

    A list without entries allows all. An entry of the plan's own is one finding: a warning where it
    is near a listed one, is another year's word, or tests look for the listed ones; else in one
    note for all of its list. A funding source of the plan's own is one that a row of Funding gives;
    one that nobody gives, or that is another year's name, is an error, and so is an unknown row of
    the library. Findings: `list.own-value`, `list.rules-year`, `list.unknown-value`.
    """
    year = plan.setup.rules_year
    if year not in reference.rules_years():
        message = f"There are no lists for rules year “{year}”."
        fix = f"Use one of: {'; '.join(reference.rules_years())}."
        return [error("list.rules-year", message, fix, at("setup", None, "rules_year"))]
    findings: list[Finding] = []
    own: _Own = {}
    contributed = {row.source for row in plan.contributions}
    for column, value, listed, place in _unlisted(plan, year):
        # A source of the plan's own must be somebody's, and no word of another year.
        stray = value not in contributed or bool(reference.listed_in(_SOURCES, value))
        if column.choice_list == reference.LIBRARY:
            findings.append(_not_in_library(column, value, listed, place))
        elif column.choice_list == _SOURCES and stray:
            findings.append(_no_source(column, value, listed, year, place))
        else:
            own.setdefault((column.choice_list, value), (column, listed, place))
    return [*findings, *_own(own, year)]


def _unlisted(plan: Plan, year: str) -> Iterator[tuple[Column, str, tuple[str, ...], Place]]:
    """Yield every value that its list lacks: its column, the value, the list and the place."""
    for table, spec in TABLES.items():
        rows = getattr(plan, table)
        if not rows:
            continue
        columns = [column for column in columns_of(spec.noun) if column.choice_list]
        for row in rows if columns else ():
            for column in columns:
                stated = getattr(row, column.field)
                for value in stated if column.kind is Kind.REFERENCES else (stated,):
                    listed = _listed(column, row, year) if value else ()
                    if listed and value not in listed:
                        yield column, value, listed, at(table, row, column.field)


def rules_of_the_plan(plan: Plan) -> list[Finding]:
    """Return a note where another rules year is much nearer to the plan's years.

    The plan may be an old one taken up again, or the rules year the default. Findings:
    `rules.other-years`.
    """
    known, named = reference.rules_years(), plan.setup.rules_year
    if named not in known:
        return []
    apart = {year: _years_apart(plan, year) for year in known}
    nearest = min(known, key=lambda year: apart[year])
    if apart[named] <= apart[nearest] + _NEAR_ENOUGH:
        return []
    message = (
        f"The lists and rules are those of {named}, and the plan runs from {plan.years[0]} to"
        f" {plan.years[-1]}."
    )
    return [
        note(
            "rules.other-years",
            message,
            f"Choose {nearest} under Rules year in Setup: it is nearer.",
            at("setup", None, "rules_year"),
        )
    ]


def _years_apart(plan: Plan, rules_year: str) -> int:
    """Return how many years lie between the plan and the years that rules are for."""
    covered = years.covered_by_rules(rules_year)
    after_the_plan = covered[0] - years.start(plan.years[-1])
    before_the_plan = years.start(plan.years[0]) - covered[-1]
    return max(0, after_the_plan, before_the_plan)


def _listed(column: Column, row: Any, year: str) -> tuple[str, ...]:
    if column.choice_list == "sub_type":
        # A sub-type is listed under its scheme type: the same word may stand under two.
        return reference.sub_types(row.scheme_type, year)
    return reference.choices(column.choice_list, year)


def _near(value: str, listed: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(value, listed, 1, 0.7)
    return f"Write “{near[0]}” if that is meant. " if near else ""


def _listed_values(listed: tuple[str, ...]) -> str:
    return (
        f"Choose from the list (not confirmed against the official template): {'; '.join(listed)}."
    )


def _not_in_library(column: Column, value: str, listed: tuple[str, ...], place: Place) -> Finding:
    message = f"{column.label} “{value}” is not in the evidence library."
    fix = f"Choose a row that `icbudget evidence` lists: {'; '.join(listed)}."
    return error("list.unknown-value", message, fix, place)


def _no_source(
    column: Column, value: str, listed: tuple[str, ...], year: str, place: Place
) -> Finding:
    message = (
        f"{column.label} “{value}” is not in the list of {year}, and no row of Funding gives it."
    )
    hint = _near(value, listed)
    if others := reference.listed_in(_SOURCES, value):
        message = f"{column.label} “{value}” is a name of {others[-1]}, not of {year}."
        now = reference.crosswalk(_SOURCES, value, others[-1], year)[0] if others[-1] < year else ""
        hint = f"Write “{now}”, its name of now. " if now in listed else hint
    fix = f"{hint}{_listed_values(listed)} A source of your own needs a row of Funding."
    return error("list.unknown-value", message, fix, place)


def _own(entries: _Own, year: str) -> Iterator[Finding]:
    """Yield a warning for each doubtful entry, and one note a list for all others."""
    kept: dict[str, list[str]] = {}
    for (list_name, value), (column, listed, place) in entries.items():
        others = reference.listed_in(list_name, value)
        hint = _near(value, listed) or (
            f"Change it if it was taken from {others[-1]}. " if others else ""
        )
        if hint or list_name in _COUNTED_ON:
            message = (
                f"{column.label} “{value}” is not in the list of {year}: it is kept as an entry of"
                " your own."
            )
            message = f"{message}{_counts(list_name)}"
            fix = f"{hint}{_listed_values(listed)}"
            yield warning("list.own-value", message, fix, place)
        else:
            kept.setdefault(list_name, []).append(value)
    for list_name, values in kept.items():
        column, listed, place = entries[list_name, values[0]]
        named = "; ".join(f"“{value}”" for value in values)
        are = "is an entry" if len(values) == 1 else "are entries"
        message = (
            f"{column.label}: {named} {are} of your own, not in the list of"
            f" {year}.{_counts(list_name)}"
        )
        yield note("list.own-value", message, _listed_values(listed), place)


def _counts(list_name: str) -> str:
    if list_name != _SOURCES:
        return ""
    return (
        " Such a source counts, and the returns show it, as additional money of the side that"
        " gives it."
    )


WHY_IT_MATTERS = {
    "list.own-value": (
        "An entry of your own is kept, but a national return may not take it, and minimums may"
        " not count it."
    ),
    "list.rules-year": "Without the lists of a year nobody knows what its money may be spent on.",
    "list.unknown-value": (
        "What the name stands for is not known, so the row cannot be held against the rules."
    ),
    "rules.other-years": (
        "What must be spent on what is tested by rules of other years, and may be met here and"
        " missed in truth."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
