"""The mixed-integer model behind `optimise`: it bounds what the engine can give for every choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from icbudget.engine import contract
from icbudget.engine.best_limits import Need, Sought, harmful, keep
from icbudget.engine.choices import Option
from icbudget.engine.linear import Model, Terms
from icbudget.engine.projection import Projection
from icbudget.engine.rounding import Floats
from icbudget.engine.rules import Rules
from icbudget.engine.structure import Structure
from icbudget.plan import Plan
from icbudget.plan.goal import Goal

ASIDE = "aside"
"""Kind of the rows that set a choice aside."""


@dataclass(eq=False, slots=True)
class Bounding:
    """The model of one plan and what its columns mean."""

    model: Model
    options: tuple[Option, ...]
    avoided: dict[tuple[int, int], int]
    """(line, year) → column of V."""
    blocks: dict[tuple[int, int], int]
    z: dict[tuple[int, int], Terms]
    """(segment, year) → −ln q as terms."""
    structure: Structure
    activity: Floats

    def tangents(self, x: Floats | None = None, part: float = 0.0) -> None:
        """Add the tangents of V in every line and year at a solution, or at a part of everything there is.

        `V = A_dn (1 − Σ σ e^{−z})` is concave in `z = −ln q`, so each tangent bounds it, and at its own point exactly.
        """
        for t in range(1, self.activity.shape[0]):
            at = np.array([self._point(m, t, x, part) for m in range(len(self.structure.reaching.line))])
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


def share_avoided(structure: Structure, z: Floats) -> tuple[Floats, Floats]:
    """Return the share of each line's activity that is avoided, lines, and its slope in each z, lines × segments.

    Own part `r = Σ σ (1 − e^{−z})`; a line that follows a parent: `1 − (1 − share of the parent)(1 − r)`.
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


def bounding(
    plan: Plan,
    structure: Structure,
    rules: Rules,
    base: Projection,
    options: tuple[Option, ...],
    worth: Floats,
    limits: Mapping[str, Floats],
    goals: Sequence[tuple[Goal, int, int]] = (),
    needs: Sequence[Need] = (),
    health: Floats | None = None,
) -> Bounding:
    """Return the model. Source: AP §5 option E.

    `base` is the engine's run with no programme at all; `worth`: present value of £1 by year; `limits`: staff by year; `goals`:
    those to be met, each with its acute line and year; `needs`: spending that must not fall short; `health`: present value of
    one QALY by year, where health counts.

    Overlap is exact without a binary for each combination: with options fixed, `z` is a sum of constants, and the member of a
    family that counts in full is chosen by the solver (`Σ u ≤ 1`). What is only bounded (cost of activity moved in, contracts
    with a kink, the floor of a line) the engine settles: every plan found is run through it.
    """
    model, years = Model(), base.activity.shape[1]
    for n, o in enumerate(options):
        gained = 0.0 if health is None else float(o.qalys @ health)
        model.column(gained - float(o.cost @ worth) - 1e-6 * n, high=1.0, whole=True)
    _choices(model, plan, options, limits)
    z = _overlap(model, structure, options, years)
    lines = range(len(structure.lines.ids))
    avoided = {
        (k, t): model.column(low=-np.inf, high=float(base.nothing.activity[0, t, k])) for k in lines for t in range(1, years)
    }
    made = Bounding(model, options, avoided, {}, z, structure, base.nothing.activity[0])
    for part in (0.0, 0.25, 0.5, 1.0):
        made.tangents(part=part)
    released = _releases(made, plan, base, worth)
    keep(Sought(model, options, structure), rules, base, released, needs)
    for goal, k, t in goals:
        most = made.activity[t, k] - goal.target
        model.row({avoided[k, t]: 1.0}, low=float(most), name=f"goal {goal.id} by {goal.target_year}", kind="goal")
    return made


