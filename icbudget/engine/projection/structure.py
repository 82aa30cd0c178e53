"""The plan's tables as arrays.

What is connected to what (`Structure`), and the figures that may be drawn (`Figures`). A figure's
leading axis is draws: 1 for a plan, many for a simulation. Everything else is the same for every
draw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from icbudget.engine.projection.draw_inputs import (
    NOTHING_DRAWN,
    Drawn,
    overlaid,
    rates,
    stated_by_year,
)
from icbudget.engine.rounding import Floats, cumulative
from icbudget.plan import Plan
from icbudget.plan.acute_line import AcuteLine
from icbudget.plan.contract_change import terms_by_year
from icbudget.plan.contract_terms import ContractTerms
from icbudget.plan.index import FLAT
from icbudget.plan.looked_at import kept_by_fields
from icbudget.plan.programme import Programme

if TYPE_CHECKING:
    from numpy.typing import NDArray

Ints: TypeAlias = "NDArray[np.int64]"


@dataclass(frozen=True)
class Lines:
    """Activity lines.

    The indices they take, contract terms by year and line, cost behaviour by line.
    """

    ids: tuple[str, ...]
    demographic: Ints
    """Which of `Figures.rates` each line takes; so are the next five."""
    non_demographic: Ints
    price_uplift: Ints
    price_efficiency: Ints
    cost_uplift: Ints
    cost_efficiency: Ints
    charge: Ints
    """So is the growth of what clients pay."""
    by_contract: tuple[dict[str, Ints], ...]
    """By year: the contracts in force and the positions of the lines they are for."""
    starts: NDArray[np.bool_]
    """years × lines: whether the contract in force begins in the year; the first begins in the base
    year.
    """
    baseline_value: Floats
    """years × lines, £ in the money of the year the contract began; so is `block_value`, NaN where
    it is not stated.
    """
    block_value: Floats
    marginal_rate: Floats
    """years × lines; so is `variable_share`."""
    variable_share: Floats
    rebase: NDArray[np.bool_]
    """years × lines: a rebase year, or a block that begins after the base year without a value."""
    variable_cost: Floats
    semi_fixed_cost: Floats
    fixed_cost: Floats
    """Share of the unit cost that only a decision releases."""
    market: NDArray[np.bool_]
    """Whether a line's provider is a market, no partner of the plan."""
    block_size: Floats
    most_blocks: Floats
    """years × lines; infinite where there is no limit."""
    hold: Ints
    fixed_release: Floats
    """years × lines, £."""
    parent: Ints
    """Position of the parent line, −1 for none."""
    order: tuple[Ints, ...]
    """Positions of the lines in generations: those without a parent first, then their children, and
    so on.
    """

    @cached_property
    def in_blocks(self) -> NDArray[np.bool_]:
        """Return whether a line has a block size."""
        return ~np.isnan(self.block_size)

    @cached_property
    def sizes(self) -> Floats:
        """Return the block size of each line, 0 where it has none."""
        return np.where(self.in_blocks, self.block_size, 0.0)

    @cached_property
    def divisors(self) -> Floats:
        """Return the block size of each line, 1 where it has none."""
        return np.where(self.in_blocks, self.block_size, 1.0)

    @cached_property
    def longest_hold(self) -> int:
        """Return the most years that any line's blocks must stand empty."""
        return int(self.hold.max(initial=0))


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
    def met(self) -> Ints:
        """Return the positions of the segments that any programme reaches, one for each."""
        return np.flatnonzero(self.reached.any(axis=1))


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
    def joins(self) -> NDArray[np.bool_]:
        """Return whether those who join stay in it, one for each programme."""
        return np.asarray(np.array(self.basis) == "joins")


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
        return int(max(getattr(self, f.name).shape[0] for f in fields(self)))

    def of_draws(self, some: slice | list[int]) -> Figures:
        """Return the figures of some of the draws."""
        drawn = {
            f.name: values for f in fields(self) if (values := getattr(self, f.name)).shape[0] > 1
        }
        return replace(self, **{name: values[some] for name, values in drawn.items()})


