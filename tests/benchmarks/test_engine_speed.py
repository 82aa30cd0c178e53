"""The engine against the same arithmetic in bare numpy, in one run. The ratio is recorded, never
asserted.

By default each runs once on a small plan, to show that both give the same figures. With
`--benchmark-enable`, or with ICBUDGET_BENCHMARK=full, it is 60 activity lines × 30 programmes × 10
years at 1 and at 10,000 draws.
"""

from __future__ import annotations

import time

import numpy as np
import pytest

from icbudget.engine.projection.projection import project
from tests.benchmarks.floor import compute
from tests.benchmarks.large import arrays, large_plan


@pytest.mark.parametrize("draws", [1, 10_000])
def test_engine_against_bare_numpy(benchmark, full, draws):
    size = {} if full else {"lines": 10, "programmes": 6, "horizon": 4}
    draws = draws if full else min(draws, 20)
    given = arrays(large_plan(**size), draws)
    floor, run = compute(*given), project(*given)
    agree(floor, run)
    del floor, run
    rounds = 1 if not full else 3 if draws > 1 else 200
    best = {
        what: min(seconds(call, given) for _ in range(rounds))
        for what, call in (("floor", compute), ("engine", project))
    }
    benchmark.extra_info |= {
        "draws": draws,
        "floor_seconds": best["floor"],
        "ratio": best["engine"] / best["floor"],
    }
    benchmark.pedantic(project, args=given, rounds=rounds)
    if full:
        print(
            f"\n{draws} draws: engine {best['engine']:.4f} s, bare numpy {best['floor']:.4f} s,",
            f"{benchmark.extra_info['ratio']:.2f}×",
        )


def seconds(call, given):
    start = time.perf_counter()
    call(*given)
    return time.perf_counter() - start


def agree(floor, run):
    """Both give the same arrays, and some programme is cut to the money, some block closes."""
    moves = run.moves
    np.testing.assert_array_equal(floor["close"], moves.close)
    np.testing.assert_array_equal(floor["moved"], moves.moved)
    np.testing.assert_array_equal(floor["paid"], moves.paid)
    for name in ("avoided", "activity", "pay_plan", "pay_nothing"):
        np.testing.assert_allclose(floor[name], getattr(run, name), rtol=1e-10, atol=1e-6)
    np.testing.assert_allclose(floor["release"], run.released(), rtol=1e-10, atol=1e-6)
    assert moves.moved.any() and run.released("blocks").any()
    assert ((moves.scale > 0) & (moves.scale < 1)).any()
