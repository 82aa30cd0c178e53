"""What the commissioner pays for an acute line under its contract."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from icbudget.engine.rounding import Floats
from icbudget.engine.structure import Lines


@dataclass(slots=True)
class PathState:
    """What a contract remembers of one path: the block sum and the expected activity set at the last rebase."""

    block: Floats
    """draws × lines, £ in base-year prices."""
    expected: Floats | None
    """draws × lines, activity; None before the first rebase of any line."""


def opening_state(lines: Lines, activity0: Floats, price0: Floats) -> PathState:
    """Return the state before year 0: a block is worth what the contract says, else base activity at base price."""
    block = np.where(np.isnan(lines.block_value), activity0 * price0, lines.block_value)
    return PathState(block=block, expected=None)


def pay(lines: Lines, t: int, activity: Floats, do_nothing: Floats, price: Floats, uplift: Floats, state: PathState) -> Floats:
    """Return the payment for year t on the path `activity`, draws × lines, £; a rebase of year t is kept in `state`.

    With x = activity, P = price(t), u = price(t) / price(0):
    - `activity`: `x·P`
    - `marginal`: `min(xP, B·u) + m·max(0, xP − B·u)`, B the baseline value
    - `block`: the fixed sum × u; in a rebase year r the sum becomes `x(r−1)·P(r)`
    - `aligned`: `x_exp·P + v·(x − x_exp)·P`; x_exp is do-nothing activity until the first rebase year r, then `x(r−1)`
    - `lva`: the mean of `x(t−1), x(t−2), x(t−3)` × P; year-0 activity stands for any year before the first

    `activity`, `do_nothing`: draws × (years to t) × lines; `price`, `uplift`: draws × lines for year t. Source: model §6.
    """
    x, paid = activity[:, t], np.empty(np.broadcast_shapes(activity[:, t].shape, price.shape))
    _rebase(lines, t, activity, price, uplift, state)
    for contract, at in lines.by_contract.items():
        xk, pk = x[:, at], price[:, at]
        if contract == "activity":
            paid[:, at] = xk * pk
        elif contract == "marginal":
            value, base = xk * pk, lines.baseline_value[at] * uplift[:, at]
            paid[:, at] = np.minimum(value, base) + lines.marginal_rate[at] * np.maximum(0.0, value - base)
        elif contract == "block":
            paid[:, at] = state.block[:, at] * uplift[:, at]
        elif contract == "aligned":
            expected = do_nothing[:, t][:, at]
            if state.expected is not None:
                set_at = state.expected[:, at]
                expected = np.where(np.isnan(set_at), expected, set_at)
            paid[:, at] = (expected + lines.variable_share[at] * (xk - expected)) * pk
        else:
            past = sum(activity[:, max(t - back, 0)][:, at] for back in (1, 2, 3))
            paid[:, at] = past / 3.0 * pk
    return paid


def _rebase(lines: Lines, t: int, activity: Floats, price: Floats, uplift: Floats, state: PathState) -> None:
    due = lines.rebase[t]
    if not due.any():
        return
    before = activity[:, max(t - 1, 0)]
    if state.expected is None:
        state.expected = np.full(before.shape, np.nan)
    state.expected = np.where(due, before, state.expected)
    with np.errstate(divide="ignore", invalid="ignore"):
        state.block = np.where(due, before * price / uplift, state.block)
