"""A mixed-integer linear programme by its columns and rows, solved with HiGHS.

SciPy is loaded only where it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Terms = dict[int, float]
"""Coefficients of a row by column."""
POUNDS = ("money", "fund", "minimum", "loss", "transfer")
KINDS = (*POUNDS, "staff", "choice", "floor", "goal")
"""Rows that may be in conflict with one another; the others only say how the engine works."""
_PRICE_OF_SLACK = {**dict.fromkeys(POUNDS, 1.0 / 1000.0), "choice": 1000.0}
"""What a unit of slack costs: £1,000 weighs as one of activity or wte; choices give way last."""
ASKED = ("choice", "goal", "minimum")
"""Rows of which those with a least ask for something, where the others hold it back."""
ASIDE = "aside"
"""Kind of the rows that set a choice aside."""

Clock = Callable[[], float]
"""How many seconds are left."""
_LATE = 0.97
"""Part of the time that HiGHS is given: it looks at the clock between its steps only."""


def _in_time(seconds_left: Clock) -> float:
    return max(seconds_left() * _LATE, 0.05)


def added(*parts: Terms, times: float = 1.0) -> Terms:
    """Return the sum of terms, times a factor."""
    out: Terms = {}
    for terms in parts:
        for column, value in terms.items():
            out[column] = out.get(column, 0.0) + times * value
    return out


@dataclass(slots=True)
class Model:
    """Columns with their objective and bounds, and rows `low ≤ Σ terms ≤ high`."""

    objective: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    integer: list[int] = field(default_factory=list)
    rows: list[tuple[Terms, float, float, str, str]] = field(default_factory=list)

    def column(
        self, worth: float = 0.0, low: float = 0.0, high: float = np.inf, *, integer: bool = False
    ) -> int:
        """Return the number of a new column."""
        self.objective.append(worth)
        self.low.append(low)
        self.high.append(high)
        self.integer.append(int(integer))
        return len(self.objective) - 1

    def row(
        self,
        terms: Terms,
        low: float = -np.inf,
        high: float = np.inf,
        name: str = "",
        kind: str = "",
    ) -> None:
        """Add a row."""
        self.rows.append((terms, low, high, name, kind))

    def span(self, terms: Terms) -> tuple[float, float]:
        """Return the least and the most that terms can be by the bounds of their columns alone."""
        ends = [sorted((v * self.low[c], v * self.high[c])) for c, v in terms.items() if v]
        return sum(low for low, _ in ends), sum(high for _, high in ends)

    def positive(self, terms: Terms, constant: float = 0.0) -> tuple[Terms, float]:
        """Return the least straight line that is never below `max(0, terms + constant)`."""
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
        """Return the model in which what was set aside counts again.

        Its lists of columns are its own.
        """
        rows = [row for row in self.rows if row[4] != ASIDE]
        return Model([*self.objective], [*self.low], [*self.high], [*self.integer], rows)

    def matrix(self, *, extra: Sequence[Terms] = (), columns: int | None = None) -> Any:
        """Return the rows as a sparse matrix."""
        from scipy.sparse import coo_array

        every = [terms for terms, *_ in self.rows] if not extra else list(extra)
        at = [(r, c, v) for r, terms in enumerate(every) for c, v in terms.items()]
        r, c, v = zip(*at, strict=True) if at else ((), (), ())
        return coo_array((v, (r, c)), shape=(len(every), columns or len(self.objective))).tocsr()

    def solve(self, seconds_left: Clock) -> Any:
        """Return the solution for the greatest worth within the time there is (HiGHS).

        The same model gives the same answer.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp

        low, high = [row[1] for row in self.rows], [row[2] for row in self.rows]
        limits = LinearConstraint(self.matrix(), low, high)
        worth = [-v for v in self.objective]
        # HiGHS stops at one part in ten thousand if nobody asks: on £10m that is £1,000.
        options = {"time_limit": _in_time(seconds_left), "mip_rel_gap": 1e-7}
        return milp(
            worth,
            integrality=self.integer,
            bounds=Bounds(self.low, self.high),
            constraints=limits,
            options=options,
        )

    def duals(self, seconds_left: Clock) -> tuple[float, dict[tuple[str, str], float]]:
        """Return the greatest worth in part, and what one more unit of each named row would add.

        In part: with every choice allowed in part.

        Both by (kind, name). Nothing set aside counts. The worth bounds that of every choice;
        infinite where time was up.
        """
        from scipy.optimize import linprog

        upper: list[tuple[Terms, float, str, str]] = []
        for terms, low, high, name, kind in self.without_aside().rows:
            if high < np.inf:
                upper.append((terms, high, name, kind))
            if low > -np.inf:
                upper.append(({c: -v for c, v in terms.items()}, -low, name, kind))
        matrix = self.matrix(extra=[u[0] for u in upper])
        bounds = list(zip(self.low, self.high, strict=True))
        options = {"time_limit": _in_time(seconds_left)}
        solution = linprog(
            [-v for v in self.objective],
            matrix,
            [u[1] for u in upper],
            bounds=bounds,
            options=options,
        )
        if solution.status != 0:
            return np.inf, {}
        worth: dict[tuple[str, str], float] = {}
        for (_, _, name, kind), marginal in zip(upper, solution.ineqlin.marginals, strict=True):
            if kind and marginal < -1e-9:
                worth[kind, name] = worth.get((kind, name), 0.0) - float(marginal)
        return -float(solution.fun), worth

    def conflicts(self, seconds_left: Clock) -> tuple[list[tuple[str, float]], Any]:
        """Return which rows would have to give way and by how much at the least, and that solution.

        £1,000, a unit of activity and a wte weigh the same; what is said of programmes themselves
        gives way last.
        """
        # What a choice is worth does not matter here: only that as little as can be gives way.
        no_worth = [0.0] * len(self.objective)
        relaxed = Model(no_worth, [*self.low], [*self.high], [*self.integer], [])
        slack: dict[int, str] = {}
        for terms, low, high, name, kind in self.rows:
            if kind in KINDS:
                slack_column = relaxed.column(-_PRICE_OF_SLACK.get(kind, 1.0))
                slack[slack_column] = name
                # Slack lifts a row to its least, and takes it down to its most.
                sign = 1.0 if low > -np.inf else -1.0
                terms = {**terms, slack_column: sign}
            relaxed.row(terms, low, high, name, kind)
        solution = relaxed.solve(seconds_left)
        if solution.x is None:
            return [], None
        short_by = [(name, float(solution.x[column])) for column, name in slack.items()]
        return [(name, short) for name, short in short_by if short > 1e-6], solution.x

    def asked(self, seconds_left: Clock) -> list[str]:
        """Return what is asked for of which each, dropped alone, would leave a solution.

        Programmes, goals, minimums.
        """
        solution: list[str] = []
        for n, (_, low, _, name, kind) in enumerate(self.rows):
            if kind in ASKED and low > -np.inf and seconds_left() > 0:
                no_worth = [0.0] * len(self.objective)
                others = [*self.rows[:n], *self.rows[n + 1 :]]
                rest = Model(no_worth, self.low, self.high, self.integer, others)
                solution += [name] if rest.solve(seconds_left).x is not None else []
        return solution
