"""What prevention avoids: reach, overlap of programmes, and segments."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from icbudget.engine.projection.effect import reach_in_service
from icbudget.engine.projection.structure import Figures, Reaching, Structure
from icbudget.engine.rounding import Floats, Ints


def reach_of_year(structure: Structure, figures: Figures, t: int, scale: Floats) -> Floats:
    """Return the share of its segments that each programme reaches in year t before its lag.

    Draws × programmes.

    - `direct`: ρ(t) as stated, times the scale bought in the year
    - `in_service`: `min(max reach, n(t) / C(t))`
    - `joins`: `min(max reach, Σ_{τ=1..t} n(τ)·(1 − d)^(t − τ) / C(t))`, d the yearly drop-off

    `scale`: draws × years × programmes, the part of each programme bought in each year. Source:
    model §5.
    """
    stated = figures.reach[:, t] * scale[:, t]
    if structure.all_direct:
        return stated
    present = present_in_year(structure, figures, t, scale)
    counted = reach_in_service(present, figures.cohort[:, t], figures.max_reach)
    return np.where(structure.direct, stated, counted)


def present_in_year(structure: Structure, figures: Figures, t: int, scale: Floats) -> Floats:
    """Return the people whom each programme has in year t.

    In service, or joined so far and not lost; draws × programmes. `scale` as in `reach_of_year`;
    nothing counts of the base year.
    """
    present = figures.people[:, t] * scale[:, t]
    joins = structure.joins
    if joins.size:
        # Who joined stays, but for the part that drops out each year, so earlier years count too.
        joined = figures.people[:, 1 : t + 1, joins] * scale[:, 1 : t + 1, joins]
        years_since = np.arange(t - 1, -1, -1.0)[:, np.newaxis]
        kept = (1.0 - figures.drop_off[:, np.newaxis, joins]) ** years_since
        present[:, joins] = (joined * kept).sum(axis=1)
    return present


class Lags(NamedTuple):
    """How many years after its reach each programme works; see `lags_of`."""

    full_years: Ints
    """draws × programmes."""
    part: Floats | None
    """draws × programmes: what is left of a year; None where all are full years."""
    longest: int
    """The most full years of any; with part of a year one more."""

    def of_year(self, reach: Floats, t: int) -> Floats:
        """Return `ρ_L(t) = ρ(t − L)`, draws × programmes.

        0 before year 1, a fractional lag weights the two years beside it. `reach`: years × draws ×
        programmes, filled to year t.
        """
        if not self.longest:
            return np.asarray(reach[t])
        near = self._reached(reach, t - self.full_years, t)
        if self.part is None:
            return near
        # model §5: a fractional lag weights the two neighbouring years linearly
        before = self._reached(reach, t - self.full_years - 1, t)
        return (1.0 - self.part) * near + self.part * before

    def _reached(self, reach: Floats, year: Ints, t: int) -> Floats:
        """Return the reach of other years, 0 before year 1; `year`: draws × programmes."""
        draws, columns = np.arange(reach.shape[1])[:, np.newaxis], np.arange(year.shape[-1])
        if t > self.longest:
            return np.asarray(reach[year, draws, columns])
        return np.where(year >= 1, reach[np.maximum(year, 0), draws, columns], 0.0)


def lags_of(lag: Floats) -> Lags:
    """Return the lags of programmes, L draws × programmes, years."""
    full_years = np.floor(lag).astype(np.int64)
    part = lag - full_years
    in_part = bool(part.any())
    longest = int(full_years.max(initial=0)) + in_part
    return Lags(full_years, part if in_part else None, longest)


def family_survival(effects: Floats, overlap: float) -> Floats:
    """Return `1 − E` of programmes of one family, draws, or draws × families of as many members.

    Members of one sign, the largest first: `E ← e_1; E ← E + (1 − θ)(1 − E) e_i`, hence `1 − E =
    (1 − e_1) Π_{i≥2} (1 − (1 − θ) e_i)`; of both signs `1 − E = (1 − E₊)(1 − E₋)`. A member with
    e = 0 changes nothing. `effects`: members on the last axis; overlap θ: 0 independent, 1 the same
    people. Source: model §5.
    """
    helped, harmed = by_sign(effects)
    survival = _survival_of_one_sign(helped, overlap, helped=True)
    # Where nobody does harm, 1 − E₋ is 1.
    if harmed.any():
        survival = survival * _survival_of_one_sign(harmed, overlap, helped=False)
    return survival


def by_sign(effects: Floats) -> tuple[Floats, Floats]:
    """Return effects above zero and effects below zero, 0 where an effect has the other sign.

    Both in the shape of `effects`, as fractions of the rate.
    """
    return np.maximum(effects, 0.0), np.minimum(effects, 0.0)


def _survival_of_one_sign(effects: Floats, overlap: float, *, helped: bool) -> Floats:
    """Return `1 − E` of members whose effects have one sign or are 0, draws."""
    # model §5: the largest counts in full, so it goes first; what is 0 comes last and leaves all
    # others as they are
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
    ln(1 − e)`; families that meet in a segment are put right for their overlap. Axes before these,
    such as years, are kept.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log1p(-effects)
    total = logs @ reaching.reached_by
    # The total took members of one family for independent; what they leave together goes in its
    # place.
    met = reaching.families_met
    together: list[Floats] = []
    for members in met.members:
        independent = logs[..., members].sum(axis=-1)
        together.append(np.log(family_survival(effects[..., members], overlap)) - independent)
    if together:
        of_families = np.concatenate(together, axis=-1)
        # One family of a segment after the other, in their order.
        for segments, families in met.sums:
            total[..., segments] += of_families[..., families]
    return total


def reduction(log_q: Floats, reaching: Reaching) -> Floats:
    """Return the share of each line's own activity that is avoided, draws × lines.

    `Σ_m σ(m) (1 − q(m))`. Axes before these are kept.
    """
    # A segment that no programme reaches avoids nothing.
    # 0.0 − x and not −x: what is avoided of nothing is 0, not −0.
    return np.asarray(0.0 - np.expm1(log_q[..., reaching.met]) @ reaching.share_met)
