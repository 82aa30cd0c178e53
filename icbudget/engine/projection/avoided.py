"""What prevention avoids.

Reach, overlap of programmes, segments, and which programme avoided what.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from icbudget.engine.projection.effect import reach_in_service
from icbudget.engine.projection.structure import Figures, Ints, Reaching, Structure
from icbudget.engine.rounding import Floats

_NOISE = 1e-12
"""An effect this near to nothing is binary noise: it has no sign."""


def reach_of_year(structure: Structure, figures: Figures, t: int, scale: Floats) -> Floats:
    """Return the share of its segments that each programme reaches in year t before its lag.

    Draws × programmes.

    - `direct`: ρ(t) as stated, times the scale bought in the year
    - `in_service`: `min(max reach, n(t) / C(t))`
    - `joins`: `min(max reach, Σ_{τ=1..t} n(τ)·(1 − d)^(t − τ) / C(t))`, d the yearly drop-off

    `scale`: draws × years × programmes, the part of each programme bought in each year. Source:
    model §5.
    """
    direct = structure.direct
    stated = figures.reach[:, t] * scale[:, t]
    if direct.all():
        return stated
    present = present_in_year(structure, figures, t, scale)
    counted = reach_in_service(present, figures.cohort[:, t], figures.max_reach)
    return np.where(direct, stated, counted)


def present_in_year(structure: Structure, figures: Figures, t: int, scale: Floats) -> Floats:
    """Return the people whom each programme has in year t.

    In service, or joined so far and not lost; draws × programmes. `scale` as in `reach_of_year`;
    nothing counts of the base year.
    """
    present = figures.people[:, t] * scale[:, t]
    joins = structure.joins
    if joins.any():
        # Who joined stays, but for the part that drops out each year, so earlier years count too.
        joined = figures.people[:, 1 : t + 1, joins] * scale[:, 1 : t + 1, joins]
        years_since = np.arange(t - 1, -1, -1.0)[:, np.newaxis]
        kept = (1.0 - figures.drop_off[:, np.newaxis, joins]) ** years_since
        present[:, joins] = (joined * kept).sum(axis=1)
    return present


def lagged(reach: Floats, t: int, lag: Floats) -> Floats:
    """Return `ρ_L(t) = ρ(t − L)`, draws × programmes.

    0 before year 1, a fractional lag weights the two years beside it. `reach`: draws × years ×
    programmes, filled to year t; `lag` L: draws × programmes, years.
    """
    if not lag.any():
        return reach[:, t]
    full_years = np.floor(lag).astype(np.int64)
    part = lag - full_years
    draws, columns = np.arange(reach.shape[0])[:, np.newaxis], np.arange(lag.shape[-1])

    def reached(year: Ints) -> Floats:
        return np.where(year >= 1, reach[draws, np.maximum(year, 0), columns], 0.0)

    near = reached(t - full_years)
    if not part.any():
        return near
    # model §5: a fractional lag weights the two neighbouring years linearly
    return (1.0 - part) * near + part * reached(t - full_years - 1)


def family_survival(effects: Floats, overlap: float) -> Floats:
    """Return `1 − E` of programmes of one family, draws.

    Members of one sign, the largest first: `E ← e_1; E ← E + (1 − θ)(1 − E) e_i`, hence `1 − E =
    (1 − e_1) Π_{i≥2} (1 − (1 − θ) e_i)`; of both signs `1 − E = (1 − E₊)(1 − E₋)`. A member with
    e = 0 changes nothing. `effects`: draws × members; overlap θ: 0 independent, 1 the same people.
    Source: model §5.
    """
    helped, harmed = by_sign(effects)
    return _survival_of_one_sign(helped, overlap) * _survival_of_one_sign(harmed, overlap)


def by_sign(effects: Floats) -> tuple[Floats, Floats]:
    """Return effects above zero and effects below zero, 0 where an effect has the other sign.

    Both in the shape of `effects`, as fractions of the rate.
    """
    return np.maximum(effects, 0.0), np.minimum(effects, 0.0)


def _survival_of_one_sign(effects: Floats, overlap: float) -> Floats:
    """Return `1 − E` of members whose effects have one sign or are 0, draws."""
    if not effects.any():
        return np.ones(effects.shape[:-1])
    # model §5: the largest counts in full, so it goes first; what is 0 comes last and leaves all
    # others as they are
    helped = effects.max() > 0.0
    if effects.shape[-1] == 2:
        # Most families are two, which need no sorting.
        largest, smallest = (np.maximum, np.minimum) if helped else (np.minimum, np.maximum)
        one, other = effects[..., 0], effects[..., 1]
        full: Floats = 1.0 - largest(one, other)
        return full * (1.0 - (1.0 - overlap) * smallest(one, other))
    ordered = np.sort(effects, axis=-1)[..., :: -1 if helped else 1]
    rest: Floats = np.prod(1.0 - (1.0 - overlap) * ordered[..., 1:], axis=-1)
    return (1.0 - ordered[..., 0]) * rest


def log_survival(effects: Floats, reaching: Reaching, overlap: float) -> Floats:
    """Return `ln q(m)`, q the share of a segment's activity that stays, draws × segments.

    `q = Π over families of (1 − E_family)`. `effects`: draws × programmes, `e = ρ ε < 1`.
    Programmes without a family and families with one member here count as independent: `ln q = Σ
    ln(1 − e)`; families that meet in a segment are put right for their overlap.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log1p(-effects)
    total = logs @ reaching.reached.T
    for members, segments in reaching.families:
        # The total took these members for independent; what they leave together goes in its place.
        independent = logs[:, members].sum(axis=-1)
        together = np.log(family_survival(effects[:, members], overlap)) - independent
        total[:, segments] += together[:, np.newaxis]
    return total


