"""A simulation: the plan run many times with its uncertain figures drawn, in blocks.

Blocks are independent of one another and of who runs them, so the same seed gives the same figures
on any number of workers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from icbudget import glossary
from icbudget.engine.projection import funding
from icbudget.engine.projection.as_before import projected
from icbudget.engine.projection.draw_inputs import Drawn
from icbudget.engine.projection.projection import project
from icbudget.engine.projection.structure import Structure
from icbudget.engine.projection.wiring import Rules
from icbudget.engine.rounding import Floats
from icbudget.engine.run import Result, result_of
from icbudget.engine.uncertainty.draws import KEPT, Kept, kept
from icbudget.engine.uncertainty.drivers import BLOCK
from icbudget.engine.uncertainty.outcomes import NET_CASH, PAID, SYSTEM, Outcome, outcomes_of
from icbudget.engine.uncertainty.sampling import Draws, Sampler, sampler_of
from icbudget.engine.uncertainty.statistics import gross_error, quantile_error
from icbudget.plan import Plan
from icbudget.recent_view import recent_view

LEAST, MOST = 2_000, 100_000
"""Draws of a simulation for which no number is asked.

At least, and at most where it is not steady before.
"""
STEADY = 0.01
"""Steady: the sampling error of the median of net cash is below this share of gross."""
_AT_ONCE = 330_000
"""Draws × years × lines that are worked out at once.

Fewer cost more calls, more no longer fit the processor's cache.
"""
_MONEY_AT_ONCE = 1_200_000
"""Draws × years × accounts, or × partners, that are worked out at once.

An array of more is given memory of its own each time it is made, which takes longer than to fill
it.
"""


@dataclass(frozen=True, eq=False)
class Simulation:
    """What every draw came to."""

    plan: Plan
    sampler: Sampler
    outcomes: tuple[Outcome, ...]
    kept: Kept
    """Outcomes × (years + 1) × draws; the last column is the whole plan."""
    own: Floats
    """What the plan itself comes to, outcomes × (years + 1)."""

    @property
    def draws(self) -> int:
        """Return the number of draws."""
        return self.kept.draws

    def of(self, subject: str, name: str) -> Floats:
        """Return an outcome of every draw, (years + 1) × draws.

        Raises `KeyError` where there is none.
        """
        return self.kept.of(self._at[subject, name])

    def over_plan(self, name: str) -> Floats:
        """Return what an outcome of the whole system comes to over the plan, one for each draw.

        Money is in pence, anything else in the outcome's own unit. Raises `KeyError` where there is
        no such outcome.
        """
        return self.kept.year(self._at[SYSTEM, name], -1)

    @cached_property
    def _at(self) -> dict[tuple[str, str], int]:
        return {(o.subject, o.name): n for n, o in enumerate(self.outcomes)}

    @property
    def error(self) -> float:
        """Return the sampling error of the median of net cash over the plan, as a share of gross.

        See `gross_error`.
        """
        return gross_error(
            self.over_plan(NET_CASH), self.over_plan(PAID), self.over_plan(glossary.NET_RELEASE)
        )

    @property
    def median_error(self) -> float:
        """Return the standard error of the median of net cash over the plan, pence."""
        return quantile_error(self.over_plan(NET_CASH), 0.5)


OneOutcome = Callable[[Result, Drawn], Floats]
"""One outcome over the plan, draws, such as `icbudget.engine.uncertainty.outcomes.net_cash`."""


@dataclass(frozen=True, eq=False, slots=True)
class Runner:
    """Everything that a block needs: made once for a plan and a seed."""

    sampler: Sampler
    structure: Structure
    rules: Rules

    @property
    def at_once(self) -> int:
        """Return how many draws are worked out at once."""
        plan = self.sampler.plan
        size = len(plan.years) * max(len(plan.acute_lines), len(plan.programmes), 1)
        money = len(plan.years) * max(len(self.rules.accounts), len(plan.partners), 1)
        # Fewer at once would cost more in calls than in the work itself: of the engine, and, of a
        # plan with many pools, of each pool's settlement.
        return min(BLOCK, max(_AT_ONCE // size, 50), max(_MONEY_AT_ONCE // money, 250))

    def block(self, block: int, draws: int = BLOCK, *, together: bool = True) -> Floats:
        """Return what the draws of a block come to: outcomes × (years + 1) × draws."""
        drawn = self.sampler.drawn(block, draws, together=together)
        return self.run(drawn, draws, again=block == 0)[1]

    def run(
        self, drawn: Draws, draws: int = 1, *, again: bool = True
    ) -> tuple[tuple[Outcome, ...], Floats]:
        """Return the outcomes of draws, and their values.

        Outcomes × (years + 1) × draws. `again`: see `results`.
        """
        done, made = 0, np.empty(0)
        for result, drawn_some, size in self.results(drawn, draws, again=again):
            draws_kept = tuple(outcomes_of(result, drawn_some))
            if not done:
                made = np.empty((len(draws_kept), len(result.years) + 1, draws))
            for n, (_, progress) in enumerate(draws_kept):
                made[n, :, done : done + size] = progress.T
            done += size
        return tuple(outcome for outcome, _ in draws_kept), made

    def one(self, which: OneOutcome, block: int, draws: int, *, together: bool) -> Floats:
        """Return one outcome over the plan of a block's draws, draws; no other is worked out."""
        drawn = self.sampler.drawn(block, draws, together=together)
        parts: list[Floats] = []
        for result, drawn_some, size in self.results(drawn, draws, again=block == 0):
            # What no draw changes is one value.
            parts.append(np.broadcast_to(which(result, drawn_some), (size,)))
        return np.concatenate(parts)

    def results(
        self, drawn: Draws, draws: int, *, again: bool = True
    ) -> Iterator[tuple[Result, Drawn, int]]:
        """Yield the results of the draws, as many at once as fit, with their figures and number.

        `again`: the same draws are likely to be asked for again soon, after a small change.
        """
        # The first block is what a workbook asks for at every edit. Many blocks are a run by
        # themselves: kept, they would take memory by their number and be asked for by nobody.
        make = projected if again else project
        plan = self.sampler.plan
        all_figures = drawn.figures(plan)
        # Limits and what goes on to districts are set, not drawn.
        limits, passed_down = funding.minimums(plan), funding.pass_downs(plan)
        for first in range(0, draws, self.at_once):
            some = slice(first, min(first + self.at_once, draws))
            drawn_some, some_figures = drawn.drawn, all_figures
            # All of them as they are: arrays that are the same as before need no comparing.
            if draws > self.at_once:
                drawn_some = drawn.drawn.of_draws(some)
                some_figures = all_figures.of_draws(some)
            projection = make(self.structure, some_figures, self.rules)
            result = Result(plan, self.rules, projection, limits, passed_down)
            yield result, drawn_some, some.stop - first


