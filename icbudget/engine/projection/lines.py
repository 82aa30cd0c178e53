"""Activity lines as arrays: the indices they take, contract terms, cost behaviour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from threading import Lock
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from icbudget.engine.projection.draw_inputs import numbers, stated_by_year
from icbudget.engine.rounding import Floats, Ints
from icbudget.plan import Plan
from icbudget.plan.acute_line import AcuteLine
from icbudget.plan.contract_change import terms_by_year
from icbudget.plan.contract_terms import ContractTerms
from icbudget.plan.index import FLAT

LinesAt: TypeAlias = "Ints | slice"
"""Positions of some lines, or all of them."""


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
    def began(self) -> Ints:
        """Return the year in which the contract in force began, years × lines."""
        years = np.arange(len(self.starts))[:, np.newaxis]
        return np.maximum.accumulate(np.where(self.starts, years, 0), axis=0)

    @cached_property
    def terms(self) -> tuple[tuple[tuple[str, int, LinesAt], ...], ...]:
        """Return by year the contracts that do not pay by activity alone.

        Each with the year of the last reset that it remembers, −1 for none, and its lines.
        """
        years = np.arange(len(self.rebase))[:, np.newaxis]
        reset = np.maximum.accumulate(np.where(self.rebase, years, -1), axis=0)
        # A contract remembers no reset from before it began.
        reset = np.where(reset >= self.began, reset, -1)
        return tuple(tuple(self._of_year(t, reset[t])) for t in range(len(reset)))

    def _of_year(self, t: int, reset: Ints) -> Iterator[tuple[str, int, LinesAt]]:
        """Yield the contracts of year t; `reset`: the last reset that each line remembers."""
        for contract, at in self.by_contract[t].items():
            if contract != "activity":
                yield from self._by_reset(t, contract, at, reset)

    def _by_reset(
        self, t: int, contract: str, at: Ints, reset: Ints
    ) -> Iterator[tuple[str, int, LinesAt]]:
        """Yield the lines of one contract by the year of the reset that it remembers."""
        years = np.full(at.size, -1)
        if contract in ("block", "aligned"):
            years = reset[at]
        if contract == "block":
            # A sum that nobody states is base activity at base price, as if reset in the base year.
            years = np.where((years < 0) & np.isnan(self.block_value[t, at]), 0, years)
        for year in np.unique(years).tolist():
            some = at[years == year]
            yield contract, year, slice(None) if some.size == len(self.ids) else some

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
    def held(self) -> tuple[NDArray[np.bool_], ...]:
        """Return by years back whether the year counts for the blocks of each line.

        Those of a line without blocks may count.
        """
        longest = int(self.hold.max(initial=0))
        return tuple((self.hold >= back) | ~self.in_blocks for back in range(1, longest + 1))

    @cached_property
    def releases_fixed(self) -> bool:
        """Return whether fixed cost of any line is released by decision."""
        return bool(self.fixed_release.any())

    @cached_property
    def any_market(self) -> bool:
        """Return whether any line's provider is a market."""
        return bool(self.market.any())


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


_HANG_ON = (
    *("id", "parent", "provider", "contract", "rebase_years", "marginal_rate", "baseline_value"),
    *("block_value", "variable_share", "variable_cost", "semi_fixed_cost", "fixed_cost"),
    *("block_size", "most_blocks", "hold", "fixed_release", "charge_index"),
    *("demographic_index", "non_demographic_index", "price_uplift", "price_efficiency"),
    *("cost_uplift", "cost_efficiency"),
)
"""The fields of an activity line that `Lines` hangs on: neither its activity, price nor cost."""
_of_row = attrgetter(*_HANG_ON)
_MOST = 24
_kept: list[tuple[tuple[AcuteLine, ...], tuple[Any, ...], Lines]] = []
"""The lines asked for last, with the rows and what else they are of."""
_lock = Lock()


def lines_of(plan: Plan) -> Lines:
    """Return the activity lines of a plan.

    An edit of an activity, a price or a cost leaves them as they were, with all that was worked out
    of them.
    """
    rows = plan.acute_lines
    others = (plan.years, tuple(index.id for index in plan.indices), plan.contract_changes)
    with _lock:
        latest = list(_kept)
    for entry in latest:
        if _same_rows(rows, entry[0]) and others == entry[1]:
            break
    else:
        entry = rows, others, _lines(plan, rows)
    with _lock:
        _kept[:] = [entry, *(other for other in _kept if other is not entry)][:_MOST]
    return entry[2]


def _same_rows(rows: tuple[AcuteLine, ...], before: tuple[AcuteLine, ...]) -> bool:
    """Return whether rows are the same in all that `Lines` hangs on."""
    if len(rows) != len(before):
        return False
    return all(
        row is old or _of_row(row) == _of_row(old) for row, old in zip(rows, before, strict=True)
    )


def _lines(plan: Plan, rows: tuple[AcuteLine, ...]) -> Lines:
    at = {row.id: i for i, row in enumerate(rows)}
    terms = [terms_by_year(row, plan.contract_changes, plan.years) for row in rows]
    in_year = [[of_line[t] for of_line in terms] for t in range(len(plan.years))]
    shape = (len(plan.years), len(rows))

    def by_year(field: str, blank: float = np.nan) -> Floats:
        return np.array([numbers(year, field, blank) for year in in_year]).reshape(shape)

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
        variable_cost=numbers(rows, "variable_cost"),
        semi_fixed_cost=numbers(rows, "semi_fixed_cost"),
        fixed_cost=numbers(rows, "fixed_cost"),
        market=np.array([not row.provider for row in rows], dtype=bool),
        block_size=numbers(rows, "block_size"),
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
