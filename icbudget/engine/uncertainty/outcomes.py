"""What a simulation keeps of every draw, by year and over the plan.

Of pools, partners, the whole system and goals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from icbudget import glossary
from icbudget.engine.accounts.pool_end import close_as_planned
from icbudget.engine.accounts.positions import positions
from icbudget.engine.accounts.risk_share_settlement import exposure
from icbudget.engine.appraisal import discounting, trajectory
from icbudget.engine.projection.acute_amounts import AcuteAmounts
from icbudget.engine.projection.draw_inputs import NOTHING_DRAWN, Drawn
from icbudget.engine.projection.projection import Projection
from icbudget.engine.rounding import Floats, sum_of
from icbudget.engine.run import Result
from icbudget.plan import Plan
from icbudget.plan.goal import COMPUTED

SYSTEM = "Whole system"
NET_CASH = "Net cash: net release less prevention"
BALANCE = "Balance of the year"
EXPOSURE = "Borne of the pools' overspend, if settled"
PAID = glossary.PAID
BLOCKS = "Blocks closed"
NPV = "Net present value, system cash"
COMMISSIONER_NPV = "Net present value, commissioner cash"
PAY_NOTHING = "Payments for activity, do nothing"
PAY_PLAN = "Payments for activity, plan"
COSTS = (glossary.REPLACEMENT_COST, glossary.PROVIDERS_LOSE, PAID, PAY_NOTHING, PAY_PLAN)
"""What of the whole system is good when it is low."""


def good_of(name: str) -> str:
    """Return which way is good of an outcome of the whole system, by its name.

    `higher`, or `lower` where it is a cost.
    """
    return "lower" if name in COSTS else "higher"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome: whose it is, what, its unit, and what it is over the whole plan.

    The sum of the years, or the last year's.
    """

    subject: str
    name: str
    unit: str = "£"
    over_plan: str = "sum"
    """How the years come together over the plan.

    sum: the years add up; last: a balance, of which the last year's counts; most: the highest;
    only: no year has one; none.
    """
    good: str = "higher"
    """Which way is good.

    `lower` for what is paid or borne, so that its worst tenth is the highest.
    """

    @property
    def money(self) -> bool:
        """Return whether it is money, kept in pence."""
        return self.unit == "£"


def outcomes_of(result: Result, drawn: Drawn = NOTHING_DRAWN) -> Iterator[tuple[Outcome, Floats]]:
    """Yield each outcome with its value in every draw.

    Draws × (years + 1), money in whole pence; the last is the whole plan's.

    A pool's balance of the year is what it closes with less what it opened with; a partner's is its
    income and funding of the year less what it pays and bears. Net cash is `Σ_k G − paid for
    programmes`. The present values are those of the appraisal.
    """
    plan, rules, run = result.plan, result.rules, result.projection
    amounts = AcuteAmounts(run)
    left = close_as_planned(result)
    for p, pool in enumerate(rules.pools):
        close = sum_of(left[:, :, rules.pool_of == p])
        of_year = np.diff(close, axis=1, prepend=0.0)
        yield _with_over_plan(Outcome(f"Pool {pool}", BALANCE), of_year)
        carried = Outcome(f"Pool {pool}", "Balance carried forward", over_plan="last")
        yield _with_over_plan(carried, close)
    balance = _balance(result, amounts)
    for n, partner in enumerate(plan.partners):
        yield _with_over_plan(Outcome(partner.id, BALANCE), balance[:, :, n])
    # Without an agreement nobody bears anything yet, and the work is spared.
    borne = exposure(result) if plan.risk_shares else np.zeros((1, len(plan.years), 0))
    for n in range(borne.shape[-1]):
        exposed = Outcome(plan.partners[n].id, EXPOSURE, over_plan="last", good="lower")
        yield _with_over_plan(exposed, borne[:, :, n])
    yield from _system(plan, run, amounts, sum_of(balance), drawn)
    for goal in plan.goals:
        if goal.measured_by in COMPUTED:
            path = trajectory.over_draws(plan, rules, run, goal)
        else:
            path = trajectory.entered_over_draws(plan, goal, drawn)
        if path is not None:
            yield _with_over_plan(Outcome(f"Goal {goal.id}", goal.called, goal.unit, "none"), path)


