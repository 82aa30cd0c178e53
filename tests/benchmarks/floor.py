"""The engine's arithmetic in bare numpy, as someone would write it for one plan of one shape: the
floor its speed is held to.

For plans made by `large_plan`: every reach direct and without lag, effects of one sign, no
families, parents or moves; every contract is paid, and one pool buys divisible programmes from what
was released the year before. It gives the same arrays as the projection (the test compares them),
without names, findings or any other rule. Arrays are draws × years × lines with the years outermost
in memory, which numpy runs through fastest where years are taken one after another.
"""

from __future__ import annotations

import numpy as np


def compute(structure, figures, rules):
    """Everything the projection gives, from the same arrays: draws × years × lines, programmes or
    accounts.
    """
    f, lines, reaching, rates = figures, structure.lines, structure.reaching, figures.rates
    (buyer,), years = rules.buyers, len(structure.years)
    order = buyer.members
    rise, fall = (
        np.cumprod(factor.swapaxes(0, 1), axis=0) for factor in (1.0 + rates, 1.0 - rates)
    )
    a = (
        f.activity0
        * rise.take(lines.demographic, axis=2)
        * rise.take(lines.non_demographic, axis=2)
    ).swapaxes(0, 1)
    up = (
        rise.take(lines.price_uplift, axis=2) * fall.take(lines.price_efficiency, axis=2)
    ).swapaxes(0, 1)
    price = f.price0[:, None] * up
    cost = f.cost0[:, None] * (
        rise.take(lines.cost_uplift, axis=2) * fall.take(lines.cost_efficiency, axis=2)
    ).swapaxes(0, 1)
    draws = max(a.shape[0], price.shape[0], f.effect.shape[0])
    pay_dn = empty(draws, years, a.shape[2])
    for t in range(years):
        pay_dn[:, t] = pay(lines, t, a, a, price[:, t], up)

    running = (
        (f.fixed_cost + f.people * f.unit_cost[:, None])
        * f.cost_level
        * (1.0 + f.optimism_cost[:, None])
    )
    running[:, 0] = 0.0
    full = pence(running + f.double_running + f.exit_cost)[:, :, order]
    (drawing,) = rules.drawings
    own = buyer.own.argmax(axis=1)
    flow = empty(draws, years, len(rules.accounts))
    for row, account in enumerate(rules.contribution_account):
        flow[:, :, account] += f.contributions[:, :, row]
    for row, account in enumerate(rules.scheme_account):
        flow[:, :, account] -= f.schemes[:, :, row]
    close = np.empty_like(flow)
    close[:, 0] = flow[:, 0]

    reached = reaching.reached.T.astype(float)
    v, x = empty(draws, years, a.shape[2]), np.array(np.broadcast_to(a, (draws, *a.shape[1:])))
    pay_plan = np.empty_like(v)
    release, variable, semi_fixed, blocks = (np.zeros_like(v) for _ in range(4))
    paid, scale, moved = (empty(draws, years, n) for n in (order.size, order.size, 1))
    pay_plan[:, 0] = pay(lines, 0, x, a, price[:, 0], up)
    for t in range(1, years):
        if t > 1:
            lower = np.minimum(pay_dn[:, t - 1] - pay_plan[:, t - 1], release[:, t - 1])[
                :, drawing.lines
            ].sum(axis=1)
            moved[:, t, 0] = pence(np.maximum(lower, 0.0))
        balance = close[:, t - 1] + flow[:, t]
        balance[:, drawing.account] += moved[:, t, 0]
        costs = full[:, t]
        money = np.maximum(balance.sum(axis=1), 0.0)[:, None]
        bought = np.clip(money - (np.cumsum(costs, axis=1) - costs), 0.0, costs)
        scale[:, t, order] = np.divide(bought, costs, out=np.ones_like(bought), where=costs > 0)
        paid[:, t, order] = bought
        so_far = np.cumsum(bought, axis=1)
        released = balance[:, drawing.account, None]
        rest = np.clip(so_far - released, 0.0, bought)
        balance[:, drawing.account] -= (bought - rest).sum(axis=1)
        for n, account in enumerate(own):
            balance[:, account] -= rest[:, n]
        close[:, t] = balance

        q = np.exp(np.log1p(-f.reach[:, t] * scale[:, t] * f.effect) @ reached)
        v[:, t] = a[:, t] * ((1.0 - q) @ reaching.share_of_line)
        x[:, t] = a[:, t] - v[:, t]
        pay_plan[:, t] = pay(lines, t, x, a, price[:, t], up)
        low = v[:, t].copy()
        for back in range(1, int(lines.hold.max()) + 1):
            before = v[:, t - back] if t - back >= 1 else 0.0
            np.minimum(low, before, out=low, where=lines.hold >= back)
        np.maximum(low, 0.0, out=low)
        blocks[:, t] = (
            np.floor(np.round((1.0 - f.backfill) * low / lines.block_size, 9)) * f.close[:, t]
        )
        room = np.where(v[:, t] > 0, cost[:, t] * v[:, t], np.inf)
        at_once = (
            lines.variable_cost
            * cost[:, t]
            * np.where(v[:, t] > 0, (1.0 - f.backfill) * v[:, t], v[:, t])
        )
        variable[:, t] = np.minimum(at_once, room)
        whole = lines.semi_fixed_cost * cost[:, t] * lines.block_size * blocks[:, t]
        semi_fixed[:, t] = np.minimum(whole, room - variable[:, t])
        release[:, t] = variable[:, t] + semi_fixed[:, t]
    return {
        "nothing": a,
        "price": price,
        "cost": cost,
        "pay_nothing": pay_dn,
        "avoided": v,
        "activity": x,
        "pay_plan": pay_plan,
        "release": release,
        "variable": variable,
        "semi_fixed": semi_fixed,
        "blocks": blocks,
        "paid": paid,
        "scale": scale,
        "moved": moved,
        "close": close,
    }


