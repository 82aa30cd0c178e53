"""The mixed-integer model behind `optimise`.

It bounds what the engine can give for every choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from icbudget.engine.optimiser.avoided_bounds import (
    Reached,
    at_least,
    moved_in,
    overlapping,
    reached,
    share_avoided,
)
from icbudget.engine.optimiser.combinations import choose
from icbudget.engine.optimiser.judge import Judge
from icbudget.engine.optimiser.milp import ASIDE, Model, Terms, added
from icbudget.engine.optimiser.money_limits import Need, Sought, keep
from icbudget.engine.optimiser.partner_bounds import bear
from icbudget.engine.optimiser.programme_options import Option
from icbudget.engine.optimiser.release_bounds import blocks, releases, savings
from icbudget.engine.projection import avoided as avoid
from icbudget.engine.projection.structure import Structure
from icbudget.engine.rounding import Floats
from icbudget.plan import Plan

_NOISE = 1e-6


@dataclass(eq=False, slots=True)
class Bounding:
    """The model of one plan and what its columns mean."""

    model: Model
    options: tuple[Option, ...]
    structure: Structure
    activity: Floats
    far: Reached
    z: dict[tuple[int, int], Terms]
    """(segment, year) → −ln q as terms."""
    avoided: dict[tuple[int, int], int]
    """(line, year) → column of V."""
    blocks: dict[tuple[int, int], int] = field(default_factory=dict)
    closing: dict[tuple[int, int], int] = field(default_factory=dict)
    """Whether blocks close that the plan leaves open, by (line, year).

    Where that might break a limit.
    """
    from_below: frozenset[int] = frozenset()
    """Lines of which it matters that V is not understated.

    Those with a floor, and of partners with a limit.
    """

    def tangents(self, x: Floats | None = None, part: float = 0.0) -> None:
        """Add the tangents of V in every line and year.

        At a solution, or at a part of everything there is.

        `V = A_dn (1 − Σ σ e^{−z})` is concave in `z = −ln q`, so each tangent bounds it, and at its
        own point exactly.
        """
        segments = range(len(self.structure.reaching.line))
        for t in range(1, self.activity.shape[0]):
            at = np.array([self._point(m, t, x, part) for m in segments])
            share, slope = share_avoided(self.structure, at)
            for (k, year), column in self.avoided.items():
                if year != t:
                    continue
                row: Terms = {column: 1.0}
                level = share[k]
                for m in np.flatnonzero(slope[k]):
                    level -= slope[k, m] * at[m]
                    for c, v in self.z[int(m), t].items():
                        row[c] = row.get(c, 0.0) - self.activity[t, k] * slope[k, m] * v
                self.model.row(row, high=float(self.activity[t, k] * level))

    def _point(self, m: int, t: int, x: Floats | None, part: float) -> float:
        terms = self.z[m, t]
        if x is not None:
            return sum(v * float(x[c]) for c, v in terms.items())
        best: dict[int, float] = {}
        for c, v in terms.items():
            g = self.options[c].programme if c < len(self.options) else -c
            best[g] = max(best.get(g, 0.0), v * min(self.model.high[c], 1.0))
        return part * sum(best.values())

    def set_aside(self, picked: Sequence[int], x: Floats) -> None:
        """Let the model propose this choice no more.

        Where closing might break a limit, with these blocks closing.
        """
        closing = [c for c in self.closing.values() if x[c] > 0.5]
        every = [*range(len(self.options)), *self.closing.values()]
        taken = {*picked, *closing}
        # Only this choice makes the sum as large as what it takes; all others fall short by one.
        terms = {c: 1.0 if c in taken else -1.0 for c in every}
        self.model.row(terms, high=len(taken) - 1.0, kind=ASIDE)

    def no_less(self, picked: Sequence[int]) -> None:
        """Add that V is no less than this choice avoids, less what is not taken of it avoids alone.

        `V(S) ≥ V(S*) − Σ V(n)` over n in S* and not in S: what is avoided is submodular and rises
        with each option, where none does harm.
        """
        for t in range(1, self.activity.shape[0]):
            integer = self.share_of([self.options[n] for n in picked], t)
            alone = {n: self.share_of([self.options[n]], t) for n in picked}
            for k in sorted(self.from_below):
                # Where one does harm, what is avoided may fall with more bought, and the bound
                # would not hold.
                if np.any(self.far.least[self._segments_above(k), t] < 0) or integer[k] < 1e-12:
                    continue
                lost = {n: -float(self.activity[t, k] * of[k]) for n, of in alone.items() if of[k]}
                least = float(self.activity[t, k] * integer[k]) + sum(lost.values())
                self.model.row({self.avoided[k, t]: 1.0, **lost}, low=least - _NOISE)

    def share_of(self, chosen: Sequence[Option], t: int) -> Floats:
        """Return the share of a line's activity that options together avoid in year t, by line."""
        effects = np.zeros((1, len(self.structure.programmes)))
        for o in chosen:
            effects[0, o.programme] = o.effect[t]
        log_q = avoid.log_survival(effects, self.structure.reaching, self.structure.overlap)
        return share_avoided(self.structure, -log_q[0])[0]

    def _segments_above(self, k: int) -> NDArray[np.bool_]:
        """Return whether each segment is part of a line or of one that it follows."""
        above, lines = [k], self.structure.lines
        while lines.parent[above[-1]] >= 0:
            above.append(int(lines.parent[above[-1]]))
        return np.isin(self.structure.reaching.line, above)


