"""Run many seeds on one process: `python -m tests.fuzz SEED COUNT`; prints what came of them."""

from __future__ import annotations

import sys
import time
import traceback
import warnings
from collections import Counter

from tests.fuzz.plans import outcome_of


def main() -> int:
    first, count = int(sys.argv[1]), int(sys.argv[2])
    warnings.simplefilter("ignore")
    outcomes: Counter[str] = Counter()
    failed: list[int] = []
    began = time.monotonic()
    for seed in range(first, first + count):
        try:
            outcomes[outcome_of(seed)] += 1
        except Exception:
            failed.append(seed)
            if len(failed) <= 20:
                print(f"seed {seed}:\n{traceback.format_exc(limit=-3)}", flush=True)
        if (seed - first + 1) % 1000 == 0:
            took = time.monotonic() - began
            done = seed - first + 1
            print(f"{done:,} plans in {took:,.0f} s: {dict(outcomes)}, failed {failed}", flush=True)
    print(f"{count:,} plans from seed {first}: {dict(outcomes)}, failed {failed}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
