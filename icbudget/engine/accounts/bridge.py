"""The bridge from the base year to the plan, additive to the penny.

For each partner and for the whole system.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from icbudget import glossary, money
from icbudget.engine.accounts.account_bearers import of_lines
from icbudget.engine.accounts.better_or_worse_off import (
    NO_PARTNER,
    Position,
    better_off_by_draw,
    positions_by_draw,
)
from icbudget.engine.accounts.borne_spending import account_bearers, borne_spending
from icbudget.engine.accounts.gain_share_settlement import settlements_by_draw
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
Levels = tuple[list[Floats], list[Floats]]
"""Payments and costs by level, each draws × years × lines, pence."""
STATED, ASSUMED = "stated", "assumed: do nothing is funded"
"""What funding rests on: an envelope of the plan, or nothing that anybody stated (model §7)."""


class Bridge(NamedTuple):
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
    return bridges_by_draw(result)[0]


def bridges_by_draw(result: Result) -> list[tuple[Bridge, ...]]:
    """Return the bridges of every draw of a result; see `bridges`."""
    partners = [p.id for p in result.plan.partners]
    every = positions_by_draw(result)
    steps = _steps(result)
    _fill_totals(result, steps)
    system = {name: amounts.sum(axis=-1, keepdims=True) for name, amounts in steps.items()}
    assumed = _assumed(result)
    names = (*partners, *NO_PARTNER, SYSTEM)
    tables = {
        name: np.concatenate([steps[name], system[name]], axis=-1).transpose(0, 2, 1)
        for name in ROWS
    }
    in_pence = {name: amounts.astype(np.int64).tolist() for name, amounts in tables.items()}

    def of_draw(draw: int, positions: tuple[Position, ...]) -> tuple[Bridge, ...]:
        # what is not settled, or borne by nobody, has a row only where there is any
        there = {position.partner for position in positions}
        return tuple(
            Bridge(
                whose,
                {name: tuple(in_pence[name][draw][row]) for name in ROWS},
                assumed[whose],
            )
            for row, whose in enumerate(names)
            if whose in there
        )

    return [of_draw(draw, positions) for draw, positions in enumerate(every)]


Steps = dict[str, Floats]
"""By step: draws × years × (partners and `NO_PARTNER`), pence."""


def _steps(result: Result) -> Steps:
    """Return every step of the bridge; what nobody bears yet has the last alone."""
    steps = {name: _empty(result) for name in ROWS}
    _acute_steps(result, steps)
    _pool_steps(result, steps)
    so_far = sum(steps[step] for step in BY_THE_PLAN)
    # The rest, so that do nothing less plan is the position after settlement to the penny.
    steps[glossary.OUTTURN_AND_SETTLEMENT] = -better_off_by_draw(result) - so_far
    return steps


def _empty(result: Result) -> Floats:
    columns = len(result.plan.partners) + len(NO_PARTNER)
    return np.zeros((*result.projection.moves.paid.shape[:2], columns))


def _assumed(result: Result) -> dict[str, tuple[bool, ...]]:
    """Return by partner and year whether funding is assumed, as no envelope states it."""
    partners = [p.id for p in result.plan.partners]
    envelopes = _envelopes(result)
    assumed = {p: tuple((p, year) not in envelopes for year in result.years) for p in partners}
    # One assumed part makes the total an assumption (model §7).
    of_system = tuple(any(assumed[p][t] for p in partners) for t in range(len(result.years)))
    nobody_assumes = (False,) * len(result.years)
    return {**assumed, **dict.fromkeys(NO_PARTNER, nobody_assumes), SYSTEM: of_system}


def _envelopes(result: Result) -> dict[tuple[str, str], int]:
    """Return what each partner has in a year by the plan's envelopes, pence."""
    return {(row.partner, row.year): money.to_pence(row.amount) for row in result.plan.envelopes}


def _acute_steps(result: Result, steps: Steps) -> None:
    """Fill the steps of activity, each the difference of two levels in pence, so that they add up.

    A level is what commissioners pay; of a provider its cost less what it is paid. A market is no
    partner of the plan: what it earns and spends stands outside.
    """
    plan, amounts, heirs = result.plan, AcuteAmounts(result.projection), Heirs(result.plan)
    payments, costs = levels(result)
    names = ("Base", *GROWTH, "Avoided (cashable)")
    last: Floats | float = 0.0
    for name, paid, cost in zip(
        names, (*payments, amounts.pay_plan), (*costs, amounts.cost_plan), strict=True
    ):
        level = of_lines(plan, heirs, "commissioner", paid)
        level = level + of_lines(plan, heirs, "provider", cost)
        level = level - of_lines(plan, heirs, "provider", paid)
        steps[name][..., : level.shape[-1]] += level - last
        last = level