def _numbers(rows: Iterable[object], field: str, blank: float = np.nan) -> Floats:
    return np.array(
        [blank if (value := getattr(row, field)) is None else float(value) for row in rows],
        dtype=np.float64,
    )


def _generations(parent: Ints) -> tuple[Ints, ...]:
    left, done, out = np.arange(parent.size), np.zeros(parent.size, dtype=bool), []
    while left.size:
        # A line is ready once its parent is done: activity of a child is worked out from its
        # parent's.
        ready = left[(parent[left] < 0) | done[parent[left]]]
        if not ready.size:
            raise ValueError("activity lines are their own parents")
        out.append(ready)
        done[ready] = True
        left = left[~np.isin(left, ready)]
    return tuple(out)


def _lines(plan: Plan, rows: tuple[AcuteLine, ...]) -> Lines:
    at = {row.id: i for i, row in enumerate(rows)}
    terms = [terms_by_year(row, plan.contract_changes, plan.years) for row in rows]
    in_year = [[of_line[t] for of_line in terms] for t in range(len(plan.years))]
    shape = (len(plan.years), len(rows))

    def by_year(field: str, blank: float = np.nan) -> Floats:
        return np.array([_numbers(year, field, blank) for year in in_year]).reshape(shape)

    years = range(shape[0])
    # A contract begins where its terms are not those of the year before.
    starts = _flags(([t == 0 or of[t] is not of[t - 1] for of in terms] for t in years), shape)

    def is_unstated(of_line: Sequence[ContractTerms], t: int) -> bool:
        """Return whether a later contract is a block whose sum nobody states."""
        return t > 0 and of_line[t].contract == "block" and of_line[t].block_value is None

    unstated = _flags(([is_unstated(of_line, t) for of_line in terms] for t in years), shape)
    rebased = _flags(([year in row.rebase_years for row in rows] for year in plan.years), shape)
    most_blocks = [[row.most_blocks.get(year, np.inf) for row in rows] for year in plan.years]
    parent = np.array([at.get(row.parent, -1) for row in rows], dtype=np.int64)
    index_at = {index.id: n for n, index in enumerate(plan.indices) if index.id != FLAT}

    def taken(names: Iterable[str]) -> Ints:
        return np.array([index_at.get(name, len(plan.indices)) for name in names], dtype=np.int64)

    return Lines(
        ids=tuple(at),
        demographic=taken(row.demographic_index for row in rows),
        non_demographic=taken(row.non_demographic_index for row in rows),
        price_uplift=taken(row.price_uplift for row in rows),
        price_efficiency=taken(row.price_efficiency for row in rows),
        # Where nobody states how costs rise they rise as the price does.
        cost_uplift=taken(row.cost_uplift or row.price_uplift for row in rows),
        cost_efficiency=taken(row.cost_efficiency or row.price_efficiency for row in rows),
        charge=taken(row.charge_index for row in rows),
        by_contract=tuple(_positions([row.contract for row in year]) for year in in_year),
        starts=starts,
        baseline_value=by_year("baseline_value", 0.0),
        block_value=by_year("block_value"),
        marginal_rate=by_year("marginal_rate", 1.0),
        variable_share=by_year("variable_share", 0.0),
        rebase=rebased | (starts & unstated),
        variable_cost=_numbers(rows, "variable_cost"),
        semi_fixed_cost=_numbers(rows, "semi_fixed_cost"),
        fixed_cost=_numbers(rows, "fixed_cost"),
        market=np.array([not row.provider for row in rows], dtype=bool),
        block_size=_numbers(rows, "block_size"),
        most_blocks=np.array(most_blocks).reshape(shape),
        hold=np.array([row.hold for row in rows], dtype=np.int64),
        fixed_release=stated_by_year(plan, rows, "fixed_release")[0],
        parent=parent,
        order=_generations(parent),
    )


def _flags(rows: Iterable[list[bool]], shape: tuple[int, int]) -> NDArray[np.bool_]:
    return np.array(list(rows), dtype=bool).reshape(shape)


def _positions(names: list[str]) -> dict[str, Ints]:
    return {name: np.flatnonzero(np.array(names) == name) for name in sorted(set(names))}


