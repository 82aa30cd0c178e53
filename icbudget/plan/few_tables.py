"""A plan of few tables: what the tables that were not given would say is taken by stated rules.

One table of funding is then a plan already. What was taken is told as notes, so that nobody thinks
it was entered. A table that was given is never added to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from icbudget.findings import Finding, Place, error, note
from icbudget.plan import cell_values
from icbudget.plan.columns import columns_of
from icbudget.plan.headings import SETTING, VALUE, matched, names_of, year_of
from icbudget.plan.plan import SETUP, TABLES

Cells = Sequence[Sequence[Any]]
TITLE = "Plan"
"""What a plan without Setup is called."""
KIND = "other"
"""What kind of organisation a partner is of whom only the name is known."""
_PARTNERS, _POOLS = TABLES["partners"], TABLES["pools"]
_MOST_NAMED = 5
"""Names that a finding lists; the others are counted."""


def with_missing_tables(
    tables: Mapping[str, Cells], companions: Mapping[str, Cells]
) -> tuple[dict[str, Cells], list[Finding]]:
    """Return the tables with Setup, Partners and Pools added where they are missing.

    With them stands what was taken for them.

    Setup: the base year is the first financial year that heads a column, the horizon reaches to the
    last. Partners and Pools: one row for each name that the other tables use.
    """
    findings: list[Finding] = []
    complete = dict(tables)
    if SETUP.field not in tables:
        setup, finding = _setup((*tables.values(), *companions.values()))
        findings.append(finding)
        if setup is not None:
            complete[SETUP.field] = setup
    if _PARTNERS.field not in tables:
        names = _names_used(_PARTNERS.field, tables)
        if names:
            rows = [[name, name, KIND] for name in names]
            complete[_PARTNERS.field] = [["Partner", "Name", "Kind"], *rows]
            findings.append(_taken(_PARTNERS.label, names, f"with the kind “{KIND}”"))
    if _POOLS.field not in tables:
        names = _names_used(_POOLS.field, tables)
        partners = _names_used(_PARTNERS.field, tables)
        if names and partners:
            hosts = [_host(name, tables) or partners[0] for name in names]
            rows = [[name, name, host] for name, host in zip(names, hosts, strict=True)]
            complete[_POOLS.field] = [["Pool", "Name", "Host"], *rows]
            findings.append(_taken(_POOLS.label, names, "hosted by the first partner that pays in"))
    return complete, findings


def _setup(grids: Iterable[Cells]) -> tuple[Cells | None, Finding]:
    headings = chain.from_iterable(grid[0] for grid in grids if grid)
    headed = {year for heading in headings if (year := year_of(str(heading)))}
    place = Place(table=SETUP.label)
    if not headed:
        return None, error(
            "plan.no-years",
            "There is no Setup, and no table has a financial year among its headings, so the base"
            " year is not known.",
            "Give the table Setup, or head a column with a year, such as 2026/27.",
            place,
        )
    # Years are text of one form, so that the first in order is the first in time.
    first, last = min(headed), max(headed)
    horizon = int(last[:4]) - int(first[:4])
    message = (
        f"There is no Setup: the base year is {first}, the first year that heads a column, and the"
        f" plan reaches to {last}."
    )
    setup: list[list[Any]] = [
        [SETTING, VALUE],
        ["Title", TITLE],
        ["Base year", first],
        ["Horizon", horizon],
    ]
    fix = "Add the table Setup where the base year or the horizon is another."
    return setup, note("plan.setup-taken", message, fix, place)


def _names_used(table: str, tables: Mapping[str, Cells]) -> list[str]:
    """Return the names of rows of a table that other tables use, in the order they appear."""
    names: dict[str, None] = {}
    for field, grid in tables.items():
        if field == SETUP.field:
            continue
        for column in columns_of(TABLES[field].noun):
            if column.table == table:
                names.update(dict.fromkeys(_texts(field, grid, column.field)))
    return list(names)


def _host(pool: str, tables: Mapping[str, Cells]) -> str:
    """Return the first partner that a row of Funding says pays into a pool; blank if none does."""
    grid = tables.get("contributions", ())
    pools = list(_texts("contributions", grid, "pool", blanks=True))
    partners = list(_texts("contributions", grid, "partner", blanks=True))
    pairs = zip(pools, partners, strict=False)
    return next((partner for named, partner in pairs if named == pool and partner), "")


def _texts(table: str, grid: Cells, field: str, *, blanks: bool = False) -> Iterator[str]:
    """Yield the texts of a column of a grid; a blank, an error value or 0 only if asked for."""
    names = names_of(TABLES[table])
    at = next((n for n, h in enumerate(grid[0]) if matched(names, h) == field), None) if grid else 0
    if at is None:
        return
    for row in grid[1:]:
        raw = row[at] if at < len(row) else None
        empty = cell_values.is_blank(raw) or cell_values.is_error_value(raw) or raw == 0
        if not empty or blanks:
            yield "" if empty else _as_text(raw)


def _as_text(raw: Any) -> str:
    is_whole = isinstance(raw, float) and raw.is_integer()
    return cell_values.clean(str(int(raw) if is_whole else raw))


def _taken(table: str, names: Sequence[str], how: str) -> Finding:
    first_names = ", ".join(names[:_MOST_NAMED])
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    message = (
        f"There is no table {table}: {first_names}{more} are taken from the other tables, {how}."
    )
    return note(
        "plan.table-taken", message, f"Give the table {table} to say more.", Place(table=table)
    )


WHY_IT_MATTERS = {
    "plan.no-years": "With no year anywhere nothing can be projected.",
    "plan.setup-taken": (
        "The years follow from a heading. If the column is a mistake, the whole plan begins in"
        " the wrong year."
    ),
    "plan.table-taken": (
        "Names come from other tables, so what they leave out (kinds, hosts, risk shares) keeps"
        " its default."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
