"""What drives the range, and what it would be worth to know.

Tornado, rank correlation, expected value of information.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from icbudget.engine.rounding import Floats
from icbudget.engine.uncertainty.distributions import SCORES
from icbudget.engine.uncertainty.drivers import BLOCK, persistent
from icbudget.engine.uncertainty.outcomes import NET_CASH, NPV, net_cash, system_balance
from icbudget.engine.uncertainty.sampling import put_in
from icbudget.engine.uncertainty.simulate import Runner, Simulation, blocks_of
from icbudget.engine.uncertainty.statistics import correlation, ranks
from icbudget.engine.uncertainty.uncertain_inputs import Uncertain

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
    net, worst = _at_ends(runner, names)
    draws = min(simulation.draws, LOOKED_AT)
    scores = _scores(runner, draws)
    cash = simulation.over_plan(NET_CASH)[:draws]
    plans = np.stack([worth[:draws] for worth in (simulation.over_plan(NPV), *rivals)])
    choices = with_nothing(plans)
    cash_ranks = ranks(cash)
    rows = []
    for n, name in enumerate(names):
        figures = tuple(u for u in sampler.uncertain if u.driver == name)
        step = next((u.distribution.step for u in figures if u.distribution.step is not None), None)
        # What happens or does not has two values and no more order than that.
        ordered = scores[name] if step is None else scores[name] > step
        rank = correlation(ranks(ordered), cash_ranks)
        low, high = map(float, net[2 * n : 2 * n + 2])
        worst_low, worst_high = map(float, worst[2 * n : 2 * n + 2])
        expected = None if step is not None else expected_given(scores[name], plans)
        between = value_of_knowing(scores[name], plans, step, expected)
        # doing nothing is expected to be worth nothing whatever the driver is
        expected = None if expected is None else with_nothing(expected)
        known = value_of_knowing(scores[name], choices, step, expected)
        rows.append(Driver(name, figures, low, high, worst_low, worst_high, rank, known, between))
    # By name where two move it alike, so that the order does not change from run to run.
    return tuple(sorted(rows, key=lambda d: (-d.swing, d.name)))


def _at_ends(runner: Runner, names: tuple[str, ...]) -> tuple[Floats, Floats]:
    """Return net cash over the plan and the system's worst balance at each driver's P10 and P90."""
    plan, ends, rows = runner.sampler.plan, SCORES["p10_p90"], 2 * len(names)
    steps = max(len(plan.years) - 1, 1)
    place = {name: 2 * n for n, name in enumerate(names)}
    scores = {name: np.full((rows, steps), np.nan) for name in names}
    for name, at in place.items():
        # NaN leaves all other drivers as planned (`put_in`).
        scores[name][at], scores[name][at + 1] = -ends, ends
    drawn = put_in(plan, runner.sampler.uncertain, scores, settled=True)
    results = [result for result, _, _ in runner.results(drawn, rows)]
    worst = [system_balance(result).min(axis=1) for result in results]
    return np.concatenate([net_cash(result) for result in results]), np.concatenate(worst)


def _scores(runner: Runner, draws: int) -> dict[str, Floats]:
    """Return the score of every driver in every draw.

    Of one that draws rates, what its years add up to as they last.
    """
    parts: dict[str, list[Floats]] = {}
    lasting = {u.driver: u.persistence for u in runner.sampler.uncertain if u.way == "added"}
    for block, size in blocks_of(draws):
        for name, values in runner.sampler.scores(block, min(size, BLOCK)).items():
            added_up = persistent(values, lasting.get(name, 0.0)).sum(axis=1)
            parts.setdefault(name, []).append(added_up)
    return {name: np.concatenate(values) for name, values in parts.items()}


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
    return float(worth.max(axis=0).mean() - worth.mean(axis=1).max())


def expected_given(scores: Floats, worth: Floats) -> Floats:
    """Return what each choice is expected to be worth given a driver's score, choices × draws.

    A cubic regression on the score; see `value_of_knowing`.
    """
    # A cubic bends twice, which is as much as net benefit does along one figure.
    return np.stack([np.polynomial.Polynomial.fit(scores, choice, 3)(scores) for choice in worth])


def value_of_knowing(
    scores: Floats, worth: Floats, step: float | None = None, expected: Floats | None = None
) -> float:
    """Return what it would be worth to know one driver before choosing.

    `E[max_d E[NB(d) | driver]] − max_d E[NB(d)]`.

    `E[NB(d) | driver]` is regressed on the driver's score: a cubic, or two means where the driver
    happens or does not. Never below zero, never above the value of knowing everything. `worth`:
    choices × draws; `expected`: `expected_given` of them, where it is worked out already. Source:
    AP §7; the regression is Strong, Oakley and Brennan's, Medical Decision Making 2014;34:311-326.
    """
    if step is not None:
        yes = scores > step
        parts = [part for part in (yes, ~yes) if part.any()]
        known = sum(float(worth[:, part].mean(axis=1).max()) * float(part.mean()) for part in parts)
    else:
        expected = expected_given(scores, worth) if expected is None else expected
        known = float(np.max(expected, axis=0).mean())
    # A regression on draws may be a little off either bound; the value itself never is.
    gained = max(known - float(worth.mean(axis=1).max()), 0.0)
    return min(gained, value_of_perfect_information(worth))
