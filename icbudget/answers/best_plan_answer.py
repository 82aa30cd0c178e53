"""The answer of `optimise`: the plan beside the best one found.

With it stand the proven gap, what binds, and what more money adds.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from icbudget import glossary
from icbudget.answers.best_plan_terms import (
    ON_CENTRAL,
    basis_rows,
    begins,
    conflict_rows,
    evidence_rows,
    goal_rows,
    in_names,
    limit_rows,
)
from icbudget.answers.block import Block, Cell, Row
from icbudget.answers.names import names_of
from icbudget.checks.source_balances import MinimumTest, counted_share, minimum_tests
from icbudget.engine.appraisal.discounting import discount_factors, price_level
from icbudget.engine.appraisal.net_benefit import SYSTEM, worth
from icbudget.engine.optimiser.best_plan import Best, cautious
from icbudget.engine.optimiser.judge import Broken
from icbudget.engine.optimiser.money_limits import Need
from icbudget.engine.optimiser.programme_options import Option
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.run import Result, run
from icbudget.plan import Plan
from icbudget.plan.scheme import Scheme

WORTH = f"{glossary.NET_PRESENT_VALUE}, {SYSTEM.lower()}"
COLUMNS = ("Your plan", "Best plan", "Difference")


def minimums_missed(result: Result) -> Broken:
    """Return by how much each minimum in force is missed, £, by name.

    The years are those after the base year.
    """
    missed: dict[str, float] = {}
    for test in minimum_tests(result):
        for t, year in enumerate(result.years):
            # The base year has happened: no plan can change what it spends.
            if t and test.applies and test.gap[t] < 0:
                missed[_name(test, year)] = -test.gap[t] / 100.0
    return missed


def minimum_needs(base: Result, allowed: Broken) -> list[Need]:
    """Return what each minimum spending still needs beyond a plan without programmes.

    What the plan itself misses of it is taken off.
    """
    at = {row.id: g for g, row in enumerate(base.plan.programmes)}
    missed = minimums_missed(base)
    needs: list[Need] = []
    for test in minimum_tests(base):
        for t, year in enumerate(base.years):
            name = _name(test, year)
            more = missed.get(name, 0.0) - allowed.get(name, 0.0)
            # Pounds as floats: half a penny is the least that is a penny.
            if more > 0.005:
                needs.append(Need(name, t, _counts(test, at), more))
    return needs


def _name(test: MinimumTest, year: str) -> str:
    return f"minimum {test.minimum.rule.replace('_', ' ')} in {year}"


def _counts(test: MinimumTest, at: dict[str, int]) -> dict[int, float]:
    lines = (row for row in test.rows if isinstance(row, Scheme) and row.programme)
    return {at[row.programme]: counted_share(test.minimum.rule, row) for row in lines}


def best_block(plan: Plan, best: Best, *, public_value: bool = False) -> Block:
    """Return the comparison of the plan and the best one.

    It has the worth under cautious and central effects, cash by year, each programme, and the
    proof.
    """
    rows: list[Row] = []
    if best.plan is not None and best.cautious is not None:
        rows += _beside(plan, best.plan, best.cautious, best, public_value=public_value)
    rows += _proof(best)
    rows += _what_binds(plan, best)
    shows = (
        "The best plan within the money and limits there are, beside yours, worked out by the same"
        " engine. It is sought on the 25th percentile of every effect; amounts by year, goals and"
        " limits stand on central effects, as in the report. £1 more is what it would add were"
        " every choice allowed in part."
    )
    return Block("Best plan", shows, glossary.headings("group", "figure"), COLUMNS, tuple(rows))


def _beside(
    plan: Plan, best_plan: Plan, on_cautious: Result, best: Best, *, public_value: bool
) -> Iterator[Row]:
    """Yield the plan beside the best one: worth, cash by year, programmes, goals and limits.

    `on_cautious`: the best plan under the cautious effects it was sought with.
    """
    planned = plan.model_copy(update={"confirmed_releases": ()})
    sought = cautious(planned)[0]
    # The search leaves out what was confirmed; the report counts it, and so do central figures.
    reported = best_plan.model_copy(update={"confirmed_releases": plan.confirmed_releases})
    central, cautiously = (run(plan), run(reported)), (run(sought), on_cautious)
    wording = "" if public_value else " (sought)"
    figure = f"{WORTH}, cautious effects{wording}"
    yield _pair("Worth", figure, *map(_worth, cautiously))
    if public_value:
        figure = "The same with what QALYs are worth (sought; not cash)"
        yield _pair("Worth", figure, *map(_public, cautiously))
    yield _pair("Worth", f"{WORTH}, {ON_CENTRAL}", *map(_worth, central))
    for t, year in enumerate(plan.years[1:], 1):
        yield _pair(year, glossary.PAID, *(_paid(result, t) for result in central))
        yield _pair(year, glossary.NET_RELEASE, *(_released(result, t) for result in central))
    if best.chances:
        for year, own, then in list(zip(plan.years, *best.chances, strict=True))[1:]:
            labels = (year, "Chance that every pool can pay for it")
            yield Row(labels, "%", (own, then, then - own))
    parts = {c.programme: f"{c.start}, {c.level:.0%}{_paid_from(plan, c)}" for c in best.chosen}
    names = names_of(plan, "programmes")
    for g, row in enumerate(plan.programmes):
        start = begins(row, plan)
        now: Cell = f"{start}, 100%" if start else "not bought"
        then_bought = parts.get(g, "not bought")
        yield Row(("Programme", names.get(row.id, row.id)), "start, part", (now, then_bought, None))
    yield from basis_rows(plan)
    yield from evidence_rows(plan, sought, best.chosen)
    yield from goal_rows(*central, on_cautious)
    yield from limit_rows(*central)


def _proof(best: Best) -> Iterator[Row]:
    """Yield how much better any other plan could be, and whether the search came to its end."""
    # Where time was up before any bound was known there is none to show.
    bound = round(best.bound, 2) if np.isfinite(best.bound) else None
    gap = round(best.gap, 2) if best.plan and np.isfinite(best.gap) else None
    label = "No plan is worth more than (cautious effects)"
    yield Row(("Proof", label), "£", (None, bound, None))
    yield Row(("Proof", "Proven gap"), "£", (None, gap, None))
    wording = "sought to the end"
    if not best.finished:
        wording = "time was up first: a longer time limit may find more"
    yield Row(("Proof", "Search"), "", (None, wording, None))


def _what_binds(plan: Plan, best: Best) -> Iterator[Row]:
    """Yield what the plan misses as well, what binds, what is in conflict, what is not stated."""
    missed = minimums_missed(best.cautious) if best.cautious else {}
    for name, short in missed.items():
        yield Row(("Missed in your plan as well", name), "£", (None, round(short, 2), None))
    for name, adds in best.binding:
        label = in_names(name, plan)
        yield Row(("Binds: one more of it adds", label), "£", (None, round(adds, 4), None))
    if best.a_pound_more:
        for year, pound in zip(plan.years[1:], best.a_pound_more[1:], strict=True):
            yield Row(("£1 more in", year), "£", (None, round(pound, 4), None))
    yield from conflict_rows(plan, best, run(plan))
    names = names_of(plan, "programmes")
    for id in best.central_only:
        yield Row(
            ("No interval stated, central effect used", names.get(id, id)), "", (None, "yes", None)
        )


def _pair(group: str, figure: str, now: float, then: float) -> Row:
    # The difference is rounded itself, and not made of two rounded figures.
    return Row((group, figure), "£", (round(now, 2), round(then, 2), round(then - now, 2)))


def _worth(result: Result) -> float:
    plan = result.plan
    factors = discount_factors(plan.setup.horizon, "standard", plan.setup.discount_set)
    # model §10.1: deflated first, then discounted at the real rate
    discount = factors / price_level(plan)[0]
    released = result.projection.released()[0].sum(axis=-1)
    paid = result.projection.moves.paid[0].sum(axis=-1) / 100.0
    return float(np.asarray(released - paid) @ discount)


def _public(result: Result) -> float:
    values = worth(result.plan, result.projection)
    return _worth(result) + float(values.health[0]) * (values.qaly_value or 0.0)


def _paid_from(plan: Plan, option: Option) -> str:
    own = plan.programmes[option.programme].source
    if option.profile.get("source", own) == own:
        return ""
    return f", paid from {option.source}"


def _paid(result: Result, t: int) -> float:
    return float(result.projection.moves.paid[0, t].sum()) / 100.0


def _released(result: Result, t: int) -> float:
    # By line in whole pence, as Cash released has them, so that the two add up to one figure.
    return float(AcuteAmounts(result.projection).release[0, t].sum()) / 100.0
