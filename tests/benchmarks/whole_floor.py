"""A whole simulation of `large_plan` in bare numpy, as someone would write it for that plan alone:
the floor of `simulate`.

The same random numbers through the same distributions, the same growth of funding, the arithmetic
of `floor.compute`, whole pence, what each partner pays and gets, every outcome by year and over the
plan, and their statistics. Written straight: no names, no findings, no plan to look things up in,
and no rule that this plan does not use. What is known before the first draw (tables of the
distributions, who takes which index, the root of the correlation) is prepared, and not timed.
"""

from __future__ import annotations

import hashlib
from types import SimpleNamespace

import numpy as np

from icbudget.engine.appraisal.discounting import discount_factors
from icbudget.engine.uncertainty.drivers import BLOCK
from icbudget.engine.uncertainty.sampling import sampler_of
from tests.benchmarks.floor import compute, empty, pence
from tests.benchmarks.large import arrays

GRID = np.linspace(-6.0, 6.0, 1025)
BLOCKS = 15
"""Place of the outcome of blocks closed, of which the highest year counts over the plan."""
KINDS = (
    ("programmes", "effect"),
    ("programmes", "reach"),
    ("programmes", "fixed_cost"),
    ("acute_lines", "closes"),
)


def prepare(plan):
    """What is known before the first draw."""
    sampler = sampler_of(plan)
    structure, own, rules = arrays(plan, 1)
    at = {name: n for n, name in enumerate(sampler.drivers.names)}
    figures = {
        kind: [u for u in sampler.uncertain if (u.table, u.field) == kind]
        for kind in (*KINDS, ("indices", "rates"))
    }
    (closes,) = {u.distribution.step for u in figures["acute_lines", "closes"]}
    correlation = sampler.drivers.correlation
    tied = [n for n in range(len(at)) if np.count_nonzero(correlation[n]) > 1]
    values, vectors = np.linalg.eigh(correlation[np.ix_(tied, tied)])
    words = [np.frombuffer(hashlib.sha256(name.encode()).digest()[:16], dtype="<u4") for name in at]
    index = {row.id: n for n, row in enumerate(plan.indices)}
    return SimpleNamespace(
        seed=plan.setup.seed,
        words=[tuple(int(w) for w in of) for of in words],
        structure=structure,
        own=own,
        rules=rules,
        steps=[len(plan.years) - 1 if yearly else 1 for yearly in sampler.drivers.yearly],
        tied=tied,
        root=(vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T,
        driver={kind: [at[u.driver] for u in some] for kind, some in figures.items()},
        table={
            kind: np.stack([u.distribution.values for u in some]) for kind, some in figures.items()
        },
        closes=closes,
        persistence=[u.persistence for u in figures["indices", "rates"]],
        index=[index[u.key] for u in figures["indices", "rates"]],
        contributed=index[plan.contributions[0].index],
        spent=index[plan.schemes[0].index],
        costed=index[plan.programmes[0].cost_index],
        unit=float(plan.setup.rounding_unit) * 100.0,
        discount=discount_factors(plan.setup.horizon),
    )


AT_ONCE = 330
"""Draws worked out together. Of 50, 100, 200, 250, 350, 500 and 1,000 about as many took the least
time: fewer cost more calls, more no longer fit the processor's cache.
"""


def block(given, number, draws):
    """Every outcome of the draws of a block: outcomes × (years + 1) × draws, in the order of the
    product.
    """
    scores = drawn(given, number, draws)
    parts = [
        _outcomes(given, [of[:, first : first + AT_ONCE] for of in scores])
        for first in range(0, draws, AT_ONCE)
    ]
    return np.concatenate(parts, axis=-1)


def _outcomes(g, scores):
    rules = g.rules
    figures = put_in(g, scores)
    run = SimpleNamespace(**compute(g.structure, figures, rules))
    nothing, saving = pence(run.pay_nothing), pence(run.pay_nothing - run.pay_plan)
    cost = pence(run.cost * run.nothing)
    # A line of which more is done in a draw costs more at once: that is replacement cost.
    at_once, wards = pence(run.variable), pence(run.semi_fixed)
    gross = (np.maximum(at_once, 0.0) + wards).sum(axis=-1)
    replacement = np.maximum(-at_once, 0.0).sum(axis=-1)
    released = at_once + wards
    paid, saved, freed = run.paid.sum(axis=-1), saving.sum(axis=-1), released.sum(axis=-1)
    trust = (nothing - saving - (cost - released)).sum(axis=-1)

    given_in, spent = np.zeros_like(run.close), np.zeros_like(run.close)
    for row, account in enumerate(rules.contribution_account):
        given_in[:, :, account] += figures.contributions[:, :, row]
    given_in[:, :, rules.drawings[0].account] += run.moved[:, :, 0]
    spent[:, 0] = given_in[:, 0] - run.close[:, 0]
    spent[:, 1:] = run.close[:, :-1] + given_in[:, 1:] - run.close[:, 1:]
    icb = figures.contributions[:, :, 0] + saved - spent[:, :, 0] - spent[:, :, 2]
    council = figures.contributions[:, :, 1] - spent[:, :, 1]
    pool = run.close.sum(axis=-1)
    worth = [
        (k.sum(axis=-1) - paid / 100.0) @ g.discount
        for k in (run.release, run.pay_nothing - run.pay_plan)
    ]

    by_year = (
        np.diff(pool, axis=1, prepend=0.0),
        pool,
        icb,
        council,
        trust,
        icb + council + trust,
        saved,
        gross,
        replacement,
        freed,
        saved - freed,
        paid,
        freed - paid,
        nothing.sum(axis=-1),
        (nothing - saving).sum(axis=-1),
        run.blocks.sum(axis=-1),
    )
    out = np.full((len(by_year) + 2, pool.shape[1] + 1, pool.shape[0]), np.nan)
    for n, values in enumerate(by_year):
        out[n, :-1] = values.T
        out[n, -1] = (
            values[:, -1] if n == 1 else values.max(axis=1) if n == BLOCKS else values.sum(axis=1)
        )
    for n, values in enumerate(worth):
        out[len(by_year) + n, -1] = np.round(values * 100.0)
    return out


def drawn(g, number, draws):
    """The scores of every driver, each a list of draws, or draws × years."""
    scores = []
    for words, steps in zip(g.words, g.steps, strict=True):
        source = np.random.SeedSequence(entropy=g.seed, spawn_key=(number, *words))
        scores.append(np.random.Generator(np.random.Philox(source)).standard_normal((steps, BLOCK)))
    mixed = np.stack([scores[n][0] for n in g.tied], axis=-1) @ g.root
    for place, n in enumerate(g.tied):
        scores[n] = mixed[np.newaxis, :, place]
    return [of[:, :draws] for of in scores]


def put_in(g, scores):
    """The figures of every draw."""
    own = g.own
    effect, reach, fixed = (
        figure(np.stack([scores[n][0] for n in g.driver[k]]), g.table[k]).T for k in KINDS[:3]
    )
    closes = np.stack([scores[n][0] for n in g.driver[KINDS[3]]], axis=-1) > g.closes
    draws, years = effect.shape[0], own.rates.shape[1]
    rates = np.repeat(own.rates, draws, axis=0)
    for n, driver in enumerate(g.driver["indices", "rates"]):
        lasting, fresh = scores[driver].copy(), np.sqrt(1.0 - g.persistence[n] ** 2)
        for t in range(1, years - 1):
            lasting[t] = g.persistence[n] * lasting[t - 1] + fresh * lasting[t]
        rates[:, 1:, g.index[n]] += figure(
            lasting, np.repeat(g.table["indices", "rates"][n : n + 1], years - 1, axis=0)
        ).T
    return SimpleNamespace(
        rates=rates,
        activity0=own.activity0,
        price0=own.price0,
        cost0=own.cost0,
        backfill=own.backfill,
        people=own.people,
        unit_cost=own.unit_cost,
        optimism_cost=own.optimism_cost,
        double_running=own.double_running,
        exit_cost=own.exit_cost,
        effect=effect,
        reach=over_years(own.reach, reach),
        fixed_cost=over_years(own.fixed_cost, fixed),
        close=over_years(own.close, closes),
        cost_level=np.cumprod(1.0 + rates[:, :, g.costed], axis=1)[:, :, None],
        contributions=rolled(own.contributions[:, 0], rates[:, :, g.contributed], g.unit),
        schemes=rolled(own.schemes[:, 0], rates[:, :, g.spent], g.unit),
    )


def over_years(stated, factor):
    """A figure as stated for each year times a factor of each draw, draws × years × columns."""
    return (stated[0, :, None] * factor).swapaxes(0, 1)


def figure(scores, table):
    """The figures at scores, rows × draws: straight between the points of each row's table."""
    left = np.clip((scores + 6.0) * (1024 / 12), 0, 1023).astype(np.int64)
    low = np.take_along_axis(table, left, axis=1)
    return low + (np.take_along_axis(table, left + 1, axis=1) - low) / (12 / 1024) * (
        np.clip(scores, -6.0, 6.0) - GRID[left]
    )


def rolled(base, rates, unit):
    """Funding or schemes by year, grown with their index and rounded half-up to the unit."""
    out = empty(*rates.shape, base.shape[1])
    out[:, 0] = base
    for t in range(1, rates.shape[1]):
        out[:, t] = (
            np.floor(np.round(out[:, t - 1] * (1.0 + rates[:, t, None]) / unit, 6) + 0.5) * unit
        )
    return out


def statistics(values):
    """Mean, P10, P50, P90, mean of the lowest tenth and chance of zero or more of every outcome and
    year.
    """
    worst = -(-values.shape[-1] // 10)
    low = np.partition(values, worst - 1, axis=-1)[..., :worst].mean(axis=-1)
    return (
        values.mean(axis=-1),
        np.quantile(values, (0.1, 0.5, 0.9), axis=-1),
        low,
        (values > -100.0).mean(axis=-1),
    )