def bounding(judge: Judge, options: tuple[Option, ...], needs: Sequence[Need] = ()) -> Bounding:
    """Return the model of what the judge hears. Source: AP §5 option E, (1) to (10).

    `needs`: spending that must not fall short. The engine's figures for any choice that breaks no
    limit satisfy every row, and give the model at least their worth, so that its best is a bound.
    What is only bounded (cost of activity moved in, contracts with a kink, what partners settle,
    shares of a fund) the engine settles: every plan found is run through it.
    """
    plan, structure, base = judge.plan, judge.structure, judge.base.projection
    model, years, activity = Model(), len(plan.years), judge.base.projection.nothing.activity[0]
    for n, o in enumerate(options):
        gained = 0.0 if judge.health is None else float(o.qalys @ judge.health)
        # A little less for each place in the order, so that the first of two that are alike wins.
        model.column(gained - float(o.cost @ judge.discount) - _NOISE * n, high=1.0, integer=True)
    choose(model, plan, options, judge.limits)
    far = reached(structure, options, years)
    z = overlapping(model, structure, options, years)
    avoided: dict[tuple[int, int], int] = {}
    for t in range(1, years):
        low, high = (activity[t] * share for share in far.at(t, structure))
        for k in range(len(structure.lines.ids)):
            # A hair of room above, so that rounding of a sum never makes the model refuse its own
            # bound.
            avoided[k, t] = model.column(low=float(low[k]), high=float(high[k]) * (1.0 + 1e-12))
    made = Bounding(model, options, structure, activity, far, z, avoided)
    # Four tangents bound the curve closely enough to begin; the search adds those it needs.
    for part in (0.0, 0.25, 0.5, 1.0):
        made.tangents(part=part)
    into = moved_in(structure, options, far, activity)
    net = {at: _net(model, v, *into[at]) if at in into else v for at, v in avoided.items()}
    made.blocks = blocks(model, plan, structure.lines, avoided, years)
    saved = savings(model, structure.lines, base, net)
    released = releases(
        model, plan, structure.lines, base, avoided, made.blocks, into, saved, judge.discount
    )
    sought = Sought(model, options, structure, released, saved)
    limited = bear(sought, judge, keep(sought, judge.base.rules, base, needs))
    made.closing = _decided(made, plan) if limited else {}
    floors = {k for k, row in enumerate(plan.acute_lines) if row.floor is not None}
    _stay_above(model, judge, activity, net, floors)
    made.from_below = _not_understated(made, limited | floors)
    return made


