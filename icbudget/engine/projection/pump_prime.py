"""A pump-prime fund.

One-off money that pays for prevention before anything is released, and is paid back by the release.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from icbudget.engine.projection.reallocate import FROM_FUND, Moves
from icbudget.engine.projection.wiring import PUMP_PRIME, Rules
from icbudget.engine.rounding import Floats


@dataclass(frozen=True, slots=True)
class Fund:
    """One fund by year: draws × years, whole pence.

    `self_funding` over draws, a year's place in the plan or NaN.
    """

    shift: int
    put_in: Floats
    interest: Floats
    invested: Floats
    repaid: Floats
    balance: Floats
    drawn: Floats
    """All that was put in so far, less what the fund holds: how much of it is out at work at the
    year's end.
    """
    floor: float
    self_funding: Floats

    @property
    def peak_draw(self) -> Floats:
        """Return the most that is ever out at work, draws, pence.

        Nothing where the fund never falls below what was put in.
        """
        return np.asarray(np.maximum(self.drawn.max(axis=1), 0.0))

    @property
    def below_floor(self) -> Floats:
        """Return how far the fund is below its floor by year, draws × years, pence.

        Nothing where it is not, or not yet begun.
        """
        # A fund that nobody has filled or drawn on yet does not miss its floor.
        begun = np.cumsum(self.put_in + self.invested, axis=1) > 0
        return np.where(begun, np.maximum(self.floor - self.balance, 0.0), 0.0)


def funds(moves: Moves, rules: Rules) -> tuple[Fund, ...]:
    """Return every pump-prime fund of a plan, in the order of the shifts.

    `R(t) = R(t−1)(1 + i) + put in(t) − invest(t) + φ·release(t)`; peak draw is `max_t (Σ put in −
    R(t))`. The fund is self-funding from the first year with investment from which on release and
    interest cover the investment of every year. Source: model §7, AP §5 option C.
    """
    return tuple(
        _fund(moves, rules, n)
        for n, drawing in enumerate(rules.drawings)
        if drawing.rule == PUMP_PRIME
    )


def _fund(moves: Moves, rules: Rules, n: int) -> Fund:
    drawing = rules.drawings[n]
    members = [g for buyer in rules.buyers if buyer.fund == drawing.account for g in buyer.members]
    invested = moves.programme_spend[:, :, members, FROM_FUND].sum(axis=-1)
    put_in, repaid = moves.put_in[:, :, n], moves.moved[:, :, n]
    interest, balance = moves.interest[:, :, n], moves.close[:, :, drawing.account]
    drawn = np.cumsum(put_in, axis=1) - balance
    self_funding = _self_funding(invested, repaid + interest)
    return Fund(n, put_in, interest, invested, repaid, balance, drawn, drawing.floor, self_funding)


def _self_funding(invested: Floats, earned: Floats) -> Floats:
    """Return the first year from which on the fund lives on what it earns, draws; NaN for none.

    `invested`, `earned`: draws × years.
    """
    covered = earned >= invested
    # From the last year backwards: a year counts only if every later one is covered as well.
    covered_on = np.flip(np.logical_and.accumulate(np.flip(covered, axis=1), axis=1), axis=1)
    # A year in which the fund pays for nothing shows nothing.
    from_here = covered_on & (invested > 0)
    first = np.argmax(from_here, axis=1).astype(np.float64)
    return np.where(from_here.any(axis=1), first, np.nan)
