"""Draws of a simulation that do not differ yet: one of them is settled for all.

Most pools of most plans come out alike in every draw for some years, or for all.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from icbudget.engine.accounts.one_draw import one_draw
from icbudget.engine.accounts.outturn import account_of, changes, money_spent
from icbudget.engine.cached_view import cached_view, keep_view
from icbudget.engine.rounding import Floats
from icbudget.engine.run import Result
from icbudget.plan.pool import Pool


def of_first_draw(result: Result) -> Result:
    """Return a result with the money of its first draw alone; itself where it has no other."""
    alone = one_draw(result, 0)
    if alone is not result:
        keep_view(changes, alone, changes(result).of_draw(0))
        budgeted, spent = money_spent(result)
        keep_view(money_spent, alone, (budgeted[:1], spent[:1]))
    return alone


def first_that_differs(result: Result, pools: tuple[Pool, ...]) -> int:
    """Return the first year in which pools have other money in some draw than in another.

    The number of years where there is none.
    """
    of_accounts, of_rows = _differing(result)
    names = {pool.id for pool in pools}
    # What is booked to none of a pool's sources has an account of its own.
    accounts = [a for a, (pool, _) in enumerate(result.rules.accounts) if pool in names]
    accounts += [account_of(result, pool, "") for pool in names]
    rows = [n for n, row in enumerate(result.plan.contributions) if row.pool in names]
    differs = of_accounts[:, accounts].any(axis=1) | of_rows[:, rows].any(axis=1)
    years = np.flatnonzero(differs)
    return int(years[0]) if years.size else len(result.years)


@cached_view
def _differing(result: Result) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where some draw has other money than the first: years × accounts, and × contributions.

    What accounts spend in a year, as budgeted or as it came out; what is contributed.
    """
    budgeted, spent = map(_differs, money_spent(result))
    return budgeted | spent, _differs(result.projection.figures.contributions)


def _differs(amounts: Floats) -> NDArray[np.bool_]:
    """Return where some draw is not as the first, …; `amounts`: draws × …."""
    return np.asarray((amounts != amounts[:1]).any(axis=0))
