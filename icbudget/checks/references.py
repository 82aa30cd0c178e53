"""What a row names must exist: keys of other tables, values of the lists, years of the indices."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from icbudget.checks.plan_places import at
from icbudget.engine.projection import funding
from icbudget.findings import Finding, error, warning
from icbudget.plan import SETUP, TABLES, Plan
from icbudget.plan.columns import Column, Kind, Noun, columns_of
from icbudget.plan.index import FLAT
from icbudget.plan.profile import BUILT_IN
from icbudget.recent_view import recent_view

_OF_THE_YEAR = ("virements", "actuals", "forecasts", "closes", "confirmed_releases")
"""Tables whose schemes and years `icbudget.checks.in_year_rows` checks, which says what it means
for the figures.
"""


def _naming_indices(plan: Plan) -> Iterator[tuple[str, Noun, Column]]:
    """Yield each row with each of its columns that names an index.

    Each as (field of its table, row, column).
    """
    for table in (SETUP, *TABLES.values()):
        rows = (plan.setup,) if table is SETUP else getattr(plan, table.field)
        columns = _indices_of(table.noun) if rows else ()
        for row in rows if columns else ():
            for column in columns:
                yield table.field, row, column


def broken_links(plan: Plan, unread: Mapping[str, set[str]]) -> list[Finding]:
    """Return a finding for every reference to a row that is not there.

    References to one empty table are one finding. Where a row of the table has no readable key, the
    reference may be to it: that row has its finding already. Schemes that rows of the year name are
    checked in `icbudget.checks.in_year_rows`, and partners of a risk or gain share in
    `icbudget.checks.unusable_agreements`, which say what it means for the figures. A pool whose
    risk share is not there stays unshared, and the answers go on. Findings: `link.empty-table`,
    `link.twice`, `link.unknown`.
    """
    known = {name: _first_keys(getattr(plan, name), name) for name in TABLES}
    empty = {name for name, keys in known.items() if not keys and not unread.get(name)}
    for name, keys in unread.items():
        known[name] = known.get(name, frozenset()) | {key.split("|")[0] for key in keys}
    known["indices"] |= {FLAT}
    known["profiles"] |= frozenset(BUILT_IN)
    findings: list[Finding] = []
    to_empty: dict[str, list[Finding]] = {}
    for table in (SETUP, *TABLES.values()):
        rows = (plan.setup,) if table is SETUP else getattr(plan, table.field)
        if not rows:
            continue
        named = tuple((name, known[name]) for name in _tables_named(table.noun))
        if not named:
            continue
        broken = (_broken if table is SETUP else _broken_in)(rows, table.field, named)
        for link, name in broken:
            if name in empty:
                to_empty.setdefault(name, []).append(link)
            else:
                findings.append(link)
    to_tables = [_to_empty(table, links) for table, links in to_empty.items()]
    # model §8: a pool without its rule shares nothing and is still answered
    return [
        replace(finding, set_aside=finding.place.column == "risk_share")
        for finding in (*to_tables, *findings)
    ]


def _broken(
    rows: tuple[Noun, ...], table: str, known: tuple[tuple[str, frozenset[str]], ...]
) -> tuple[tuple[Finding, str], ...]:
    """Return what is wrong with the references of rows, each with the table whose row is not there.

    What is there and named twice has no such table. `known`: the keys of each table that is named.
    """
    keys = dict(known)
    broken: list[tuple[Finding, str]] = []
    for row in rows:
        for column in _links_of(type(row)):
            value, there = getattr(row, column.field), keys[column.table]
            # Where a row has no readable key, the reference may be to it.
            if not value or "" in there or _checked_elsewhere(table, column):
                continue
            named = value if column.kind is Kind.REFERENCES else (value,)
            for name in dict.fromkeys(named):
                if name not in there:
                    broken.append((_missing(table, row, column, name, there), column.table))
                if named.count(name) > 1:
                    message = f"{column.label} names “{name}” {named.count(name)} times."
                    fix = "Name it once."
                    place = at(table, row, column.field)
                    broken.append((error("link.twice", message, fix, place), ""))
    return tuple(broken)


_broken_in = recent_view(96, most_rows=20_000)(_broken)
"""`_broken`, kept with rows and keys: an edit changes one table, and the others are the same."""


@cache
def _tables_named(noun: type[Noun]) -> tuple[str, ...]:
    """Return the tables whose rows a table's rows name."""
    return tuple(dict.fromkeys(column.table for column in _links_of(noun)))


