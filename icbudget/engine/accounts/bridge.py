"""The bridge from the base year to the plan, additive to the penny.

For each partner and for the whole system.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from icbudget import glossary, money
from icbudget.engine.accounts.better_or_worse_off import positions_of
from icbudget.engine.accounts.funders import bearers
from icbudget.engine.accounts.gain_share_settlement import settlements
from icbudget.engine.accounts.postings import borne_of_schemes, spent_by_programmes
from icbudget.engine.accounts.successors import Heirs
from icbudget.engine.cached_view import cached_view
from icbudget.engine.projection import contract
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.projection.do_nothing import growth
from icbudget.engine.projection.wiring import payer
from icbudget.engine.rounding import Floats, to_pence
from icbudget.engine.run import Result

SYSTEM = glossary.SYSTEM
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
    glossary.OUTTURN_AND_SETTLEMENT,
    "Plan",
)
"""Steps that lead from the base year to the plan."""
BY_THE_PLAN = ("Avoided (cashable)", "Prevention cost", "Double running and exit", "Transfers")
"""Steps from do nothing on, before the year runs and anything is settled."""
AFTER_THE_PLAN = (
    glossary.FUNDING,
    glossary.GAP_OF_YEAR,
    glossary.GAP_OF_YEAR_THERE,
    glossary.GAP_OF_YEAR_ADDED,
    glossary.GAP_TO_DATE,
    glossary.GAP_TO_DATE_THERE,
    glossary.GAP_TO_DATE_ADDED,
)
ROWS = (*STEPS, *AFTER_THE_PLAN)
TOTALS = (
    "Base",
    "Do nothing",
    "Plan",
    glossary.FUNDING,
    glossary.GAP_OF_YEAR,
    glossary.GAP_TO_DATE,
)
STATED, ASSUMED = "stated", "assumed: do nothing is funded"
"""What funding rests on: an envelope of the plan, or nothing that anybody stated (model §7)."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """Net spending of a partner, or the whole system, from base to plan: pence by step and year."""

    partner: str
    steps: dict[str, tuple[int, ...]]
    assumed: tuple[bool, ...]
    """By year, whether funding, or a part of it, is assumed: no envelope states it."""

    @property
    def bases(self) -> tuple[str, ...]:
        """Return in words, by year, what funding rests on."""
        return tuple(ASSUMED if assumed else STATED for assumed in self.assumed)


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
    source, and what partners pay one another under a gain share; sums to zero) → outturn and
    settlement (what the pools come out at beyond that, borne as the risk shares settle it) →
    **plan**, so that do nothing less plan is the position after settlement. What is not settled, or
    borne by nobody, has a row of its own before the whole system's.

    Funding: the envelope of the partner and year, else do nothing of that partner and year, which
    is an assumption and says so. Gap of the year = plan − funding; gap to date = its sum; each is
    what is there if nothing changes (do nothing − funding) and what the plan adds (plan − do
    nothing). Source: model §7.
    """
    partners = [p.id for p in result.plan.partners]
    tables = {p: _empty(len(result.years)) for p in partners}
    _acute_steps(result, tables)
    _pool_steps(result, tables)
    _outturn_step(result, tables)
    envelopes = _envelopes(result)
    assumed = {p: [envelopes.get((p, year)) is None for year in result.years] for p in partners}
    for p, table in tables.items():
        # What nobody bears yet has no envelope and no do nothing: its funding is 0.
        _totals(table, [envelopes.get((p, year)) for year in result.years])
    system = _empty(len(result.years))
    for table in tables.values():
        _add(system, table)
    tables[SYSTEM] = system
    # One assumed part makes the total an assumption (model §7).
    assumed[SYSTEM] = [any(assumed[p][t] for p in partners) for t in range(len(result.years))]
    nobody_assumes = [False] * len(result.years)
    return tuple(
        Bridge(p, _frozen(table), tuple(assumed.get(p, nobody_assumes)))
        for p, table in tables.items()
    )


def _outturn_step(result: Result, tables: dict[str, Table]) -> None:
    """Fill the step that leads to the position after settlement (model §7, Positions).

    What is not yet settled, or borne by nobody, gets a table of its own.
    """
    for position in positions_of(result):
        if position.partner == SYSTEM:
            continue
        table = tables.setdefault(position.partner, _empty(len(result.years)))
        for t, better in enumerate(position.total):
            so_far = sum(table[step][t] for step in BY_THE_PLAN)
            # The rest, so that do nothing less plan is the position after settlement to the penny.
            table[glossary.OUTTURN_AND_SETTLEMENT][t] = -better - so_far


