"""What becomes of a pool's money on its last day.

Agreements under section 75 return what is left to the partners, by what each has paid in. A pool
whose agreement does not say keeps it, *to be settled*. Source: model §3.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from icbudget.engine.accounts.funders import bearers
from icbudget.engine.rounding import Floats
from icbudget.engine.run import Result
from icbudget.plan.pool import CONTRIBUTORS


def last_years(result: Result) -> Iterator[tuple[int, int]]:
    """Yield each account whose pool returns what is left, with the last year of that pool."""
    at = {year: t for t, year in enumerate(result.years)}
    returning = {
        pool.id: at[pool.last_year]
        for pool in result.plan.pools
        if pool.left_at_end == CONTRIBUTORS and pool.last_year in at
    }
    for a, (pool, _) in enumerate(result.rules.accounts):
        if pool in returning:
            yield a, returning[pool]


def returned_as_planned(result: Result) -> Floats:
    """Return what each account gives back as planned: draws × years × accounts, pence.

    A deficit is not returned: nobody has agreed to make it good.
    """
    close = result.projection.moves.close
    returned = np.zeros_like(close)
    for a, t in last_years(result):
        returned[:, t, a] = np.maximum(close[:, t, a], 0.0)
    return returned


def close_as_planned(result: Result) -> Floats:
    """Return what each account holds at the end of each year as planned, what it returns taken off.

    Draws × years × accounts, pence.
    """
    given_back: Floats = np.cumsum(returned_as_planned(result), axis=1)
    return result.projection.moves.close - given_back


def returned_to(
    result: Result, pool: str, t: int, returned: Floats
) -> Iterator[tuple[str, str, int]]:
    """Yield who gets what a pool gives back in a year: (partner, source, pence), to the penny.

    By what each has paid into the source to date, so that nobody is better or worse off by it.
    `returned`: years × accounts, pence.
    """
    for a, account in enumerate(result.rules.accounts):
        pence = round(float(returned[t, a])) if account[0] == pool else 0
        for partner, part in bearers(result, account, t, pence):
            yield partner, account[1], part
