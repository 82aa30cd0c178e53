"""Figures of the plan as arrays, with those that are drawn in the place of the plan's own.

Their leading axis is draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeAlias

import numpy as np

from icbudget.engine.rounding import Floats, Ints, by_year, columns, cumulative
from icbudget.plan import Plan
from icbudget.plan.index import FLAT

Figure: TypeAlias = tuple[str, str, str]
"""Table, key of the row, field."""


@dataclass(frozen=True, eq=False, slots=True)
class Drawn(Mapping[Figure, Floats]):
    """Figures that are drawn instead of taken from the plan: draws, or draws × years."""

    figures: dict[Figure, Floats] = field(default_factory=dict)
    by_factor: dict[Figure, tuple[Floats, Floats]] = field(default_factory=dict)
    """Figures by year that are a factor times what is stated: (years, draws).

    They are multiplied where all rows of a table are wanted (`overlaid`), and not one by one.
    """

    def __getitem__(self, figure: Figure) -> Floats:
        """Return the draws of a figure; raises `KeyError` where it is not drawn."""
        if figure in self.by_factor:
            stated, factor = self.by_factor[figure]
            return np.asarray(np.multiply.outer(stated, factor).T)
        return self.figures[figure]

    def __iter__(self) -> Iterator[Figure]:
        """Go through the figures that are drawn."""
        return chain(self.figures, self.by_factor)

    def __len__(self) -> int:
        """Return how many figures are drawn."""
        return len(self.figures) + len(self.by_factor)

    def __contains__(self, figure: object) -> bool:
        """Return whether a figure is drawn."""
        return figure in self.figures or figure in self.by_factor

    def of_draws(self, some: slice) -> Drawn:
        """Return the same of some of the draws."""
        return Drawn(
            {figure: draws[some] for figure, draws in self.figures.items()},
            {figure: (stated, by[some]) for figure, (stated, by) in self.by_factor.items()},
        )


NOTHING_DRAWN = Drawn()


def numbers(rows: Iterable[object], field: str, blank: float = np.nan) -> Floats:
    """Return a number of the rows, one for each, `blank` for a blank."""
    return np.array(
        [blank if (value := getattr(row, field)) is None else float(value) for row in rows],
        dtype=np.float64,
    )


def overlaid(values: Floats, drawn: Drawn, table: str, keys: Iterable[str], field: str) -> Floats:
    """Return a figure of every row of a table with those drawn put in: draws × (years ×) rows."""
    if not drawn:
        return values
    asked = [(at, (table, key, field)) for at, key in enumerate(keys)]
    put_in = [(at, drawn.figures[figure]) for at, figure in asked if figure in drawn.figures]
    factors = [(at, *drawn.by_factor[figure]) for at, figure in asked if figure in drawn.by_factor]
    if not put_in and not factors:
        return values
    # Every drawn figure has the same number of draws; one that is not drawn is the same in all.
    many = put_in[0][1].shape[0] if put_in else factors[0][2].size
    if factors:
        out = _multiplied(values[0], many, factors).swapaxes(0, 1)
    else:
        has_years = values.ndim == 3
        out = by_year(many, *values.shape[1:]) if has_years else np.empty((many, values.shape[1]))
        out[...] = values
    for at, draws in put_in:
        out[..., at] = draws
    return out


def _multiplied(values: Floats, many: int, factors: list[tuple[int, Floats, Floats]]) -> Floats:
    """Return a figure of every row by year, years × rows, times its factor: years × draws × rows.

    1 for a row that has none.
    """
    stated, by = values.copy(), np.ones((many, values.shape[1]))
    for at, of_row, factor in factors:
        stated[:, at] = of_row
        by[:, at] = factor
    return np.asarray(stated[:, np.newaxis] * by)


def rates(plan: Plan, ids: Iterable[str], drawn: Drawn = NOTHING_DRAWN) -> Floats:
    """Return the rates of the named indices by year: draws × years × names.

    The base year, `flat` and a blank name are 0. A year for which an index has no rate is NaN;
    nothing that takes the index in that year passes the checks. Nobody writes into them.
    """
    once, taken = _once(ids)
    return columns(_rates(plan, once, drawn), taken)


def levels(plan: Plan, ids: Iterable[str], drawn: Drawn = NOTHING_DRAWN) -> Floats:
    """Return the level that the named indices have by year: draws × years × names.

    `Π_{τ=1..t} (1 + rate(τ))`, 1 in the base year; see `rates`.
    """
    once, taken = _once(ids)
    return columns(cumulative(1.0 + _rates(plan, once, drawn)), taken)


def _once(names: Iterable[str]) -> tuple[list[str], Ints]:
    """Return each name once, and for every name its place among them."""
    names = list(names)
    once = list(dict.fromkeys(names))
    return once, np.array([once.index(name) for name in names], dtype=np.int64)


def _rates(plan: Plan, once: list[str], drawn: Drawn) -> Floats:
    table = {index.id: index.rates for index in plan.indices}
    values = np.zeros((1, len(plan.years), len(once)))
    for at, name in enumerate(once):
        # A missing year is NaN and never the rate beside it: nothing is extrapolated (model §4.1).
        if name and name != FLAT:
            values[0, 1:, at] = [table[name].get(year, np.nan) for year in plan.years[1:]]
    return overlaid(values, drawn, "indices", once, "rates")


def stated_by_year(plan: Plan, rows: Iterable[object], field: str) -> Floats:
    """Return a by-year field of the rows: 1 × years × rows.

    A blank is 0, and so is the base year.
    """
    rows = list(rows)
    values = np.zeros((1, len(plan.years), len(rows)))
    for at, row in enumerate(rows):
        stated = getattr(row, field)
        values[0, :, at] = [
            float(stated.get(year, 0.0)) if step else 0.0 for step, year in enumerate(plan.years)
        ]
    return values
