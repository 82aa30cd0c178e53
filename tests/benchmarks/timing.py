"""How the benchmarks time: what is measured and its floor in turn, in one run, and the median of
the pairs' ratios.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any


def paired(measured: Callable[[], Any], floor: Callable[[], Any], rounds: int) -> dict[str, float]:
    """Return the median seconds of both and the median ratio, pair by pair, so that a drift of the
    machine cancels out.
    """
    pairs = []
    for _ in range(rounds):
        start = time.perf_counter()
        measured()
        middle = time.perf_counter()
        floor()
        pairs.append((middle - start, time.perf_counter() - middle))
    return {
        "seconds": statistics.median(a for a, _ in pairs),
        "floor_seconds": statistics.median(b for _, b in pairs),
        "ratio": statistics.median(a / b for a, b in pairs),
    }
