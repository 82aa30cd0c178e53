"""What the commissioner pays for an activity line under its contract."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from icbudget.engine.projection.structure import Lines
from icbudget.engine.rounding import Floats


@dataclass(slots=True)
class PathState:
    """What a contract remembers of one path.

    Its sums in base-year prices and the expected activity of the last rebase.
    """

    block: Floats
    """draws × lines, £ in base-year prices."""
    baseline: Floats
    """lines, or draws × lines after a change, £ in base-year prices."""
    expected: Floats | None
    """draws × lines, activity; None before the first rebase of any line."""


def opening_state(lines: Lines, activity0: Floats, price0: Floats) -> PathState:
    """Return the state before year 0.

    A block is worth what the contract says, else base activity at base price.
    """
    block = np.where(np.isnan(lines.block_value[0]), activity0 * price0, lines.block_value[0])
    return PathState(block=block, baseline=lines.baseline_value[0], expected=None)


def net_pay(
    lines: Lines,
    t: int,
    activity: Floats,
    do_nothing: Floats,
    price: Floats,
    uplift: Floats,
    charge: Floats,
    state: PathState,
) -> Floats:
    """Return what the commissioner pays in year t less what clients pay, draws × lines, £.

    `Pay(t) = gross(t) − charge(t) × A(t)`: gross as the contract says (`pay`); `charge`: draws ×
    lines for year t. Source: model §15.3.
    """
    gross = pay(lines, t, activity, do_nothing, price, uplift, state)
    return gross - charge * activity[:, t] if charge.any() else gross


def pay(
    lines: Lines,
    t: int,
    activity: Floats,
    do_nothing: Floats,
    price: Floats,
    uplift: Floats,
    state: PathState,
) -> Floats:
    """Return the payment for year t on the path `activity`, draws × lines, £.

    What year t sets is kept in `state`. With x = activity, P = price(t), u = price(t) / price(0):
    - `activity`: `x·P`
    - `marginal`: `min(xP, B·u) + m·max(0, xP − B·u)`, B the baseline value
    - `block`: the fixed sum × u; in a rebase year r the sum becomes `x(r−1)·P(r)`
    - `aligned`: `x_exp·P + v·(x − x_exp)·P`; x_exp is do-nothing activity until the first rebase
      year r, then `x(r−1)`
    - `lva`: the mean of `x(t−1), x(t−2), x(t−3)` × P; year-0 activity stands for any year before
      the first

    A contract that begins in a later year c takes nothing over from the one before. Its baseline
    value and block value are in the money of c and follow the price from there, `× u(t) / u(c)`; a
    block without a value is set as in a rebase, `x(c−1)·P(c)`; an aligned contract expects
    do-nothing activity until the first rebase year from c on. Activity is a fact and not a term: an
    lva contract takes the three years before it, whatever contract paid for them.

    `activity`, `do_nothing`: draws × (years to t) × lines; `price`, `uplift`: draws × lines for
    year t. Source: model §6.
    """
    x, paid = activity[:, t], activity[:, t] * price
    # A new contract sets its sums first, so that a rebase in the same year stands over them.
    _begin(lines, t, uplift, state)
    _rebase(lines, t, activity, price, uplift, state)
    for contract, at in lines.by_contract[t].items():
        if contract == "marginal":
            # The baseline rises with the price: else inflation would be paid at the marginal rate.
            value = paid[:, at]
            base = state.baseline[..., at] * uplift[:, at]
            above = np.maximum(0.0, value - base)
            paid[:, at] = np.minimum(value, base) + lines.marginal_rate[t, at] * above
        elif contract == "block":
            paid[:, at] = state.block[:, at] * uplift[:, at]
        elif contract == "aligned":
            expected = do_nothing[:, t][:, at]
            if state.expected is not None:
                # A line that was not reset yet still expects what comes if nothing changes.
                set_at = state.expected[:, at]
                expected = np.where(np.isnan(set_at), expected, set_at)
            paid_for = expected + lines.variable_share[t, at] * (x[:, at] - expected)
            paid[:, at] = paid_for * price[:, at]
        elif contract == "lva":
            # Before the base year nothing is known, so its activity stands for those years.
            past = sum(activity[:, max(t - back, 0)][:, at] for back in (1, 2, 3))
            paid[:, at] = past / 3.0 * price[:, at]
    return paid


def _begin(lines: Lines, t: int, uplift: Floats, state: PathState) -> None:
    """Set the sums of the contracts that begin in year t > 0, in base-year prices.

    What was expected before is forgotten.
    """
    begins = lines.starts[t]
    if t == 0 or not begins.any():
        return
    # What is stated is in the money of year t; taken back to base-year prices, it follows the price
    # from t on when `pay` uplifts it.
    state.baseline = np.where(begins, lines.baseline_value[t] / uplift, state.baseline)
    state.block = np.where(begins, lines.block_value[t] / uplift, state.block)
    if state.expected is not None:
        state.expected = np.where(begins, np.nan, state.expected)


def _rebase(
    lines: Lines, t: int, activity: Floats, price: Floats, uplift: Floats, state: PathState
) -> None:
    due = lines.rebase[t]
    if not due.any():
        return
    # A reset looks at the last full year: the year that it is for is not over when it is agreed.
    before = activity[:, max(t - 1, 0)]
    if state.expected is None:
        state.expected = np.full(before.shape, np.nan)
    state.expected = np.where(due, before, state.expected)
    # In base-year prices, as `pay` puts the uplift on again. Where indices have taken the price to
    # nothing there is no such price.
    with np.errstate(divide="ignore", invalid="ignore"):
        state.block = np.where(due, before * price / uplift, state.block)