def _envelopes(result: Result) -> dict[tuple[str, str], int]:
    """Return what each partner has in a year by the plan's envelopes, pence."""
    return {(row.partner, row.year): money.to_pence(row.amount) for row in result.plan.envelopes}


Table = dict[str, list[int]]
_Levels = tuple[list[Floats], list[Floats]]


def _empty(years: int) -> Table:
    return {row: [0] * years for row in ROWS}


def _add(total: Table, part: Table) -> None:
    for step, amounts in part.items():
        for t, pence in enumerate(amounts):
            total[step][t] += pence


def _frozen(table: Table) -> dict[str, tuple[int, ...]]:
    return {step: tuple(values) for step, values in table.items()}


def _acute_steps(result: Result, tables: dict[str, Table]) -> None:
    amounts = AcuteAmounts(result.projection)
    payments, costs = _levels(result)
    paid_by_level = [level.tolist() for level in payments]
    cost_by_level = [level.tolist() for level in costs]
    steps = tuple(zip(("Base", *GROWTH), paid_by_level, cost_by_level, strict=True))
    paid_plan, cost_plan = amounts.pay_plan[0].tolist(), amounts.cost_plan[0].tolist()
    budget = amounts.budget[0].tolist()
    heirs = Heirs(result.plan)
    after = "Avoided (cashable)"
    for k, line in enumerate(result.plan.acute_lines):
        for t in range(len(result.years)):
            paid = [(str(step), round(by_line[t][k])) for step, by_line, _ in steps]
            paid.append((after, round(paid_plan[t][k])))
            # A step is the difference of two levels in pence, so that the steps add up exactly.
            _add_levels(tables, heirs, line.commissioner, t, paid, 1)
            # A market is no partner of the plan: what it earns and spends stands outside.
            if line.provider:
                cost = [(str(step), round(by_line[t][k])) for step, _, by_line in steps]
                cost.append((after, round(cost_plan[t][k])))
                _add_levels(tables, heirs, line.provider, t, cost, 1)
                _add_levels(tables, heirs, line.provider, t, paid, -1)
            for partner, part in heirs.shared(line.commissioner, t, round(budget[t][k])):
                tables[partner]["Funding"][t] += part


def _add_levels(
    tables: dict[str, Table],
    heirs: Heirs,
    partner: str,
    t: int,
    levels: list[tuple[str, int]],
    sign: int,
) -> None:
    """Add what each level adds to the one before, to the tables of whose it is."""
    if not heirs.has_ended(partner):
        table, last = tables[partner], 0
        for step, level in levels:
            table[step][t] += sign * (level - last)
            last = level
        return
    before: dict[str, int] = {}
    for step, level in levels:
        for whose, part in heirs.shared(partner, t, level):
            tables[whose][step][t] += sign * (part - before.get(whose, 0))
            before[whose] = part


def _levels(result: Result) -> _Levels:
    """Return payments and costs at each level: base, then each growth switched on in turn.

    Each years × lines, pence. The money of the pools changes nothing of it.
    """
    known = result.projection.of_nothing
    if "levels" not in known:
        known["levels"] = _worked_out(result)
    levels: _Levels = known["levels"]
    return levels