def empty(draws, years, columns):
    """Nothing yet, draws × years × columns."""
    return np.zeros((years, draws, columns)).swapaxes(0, 1)


def pence(pounds):
    """Whole pence, half-up away from zero, without the binary noise beyond the sixth decimal."""
    steps = np.round(pounds * 100.0, 6)
    return np.trunc(steps + np.copysign(0.5, steps))


def pay(lines, t, x, a, price, up):
    """Payment of year t on a path, each contract on its own columns; a contract that began in a
    later year forgets the past.
    """
    out = np.empty(np.broadcast_shapes(x[:, t].shape, price.shape))
    terms = lines.by_contract[t]
    k = terms["activity"]
    out[:, k] = x[:, t, k] * price[:, k]
    k = terms["marginal"]
    value, base = x[:, t, k] * price[:, k], lines.baseline_value[t, k] * up[:, t, k]
    if lines.starts[1 : t + 1, k].any():
        base /= up[:, t - np.argmax(lines.starts[t::-1, k], axis=0), k]
    out[:, k] = np.minimum(value, base) + lines.marginal_rate[t, k] * np.maximum(value - base, 0.0)
    k = terms["block"]
    out[:, k] = since(lines, t, k, x[:, :, k], x[:, 0, k]) * price[:, k]
    k = terms["aligned"]
    expected = since(lines, t, k, x[:, :, k], a[:, t, k])
    out[:, k] = (expected + lines.variable_share[t, k] * (x[:, t, k] - expected)) * price[:, k]
    k = terms["lva"]
    out[:, k] = (
        (x[:, max(t - 1, 0), k] + x[:, max(t - 2, 0), k] + x[:, max(t - 3, 0), k])
        / 3.0
        * price[:, k]
    )
    return out


def since(lines, t, k, x, until):
    """The activity of the year before the contract's last rebase, and before its first rebase what
    `until` says.
    """
    rebase = lines.rebase[: t + 1, k]
    if not rebase.any():
        return until
    if lines.starts[1 : t + 1, k].any():
        began = t - np.argmax(lines.starts[t::-1, k], axis=0)
        rebase = rebase & (np.arange(t + 1)[:, None] >= began)
    last = np.where(rebase.any(axis=0), rebase.shape[0] - 1 - np.argmax(rebase[::-1], axis=0), -1)
    set_at = x[:, np.maximum(last - 1, 0), np.arange(last.size)]
    return np.where(last >= 0, set_at, until)