@recent_view(96, most_rows=20_000)
def _first_keys(rows: tuple[Noun, ...], table: str) -> frozenset[str]:
    """Return what rows are called, by the first part of their keys."""
    first = TABLES[table].key[0]
    return frozenset(getattr(row, first) for row in rows)


@cache
def _links_of(noun: type[Noun]) -> tuple[Column, ...]:
    """Return the columns that name rows of a table."""
    return tuple(column for column in columns_of(noun) if column.table)


@cache
def _indices_of(noun: type[Noun]) -> tuple[Column, ...]:
    """Return the columns that name an index."""
    return tuple(column for column in _links_of(noun) if column.table == "indices")


def _checked_elsewhere(table: str, column: Column) -> bool:
    return (
        column.table == "partners" and table in TABLES and TABLES[table].set_aside == "whole"
    ) or (column.table == "schemes" and table in _OF_THE_YEAR)


def _to_empty(table: str, links: list[Finding]) -> Finding:
    """Return one finding for all references to a table without rows."""
    if len(links) == 1:
        return links[0]
    message = (
        f"{len(links)} cells name rows of {TABLES[table].label}, which has none; this is the first"
        " of them."
    )
    return error("link.empty-table", message, _fill_in(table), links[0].place)


def _fill_in(table: str) -> str:
    return f"Fill in {TABLES[table].label}."


def empty_tables(findings: Iterable[Finding]) -> set[str]:
    """Return the tables that findings say are named and have no rows: the cause of what follows."""
    fixes = {finding.fix for finding in findings if finding.id == "link.empty-table"}
    return {table for table in TABLES if _fill_in(table) in fixes}


def _missing(table: str, row: Noun, column: Column, name: str, known: frozenset[str]) -> Finding:
    message = f"{column.label} names “{name}”, which is not in {TABLES[column.table].label}."
    return error(
        "link.unknown", message, suggestion(name, known, column.table), at(table, row, column.field)
    )


def suggestion(name: str, known: Iterable[str], table: str) -> str:
    """Return the fix for a name that a table lacks: the nearest one, or those there are."""
    folded = {key.casefold(): key for key in sorted(known)}
    near = difflib.get_close_matches(name.casefold(), folded, 1, 0.6)
    if near:
        return f"Write “{folded[near[0]]}” if that is meant, or add a row to {TABLES[table].label}."
    allowed = "; ".join(list(folded.values())[:12]) or "none yet"
    return f"Add it to {TABLES[table].label}, or use one of: {allowed}."


def names_alike(plan: Plan) -> list[Finding]:
    """Return a finding for keys that differ in capitals only: Excel takes them for one.

    Findings: `row.same-but-capitals`.
    """
    return [finding for name in TABLES for finding in _keys_alike(getattr(plan, name), name)]


@recent_view(96, most_rows=20_000)
def _keys_alike(rows: tuple[Noun, ...], name: str) -> list[Finding]:
    findings: list[Finding] = []
    table = TABLES[name]
    key_by_folded_key: dict[str, str] = {}
    for row in rows:
        key = table.key_of(row)
        first = key_by_folded_key.setdefault(key.casefold(), key)
        if first != key:
            message = (
                f"“{key}” and “{first}” differ in capitals only, which Excel does not tell apart."
            )
            fix = "Give one of them another name."
            place = at(name, row, table.key[0])
            findings.append(error("row.same-but-capitals", message, fix, place))
    return findings