@recent_view(4)
def runner_of(plan: Plan, seed: int | None = None, place: str = "") -> Runner:
    """Return the runner of a plan that has no error findings.

    What is bought first is decided on the plan's own figures. The last four are kept, since several
    answers simulate one plan.
    """
    planned = result_of(plan)
    return Runner(sampler_of(plan, seed, place), planned.projection.structure, planned.rules)


def blocks_of(draws: int) -> Iterator[tuple[int, int]]:
    """Yield (block, draws of it) for so many draws."""
    for block in range(-(-draws // BLOCK)):
        yield block, min(BLOCK, draws - block * BLOCK)


Blocks = Callable[[Iterable[tuple[int, int]]], Iterable[Floats]]
"""Runs blocks, given as (block, draws), and gives back what they come to in the same order."""


def simulate(
    plan: Plan,
    draws: int | None = None,
    seed: int | None = None,
    *,
    place: str = "",
    together: bool = True,
    run_blocks: Blocks | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Simulation:
    """Return a simulation of a plan that has no error findings, its scenario laid over it already.

    Without a number of draws it goes on, from 2,000 to 100,000, until the sampling error of the
    median of net cash is below 1 % of gross (what is paid for prevention and what is released).
    `run_blocks` runs the blocks, here one after another where none is passed; `progress` is called
    with how many draws are done. `place` keeps plans apart that are simulated side by side, see
    `icbudget.engine.uncertainty.drivers.scores`. With `together` false all drivers are independent.

    Raises `ValueError` for fewer than 2 draws, and after the first block for more than fit in
    memory, with how many would; see `icbudget.engine.uncertainty.draws`.
    """
    if draws is not None and draws < 2:
        raise ValueError("a simulation needs at least 2 draws")
    runner = runner_of(plan, seed, place)
    planned = tuple(outcomes_of(result_of(plan)))
    outcomes = tuple(outcome for outcome, _ in planned)
    own = np.stack([by_year[0] for _, by_year in planned])
    # Nothing is uncertain: one run of the plan is every draw of it.
    if not runner.sampler.uncertain:
        draws_kept = kept(draws or LEAST, own)
        draws_kept.put(0, own[:, :, np.newaxis])
        return Simulation(plan, runner.sampler, outcomes, draws_kept, own)
    wanted = draws or min(MOST, KEPT // (8 * own.size))
    if run_blocks is None:

        def run_blocks(some: Iterable[tuple[int, int]]) -> Iterable[Floats]:
            return (runner.block(block, size, together=together) for block, size in some)

    draws_kept, done = kept(wanted, own), 0
    for (_, size), made in zip(blocks_of(wanted), run_blocks(blocks_of(wanted)), strict=True):
        draws_kept.put(done, made)
        done += size
        progress(done)
        # Only whole blocks are judged, so that the number of draws is the same on any machine.
        if draws is None and done >= LEAST:
            so_far = Simulation(plan, runner.sampler, outcomes, draws_kept.first(done), own)
            if so_far.error < STEADY:
                return so_far
    return Simulation(plan, runner.sampler, outcomes, draws_kept, own)


def simulate_one(plan: Plan, which: OneOutcome, draws: int, *, together: bool = True) -> Floats:
    """Return one outcome over the plan, draws, as `simulate` has it, and work out no other.

    Money is in pence; the draws are those of the plan's seed.
    """
    runner = runner_of(plan)
    return np.concatenate(
        [runner.one(which, block, size, together=together) for block, size in blocks_of(draws)]
    )
