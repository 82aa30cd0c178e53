"""Who may change what of a plan: the shipped rules, overridden by the plan's own table Owners.

The last rule that fits counts. One whose owner the row does not name, such as a scheme without a
lead partner, does not fit, so that the one before it counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from icbudget.findings import Finding, Place, error, note
from icbudget.joint.plan_as_cells import (
    MERGED,
    Cells,
    Key,
    Tables,
    Unit,
    as_tables,
    fields_of,
    spec,
)
from icbudget.plan import Plan
from icbudget.plan.columns import columns_of
from icbudget.plan.owner import Owner
from icbudget.reference import OwnershipRule, ownership_rules
from icbudget.reference.rules_of_ownership import JOINT, condition

OWNERS = "Owners"


@dataclass(frozen=True)
class Ownership:
    """Who owns what of a base plan: its tables, its partners by id with their kind, its rules."""

    tables: Tables
    kinds: Mapping[str, str]
    rules: tuple[OwnershipRule, ...]
    own: tuple[OwnershipRule, ...]
    """Those of the rules that the plan's table Owners states."""

    @cached_property
    def everybody(self) -> frozenset[str]:
        """Return every partner of the plan: the owners of what is joint."""
        return frozenset(self.kinds)

    @cached_property
    def hosts(self) -> frozenset[str]:
        """Return the partners that host a pool; everybody where none does."""
        pools = self.tables.get("pools", {}).values()
        return frozenset(cells["host"] for cells in pools) & self.everybody or self.everybody

    @cached_property
    def _by_table(self) -> dict[str, tuple[OwnershipRule, ...]]:
        by_table: dict[str, tuple[OwnershipRule, ...]] = {}
        for rule in reversed(self.rules):
            by_table[rule.table] = (*by_table.get(rule.table, ()), rule)
        return by_table

    def owners(self, unit: Unit, cells: Cells) -> frozenset[str]:
        """Return who may change a unit of a row with these cells; everybody where it is joint.

        What no partner of the plan owns is joint too.
        """
        fields = fields_of(unit)
        for rule in self._by_table.get(unit.table, ()):
            about = not rule.columns or fields.intersection(rule.columns)
            if not about or not _fits(rule, unit.table, unit.key, cells):
                continue
            named = self._named(rule.owner, unit.table, unit.key, cells)
            if named is not None:
                return named & self.everybody or self.everybody
        return self.everybody

    def confidential(self, table: str, key: Key, cells: Cells) -> bool:
        """Return whether a row is kept from partners that do not own it.

        Any rule of Owners that says so is enough: a later one about a column does not open the row.
        """
        return any(
            rule.table == table and rule.confidential and _fits(rule, table, key, cells)
            for rule in self.rules
        )

    def _named(self, owner: str, table: str, key: Key, cells: Cells) -> frozenset[str] | None:
        """Return the partners that a rule names; None where the row does not say."""
        if owner == JOINT:
            return self.everybody
        if owner.startswith("kind:"):
            kind = owner.removeprefix("kind:")
            partners = frozenset(partner for partner, its in self.kinds.items() if its == kind)
            return partners or None
        if owner.startswith("~"):
            text = _value(table, key, cells, owner[1:])
            partners = frozenset(p for p in self.kinds if text == p or text.startswith(f"{p} "))
            return partners or None
        if owner.startswith("="):
            named = self._followed(owner[1:].split("."), table, key, cells)
            return frozenset((named,)) if named else None
        return frozenset((owner,))

    def _followed(self, steps: list[str], table: str, key: Key, cells: Cells) -> str:
        """Return the cell that leads from a row over the rows it names, such as `pool.host`."""
        value = _value(table, key, cells, steps[0])
        if len(steps) == 1 or not value:
            return value
        column = next(c for c in columns_of(spec(table).noun) if c.field == steps[0])
        # A blank line is a scheme's first. Rows of schemes have lines in their keys, others have
        # none.
        line = _value(table, key, cells, "line") or "1"
        rows = self.tables.get(column.table, {})
        target = (value, line) if (value, line) in rows else (value,)
        if target not in rows:
            return ""
        return self._followed(steps[1:], column.table, target, rows[target])


def ownership(plan: Plan) -> tuple[Ownership, list[Finding]]:
    """Return who owns what of a plan, and what is wrong with its table Owners.

    Errors: a rule whose table, column or condition is not there. A note: an owner that is no
    partner, whose rows are then joint.
    """
    kinds = {row.id: row.kind for row in plan.partners}
    findings: list[Finding] = []
    own: list[OwnershipRule] = []
    for number, row in enumerate(plan.owners, start=1):
        rule, wrong = _resolved(row)
        place = Place(table=OWNERS, row=str(number))
        if rule is None:
            fix = "Call tables and columns as their sheets and headings do, or delete the row."
            findings.append(error("owners.not-understood", wrong, fix, place))
            continue
        own.append(rule)
        if rule.owner != JOINT and rule.owner not in kinds:
            message = f"“{rule.owner}” is no partner of the plan, so these rows are joint."
            fix = "Choose a partner of the plan under Owner, or leave it for joint rows."
            findings.append(note("owners.no-partner", message, fix, place))
    rules = (*ownership_rules(), *own)
    return Ownership(as_tables(plan), kinds, rules, tuple(own)), findings


def _resolved(row: Owner) -> tuple[OwnershipRule | None, str]:
    """Return a row of Owners as a rule, or what of it is not there."""
    tables = {name.casefold(): spec(key).field for key in MERGED for name in (key, spec(key).label)}
    table = tables.get(row.table.casefold())
    if table is None:
        return None, f"There is no table “{row.table}”."
    columns = columns_of(spec(table).noun)
    names = {name.casefold(): c.field for c in columns for name in (c.field, c.label, c.heading)}
    wanted = [name.strip() for name in row.columns.split(";") if name.strip()]
    field, value = condition(row.where)
    for name in (*wanted, *((field,) if row.where else ())):
        if name.casefold() not in names:
            return None, f"{spec(table).label} has no column “{name}”."
    where = (names[field.casefold()], value) if row.where else ("", "")
    fields = tuple(names[name.casefold()] for name in wanted)
    return OwnershipRule(table, fields, where, row.owner, row.confidential), ""


def _fits(rule: OwnershipRule, table: str, key: Key, cells: Cells) -> bool:
    field, wanted = rule.where
    return not field or _value(table, key, cells, field).casefold() == wanted.casefold()


def _value(table: str, key: Key, cells: Cells, field: str) -> str:
    """Return a cell of a row as text, its key's parts among them; blank where there is none."""
    parts = spec(table).key
    if field in parts:
        # A whole agreement is known by the first part of its key alone.
        at = parts.index(field)
        return key[at] if at < len(key) else ""
    columns = columns_of(spec(table).noun)
    default = next((c.default for c in columns if c.field == field), None)
    value = cells.get(field, default)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return "" if value is None else str(value)


WHY_IT_MATTERS = {
    "owners.no-partner": (
        "Nobody in the plan has that name, so the rows are open to all partners to change."
    ),
    "owners.not-understood": (
        "A rule on who may see or change a row is not applied. Something confidential might be"
        " sent out."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
