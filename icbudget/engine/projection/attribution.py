"""Which programme avoided what, segment by segment; where some do harm, by Shapley value.

Which segments meet which programmes is settled once for the lines that are asked for (`asked_of`),
so that a year is a few steps for all of them.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from icbudget.engine.cached_view import cached_view
from icbudget.engine.projection.avoided import by_sign
from icbudget.engine.projection.structure import Reaching, Structure
from icbudget.engine.rounding import Floats, Ints, rounds_of

_NOISE = 1e-12
"""An effect this near to nothing is binary noise: it has no sign."""


class Meeting(NamedTuple):
    """Segments in which as many programmes meet."""

    at: Ints
    """Positions of the segments."""
    members: Ints
    """segments × members."""
    first: int
    """Place of its first share among those of all meetings."""
    own: tuple[tuple[int, ...], ...]
    """By segment: which of its members are asked for."""
    families: tuple[list[list[int]], ...]
    """By segment: its members grouped by family."""


class Asked(NamedTuple):
    """The lines and programmes whose avoided units are asked for, and the segments behind them."""

    lines: tuple[int, ...]
    meetings: tuple[Meeting, ...]
    size: int
    """How many shares there are: one for each segment and member."""
    sums: tuple[tuple[Ints, ...], ...]
    """Places of (line asked for, programme) and of the shares they add up; see
    `icbudget.engine.rounding.rounds_of`.
    """
    follow: tuple[tuple[int, int], ...]
    """(line, its parent), parents before their children."""


@cached_view
def asked_of(
    structure: Structure, lines: tuple[int, ...], programmes: tuple[int, ...] | None = None
) -> Asked:
    """Return what is asked for: lines, with every line that one of them follows, and programmes.

    Without programmes all of them; all are needed where a line follows another, since what its
    parent still has hangs on every programme.
    """
    reaching, parent = structure.reaching, structure.lines.parent
    # Parents before their children.
    in_order = [k for generation in structure.lines.order[1:] for k in generation.tolist()]
    follow = tuple((k, int(parent[k])) for k in in_order if k in lines)
    every = programmes is None or bool(follow)
    by_size: dict[int, list[int]] = {}
    own: dict[int, tuple[int, ...]] = {}
    for m in np.flatnonzero(np.isin(reaching.line, lines)).tolist():
        members = np.flatnonzero(reaching.reached[m]).tolist()
        own[m] = tuple(n for n, g in enumerate(members) if every or g in (programmes or ()))
        if own[m]:
            by_size.setdefault(len(members), []).append(m)
    meetings: list[Meeting] = []
    size = 0
    for count, segments in by_size.items():
        members_of = [np.flatnonzero(reaching.reached[m]) for m in segments]
        families = tuple(
            families_in(reaching, m, members)
            for m, members in zip(segments, members_of, strict=True)
        )
        of_segments = tuple(own[m] for m in segments)
        meetings.append(
            Meeting(np.array(segments), np.array(members_of), size, of_segments, families)
        )
        size += count * len(segments)
    return Asked(lines, tuple(meetings), size, _sums(structure, meetings, lines), follow)


def _sums(
    structure: Structure, meetings: list[Meeting], lines: tuple[int, ...]
) -> tuple[tuple[Ints, ...], ...]:
    """Return which shares add up to each programme and line; see `Asked.sums`."""
    shares: list[tuple[int, int, int]] = []
    programmes, place = len(structure.programmes), {k: n for n, k in enumerate(lines)}
    for meeting in meetings:
        for n, m in enumerate(meeting.at.tolist()):
            line = place[int(structure.reaching.line[m])]
            for i in meeting.own[n]:
                goes_to = line * programmes + int(meeting.members[n, i])
                shares.append((m, goes_to, meeting.first + n * meeting.members.shape[1] + i))
    # In the order of the segments, so that a sum is the same to the last bit whatever is asked for.
    return rounds_of((goes_to, comes_from) for _, goes_to, comes_from in sorted(shares))


def units_of(
    structure: Structure, effects: Floats, log_q: Floats, activity: Floats, asked: Asked
) -> dict[int, Floats]:
    """Return the units each programme avoids of each line that is asked for, draws × programmes.

    0 of programmes that are not asked for. What a line avoids because its parent does goes to
    programmes as the parent's avoided units do. `effects`: draws × programmes; `log_q`: see
    `icbudget.engine.projection.avoided.log_survival`; `activity`: do nothing, draws × lines.
    """
    shares = attribute(effects, log_q, structure, asked)
    share = {k: shares[:, n] for n, k in enumerate(asked.lines)}
    units = {k: share[k] * activity[:, k, np.newaxis] for k in asked.lines}
    for k, above in asked.follow:
        # ∞: of a parent with no activity nothing is gone.
        base = np.where(activity[:, above] != 0, activity[:, above], np.inf)[:, np.newaxis]
        gone = units[above] / base
        kept = 1.0 - gone.sum(axis=1, keepdims=True)
        # model §5.5, §5.6: what follows the parent is attributed as the parent's V is
        units[k] = activity[:, k, np.newaxis] * (gone + kept * share[k])
    return units


@cached_view
def moving(structure: Structure) -> Asked:
    """Return the lines whose activity moves to another, with those that they follow.

    And the programmes whose avoided units move.
    """
    lines = {source for _, source, _, _ in structure.moves}
    above = lines
    while above := {int(structure.lines.parent[k]) for k in above} - lines - {-1}:
        lines |= above
    programmes = {g for g, *_ in structure.moves}
    return asked_of(structure, tuple(sorted(lines)), tuple(sorted(programmes)))


def attribute(effects: Floats, log_q: Floats, structure: Structure, asked: Asked) -> Floats:
    """Return which programme avoids which share of a line's activity, draws × lines × programmes.

    Of the lines that are asked for; 0 of programmes that are not.

    It sums to `reduction` of each line. Inside a segment by `ln(1 − e_g) / Σ ln(1 − e_j)` where all
    e have one sign, else by Shapley value. An e that only binary noise tells from 0 has no sign.
    Source: model §5.
    """
    reaching, draws = structure.reaching, len(effects)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log1p(-effects)
    avoided = reaching.share * -np.expm1(log_q)
    shares = np.zeros((draws, asked.size))
    any_harm = bool((effects < -_NOISE).any())
    for meeting in asked.meetings:
        of_members = logs[:, meeting.members]
        total = of_members.sum(axis=-1)[..., np.newaxis]
        # Where nobody has an effect there is nothing to share out.
        nothing = np.zeros(of_members.shape)
        share = np.divide(of_members, total, out=nothing, where=total != 0)
        share *= avoided[:, meeting.at, np.newaxis]
        if any_harm:
            _share_out_harm(share, effects, structure, meeting)
        shares[:, meeting.first : meeting.first + meeting.members.size] = share.reshape(
            draws, meeting.members.size
        )
    out = np.zeros((draws, len(asked.lines) * len(structure.programmes)))
    # One segment of a line after the other, in their order.
    for goes_to, comes_from in asked.sums:
        out[:, goes_to] += shares[:, comes_from]
    return out.reshape(draws, len(asked.lines), len(structure.programmes))


def _share_out_harm(share: Floats, effects: Floats, structure: Structure, meeting: Meeting) -> None:
    """Put in what each programme avoids of the segments in which some help and others harm.

    `share`: draws × segments × members.
    """
    # By logarithm a programme that harms would get a share above all of it, so signs that differ
    # are shared out by Shapley value (model §5.6).
    e = effects[:, meeting.members]
    mixed = np.asarray((e > _NOISE).any(axis=-1) & (e < -_NOISE).any(axis=-1))
    for n in np.flatnonzero(mixed.any(axis=0)).tolist():
        some, own = mixed[:, n], meeting.own[n]
        values = shapley(e[some, n], meeting.families[n], structure.overlap, own)
        share[some, n] = structure.reaching.share[meeting.at[n]] * values


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


_ALONE = np.zeros((1, 1), dtype=np.int64)
"""The order of one member."""


def _in_order(effects: Floats) -> _InOrder:
    """Return the effects of a family, members × draws, by sign and size."""
    parts: list[tuple[NDArray[np.int64], Floats]] = []
    for signed in by_sign(effects):
        if len(effects) == 1:
            # Most families are one programme, which is the largest in every draw.
            parts.append((_ALONE, signed))
            continue
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