def _choices(model: Model, plan: Plan, options: tuple[Option, ...], limits: Mapping[str, Floats]) -> None:
    of: dict[int, list[int]] = {g: [] for g in range(len(plan.programmes))}
    for n, o in enumerate(options):
        of[o.programme].append(n)
    at = {row.id: g for g, row in enumerate(plan.programmes)}
    for g, row in enumerate(plan.programmes):
        if row.must_do:
            model.row(dict.fromkeys(of[g], 1.0), low=1.0, name=f"{row.id} must be done", kind="exclusive")
        model.row(dict.fromkeys(of[g], 1.0), high=1.0)
        for other in row.excludes:
            both = dict.fromkeys((*of[g], *of[at[other]]), 1.0)
            model.row(both, high=1.0, name=f"{row.id} or {other}, not both", kind="exclusive")
    for t, most in enumerate(limits.get("staff", ())):
        if t and most < np.inf:
            needed = {n: float(o.staff[t]) for n, o in enumerate(options) if o.staff[t]}
            model.row(needed, high=float(most), name=f"staff in {plan.years[t]}", kind="staff")


def _overlap(model: Model, structure: Structure, options: tuple[Option, ...], years: int) -> dict[tuple[int, int], Terms]:
    """Return −ln q of every segment and year as terms; families as `Σ −ln(1 − (1 − θ)e) + the largest of what is left`."""
    reaching, theta = structure.reaching, structure.overlap
    z: dict[tuple[int, int], Terms] = {}
    for m in range(len(reaching.line)):
        together = {int(g) for members, segments in reaching.families if m in segments for g in members}
        for t in range(1, years):
            shrink = {n: (1.0 - theta) if o.programme in together else 1.0 for n, o in enumerate(options)}
            z[m, t] = {
                n: float(-np.log1p(-shrink[n] * o.effect[t]))
                for n, o in enumerate(options)
                if reaching.reached[m, o.programme] and o.effect[t]
            }
    for members, segments in reaching.families:
        for t in range(1, years):
            fullest, one = {}, {}
            for n, o in enumerate(options):
                rest = float(-np.log1p(-o.effect[t]) + np.log1p(-(1.0 - theta) * o.effect[t])) if o.programme in members else 0.0
                if rest > 0:
                    u = model.column(high=1.0)
                    model.row({u: 1.0, n: -1.0}, high=0.0)
                    fullest[u], one[u] = rest, 1.0
            if one:
                model.row(one, high=1.0)
                for m in segments:
                    z[int(m), t] = {**z[int(m), t], **fullest}
    return z


def _releases(made: Bounding, plan: Plan, base: Projection, worth: Floats) -> dict[tuple[int, int], tuple[Terms, Terms]]:
    """Add the system release of every line and year to the objective; return (release, contract saving) before moved-in cost."""
    model, lines, years = made.model, made.structure.lines, base.activity.shape[1]
    cost, a = base.nothing.cost[0], made.activity
    moved = _moved_in(made, a)
    saving = _savings(base, made)
    out: dict[tuple[int, int], tuple[Terms, Terms]] = {}
    for (k, t), v in made.avoided.items():
        row = plan.acute_lines[k]
        g = model.column(float(worth[t]), low=-np.inf)
        gross: Terms = {v: float(lines.variable_cost[k] * cost[t, k] * (1.0 - row.backfill))}
        decided = row.closes.get(plan.years[t])
        close = 1.0 if decided is None else float(decided)
        if row.block_size is not None and close > 0 and t - row.hold >= 1:
            b = made.blocks[k, t] = model.column(whole=True)
            for held in range(t - row.hold, t + 1):
                size = row.block_size / max(1.0 - row.backfill, 1e-12)
                model.row({b: size, made.avoided[k, held]: -1.0}, high=1e-9 * size)
            gross[b] = float(lines.semi_fixed_cost[k] * cost[t, k] * row.block_size * close)
        before = model.column(low=-np.inf)
        harm = {**gross, v: float(lines.variable_cost[k] * cost[t, k])}
        for form in (gross, harm):
            model.row({before: 1.0, **{c: -x for c, x in form.items()}}, high=float(lines.fixed_release[t, k]))
        if not harmful(made.options) and not lines.fixed_release[t, k]:
            model.row({before: 1.0, v: -float(cost[t, k])}, high=0.0)
        model.row({g: 1.0, before: -1.0, **{c: x * float(cost[t, k]) for c, x in moved.get((k, t), {}).items()}}, high=0.0)
        out[k, t] = (
            {before: 1.0},
            {made.avoided[k, s]: float(saving[s - 1, t, k]) for s in range(1, years) if saving[s - 1, t, k]},
        )
    return out