_SHOWN_BY_NAME = ("partners", "pools", "programmes")
"""Tables whose rows answers, charts and documents show by their names."""


def names_shared(plan: Plan) -> list[Finding]:
    """Return a warning for each row that has the name of another of its table.

    Blank names are none: the row is then shown by its id. Findings: `row.same-name`.
    """
    return [f for table in _SHOWN_BY_NAME for f in _names_shared(getattr(plan, table), table)]


@recent_view(96, most_rows=20_000)
def _names_shared(rows: tuple[Any, ...], table: str) -> list[Finding]:
    findings: list[Finding] = []
    key_by_name: dict[str, str] = {}
    for row in rows:
        name, key = row.name.strip(), TABLES[table].key_of(row)
        if not name:
            continue
        first = key_by_name.setdefault(name.casefold(), key)
        if first != key:
            message = (
                f"“{key}” and “{first}” are both called “{name}”: answers, charts and documents"
                " show them by that name."
            )
            fix = "Give one of them another name, or delete it where it is the same one twice."
            findings.append(warning("row.same-name", message, fix, at(table, row, "name")))
    return findings


def own_ancestors(plan: Plan) -> list[Finding]:
    """Return a finding for every pool or activity line that is, by its parents, its own parent.

    Findings: `link.own-parent`.
    """
    findings: list[Finding] = []
    for name, table in TABLES.items():
        rows = {getattr(row, table.key[0]): row for row in getattr(plan, name)}
        if not rows:
            continue
        for column in (c for c in columns_of(table.noun) if c.table == name):
            parents = {id: getattr(row, column.field) for id, row in rows.items()}
            for id in (id for id in rows if _leads_back(id, parents)):
                message = f"The {column.label.lower()} of “{id}” leads back to it."
                fix = "Clear one of the parents."
                place = at(name, rows[id], column.field)
                findings.append(error("link.own-parent", message, fix, place))
    return findings


def _leads_back(id: str, parents: Mapping[str, str]) -> bool:
    passed, name = {id}, parents[id]
    while name and name not in passed:
        passed.add(name)
        name = parents.get(name, "")
    return name == id


def index_years(plan: Plan) -> list[Finding]:
    """Return a finding for every year that an index in use has no rate for.

    Nothing is extrapolated. Findings: `index.missing-year`.
    """
    # One row that needs an index is enough to say why its years are asked for.
    used: dict[str, tuple[str, Noun, Column]] = {}
    for table, row, column in _naming_indices(plan):
        name = getattr(row, column.field)
        if name and name not in used and _rolls(plan, row, column):
            used[name] = (table, row, column)
    findings: list[Finding] = []
    for index in plan.indices:
        missing = [year for year in plan.years[1:] if year not in index.rates]
        if index.id in used and missing:
            name, row, column = used[index.id]
            user = "Setup"
            if name in TABLES:
                user = f"{TABLES[name].label} {TABLES[name].key_of(row).split('|')[0]}"
            message = (
                f"Index “{index.id}” has no rate for {_listed(missing)}; {user} needs it as its"
                f" {column.label.lower()}."
            )
            fix = (
                "Type a rate for each of these years, 0% for no change; add the year's column"
                " where there is none."
            )
            place = at("indices", index, "rates", missing[0])
            findings.append(error("index.missing-year", message, fix, place))
    return findings


def _rolls(plan: Plan, row: Any, column: Column) -> bool:
    """Return whether the row takes a rate from the index in some projected year."""
    if not hasattr(row, "amounts") or column.field != "index":
        return True
    return funding.rolls(plan, row)


def _listed(years: list[str]) -> str:
    return ", ".join(years[:4]) + (f" and {len(years) - 4} more" if len(years) > 4 else "")


