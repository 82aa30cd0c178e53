"""The plan as text: YAML and JSON both ways, and the JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from icbudget.findings import Finding, Place, error
from icbudget.plan import client_lines, evidence_rows, yaml_text
from icbudget.plan.acute_line import AcuteLine
from icbudget.plan.columns import columns_of
from icbudget.plan.plan import SCHEMA_VERSION, SETUP, TABLES, Plan, PlanTable
from icbudget.plan.rows import Draft, Once, read_anew, read_plan


def as_document(
    plan: Plan,
    tables: Iterable[str] = tuple(TABLES),
    wanted: Callable[[PlanTable, Any], bool] = lambda table, row: True,
) -> dict[str, Any]:
    """Return the plan as plain tables, as YAML and JSON files carry it.

    Setup is in full; rows leave out what holds its default.

    Only the tables named are written out, every one by default, and of them the rows wanted.
    """
    setup = {
        name: value
        for name, value in plan.setup.model_dump(mode="json").items()
        if value not in (None, "")
    }
    document: dict[str, Any] = {"schema_version": plan.schema_version, "setup": setup}
    for name in tables:
        if rows := getattr(plan, name):
            table = TABLES[name]
            document[name] = [_written_fields(table, row) for row in rows if wanted(table, row)]
    return document


def _written_fields(table: PlanTable, row: Any) -> dict[str, Any]:
    full = row.model_dump(mode="json")
    kept = (
        evidence_rows.TAKEN if getattr(row, "library", "") else ()
    )  # a blank would take the library's figure
    held = [
        c
        for c in columns_of(table.noun)
        if c.required or getattr(row, c.field) != c.default or c.field in kept
    ]
    # what clients come to is written once, as clients
    typed_once = isinstance(row, AcuteLine) and client_lines.base_of(row) == row.base_activity
    left_out = {client_lines.BASE} if typed_once else set()
    return {
        c.field: full[c.field]
        for c in held
        if full[c.field] is not None and c.field not in left_out
    }


def to_yaml(plan: Plan) -> str:
    """Return the plan as YAML."""
    import yaml

    return yaml.safe_dump(as_document(plan), sort_keys=False, allow_unicode=True, width=120)


def to_json(plan: Plan) -> str:
    """Return the plan as indented JSON."""
    return json.dumps(as_document(plan), indent=2, ensure_ascii=False) + "\n"


def from_yaml(text: str, name: str = "") -> Draft:
    """Return the draft of a plan written as YAML (JSON is YAML too).

    What cannot be read is findings.
    """
    document, findings, complete = yaml_text.read(text, name)
    if not complete:
        return Draft(findings=findings)
    draft = from_document(document, name)
    draft.findings[:0] = findings
    return draft


def from_document(document: Any, name: str = "", once: Once = read_anew) -> Draft:
    """Return the draft of a plan given as plain tables; `once`: see `read_plan`."""
    if not isinstance(document, Mapping) or "setup" not in document:
        return Draft(
            findings=[
                error(
                    "text.not-a-plan",
                    "The file is not a plan: it has no setup.",
                    "See `icbudget schema`.",
                    Place(workbook=name),
                )
            ]
        )
    strays = _strays(document, name)
    setup = document["setup"] if isinstance(document["setup"], Mapping) else {}
    tables = {table: _rows(document.get(table)) for table in TABLES}
    labels = {t.field: t for t in (SETUP, *TABLES.values())}

    def place_of(table: str, row: int, field: str, year: str | None) -> Place:
        column = f"{field}[{year}]" if year else field
        return Place(
            workbook=name,
            table=labels[table].label,
            row="" if table == "setup" else str(row + 1),
            column=column,
        )

    draft = read_plan(setup, tables, place_of, once)
    draft.findings[:0] = strays
    return draft


def _rows(rows: Any) -> list[Mapping[str, Any]]:
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _strays(document: Mapping[Any, Any], name: str) -> list[Finding]:
    """Return findings for a foreign schema version, unknown tables and unknown fields."""
    findings: list[Finding] = []
    if document.get("schema_version", SCHEMA_VERSION) != SCHEMA_VERSION:
        version = document["schema_version"]
        findings.append(
            error(
                "text.schema-version",
                f"schema_version is {version!r}; this version reads {SCHEMA_VERSION}.",
                "Use the icbudget that wrote it.",
                Place(workbook=name),
            )
        )
    for key, rows in document.items():
        if key in ("schema_version", "setup"):
            continue
        place = Place(workbook=name)
        if key not in TABLES:
            message = f"There is no table {key!r}."
            fix = f"Name one of the tables: {', '.join(TABLES)}."
            findings.append(error("text.unknown-table", message, fix, place))
        elif not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            message = f"{key} is not a list of rows."
            findings.append(
                error("text.not-rows", message, "Write each row as `- field: value`.", place)
            )
    for table in (SETUP, *TABLES.values()):
        rows = _rows([document["setup"]] if table is SETUP else document.get(table.field))
        # A scenario is read as a document of the few tables that it changes.
        if not rows:
            continue
        known = {c.field for c in columns_of(table.noun)}
        for number, row in enumerate(rows):
            findings.extend(
                error(
                    "text.unknown-field",
                    f"There is no field {field!r}.",
                    "See `icbudget schema` for the fields.",
                    Place(workbook=name, table=table.label, row=str(number + 1)),
                )
                for field in row
                if field not in known
            )
    return findings


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a plan, made from the plan's own definitions."""
    schema = Plan.model_json_schema(mode="validation")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    for table in TABLES.values():
        _loosened(schema["$defs"][table.noun.__name__], table)
    return schema


def _loosened(noun: dict[str, Any], table: PlanTable) -> None:
    """Let a field be left out that is needed only unless another is filled in.

    It may be left out where that other stands.
    """
    for column in columns_of(table.noun):
        if column.unless:
            noun["required"].remove(column.field)
            noun.setdefault("allOf", []).append(
                {"anyOf": [{"required": [f]} for f in (column.field, column.unless)]}
            )


WHY_IT_MATTERS = {
    "text.not-a-plan": "Nothing in the file is a plan, so there is nothing to work out.",
    "text.not-rows": (
        "A table is a list of rows. Read otherwise, all of its figures would be missing."
    ),
    "text.schema-version": (
        "The file was written for other fields. Read as this version's, a figure might change"
        " its meaning."
    ),
    "text.unknown-field": (
        "The value is not used. If the name is mistyped, the field that was meant keeps its"
        " default."
    ),
    "text.unknown-table": "None of its rows are used, so their money is missing.",
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