def _moved_in(made: Bounding, activity: Floats) -> dict[tuple[int, int], Terms]:
    """Return at least how much activity moves into each line and year; nothing where families meet, which the engine settles."""
    reaching = made.structure.reaching
    met = {int(m) for _, segments in reaching.families for m in segments}
    out: dict[tuple[int, int], Terms] = {}
    for g, source, target, units in made.structure.moves:
        for t in range(1, activity.shape[0]):
            for m in np.flatnonzero((reaching.line == source) & reaching.reached[:, g]):
                most = made._point(int(m), t, None, 1.0)
                least = -np.expm1(-most) / most if most > 0 else 1.0
                for c, v in made.z[int(m), t].items() if int(m) not in met else ():
                    if c < len(made.options) and made.options[c].programme == g:
                        part = v * least if v > 0 else v
                        into = out.setdefault((target, t), {})
                        into[c] = into.get(c, 0.0) + units * float(activity[t, source] * reaching.share[m]) * part
    return out


def _savings(base: Projection, made: Bounding) -> Floats:
    """Return the contract saving in each year for each unit avoided in another, years avoided × years × lines, £.

    The engine's own contracts, with everything avoided that could be: exact where pay is a straight line, above it otherwise.
    """
    lines, nothing, years = made.structure.lines, base.nothing, base.activity.shape[1]
    most = np.zeros_like(made.activity)
    for t in range(1, years):
        at = np.array([made._point(m, t, None, 1.0) for m in range(len(made.structure.reaching.line))])
        most[t] = made.activity[t] * share_avoided(made.structure, at)[0]
    path = np.repeat(nothing.activity[:1], years - 1, axis=0)
    for s in range(1, years):
        path[s - 1, s] -= most[s]
    dn = np.broadcast_to(nothing.activity[:1], path.shape)
    flat = [np.repeat(a[:1], years - 1, axis=0) for a in (nothing.price, nothing.uplift)]
    state = contract.opening_state(lines, path[:, 0], flat[0][:, 0])
    paid = np.stack([contract.pay(lines, t, path, dn, flat[0][:, t], flat[1][:, t], state) for t in range(years)], axis=1)
    saved = base.pay_nothing[:1] - paid
    return np.divide(saved, most[1:, np.newaxis], out=np.zeros_like(saved), where=most[1:, np.newaxis] > 1e-9)


def in_any_part(made: Bounding, fixed: set[int]) -> Model:
    """Return the model with every part between those tried allowed, but of the programmes in `fixed`; each starts once.

    `−ln(1 − part · e)` is convex in the part, so what lies between two parts avoids no more than the line between them: the
    model still bounds the engine. What was set aside counts again.
    """
    kept = [row for row in made.model.rows if row[4] != ASIDE]
    whole = [*made.model.whole]
    model = Model([*made.model.objective], [*made.model.low], [*made.model.high], whole, kept)
    starts: dict[tuple[int, str, str], list[int]] = {}
    for n, o in enumerate(made.options):
        if o.programme not in fixed:
            whole[n] = 0
            starts.setdefault((o.programme, o.start, o.source), []).append(n)
    begun: dict[int, list[int]] = {}
    for (g, _, _), parts in starts.items():
        begins = model.column(high=1.0, whole=True)
        model.row({**dict.fromkeys(parts, 1.0), begins: -1.0}, high=0.0)
        begun.setdefault(g, []).append(begins)
    for columns in begun.values():
        model.row(dict.fromkeys(columns, 1.0), high=1.0)
    return model