@cached_view
def levels(result: Result) -> Levels:
    """Return payments and costs at each level: base, then each growth switched on in turn.

    Each draws × years × lines, pence. The money of the pools changes nothing of it.
    """
    known = result.projection.of_nothing
    if "levels" not in known:
        known["levels"] = _worked_out(result)
    worked_out: Levels = known["levels"]
    return worked_out


def _worked_out(result: Result) -> Levels:
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
    return [to_pence(p) for p in pays], [to_pence(c) for c in costs]


def _paid(
    result: Result, activity: Floats, price: Floats, uplift: Floats, charge: Floats
) -> Floats:
    lines = result.projection.structure.lines
    charges = np.broadcast_to(charge, activity.shape)
    return contract.payments(lines, price, uplift, charges).of_path(activity)


def _pool_steps(result: Result, steps: Steps) -> None:
    plan, moves, heirs = result.plan, result.projection.moves, Heirs(result.plan)
    at = {partner.id: n for n, partner in enumerate(plan.partners)}
    borne = borne_spending(result)
    # The base of schemes is what they spent in the base year; the step is the change since.
    base = np.broadcast_to(borne.schemes[:, :1], borne.schemes.shape)
    steps["Base"][..., : len(at)] += base
    steps["Schemes"][..., : len(at)] += borne.schemes - base
    transfers = steps["Transfers"][..., : len(at)]
    transfers += borne.programmes.sum(axis=-2)
    for draw, agreements in enumerate(settlements_by_draw(result)):
        for agreement in agreements:
            for partner, received in zip(agreement.partners, agreement.received, strict=True):
                transfers[draw, :, at[partner]] -= received
    # By who funds the programme's own source; what moved and reinvested money pays instead of it is
    # a transfer, so that each step has one meaning in every plan.
    account_at = {account: a for a, account in enumerate(result.rules.accounts)}
    for g, row in enumerate(plan.programmes):
        account = payer(plan, row.id)
        late = moves.transition[:, :, g]
        running = moves.paid[:, :, g] - late
        for step, pence in (("Prevention cost", running), ("Double running and exit", late)):
            if not pence.any():
                continue
            part = np.zeros_like(transfers)
            if account:
                account_bearers(result)[account_at[account]].add(part, pence)
            else:
                for partner, of_partner in heirs.handed_over(row.partner, pence).items():
                    part[:, :, at[partner]] += of_partner
            steps[step][..., : len(at)] += part
            transfers -= part


def _fill_totals(result: Result, steps: Steps) -> None:
    """Fill do nothing, plan, funding and the gaps."""
    later = (*BY_THE_PLAN, glossary.OUTTURN_AND_SETTLEMENT)
    nothing = sum((steps[step] for step in ("Base", *GROWTH, "Schemes")), _empty(result))
    plan = sum((steps[step] for step in later), nothing)
    # model §7: where no envelope is stated do nothing of the same year is assumed to be funded;
    # what nobody bears yet has no envelope and no do nothing: its funding is 0
    funding = np.array(nothing)
    at = {partner.id: n for n, partner in enumerate(result.plan.partners)}
    for (partner, year), pence in _envelopes(result).items():
        if partner in at and year in result.years:
            funding[:, result.years.index(year), at[partner]] = pence
    steps["Do nothing"], steps["Plan"], steps[glossary.FUNDING] = nothing, plan, funding
    steps[glossary.GAP_OF_YEAR] = plan - funding
    steps[glossary.GAP_OF_YEAR_THERE] = nothing - funding
    steps[glossary.GAP_OF_YEAR_ADDED] = plan - nothing
    for of_year, to_date in _TO_DATE:
        steps[to_date] = np.cumsum(steps[of_year], axis=1)


_TO_DATE = (
    (glossary.GAP_OF_YEAR, glossary.GAP_TO_DATE),
    (glossary.GAP_OF_YEAR_THERE, glossary.GAP_TO_DATE_THERE),
    (glossary.GAP_OF_YEAR_ADDED, glossary.GAP_TO_DATE_ADDED),
)
