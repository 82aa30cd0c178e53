"""The simulation of `large_plan` compiled for one thread, draw by draw: the floor of any way to run it.

The same outcomes as `whole_floor.block`, to the penny, from the same scores and the same
preparation, in plain loops that numba compiles (the extra `compiled` has it). A draw's figures stay
in the fastest cache from the first year to the last outcome, no array is made but the outcomes, and
what stays of a segment is a product, where numpy takes logarithms.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from tests.benchmarks import whole_floor

CONTRACTS = ("activity", "marginal", "block", "aligned", "lva")


def prepare(given):
    """What `block` needs, as arrays; `given`: see `whole_floor.prepare`."""
    g, own, rules, lines = given, given.own, given.rules, given.structure.lines
    years, count = lines.starts.shape
    (buyer,), (drawing,) = rules.buyers, rules.drawings
    contract = np.zeros((years, count), dtype=np.int64)
    for t in range(years):
        for name, at in lines.by_contract[t].items():
            contract[t, at] = CONTRACTS.index(name)
    began, reset = np.zeros_like(contract), np.full_like(contract, -1)
    for t in range(years):
        for k in range(count):
            began[t, k] = max(r for r in range(t + 1) if lines.starts[r, k])
            due = [r for r in range(began[t, k], t + 1) if lines.rebase[r, k]]
            if due:
                reset[t, k] = max(due[-1] - 1, 0)
    reached = given.structure.reaching.reached
    members = [np.flatnonzero(row) for row in reached]
    met = [m for m, programmes in enumerate(members) if programmes.size]
    ends = np.cumsum([members[m].size for m in met])
    released = np.zeros(count, dtype=bool)
    released[drawing.lines] = True
    taken = ("demographic", "non_demographic", "price_uplift", "price_efficiency")
    taken_for_cost = ("cost_uplift", "cost_efficiency")
    f = {
        "rates": own.rates[0],
        "activity0": own.activity0[0],
        "price0": own.price0[0],
        "cost0": own.cost0[0],
        "backfill": own.backfill[0],
        "reach": own.reach[0],
        "fixed_cost": own.fixed_cost[0],
        "close": own.close[0],
        "other_cost": own.people[0] * own.unit_cost[0],
        "transition": own.double_running[0] + own.exit_cost[0],
        "optimism": own.optimism_cost[0],
        "contributions": own.contributions[0, 0],
        "schemes": own.schemes[0, 0],
    }
    flat = (
        np.stack([getattr(lines, name) for name in (*taken, *taken_for_cost)]),
        contract,
        began,
        reset,
        lines.baseline_value,
        lines.marginal_rate,
        lines.variable_share,
        lines.variable_cost,
        lines.semi_fixed_cost,
        lines.block_size,
        lines.hold.astype(np.int64),
        released,
        np.concatenate([members[m] for m in met]),
        np.concatenate([[0], ends[:-1]]),
        ends,
        given.structure.reaching.line[met],
        given.structure.reaching.share[met],
        np.asarray(buyer.members),
        buyer.own.argmax(axis=1),
        drawing.account,
        np.asarray(rules.contribution_account),
        np.asarray(rules.scheme_account),
        len(rules.accounts),
    )
    kinds = (*whole_floor.KINDS[:3], ("indices", "rates"))
    tables = tuple(np.ascontiguousarray(g.table[kind]) for kind in kinds)
    settings = (
        np.array(g.index),
        np.array(g.persistence),
        g.contributed,
        g.spent,
        g.costed,
        g.unit,
        float(g.closes),
        np.asarray(g.discount),
    )
    return g, tuple(np.ascontiguousarray(a) for a in f.values()), flat, tables, settings


def block(prepared, number, draws):
    """Every outcome of the draws of a block, as `whole_floor.block` has it."""
    given, figures, flat, tables, settings = prepared
    scores = whole_floor.drawn(given, number, draws)
    of_kind = [
        np.stack([scores[n][0] for n in given.driver[kind]], axis=-1) for kind in whole_floor.KINDS
    ]
    rates = np.stack([scores[n] for n in given.driver["indices", "rates"]])
    years = figures[0].shape[0]
    out = np.full((18, years + 1, draws), np.nan)
    _run(
        out,
        *of_kind,
        np.ascontiguousarray(rates.transpose(2, 0, 1)),
        figures,
        flat,
        tables,
        settings,
    )
    return out


@numba.njit(error_model="numpy")
def _pence(pounds):
    steps = np.rint(pounds * 100.0 * 1e6) / 1e6
    return np.trunc(steps + math.copysign(0.5, steps)) + 0.0


@numba.njit(error_model="numpy")
def _figure(score, table):
    left = min(max(int((score + 6.0) * (1024 / 12)), 0), 1023)
    low = table[left]
    held = min(max(score, -6.0), 6.0)
    return low + (table[left + 1] - low) / (12 / 1024) * (held - (-6.0 + left * (12 / 1024)))


@numba.njit(error_model="numpy")
def _rolled(before, rate, unit):
    return math.floor(np.rint(before * (1.0 + rate) / unit * 1e6) / 1e6 + 0.5) * unit


@numba.njit(error_model="numpy", inline="always")
def _pay(contract, t, k, x, nothing, price, up, began, reset, baseline, marginal, share):
    if contract == 0:
        return x[t, k] * price
    if contract == 1:
        value = x[t, k] * price
        base = baseline * up[t, k] / up[began, k]
        return min(value, base) + marginal * max(value - base, 0.0)
    if contract == 2:
        return x[max(reset, 0), k] * price
    if contract == 3:
        expected = x[reset, k] if reset >= 0 else nothing[t, k]
        return (expected + share * (x[t, k] - expected)) * price
    return (x[max(t - 1, 0), k] + x[max(t - 2, 0), k] + x[max(t - 3, 0), k]) / 3.0 * price


@numba.njit(error_model="numpy")
def _run(out, effects, reaches, fixed, closes, rate_scores, figures, flat, tables, settings):
    (
        own_rates, activity0, price0, cost0, backfill, own_reach, own_fixed, own_close, other_cost,
        transition, optimism, own_contributions, own_schemes,
    ) = figures  # fmt: skip
    (
        taken, contract, began, reset, baseline, marginal, share, variable_cost, semi_fixed_cost,
        block_size, hold, released, members, first, end, of_line, segment_share, order, own_account,
        moved_account, contribution_account, scheme_account, accounts,
    ) = flat  # fmt: skip
    effect_table, reach_table, fixed_table, rate_table = tables
    index, persistence, contributed, spent_with, costed, unit, closes_above, discount = settings
    draws, (years, indices) = effects.shape[0], own_rates.shape
    lines, programmes = activity0.size, order.size
    by_index = np.empty((3, years, indices))
    rates, rise, fall = by_index[0], by_index[1], by_index[2]
    by_line = np.empty((7, years, lines))
    a, x, up, v = by_line[0], by_line[1], by_line[2], by_line[3]
    pay_dn, pay_plan, release = by_line[4], by_line[5], by_line[6]
    by_programme = np.empty((5, programmes))
    effect, reach, fix = by_programme[0], by_programme[1], by_programme[2]
    scaled, bought = by_programme[3], by_programme[4]
    level, reduction = np.empty(years), np.empty(lines)
    income = np.empty((years, own_contributions.size))
    schemes = np.empty((years, own_schemes.size))
    balance, spent = np.empty(accounts), np.empty(accounts)
    for d in range(draws):
        for t in range(years):
            for i in range(indices):
                rates[t, i] = own_rates[t, i]
        for n in range(index.size):
            lasting, fresh = 0.0, math.sqrt(1.0 - persistence[n] ** 2)
            for t in range(years - 1):
                score = rate_scores[d, n, t]
                lasting = score if t == 0 else persistence[n] * lasting + fresh * score
                rates[t + 1, index[n]] += _figure(lasting, rate_table[n])
        for i in range(indices):
            rise[0, i], fall[0, i] = 1.0 + rates[0, i], 1.0 - rates[0, i]
            for t in range(1, years):
                rise[t, i] = rise[t - 1, i] * (1.0 + rates[t, i])
                fall[t, i] = fall[t - 1, i] * (1.0 - rates[t, i])
        for g in range(programmes):
            effect[g] = _figure(effects[d, g], effect_table[g])
            reach[g] = _figure(reaches[d, g], reach_table[g])
            fix[g] = _figure(fixed[d, g], fixed_table[g])
        for n in range(own_contributions.size):
            income[0, n] = own_contributions[n]
        for n in range(own_schemes.size):
            schemes[0, n] = own_schemes[n]
        for t in range(years):
            level[t] = rise[t, costed]
            if t:
                for n in range(own_contributions.size):
                    income[t, n] = _rolled(income[t - 1, n], rates[t, contributed], unit)
                for n in range(own_schemes.size):
                    schemes[t, n] = _rolled(schemes[t - 1, n], rates[t, spent_with], unit)
        for n in range(2):
            out[16 + n, years, d] = 0.0
        for account in range(accounts):
            balance[account] = 0.0
        pool_before = pool = 0.0
        for t in range(years):
            for account in range(accounts):
                spent[account] = 0.0
            for n in range(own_schemes.size):
                spent[scheme_account[n]] += schemes[t, n]
            for n in range(own_contributions.size):
                balance[contribution_account[n]] += income[t, n]
            for account in range(accounts):
                balance[account] -= spent[account]
            paid = moved = 0.0
            if t:
                if t > 1:
                    lower = 0.0
                    for k in range(lines):
                        if released[k]:
                            lower += min(pay_dn[t - 1, k] - pay_plan[t - 1, k], release[t - 1, k])
                    moved = _pence(max(lower, 0.0))
                balance[moved_account] += moved
                money = 0.0
                for account in range(accounts):
                    money += balance[account]
                money = max(money, 0.0)
                for n in range(programmes):
                    g = order[n]
                    running = (own_fixed[t, g] * fix[g] + other_cost[t, g]) * level[t]
                    wanted = _pence(running * (1.0 + optimism[g]) + transition[t, g])
                    bought[g] = min(max(money, 0.0), wanted)
                    money -= wanted
                    part = bought[g] / wanted if wanted > 0 else 1.0
                    scaled[g] = own_reach[t, g] * reach[g] * part * effect[g]
                so_far, of_release = 0.0, balance[moved_account]
                for n in range(programmes):
                    g = order[n]
                    so_far += bought[g]
                    rest = min(max(so_far - of_release, 0.0), bought[g])
                    balance[moved_account] -= bought[g] - rest
                    spent[moved_account] += bought[g] - rest
                    balance[own_account[n]] -= rest
                    spent[own_account[n]] += rest
                    paid += bought[g]
            for k in range(lines):
                reduction[k] = 0.0
            if t:
                for m in range(first.size):
                    stays = 1.0
                    for at in range(first[m], end[m]):
                        stays *= 1.0 - scaled[members[at]]
                    reduction[of_line[m]] += (1.0 - stays) * segment_share[m]
            saved = gross = replacement = freed = nothing = trust = closed = 0.0
            worth_system = worth_commissioner = 0.0
            for k in range(lines):
                a[t, k] = activity0[k] * rise[t, taken[0, k]] * rise[t, taken[1, k]]
                up[t, k] = rise[t, taken[2, k]] * fall[t, taken[3, k]]
                price_now = price0[k] * up[t, k]
                cost_now = cost0[k] * (rise[t, taken[4, k]] * fall[t, taken[5, k]])
                v[t, k] = a[t, k] * reduction[k] if t else 0.0
                x[t, k] = a[t, k] - v[t, k] if t else a[t, k]
                pay_dn[t, k] = _pay(
                    contract[t, k], t, k, a, a, price_now, up, began[t, k], reset[t, k],
                    baseline[t, k], marginal[t, k], share[t, k],
                )  # fmt: skip
                pay_plan[t, k] = _pay(
                    contract[t, k], t, k, x, a, price_now, up, began[t, k], reset[t, k],
                    baseline[t, k], marginal[t, k], share[t, k],
                )  # fmt: skip
                at_once = wards = blocks = 0.0
                if t:
                    avoided = v[t, k]
                    low = avoided
                    for back in range(1, hold[k] + 1):
                        low = min(low, v[t - back, k] if t - back >= 1 else 0.0)
                    low = max(low, 0.0)
                    whole = np.rint((1.0 - backfill[k]) * low / block_size[k] * 1e9) / 1e9
                    decided = own_close[t, k] * (1.0 if closes[d, k] > closes_above else 0.0)
                    blocks = math.floor(whole) * decided
                    not_backfilled = (1.0 - backfill[k]) * avoided if avoided > 0 else avoided
                    room = cost_now * avoided if avoided > 0 else np.inf
                    at_once = min(variable_cost[k] * cost_now * not_backfilled, room)
                    wards = semi_fixed_cost[k] * cost_now * block_size[k] * blocks
                    wards = min(wards, room - at_once)
                release[t, k] = at_once + wards
                paid_for, saving = _pence(pay_dn[t, k]), _pence(pay_dn[t, k] - pay_plan[t, k])
                variable, semi_fixed = _pence(at_once), _pence(wards)
                nothing += paid_for
                saved += saving
                gross += max(variable, 0.0) + semi_fixed
                replacement += max(-variable, 0.0)
                freed += variable + semi_fixed
                trust += paid_for - saving - (_pence(cost_now * a[t, k]) - variable - semi_fixed)
                closed += blocks
                worth_system += release[t, k]
                worth_commissioner += pay_dn[t, k] - pay_plan[t, k]
            pool = 0.0
            for account in range(accounts):
                pool += balance[account]
            icb = income[t, 0] + saved - spent[0] - spent[2]
            council = income[t, 1] - spent[1]
            out[0, t, d] = pool - pool_before
            out[1, t, d] = pool
            out[2, t, d] = icb
            out[3, t, d] = council
            out[4, t, d] = trust
            out[5, t, d] = icb + council + trust
            out[6, t, d] = saved
            out[7, t, d] = gross
            out[8, t, d] = replacement
            out[9, t, d] = freed
            out[10, t, d] = saved - freed
            out[11, t, d] = paid
            out[12, t, d] = freed - paid
            out[13, t, d] = nothing
            out[14, t, d] = nothing - saved
            out[15, t, d] = closed
            out[16, years, d] += (worth_system - paid / 100.0) * discount[t]
            out[17, years, d] += (worth_commissioner - paid / 100.0) * discount[t]
            pool_before = pool
        for n in range(16):
            total, most = 0.0, out[n, 0, d]
            for t in range(years):
                total += out[n, t, d]
                most = max(most, out[n, t, d])
            out[n, years, d] = pool if n == 1 else most if n == 15 else total
        for n in range(16, 18):
            out[n, years, d] = np.rint(out[n, years, d] * 100.0)
