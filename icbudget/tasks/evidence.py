"""The evidence library: looking into it, and filling in a programme from it."""

from __future__ import annotations

from pathlib import Path

from icbudget import reference
from icbudget.engine.accounts.benefits_realised import observed_release
from icbudget.findings import Finding, error, has_errors
from icbudget.money import to_pounds
from icbudget.plan.evidence_rows import free_id, free_name, programme_from, programme_from_local
from icbudget.plan.index import FLAT
from icbudget.plan.local_evidence import LocalEvidence
from icbudget.tasks.load_and_check import check, load
from icbudget.tasks.plans import write_changed


def add_evidence(
    path: Path, id: str, out: Path, *, overwrite: bool = False
) -> tuple[Path | None, tuple[Finding, ...]]:
    """Return the file written, a plan with one more programme, and the findings of that plan.

    The programme is filled in from the library. The plan that was read stays as it is. Nothing is
    written where it has errors of reading, or neither the library nor Local evidence such a row.
    """
    draft = load(path)
    if draft.plan is None or has_errors(draft.findings):
        return None, tuple(draft.findings)
    plan = draft.plan
    row = reference.evidence_row(id)
    local = next((row for row in plan.local_evidence if row.id == id), None)
    if row is None and local is None:
        known = [row.id for row in plan.local_evidence]
        known += [row["id"] for row in reference.evidence()]
        message = f"There is no evidence row “{id}”."
        fix = f"Use one of: {'; '.join(known)}."
        return None, (error("evidence.unknown", message, fix),)
    ids = {p.id for p in plan.programmes}
    cost_index = plan.setup.deflator or FLAT
    if local is not None:
        added = programme_from_local(local, free_id(local.id, ids), cost_index)
    elif row is not None:
        added = programme_from(row, free_id(row["id"], ids), cost_index)
    with_one_more = plan.model_copy(update={"programmes": (*plan.programmes, added)})
    written, carried = write_changed(with_one_more, path, draft, out, overwrite=overwrite)
    return written, (*check(written).findings, *carried)


def local_evidence(
    path: Path, programme: str, out: Path, *, overwrite: bool = False
) -> tuple[Path | None, tuple[Finding, ...]]:
    """Return the file written, a plan with one row more of Local evidence, and its findings.

    The row is what the confirmed releases of a programme showed. Nothing of the plan rests on it
    until a person names it (`icbudget evidence --add`). Raises `ValueError` where the plan has no
    such programme, or its releases do not say how much activity was avoided.
    """
    opened = check(path)
    case = opened.case
    if case is None or case.result is None:
        return None, opened.findings
    plan = case.before_scenario
    of = next((row for row in plan.programmes if row.id == programme), None)
    if of is None:
        known = "; ".join(row.id for row in plan.programmes) or "none yet"
        raise ValueError(f"The plan has no programme “{programme}”. Programmes: {known}.")
    observed = observed_release(case.result, programme)
    if observed is None:
        raise ValueError(
            f"The confirmed releases of “{programme}” do not say how much activity was avoided in a"
            " decided quarter. Fill in Activity on Confirmed releases."
        )
    years = [plan.years[t] for t in observed.years]
    row = LocalEvidence(
        id=free_name(f"local-{programme}", {row.id for row in plan.local_evidence}),
        programme=programme,
        library=of.library,
        first_year=years[0],
        last_year=years[-1],
        people=sum(of.people.get(year, 0.0) for year in years),
        # As many decimals as a person would type: no more is known of what was observed.
        before=round(observed.before, 2),
        expected=round(observed.expected, 2),
        after=round(observed.expected - observed.avoided, 2),
        effect=round(min(observed.avoided / observed.reached, 1.0), 6),
        planned=to_pounds(observed.planned),
        confirmed=to_pounds(observed.confirmed),
    )
    with_row = plan.model_copy(update={"local_evidence": (*plan.local_evidence, row)})
    written, carried = write_changed(with_row, path, opened.draft, out, overwrite=overwrite)
    return written, (*check(written).findings, *carried)


WHY_IT_MATTERS = {
    "evidence.unknown": (
        "The figures of the programme have no study behind them that can be looked up."
    ),
}
"""Why each finding of this file matters; the guide's page of findings takes it from here."""