def _worked_out(result: Result) -> _Levels:
    run, figures = result.projection, result.projection.figures
    base = np.broadcast_to(figures.activity0[:, np.newaxis], run.activity.shape)
    lines, rates = run.structure.lines, figures.rates
    # One growth after the other, in the order of the steps: what two do together is the later's.
    aged = base * growth(rates, lines.demographic)
    price_level, cost_level = growth(rates, lines.price_uplift), growth(rates, lines.cost_uplift)
    flat = np.ones_like(price_level)
    nothing = run.nothing
    # what clients pay rises with prices: it is in the step from the base to today's prices
    base_charge, charge = figures.charge0[:, np.newaxis], nothing.charge
    paths = (
        (base, flat, base_charge),
        (base, price_level, charge),
        (aged, price_level, charge),
        (nothing.activity, price_level, charge),
    )
    pays = [
        _paid(result, activity, figures.price0[:, np.newaxis] * level, level, charged)
        for activity, level, charged in paths
    ]
    # The base is the base year's payment in every year; after the last growth comes what is really
    # paid if nothing changes, so that the last step is the efficiency alone.
    pays = [np.broadcast_to(pays[0][:, :1], pays[0].shape), *pays, run.pay_nothing]
    unit = figures.cost0[:, np.newaxis]
    # The base stands twice: a change of contract terms alone changes no cost.
    costs = [
        base * unit,
        base * unit,
        base * unit * cost_level,
        aged * unit * cost_level,
        nothing.activity * unit * cost_level,
    ]
    costs.append(nothing.activity * nothing.cost)
    return [to_pence(p[0]) for p in pays], [to_pence(c[0]) for c in costs]


def _paid(
    result: Result, activity: Floats, price: Floats, uplift: Floats, charge: Floats
) -> Floats:
    lines, shape = result.projection.structure.lines, activity.shape
    price, uplift = np.broadcast_to(price, shape), np.broadcast_to(uplift, shape)
    charge = np.broadcast_to(charge, shape)
    state = contract.opening_state(lines, activity[:, 0], price[:, 0])
    years = [
        contract.net_pay(
            lines, t, activity, activity, price[:, t], uplift[:, t], charge[:, t], state
        )
        for t in range(shape[1])
    ]
    return np.stack(years, axis=1)


def _pool_steps(result: Result, tables: dict[str, Table]) -> None:
    moves, heirs = result.projection.moves, Heirs(result.plan)
    for partner, by_year in borne_of_schemes(result).items():
        table = tables[partner]
        for t, pence in enumerate(by_year):
            # The base of schemes is what they spent in the base year; the step is the change since.
            table["Base"][t] += by_year[0]
            table["Schemes"][t] += pence - by_year[0]
    for agreement in settlements(result):
        for partner, received in zip(agreement.partners, agreement.received, strict=True):
            for t, pence in enumerate(received):
                tables[partner]["Transfers"][t] -= pence
    for spent in spent_by_programmes(result):
        tables[spent.partner]["Transfers"][spent.t] += spent.pence
    # By who funds the programme's own source; what moved and reinvested money pays instead of it is
    # a transfer, so that each step has one meaning in every plan.
    for g, row in enumerate(result.plan.programmes):
        account = payer(result.plan, row.id)
        for t in range(1, len(result.years)):
            late = round(float(moves.transition[0, t, g]))
            running = round(float(moves.paid[0, t, g])) - late
            for step, pence in (("Prevention cost", running), ("Double running and exit", late)):
                if account:
                    borne = bearers(result, account, t, pence)
                else:
                    borne = heirs.shared(row.partner, t, pence)
                for partner, part in borne:
                    tables[partner][step][t] += part
                    tables[partner]["Transfers"][t] -= part


def _totals(table: Table, envelopes: list[int | None]) -> None:
    """Fill do nothing, plan, funding and the gaps; `envelopes` by year, pence, None: not stated."""
    later = (*BY_THE_PLAN, glossary.OUTTURN_AND_SETTLEMENT)
    for t, envelope in enumerate(envelopes):
        nothing = sum(table[step][t] for step in ("Base", *GROWTH, "Schemes"))
        plan = nothing + sum(table[step][t] for step in later)
        # model §7: where no envelope is stated do nothing of the same year is assumed to be funded
        funding = nothing if envelope is None else envelope
        table["Do nothing"][t] = nothing
        table["Plan"][t] = plan
        table[glossary.FUNDING][t] = funding
        table[glossary.GAP_OF_YEAR][t] = plan - funding
        table[glossary.GAP_OF_YEAR_THERE][t] = nothing - funding
        table[glossary.GAP_OF_YEAR_ADDED][t] = plan - nothing
        for of_year, to_date in _TO_DATE:
            table[to_date][t] = sum(table[of_year][: t + 1])


_TO_DATE = (
    (glossary.GAP_OF_YEAR, glossary.GAP_TO_DATE),
    (glossary.GAP_OF_YEAR_THERE, glossary.GAP_TO_DATE_THERE),
    (glossary.GAP_OF_YEAR_ADDED, glossary.GAP_TO_DATE_ADDED),
)
