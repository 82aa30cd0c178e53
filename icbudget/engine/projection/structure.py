"""The plan's tables as arrays.

What is connected to what (`Structure`), and the figures that may be drawn (`Figures`). A figure's
leading axis is draws: 1 for a plan, many for a simulation. Everything else is the same for every
draw.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from icbudget.engine.projection.draw_inputs import (
    NOTHING_DRAWN,
    Drawn,
    levels,
    numbers,
    overlaid,
    rates,
    stated_by_year,
)
from icbudget.engine.projection.lines import Lines, LinesAt, lines_of
from icbudget.engine.rounding import Floats, Ints, rounds_of
from icbudget.plan import Plan
from icbudget.plan.index import FLAT
from icbudget.plan.looked_at import kept_by_fields


@dataclass(frozen=True)
class Reaching:
    """Segments: which line each is part of, its share, and which programmes reach it."""

    line: Ints
    share: Floats
    reached: NDArray[np.bool_]
    """segments × programmes."""
    share_of_line: Floats
    """segments × lines: σ where the segment is part of the line, else 0."""
    families: tuple[tuple[Ints, Ints], ...]
    """(positions of two or more programmes of one family, positions of the segments where just
    these meet).
    """

    @cached_property
    def met(self) -> LinesAt:
        """Return the positions of the segments that any programme reaches, one for each."""
        some = self.reached.any(axis=1)
        return slice(None) if some.all() else np.flatnonzero(some)

    @cached_property
    def share_met(self) -> Floats:
        """Return the rows of `share_of_line` for the segments that any programme reaches.

        Segments × lines, shares of a line.
        """
        return self.share_of_line[self.met]

    @cached_property
    def reached_by(self) -> Floats:
        """Return 1 where a programme reaches a segment, else 0, programmes × segments."""
        return self.reached.astype(np.float64).T

    @cached_property
    def families_met(self) -> FamiliesMet:
        """Return the families that meet in segments, by how many of their members do."""
        by_size: dict[int, list[int]] = {}
        for f, (members, _) in enumerate(self.families):
            by_size.setdefault(members.size, []).append(f)
        place = {f: n for n, f in enumerate(chain.from_iterable(by_size.values()))}
        pairs = [(m, place[f]) for f, (_, at) in enumerate(self.families) for m in at.tolist()]
        return FamiliesMet(
            tuple(np.array([self.families[f][0] for f in same]) for same in by_size.values()),
            rounds_of(pairs),
        )


class FamiliesMet(NamedTuple):
    """Programmes of one family that meet in segments; see `Reaching.families`."""

    members: tuple[Ints, ...]
    """By how many they are: families × members, positions of programmes."""
    sums: tuple[tuple[Ints, ...], ...]
    """Positions of segments and of the families that meet there, those in the order of `members`;
    see `icbudget.engine.rounding.rounds_of`.
    """


@dataclass(frozen=True)
class Structure:
    """Years, lines, segments and programmes of a plan, and how they hang together."""

    years: tuple[str, ...]
    lines: Lines
    reaching: Reaching
    programmes: tuple[str, ...]
    basis: tuple[str, ...]
    moves: tuple[tuple[int, int, int, float], ...]
    """(programme, from line, to line, units for each unit avoided)."""
    overlap: float
    multiplicative: bool

    @cached_property
    def direct(self) -> NDArray[np.bool_]:
        """Return whether its reach is stated itself, one for each programme."""
        return np.asarray(np.array(self.basis) == "direct")

    @cached_property
    def all_direct(self) -> bool:
        """Return whether the reach of every programme is stated itself."""
        return bool(self.direct.all())

    @cached_property
    def joins(self) -> Ints:
        """Return the positions of the programmes in which those who join stay, one for each."""
        return np.flatnonzero(np.array(self.basis) == "joins")


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a plan.

    Axes: draws × years × (lines, programmes, contributions or schemes); draws may be 1.
    """

    rates: Floats
    """draws × years × (indices, then one that is nothing, which a blank or `flat` stands for)."""
    activity0: Floats
    price0: Floats
    cost0: Floats
    charge0: Floats
    """What clients pay for a unit, income of the commissioner."""
    budget_growth: Floats
    """NaN for a line whose budget meets do nothing."""
    close: Floats
    backfill: Floats
    effect: Floats
    """draws × programmes: ε."""
    people: Floats
    cohort: Floats
    reach: Floats
    max_reach: Floats
    lag: Floats
    drop_off: Floats
    unit_cost: Floats
    fixed_cost: Floats
    cost_level: Floats
    """draws × years × programmes: price level of the programme's cost, 1 in the base year."""
    optimism_cost: Floats
    double_running: Floats
    exit_cost: Floats
    contributions: Floats
    """draws × years × contribution rows, whole pence; a deduction is negative."""
    schemes: Floats
    """draws × years × scheme rows, whole pence; nothing for a scheme that pays for a programme."""

    @property
    def draws(self) -> int:
        """Return the number of draws: that of any figure which is drawn, 1 where none is."""
        return max(map(len, _every_figure(self)))

    def of_draws(self, some: slice | list[int]) -> Figures:
        """Return the figures of some of the draws."""
        by_name = zip(_FIGURES, _every_figure(self), strict=True)
        drawn = {name: values[some] for name, values in by_name if len(values) > 1}
        return replace(self, **drawn)


