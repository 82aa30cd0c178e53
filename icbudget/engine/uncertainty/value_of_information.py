"""What drives the range, and what it would be worth to know.

Tornado, rank correlation, expected value of information.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from icbudget.engine.rounding import Floats
from icbudget.engine.uncertainty.drivers import BLOCK, persistent
from icbudget.engine.uncertainty.outcomes import NET_CASH, NPV, net_cash, system_balance
from icbudget.engine.uncertainty.sampling import sampler_of
from icbudget.engine.uncertainty.simulate import Runner, Simulation, blocks_of
from icbudget.engine.uncertainty.statistics import about_their_mean, ranks
from icbudget.engine.uncertainty.uncertain_inputs import Uncertain
from icbudget.plan import Plan
from icbudget.plan.looked_at import kept_by_fields

LOOKED_AT = 100_000
"""Draws that rank correlations and values of information are worked out from, at most."""


@dataclass(frozen=True, slots=True)
class Driver:
    """One driver of uncertainty.

    The figures it moves, what net cash is at its P10 and P90, and what knowing it is worth.

    Amounts are pence. `low` and `high`: net cash over the plan with the driver at its P10 and P90
    and all other figures as planned; `worst_low` and `worst_high`: the lowest balance of the whole
    system in any year likewise.
    """

    name: str
    figures: tuple[Uncertain, ...]
    low: float
    high: float
    worst_low: float
    worst_high: float
    rank_correlation: float
    worth: float
    """Expected value of perfect information on this driver alone (EVPPI).

    Pence of net present value.
    """
    worth_between: float
    """The same where doing nothing is no choice.

    Only the plan and its rivals are. 0 where there are none.
    """

    @property
    def swing(self) -> float:
        """Return how far net cash moves between the driver's P10 and P90."""
        return abs(self.high - self.low)


@dataclass(frozen=True, eq=False, slots=True)
class Scored:
    """What is known of a driver in every draw before any plan is worked out."""

    ranks: Floats
    """Its ranks about their mean, of length 1; 0 where it never changes."""
    basis: Floats
    """Draws × columns at right angles to one another, each of length 1.

    Net benefit is regressed on them: a cubic of the score, or two means where the driver happens or
    does not.
    """


def scored(scores: Floats, step: float | None = None) -> Scored:
    """Return what is known of a driver by its scores in every draw; `step`: it happens above it."""
    if step is None:
        # A cubic bends twice, which is as much as net benefit does along one figure. Scores between
        # -1 and 1, or their powers would be told apart by the last digits alone.
        about_mean = scores - scores.mean()
        columns = np.vander(about_mean / (np.abs(about_mean).max() or 1.0), 4, increasing=True)
        in_order = ranks(scores)
    else:
        # What happens or does not has two values and no more order than that.
        happens = scores > step
        columns = np.stack([happens, scores <= step], axis=-1).astype(np.float64)
        in_order = ranks(happens)
    basis, sizes, _ = np.linalg.svd(columns, full_matrices=False)
    # A driver that never changes, or has two values, has fewer columns that differ.
    told_apart = sizes > sizes[0] * len(columns) * np.finfo(np.float64).eps
    return Scored(about_their_mean(in_order), basis[:, told_apart])


def drivers_by_swing(
    runner: Runner, simulation: Simulation, rivals: Sequence[Floats] = ()
) -> tuple[Driver, ...]:
    """Return every driver, the one that moves net cash over the plan most first.

    `rivals`: the net present value, in the same draws (the first `LOOKED_AT` are enough), of what
    else could be decided; doing nothing, which is worth nothing, always could.

    Each is put at its 10th and at its 90th percentile, all other figures as planned; a driver of
    several figures moves them together, one of rates moves every year. Rank correlation is
    Spearman's between the driver (whether it happens; what the rates of its years add up to) and
    net cash over the draws, so it has the correlation between drivers in it.
    """
    sampler = runner.sampler
    names = sampler.drivers.names
    if not names:
        return ()
    net, worst = _at_ends(runner)
    draws = min(simulation.draws, LOOKED_AT)
    cash_ranks = about_their_mean(ranks(simulation.over_plan(NET_CASH)[:draws]))
    plans = np.stack([worth[:draws] for worth in (simulation.over_plan(NPV), *rivals)])
    choices = with_nothing(plans)
    of_choices, of_plans = best_on_average(choices), best_on_average(plans)
    all_of_choices = value_of_perfect_information(choices)
    all_of_plans = value_of_perfect_information(plans)
    rows = []
    few = draws * len(names) <= _MOST_KEPT
    every = (_scored_few if few else _scored)(sampler.plan, sampler.seed, sampler.place, draws)
    for n, (name, known) in enumerate(zip(names, every, strict=True)):
        figures = tuple(u for u in sampler.uncertain if u.driver == name)
        expected = expected_given(known, choices)
        # Doing nothing is the first choice.
        worth = value_of_knowing(expected, of_choices, all_of_choices)
        between = value_of_knowing(expected[1:], of_plans, all_of_plans)
        low, high = map(float, net[2 * n : 2 * n + 2])
        worst_low, worst_high = map(float, worst[2 * n : 2 * n + 2])
        rank = float(known.ranks @ cash_ranks)
        rows.append(Driver(name, figures, low, high, worst_low, worst_high, rank, worth, between))
    # By name where two move it alike, so that the order does not change from run to run.
    return tuple(sorted(rows, key=lambda d: (-d.swing, d.name)))


