"""A partner's part of a plan: what it holds, what it leaves out, whose cells are whose."""

from __future__ import annotations

from dataclasses import dataclass

import icbudget
from icbudget.joint.figures import NotReadable, row_as_json, row_from_json
from icbudget.joint.ownership import Ownership
from icbudget.joint.plan_as_cells import (
    MERGED,
    Cells,
    Key,
    Tables,
    Unit,
    as_plan,
    as_tables,
    field_of,
    references,
    shape,
    spec,
)
from icbudget.plan import RECORDS, SETUP, TABLES, Plan
from icbudget.plan.columns import columns_of
from icbudget.plan.identity import figures_hash, plan_hash
from icbudget.plan.part import BaseRow, ThisPart
from icbudget.plan.rows import split_path
from icbudget.plan.to_agree import CHOSEN

OWN_COLUMNS = "own columns"
"""What the rows are called in which a part keeps cells of people's own columns."""
_PIECE = 30_000
"""Characters of a kept row in one cell; Excel's cells hold 32,767."""


@dataclass(frozen=True, slots=True)
class PartPlan:
    """A part: its plan, what of it is another's (table, key, field), and what it leaves out."""

    plan: Plan
    grey: frozenset[tuple[str, str, str]]
    left_out: str


def part_of(
    plan: Plan, partner: str, owned: Ownership, *, number: int, by: str, on: str, questions: str
) -> PartPlan:
    """Return a partner's part of a plan, which carries what it was made from.

    Rows that are confidential and not the partner's are not in it in any form, nor is what names
    them.
    """
    visible, left_out = view(plan, partner, owned)
    row = ThisPart(
        partner=partner,
        number=number,
        made_on=on,
        made_by=by,
        base=figures_hash(plan),
        view=plan_hash(visible),
        version=icbudget.__version__,
        left_out=left_out,
        questions=questions,
    )
    made = visible.model_copy(
        update={"this_part": (row,), "base_rows": base_rows(as_tables(visible))}
    )
    grey = _grey(as_tables(visible), partner, owned) | kept_cells(made)
    return PartPlan(made, grey, left_out)


def view(plan: Plan, partner: str, owned: Ownership) -> tuple[Plan, str]:
    """Return the plan as a partner sees it, and how many rows of each table it does not."""
    tables = as_tables(plan)
    hidden = _hidden(tables, partner, owned)
    kept: Tables = {
        name: {key: cells for key, cells in rows.items() if (name, key) not in hidden}
        for name, rows in tables.items()
    }
    setup = kept[SETUP.field][()]
    firsts = _hidden_firsts(tables, hidden)
    for field, target in references(SETUP.field):
        if (target, setup.get(field)) in firsts:
            del setup[field]
    counts = {name: sum(table == name for table, _ in hidden) for name in MERGED}
    counted = "; ".join(f"{spec(name).label}: {n}" for name, n in counts.items() if n)
    bare = plan.model_copy(update=dict.fromkeys(RECORDS, ()))
    return as_plan(kept, bare), counted


def _hidden(tables: Tables, partner: str, owned: Ownership) -> set[tuple[str, Key]]:
    """Return the rows that a partner does not see.

    They are confidential ones of others, the rules that say so, and every row that names one of
    them.
    """
    hidden: set[tuple[str, Key]] = set()
    for name, rows in tables.items():
        for key, cells in rows.items():
            as_merged = Unit(name, key[:1] if shape(name).as_one else key)
            if owned.confidential(name, key, cells) and partner not in owned.owners(
                as_merged, cells
            ):
                hidden.add((name, key))
    for key, cells in tables.get("owners", {}).items():
        # A rule would tell by its condition which rows there are.
        if cells.get("confidential") and cells["owner"] != partner:
            hidden.add(("owners", key))
    more = True
    while more:
        firsts = _hidden_firsts(tables, hidden)
        more_hidden: set[tuple[str, Key]] = set()
        for name in tables.keys() - {SETUP.field}:
            for key, cells in tables[name].items():
                if _names_hidden(name, key, cells, hidden, firsts):
                    more_hidden.add((name, key))
        more = not more_hidden <= hidden
        hidden |= more_hidden
    return hidden


def _hidden_firsts(tables: Tables, hidden: set[tuple[str, Key]]) -> set[tuple[str, str]]:
    """Return the first keys of which no row is seen: cells name a row by the first part."""
    firsts = {(name, key[0]) for name, key in hidden if key}
    keys = ((name, key) for name, rows in tables.items() for key in rows)
    visible = {(name, key[0]) for name, key in keys if key and (name, key) not in hidden}
    return firsts - visible