_FIGURES = tuple(field.name for field in fields(Figures))
_every_figure = attrgetter(*_FIGURES)


@kept_by_fields(24)
def _reaching(plan: Plan, line_ids: tuple[str, ...]) -> Reaching:
    rows = plan.programmes
    line_at = {line: i for i, line in enumerate(line_ids)}
    programme_at = {row.id: i for i, row in enumerate(rows)}
    reached = np.zeros((len(plan.segments), len(rows)), dtype=bool)
    for m, segment in enumerate(plan.segments):
        reached[m, [programme_at[p] for p in segment.programmes]] = True
    line = np.array([line_at[s.acute_line] for s in plan.segments], dtype=np.int64)
    share = numbers(plan.segments, "share")
    share_of_line = np.zeros((len(plan.segments), len(line_at)))
    share_of_line[np.arange(line.size), line] = share
    meeting: dict[tuple[int, ...], list[int]] = {}
    for m in range(len(plan.segments)):
        by_family: dict[str, list[int]] = {}
        for g in np.flatnonzero(reached[m]).tolist():
            by_family.setdefault(rows[g].family, []).append(g)
        # model §5.4: a programme with no family is its own family, and overlaps with none
        by_family.pop("", None)
        for members in by_family.values():
            if len(members) > 1:
                meeting.setdefault(tuple(members), []).append(m)
    # Sorted, so that the order in which rows were typed changes no sum by a bit.
    families = tuple((np.array(g), np.array(m)) for g, m in sorted(meeting.items()))
    return Reaching(line, share, reached, share_of_line, families)


@kept_by_fields(24)
def structure_of(plan: Plan) -> Structure:
    """Return how the plan's lines, segments and programmes hang together.

    The plan has no error findings. An edit of an amount, a price or a cost leaves it as it was.
    """
    line_at = {row.id: i for i, row in enumerate(plan.acute_lines)}
    programme_at = {row.id: i for i, row in enumerate(plan.programmes)}
    return _same_structure(
        Structure(
            years=plan.years,
            lines=lines_of(plan),
            reaching=_reaching(plan, tuple(line_at)),
            programmes=tuple(programme_at),
            basis=tuple(row.reach_basis for row in plan.programmes),
            moves=tuple(
                (programme_at[m.programme], line_at[m.from_line], line_at[m.to_line], m.units)
                for m in plan.moves
            ),
            overlap=plan.setup.family_overlap,
            multiplicative=plan.setup.uplift_form == "multiplicative",
        )
    )


_recent: deque[Structure] = deque(maxlen=24)
"""The structures made last."""


def _same_structure(made: Structure) -> Structure:
    """Return a structure made before that is the same, with all that was worked out of it."""
    for before in list(_recent):
        arrays = before.lines is made.lines and before.reaching is made.reaching
        if arrays and _names(made) == _names(before):
            return before
    _recent.appendleft(made)
    return made