def _at_ends(runner: Runner) -> tuple[Floats, Floats]:
    """Return net cash over the plan and the system's worst balance at each driver's P10 and P90."""
    drawn = runner.sampler.at_ends()
    rows = 2 * len(runner.sampler.drivers.names)
    results = [result for result, _, _ in runner.results(drawn, rows)]
    worst = [system_balance(result).min(axis=1) for result in results]
    return np.concatenate([net_cash(result) for result in results]), np.concatenate(worst)


def _scored(plan: Plan, seed: int, place: str, draws: int) -> Iterator[Scored]:
    """Yield what is known of each driver, in the order of their names.

    Of one that draws rates, by what its years add up to as they last.
    """
    sampler = sampler_of(plan, seed, place)
    lasting = {u.driver: u.persistence for u in sampler.uncertain if u.way == "added"}
    steps: dict[str, float] = {}
    for u in sampler.uncertain:
        if u.distribution.step is not None:
            steps.setdefault(u.driver, u.distribution.step)
    parts: dict[str, list[Floats]] = {name: [] for name in sampler.drivers.names}
    for block, size in blocks_of(draws):
        for name, values in sampler.scores(block, min(size, BLOCK)).items():
            parts[name].append(persistent(values, lasting.get(name, 0.0)).sum(axis=1))
    for name, of_blocks in parts.items():
        yield scored(np.concatenate(of_blocks), steps.get(name))


_MOST_KEPT = 60_000
"""Draws × drivers of which is kept what is known before a plan is worked out: about 3 MB."""


@kept_by_fields(2)
def _scored_few(plan: Plan, seed: int, place: str, draws: int) -> tuple[Scored, ...]:
    return tuple(_scored(plan, seed, place, draws))


def with_nothing(plans: Floats) -> Floats:
    """Return net benefits of plans, £, plans × draws, with doing nothing as one more choice.

    It is worth nothing in any draw.
    """
    return np.vstack([np.zeros((1, plans.shape[-1])), plans])


def value_of_perfect_information(worth: Floats) -> float:
    """Return what it would be worth to know everything before choosing.

    `E[max_d NB(d)] − max_d E[NB(d)]`.

    `worth`: net benefit of every choice d in every draw, choices × draws. Source: AP §7.
    """
    return float(worth.max(axis=0).mean()) - best_on_average(worth)


def best_on_average(worth: Floats) -> float:
    """Return what the choice is worth that is worth most on average; `worth`: choices × draws."""
    return float(worth.mean(axis=1).max())


def expected_given(driver: Scored, worth: Floats) -> Floats:
    """Return what each choice is expected to be worth given a driver, choices × draws.

    `worth`: net benefit of every choice in every draw, choices × draws, pence; regressed on the
    driver, see `Scored`.
    """
    return np.asarray((worth @ driver.basis) @ driver.basis.T)


def value_of_knowing(expected: Floats, best: float, everything: float) -> float:
    """Return what it would be worth to know one driver before choosing.

    `E[max_d E[NB(d) | driver]] − max_d E[NB(d)]`.

    Never below zero, never above the value of knowing everything. `expected`: see `expected_given`;
    `best`: what the best choice is worth on average; `everything`: see
    `value_of_perfect_information`. Source: AP §7; the regression is Strong, Oakley and Brennan's,
    Medical Decision Making 2014;34:311-326.
    """
    # A regression on draws may be a little off either bound; the value itself never is.
    return min(max(float(expected.max(axis=0).mean()) - best, 0.0), everything)
