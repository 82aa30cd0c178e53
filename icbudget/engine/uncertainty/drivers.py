"""Drivers of uncertainty: their random scores, and how they move together (a Gaussian copula).

Every driver has random numbers of its own, keyed by seed, block and its name. So a result hangs
neither on how many workers share the blocks nor on which other drivers there are, and two scenarios
meet the same chances.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from icbudget import reference
from icbudget.engine.rounding import Floats
from icbudget.engine.uncertainty.uncertain_inputs import Uncertain, index_roles
from icbudget.plan import Plan
from icbudget.plan.looked_at import kept_by_fields

BLOCK = 1000
"""Draws whose random numbers are made together.

What is in a block does not depend on how many are wanted.
"""
_TOLERANCE = 1e-10


@dataclass(frozen=True, eq=False, slots=True)
class Drivers:
    """The drivers of a plan in the order of their names, and their correlation."""

    names: tuple[str, ...]
    yearly: tuple[bool, ...]
    """Whether the driver has a score for every year (it draws the rates of an index)."""
    correlation: Floats
    """drivers × drivers, Pearson's of the scores, repaired where it had to be."""
    repair: float
    """The largest change that made the correlations possible together; 0 where none was needed."""
    repaired: tuple[str, str]
    """The pair that was changed most."""


@kept_by_fields(8)
def drivers_of(plan: Plan, figures: tuple[Uncertain, ...]) -> Drivers:
    """Return the drivers of uncertain figures with their correlation.

    Spearman's rank correlation ρ_s of two drivers becomes `ρ = 2 sin(π ρ_s / 6)` between their
    scores. What is entered on Correlations stands; else, where Setup says `assumed`, the pairs of
    `assumed_correlations`; else 0. A matrix that no drivers can have is replaced by the nearest one
    that they can.
    """
    # In the order of their names, so that rows may be moved without changing a draw.
    names = tuple(sorted({u.driver for u in figures}))
    at = {name: n for n, name in enumerate(names)}
    matrix = np.eye(len(names))
    pairs = dict(assumed_correlations(plan, figures)) if plan.setup.uncertainty == "assumed" else {}
    # What people entered stands over what is assumed.
    pairs |= {_pair(row.driver_a, row.driver_b): row.rank_correlation for row in plan.correlations}
    for (a, b), rank in pairs.items():
        if a in at and b in at and a != b:
            matrix[at[a], at[b]] = matrix[at[b], at[a]] = 2.0 * math.sin(math.pi * rank / 6.0)
    possible = _possible(len(names), matrix.tobytes())
    change = np.abs(possible - matrix)
    worst = np.unravel_index(int(change.argmax()), change.shape) if names else (0, 0)
    repair = float(change.max(initial=0.0))
    repaired = (names[int(worst[0])], names[int(worst[1])]) if repair > _TOLERANCE else ("", "")
    yearly = tuple(any(u.way == "added" for u in figures if u.driver == name) for name in names)
    return Drivers(names, yearly, possible, repair if repair > _TOLERANCE else 0.0, repaired)


def assumed_correlations(
    plan: Plan, figures: Sequence[Uncertain]
) -> Iterator[tuple[tuple[str, str], float]]:
    """Yield the pairs of drivers taken to move together, with rank correlation (judgements).

    Effects of programmes of one family, and of any two programmes; reach (or people) and effect of
    one programme; cost uplift and deflator. Only figures that are their own driver: who names a
    driver says how it moves.
    """
    own = [u for u in figures if u.driver == u.path]
    family = {p.id: p.family for p in plan.programmes}
    roles = index_roles(plan)
    kinds = [roles.get(u.key, "") if u.table == "indices" else u.field for u in own]
    of_family, of_effects, of_reach, of_indices = map(
        reference.correlation_default,
        ("effects of one family", "effects", "reach and effect", "uplift and deflator"),
    )
    for n, (one, kind) in enumerate(zip(own, kinds, strict=True)):
        beside = _GOES_WITH.get(kind)
        if beside is None:
            continue
        for other, other_kind in zip(own[n + 1 :], kinds[n + 1 :], strict=True):
            if other_kind not in beside:
                continue
            if kind == other_kind:
                together = family[one.key] and family[one.key] == family[other.key]
                yield _pair(one.path, other.path), of_family if together else of_effects
            elif "effect" not in (kind, other_kind):
                yield _pair(one.path, other.path), of_indices
            elif one.key == other.key:
                yield _pair(one.path, other.path), of_reach


_GOES_WITH = {
    "effect": ("effect", "reach", "people"),
    "reach": ("effect",),
    "people": ("effect",),
    "uplift": ("deflator",),
    "deflator": ("uplift",),
}
"""Which kinds of figures may move together with each kind."""


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


@lru_cache(maxsize=4)
def _possible(drivers: int, content: bytes) -> Floats:
    """Return the nearest correlation matrix of a matrix's bytes.

    A plan and its scenarios ask for the same one, and most edits change nothing of it.
    """
    return nearest_correlation(np.frombuffer(content).reshape(drivers, drivers))