def _names_hidden(
    name: str, key: Key, cells: Cells, hidden: set[tuple[str, Key]], firsts: set[tuple[str, str]]
) -> bool:
    parts = dict(zip(spec(name).key, key, strict=True))
    for field, target in references(name):
        value = parts.get(field, cells.get(field, ""))
        for named in value if isinstance(value, tuple) else (value,):
            line = (target, (named, parts.get("line", "1")))
            if (target, named) in firsts or line in hidden:
                return True
    # A scenario's path and a comment's place name a row as a reference does.
    path = split_path(str(parts.get("path", cells.get("path", ""))))
    if path and ((path[0], tuple(path[1].split("|"))) in hidden or (path[0], path[1]) in firsts):
        return True
    if name == "comments":
        about = str(cells.get("row", "")).split("|")
        return any(about == list(k) or about == [k[0]] for _, k in hidden if k)
    return False


def _grey(tables: Tables, partner: str, owned: Ownership) -> frozenset[tuple[str, str, str]]:
    """Return the cells that the partner does not own, by table, key and field."""
    grey: set[tuple[str, str, str]] = set()
    for name, rows in tables.items():
        for key, cells in rows.items():
            for column in columns_of(spec(name).noun):
                unit = _unit_of_cell(name, key, column.field)
                if partner not in owned.owners(unit, cells):
                    grey.add((name, "|".join(key), column.field))
    return frozenset(grey)


def kept_cells(plan: Plan) -> frozenset[tuple[str, str, str]]:
    """Return the cells that icbudget keeps and nobody fills in: records, but for the choices."""
    cells: set[tuple[str, str, str]] = set()
    for name in RECORDS:
        fields = [c.field for c in columns_of(TABLES[name].noun) if c.field not in CHOSEN]
        for row in getattr(plan, name):
            cells.update((name, TABLES[name].key_of(row), field) for field in fields)
    return frozenset(cells)


def _unit_of_cell(name: str, key: Key, field: str) -> Unit:
    if field_of(field) in shape(name).apart:
        return Unit(name, key, field)
    if shape(name).as_one or shape(name).row or field in spec(name).key:
        return Unit(name, key[:1] if shape(name).as_one else key)
    bundle = next((b for b in shape(name).bundles if field_of(field) in b), (field,))
    return Unit(name, key, "+".join(bundle))


def base_rows(tables: Tables) -> tuple[BaseRow, ...]:
    """Return a base as the rows in which a workbook keeps it."""
    kept: list[BaseRow] = []
    for name, rows in tables.items():
        for number, (key, cells) in enumerate(rows.items(), start=1):
            text = row_as_json(key, cells)
            for piece, part in enumerate(_pieces(text), start=1):
                kept.append(BaseRow(table=name, number=number, piece=piece, held=part))
    return tuple(kept)


def _pieces(text: str) -> list[str]:
    """Return a long text in pieces that begin and end with no blank, which a cell would lose."""
    pieces: list[str] = []
    while len(text) > _PIECE:
        at = _PIECE
        while text[at - 1].isspace() or text[at].isspace():
            at -= 1
        pieces.append(text[:at])
        text = text[at:]
    return [*pieces, text]


def base_of(plan: Plan) -> Tables | None:
    """Return the base that a plan keeps; None where it keeps none, or none that can be read."""
    texts: dict[tuple[str, int], str] = {}
    for row in sorted(plan.base_rows, key=lambda row: row.piece):
        texts[row.table, row.number] = texts.get((row.table, row.number), "") + row.held
    tables: Tables = {}
    try:
        for (name, _), text in texts.items():
            if name == OWN_COLUMNS:
                continue  # cells beside the plan, which are merged on their own
            if name not in MERGED:
                return None
            key, cells = row_from_json(name, text)
            tables.setdefault(name, {})[key] = cells
    except NotReadable:
        return None
    return tables if SETUP.field in tables else None


def base_plan(tables: Tables, plan: Plan) -> Plan | None:
    """Return the base that a plan keeps as a plan; None where a row of it is none."""
    try:
        return as_plan(tables, plan.model_copy(update=dict.fromkeys(RECORDS, ())))
    except (TypeError, ValueError):
        return None
