"""The run record: what must be known to make the same figures again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from icbudget import __version__, reference
from icbudget.answers.case import Case
from icbudget.answers.simulated_ranges import drawn_with
from icbudget.findings import Severity
from icbudget.plan.identity import FIGURES_HASH_VERSION, PLAN_HASH_VERSION
from icbudget.reference import TableVersion


@dataclass(frozen=True, slots=True)
class RunRecord:
    """How a set of results was made.

    It holds no clock and no folder, so that two runs of one plan leave the same record. `plan_hash`
    and `figures_hash` are those of `icbudget.plan.identity`, of the plan as it was calculated, its
    scenario laid over it; their versions stand beside them, since hashes of two versions cannot be
    compared. `draws` and `seed` are those of the plan's own simulation, None where nothing was
    drawn at random.
    """

    title: str
    plan_hash: str
    plan_hash_version: str
    figures_hash: str
    figures_hash_version: str
    version: str
    draws: int | None
    seed: int | None
    scenario: str
    command: str
    reference: tuple[TableVersion, ...]
    errors: int
    warnings: int
    notes: int


def record_of(case: Case, command: str) -> RunRecord:
    """Return the record of a run; `command` is what a reader types to repeat it, with no folder."""
    drawn = drawn_with(case.worked.plan) if case.has_answers else None
    count = Counter(finding.severity for finding in case.findings)
    return RunRecord(
        title=case.plan.setup.title,
        plan_hash=case.hash,
        plan_hash_version=PLAN_HASH_VERSION,
        figures_hash=case.figures_hash,
        figures_hash_version=FIGURES_HASH_VERSION,
        version=__version__,
        draws=drawn[0] if drawn else None,
        seed=drawn[1] if drawn else None,
        scenario=case.plan.setup.active_scenario,
        command=command,
        reference=(*reference.versions(), *case.imported),
        errors=count[Severity.ERROR],
        warnings=count[Severity.WARNING],
        notes=count[Severity.NOTE],
    )
