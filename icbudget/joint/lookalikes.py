"""Rows that went and came in one part and look alike.

Neither a record of another key nor equal cells say that they are one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from icbudget.findings import Finding, Place, warning
from icbudget.joint.changes import Changes
from icbudget.joint.plan_as_cells import ROW, Unit, spec

_ALIKE = 0.5
"""Two rows are asked about where more than this part of their cells is equal."""


def lookalikes(parts: Mapping[str, Changes]) -> list[Finding]:
    """Return a warning for each row that a part added in the place of one like it.

    They are merged as a deletion and an addition: what others ask of the first, and what names it,
    does not follow, which only `icbudget rekey` can say.
    """
    findings: list[Finding] = []
    for partner, changes in parts.items():
        rows = {unit: change for unit, change in changes.items() if unit.cell == ROW}
        gone = {unit: change.was for unit, change in rows.items() if change.now is None}
        for unit, change in rows.items():
            before = _most_alike(unit, change.now, gone) if change.was is None else None
            if before is not None:
                del gone[before]
                findings.append(_asked_about(partner, before, unit))
    return findings


def _most_alike(unit: Unit, cells: Any, gone: Mapping[Unit, Any]) -> Unit | None:
    """Return the row of the same table that went and is most like one; None where none is."""
    likeness = {
        before: len(set(cells) & set(was)) / max(len(cells), len(was), 1)
        for before, was in gone.items()
        if before.table == unit.table
    }
    best = max(likeness, key=lambda before: likeness[before], default=None)
    return best if best is not None and likeness[best] > _ALIKE else None


def _asked_about(partner: str, before: Unit, after: Unit) -> Finding:
    label = spec(after.table).label
    was, now = (", ".join(part for part in unit.key if part) for unit in (before, after))
    message = (
        f"{label} {now} of {partner} looks like the row that was {label} {was}: it is merged as a"
        " row taken out and a new one."
    )
    fix = "Give it its old key if they are one, or its new one by icbudget rekey; and merge again."
    return warning("joint.looks-like", message, fix, Place(table=label, row=now))


WHY_IT_MATTERS = {
    "joint.looks-like": (
        "A row that only got another key looks like one deleted and one new. What others asked"
        " of it would be lost, or its money be there twice."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