def _system(
    plan: Plan, run: Projection, amounts: AcuteAmounts, balance: Floats, drawn: Drawn
) -> Iterator[tuple[Outcome, Floats]]:
    paid = sum_of(run.moves.paid)
    saving, release = sum_of(amounts.saving), sum_of(amounts.release)
    for name, by_year in (
        (BALANCE, balance),
        (glossary.CONTRACT_SAVING_NET, saving),
        (glossary.GROSS_RELEASE, sum_of(amounts.gross_release)),
        (glossary.REPLACEMENT_COST, sum_of(amounts.replacement)),
        (glossary.NET_RELEASE, release),
        (glossary.PROVIDERS_LOSE, saving - release),
        (PAID, paid),
        (NET_CASH, release - paid),
        (PAY_NOTHING, sum_of(amounts.pay_nothing)),
        (PAY_PLAN, sum_of(amounts.pay_plan)),
    ):
        yield _with_over_plan(Outcome(SYSTEM, name, good=good_of(name)), by_year)
    # A block that stays closed is one block in every year: they are not added up.
    blocks = Outcome(SYSTEM, BLOCKS, "blocks", "most")
    yield _with_over_plan(blocks, run.released("blocks").sum(axis=-1))
    for name, benefit in ((NPV, run.released()), (COMMISSIONER_NPV, amounts.saving_in_pounds)):
        worth = _present_value(plan, benefit, paid, drawn)
        by_year = np.full((worth.shape[0], len(plan.years)), np.nan)
        yield Outcome(SYSTEM, name, over_plan="only"), np.column_stack([by_year, worth])


def _present_value(plan: Plan, benefit: Floats, paid: Floats, drawn: Drawn) -> Floats:
    """Return the present value of benefits (£, by line) less what is paid (pence), draws, pence."""
    level = discounting.price_level(plan, drawn)
    discount = discounting.discount_factors(
        plan.setup.horizon, discount_set=plan.setup.discount_set
    )
    worth = discounting.present_value(benefit.sum(axis=-1) - paid / 100.0, level, discount)
    # Rounded to pence once, at the end: present values are not added up again.
    return np.round(worth * 100.0)


def net_cash(result: Result, drawn: Drawn = NOTHING_DRAWN) -> Floats:
    """Return the whole system's net cash over the plan, draws, pence, and no other outcome."""
    release = sum_of(AcuteAmounts(result.projection).release)
    by_year = release - sum_of(result.projection.moves.paid)
    return np.asarray(by_year.sum(axis=1))


def system_balance(result: Result) -> Floats:
    """Return the system's balance of each year, draws × years, pence, and no other outcome."""
    amounts = AcuteAmounts(result.projection)
    return sum_of(_balance(result, amounts))


def _balance(result: Result, amounts: AcuteAmounts) -> Floats:
    return positions(result.plan, result.rules, result.projection, amounts).balance


def net_present_value(result: Result, drawn: Drawn = NOTHING_DRAWN) -> Floats:
    """Return the net present value of the system's cash, draws, pence, and no other outcome."""
    run = result.projection
    return _present_value(result.plan, run.released(), sum_of(run.moves.paid), drawn)


def _with_over_plan(outcome: Outcome, by_year: Floats) -> tuple[Outcome, Floats]:
    """Return an outcome's values with what it is over the whole plan beside those of the years."""
    if outcome.over_plan == "sum":
        end = by_year.sum(axis=1)
    elif outcome.over_plan == "last":
        end = by_year[:, -1]
    elif outcome.over_plan == "most":
        end = by_year.max(axis=1)
    else:
        end = np.full(by_year.shape[0], np.nan)
    draws, years = by_year.shape
    # Years first in memory, as they are kept.
    progress = np.empty((years + 1, draws))
    progress[:-1] = by_year.T
    progress[-1] = end
    return outcome, progress.T
