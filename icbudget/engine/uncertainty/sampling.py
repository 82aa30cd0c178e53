"""Draws of a plan's figures.

The same engine then runs them all at once, draws being its leading axis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from icbudget.engine.projection import funding
from icbudget.engine.projection.draw_inputs import Drawn
from icbudget.engine.projection.structure import Figures
from icbudget.engine.rounding import Floats
from icbudget.engine.run import acute_figures, with_money
from icbudget.engine.uncertainty.distributions import SCORES
from icbudget.engine.uncertainty.drivers import BLOCK, Drivers, drivers_of, persistent, scores
from icbudget.engine.uncertainty.uncertain_inputs import Uncertain, uncertain_figures
from icbudget.plan import TABLES, Plan
from icbudget.plan.looked_at import kept_by_fields


@dataclass(frozen=True, eq=False, slots=True)
class Sampler:
    """What draws the figures of a plan: its uncertain figures, their drivers, and the seed."""

    plan: Plan
    uncertain: tuple[Uncertain, ...]
    drivers: Drivers
    seed: int
    place: str = ""
    """Name that keeps plans apart that are simulated beside one another.

    See `icbudget.engine.uncertainty.drivers.scores`.
    """

    def scores(self, block: int, draws: int = BLOCK, *, together: bool = True) -> dict[str, Floats]:
        """Return the scores of every driver in a block.

        See `icbudget.engine.uncertainty.drivers.scores`.
        """
        years = len(self.plan.years)
        return scores(
            self.drivers, years, self.seed, block, draws, place=self.place, together=together
        )

    def figures(self, block: int, draws: int = BLOCK, *, together: bool = True) -> Figures:
        """Return the figures of a block of draws.

        Ready for `icbudget.engine.projection.projection.project`.

        Block 0 is draws 1 to 1,000, block 1 the next thousand, and so on. Contributions and schemes
        are whole pence in every draw. A plan of which nothing is uncertain gives its own figures as
        one draw.
        """
        return self.drawn(block, draws, together=together).figures(self.plan)

    def drawn(self, block: int, draws: int = BLOCK, *, together: bool = True) -> Draws:
        """Return a block of draws.

        The first, which a workbook asks for at every edit, is taken from an earlier plan whose
        drawn figures, programmes and activity lines are the same.
        """
        # Many blocks are a run by themselves: kept, they would take memory and be asked for by
        # nobody.
        make = _first_draws if block == 0 and self._is_kept(draws) else _draws
        return make(self.plan, self.seed, self.place, block, draws, together)

    def at_ends(self) -> Draws:
        """Return each driver at its P10 and then at its P90, in the order of their names.

        All other figures are as planned. It is kept as `drawn` keeps the first block.
        """
        make = _few_at_ends if self._is_kept(2 * len(self.drivers.names)) else _at_ends
        return make(self.plan)

    def _is_kept(self, draws: int) -> bool:
        plan = self.plan
        size = len(plan.years) * max(len(plan.acute_lines), len(plan.programmes))
        return draws * size <= _MOST_KEPT


@dataclass(frozen=True, eq=False, slots=True)
class Draws:
    """Draws of a plan's figures."""

    drawn: Drawn
    acute: Figures
    """All figures but those of the pools' money."""
    again: bool = False
    """Whether they are kept for later plans, and with them what is put into pools and spent."""

    def figures(self, plan: Plan) -> Figures:
        """Return all figures of a plan from which these were drawn, or with other sums of money."""
        if not self.again:
            return with_money(plan, self.acute, self.drawn)
        put_into, spent = _contributions(plan, self), _schemes(plan, self)
        return replace(self.acute, contributions=put_into, schemes=spent)


@kept_by_fields(4)
def _contributions(plan: Plan, draws: Draws) -> Floats:
    return funding.contributions(plan, draws.drawn)


@kept_by_fields(4)
def _schemes(plan: Plan, draws: Draws) -> Floats:
    return funding.schemes(plan, draws.drawn)


def _draws(plan: Plan, seed: int, place: str, block: int, draws: int, together: bool) -> Draws:
    sampler = sampler_of(plan, seed, place)
    drawn = put_in(plan, sampler.uncertain, sampler.scores(block, draws, together=together))
    return Draws(drawn, acute_figures(plan, drawn))


_MOST_KEPT = 60_000
"""Draws × years × lines of a block that is kept: about 4 MB."""


