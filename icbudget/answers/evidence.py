"""What each programme's evidence comes to: from the study's estimate to the effect the plan counts on, and its ceiling."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from icbudget import reference
from icbudget.answers.block import Block, Row
from icbudget.answers.case import Case
from icbudget.engine.effect import adjusted, base_of, reduction_of
from icbudget.plan.programme import Programme


def effects(case: Case) -> Block:
    """Return each programme's effect step by step, with and without optimism bias, and the ceiling on each line it reaches.

    Ceiling: the share of the line that the programme's segments are, times ε; no reach can lift the programme above it.
    The bias that the grade suggests is from background knowledge and only shown. Source: model §5 and §12, AP §4.5.
    """
    rows: list[Row] = []
    for g, programme in enumerate(case.plan.programmes):
        for figure, unit, value in (*_steps(programme), *_ceilings(case, g)):
            rows.append(Row((programme.id, figure), unit, (value,)))
    shows = "From what the study found to what the plan counts on, and the most that a programme can do to a line."
    return Block("Programme evidence", shows, ("Programme", "Figure"), ("Value",), tuple(rows))


def _steps(programme: Programme) -> Iterator[tuple[str, str, float | str | None]]:
    told = reference.evidence_row(programme.library)
    reduction = reduction_of(programme)
    taken = (programme.deadweight, programme.attribution, programme.displacement)
    suggested = reference.optimism_bias(programme.grade)[0]
    yield "Evidence row", "", told["id"] if told else "none named"
    yield "Evidence grade", "", programme.grade
    if told:
        yield "How far to trust it", "", told["trust"]
        for end in ("low", "central", "high"):
            yield f"Planning reduction of the evidence row, {end} (judgement, not evidence)", "%", float(told[f"default_{end}"])
    yield f"Effect as stated ({programme.effect_measure.replace('_', ' ')})", "factor", programme.effect
    if programme.effect_measure == "before_after":
        yield "Rate after over rate before with nothing done (regression to the mean)", "factor", base_of(programme)
    yield "Reduction of the rate", "%", reduction
    yield "Reduction after deadweight, attribution and displacement", "%", float(adjusted(reduction, *taken, 0.0))
    yield "Optimism bias on benefit", "%", programme.optimism_benefit
    yield "Reduction that the plan counts on", "%", float(adjusted(reduction, *taken, programme.optimism_benefit))
    yield "Optimism bias on benefit that the grade suggests (unconfirmed)", "%", suggested
    yield "Reduction with that bias", "%", float(adjusted(reduction, *taken, suggested))


def _ceilings(case: Case, g: int) -> Iterator[tuple[str, str, float]]:
    run, years = case.answered.projection, case.plan.years
    reaching = run.structure.reaching
    share = reaching.share_of_line[reaching.reached[:, g]].sum(axis=0)
    for k in np.flatnonzero(share > 0):
        line, ceiling = case.plan.acute_lines[int(k)], float(share[k] * run.figures.effect[0, g])
        yield f"{line.id}: share of it in segments that the programme reaches", "%", float(share[k])
        yield f"{line.id}: ceiling, that share × the reduction counted on", "%", ceiling
        yield f"{line.id}: at work in {years[-1]}, after reach and lag", "%", ceiling * float(run.active[0, -1, g])
