"""A mixed-integer linear programme by its columns and rows, solved with HiGHS. SciPy is loaded only where it is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Terms = dict[int, float]
"""Coefficients of a row by column."""
POUNDS = ("money", "fund", "minimum", "loss", "transfer")
KINDS = (*POUNDS, "staff", "choice", "floor", "goal")
"""Rows that may be in conflict with one another; the others only say how the engine works."""
ASIDE = "aside"
"""Kind of the rows that set a choice aside."""


def added(*parts: Terms, times: float = 1.0) -> Terms:
    """Return the sum of terms, times a factor."""
    out: Terms = {}
    for terms in parts:
        for column, value in terms.items():
            out[column] = out.get(column, 0.0) + times * value
    return out


@dataclass(slots=True)
class Model:
    """Columns with their objective and bounds, and rows `low ≤ Σ terms ≤ high` with a name and kind."""

    objective: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    rows: list[tuple[Terms, float, float, str, str]] = field(default_factory=list)

    def column(self, worth: float = 0.0, low: float = 0.0, high: float = np.inf, *, whole: bool = False) -> int:
        """Return the number of a new column."""
        self.objective.append(worth)
        self.low.append(low)
        self.high.append(high)
        self.whole.append(int(whole))
        return len(self.objective) - 1

    def row(self, terms: Terms, low: float = -np.inf, high: float = np.inf, name: str = "", kind: str = "") -> None:
        """Add a row."""
        self.rows.append((terms, low, high, name, kind))

    def span(self, terms: Terms) -> tuple[float, float]:
        """Return the least and the most that terms can be by the bounds of their columns alone."""
        ends = [sorted((v * self.low[c], v * self.high[c])) for c, v in terms.items() if v]
        return sum(low for low, _ in ends), sum(high for _, high in ends)

    def positive(self, terms: Terms, constant: float = 0.0) -> tuple[Terms, float]:
        """Return the least straight line, as terms and a constant, that is never below `max(0, terms + constant)`."""
        low, high = (end + constant for end in self.span(terms))
        if low >= 0.0:
            return terms, constant
        if not np.isfinite([low, high]).all():
            return {}, max(high, 0.0)
        if high <= 0.0:
            return {}, 0.0
        slope = high / (high - low)
        return added(terms, times=slope), slope * (constant - low)

    def without_aside(self) -> Model:
        """Return the model in which what was set aside counts again; its lists of columns are its own."""
        rows = [row for row in self.rows if row[4] != ASIDE]
        return Model([*self.objective], [*self.low], [*self.high], [*self.whole], rows)

    def matrix(self, *, extra: Sequence[Terms] = (), columns: int | None = None) -> Any:
        """Return the rows as a sparse matrix."""
        from scipy.sparse import coo_array

        every = [terms for terms, *_ in self.rows] if not extra else list(extra)
        at = [(r, c, v) for r, terms in enumerate(every) for c, v in terms.items()]
        r, c, v = zip(*at, strict=True) if at else ((), (), ())
        return coo_array((v, (r, c)), shape=(len(every), columns or len(self.objective))).tocsr()

    def solve(self, seconds: float) -> Any:
        """Return the solution for the greatest worth within so many seconds (HiGHS); the same model gives the same answer."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        limits = LinearConstraint(self.matrix(), [r[1] for r in self.rows], [r[2] for r in self.rows])
        options = {"time_limit": max(seconds, 0.05), "mip_rel_gap": 1e-7}
        worth = [-v for v in self.objective]
        return milp(worth, integrality=self.whole, bounds=Bounds(self.low, self.high), constraints=limits, options=options)

    def duals(self, seconds: float) -> tuple[float, dict[tuple[str, str], float]]:
        """Return the greatest worth with every choice allowed in part, and what one more unit of each named row would add.

        Both by (kind, name). Nothing set aside counts. The worth bounds that of every choice; infinite where time was up.
        """
        from scipy.optimize import linprog

        upper: list[tuple[Terms, float, str, str]] = []
        for terms, low, high, name, kind in self.without_aside().rows:
            if high < np.inf:
                upper.append((terms, high, name, kind))
            if low > -np.inf:
                upper.append(({c: -v for c, v in terms.items()}, -low, name, kind))
        found = linprog(
            [-v for v in self.objective],
            self.matrix(extra=[u[0] for u in upper]),
            [u[1] for u in upper],
            bounds=list(zip(self.low, self.high, strict=True)),
            options={"time_limit": max(seconds, 0.05)},
        )
        if found.status != 0:
            return np.inf, {}
        worth: dict[tuple[str, str], float] = {}
        for (_, _, name, kind), marginal in zip(upper, found.ineqlin.marginals, strict=True):
            if kind and marginal < -1e-9:
                worth[kind, name] = worth.get((kind, name), 0.0) - float(marginal)
        return -float(found.fun), worth

    def conflicts(self, seconds: float) -> list[tuple[str, float]]:
        """Return which rows would have to give way, and by how much at the least, so that the model has a solution."""
        relaxed = Model(list(np.zeros(len(self.objective))), [*self.low], [*self.high], [*self.whole], [])
        slack: dict[int, str] = {}
        for terms, low, high, name, kind in self.rows:
            if kind in KINDS:
                given = relaxed.column(-1.0 / 1000.0 if kind in POUNDS else -1.0)
                slack[given] = name
                sign = 1.0 if low > -np.inf else -1.0
                terms = {**terms, given: sign}
            relaxed.row(terms, low, high, name, kind)
        found = relaxed.solve(seconds)
        if found.x is None:
            return []
        return [(name, float(found.x[c])) for c, name in slack.items() if found.x[c] > 1e-6]
