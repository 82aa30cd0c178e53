"""Marginal ranking.

In which order a pool buys its programmes so that each £ of its tightest year is worth most.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from icbudget.engine.appraisal.discounting import discount_factors, present_value, price_level
from icbudget.engine.projection.as_before import alike_in_all, projected, same_acute_side
from icbudget.engine.projection.programme_cost import running_cost
from icbudget.engine.projection.structure import Figures, Structure
from icbudget.engine.projection.wiring import Buyer, Pick, Ranking, Rules
from icbudget.engine.rounding import Floats, Ints, to_pence
from icbudget.plan import Plan


def ranked(plan: Plan, rules: Rules, structure: Structure, figures: Figures) -> Rules:
    """Return the rules with the programmes of each pool that ranks in the order of its ranking.

    Those are the pools that a `marginal_rank` shift feeds.

    After each pick the worth of what is left is worked out again, since effects overlap: the pick
    is the programme with the greatest `PV(ΔG − cost) / cost in the binding year`, ties by id. ΔG is
    what it adds to the net release of the plan, programmes of other pools running in full. The
    binding year is the one in which the pool's income, less its schemes, falls furthest short of
    what all its programmes cost; one that costs nothing in that year comes first if it is worth
    anything, and last if not. The order is settled once, on the plan's own figures (one draw).
    Source: model §7, AP §5 option D.
    """
    pools = {
        rules.pool_of[drawing.account]
        for drawing in rules.drawings
        if drawing.rule == "marginal_rank"
    }
    # Nothing is bought in the base year, so a plan of it alone needs no order.
    if not pools or figures.cohort.shape[1] < 2:
        return rules
    buyers: list[Buyer] = []
    rankings: list[Ranking] = []
    for buyer in rules.buyers:
        if buyer.pool in pools:
            ranking = _ranking(plan, rules, structure, figures, buyer)
            rankings.append(ranking)
            buyers.append(_in_order(buyer, ranking))
        else:
            buyers.append(buyer)
    return replace(rules, buyers=tuple(buyers), rankings=tuple(rankings))


def _in_order(buyer: Buyer, ranking: Ranking) -> Buyer:
    """Return a buyer with its programmes in the order of a ranking."""
    members = buyer.members.tolist()
    order = [members.index(pick.programme) for pick in ranking.picks]
    return replace(
        buyer,
        members=buyer.members[order],
        divisible=buyer.divisible[order],
        own=buyer.own[order],
    )


def _ranking(
    plan: Plan, rules: Rules, structure: Structure, figures: Figures, buyer: Buyer
) -> Ranking:
    cost = (running_cost(figures) + figures.double_running + figures.exit_cost)[0]
    year = _binding_year(rules, figures, buyer, cost)
    worth = _Worth(plan, rules, structure, figures)
    asked = _Asked(structure, figures, buyer.members, buyer.pool, year, worth.level, worth.discount)
    for earlier, ranking in list(_recent):
        if earlier.same(asked):
            return ranking
    ranking = Ranking(buyer.pool, year, _picks(worth, figures, buyer, year, cost))
    _recent.appendleft((asked, ranking))
    return ranking


@dataclass(frozen=True, eq=False, slots=True)
class _Asked:
    """All that a ranking hangs on: of the pools' money only which year binds."""

    structure: Structure
    figures: Figures
    members: Ints
    pool: int
    year: int
    level: Floats
    discount: Floats

    def same(self, other: _Asked) -> bool:
        """Return whether the ranking of both is the same."""
        hang_on = ("pool", "year", "members", "level", "discount", "structure")
        alike = all(alike_in_all(getattr(self, f), getattr(other, f)) for f in hang_on)
        return alike and same_acute_side(self.figures, other.figures)


_recent: deque[tuple[_Asked, Ranking]] = deque(maxlen=16)
"""The last rankings: most edits change money, and an order hangs on it through a year alone."""


