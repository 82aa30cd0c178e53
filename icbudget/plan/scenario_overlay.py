"""Scenarios: changes laid over a plan, giving a new plan."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import chain
from typing import Any

from icbudget import years
from icbudget.findings import Finding, Place, Severity, error, has_errors
from icbudget.plan.blanks import filled_in
from icbudget.plan.columns import Kind, Noun, columns_of
from icbudget.plan.looked_at import kept_by_fields
from icbudget.plan.plan import SETUP, TABLES, Plan, PlanTable
from icbudget.plan.plan_text import as_document, from_document
from icbudget.plan.ready_made import READY_MADE
from icbudget.plan.rows import Draft, TableRead, split_path
from icbudget.plan.scenario import ScenarioChange


def with_scenario(plan: Plan, scenario: str) -> tuple[Plan, list[Finding]]:
    """Return the plan with a scenario laid over it, and the findings of doing so.

    Its changes are laid in their order.

    A blank name gives the plan itself. A scenario that the plan does not write out may be one of
    the ready-made ones. A scenario may add a row, such as a contract change or a shift: its changes
    then give every needed field of the row that its key does not. Any other change whose path is
    not in the plan, or whose value the field refuses, is a finding that names the change; the plan
    then stays as it was. In what is returned the blanks that have a meaning are filled in
    (`icbudget.plan.blanks`).
    """
    changes = sorted((c for c in plan.scenarios if c.scenario == scenario), key=lambda c: c.order)
    if not scenario:
        return filled_in(plan), []
    if not changes and scenario in READY_MADE:
        # A ready-made scenario looks at what the plan comes to, so blanks are filled in first; what
        # it adds, such as the rule of a pool, may be one that is built in.
        return filled_in(READY_MADE[scenario].lay(filled_in(plan))), []
    if not changes:
        return filled_in(plan), [no_such_scenario(plan, scenario)]
    changed, findings = _changed_tables(plan, scenario)
    return filled_in(plan.model_copy(update=changed)), list(findings)


@kept_by_fields(128)
def _changed_tables(plan: Plan, scenario: str) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """Return the tables that a scenario of the plan's own changes, or why it cannot be laid.

    Setup is one of them where a change is to it.
    """
    changes = sorted((c for c in plan.scenarios if c.scenario == scenario), key=lambda c: c.order)
    # Only the tables that a change names are written out and read again: the others stay the same
    # rows, which keeps what was worked out of them.
    touched = {parts[0] for change in changes if (parts := split_path(change.path))}
    alone = _rows_alone(changes)
    document = as_document(
        plan,
        touched.intersection(TABLES),
        lambda table, row: table.field not in alone or table.key_of(row) in alone[table.field],
    )
    document = _with_added(document, changes)
    findings = list(chain.from_iterable(_lay(document, change) for change in changes))
    if findings:
        return {}, tuple(findings)

    def once(name: str, read: Callable[[], TableRead]) -> TableRead:
        """Return what is read of a table that a change names; others are as they were read."""
        if name in touched:
            return read()
        return TableRead((plan.setup,) if name == SETUP.field else (), Draft())

    draft = from_document(document, once=once)
    if draft.plan is None or has_errors(draft.findings):
        return {}, tuple(_refused(plan, changes))
    changed: dict[str, Any] = {}
    for table in touched:
        changed[table] = getattr(draft.plan, table)
        if table in alone:
            changed[table] = _put_in(getattr(plan, table), changed[table], TABLES[table])
    return changed, ()


def _rows_alone(changes: Iterable[ScenarioChange]) -> dict[str, set[str]]:
    """Return the keys of the rows that changes are about, of tables whose rows are read alone.

    Where a change is to a key, or where one wrong row sets aside others, the whole table is read.
    """
    keys: dict[str, set[str]] = {}
    in_full: set[str] = set()
    for change in changes:
        table, key, field, _ = split_path(change.path) or ("", "", "", "")
        if table in TABLES:
            keys.setdefault(table, set()).add(TABLES[table].whole_key(key))
            if field in TABLES[table].key or TABLES[table].set_aside == "whole":
                in_full.add(table)
    return {table: of_table for table, of_table in keys.items() if table not in in_full}


def _put_in(
    rows: tuple[Noun, ...], changed: tuple[Noun, ...], table: PlanTable
) -> tuple[Noun, ...]:
    """Return rows with those changed in their places; those that are added come last."""
    left = {table.key_of(row): row for row in changed}
    in_place = [left.pop(table.key_of(row), row) for row in rows]
    return (*in_place, *left.values())


def scenarios_of(plan: Plan) -> tuple[str, ...]:
    """Return the names of every scenario of a plan.

    Those it writes out come first, in their order, then the ready-made ones.
    """
    return tuple(dict.fromkeys((*(c.scenario for c in plan.scenarios), *READY_MADE)))


def no_such_scenario(plan: Plan, scenario: str) -> Finding:
    """Return the finding of a name that is no scenario of the plan.

    It names the one that may be meant, or all of them.
    """
    names = scenarios_of(plan)
    near = difflib.get_close_matches(
        scenario.casefold(), [name.casefold() for name in names], 1, 0.6
    )
    meant = next((name for name in names if near and name.casefold() == near[0]), "")
    fix = (
        f"Write “{meant}” if that is meant."
        if meant
        else f"Leave it blank, or name one of: {'; '.join(names)}."
    )
    return error(
        "scenario.unknown",
        f"There is no scenario “{scenario}”.",
        fix,
        Place(table="setup", column="active_scenario"),
    )


def blamed(findings: Iterable[Finding], plan: Plan, scenario: str) -> list[Finding]:
    """Return findings about figures that a scenario set.

    Their place is that of the change that set them.
    """
    set_by: dict[tuple[str, str, str], ScenarioChange] = {}
    for change in plan.scenarios:
        parts = split_path(change.path)
        if change.scenario == scenario and parts:
            table, key, field, _ = parts
            set_by[table, TABLES[table].whole_key(key) if table in TABLES else key, field] = change

    added: dict[tuple[str, str], ScenarioChange] = {}
    for (table, key, _), change in set_by.items():
        if table in TABLES and all(
            TABLES[table].key_of(row) != key for row in getattr(plan, table)
        ):
            # A row that the scenario adds is at fault as a whole: its first change is named.
            added.setdefault((table, key), change)

    def place(at: Place) -> Place:
        change = set_by.get(
            (at.table, at.row, at.column.partition("[")[0]), added.get((at.table, at.row))
        )
        return (
            Place(table="scenarios", row=f"{scenario}|{change.order}", column="value")
            if change
            else at
        )

    return [replace(f, place=place(f.place)) for f in findings]


def _refused(plan: Plan, changes: list[ScenarioChange]) -> list[Finding]:
    """Return a finding for every change whose value the plan refuses.

    Each change is laid on its own, one of an added row with the row.
    """
    findings: list[Finding] = []
    for change in changes:
        table, key, field, _ = split_path(change.path) or ("", "", "", "")
        document = as_document(plan)
        adds = _row(document, table, key) is None
        together = [c for c in changes if _of_row(c) == (table, key)] if adds else [change]
        document = _with_added(document, together)
        for laid in together:
            _lay(document, laid)
        place = Place(table="scenarios", row=f"{change.scenario}|{change.order}", column="value")
        refusals = [f for f in from_document(document).findings if f.severity is Severity.ERROR]
        # Other cells of an added row are refused under their own changes.
        refusals = [f for f in refusals if not adds or f.place.column.partition("[")[0] == field]
        findings += [
            error("scenario.refused", f"{of_scenario(change.scenario)}{f.message}", f.fix, place)
            for f in refusals
        ]
    return findings


def of_scenario(name: str) -> str:
    """Return what the message of a refused change begins with: the scenario that it is of."""
    return f"Scenario “{name}”: "


def _of_row(change: ScenarioChange) -> tuple[str, str]:
    """Return the table and key of the row that a change is about, blank where its path is none."""
    table, key, *_ = split_path(change.path) or ("", "")
    return table, key


def _with_added(document: dict[str, Any], changes: Iterable[ScenarioChange]) -> dict[str, Any]:
    """Return the document with the rows that the changes add.

    They hold their keys alone, where the changes give every needed field.
    """
    fields_set: dict[tuple[str, str], set[str]] = {}
    for change in changes:
        table, key, field, _ = split_path(change.path) or ("", "", "", "")
        fields_set.setdefault((table, key), set()).add(field)
    for (table, key), fields in fields_set.items():
        if table not in TABLES or _row(document, table, key) is not None:
            continue
        columns = {c.field: c for c in columns_of(TABLES[table].noun)}
        parts = {
            f: part for f, part in zip(TABLES[table].key, key.split("|"), strict=False) if part
        }
        if {f for f, c in columns.items() if c.required} - parts.keys() <= fields:
            row = {
                f: _typed(part) if columns[f].kind is Kind.WHOLE else part
                for f, part in parts.items()
            }
            document.setdefault(table, []).append(row)
    return document


def _lay(document: dict[str, Any], change: ScenarioChange) -> list[Finding]:
    parts = split_path(change.path)
    if parts and _has_figure(*parts):
        table, key, field, year = parts
        row = _row(document, table, key)
        if row is not None:
            value = _typed(change.value)
            row[field] = {**row.get(field, {}), years.year(year): value} if year else value
            return []
    place = Place(table="scenarios", row=f"{change.scenario}|{change.order}", column="path")
    return [
        error(
            "scenario.no-such-path",
            f"The plan has no figure “{change.path}”.",
            "Write it as table/key/field or table/key/field[2027/28]; a row that the scenario adds"
            " needs all its needed fields.",
            place,
        )
    ]


def _has_figure(table: str, key: str, field: str, year: str) -> bool:
    """Return whether the plan's definitions know such a figure.

    A year belongs to a figure by year, and only to one.
    """
    spec = SETUP if table == SETUP.field else TABLES.get(table)
    column = next((c for c in columns_of(spec.noun) if c.field == field), None) if spec else None
    if column is None or column.by_year != bool(year):
        return False
    try:
        return not year or bool(years.year(year))
    except ValueError:
        return False


def _row(document: dict[str, Any], table: str, key: str) -> dict[str, Any] | None:
    if table == SETUP.field:
        setup: dict[str, Any] = document[table]
        return setup
    if table not in TABLES:
        return None
    spec = TABLES[table]
    for row in document.get(table, ()):
        if spec.key_of_values(row) == spec.whole_key(key):
            matching_row: dict[str, Any] = row
            return matching_row
    return None


def _typed(value: str) -> Any:
    text = value.strip()
    try:
        return float(text.rstrip("%")) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return text


WHY_IT_MATTERS = {
    "scenario.no-such-path": (
        "The scenario changes a figure that is not there. It would look the same as the plan."
    ),
    "scenario.refused": (
        "The scenario's figure cannot be used, so the scenario is not worked out at all."
    ),
    "scenario.unknown": (
        "Without the scenario the plan itself would be shown in its place, and a decision made"
        " on the wrong figures."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
