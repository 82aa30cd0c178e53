"""The answer of `optimise`: the plan beside the best one found, with the proven gap, what binds, and what more money adds."""

from __future__ import annotations

import numpy as np

from icbudget.answers.block import Block, Cell, Row
from icbudget.checks.statutory import minimum_tests
from icbudget.engine.appraise import discount_factors, price_level
from icbudget.engine.best_plan import Best, Broken, cautious
from icbudget.engine.run import Result, run
from icbudget.plan import Plan

COLUMNS = ("Your plan", "Best plan", "Difference")


def minimums_missed(result: Result) -> Broken:
    """Return by how much each minimum spending is missed in each year, £, by name."""
    return {
        f"minimum {test.minimum.rule.replace('_', ' ')} in {year}": -gap / 100.0
        for test in minimum_tests(result)
        for year, gap in zip(result.years, test.gap, strict=True)
        if gap < 0
    }


def best_block(plan: Plan, best: Best) -> Block:
    """Return the comparison: worth under cautious and central effects, cash by year, each programme, and the proof."""
    rows: list[Row] = []
    if best.plan is not None:
        sought = cautious(plan)[0]
        found = best.cautious
        assert found is not None
        central = run(plan), run(best.plan)
        rows += _pair("Worth", "Present value of net cash, cautious effects (sought)", _worth(run(sought)), _worth(found))
        rows += _pair("Worth", "Present value of net cash, central effects", *map(_worth, central))
        for t, year in enumerate(plan.years):
            if t:
                rows += _pair(year, "Paid for programmes", *(_paid(r, t) for r in central))
                rows += _pair(year, "System release", *(_released(r, t) for r in central))
        parts = {c.programme: f"{c.start}, {c.level:.0%}" for c in best.chosen}
        for g, row in enumerate(plan.programmes):
            begins = next((y for y in plan.years[1:] if row.people.get(y) or row.reach.get(y) or row.fixed_cost.get(y)), None)
            now: Cell = f"{begins}, 100%" if begins else "not bought"
            rows.append(Row(("Programme", row.id), "start, part", (now, parts.get(g, "not bought"), None)))
    rows.append(
        Row(
            ("Proof", "No plan is worth more than (cautious effects)"),
            "£",
            (None, round(best.bound, 2) if np.isfinite(best.bound) else None, None),
        )
    )
    rows.append(Row(("Proof", "Proven gap"), "£", (None, round(best.gap, 2) if best.plan else None, None)))
    told = "sought to the end" if best.finished else "time was up first: a longer time limit may find more"
    rows.append(Row(("Proof", "Search"), "", (None, told, None)))
    rows += [Row(("Binds", name), "", (None, "yes", None)) for name in best.binding]
    for year, pound in zip(plan.years[1:] if best.a_pound_more else (), best.a_pound_more[1:], strict=True):
        rows.append(Row(("£1 more in", year), "£", (None, round(pound, 4), None)))
    rows += [Row(("Conflict", name), "", (None, round(by, 2), None)) for name, by in best.conflicts]
    rows += [Row(("No interval stated, central effect used", id), "", (None, "yes", None)) for id in best.central_only]
    shows = (
        "The best plan within the money and limits there are, beside yours, worked out by the same engine. It is sought on the "
        "25th percentile of every effect; £1 more is what it would add were every choice allowed in part."
    )
    return Block("Best plan", shows, ("Group", "Figure"), COLUMNS, tuple(rows))


def _pair(group: str, figure: str, now: float, then: float) -> list[Row]:
    return [Row((group, figure), "£", (round(now, 2), round(then, 2), round(then - now, 2)))]


def _worth(result: Result) -> float:
    plan = result.plan
    discount = discount_factors(plan.setup.horizon, "standard", plan.setup.discount_set) / price_level(plan)[0]
    cash = result.projection.released()[0].sum(axis=-1) - result.projection.moves.paid[0].sum(axis=-1) / 100.0
    return float(np.asarray(cash) @ discount)


def _paid(result: Result, t: int) -> float:
    return float(result.projection.moves.paid[0, t].sum()) / 100.0


def _released(result: Result, t: int) -> float:
    return float(result.projection.released()[0, t].sum())