def index_rates(plan: Plan) -> list[Finding]:
    """Return a finding for every rate at or below −100 % or above 100 %.

    Findings: `index.rate`.
    """
    fix = "Type a rate above -100% and at most 100%: for five per cent type 5% or 0.05, not 5."
    findings: list[Finding] = []
    for index in plan.indices:
        for year, rate in index.rates.items():
            if not -1.0 < rate <= 1.0:
                message = f"Index “{index.id}” has a rate of {rate:.0%} for {year}."
                place = at("indices", index, "rates", year)
                findings.append(error("index.rate", message, fix, place))
    return findings


def years_outside_the_plan(plan: Plan) -> list[Finding]:
    """Return a finding for every figure, goal or rebase in a year outside the plan.

    A warning, except for the price base of the appraisal, which must be a year of the plan. An
    index may go on longer. Findings: `year.outside-plan`, `year.price-base`.
    """
    findings = list(_outside((plan.setup,), SETUP.field, plan.years))
    for name, table in TABLES.items():
        rows = getattr(plan, name)
        if rows and _dated(name, table.noun):
            findings += _outside_in(rows, name, plan.years)
    return findings


def _outside(rows: tuple[Noun, ...], table: str, inside: tuple[str, ...]) -> tuple[Finding, ...]:
    """Return a finding for every figure of rows that is of none of the years `inside`."""
    findings: list[Finding] = []
    for row in rows:
        for column in _dated(table, type(row)):
            outside = [year for year in _years_of(row, column) if year not in inside]
            if outside:
                message = (
                    f"{column.label} is set for {_listed(outside)}, outside the plan ({inside[0]}"
                    f" to {inside[-1]})."
                )
                fix = "Change the base year or horizon in Setup, or clear it."
                place = at(table, row, column.field, outside[0] if column.by_year else None)
                if table == SETUP.field:
                    findings.append(error("year.price-base", message, fix, place))
                else:
                    findings.append(warning("year.outside-plan", message, fix, place))
    return tuple(findings)


_outside_in = recent_view(96, most_rows=20_000)(_outside)
"""`_outside`, kept with rows and years."""


@cache
def _dated(table: str, noun: type[Noun]) -> tuple[Column, ...]:
    """Return the columns with years in them.

    An index may reach further; prices and figures of the year have checks of their own.
    """
    if table == "indices" or table in _OF_THE_YEAR:
        return ()
    with_years = (c for c in columns_of(noun) if c.by_year or c.kind in (Kind.YEARS, Kind.YEAR))
    return tuple(c for c in with_years if c.field not in ("price_year", "monitored_year"))


def _years_of(row: Noun, column: Column) -> tuple[str, ...]:
    value = getattr(row, column.field)
    if column.by_year or column.kind is Kind.YEARS:
        return tuple(value)
    return (value,) if value else ()


WHY_IT_MATTERS = {
    "index.missing-year": (
        "Without a rate the amount of that year cannot be worked out. Carrying the last one on"
        " would be a guess with interest."
    ),
    "index.rate": "A rate of 5 for 5% makes costs six times as large in one year.",
    "link.empty-table": (
        "Every figure of these rows hangs on a table that is empty, so none of them can be"
        " worked out."
    ),
    "link.own-parent": "A part that holds itself has no total: the sum would never end.",
    "link.twice": "The row would count two times for one name.",
    "link.unknown": (
        "The row belongs to something that is not in the plan. Its money would be in no pool,"
        " or in the wrong one."
    ),
    "row.same-but-capitals": (
        "Excel takes both names for one. A SUMIFS on the sheet would add both where the plan"
        " keeps them apart."
    ),
    "row.same-name": (
        "A reader takes both for one: nobody can tell whose figure stands where, and a name that"
        " is typed into explain may mean either."
    ),
    "year.outside-plan": (
        "The figure is of a year that the plan does not have, so it changes nothing."
    ),
    "year.price-base": "Prices of a year outside the plan cannot be brought to the plan's prices.",
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