def _names(structure: Structure) -> tuple[object, ...]:
    """Return all of a structure but its lines and segments."""
    names = (structure.years, structure.programmes, structure.basis, structure.moves)
    return (*names, structure.overlap, structure.multiplicative)


def figures_of(
    plan: Plan,
    effect: Floats,
    contributions: Floats,
    schemes: Floats,
    drawn: Drawn = NOTHING_DRAWN,
) -> Figures:
    """Return the plan's own figures as one draw, or those drawn instead of them as so many draws.

    `effect`: ε, draws × programmes; `contributions` and `schemes` come from
    `icbudget.engine.projection.funding`. Figures that are not drawn are the same arrays for every
    plan with the same rows, so nobody changes them.
    """
    return Figures(
        **(_of_lines(plan, drawn) if drawn else _own_of_lines(plan)),
        **(_of_programmes(plan, drawn) if drawn else _own_of_programmes(plan)),
        effect=effect,
        contributions=contributions,
        schemes=schemes,
    )


def _of_lines(plan: Plan, drawn: Drawn) -> dict[str, Floats]:
    """Return the figures of indices and activity lines; see `Figures`."""
    lines = plan.acute_lines
    ids = tuple(row.id for row in lines)

    def one(field: str) -> Floats:
        return overlaid(numbers(lines, field)[np.newaxis], drawn, "acute_lines", ids, field)

    growth = rates(plan, (row.budget_index for row in lines), drawn)
    met = np.array([not row.budget_index for row in lines], dtype=bool)
    # What is stated is the same in every block of draws.
    closes = _own_of_lines(plan)["close"] if drawn else stated_by_year(plan, lines, "closes")
    # FLAT stands last: it is what a blank index takes, a rate of 0 in every year.
    all_indices = (*(row.id for row in plan.indices), FLAT)
    return {
        "rates": rates(plan, all_indices, drawn),
        "activity0": one("base_activity") * (1.0 + one("baseline_adjustment")),
        # model §4.1: the market forces factor is on the tariff, and not on what it costs
        "price0": one("unit_price") * one("market_forces_factor"),
        "cost0": one("unit_cost"),
        "charge0": one("client_charge"),
        "budget_growth": np.where(met, np.nan, growth),
        "close": overlaid(closes, drawn, "acute_lines", ids, "closes"),
        "backfill": one("backfill"),
    }


def _of_programmes(plan: Plan, drawn: Drawn) -> dict[str, Floats]:
    """Return the figures of programmes but their effect; see `Figures`."""
    programmes = plan.programmes
    ids = tuple(row.id for row in programmes)

    def one(field: str) -> Floats:
        return overlaid(numbers(programmes, field)[np.newaxis], drawn, "programmes", ids, field)

    # What is stated is the same in every block of draws.
    own = _own_of_programmes(plan) if drawn else {}

    def by_year(field: str) -> Floats:
        stated = own[field] if drawn else stated_by_year(plan, programmes, field)
        return overlaid(stated, drawn, "programmes", ids, field)

    return {
        "people": by_year("people"),
        "cohort": by_year("cohort"),
        "reach": by_year("reach"),
        "max_reach": one("max_reach"),
        "lag": one("lag"),
        "drop_off": one("drop_off"),
        "unit_cost": one("unit_cost"),
        "fixed_cost": by_year("fixed_cost"),
        "cost_level": levels(plan, (row.cost_index for row in programmes), drawn),
        "optimism_cost": one("optimism_cost"),
        "double_running": by_year("double_running"),
        "exit_cost": by_year("exit_cost"),
    }


@kept_by_fields(24)
def _own_of_lines(plan: Plan) -> dict[str, Floats]:
    return _of_lines(plan, NOTHING_DRAWN)


@kept_by_fields(24)
def _own_of_programmes(plan: Plan) -> dict[str, Floats]:
    return _of_programmes(plan, NOTHING_DRAWN)
