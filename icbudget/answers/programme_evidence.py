"""What each programme's evidence comes to.

It leads from the study's estimate to the effect the plan counts on, and its ceiling.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from icbudget import reference
from icbudget.answers.block import Lines, Row
from icbudget.answers.case import Case
from icbudget.engine.projection.effect import adjusted, base_of, reduction_of
from icbudget.plan.columns import columns_of
from icbudget.plan.evidence_rows import JUDGEMENT, figures_of, found_by_studies, is_judgement
from icbudget.plan.programme import RATIOS, Programme


def effects(case: Case) -> Lines:
    """Return each programme's effect step by step, and its ceilings.

    With and without optimism bias; a ceiling for each line it reaches.

    Ceiling: the share of the line that the programme's segments are, times ε; no reach can lift the
    programme above it. The bias that the grade suggests is from background knowledge and only
    shown. Source: model §5 and §12, AP §4.5.
    """
    rows: list[Row] = []
    for g, programme in enumerate(case.plan.programmes):
        for figure, unit, value in (
            *_steps(programme),
            *_local(case, programme),
            *_cost(case, g),
            *_ceilings(case, g),
        ):
            rows.append(Row((programme.id, figure), unit, (value,)))
    shows = (
        "From what the study found to what the plan counts on, and the most that a programme can do"
        " to a line."
    )
    return Lines(shows, tuple(rows))


def _steps(programme: Programme) -> Iterator[tuple[str, str, float | str | None]]:
    evidence = reference.evidence_row(programme.library)
    reduction = reduction_of(programme)
    taken = (programme.deadweight, programme.attribution, programme.displacement)
    suggested = reference.optimism_bias(programme.grade)[0]
    yield "Evidence row", "", evidence["id"] if evidence else "none named"
    yield "Evidence grade", "", programme.grade
    yield "What its studies found", "", found_by_studies(programme)
    # model §1.8: a figure that no study gives is never shown without that word beside it
    judged = f" ({JUDGEMENT})" if is_judgement(programme) else ""
    if evidence:
        yield "Taken from the evidence row as it stands", "", _as_there(programme, evidence)
        for end in ("low", "central", "high"):
            yield (
                f"Planning reduction of the evidence row, {end} (judgement, not evidence)",
                "%",
                float(evidence[f"default_{end}"]),
            )
    yield (
        f"Effect as stated ({programme.effect_measure.replace('_', ' ')}){judged}",
        "factor" if programme.effect_measure in RATIOS else "%",
        programme.effect,
    )
    if programme.effect_measure == "before_after":
        yield (
            "Rate after over rate before with nothing done (regression to the mean)",
            "factor",
            base_of(programme),
        )
    yield "Reduction of the rate", "%", reduction
    yield (
        "Reduction after deadweight, attribution and displacement",
        "%",
        float(adjusted(reduction, *taken, 0.0)),
    )
    yield "Optimism bias on benefit", "%", programme.optimism_benefit
    yield (
        f"Reduction that the plan counts on{judged}",
        "%",
        float(adjusted(reduction, *taken, programme.optimism_benefit)),
    )
    # Shown and never applied: the table of biases is background knowledge, not read at a source.
    yield "Optimism bias on benefit that the grade suggests (unconfirmed)", "%", suggested
    yield "Reduction with that bias", "%", float(adjusted(reduction, *taken, suggested))


def _local(case: Case, programme: Programme) -> Iterator[tuple[str, str, float]]:
    """Yield what was seen of the programme, or of its evidence row, in this place."""
    for row in case.plan.local_evidence:
        if row.programme == programme.id or (row.library and row.library == programme.library):
            # Beside what the studies found, never in its place, and never without these words.
            label = f"Seen locally, {row.id} (grade {row.grade}, no comparison group)"
            yield label, "%", row.effect


def _as_there(programme: Programme, evidence: reference.Row) -> str:
    """Return the figures of a programme that are those of its evidence row, by their headings."""
    labels = {c.field: c.label for c in columns_of(Programme)}
    same = [
        labels[f].lower()
        for f, value in figures_of(evidence).items()
        if value == getattr(programme, f)
    ]
    return "; ".join(same) or "nothing"


def _cost(case: Case, g: int) -> Iterator[tuple[str, str, float]]:
    """Yield the programme's running cost over the plan in full.

    Without and with optimism bias on cost.
    """
    programme = case.plan.programmes[g]
    cost = float(case.answered.projection.running_cost[0, :, g].sum())
    plain = cost / (1.0 + programme.optimism_cost)
    suggested = reference.optimism_bias(programme.grade)[1]
    yield "Running cost over the plan before optimism bias", "£", round(plain, 2)
    yield "Optimism bias on cost", "%", programme.optimism_cost
    yield "Running cost over the plan", "£", round(cost, 2)
    yield "Optimism bias on cost that the grade suggests (unconfirmed)", "%", suggested
    yield "Running cost over the plan with that bias", "£", round(plain * (1.0 + suggested), 2)


def _ceilings(case: Case, g: int) -> Iterator[tuple[str, str, float]]:
    run, years = case.answered.projection, case.plan.years
    reaching = run.structure.reaching
    share = reaching.share_of_line[reaching.reached[:, g]].sum(axis=0)
    for k in np.flatnonzero(share > 0):
        line, ceiling = case.plan.acute_lines[int(k)], float(share[k] * run.figures.effect[0, g])
        name = line.name or line.id
        yield f"{name}: share of it in segments that the programme reaches", "%", float(share[k])
        yield f"{name}: ceiling, that share × the reduction counted on", "%", ceiling
        yield (
            f"{name}: at work in {years[-1]}, after reach and lag",
            "%",
            ceiling * float(run.active[0, -1, g]),
        )
