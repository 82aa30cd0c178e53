"""A mixed-integer linear programme by its columns and rows, solved with HiGHS. SciPy is loaded only where it is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Terms = dict[int, float]
"""Coefficients of a row by column."""
POUNDS = ("money", "fund", "minimum")
KINDS = (*POUNDS, "staff", "exclusive", "goal")
"""Rows that may be in conflict with one another; the others only say how the engine works."""


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

    def duals(self) -> dict[tuple[str, str], float]:
        """Return what one more unit of each named row would be worth, by (kind, name), with every choice allowed in part."""
        from scipy.optimize import linprog

        upper: list[tuple[Terms, float, str, str]] = []
        for terms, low, high, name, kind in self.rows:
            if high < np.inf:
                upper.append((terms, high, name, kind))
            if low > -np.inf:
                upper.append(({c: -v for c, v in terms.items()}, -low, name, kind))
        bounds = list(zip(self.low, self.high, strict=True))
        found = linprog(
            [-v for v in self.objective], self.matrix(extra=[u[0] for u in upper]), [u[1] for u in upper], bounds=bounds
        )
        if found.status != 0:
            return {}
        worth = -np.asarray(found.ineqlin.marginals)
        return {(kind, name): float(w) for (_, _, name, kind), w in zip(upper, worth, strict=True) if kind and w > 1e-9}

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
