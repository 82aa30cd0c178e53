"""The optimiser on 30 programmes × 10 years within its time limit, against its own model handed
straight to HiGHS, in one run.

By default on a small plan, to show that both find the same; with `--benchmark-enable` or
ICBUDGET_BENCHMARK=full on 30 × 10. The ratio and the proven gap are recorded, never asserted.
"""

from __future__ import annotations

import os
import time

import pytest

from icbudget.engine.optimiser.best_plan import best_plan, cautious, worthwhile
from icbudget.engine.optimiser.judge import Judge
from icbudget.engine.optimiser.model import bounding
from icbudget.engine.optimiser.programme_options import LEVELS
from tests.benchmarks.large import large_plan

SECONDS = 60.0


def paying(part=20, **size):
    """The large plan with programmes cheap enough that some of them pay."""
    plan = large_plan(**size)
    rows = tuple(
        p.model_copy(
            update={
                "fixed_cost": type(p.fixed_cost)(
                    {y: v * (1 + g % 7) / part for y, v in p.fixed_cost.items()}
                )
            }
        )
        for g, p in enumerate(plan.programmes)
    )
    return plan.model_copy(update={"programmes": rows})


def test_optimiser_against_highs_alone(benchmark, request):
    full = (
        request.config.getoption("benchmark_enable")
        or os.environ.get("ICBUDGET_BENCHMARK") == "full"
    )
    plan = (
        paying(lines=60, programmes=30, horizon=10)
        if full
        else paying(part=1000, lines=3, programmes=4, horizon=2)
    )
    limit = SECONDS if full else 20.0
    judge = Judge(cautious(plan)[0], plan)
    made = bounding(judge, worthwhile(judge.plan))
    start = time.perf_counter()
    alone = made.model.solve(lambda: limit)
    highs = time.perf_counter() - start
    start = time.perf_counter()
    found = best_plan(plan, lambda: start + limit - time.perf_counter())
    took = time.perf_counter() - start
    benchmark.extra_info |= {
        "highs_seconds": highs,
        "seconds": took,
        "ratio": took / highs,
        "gap": found.gap,
    }
    print(
        f"\noptimise {took:.1f} s, HiGHS alone {highs:.1f} s, {took / highs:.1f}×, {found.tried}"
        " plans tried"
    )
    print(f"worth £{found.worth:,.0f}, proven gap £{found.gap:,.0f}")
    assert took < limit * 1.05, "the time limit holds"
    assert found.plan is not None and found.worth <= found.bound
    quarters = all(o.level in LEVELS for o in found.chosen)
    assert not quarters or -alone.mip_dual_bound >= found.worth - 1, (
        "the first model already bounds the best plan in quarters"
    )
    benchmark.pedantic(judge.verdict, args=(found.plan, found.chosen), rounds=1)


@pytest.mark.parametrize("size", [{"lines": 3, "programmes": 4, "horizon": 2}])
def test_the_plan_is_proven_on_a_small_one(size):
    found = best_plan(paying(part=1000, **size), lambda: 20.0)
    assert found.finished and found.gap < 1 and found.chosen