def nearest_correlation(matrix: Floats, rounds: int = 200) -> Floats:
    """Return the correlation matrix nearest to a symmetric matrix with ones on its diagonal.

    Drivers × drivers. Itself where it is one already.

    Alternating projections on positive semi-definite matrices and on unit diagonals, with Dykstra's
    correction. Source: N. J. Higham, Computing the nearest correlation matrix, IMA Journal of
    Numerical Analysis 2002;22:329-343.
    """
    if not matrix.size or np.linalg.eigvalsh(matrix)[0] >= -_TOLERANCE:
        return matrix
    nearest, correction = matrix, np.zeros_like(matrix)
    for _ in range(rounds):
        shifted = nearest - correction
        values, vectors = np.linalg.eigh(shifted)
        possible = (vectors * np.maximum(values, 0.0)) @ vectors.T
        correction = possible - shifted
        before, nearest = nearest, possible.copy()
        np.fill_diagonal(nearest, 1.0)
        if np.abs(nearest - before).max() < 1e-9:
            break
    # The last step set the diagonal, which may leave an eigenvalue a hair below zero.
    values, vectors = np.linalg.eigh(nearest)
    possible = (vectors * np.maximum(values, 0.0)) @ vectors.T
    scale = 1.0 / np.sqrt(np.diag(possible))
    scaled: Floats = possible * scale * scale[:, np.newaxis]
    return scaled


def scores(
    drivers: Drivers,
    years: int,
    seed: int,
    block: int,
    draws: int = BLOCK,
    *,
    place: str = "",
    together: bool = True,
) -> dict[str, Floats]:
    """Return the standard normal scores of every driver in one block of draws.

    Draws × 1, or draws × years for a yearly one.

    Scores are `R^½ e` with independent e; those of a yearly driver are not yet persistent, see
    `persistent`. With `together` false the drivers are independent. The first year's score is that
    of the whole run. Where several plans are simulated beside one another, `place` tells them
    apart: rates of growth and inflation are the same everywhere, all else is each place's own.
    """
    raw: dict[str, Floats] = {}
    for name, yearly in zip(drivers.names, drivers.yearly, strict=True):
        # Rates of growth and inflation are the same everywhere, whatever place is simulated.
        key = name if yearly or not place else f"{place}/{name}"
        steps = max(years - 1, 1) if yearly else 1
        # As in `simulate.Runner.results`, only the first block is asked for again and again.
        made = _kept_independent if block == 0 else _independent
        raw[name] = made(key, seed, block, steps)
    if together:
        # The first score of all drivers together; later years have those of the yearly ones alone.
        _mix(raw, list(drivers.names), drivers.correlation, slice(0, 1))
        later = [n for n, yearly in enumerate(drivers.yearly) if yearly]
        among_later = drivers.correlation[np.ix_(later, later)]
        _mix(raw, [drivers.names[n] for n in later], among_later, slice(1, None))
    return {name: values[:draws] for name, values in raw.items()}


def _independent(name: str, seed: int, block: int, years: int) -> Floats:
    """Return the scores of a driver that hang on no other, draws × years; nobody changes them."""
    source = np.random.SeedSequence(entropy=seed, spawn_key=(block, *_words(name)))
    # A full block always, so that fewer draws are the first of many.
    drawn: Floats = np.random.Generator(np.random.Philox(source)).standard_normal((years, BLOCK)).T
    drawn.flags.writeable = False
    return drawn


@lru_cache(maxsize=1024)
def _words(name: str) -> tuple[int, ...]:
    """Return four whole numbers that tell a driver's random numbers from those of any other."""
    digest = hashlib.sha256(name.encode()).digest()
    return tuple(int(word) for word in np.frombuffer(digest[:16], dtype="<u4"))


_kept_independent = lru_cache(maxsize=64)(_independent)


def _mix(raw: dict[str, Floats], names: list[str], correlation: Floats, steps: slice) -> None:
    """Give the scores their correlation.

    Drivers that are independent of all others keep theirs as they are.
    """
    # So that another driver somewhere in the plan changes none of their draws.
    tied = [n for n in range(len(names)) if np.count_nonzero(correlation[n]) > 1]
    if not tied:
        return
    values, vectors = np.linalg.eigh(correlation[np.ix_(tied, tied)])
    # The symmetric root treats all drivers alike; a Cholesky root would favour the first.
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    mixed = np.stack([raw[names[n]][:, steps] for n in tied], axis=-1) @ root
    for place, n in enumerate(tied):
        if not raw[names[n]].flags.writeable:
            raw[names[n]] = raw[names[n]].copy(order="K")
        raw[names[n]][:, steps] = mixed[..., place]


def persistent(scores: Floats, persistence: float) -> Floats:
    """Return scores by year of which part lasts.

    `z(1) = e(1)`, `z(t) = ρ z(t−1) + √(1 − ρ²) e(t)`, AR(1), draws × years.
    """
    out = scores.copy()
    fresh = math.sqrt(1.0 - persistence**2)
    for t in range(1, out.shape[1]):
        out[:, t] = persistence * out[:, t - 1] + fresh * scores[:, t]
    return out