def _reaching(plan: Plan, rows: tuple[Programme, ...], line_at: dict[str, int]) -> Reaching:
    programme_at = {row.id: i for i, row in enumerate(rows)}
    reached = np.zeros((len(plan.segments), len(rows)), dtype=bool)
    for m, segment in enumerate(plan.segments):
        reached[m, [programme_at[p] for p in segment.programmes]] = True
    line = np.array([line_at[s.acute_line] for s in plan.segments], dtype=np.int64)
    share = _numbers(plan.segments, "share")
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

    The plan has no error findings.
    """
    line_at = {row.id: i for i, row in enumerate(plan.acute_lines)}
    programme_at = {row.id: i for i, row in enumerate(plan.programmes)}
    return Structure(
        years=plan.years,
        lines=_lines(plan, plan.acute_lines),
        reaching=_reaching(plan, plan.programmes, line_at),
        programmes=tuple(programme_at),
        basis=tuple(row.reach_basis for row in plan.programmes),
        moves=tuple(
            (programme_at[m.programme], line_at[m.from_line], line_at[m.to_line], m.units)
            for m in plan.moves
        ),
        overlap=plan.setup.family_overlap,
        multiplicative=plan.setup.uplift_form == "multiplicative",
    )


def figures_of(
    plan: Plan,
    effects: Callable[[Programme], Floats | float],
    contributions: Floats,
    schemes: Floats,
    drawn: Drawn = NOTHING_DRAWN,
) -> Figures:
    """Return the plan's own figures as one draw, or those drawn instead of them as so many draws.

    `effects` gives ε of a programme, a number or draws; `contributions` and `schemes` come from
    `icbudget.engine.projection.funding`.
    """
    lines, programmes = plan.acute_lines, plan.programmes

    def one(table: str, field: str) -> Floats:
        rows = getattr(plan, table)
        stated = _numbers(rows, field)[np.newaxis]
        return overlaid(stated, drawn, table, (row.id for row in rows), field)

    def by_year(table: str, field: str) -> Floats:
        rows = getattr(plan, table)
        stated = stated_by_year(plan, rows, field)
        return overlaid(stated, drawn, table, (row.id for row in rows), field)

    def index(names: Iterable[str]) -> Floats:
        return rates(plan, names, drawn)

    budget = index(row.budget_index for row in lines)
    budget[:, :, [not row.budget_index for row in lines]] = np.nan
    adjusted = 1.0 + one("acute_lines", "baseline_adjustment")
    # FLAT stands last: it is what a blank index takes, a rate of 0 in every year.
    all_indices = (*(row.id for row in plan.indices), FLAT)
    return Figures(
        rates=index(all_indices),
        activity0=one("acute_lines", "base_activity") * adjusted,
        # model §4.1: the market forces factor is on the tariff, and not on what it costs
        price0=one("acute_lines", "unit_price") * one("acute_lines", "market_forces_factor"),
        cost0=one("acute_lines", "unit_cost"),
        charge0=one("acute_lines", "client_charge"),
        budget_growth=budget,
        close=by_year("acute_lines", "closes"),
        backfill=one("acute_lines", "backfill"),
        effect=_side_by_side([effects(row) for row in programmes]),
        people=by_year("programmes", "people"),
        cohort=by_year("programmes", "cohort"),
        reach=by_year("programmes", "reach"),
        max_reach=one("programmes", "max_reach"),
        lag=one("programmes", "lag"),
        drop_off=one("programmes", "drop_off"),
        unit_cost=one("programmes", "unit_cost"),
        fixed_cost=by_year("programmes", "fixed_cost"),
        cost_level=cumulative(1.0 + index(row.cost_index for row in programmes)),
        optimism_cost=one("programmes", "optimism_cost"),
        double_running=by_year("programmes", "double_running"),
        exit_cost=by_year("programmes", "exit_cost"),
        contributions=contributions,
        schemes=schemes,
    )


def _side_by_side(columns: Sequence[Floats | float]) -> Floats:
    """Return numbers or draws as draws × columns."""
    if not columns:
        return np.zeros((1, 0))
    as_draws = [np.atleast_1d(np.asarray(column, dtype=np.float64)) for column in columns]
    return np.stack(np.broadcast_arrays(*as_draws), axis=-1)