def reduction(log_q: Floats, reaching: Reaching) -> Floats:
    """Return the share of each line's own activity that is avoided, draws × lines.

    `Σ_m σ(m) (1 − q(m))`.
    """
    # A segment that no programme reaches avoids nothing.
    met = reaching.met
    # 0.0 − x and not −x: what is avoided of nothing is 0, not −0.
    return np.asarray(0.0 - np.expm1(log_q[:, met]) @ reaching.share_of_line[met])


def attribute(
    effects: Floats,
    log_q: Floats,
    structure: Structure,
    line: int,
    asked: Collection[int] | None = None,
) -> Floats:
    """Return which programme avoids which share of a line's activity, draws × programmes.

    Of the programmes that are asked for, 0 of others; without `asked` of all.

    It sums to `reduction` of the line. Inside a segment by `ln(1 − e_g) / Σ ln(1 − e_j)` where all
    e have one sign, else by Shapley value. An e that only binary noise tells from 0 has no sign.
    Source: model §5.
    """
    reaching = structure.reaching
    out = np.zeros_like(effects)
    for m in np.flatnonzero(reaching.line == line):
        members = np.flatnonzero(reaching.reached[m])
        own = [n for n, g in enumerate(members) if asked is None or int(g) in asked]
        if not own:
            continue
        e = effects[:, members]
        avoided = reaching.share[m] * -np.expm1(log_q[:, m])
        logs = np.log1p(-e)
        # By logarithm a programme that harms would get a share above all of it, so signs that
        # differ are shared out by Shapley value (model §5.6).
        mixed = np.asarray((e > _NOISE).any(axis=-1) & (e < -_NOISE).any(axis=-1))
        total = logs.sum(axis=-1)
        # Where nobody has an effect there is nothing to share out.
        share = np.divide(
            logs[:, own],
            total[:, np.newaxis],
            out=np.zeros((e.shape[0], len(own))),
            where=(total != 0)[:, np.newaxis],
        )
        out[:, members[own]] += np.where(mixed[:, np.newaxis], 0.0, share * avoided[:, np.newaxis])
        if mixed.any():
            families = families_in(reaching, int(m), members)
            values = shapley(e[mixed], families, structure.overlap, own)
            out[np.ix_(mixed, members[own])] += reaching.share[m] * values[:, own]
    return out


def families_in(reaching: Reaching, segment: int, members: np.ndarray) -> list[list[int]]:
    """Return the members of a segment grouped by family, as positions among the members."""
    at = {int(g): i for i, g in enumerate(members)}
    grouped: list[list[int]] = []
    for family, segments in reaching.families:
        if segment in segments:
            grouped.append([at[int(g)] for g in family])
    taken = set(chain.from_iterable(grouped))
    # model §5.4: a programme with no family is its own family
    return grouped + [[i] for i in range(len(members)) if i not in taken]


