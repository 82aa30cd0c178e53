"""Scenarios: changes laid over a plan, giving a new plan."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
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
    rows = _Rows(document)
    _add_rows(rows, changes)
    findings = list(chain.from_iterable(_lay(rows, change) for change in changes))
    if findings:
        return {}, tuple(findings)
    draft = _read_of(document, touched, plan)
    if draft.plan is None or has_errors(draft.findings):
        return {}, tuple(_refused(plan, changes))
    changed: dict[str, Any] = {}
    for table in touched:
        changed[table] = getattr(draft.plan, table)
        if table in alone:
            changed[table] = _put_in(getattr(plan, table), changed[table], TABLES[table])
    return changed, ()


def _read_of(document: dict[str, Any], touched: Container[str], plan: Plan) -> Draft:
    """Return what is read of the tables that changes name; the others are as they were read."""

    def once(name: str, read: Callable[[], TableRead]) -> TableRead:
        if name in touched:
            return read()
        return TableRead((plan.setup,) if name == SETUP.field else (), Draft())

    return from_document(document, once=once)


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

    tables = {table for table, *_ in set_by if table in TABLES}
    keys = {table: set(map(TABLES[table].key_of, getattr(plan, table))) for table in tables}
    added: dict[tuple[str, str], ScenarioChange] = {}
    for (table, key, _), change in set_by.items():
        if table in keys and key not in keys[table]:
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
    by_row: dict[tuple[str, str], list[ScenarioChange]] = {}
    for change in changes:
        by_row.setdefault(_of_row(change), []).append(change)
    # As when all are laid, only the row that a change is about is written out and read again.
    alone = _rows_alone(changes)
    by_key = {
        name: {TABLES[name].key_of(row): row for row in getattr(plan, name)} for name in alone
    }

    def is_wanted(row: Noun | None, table: PlanTable, of_plan: Noun) -> bool:
        return table.field not in alone or of_plan is row

    findings: list[Finding] = []
    for change in changes:
        table, key, field, _ = split_path(change.path) or ("", "", "", "")
        row = by_key[table].get(TABLES[table].whole_key(key)) if table in alone else None
        document = as_document(plan, {table}.intersection(TABLES), partial(is_wanted, row))
        rows = _Rows(document)
        adds = rows.of(table, key) is None
        together = by_row[_of_row(change)] if adds else [change]
        _add_rows(rows, together)
        for laid in together:
            _lay(rows, laid)
        place = Place(table="scenarios", row=f"{change.scenario}|{change.order}", column="value")
        draft = _read_of(document, {table}, plan)
        refusals = [f for f in draft.findings if f.severity is Severity.ERROR]
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


@dataclass(slots=True)
class _Rows:
    """The rows of a document by their keys, which are looked up for every change."""

    document: dict[str, Any]
    by_key: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    def of(self, table: str, key: str) -> dict[str, Any] | None:
        """Return the row of a table with a key, the first where several have it, or None."""
        if table == SETUP.field:
            setup: dict[str, Any] = self.document[table]
            return setup
        if table not in TABLES:
            return None
        spec = TABLES[table]
        if table not in self.by_key:
            by_key = self.by_key[table] = {}
            for row in self.document.get(table, ()):
                by_key.setdefault(spec.key_of_values(row), row)
        return self.by_key[table].get(spec.whole_key(key))

    def add(self, table: str, row: dict[str, Any]) -> None:
        """Add a row to a table."""
        self.document.setdefault(table, []).append(row)
        if table in self.by_key:
            self.by_key[table].setdefault(TABLES[table].key_of_values(row), row)

    def put(self, table: str, row: dict[str, Any], field: str, value: Any) -> None:
        """Put a value in a row; one that is part of a key changes by what the row is known."""
        row[field] = value
        if table in TABLES and field in TABLES[table].key:
            self.by_key.pop(table, None)


def _add_rows(rows: _Rows, changes: Iterable[ScenarioChange]) -> None:
    """Add the rows that the changes add.

    They hold their keys alone, where the changes give every needed field.
    """
    fields_set: dict[tuple[str, str], set[str]] = {}
    for change in changes:
        table, key, field, _ = split_path(change.path) or ("", "", "", "")
        fields_set.setdefault((table, key), set()).add(field)
    for (table, key), fields in fields_set.items():
        if table not in TABLES or rows.of(table, key) is not None:
            continue
        columns = {c.field: c for c in columns_of(TABLES[table].noun)}
        parts = {
            f: part for f, part in zip(TABLES[table].key, key.split("|"), strict=False) if part
        }
        if {f for f, c in columns.items() if c.required} - parts.keys() <= fields:
            row = {
                f: _whole_number(part) if columns[f].kind is Kind.WHOLE else part
                for f, part in parts.items()
            }
            rows.add(table, row)


def _lay(rows: _Rows, change: ScenarioChange) -> list[Finding]:
    parts = split_path(change.path)
    if parts and _has_figure(*parts):
        table, key, field, year = parts
        row = rows.of(table, key)
        if row is not None:
            value = _typed(change.value)
            by_year = {**row.get(field, {}), years.year(year): value} if year else value
            rows.put(table, row, field, by_year)
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


def _typed(value: str) -> Any:
    text = value.strip()
    try:
        return float(text.rstrip("%")) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return text


def _whole_number(part: str) -> Any:
    """Return a whole number of a key as a number, as its row is known by it: 2, never 2.0."""
    return int(part) if part.isdecimal() else _typed(part)


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