def _decided(made: Bounding, plan: Plan) -> dict[tuple[int, int], int]:
    """Return the columns that say whether blocks close in a year that the plan leaves open.

    `B ≤ most × closes`. What closes only adds to what is released, so it can break a partner's
    limit (by what is settled or paid first), and no other.
    """
    out: dict[tuple[int, int], int] = {}
    for (k, t), b in made.blocks.items():
        if plan.years[t] not in plan.acute_lines[k].closes:
            out[k, t] = made.model.column(high=1.0, integer=True)
            made.model.row({b: 1.0, out[k, t]: -made.model.high[b]}, high=0.0)
    return out


def _net(model: Model, v: int, low: Terms, high: Terms) -> int:
    """Return the column of what is avoided less what is moved in, between these terms."""
    least, most = model.low[v] - model.span(high)[1], model.high[v] - model.span(low)[0]
    n = model.column(low=least, high=most)
    model.row({n: 1.0, v: -1.0, **low}, high=_NOISE)
    model.row({n: 1.0, v: -1.0, **high}, low=-_NOISE)
    return n


def _stay_above(
    model: Model, judge: Judge, activity: Floats, net: dict[tuple[int, int], int], floors: set[int]
) -> None:
    """Keep planned activity above floors, and bring it down to the goals to be met.

    AP §5 option E, (6).

    That pay is never below a contract's fixed element until it is rebased is how the engine pays,
    so it is in what is saved.
    """
    plan = judge.plan
    for k in sorted(floors):
        row = plan.acute_lines[k]
        for t, year in enumerate(plan.years):
            if t and row.floor is not None:
                # Where do nothing is below the floor already, nothing more may be avoided.
                most = max(float(activity[t, k]) - row.floor, 0.0) + _NOISE
                name = f"floor of {row.id} in {year}"
                model.row({net[k, t]: 1.0}, high=most, name=name, kind="floor")
    for goal, k, t in judge.goals:
        least = float(activity[t, k]) - goal.target - _NOISE
        name = f"goal {goal.id} by {goal.target_year}"
        model.row({net[k, t]: 1.0}, low=least, name=name, kind="goal")


def _not_understated(made: Bounding, lines: set[int]) -> frozenset[int]:
    """Bound V of these lines, and of those they follow, from below; return them all."""
    above = set(lines)
    while more := {int(made.structure.lines.parent[k]) for k in above} - above - {-1}:
        above |= more
    for k, t in made.avoided:
        if k not in above:
            continue
        for terms, of_parent in at_least(made.structure, made.z, made.far, k, t):
            scale, row = float(made.activity[t, k]), {made.avoided[k, t]: 1.0}
            if of_parent:
                parent = int(made.structure.lines.parent[k])
                if made.activity[t, parent] > 0:
                    by_parent = -scale / float(made.activity[t, parent])
                    made.model.row(row | {made.avoided[parent, t]: by_parent}, low=-_NOISE)
            else:
                made.model.row({**row, **added(terms, times=-scale)}, low=-_NOISE)
    return frozenset(above)


def in_any_part(made: Bounding, fixed: set[int]) -> Model:
    """Return the model with every part between those tried allowed.

    Not of the programmes in `fixed`; each programme starts once.

    `−ln(1 − part · e)` is convex in the part, so what lies between two parts avoids no more than
    the line between them: the model still bounds the engine. What was set aside counts again.
    """
    model = made.model.without_aside()
    starts: dict[tuple[int, str, str], list[int]] = {}
    for n, o in enumerate(made.options):
        if o.programme not in fixed:
            model.integer[n] = 0
            starts.setdefault((o.programme, o.start, o.source), []).append(n)
    begun: dict[int, list[int]] = {}
    for (g, _, _), parts in starts.items():
        begins = model.column(high=1.0, integer=True)
        model.row({**dict.fromkeys(parts, 1.0), begins: -1.0}, high=0.0)
        begun.setdefault(g, []).append(begins)
    for columns in begun.values():
        model.row(dict.fromkeys(columns, 1.0), high=1.0)
    return model
