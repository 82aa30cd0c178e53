"""The bridge from the base year to the plan, additive to the penny.

For each partner and for the whole system.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from icbudget.engine.accounts.funders import bearers
from icbudget.engine.accounts.ledger import Posting, postings
from icbudget.engine.cached_view import cached_view
from icbudget.engine.projection import contract
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.projection.do_nothing import growth
from icbudget.engine.projection.wiring import payer
from icbudget.engine.rounding import Floats, to_pence
from icbudget.engine.run import Result

SYSTEM = "Whole system"
GROWTH = ("Contract terms", "Price", "Demographic", "Non-demographic", "Provider efficiency")
STEPS = (
    "Base",
    *GROWTH,
    "Schemes",
    "Do nothing",
    "Avoided (cashable)",
    "Prevention cost",
    "Double running and exit",
    "Transfers",
    "Plan",
    "Funding",
    "Unfunded gap",
)
TOTALS = ("Base", "Do nothing", "Plan", "Funding", "Unfunded gap")


@dataclass(frozen=True, slots=True)
class Bridge:
    """Net spending of a partner, or the whole system, from base to plan: pence by step and year."""

    partner: str
    steps: dict[str, tuple[int, ...]]


@cached_view
def bridges(result: Result) -> tuple[Bridge, ...]:
    """Return a bridge for every partner, in their order, and last for the whole system.

    The system's is their sum step by step. A commissioner's net spending is what it pays for acute
    activity and its part of what the pools spend; a provider's is its cost less what it is paid, so
    that a payment between partners is nothing to the whole system.

    base → contract terms (a contract that changes or is reset, at base-year activity and price) →
    price → demographic → non-demographic → provider efficiency → schemes (change in schemes that
    pay for no programme) → **do nothing** → avoided, cashable (−K for the commissioner, K − G,
    stranded cost, for the provider) → prevention cost (by who funds the programme's own source) →
    double running and exit → transfers (what moved and reinvested acute money pays instead of that
    source, and what partners pay one another under a gain share; sums to zero) → **plan**. Funding:
    contributions, interest, the acute budget and what the pools brought forward. Unfunded gap =
    plan − funding. Source: model §7.
    """
    partners = [p.id for p in result.plan.partners]
    tables = {p: _empty(len(result.years)) for p in partners}
    _acute_steps(result, tables)
    _pool_steps(result, tables, postings(result))
    for table in tables.values():
        _totals(table)
    tables[SYSTEM] = {step: [0] * len(result.years) for step in STEPS}
    for p in partners:
        _add(tables[SYSTEM], tables[p])
    return tuple(Bridge(p, _frozen(table)) for p, table in tables.items())


Table = dict[str, list[int]]


def _empty(years: int) -> Table:
    return {step: [0] * years for step in STEPS}


def _add(total: Table, part: Table) -> None:
    for step, amounts in part.items():
        for t, pence in enumerate(amounts):
            total[step][t] += pence


def _frozen(table: Table) -> dict[str, tuple[int, ...]]:
    return {step: tuple(values) for step, values in table.items()}


def _acute_steps(result: Result, tables: dict[str, Table]) -> None:
    amounts = AcuteAmounts(result.projection)
    paid, cost = _levels(result)
    for k, line in enumerate(result.plan.acute_lines):
        buyer = tables[line.commissioner]
        # A market is no partner of the plan: what it earns and spends stands outside the tables.
        seller = tables[line.provider] if line.provider else _empty(len(result.years))
        for t in range(len(result.years)):
            for n, step in enumerate(("Base", *GROWTH)):
                pay_step = paid[n][t, k] - (paid[n - 1][t, k] if n else 0)
                cost_step = cost[n][t, k] - (cost[n - 1][t, k] if n else 0)
                buyer[step][t] += round(pay_step)
                seller[step][t] += round(cost_step - pay_step)
            buyer["Avoided (cashable)"][t] -= round(amounts.saving[0, t, k])
            seller["Avoided (cashable)"][t] += round(amounts.stranded[0, t, k])
            buyer["Funding"][t] += round(amounts.budget[0, t, k])


def _levels(result: Result) -> tuple[list[Floats], list[Floats]]:
    """Return payments and costs at each level: base, then each growth switched on in turn.

    Each years × lines, pence.
    """
    run, figures = result.projection, result.projection.figures
    base = np.broadcast_to(figures.activity0[:, np.newaxis], run.activity.shape)
    lines, rates = run.structure.lines, figures.rates
    aged = base * growth(rates, lines.demographic)
    price_level, cost_level = growth(rates, lines.price_uplift), growth(rates, lines.cost_uplift)
    flat = np.ones_like(price_level)
    nothing = run.nothing
    paths = (
        (base, flat),
        (base, price_level),
        (aged, price_level),
        (nothing.activity, price_level),
    )
    pays = [
        _paid(result, activity, figures.price0[:, np.newaxis] * level, level)
        for activity, level in paths
    ]
    pays = [np.broadcast_to(pays[0][:, :1], pays[0].shape), *pays, run.pay_nothing]
    unit = figures.cost0[:, np.newaxis]
    costs = [
        base * unit,
        base * unit,
        base * unit * cost_level,
        aged * unit * cost_level,
        nothing.activity * unit * cost_level,
    ]
    costs.append(nothing.activity * nothing.cost)
    return [to_pence(p[0]) for p in pays], [to_pence(c[0]) for c in costs]


def _paid(result: Result, activity: Floats, price: Floats, uplift: Floats) -> Floats:
    lines, shape = result.projection.structure.lines, activity.shape
    price, uplift = np.broadcast_to(price, shape), np.broadcast_to(uplift, shape)
    state = contract.opening_state(lines, activity[:, 0], price[:, 0])
    years = [
        contract.pay(lines, t, activity, activity, price[:, t], uplift[:, t], state)
        for t in range(shape[1])
    ]
    return np.stack(years, axis=1)


def _pool_steps(result: Result, tables: dict[str, Table], ledger: tuple[Posting, ...]) -> None:
    year_at = {year: t for t, year in enumerate(result.years)}
    moves = result.projection.moves
    for posting in ledger:
        table, t = tables[posting.partner], year_at[posting.year]
        if posting.kind == "expenditure":
            if t == 0:
                for later in range(len(result.years)):
                    table["Base"][later] += posting.pence
                    table["Schemes"][later] -= posting.pence
            table["Schemes"][t] += posting.pence
        elif posting.kind in ("contribution", "in kind", "deduction", "used in kind"):
            table["Funding"][t] += (
                posting.pence if posting.kind in ("contribution", "in kind") else -posting.pence
            )
        elif posting.kind == "interest":
            table["Funding"][t] += posting.pence
        elif posting.kind in ("received", "paid over"):
            table["Transfers"][t] -= posting.pence
        elif posting.kind in ("programme", "transition"):
            table["Transfers"][t] += posting.pence
    for g, row in enumerate(result.plan.programmes):
        account = payer(result.plan, row.id)
        for t in range(1, len(result.years)):
            late = round(float(moves.transition[0, t, g]))
            for step, pence in (
                ("Prevention cost", round(float(moves.paid[0, t, g])) - late),
                ("Double running and exit", late),
            ):
                for partner, part in (
                    bearers(result, account, t, pence) if account else [(row.partner, pence)]
                ):
                    tables[partner][step][t] += part
                    tables[partner]["Transfers"][t] -= part
    for a, account in enumerate(result.rules.accounts):
        for t in range(1, len(result.years)):
            for partner, part in bearers(
                result, account, t - 1, round(float(moves.close[0, t - 1, a]))
            ):
                tables[partner]["Funding"][t] += part


def _totals(table: Table) -> None:
    for t in range(len(table["Base"])):
        table["Do nothing"][t] = sum(table[step][t] for step in ("Base", *GROWTH, "Schemes"))
        later = ("Avoided (cashable)", "Prevention cost", "Double running and exit", "Transfers")
        table["Plan"][t] = table["Do nothing"][t] + sum(table[step][t] for step in later)
        table["Unfunded gap"][t] = table["Plan"][t] - table["Funding"][t]
