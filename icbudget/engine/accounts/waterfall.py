"""A risk-share agreement as ordered steps over variances.

Each step takes from what the steps before it left.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from icbudget.engine.rounding import Floats, split, sum_of

UNLIMITED = np.inf


class Step(NamedTuple):
    """One step with its figures, pence.

    Leading axes (draws, years) may be left out where nothing differs along them. `limit`: … : what
    the step holds (contingency, uncommitted), or the most it takes (a share's width); `weights`: …
    × portions × partners, whole numbers: how a share divides each portion; `caps`: … × partners. A
    kind that is none of offset and share takes what its limit allows; with `only` (portions) it
    takes from these portions alone.
    """

    number: int
    kind: str
    limit: Floats | float = UNLIMITED
    weights: NDArray[np.int64] | None = None
    caps: Floats | None = None
    only: NDArray[np.bool_] | None = None


class Taken(NamedTuple):
    """What a step took: … × portions, pence, overspend positive.

    Of a share also … × portions × partners.
    """

    step: Step
    amounts: Floats
    shares: Floats | None = None


class Settled(NamedTuple):
    """A variance settled: `variance = Σ taken + unresolved`, portion by portion, to the penny.

    Axes: … × portions.
    """

    variance: Floats
    taken: tuple[Taken, ...]
    unresolved: Floats


def waterfall(variance: Floats, overspend: Sequence[Step], underspend: Sequence[Step]) -> Settled:
    """Return variances settled by two ordered lists of steps.

    Variances: … × portions, pence, overspend positive.

    - `offset`: underspends of some portions meet overspends of others; it takes from both, so it
      sums to nothing.
    - `share`: at most its limit, taken from the portions in proportion to what is left of them;
      each portion's part is divided by its weights. What a partner's cap keeps back is not put on
      the others: it stays for the next step.
    - any other kind: at most its limit, taken from the portions in proportion to what is left of
      them; nobody bears it.

    Source: model §8. Example: £0.60m over, £0.20m under, a risk pool of £0.50m: offset 0.20, risk
    pool 0.40, nothing left.
    """
    # Apart, since over- and underspend each have their own list of steps (model §8.1).
    over, under = np.maximum(variance, 0.0), np.maximum(-variance, 0.0)
    taken: list[Taken] = []
    for step in overspend:
        if step.kind == "offset":
            met = np.minimum(sum_of(over), sum_of(under))
            from_over, from_under = split(met, _as_weights(over)), split(met, _as_weights(under))
            over, under = over - from_over, under - from_under
            taken.append(Taken(step, from_over - from_under))
        else:
            taken.append(_take(step, over))
            over = over - taken[-1].amounts
    for step in underspend:
        step_taken = _take(step, under)
        under = under - step_taken.amounts
        shares = None if step_taken.shares is None else -step_taken.shares + 0.0
        taken.append(Taken(step, -step_taken.amounts + 0.0, shares))
    return Settled(variance, tuple(taken), over - under)


def _as_weights(amounts: Floats) -> NDArray[np.int64]:
    return amounts.astype(np.int64)


def _take(step: Step, left: Floats) -> Taken:
    """Return what a step takes of what is left, both zero or more."""
    shared = step.kind == "share" and step.weights is not None
    if not left.any():
        # Most years of most pools come out as planned.
        to_partners = (*left.shape, step.weights.shape[-1]) if step.weights is not None else ()
        return Taken(step, np.zeros(left.shape), np.zeros(to_partners) if shared else None)
    reached = left
    if step.only is not None:
        reached = np.where(step.only, reached, 0.0)
    if step.kind == "share" and step.weights is not None:
        reached = np.where(step.weights.sum(axis=-1) > 0, reached, 0.0)
    # What no weight names anybody for was left out above: it stays for the next step.
    amounts = split(np.minimum(sum_of(reached), step.limit), _as_weights(reached))
    if step.kind != "share" or step.weights is None:
        return Taken(step, amounts)
    shares = split(amounts, np.broadcast_to(step.weights, (*amounts.shape, step.weights.shape[-1])))
    if step.caps is not None:
        by_partner = np.moveaxis(shares, -1, -2)
        # A cap is on all that a partner bears in the step, so it is shared back over the portions.
        allowed = np.minimum(sum_of(by_partner), step.caps)
        shares = np.moveaxis(split(allowed, _as_weights(by_partner)), -2, -1)
    return Taken(step, sum_of(shares), shares)
