"""The evidence library: looking into it, and filling in a programme from it."""

from __future__ import annotations

from pathlib import Path

from icbudget import reference
from icbudget.findings import Finding, error, has_errors
from icbudget.plan.evidence_rows import free_id, programme_from
from icbudget.plan.index import FLAT
from icbudget.tasks.plans import convert_plan, user_additions
from icbudget.tasks.reading import check, load


def add_evidence(
    path: Path, id: str, out: Path, *, overwrite: bool = False
) -> tuple[Path | None, tuple[Finding, ...]]:
    """Return the file written, a plan with one more programme, and the findings of that plan.

    The programme is filled in from the library. The plan that was read stays as it is. Nothing is
    written where it has errors of reading, or the library no such row.
    """
    row = reference.evidence_row(id)
    if row is None:
        known = "; ".join(r["id"] for r in reference.evidence())
        message = f"There is no evidence row “{id}”."
        return None, (error("evidence.unknown", message, f"Use one of: {known}."),)
    draft = load(path)
    if draft.plan is None or has_errors(draft.findings):
        return None, tuple(draft.findings)
    plan = draft.plan
    programme_id = free_id(row, {p.id for p in plan.programmes})
    added = programme_from(row, programme_id, plan.setup.deflator or FLAT)
    with_one_more = plan.model_copy(update={"programmes": (*plan.programmes, added)})
    own, carried = user_additions(path, draft, out)
    written = convert_plan(with_one_more, out, own=own, overwrite=overwrite)
    return written, (*check(written).findings, *carried)