def shapley(
    effects: Floats,
    families: list[list[int]],
    overlap: float,
    asked: Collection[int] | None = None,
) -> Floats:
    """Return each programme's Shapley value of the share avoided, `1 − q`, draws × members.

    Of the members that are asked for, 0 of others; without `asked` of all. Those of all sum to
    `1 − q` of all together. By Owen's multilinear extension: `φ_i = ∫₀¹ [q without i − q with i]
    dp`, where every other member joins with chance p. The integrand is a polynomial in p, so
    Gauss-Legendre quadrature with ⌈n/2⌉ points is exact. Source: Owen 1972, Management Science
    18(5):64-79.
    """
    chance, weight = _quadrature(max(1, (effects.shape[-1] + 1) // 2))
    by_family = [_in_order(effects[:, family].T) for family in families]
    own = [[i for i in family if asked is None or i in asked] for family in families]
    asked_about = {f for f, members in enumerate(own) if members}
    # What all of a family leave is needed for the members of other families alone.
    kept: list[Floats | float] = [
        1.0 if asked_about == {f} else _expected(members, overlap, chance, None, False)
        for f, members in enumerate(by_family)
    ]
    values = np.zeros_like(effects)
    for f, family in enumerate(families):
        others = math.prod(kept[:f] + kept[f + 1 :])
        for i in own[f]:
            n = family.index(i)
            without = _expected(by_family[f], overlap, chance, n, False)
            with_it = _expected(by_family[f], overlap, chance, n, True)
            values[:, i] = weight @ (others * (without - with_it))
    return values


@lru_cache
def _quadrature(points: int) -> tuple[Floats, Floats]:
    """Return the points of Gauss-Legendre quadrature between 0 and 1, and their weights.

    Points × 1, and points.
    """
    between_ends, weights = np.polynomial.legendre.leggauss(points)
    return (between_ends[:, np.newaxis] + 1.0) / 2.0, weights / 2.0


_InOrder = tuple[tuple[NDArray[np.int64], Floats], ...]
"""Members of a family that help, and that harm: places and effects, the largest effect first."""


def _in_order(effects: Floats) -> _InOrder:
    """Return the effects of a family, members × draws, by sign and size."""
    parts: list[tuple[NDArray[np.int64], Floats]] = []
    for signed in by_sign(effects):
        # Where nobody has the sign, one draw is all of them.
        some = signed if signed.any() else signed[:, :1]
        order = np.argsort(-np.abs(some), axis=0, kind="stable")
        parts.append((order, np.take_along_axis(some, order, axis=0)))
    return tuple(parts)


def _expected(
    family: _InOrder, overlap: float, chance: Floats, fixed: int | None, joins: bool
) -> Floats:
    """Return the expected survival of a family when each member joins with chance p.

    Points × draws, since numpy is slow along a last axis of a few; `fixed` joins surely or not at
    all. `chance` p: points × 1.
    """
    # Members that help and members that harm combine apart (model §5) and join by chance apart, so
    # the expectation of the product is the product of the expectations.
    helped, harmed = (
        _expected_of_one_sign(order, ordered, overlap, chance, fixed, joins)
        for order, ordered in family
    )
    return np.asarray(helped * harmed)


def _expected_of_one_sign(
    order: NDArray[np.int64],
    ordered: Floats,
    overlap: float,
    chance: Floats,
    fixed: int | None,
    joins: bool,
) -> Floats:
    """Return the expected survival of members whose effects have one sign or are 0; see above."""
    p: Floats = chance if fixed is None else np.where(order[0] == fixed, float(joins), chance)
    nobody = 1.0 - p
    somebody = p * (1.0 - ordered[0])
    # In the order of size, as `_survival_of_one_sign` combines them: of those who join, the first
    # counts in full and each later one less its overlap. `nobody`: nobody has joined so far.
    for e, member in zip(ordered[1:], order[1:], strict=True):
        p = chance if fixed is None else np.where(member == fixed, float(joins), chance)
        somebody = somebody * (1.0 - p * (1.0 - overlap) * e) + nobody * p * (1.0 - e)
        nobody = nobody * (1.0 - p)
    return np.asarray(nobody + somebody)