def _picks(
    worth: _Worth, figures: Figures, buyer: Buyer, year: int, cost: Floats
) -> tuple[Pick, ...]:
    """Return the programmes in the order in which they are bought."""
    structure = worth.structure
    price = worth.present(cost.T)
    # Sorted by id, so that ties do not hang on the order in which rows were typed.
    left = sorted(buyer.members.tolist(), key=lambda g: structure.programmes[g])
    before = worth.without(buyer)
    picked: list[int] = []
    picks: list[Pick] = []
    while left:
        # What each of those left adds to the ones already picked, since effects overlap.
        released = worth.releases([[*picked, g] for g in left], buyer)
        values: list[float] = []
        ratings: list[float] = []
        for present_value_with_it, g in zip(released, left, strict=True):
            value = float(present_value_with_it - before - price[g])
            values.append(value)
            ratings.append(_per_pound(value, float(cost[year, g])))
        best = _best(ratings)
        before = float(released[best])
        picks.append(Pick(left[best], values[best], ratings[best]))
        picked.append(left.pop(best))
    return tuple(picks)


def _best(ratings: Sequence[float]) -> int:
    """Return the place of the greatest worth per £; ties: the first."""
    # To nine decimals: binary noise must not decide between two that are worth the same.
    return max(range(len(ratings)), key=lambda n: (round(ratings[n], 9), -n))


def _per_pound(value: float, cost: float) -> float:
    """Return what a programme is worth for each £ of the binding year, in which it may be free."""
    if cost > 0:
        return value / cost
    if value == 0:
        return 0.0
    return np.inf if value > 0 else -np.inf


def _binding_year(rules: Rules, figures: Figures, buyer: Buyer, cost: Floats) -> int:
    """Return the year in which the pool is furthest short of all its programmes' cost.

    After the base year; ties: the first.
    """
    # What is in kind can buy nothing, and pays for the schemes that use it up.
    paid_in = (rules.pool_of[rules.contribution_account] == buyer.pool) & ~rules.in_kind
    uses_in_kind = rules.only_in_kind[rules.scheme_account]
    spending = (rules.pool_of[rules.scheme_account] == buyer.pool) & ~uses_in_kind
    contributed = figures.contributions[0][:, paid_in].sum(axis=-1)
    spent = figures.schemes[0][:, spending].sum(axis=-1)
    needed = to_pence(cost[:, buyer.members].sum(axis=-1))
    short = needed - (contributed - spent)
    return 1 + int(np.argmax(short[1:]))


class _Worth:
    """Present values of the net release with some of a pool's programmes at work.

    Those are bought in full.
    """

    def __init__(self, plan: Plan, rules: Rules, structure: Structure, figures: Figures) -> None:
        self.structure, self.figures = structure, figures
        # What a programme is worth must not hang on whether its pool can pay for it yet, nor on
        # which money pays: nothing is moved, and nobody works out who is charged what.
        alone = tuple(replace(b, waits=False, moved_accounts=(), fund=-1) for b in rules.buyers)
        self.rules = replace(rules, buyers=alone, drawings=())
        self.level = price_level(plan)
        self.discount = discount_factors(plan.setup.horizon, "standard", plan.setup.discount_set)

    def present(self, nominal: Floats) -> Floats:
        """Return present values of rows by year, £."""
        return present_value(nominal, self.level, self.discount)

    def without(self, buyer: Buyer) -> float:
        """Return the present value of the release with none of the pool's programmes at work."""
        return float(self.releases([[]], buyer)[0])

    def releases(self, selections: list[list[int]], buyer: Buyer) -> Floats:
        """Return the present value of the release with each selection of programmes at work."""
        # Each selection is a draw of its own, so that one projection prices them all.
        effect = np.repeat(self.figures.effect, len(selections), axis=0)
        effect[:, buyer.members] = 0.0
        for n, chosen in enumerate(selections):
            effect[n, chosen] = self.figures.effect[0, chosen]
        run = projected(self.structure, replace(self.figures, effect=effect), self.rules)
        return self.present(run.released().sum(axis=-1))
