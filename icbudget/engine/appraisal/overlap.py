"""How much would be avoided if programmes reached other people than the plan assumes.

A range around the plan's assumption.

The plan lets reach be independent and takes overlap within a family from Setup. Nobody knows who
really gets two programmes.
"""

from __future__ import annotations

import numpy as np

from icbudget.engine.projection import avoided as avoid
from icbudget.engine.projection.attribution import families_in
from icbudget.engine.projection.projection import Projection, avoided_units
from icbudget.engine.rounding import Floats

SEPARATE, INDEPENDENT, SAME = "Separate people", "Independent", "Same people"
READINGS = (SEPARATE, INDEPENDENT, SAME)


def separate(reach: Floats, effect: Floats) -> float:
    """Return the share that remains when each programme first reaches the people least helped.

    Joint reach is least.

    Programmes in order of effect ε, the largest first; each takes its share ρ of people from those
    with the highest share remaining. Two programmes give `1 − ρ1ε1 − ρ2ε2 + j·ε1ε2` with `j =
    max(0, ρ1 + ρ2 − 1)`. For ε ≥ 0 no less is avoided than by independent reach. `reach`, `effect`:
    programmes that meet in a segment. Source: AP §4.1.
    """
    people = [(1.0, 1.0)]
    # The largest effect first: then joint reach is least in any order of the rest.
    for g in np.argsort(-effect, kind="stable"):
        left, after = float(reach[g]), []
        for size, remaining in sorted(people, key=lambda part: -part[1]):
            taken = min(size, left)
            left -= taken
            after += [(taken, remaining * (1.0 - float(effect[g]))), (size - taken, remaining)]
        people = [part for part in after if part[0] > 0.0]
    return sum(size * remaining for size, remaining in people)


def same(reach: Floats, effect: Floats, families: list[list[int]]) -> float:
    """Return the share that remains when programmes reach the same people first.

    Joint reach is greatest, `min(ρ1, ρ2)`.

    Within a family only its strongest programme counts (θ = 1). For ε ≥ 0 no more is avoided than
    in the plan. `reach`, `effect`: programmes that meet in a segment; `families`: their positions,
    a programme without a family by itself.
    """
    # Ties go to the first, so that the order of ids settles which of two alike leads.
    leaders = [max(family, key=lambda g: (reach[g] * effect[g], -g)) for family in families]
    remaining, below = 0.0, 0.0
    # From the smallest reach on: those people are reached by all of the others too.
    for g in sorted(leaders, key=lambda g: float(reach[g])):
        kept = np.prod([1.0 - effect[other] for other in leaders if reach[other] >= reach[g]])
        remaining += (float(reach[g]) - below) * float(kept)
        below = float(reach[g])
    return remaining + 1.0 - below


def readings(run: Projection) -> dict[str, Floats]:
    """Return the units avoided under each reading, years × lines, of the first draw.

    Programmes are bought as in the plan.

    Separate: least joint reach and no overlap in a family; independent: independent reach and no
    overlap in a family; same: greatest joint reach and whole overlap in a family. For effects of
    zero or more: same ≤ plan ≤ independent ≤ separate.
    """
    units = {name: np.zeros(run.avoided.shape[1:]) for name in READINGS}
    for t in range(1, run.avoided.shape[1]):
        activity = run.nothing.activity[:1, t]
        for name in READINGS:
            shares = _reductions(run, t, name)[np.newaxis]
            units[name][t] = avoided_units(run.structure, activity, shares)[0]
    return units


def _reductions(run: Projection, t: int, reading: str) -> Floats:
    """Return the share of each line's own activity that is avoided in year t under a reading.

    Shape: lines.
    """
    structure, reaching = run.structure, run.structure.reaching
    reach, effect = run.active[0, t], run.figures.effect[0]
    if reading == INDEPENDENT:
        survival = avoid.log_survival((reach * effect)[np.newaxis], reaching, 0.0)
        independent: Floats = avoid.reduction(survival, reaching)[0]
        return independent
    out = np.zeros(len(structure.lines.ids))
    for m, line in enumerate(reaching.line):
        members = np.flatnonzero(reaching.reached[m])
        if reading == SEPARATE:
            remains = separate(reach[members], effect[members])
        else:
            remains = same(reach[members], effect[members], families_in(reaching, m, members))
        out[line] += reaching.share[m] * (1.0 - remains)
    return out


def alone(run: Projection) -> Floats:
    """Return what each programme would avoid alone, years × programmes × lines, of the first draw.

    `A_dn [(1 − f) + f Σ_m σ(m) ρ ε]`, f the part of a parent's activity that still comes when the
    programme runs by itself. Added up over programmes it counts an admission as often as programmes
    reach it.
    """
    reaching, activity = run.structure.reaching, run.nothing.activity[0]
    share = reaching.reached.T.astype(np.float64) @ reaching.share_of_line
    effects = run.active[0] * run.figures.effect[0]
    units = [
        avoided_units(run.structure, activity, effects[:, [g]] * share[g])
        for g in range(effects.shape[1])
    ]
    return np.stack(units, axis=1) if units else np.zeros((len(activity), 0, activity.shape[1]))
