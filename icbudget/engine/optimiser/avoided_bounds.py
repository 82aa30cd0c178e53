"""What programmes avoid and move, as bounds of the model behind `optimise`.

Everything here is loose in the right direction: the engine's own figures for a choice satisfy every
row that is made of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from icbudget.engine.optimiser.milp import Model, Terms, added
from icbudget.engine.optimiser.programme_options import Option
from icbudget.engine.projection.structure import Structure
from icbudget.engine.rounding import Floats, Ints


@dataclass(frozen=True, eq=False, slots=True)
class Reached:
    """How far −ln q of each segment can go, the least and the most, segments × years.

    The least is below zero where a programme does harm.
    """

    least: Floats
    most: Floats

    def at(self, t: int, structure: Structure) -> tuple[Floats, Floats]:
        """Return the least and the most share of each line that can be avoided in year t."""
        return (
            share_avoided(structure, self.least[:, t])[0],
            share_avoided(structure, self.most[:, t])[0],
        )


def reached(structure: Structure, options: Sequence[Option], years: int) -> Reached:
    """Return how far −ln q of each segment can go.

    Each programme bought in the way that takes it furthest, none overlapping.
    """
    ends = np.zeros((2, len(structure.programmes), years))
    for o in options:
        z = -np.log1p(-o.effect)
        # The best and the worst way of each programme: whatever is chosen lies between.
        ends[0, o.programme] = np.minimum(ends[0, o.programme], z)
        ends[1, o.programme] = np.maximum(ends[1, o.programme], z)
    return Reached(structure.reaching.reached @ ends[0], structure.reaching.reached @ ends[1])


def share_avoided(structure: Structure, z: Floats) -> tuple[Floats, Floats]:
    """Return the share avoided of each line, lines, and its slope in each z, lines × segments.

    Own part `r = Σ σ (1 − e^{−z})`; a line that follows a parent: `1 − (1 − share of the parent)(1
    − r)`.
    """
    kept = np.exp(-z)[:, np.newaxis] * structure.reaching.share_of_line
    own = structure.reaching.share_of_line.sum(axis=0) - kept.sum(axis=0)
    share, slope = own.copy(), kept.T.copy()
    for generation in structure.lines.order[1:]:
        for k in generation:
            above = structure.lines.parent[k]
            share[k] = 1.0 - (1.0 - share[above]) * (1.0 - own[k])
            slope[k] = (1.0 - share[above]) * kept[:, k] + (1.0 - own[k]) * slope[above]
    return share, slope


def overlapping(
    model: Model, structure: Structure, options: Sequence[Option], years: int
) -> dict[tuple[int, int], Terms]:
    """Return −ln q of every segment and year as terms.

    Families as `Σ −ln(1 − (1 − θ)e) + the largest of what is left`.

    Exact without a binary for each combination: with options fixed it is a sum of constants, and
    the member of a family that counts in full is chosen by the solver (`Σ u ≤ 1`).
    """
    reaching, theta = structure.reaching, structure.overlap
    z: dict[tuple[int, int], Terms] = {}
    for m in range(len(reaching.line)):
        families = [members for members, segments in reaching.families if m in segments]
        together = {int(g) for members in families for g in members}
        for t in range(1, years):
            terms: Terms = {}
            for n, o in enumerate(options):
                if reaching.reached[m, o.programme] and o.effect[t]:
                    shrink = (1.0 - theta) if o.programme in together else 1.0
                    terms[n] = float(-np.log1p(-shrink * o.effect[t]))
            z[m, t] = terms
    for members, segments in reaching.families:
        for t in range(1, years):
            fullest, one = {}, {}
            for n, o in enumerate(options):
                if o.programme not in members:
                    continue
                # What it avoids in full beyond its part that is shrunk for overlap.
                rest = float(-np.log1p(-o.effect[t]) + np.log1p(-(1.0 - theta) * o.effect[t]))
                if rest > 0:
                    u = model.column(high=1.0)
                    model.row({u: 1.0, n: -1.0}, high=0.0)
                    fullest[u], one[u] = rest, 1.0
            harm = _largest_harm(model, structure, options, members, t)
            for m in segments if harm else ():
                z[int(m), t] = {**z[int(m), t], **harm}
            if one:
                model.row(one, high=1.0)
                for m in segments:
                    z[int(m), t] = {**z[int(m), t], **fullest}
    return z


def _largest_harm(
    model: Model, structure: Structure, options: Sequence[Option], members: Ints, t: int
) -> Terms:
    """Return what the largest harm of a family adds to −ln q beyond its shrunk part, as terms.

    Of members that harm the largest counts in full (model §5): `w ≤ rest` of each that is bought.
    """
    rests: Terms = {}
    for n, o in enumerate(options):
        e = float(o.effect[t])
        if o.programme in members and e < 0:
            rests[n] = float(-np.log1p(-e) + np.log1p(-(1.0 - structure.overlap) * e))
    if not rests:
        return {}
    w = model.column(low=min(rests.values()), high=0.0)
    for n, rest in rests.items():
        model.row({w: 1.0, n: -rest}, high=0.0)
    return {w: 1.0}


def at_least(
    structure: Structure, z: dict[tuple[int, int], Terms], far: Reached, k: int, t: int
) -> Iterator[tuple[Terms, float]]:
    """Yield what the share avoided of a line is never below.

    Terms, and a factor of the share of the line that it follows.

    `Σ σ z (1 − e^{−Z}) / Z`, Z the most that z can be; the parent's share. Nothing of its own where
    a programme does harm.
    """
    reaching = structure.reaching
    terms: Terms = {}
    for m in np.flatnonzero(reaching.line == k):
        if far.least[m, t] < 0:
            return
        most = far.most[m, t]
        # The chord of the concave curve from nothing to the most lies below it.
        steep = float(-np.expm1(-most) / most) if most > 0 else 1.0
        of_segment = {c: float(reaching.share[m]) * steep * v for c, v in z[int(m), t].items()}
        terms = added(terms, of_segment)
    if terms:
        yield terms, 0.0
    if structure.lines.parent[k] >= 0:
        yield {}, 1.0


def moved_in(
    structure: Structure, options: Sequence[Option], far: Reached, activity: Floats
) -> dict[tuple[int, int], tuple[Terms, Terms]]:
    """Return the least and the most activity that moves into each line and year, as terms.

    Units × what each programme avoids.

    What a programme avoids of a segment among others lies between `v (1 − e^{−Z}) / Z` (`v e^{−Z}`
    where one does harm, nothing where families meet) and `e^{−z₋} (1 − e^{−v})`, with v = −ln(1 −
    e), Z the most and z₋ the least that −ln q can be; what harm adds, between `v e^{−z₋}` and
    nothing. On a line that follows a parent, what is left of it counts.
    """
    out: dict[tuple[int, int], tuple[Terms, Terms]] = {}
    for g, source, target, units in structure.moves:
        for t in range(1, activity.shape[0]):
            low, high = _avoided_by(structure, options, far, g, source, t)
            into = out.setdefault((target, t), ({}, {}))
            factor = units * float(activity[t, source])
            out[target, t] = (
                added(into[0], added(low, times=factor)),
                added(into[1], added(high, times=factor)),
            )
    return {at: ends for at, ends in out.items() if ends[0] or ends[1]}


def _avoided_by(
    structure: Structure, options: Sequence[Option], far: Reached, g: int, k: int, t: int
) -> tuple[Terms, Terms]:
    """Return the least and most share of a line that a programme avoids, by option, as terms."""
    reaching, above = structure.reaching, int(structure.lines.parent[k])
    met = {int(m) for _, segments in reaching.families for m in segments}
    low: Terms = {}
    high: Terms = {}
    for m in np.flatnonzero((reaching.line == k) & reaching.reached[:, g]):
        least, most, share = far.least[m, t], far.most[m, t], float(reaching.share[m])
        factor = 0.0 if int(m) in met else _least_part(float(least), float(most))
        for c, o in enumerate(options):
            if o.programme != g or not o.effect[t]:
                continue
            v = float(-np.log1p(-o.effect[t]))
            helped = factor if v > 0 else float(np.exp(-least))
            avoided = max(float(-np.expm1(-v) * np.exp(-least)), 0.0)
            low[c] = low.get(c, 0.0) + share * v * helped
            high[c] = high.get(c, 0.0) + share * avoided
    if above < 0:
        return low, high
    # What helps is least where most of the parent is gone; what harms is worst where most is left.
    left = sorted(1.0 - share[above] for share in far.at(t, structure))
    inherited = _avoided_by(structure, options, far, g, above, t)
    low = added(inherited[0], {c: v * left[0 if v > 0 else 1] for c, v in low.items()})
    return low, added(inherited[1], {c: v * left[1] for c, v in high.items()})


def _least_part(least: float, most: float) -> float:
    """Return the least that each unit of −ln(1 − e) avoids beside all others of its segment."""
    if least < 0:
        return float(np.exp(-most))
    if most > 0:
        return float(-np.expm1(-most) / most)
    return 1.0