@kept_by_fields(4)
def _first_draws(
    plan: Plan, seed: int, place: str, block: int, draws: int, together: bool
) -> Draws:
    return replace(_draws(plan, seed, place, block, draws, together), again=True)


def _at_ends(plan: Plan) -> Draws:
    """Return each driver at its P10 and then at its P90, all others as planned."""
    uncertain = uncertain_figures(plan)
    names = drivers_of(plan, uncertain).names
    scores = {
        name: np.full((2 * len(names), max(len(plan.years) - 1, 1)), np.nan) for name in names
    }
    end = SCORES["p10_p90"]
    for n, name in enumerate(names):
        # NaN leaves all other drivers as planned (`put_in`).
        scores[name][2 * n : 2 * n + 2] = [[-end], [end]]
    drawn = put_in(plan, uncertain, scores, settled=True)
    return Draws(drawn, acute_figures(plan, drawn))


_few_at_ends = kept_by_fields(2)(_at_ends)


def sampler_of(plan: Plan, seed: int | None = None, place: str = "") -> Sampler:
    """Return the sampler of a plan that has no error findings.

    The plan's own seed if none is given.
    """
    uncertain = uncertain_figures(plan)
    return Sampler(
        plan,
        uncertain,
        drivers_of(plan, uncertain),
        plan.setup.seed if seed is None else seed,
        place,
    )


def put_in(
    plan: Plan,
    uncertain: Sequence[Uncertain],
    drawn: Mapping[str, Floats],
    *,
    settled: bool = False,
) -> Drawn:
    """Return the uncertain figures at the scores of their drivers.

    For `icbudget.engine.run.figures`.

    (table, key, field) → draws for one value, draws × years for a figure by year (nothing of it in
    the base year). A score that is NaN leaves the figure as planned. `settled`: scores by year are
    taken as they are, and do not first fade into each other.
    """
    out = Drawn()
    rows: dict[tuple[str, str], Any] = {}
    for name in {u.table for u in uncertain}:
        for row in getattr(plan, name):
            rows[name, TABLES[name].key_of(row)] = row
    for u in uncertain:
        score, where, row = drawn[u.driver], (u.table, u.key, u.field), rows[u.table, u.key]
        if u.way == "value" and not u.year:
            planned = float(getattr(row, u.field) or 0.0)
            out.figures[where] = _drawn(u, score[:, 0], planned)
            continue
        if u.way == "factor" and where not in out:
            factor = _drawn(u, score[:, 0], 1.0)
            out.by_factor[where] = _stated_once(plan, row, u.field), factor
            continue
        if where in out.by_factor:
            # Drawn in another way too: it is no longer a factor times what is stated.
            so_far = out[where]
            del out.by_factor[where]
            out.figures[where] = so_far
        stated = _stated(plan, row, u.field, score.shape[0])
        by_year = out.figures.setdefault(where, stated)
        if u.way == "added":
            steps = score[:, : len(plan.years) - 1]
            steps = steps if settled else persistent(steps, u.persistence)
            by_year[:, 1:] += _drawn(u, steps, 0.0)
        elif u.way == "factor":
            by_year *= _drawn(u, score[:, :1], 1.0)
        else:
            at = plan.years.index(u.year)
            by_year[:, at] = _drawn(u, score[:, 0], by_year[:, at])
    return out


def _drawn(u: Uncertain, score: Floats, planned: Floats | float) -> Floats:
    blank = np.isnan(score)
    if not blank.any():
        return u.distribution.at(score)
    # 0 in the place of NaN is looked up and thrown away: a table has no place for NaN.
    return np.where(blank, planned, u.distribution.at(np.where(blank, 0.0, score)))


def _stated(plan: Plan, row: Any, field: str, draws: int) -> Floats:
    """Return a figure by year as the plan has it, draws × years; see `_stated_once`."""
    values = _stated_once(plan, row, field)
    return np.repeat(values, draws).reshape(len(values), draws).T


def _stated_once(plan: Plan, row: Any, field: str) -> Floats:
    """Return a figure by year as the plan has it, one for each year.

    What is not set is NaN where a blank is not 0.
    """
    stated, blank = getattr(row, field), np.nan if field in ("amounts", "expected") else 0.0
    values = [float(stated.get(year, blank)) for year in plan.years]
    # Nothing of it is drawn in the base year but what is typed for that year itself.
    if field != "amounts":
        values[0] = 0.0
    return np.array(values)
